"""``hwocr train ... --from``: what is refused before anything is opened or tried."""

from __future__ import annotations

import subprocess
import sys

import pytest

from hwocr_desktop.app import learning_runs
from hwocr_desktop.cli import teach, teach_ink, teach_layout, train
from hwocr_desktop.core.document.document import Project
from hwocr_desktop.core.document.project_file import create_project
from hwocr_desktop.core.errors import BadRequest, ProjectInUse

KINDS = ["lines", "words", "binarizer", "layout"]


@pytest.fixture
def letters(tmp_path):
    """Return the folder of an empty project."""
    with create_project(tmp_path / "letters", "Letters") as file:
        file.save(Project("Letters"))
    return tmp_path / "letters"


@pytest.fixture
def done(monkeypatch):
    """Note what is opened, forgotten, tried or learned."""
    done = []

    def noting(name):
        def note(*_, **__):
            done.append(name)
            raise AssertionError(name)

        return note

    for module, names in (
        (teach, ("open_to_learn", "learn_lines", "try_out", "give_up")),
        (teach_ink, ("open_to_learn", "learn_ink", "is_plain_folder")),
        (teach_layout, ("open_to_learn", "learn_finding", "try_out_finding")),
    ):
        for name in names:
            monkeypatch.setattr(module, name, noting(name))
    return done


@pytest.mark.parametrize("minutes", ["-1", "0", "nan", "inf"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_time_to_learn_is_refused(kind, minutes, hwocr, letters, done):
    told = hwocr("train", kind, "--from", letters, f"--minutes={minutes}")
    assert told.code == BadRequest.exit_code
    assert f"--minutes cannot be {minutes}. Give a number above 0." in told.err
    assert done == []


def test_a_folder_of_other_hands_that_is_not_there_is_refused(hwocr, letters, done):
    told = hwocr("train", "lines", "--from", letters, "--general", letters / "none")
    assert told.code == BadRequest.exit_code
    assert "There is no folder" in told.err
    assert "--general" in told.err
    assert done == []


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("lines", "--data d --held-out h --frozen conv --epochs 12 --seed 0"),
        ("words", "--out o --arch {} --plot p --licence CC0 --learning-rate 0.001"),
        ("binarizer", "--out o --hold-out s --more s=2 --design fast --held-out 0.1"),
        ("layout", "--clean otsu --run r --summary s --bad-at b --trained-on t"),
    ],
)
def test_options_that_mean_nothing_are_named(kind, given, hwocr, letters, done):
    told = hwocr("train", kind, "--from", letters, *given.split())
    assert told.code == BadRequest.exit_code
    for option in given.split()[::2]:
        assert f"{option} and " in told.err or f"{option}." in told.err
    assert done == []
    # What is of use is not refused: it comes to the opening.
    general = ["--general", letters] if kind in ("lines", "words") else []
    useful = ["--base", "b", "--title", "t", "--log", letters / "l", "--keep", "never"]
    more = ["--pages", "p1", "--minutes", 2, "--json", "--fresh", "-v"]
    hwocr("train", kind, "--from", letters, *useful, *general, *more)
    assert len(done) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_teaching_lets_other_programs_go_first(
    kind, hwocr, letters, done, monkeypatch
):
    monkeypatch.setattr(train, "be_modest", lambda: done.append("modest"))
    hwocr("train", kind, "--from", letters)
    assert done[0] == "modest"
    assert len(done) == 2
    done.clear()
    hwocr("train", kind, "--data", letters)
    assert done == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_training_is_refused_at_once(kind, hwocr, letters, done):
    with learning_runs.alone():
        told = hwocr("train", kind, "--from", letters, "--fresh")
    assert told.code == ProjectInUse.exit_code
    assert "Another training runs on this computer already." in told.err
    assert done == []


def test_a_second_training_is_refused_while_the_first_is_tried(
    hwocr, letters, monkeypatch, tmp_path
):
    codes = []

    def try_out(request, *, cancel, report):
        program = (
            "import sys; from hwocr_desktop.cli.main import main; sys.exit(main())"
        )
        command = [sys.executable, "-c", program, "train", "lines", "--from", letters]
        second = subprocess.run(command, capture_output=True, text=True, check=False)
        codes.append((second.returncode, "Another training runs" in second.stderr))

    def learn(request, *, cancel, report):
        # The first one can still begin.
        with learning_runs.alone():
            codes.append("learned")
        raise ProjectInUse("Enough.", "")

    monkeypatch.setattr(teach, "try_out", try_out)
    monkeypatch.setattr(teach, "learn_lines", learn)
    monkeypatch.setattr(teach, "choose_line_model", lambda wanted: "some-lines")
    assert "Enough." in hwocr("train", "lines", "--from", letters).err
    assert codes == [(ProjectInUse.exit_code, True), "learned"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "given", [("--pages", "one", "two"), ("--keep", "always"), ("--keep", "better")]
)
def test_what_is_said_of_a_project_is_refused_without_one(kind, given, hwocr, tmp_path):
    data = [f"--data={tmp_path}", f"--out={tmp_path / 'model'}"]
    told = hwocr("train", kind, *data, *given)
    assert told.code == BadRequest.exit_code
    assert f"Without --from, nothing can be done with {given[0]}." in told.err
    assert not (tmp_path / "model").exists()


def test_unchecked_lines_belong_to_a_teaching_only(hwocr, tmp_path):
    told = hwocr("train", "lines", f"--data={tmp_path}", "--checked-only")
    assert told.code == BadRequest.exit_code
    assert "nothing can be done with --checked-only." in told.err


@pytest.mark.parametrize("kind", ["lines", "words"])
def test_lines_of_other_hands_are_mixed_into_a_teaching_only(kind, hwocr, tmp_path):
    told = hwocr("train", kind, "--general", tmp_path, "--keep", "never")
    assert told.code == BadRequest.exit_code
    assert "nothing can be done with --general and --keep." in told.err
