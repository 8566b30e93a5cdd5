"""How far learning in the background has come is kept, and nothing depends on it."""

from __future__ import annotations

import json

import pytest

from hwocr_desktop.app import learned_along
from hwocr_desktop.app.learned_along import known_lines, remember
from hwocr_desktop.core import paths


def kept_file():
    return paths.user_data() / "learned-along.json"


def test_each_project_has_its_own_count(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    assert known_lines(one) == -1
    remember(one, 30)
    remember(other, 0)
    remember(one, 55)
    assert (known_lines(one), known_lines(other)) == (55, 0)
    remember(one, -1)
    assert (known_lines(one), known_lines(other)) == (-1, 0)


def test_a_folder_is_the_same_by_any_way_to_it(tmp_path):
    (tmp_path / "one").mkdir()
    remember(tmp_path / "one", 7)
    assert known_lines(tmp_path / "one" / ".." / "one") == 7


def test_projects_not_opened_for_long_are_forgotten(tmp_path, monkeypatch):
    monkeypatch.setattr(learned_along, "_MOST_KEPT", 3)
    for number in range(3):
        remember(tmp_path / str(number), number)
    remember(tmp_path / "0", 9)
    remember(tmp_path / "3", 3)
    counts = [known_lines(tmp_path / str(number)) for number in range(4)]
    assert counts == [9, -1, 2, 3]


@pytest.mark.parametrize("left", ["", "[1]", "{", '{"a": "b", "c": -4, "d": true}'])
def test_what_cannot_be_understood_is_no_count(tmp_path, left):
    kept_file().parent.mkdir(parents=True, exist_ok=True)
    kept_file().write_text(left, encoding="utf-8")
    assert known_lines(tmp_path) == -1
    remember(tmp_path, 5)
    assert known_lines(tmp_path) == 5
    assert json.loads(kept_file().read_text(encoding="utf-8")) == {str(tmp_path): 5}


def test_where_nothing_can_be_written_nobody_is_disturbed(tmp_path, caplog):
    kept_file().mkdir(parents=True)
    remember(tmp_path, 5)
    assert known_lines(tmp_path) == -1
    assert "could not be kept" in caplog.text
