"""The judge of a project follows its checked lines."""

from __future__ import annotations

import pytest

from hwocr_desktop.app import trusting
from hwocr_desktop.app.taught_lines import KEY, TaughtLines
from hwocr_desktop.app.trusting import Trusting
from hwocr_desktop.core import paths
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import Character, Project, Reading
from hwocr_desktop.core.document.doubt import LEAST_LINES
from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.registry import ModelCard

LINES = LEAST_LINES + 2


def shape(number):
    y = 10.0 * number
    return LineShape(((0.0, y), (50.0, y)), ((0.0, y), (50.0, y), (50.0, y + 8)), 4, 2)


def reading(text, model):
    return Reading(tuple(Character(c, 0.8, 0.0, 1.0) for c in text), model)


@pytest.fixture
def project():
    """Return two pages, read by two models, without a checked line."""
    made = Project()
    for number, model in enumerate(("one", "two")):
        made = edits.add_page(made, f"{number}.png", 90, 900)
        page_id = made.pages[-1].id
        made = edits.set_lines(made, page_id, [shape(n) for n in range(LINES)])
        readings = {x.id: reading("an kew", model) for x in made.pages[-1].lines}
        made = edits.set_readings(made, page_id, readings)
    return made


def checked(project, page, count):
    for line in page.lines[:count]:
        project = edits.accept_line(project, page.id, line.id)
    return project


def test_there_is_a_judge_once_enough_lines_are_checked(project):
    trust = Trusting()
    first, second = project.pages
    for count, is_there in ((0, False), (LEAST_LINES - 1, False), (LEAST_LINES, True)):
        now = checked(project, first, count)
        judge = trust.judge(now, now.page(first.id))
        assert (judge is not None) == is_there
        # What another model reads is judged by its own lines.
        assert trust.judge(now, now.page(second.id)) is None
    assert judge.lines == LEAST_LINES
    # And back, when the lines are reopened.
    assert trust.judge(project, first) is None


def test_lines_that_the_model_has_learned_say_nothing(project):
    first = project.pages[0]
    now = checked(project, first, LEAST_LINES)
    page = now.page(first.id)
    lines = [(page, line) for line in page.lines[:LEAST_LINES]]
    for name, learned, held_out in (
        ("one", lines[:1], lines[1:]),
        ("grown", [], lines),
    ):
        taught = TaughtLines().with_lines(learned, held_out)
        card = ModelCard(
            name,
            "recognize-lines",
            "",
            "",
            "",
            {},
            "",
            teaching={KEY: taught.to_plain()},
        )
        registry.save_model(
            paths.user_models() / name, card, lambda path: path.write_bytes(b"")
        )
    assert Trusting().judge(now, page) is None
    # One more that it has not learned from.
    more = checked(now, first, LEAST_LINES + 1)
    judge = Trusting().judge(more, more.page(first.id))
    assert judge.lines == LEAST_LINES
    # What was held out of a teaching, that model has not learned from.
    readings = {line.id: reading("an kew", "grown") for line in page.lines}
    again = edits.set_readings(now, page.id, readings)
    judge = Trusting().judge(again, again.page(first.id))
    assert judge.lines == LEAST_LINES


def test_a_page_that_goes_takes_its_lines_along(project):
    trust = Trusting()
    first, second = project.pages
    both = checked(project, first, LINES)
    assert trust.judge(both, both.page(first.id)) is not None
    without = edits.remove_page(both, first.id)
    assert trust.judge(without, second) is None
    empty = edits.add_page(without, "3.png", 9, 9)
    assert trust.judge(empty, empty.pages[-1]) is None


def test_pages_that_stay_the_same_are_not_looked_at_again(project, monkeypatch):
    trust = Trusting()
    looked = []
    known = trusting.known_words
    monkeypatch.setattr(
        trusting, "known_words", lambda line: looked.append(line) or known(line)
    )
    trust.judge(project, project.pages[0])
    assert len(looked) == 2 * LINES
    now = checked(project, project.pages[0], 1)
    trust.judge(now, now.pages[0])
    assert len(looked) == 3 * LINES


def test_many_new_pages_are_heard_one_after_the_other(project, monkeypatch):
    page = project.pages[0]
    now = checked(project, page, LINES)
    trust = Trusting()
    clock = iter(range(1000))
    monkeypatch.setattr(trusting.time, "perf_counter", lambda: next(clock))
    monkeypatch.setattr(trusting, "BUDGET_S", 1.5)  # one page a call
    assert trust.judge(now, now.pages[0]) is not None
    assert trust.is_behind
    trust.judge(now, now.pages[0])
    assert not trust.is_behind
    # What a page said before counts until it is heard again.
    other = checked(now, now.pages[1], 1)
    monkeypatch.setattr(trusting, "BUDGET_S", -1.0)
    assert trust.judge(other, other.pages[0]) is not None
    assert trust.is_behind
