"""``hwocr models``."""

import json
import shutil

import pytest

from hwocr_desktop.cli.model_figures import measured
from hwocr_desktop.core import paths
from hwocr_desktop.ml import registry

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


def damage_weights(name):
    weights = paths.user_models() / name / "model.weights.h5"
    data = bytearray(weights.read_bytes())
    data[len(data) // 2] ^= 1
    weights.write_bytes(data)


def install_twice(monkeypatch, name, bundled):
    """Let a model come with the program too; the person's own goes first."""
    shutil.copytree(paths.user_models() / name, bundled / name)
    monkeypatch.setattr(paths, "bundled_models", lambda: bundled)


def test_a_good_model_has_no_problem(hwocr, tiny):
    (entry,) = mine(hwocr("models", "--json").json, tiny)
    assert entry["problem"] == ""


def test_a_damaged_copy_of_a_good_model_is_called_damaged(
    hwocr, tiny, monkeypatch, tmp_path
):
    install_twice(monkeypatch, tiny, tmp_path / "bundled")
    damage_weights(tiny)
    done = hwocr("models", "--json")
    assert done.code == 0
    (entry,) = mine(done.json, tiny)
    assert entry["folder"] == str(paths.user_models() / tiny)
    assert "altered" in entry["problem"]
    said = hwocr("models").out
    assert f"{tiny}  (recognize-lines, version 1.0.0, cannot be used)" in said
    assert "altered" in said


def test_a_good_model_is_used_whatever_lies_damaged_before_it(
    hwocr, tiny, monkeypatch, tmp_path
):
    install_twice(monkeypatch, tiny, tmp_path / "bundled")
    own = paths.user_models() / tiny
    (own / "model.weights.h5").unlink()
    done = hwocr("models", "--json").json
    (entry,) = mine(done, tiny)
    assert entry["folder"] == str(tmp_path / "bundled" / tiny)
    assert entry["problem"] == ""
    assert registry.card(tiny).folder == tmp_path / "bundled" / tiny
    assert [bad["folder"] for bad in done["broken"]] == [str(own)]


def test_figures_are_told_in_words(hwocr, tiny):
    card = registry.read_card(paths.user_models() / tiny)
    speed = {"megapixels per second": 2.2, "how": "one core", "by": {"a_b": 1}}
    read = {"cer": 5.12, "wer": 20.0, "lines": 40, "decoder": "word-beam"}
    taught = {"CER before": 9.0, "CER after": 5.5}
    taught["CER after, 95 % interval"] = "4.0 to 7.0"
    registry.update_metrics(
        card,
        {
            "letters": read,
            "contest": {"f_measure": 88.0, "psnr": 19.2, "images": 10},
            "held out, while training": {"CER all": 77.0},
            "kept back": taught,
            "places": {"F before": 70.0, "F after": 81.26},
            "wills": {"baseline_recall": 0.9517, "baseline_f": 0.913, "merges": 2},
            "speed": speed,
            "lines": 3,
        },
    )
    said = hwocr("models").out
    for line in (
        "letters: 5.1 wrong characters in 100, 20.0 wrong words in 100, 40 lines",
        "contest: 88.0 of 100 points for finding the ink, 10 pages",
        "kept back: 9.0 wrong characters in 100 before, 5.5 wrong characters in 100 "
        "after, 4.0 to 7.0 wrong characters in 100 after, 95 % interval",
        "places: 70.0 of 100 points before, 81.3 of 100 points after",
        "wills: 95.2 % of the lines were found, 91.3 of 100 points for finding "
        "lines, 2 lines run together",
        "speed: 2.2 megapixels per second, by (a b 1) (one core)",
        "lines: 3",
    ):
        assert f"    {line}\n" in said
    for jargon in ("{", "CER", "WER", "psnr", "word-beam", "77.0"):
        assert jargon not in said
    (entry,) = mine(hwocr("models", "--json").json, tiny)
    assert entry["metrics"]["contest"]["psnr"] == 19.2


def test_what_was_measured_while_training_is_told_if_nothing_else_is():
    told = measured({"held out, while training": {"CER all": 20.4, "CER iam": 12.0}})
    assert told == [
        "held out, while training: 20.4 wrong characters in 100 in all, "
        "12.0 wrong characters in 100 on iam"
    ]
    assert measured({"odd": {"psnr": 1.0}, "none": {}}) == []


def test_altered_weights_are_found_by_checking(hwocr, tiny):
    damage_weights(tiny)
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


def test_a_model_goes_from_one_computer_to_another(hwocr, tiny, tmp_path, monkeypatch):
    done = hwocr("models", "--export", tiny, "-o", tmp_path)
    assert done.code == 0
    path = tmp_path / "tiny-lines.hwocr-model"
    assert f"“Tiny” was written to {path}" in done.out
    monkeypatch.setenv("HWOCR_HOME", str(tmp_path / "elsewhere"))
    assert mine(hwocr("models", "--json").json, tiny) == []
    done = hwocr("models", "--import", path)
    assert (done.code, done.out) == (0, "The model “Tiny” was added as tiny-lines.\n")
    (entry,) = mine(hwocr("models", "--json").json, tiny)
    assert entry["problem"] == ""
    assert entry["folder"] == str(tmp_path / "elsewhere" / "data" / "models" / tiny)


def test_json_says_what_was_written_and_added(hwocr, tiny, tmp_path):
    path = tmp_path / "gift"
    told = hwocr("models", "--export", tiny, "-o", path, "--json").json
    assert told == {"id": tiny, "file": str(path), "bytes": path.stat().st_size}
    registry.update_metrics(registry.card(tiny), {"new": {"cer": 1.0}})
    told = hwocr("models", "--import", path, "--json").json
    assert (told["id"], told["named"]) == (f"{tiny}-2", tiny)
    again = hwocr("models", "--import", path)
    assert again.code == 2
    assert "installed already" in again.err


def test_another_id_is_told(hwocr, tiny, tmp_path):
    path = tmp_path / "gift"
    hwocr("models", "--export", tiny, "-o", path)
    registry.update_metrics(registry.card(tiny), {"new": {"cer": 1.0}})
    said = hwocr("models", "--import", path).out
    assert f"was added as {tiny}-2." in said
    assert f"Another model is called {tiny} already." in said


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--export", "nobody"], 6, "no model named “nobody”"),
        (["--import", "none"], 4, "cannot be read"),
        (["--import", "."], 4, "is a folder"),
        (["-o", "x"], 2, "Say with --export which"),
        (["--export", "tiny-lines", "--import", "x"], 2, "one after the other"),
        (["--export", "tiny-lines", "-o", "none/x"], 5, "does not exist"),
    ],
)
def test_what_cannot_be_passed_on_or_added(
    hwocr, tiny, tmp_path, monkeypatch, arguments, code, said
):
    monkeypatch.chdir(tmp_path)
    done = hwocr("models", *arguments)
    assert done.code == code
    assert said in done.err
    assert list(tmp_path.iterdir()) == []
