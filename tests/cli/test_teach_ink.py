"""``hwocr train binarizer --from``: what was mended in a project is learned."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from hwocr_desktop.app import mended_places
from hwocr_desktop.app.ink_learning import LearnInkResult, RegionCompared
from hwocr_desktop.app.learning_trial import Forecast
from hwocr_desktop.cli import teach
from hwocr_desktop.cli import teach_ink as module
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import Cleaning, Project
from hwocr_desktop.core.document.project_file import create_project, open_project
from hwocr_desktop.core.errors import BadRequest, TrainingDataMissing
from hwocr_desktop.core.pixels.mending import BrushStroke
from hwocr_desktop.core.progress import Cancelled
from hwocr_desktop.ml.registry import ModelCard
from tests.pages_drawn import draw_page, write_image

CARD = ModelCard("taught", "binarize", "Taught", "", "", {}, "")


@pytest.fixture
def mended(tmp_path):
    """Return the folder of a project with a page that was mended."""
    project = edits.add_page(Project("Letters"), "1.png", 90, 90)
    project = edits.set_cleaning(project, "p1", Cleaning("a-model"))
    stroke = BrushStroke("ink", 4.0, ((20.0, 20.0),))
    project = edits.add_stroke(project, "p1", stroke)
    with create_project(tmp_path / "letters", "Letters") as file:
        file.save(project)
    return tmp_path / "letters"


@pytest.fixture
def seen(monkeypatch, tmp_path):
    """Stand in for the engine; return what it was asked, and what became of it."""
    seen = {"after": 80.0}

    def learn(request, *, cancel, report):
        seen["request"] = request
        regions = (RegionCompared("mended/p1-0", 60.0, seen["after"]),)
        made = LearnInkResult(60.0, seen["after"], 5, regions, tmp_path / "new", CARD)
        return replace(made, **seen.get("lost", {}))

    def keep(result, title):
        seen["kept"] = title
        return CARD

    def try_out(request, *, cancel, report):
        return Forecast(212.0, 0.0, 1_400_000_000, seen.get("free", 5_000_000_000))

    monkeypatch.setattr(module, "learn_ink", learn)
    monkeypatch.setattr(teach, "try_out", try_out)
    monkeypatch.setattr(teach, "keep_model", keep)
    monkeypatch.setattr(teach, "discard_model", lambda r: seen.update(gone=True))
    return seen


@pytest.mark.parametrize(
    ("keep", "after", "is_kept"),
    [
        ("better", 80.0, True),
        ("better", 60.2, False),
        ("always", 40.0, True),
        ("never", 80.0, False),
    ],
)
def test_a_taught_model_is_kept_as_asked(hwocr, mended, seen, keep, after, is_kept):
    seen["after"] = after
    arguments = ["train", "binarizer", "--from", mended, "--keep", keep]
    done = hwocr(*arguments, "--title", "Our ink", "--json")
    assert done.code == 0
    request = seen["request"]
    assert (request.model, request.minutes, request.page_ids) == ("a-model", 3.0, ())
    assert len(request.project.pages[0].mending) == 1
    assert request.folder == mended
    assert ("kept" in seen, "gone" in seen) == (is_kept, not is_kept)
    assert seen.get("kept", "Our ink") == "Our ink"
    told = done.json
    assert (told["before"], told["after"], told["learned_from"]) == (60, after, 5)
    assert told["regions"][0]["name"] == "mended/p1-0"
    assert (told["model"] is not None) == is_kept
    assert "60.00 before" in hwocr(*arguments).out


def test_model_time_and_pages_can_be_named(hwocr, mended, seen):
    with open_project(mended) as file:
        file.save(edits.add_page(file.project, "Diary of May.png", 90, 90))
    arguments = ["--base", "sae-best", "--minutes", 9, "--pages", "p1", "diary of may"]
    assert hwocr("train", "binarizer", "--from", mended, *arguments).code == 0
    request = seen["request"]
    assert (request.model, request.minutes) == ("sae-best", 9.0)
    assert request.page_ids == ("p1", "p2")


def test_a_page_that_is_not_there_is_named(hwocr, mended, seen):
    done = hwocr("train", "binarizer", "--from", mended, "--pages", "1", "p7")
    assert done.code == BadRequest.exit_code
    assert "The project has no page “p7”. Its pages are 1." in done.err
    assert "request" not in seen


def test_without_a_model_on_the_page_the_usual_one_is_taught(
    hwocr, mended, seen, monkeypatch
):
    monkeypatch.setattr(mended_places, "METHODS", ("a-model", "wolf"))
    monkeypatch.setattr(mended_places, "choose_cleaning", lambda **_: "a-network")
    for usual, taught in (("sae-usual", "sae-usual"), ("wolf", "a-network")):
        monkeypatch.setattr(mended_places, "usual_cleaning", lambda usual=usual: usual)
        assert hwocr("train", "binarizer", "--from", mended).code == 0
        assert seen["request"].model == taught


def test_too_little_is_told_in_a_sentence(hwocr, mended, seen, monkeypatch):
    def refuse(request, **_):
        raise TrainingDataMissing("Too few places.", "Mend more.")

    monkeypatch.setattr(module, "learn_ink", refuse)
    done = hwocr("train", "binarizer", "--from", mended)
    assert done.code == TrainingDataMissing.exit_code
    assert "Too few places. Mend more." in done.err


def test_data_or_a_project_is_needed(hwocr, tmp_path):
    done = hwocr("train", "binarizer", "--out", tmp_path / "x")
    assert done.code == 2
    assert "--from" in done.err


def test_what_it_learns_from_is_told_before_it_starts(hwocr, mended, seen):
    assert "Learns from" not in hwocr("train", "binarizer", "--from", mended).err
    page = Project("Letters"), "1.png", 4000, 4000
    project = edits.add_page(*page)
    for x in (500.0, 1500.0, 2500.0, 3500.0):
        stroke = BrushStroke("ink", 4.0, ((x, 2000.0),))
        project = edits.add_stroke(project, "p1", stroke)
    write_image(mended / "1.png", draw_page(1))
    with open_project(mended) as file:
        file.save(project)
    done = hwocr("train", "binarizer", "--from", mended, "--json")
    assert "Learns from 3 of 4 mended places on 1 page." in done.err
    assert "Held out for the test: 1 place, on the same page" in done.err
    assert done.json["plan"]["held_out_regions"] == 1


def test_time_and_memory_are_told_before_it_starts(hwocr, mended, seen, tmp_path):
    log = tmp_path / "log.jsonl"
    arguments = ["train", "binarizer", "--from", mended, "--log", log, "--json"]
    done = hwocr(*arguments)
    assert "about 3.5 minutes" in done.err
    assert "1.4 GB of memory, 5.0 GB are free" in done.err
    assert "close other programs" not in done.err
    expected = json.loads(log.read_text("utf-8").splitlines()[0])
    assert expected["expected_s"] == done.json["expected"]["expected_s"] == 212.0
    seen["free"] = 900_000_000
    assert "close other programs" in hwocr(*arguments).err


def test_what_was_interrupted_goes_on_unless_fresh(hwocr, mended, seen, monkeypatch):
    given_up = []
    monkeypatch.setattr(teach, "minutes_done", lambda request: 2.5)
    monkeypatch.setattr(teach, "give_up", given_up.append)
    arguments = ["train", "binarizer", "--from", mended]
    assert "interrupted after 2.5 minutes" in hwocr(*arguments).err
    assert given_up == []
    assert "interrupted" not in hwocr(*arguments, "--fresh").err
    assert len(given_up) == 1


@pytest.mark.parametrize(("minutes", "is_told"), [(0.0, False), (2.5, True)])
def test_how_to_go_on_is_told_where_something_was_learned(
    hwocr, mended, seen, monkeypatch, minutes, is_told
):
    def stopped(request, *, cancel, report):
        raise Cancelled

    monkeypatch.setattr(module, "learn_ink", stopped)
    monkeypatch.setattr(teach, "minutes_done", lambda request: minutes)
    done = hwocr("train", "binarizer", "--from", mended)
    assert done.code == 130
    assert ("the same command, without --fresh, goes on" in done.err) == is_told


def test_a_folder_of_pairs_teaches_too(hwocr, seen, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "usual_ink_model", lambda project: "usual-ink")
    (tmp_path / "images").mkdir()
    done = hwocr("train", "binarizer", "--from", tmp_path)
    assert done.code == 0
    request = seen["request"]
    assert (request.subject, request.model) == ("pairs", "usual-ink")
    assert request.folder == tmp_path.resolve()
    assert request.project == Project(tmp_path.resolve().name)
    done = hwocr("train", "binarizer", "--from", tmp_path, "--pages", "p1")
    assert done.code == 2
    assert "no pages to choose from" in done.err


def test_what_is_left_out_is_told_pair_by_pair(hwocr, mended, seen):
    arguments = ["train", "binarizer", "--from", mended]
    seen["lost"] = {"lost_pages": 2}
    assert "2 pages could not be opened." in hwocr(*arguments).err
    reasons = tuple(f"set/{n}: The scan {n}.png is damaged." for n in range(12))
    seen["lost"] = {"lost_pages": 12, "reasons": reasons}
    told = hwocr(*arguments).err
    assert "Left out set/9: The scan 9.png is damaged." in told
    assert "set/10" not in told
    assert "2 pairs more could not be used." in told
    assert "page" not in told.split("Left out", 1)[1]
    assert hwocr(*arguments, "--json").json["left_out"] == list(reasons)
