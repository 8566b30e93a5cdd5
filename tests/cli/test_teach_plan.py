"""``hwocr train ... --from``: what is told before it is begun."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hwocr_desktop.app import learning
from hwocr_desktop.app.taught_lines import KEY, TaughtLines, with_checksums
from hwocr_desktop.app.teaching_forecast import Forecast
from hwocr_desktop.cli import teach
from hwocr_desktop.cli.teach import open_to_learn
from hwocr_desktop.core.document.document import Line, Page, Project
from hwocr_desktop.core.document.project_file import create_project
from hwocr_desktop.core.errors import BadRequest, TrainingDataMissing
from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.registry import ModelCard
from hwocr_desktop.ml.training.fine_tune import LineComparison
from tests.drawn_lines import write_lines
from tests.pages_drawn import draw_page, write_image

CARD = ModelCard("few", "recognize-lines", "Few", "", "", {}, "", charset="abc ")


def line(number, text, top):
    shape = LineShape(((10, top), (90, top)), ((10, top), (90, top), (90, 9)), 9, 5)
    return Line(f"l{number}", shape, correction=text, checked=True)


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Return a function that writes a project of so many pages of ten lines each."""
    monkeypatch.setattr(registry, "card", lambda *_: CARD)
    monkeypatch.setattr(teach, "choose_line_model", lambda wanted: "few")
    monkeypatch.setattr(teach, "try_out", lambda request, **_: None)

    def learn(request, **_):
        raise TrainingDataMissing("Learning began.", "")

    monkeypatch.setattr(teach, "learn_lines", learn)
    folder = tmp_path / "letters"

    def write(count, more=(), text="abſ"):
        pages = []
        for n in range(count):
            write_image(tmp_path / f"{n}.png", draw_page(1, n))
            lines = [line(i, text if i < 3 else "ab", 20 * i) for i in range(10)]
            lines += more if n == 0 else ()
            path = f"../{n}.png"
            pages.append(Page(f"p{n}", path, 600, 400, lines=tuple(lines)))
        with create_project(folder, "Letters") as file:
            file.save(Project("Letters", tuple(pages), next_page=9))
        return folder

    return write


def test_lines_and_characters_are_told_before(hwocr, write):
    told = hwocr("train", "lines", "--from", write(4)).err
    assert "Learns from 30 of 40 checked lines on 4 pages, starting with “Few”." in told
    assert "Held out for the test: 10 lines on 1 page, whole pages" in told
    assert "1 character is new to the model: ſ; learned from 9 lines." in told
    assert "Left out" not in told
    assert told.index("Learns from") < told.index("Learning began.")


def test_lines_that_nobody_has_checked_are_told(hwocr, write, monkeypatch):
    found = [replace(line(f"u{i}", "", 20 * i), checked=False) for i in range(12)]
    folder = write(4, found)
    asked = []

    def learn(request, **_):
        asked.append(request.unchecked)
        raise TrainingDataMissing("Learning began.", "")

    monkeypatch.setattr(teach, "learn_lines", learn)
    words = "It also reads 12 lines that nobody has checked"
    arguments = ["train", "lines", "--from", folder]
    assert words not in hwocr(*arguments).err  # without a language it does not
    monkeypatch.setattr(registry, "card", lambda *_: replace(CARD, language="abc"))
    assert words in hwocr(*arguments).err
    assert words not in hwocr(*arguments, "--checked-only").err
    assert asked == [True, True, False]


def test_pages_are_chosen_by_name_or_id_and_one_that_is_not_there_is_told(hwocr, write):
    folder = write(4)
    for names in (("p0", "p2"), ("0", "2"), ("0", "P2")):
        told = hwocr("train", "lines", "--from", folder, "--pages", *names).err
        assert "of 20 checked lines on 2 pages" in told
    told = hwocr("train", "lines", "--from", folder, "--pages", "p0", "p99")
    assert told.code == BadRequest.exit_code
    assert "no page “p99”" in told.err


def test_what_is_left_out_is_told_before(hwocr, write):
    doubled = [line(11, "bb", 0), line(12, "ab", 180)]
    told = hwocr("train", "lines", "--from", write(2, doubled, "жжжж")).err
    assert "same piece of a scan with different texts: 2 lines." in told
    assert "another line shows the same: 1 line." in told
    assert "letters that this model has never seen" in told


def test_lines_of_one_page_are_held_out_singly(hwocr, write):
    more = [line(20 + i, "ab", 300 + 9 * i) for i in range(5)]
    told = hwocr("train", "lines", "--from", write(1, more)).err
    assert "Held out for the test: 6 lines on 1 page, single lines of pages" in told


