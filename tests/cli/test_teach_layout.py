"""``hwocr train layout --from``: where lines are is learned from a project."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest

from hwocr_desktop.app.layout_verdict import LearnLayoutResult, PageCompared
from hwocr_desktop.app.learning_trial import Forecast
from hwocr_desktop.cli import teach
from hwocr_desktop.cli import teach_layout as module
from hwocr_desktop.core import paths
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import Cleaning, Page, Project
from hwocr_desktop.core.document.project_file import create_project, open_project
from hwocr_desktop.core.errors import BadModel, BadRequest, TrainingDataMissing
from hwocr_desktop.core.pixels.layout_metrics import BaselineScores
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.networks.layout import DEFAULT, build_layout
from hwocr_desktop.ml.registry import ModelCard
from tests.pages_drawn import draw_page, line_at, write_image, write_truth

CARD = ModelCard("taught", "find-lines", "Taught", "", "", {}, "")
LINES = 4


@pytest.fixture
def letters(tmp_path):
    """Return the folder of a project of three pages whose lines are checked."""
    folder = tmp_path / "letters"
    pages = []
    with create_project(folder, "Letters") as file:
        for number in range(3):
            pixels = draw_page(LINES, number)
            write_image(folder / f"{number}.png", pixels)
            height, width = pixels.shape
            lines = tuple(
                replace(line_at(n, "text"), checked=True, region="")
                for n in range(LINES)
            )
            page = Page(f"p{number}", f"{number}.png", width, height, lines=lines)
            pages.append(replace(page, cleaning=Cleaning("otsu"), next_line=LINES))
        file.save(Project("Letters", tuple(pages), next_page=9))
    return folder


@pytest.fixture
def sees_all(hwocr_home):
    """Install a small model with weights that nothing was taught; return its id."""
    config = DEFAULT | {"filters": [4, 8]}
    card = ModelCard("sees-all", "find-lines", "Sees all", "", "CC0", config, "nothing")
    save = build_layout(config).save_weights
    registry.save_model(paths.user_models() / "sees-all", card, save)
    return "sees-all"


@pytest.fixture
def seen(monkeypatch, tmp_path):
    """Stand in for the engine; return what it was asked, and what became of it."""
    seen = {"after": 0.8}

    def learn(request, *, cancel, report):
        seen["request"] = request
        before, after = (BaselineScores(f, f, f) for f in (0.6, seen["after"]))
        pages = (PageCompared("p1", 40, before, after),)
        return LearnLayoutResult(5, pages, tmp_path / "new", CARD, seen.get("lost", 0))

    def keep(result, title):
        seen["kept"] = title
        return CARD

    def try_out(request, *, cancel, report):
        seen["tried"] = request
        return Forecast(200.0, 0.0, 3_000_000_000, seen.get("free", 9_000_000_000))

    monkeypatch.setattr(module, "try_out_finding", try_out)
    monkeypatch.setattr(module, "learn_finding", learn)
    monkeypatch.setattr(teach, "keep_model", keep)
    monkeypatch.setattr(teach, "discard_model", lambda r: seen.update(gone=True))
    return seen


@pytest.mark.parametrize(
    ("keep", "after", "is_kept"),
    [
        ("better", 0.8, True),
        ("better", 0.62, False),  # less than a line's worth
        ("always", 0.4, True),
        ("never", 0.8, False),
    ],
)
def test_a_taught_model_is_kept_as_asked(hwocr, letters, seen, keep, after, is_kept):
    seen["after"] = after
    arguments = ["train", "layout", "--from", letters, "--keep", keep]
    done = hwocr(*arguments, "--title", "Our lines", "--json")
    assert done.code == 0
    request = seen["request"]
    assert (request.model, request.minutes, request.page_ids) == ("layout", 3.0, ())
    assert request.subject == "layout"
    assert request.folder == letters
    assert ("kept" in seen, "gone" in seen) == (is_kept, not is_kept)
    assert seen.get("kept", "Our lines") == "Our lines"
    told = done.json
    assert told["before"] == {"f": 60, "precision": 60, "recall": 60}
    assert told["after"]["f"] == pytest.approx(100 * after)
    assert (told["learned_from"], told["least_gain"]) == (5, 2.5)
    assert told["pages"][0]["page"] == "p1"
    assert (told["model"] is not None) == is_kept
    out = hwocr(*arguments).out
    assert "measured on 40 lines of 1 page" in out
    assert "before: F 60.00" in out


def test_time_and_memory_are_told_before(hwocr, letters, seen):
    done = hwocr("train", "layout", "--from", letters, "--json")
    assert seen["tried"] == seen["request"]
    assert "about 3.3 minutes until the verdict" in done.err
    assert "more memory than is free" not in done.err
    assert done.json["expected"]["expected_s"] == 200.0
    assert "Learns from 8 lines on 2 pages." in done.err
    assert "Held out for the test: 4 lines on 1 page" in done.err
    assert done.json["plan"]["held_out_lines"] == 4
    seen["free"] = 1_000_000_000
    done = hwocr("train", "layout", "--from", letters)
    assert "more memory than is free" in done.err


def test_the_model_of_the_project_is_taught_if_none_is_named(hwocr, letters, seen):
    card = ModelCard("mine", "find-lines", "Mine", "", "CC0", {}, "nothing")
    folder = paths.user_models() / "mine"
    registry.save_model(folder, card, lambda path: path.write_bytes(b"w"))
    with open_project(letters) as file:
        file.save(edits.set_layout_model(file.project, "mine"))
    assert hwocr("train", "layout", "--from", letters).code == 0
    assert seen["request"].model == "mine"
    shutil.rmtree(folder)
    assert hwocr("train", "layout", "--from", letters).code == 0
    assert seen["request"].model == "layout"


def test_model_time_and_pages_can_be_named(hwocr, letters, seen):
    arguments = ["--base", "mine", "--minutes", 9, "--pages", "p1", "2"]
    assert hwocr("train", "layout", "--from", letters, *arguments).code == 0
    request = seen["request"]
    assert (request.model, request.minutes) == ("mine", 9.0)
    assert request.page_ids == ("p1", "p2")


def test_a_page_that_is_not_there_is_named(hwocr, letters, seen):
    done = hwocr("train", "layout", "--from", letters, "--pages", "1", "p7")
    assert done.code == BadRequest.exit_code
    assert "The project has no page “p7”. Its pages are 0, 1, 2." in done.err
    assert "request" not in seen


def test_pages_that_were_lost_are_told(hwocr, letters, seen):
    seen["lost"] = 2
    done = hwocr("train", "layout", "--from", letters)
    assert "2 pages could not be used" in done.err


def test_what_was_interrupted_goes_on_unless_fresh(hwocr, letters, seen, monkeypatch):
    given_up = []
    monkeypatch.setattr(teach, "minutes_done", lambda request: 2.5)
    monkeypatch.setattr(teach, "give_up", given_up.append)
    arguments = ["train", "layout", "--from", letters]
    assert "interrupted after 2.5 minutes" in hwocr(*arguments).err
    assert given_up == []
    assert "interrupted" not in hwocr(*arguments, "--fresh").err
    assert len(given_up) == 1


@pytest.mark.tf
@pytest.mark.slow
def test_a_project_teaches_a_model_that_is_installed(hwocr, letters, sees_all):
    arguments = ["--base", sees_all, "--minutes", 0.01, "--keep", "always", "--json"]
    titled = ["--title", "Our hand"]
    done = hwocr("train", "layout", "--from", letters, *arguments, *titled)
    assert done.code == 0
    told = done.json
    assert told["base"] == "sees-all"
    assert (told["learned_from"], len(told["pages"])) == (2, 1)
    assert told["before"]["f"] > 50
    assert told["model"]["id"] == "our-hand"
    card = registry.card("our-hand", "find-lines")
    assert (card.parent, card.licence) == ("sees-all", "CC0")
    registry.check_weights(card)
    assert "our-hand" in hwocr("models", "--json").out


@pytest.mark.tf
def test_a_folder_of_pages_with_their_lines_teaches_too(hwocr, tmp_path, sees_all):
    folder = tmp_path / "pages"
    for number in range(2):
        pixels = draw_page(LINES, number)
        write_image(folder / f"{number}.png", pixels)
        lines = [replace(line_at(n, "text"), checked=True) for n in range(LINES)]
        write_truth(folder / f"{number}.xml", lines, pixels, f"{number}.png")
    before = sorted(path.name for path in folder.rglob("*"))
    arguments = ["--base", sees_all, "--minutes", 0.001, "--keep", "never", "--json"]
    done = hwocr("train", "layout", "--from", folder, *arguments)
    assert done.code == 0
    assert (done.json["learned_from"], done.json["model"]) == (1, None)
    assert sorted(path.name for path in folder.rglob("*")) == before
    # Neither the model nor the run is left behind.
    assert [c.id for c in registry.find_models((paths.user_models(),))[0]] == [sees_all]
    left = paths.user_data().rglob("*.npz")
    assert list(left) == []


@pytest.mark.tf
def test_a_model_to_begin_from_is_named_with_data_too(hwocr, tmp_path, sees_all):
    for name in ("train", "val"):
        pixels = draw_page(LINES, len(name))
        write_image(tmp_path / name / "1.png", pixels)
        lines = [line_at(n, "text") for n in range(LINES)]
        write_truth(tmp_path / name / "1.xml", lines, pixels, "1.png")
    data = ["--data", tmp_path / "train", "--held-out", tmp_path / "val"]
    made = ["--out", tmp_path / "new", "--steps", 1, "--clean", "otsu", "--json"]
    made += ["--batch", 2]
    for base in (sees_all, paths.user_models() / sees_all):
        shutil.rmtree(tmp_path / "new.training", ignore_errors=True)
        done = hwocr("train", "layout", *data, *made, "--base", base)
        assert done.code == 0
        card = registry.read_card(tmp_path / "new")
        assert (card.parent, card.architecture["filters"]) == (sees_all, [4, 8])
    shutil.rmtree(tmp_path / "new.training")
    other = hwocr("train", "layout", *data, *made, "--base", "sae-fast")
    assert other.code == BadModel.exit_code
    assert "cannot find lines" in other.err
    sae = paths.bundled_models() / "sae-fast"
    other = hwocr("train", "layout", *data, *made, "--base", sae)
    assert other.code == BadModel.exit_code


@pytest.mark.tf
def test_too_few_pages_are_told_in_a_sentence(hwocr, letters, sees_all):
    arguments = ["--base", sees_all, "--pages", "p1"]
    done = hwocr("train", "layout", "--from", letters, *arguments)
    assert done.code == TrainingDataMissing.exit_code
    assert "There is 1 page whose lines a person has set right" in done.err
    assert not (paths.user_data() / "staging").exists()


@pytest.mark.tf
def test_reading_finds_lines_with_the_model_that_is_named(
    hwocr, tiny, tmp_path, sees_all
):
    page = write_image(tmp_path / "page.png", draw_page(5))
    network = build_layout(DEFAULT | {"filters": [4, 8]})
    weights = [np.array(w) for w in network.get_weights()]
    weights[-1][:] = -20.0  # nothing is the body of a line
    network.set_weights(weights)
    blind = replace(registry.card(sees_all), id="blind")
    registry.save_model(paths.user_models() / "blind", blind, network.save_weights)
    read = ["read", page, "--model", tiny, "--decoder", "greedy", "--clean", "otsu"]
    counts = {}
    for name in ("classical", "sees-all", "blind"):
        (told,) = hwocr(*read, "--find-with", name, "--json").json["pages"]
        counts[name] = len(told["lines"])
    assert counts["classical"] == counts["sees-all"] > 1
    assert counts["blind"] == 0
    project = Project("Letters", layout_model="blind")
    with create_project(tmp_path / "project") as file:
        file.save(project)
    here = write_image(tmp_path / "project" / "page.png", draw_page(5))
    read[1] = here.parent
    (told,) = hwocr(*read, "--json").json["pages"]
    assert len(told["lines"]) == 0
    (told,) = hwocr(*read, "--find-with", "classical", "--json").json["pages"]
    assert len(told["lines"]) == counts["classical"]
    shutil.rmtree(paths.user_models() / "blind")
    gone = hwocr(*read)
    assert gone.code == 0
    assert "“blind”" in gone.err
    assert "“layout”" in gone.err
    read[1] = page
    other = hwocr(*read, "--find-with", "sae-fast")
    assert other.code == BadModel.exit_code
    assert "cannot find lines" in other.err
    other = hwocr("read", page, "--model", tiny, "--whole", "--find-with", "sees-all")
    assert (other.code, "--find-with" in other.err) == (2, True)


def test_data_or_a_project_is_needed(hwocr, tmp_path):
    done = hwocr("train", "layout", "--out", tmp_path / "x")
    assert done.code == 2
    assert "--from" in done.err
