"""``hwocr models``."""

import json

import pytest

from hwocr_desktop.core import paths

pytestmark = pytest.mark.tf


def mine(told, name):
    return [entry for entry in told["models"] if entry["id"] == name]


def test_json_lists_what_is_installed(hwocr, tiny):
    done = hwocr("models", "--json")
    assert done.code == 0
    assert set(done.json) == {"models", "broken"}
    (entry,) = mine(done.json, tiny)
    assert {"id", "task", "title", "licence", "metrics", "folder"} <= set(entry)
    assert entry["task"] == "recognize-lines"
    assert entry["title"] == "Tiny"
    assert entry["folder"] == str(paths.user_models() / tiny)


def test_people_get_a_list(hwocr, tiny):
    done = hwocr("models")
    assert f"{tiny}  (recognize-lines, version 1.0.0)" in done.out
    assert "Licence: Apache-2.0" in done.out


def test_an_incomplete_model_is_told_apart(hwocr, tiny):
    (paths.user_models() / tiny / "model.weights.h5").unlink()
    done = hwocr("models", "--json")
    assert done.code == 0
    assert mine(done.json, tiny) == []
    (broken,) = done.json["broken"]
    assert broken["folder"] == str(paths.user_models() / tiny)
    assert "incomplete" in broken["message"]
    assert broken["advice"]
    assert "cannot be used" in hwocr("models").out


def test_altered_weights_are_found_by_checking(hwocr, tiny):
    weights = paths.user_models() / tiny / "model.weights.h5"
    data = bytearray(weights.read_bytes())
    data[len(data) // 2] ^= 1
    weights.write_bytes(data)
    assert hwocr("models").code == 0
    done = hwocr("models", "--check", "--json")
    assert done.code == 6
    assert mine(done.json, tiny) == []
    assert "altered" in done.json["broken"][0]["message"]


def test_a_model_for_a_newer_program_is_told_apart(hwocr, tiny):
    path = paths.user_models() / tiny / "model.json"
    card = json.loads(path.read_text("utf-8")) | {"min_app": "99.0"}
    path.write_text(json.dumps(card), encoding="utf-8")
    done = hwocr("models", "--check", "--json")
    assert done.code == 6
    assert "newer" in done.json["broken"][0]["message"]