def test_a_model_that_knows_the_lines_is_told_of(hwocr, write, monkeypatch):
    folder = write(1, [line(20, "ab", 300), line(21, "ab", 320)])
    (page,) = with_checksums(*open_to_learn(folder)).pages
    items = [(page, one) for one in page.lines]
    for learned, said in (
        (items, "which the model has learned from before"),
        (items[2:], "too few to tell"),
    ):
        known = TaughtLines().with_lines(learned, [])
        card = replace(CARD, teaching={KEY: known.to_plain()})
        monkeypatch.setattr(registry, "card", lambda *_, card=card: card)
        told = hwocr("train", "lines", "--from", folder).err
        assert said in told
        assert "did not keep" not in told
    old = replace(CARD, teaching={"data": "f" * 64})
    monkeypatch.setattr(registry, "card", lambda *_: old)
    assert "did not keep which" in hwocr("train", "lines", "--from", folder).err


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"pages": 3}, "on 3 pages, of which it has learned nothing. That is too few"),
        ({"split": "line"}, "on 1 page, not learned from, but from pages that are"),
        ({"split": "known"}, "whether it got better cannot be judged"),
        ({"is_traced": False}, "did not keep which lines"),
        (
            {"aided": (learning.ErrorRate(7, 100), learning.ErrorRate(4, 100))},
            "with its language, as pages are read: 7.0 % before, 4.0 % after",
        ),
    ],
)
def test_the_verdict_says_on_what_it_was_tested(hwocr, write, monkeypatch, more, said):
    def learn(request, **_):
        rate, sure = learning.ErrorRate(1, 10), (0.0, 1.0)
        lines = (LineComparison("a", "b", "a"),) * 4
        return learning.LearnResult(
            rate, rate, sure, sure, False, lines, folder, CARD, **more
        )

    folder = write(3)
    monkeypatch.setattr(teach, "learn_lines", learn)
    monkeypatch.setattr(teach, "discard_model", lambda result: None)
    done = hwocr("train", "lines", "--from", folder)
    assert "Tested on 4 lines on" in done.out
    assert said in done.out
    tested = hwocr("train", "lines", "--from", folder, "--json").json["tested"]
    assert tested["lines"] == 4
    assert not tested["is_enough_to_tell"]


def test_pictures_of_lines_are_not_called_pages(hwocr, write, tmp_path):
    write(1)
    write_lines(tmp_path / "lines", 40)
    told = hwocr("train", "lines", "--from", tmp_path / "lines").err
    assert "Learns from 32 of 40 checked lines, starting with" in told
    assert "Held out for the test: 8 lines, pictures of single lines" in told
    assert "whole pages" not in told


def test_printed_lines_are_told(hwocr, write):
    more = [replace(line(f"x{i}", "ab", 20 * i + 9), kind="printed") for i in range(3)]
    told = hwocr("train", "lines", "--from", write(3, more)).err
    assert "Learns from 20 of 30 checked lines" in told
    assert "Left out, because they count as printed: 3 lines." in told


def test_what_goes_on_is_forecast_for_the_rest_of_its_time(hwocr, write, monkeypatch):
    folder, asked = write(3), []
    monkeypatch.setattr(teach, "minutes_done", lambda request: 2.0)
    monkeypatch.setattr(teach, "try_out", lambda request, **_: asked.append(request))
    for more in ((), ("--fresh",), ("--minutes", 1)):
        hwocr("train", "lines", "--from", folder, *more)
    assert [request.minutes for request in asked] == [3.0, 5.0, 0.0]


@pytest.mark.parametrize(("passes", "is_told"), [(0.4, True), (3.0, False), (0, False)])
def test_too_little_time_is_told(hwocr, write, monkeypatch, passes, is_told):
    forecast = Forecast(90.0, passes, None, None)
    monkeypatch.setattr(teach, "try_out", lambda request, **_: forecast)
    told = hwocr("train", "lines", "--from", write(3)).err
    assert ("more --minutes it learns more" in told) == is_told


def test_scans_that_are_gone_are_told_before(hwocr, write, tmp_path):
    folder = write(3)
    (tmp_path / "0.png").unlink()
    told = hwocr("train", "lines", "--from", folder).err
    assert "of 20 checked lines on 2 pages" in told
    assert "because their scans are gone or cannot be opened: 10 lines." in told


def test_the_plan_is_in_the_json(hwocr, write, monkeypatch):
    folder = write(4)

    def learn(request, **_):
        rate = learning.ErrorRate(1, 10)
        sure = (0.0, 1.0)
        return learning.LearnResult(rate, rate, sure, sure, False, (), folder, CARD)

    monkeypatch.setattr(teach, "learn_lines", learn)
    monkeypatch.setattr(teach, "discard_model", lambda result: None)
    plan = hwocr("train", "lines", "--from", folder, "--json").json["plan"]
    assert (plan["train_lines"], plan["held_out_lines"], plan["split"]) == (
        30,
        10,
        "page",
    )
    assert (plan["new_characters"], plan["new_in"]) == ("ſ", 9)


def test_pictures_with_two_texts_contradict_each_other(hwocr, tmp_path, monkeypatch):
    monkeypatch.setattr(teach, "choose_line_model", lambda wanted: "few")
    for n in range(7):
        write_image(tmp_path / f"{n}.png", draw_page(1, n))
    rows = [f"{n}.png\t{text}\n" for n in range(7) for text in ("one", "two")]
    (tmp_path / "labels.tsv").write_text("".join(rows), encoding="utf-8")
    done = hwocr("train", "lines", "--from", tmp_path)
    assert done.code == TrainingDataMissing.exit_code
    assert "14 checked lines contradict each other and are left out" in done.err
    assert "Of the others none can be learned from" in done.err
    assert "There are 0" not in done.err
