"""Which corrected lines are learned from: doubles, contradictions, very many."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.app.learning_lines import (
    MOST_LEARNED,
    MOST_MEASURED,
    checked_lines,
    choose_lines,
    survey,
    without_doubles,
)
from hwocr_desktop.core.document.document import Line, Page, Project
from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.core.text.charset import Charset

PAIRS = st.lists(st.tuples(st.integers(0, 4), st.sampled_from("ab")), max_size=12)


def shape(y):
    return LineShape(((10, y), (180, y)), ((10, y - 40), (180, y), (10, y)), 42, 22)


def page_of(number, texts, source=None):
    lines = tuple(
        Line(f"l{i}", shape(50 + 70 * i), correction=text, checked=True)
        for i, text in enumerate(texts)
    )
    return Page(f"p{number}", source or f"{number}.png", 200, 9000, lines=lines)


@given(PAIRS)
def test_doubles_are_left_out_as_counting_says(pairs):
    kept, repeated, contradictory = without_doubles(
        pairs, lambda p: p[0], lambda p: p[1]
    )
    assert len(kept) + repeated + contradictory == len(pairs)
    for picture in {p for p, _ in pairs}:
        texts = [text for p, text in pairs if p == picture]
        left = [text for p, text in kept if p == picture]
        assert left == (texts[:1] if len(set(texts)) == 1 else [])


def test_the_same_scan_twice_is_learned_from_once():
    first = page_of(0, ["a", "b", "c"])
    again = replace(page_of(1, ["a", "x", "c", "new"], source="0.png"))
    other = page_of(2, ["a", "b", "c"])
    chosen = choose_lines(Project("x", (first, again, other)))
    assert (chosen.repeated, chosen.contradictory) == (2, 2)
    texts = sorted(line.text for _, line in chosen.lines)
    assert texts == ["a", "a", "b", "c", "c", "new"]
    # Turned or in another picture of the file, it is another line.
    for change in ({"frame": 1}, {"rotation": 90}, {"sha256": "f" * 64}):
        apart = replace(again, **change)
        chosen = choose_lines(Project("x", (first, apart, other)))
        assert (chosen.repeated, chosen.contradictory) == (0, 0)


def test_a_double_is_never_on_both_sides():
    texts = [f"line {i}" for i in range(15)]
    pages = [page_of(i, texts, source=f"{i % 3}.png") for i in range(6)]
    chosen = choose_lines(Project("x", tuple(pages)))
    sides = [
        {(page.source, line.text) for page, line in side}
        for side in (chosen.train, chosen.held_out)
    ]
    assert all(sides)
    assert not sides[0] & sides[1]
    assert chosen.repeated == 45


@pytest.mark.parametrize("text", ["", "   ", "\t\n", "\u200b", "\x00", "\u00a0 "])
def test_texts_without_a_letter_teach_nothing(text):
    project = Project("x", (page_of(0, [text, "a", text]),))
    assert [line.text for _, line in checked_lines(project)] == ["a"]
    assert survey(project, (), Charset("a")).lines == 1


def test_another_script_is_noticed_and_a_few_signs_are_not():
    latin = Charset("abcdefghij ")
    there = Project("x", (page_of(0, ["abc", "жизнь"] * 10), page_of(1, ["деф"] * 10)))
    assert survey(there, (), latin).is_foreign
    here = Project("x", tuple(page_of(i, ["abc def ¾"] * 10) for i in (0, 1)))
    found = survey(here, (), latin)
    assert not found.is_foreign
    assert found.new_characters == "¾"


def test_ten_thousand_lines_are_chosen_from_all_pages():
    pages = tuple(page_of(i, [f"line {i} {k}" for k in range(30)]) for i in range(334))
    project = Project("x", pages)
    found = survey(project, (), Charset("line 0123456789"))
    assert found.lines == 10_020
    assert found.train_lines == MOST_LEARNED
    assert found.held_out_lines == MOST_MEASURED
    chosen = choose_lines(project)
    learned, held = (
        {page.id for page, _ in side} for side in (chosen.train, chosen.held_out)
    )
    assert not learned & held
    assert len(learned | held) == found.pages == len(pages)
    again = choose_lines(project)
    assert (again.train, again.held_out) == (chosen.train, chosen.held_out)
