"""Which words are marked, and what marking them is said to find."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.core.document.document import Character, Line, Page, Reading
from hwocr_desktop.core.document.doubt import (
    AGREEMENT,
    ALL,
    LEAST_LINES,
    MOST_WORDS,
    Doubt,
    Judge,
    PageTrust,
    judged_words,
    known_words,
    make_judge,
    page_trust,
    read_words,
    words_kept,
)
from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.core.text.calibration import Calibration
from hwocr_desktop.core.text.words import find_runs

SHAPE = LineShape(((0.0, 0.0), (9.0, 0.0)), ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0)), 4, 2)
TEXTS = st.text("ab q", max_size=16)
PROBABILITIES = st.lists(st.floats(0, 1).map(lambda p: round(p, 4)), max_size=30)


def line_of(text, *, sure=0.9, unsure=0.2, correction=None, checked=False, name="l1"):
    characters = tuple(
        Character(c, unsure if c == "q" else sure, 0.0, 1.0) for c in text
    )
    return Line(name, SHAPE, Reading(characters, "m"), correction, checked)


@given(TEXTS)
def test_marked_are_the_words_with_a_doubtful_letter(text):
    line = line_of(text, sure=1.0)
    marked = Doubt(0.5).spans(line)
    assert marked == tuple(
        (start, end) for start, end in find_runs(text) if "q" in text[start:end]
    )
    assert Doubt(0.0).spans(line) == ()
    assert Doubt(ALL).spans(line) == tuple(find_runs(text))


@given(TEXTS, TEXTS)
def test_what_a_person_typed_is_not_judged(text, typed):
    line = line_of(text, correction=typed)
    for start, end, _ in read_words(line):
        assert typed[start:end] in text.split()
    assert Doubt(ALL).spans(replace(line, checked=True)) == ()
    unread = Line("l1", SHAPE, None, typed)
    assert Doubt(ALL).spans(unread) == ()


def test_words_put_together_or_cut_are_the_persons():
    for correction in ("ankqew is", "an ew is", "an kq ew is"):
        words = read_words(line_of("an kqew is", correction=correction))
        assert {correction[a:b] for a, b, _ in words} <= {"an", "is"}


def test_a_changed_word_is_the_persons_and_the_others_stay():
    line = line_of("an kqew is", correction="an krew is")
    assert [line.text[a:b] for a, b, _ in read_words(line)] == ["an", "is"]
    (first, *_) = read_words(line)
    assert first[2] == pytest.approx(0.81)


@given(TEXTS, TEXTS, st.floats(0.01, 0.99))
def test_words_that_a_transcription_has_too_are_likelier_right(text, transcript, sure):
    alone = line_of(text, sure=sure)
    both = replace(alone, transcript=transcript)
    agreed = words_kept(transcript, text)
    for (start, end, one), (*_, two) in zip(
        Doubt().weigh(alone), Doubt().weigh(both), strict=True
    ):
        odds = AGREEMENT if (start, end) in {a[:2] for a in agreed} else 1.0
        assert two / (1 - two) == pytest.approx(one / (1 - one) * odds)
    # Where it says all the same, every word is supported; where nothing, none.
    same = replace(alone, transcript=text)
    assert len(words_kept(text, text)) == len(Doubt().weigh(same))
    assert all(transcript[f : f + b - a] == text[a:b] for a, b, f in agreed)


def test_agreement_is_what_two_independent_sources_make_of_it():
    # Counted out: how often both are right, and how often wrong in the same way.
    rng = np.random.default_rng(5)
    right, wrong, alike, runs = 0.5, 0.1, 0.2, 400_000
    read = rng.random(runs) < right
    said = rng.random(runs) >= wrong
    same = (read & said) | (~read & ~said & (rng.random(runs) < alike))
    line = replace(line_of("b", sure=right), transcript="b")
    ((_, _, weighed),) = Doubt().weigh(line)
    assert weighed == pytest.approx(read[same].mean(), abs=0.003)


def test_a_confirmed_line_is_hardly_doubted_and_a_changed_word_is_not_judged():
    line = line_of("an kqew is", sure=0.9, unsure=0.4)
    assert Doubt().spans(line) == ((3, 7),)
    confirmed = replace(line, correction=line.text, transcript=line.text)
    assert confirmed.is_confirmed
    assert Doubt().spans(confirmed) == ()
    # Only where the transcription says otherwise is nothing known of it.
    other = replace(line, correction="an kew is", transcript="an kew is")
    assert not other.is_confirmed
    assert [other.text[a:b] for a, b, _ in Doubt().weigh(other)] == ["an", "is"]


def test_going_from_mark_to_mark_visits_each_once():
    lines = [line_of("q a q"), line_of("a"), line_of("aq")]
    marks = [(0, (0, 1)), (0, (4, 5)), (2, (0, 2))]
    row, place, seen = 0, 0, []
    for _ in range(6):
        row, span = Doubt().next_span(lines, row, place)
        seen.append((row, span))
        place = span[1]
    assert seen == marks + marks
    assert Doubt().next_span(lines, 0, 1) == marks[1]
    assert Doubt().next_span(lines, 2, 2) == marks[0]
    assert Doubt().next_span(lines[1:2], 0, 0) is None
    assert Doubt().next_span([], 0, 0) is None


@given(PROBABILITIES, st.integers(-1, 31))
def test_a_threshold_marks_as_many_as_it_was_made_for(words, count):
    trust = PageTrust(tuple(sorted(words)))
    marked = trust.marked(trust.threshold(count))
    wanted = max(0, min(count, len(words)))
    # Equally likely words are marked together.
    assert marked >= wanted
    if marked > wanted:
        assert trust.words[wanted - 1] == trust.words[marked - 1]
    assert trust.found(marked) <= trust.wrong + 1e-9


@given(st.lists(TEXTS, max_size=6), st.floats(0, 1))
def test_the_page_counts_what_the_lines_mark(texts, threshold):
    lines = tuple(line_of(text, name=f"l{n}") for n, text in enumerate(texts))
    page = Page("p1", "a.png", 90, 90, lines=lines)
    judge = Judge(Calibration(0.5, 0.7, 0.1), 20)
    trust = page_trust(page, judge)
    doubt = Doubt(threshold, judge)
    assert trust.marked(threshold) == sum(len(doubt.spans(line)) for line in lines)
    wrong = sum(1 - right for line in lines for *_, right in doubt.weigh(line))
    assert trust.wrong == pytest.approx(wrong)


def test_checked_lines_say_which_words_were_right():
    line = line_of("an kqew is", correction="an krew us", checked=True)
    assert known_words(line) == (
        (pytest.approx(0.81), True),
        (pytest.approx(0.9**3 * 0.2), False),
        (pytest.approx(0.81), False),
    )
    assert known_words(replace(line, checked=False)) == ()
    assert known_words(Line("l1", SHAPE, None, "typed", True)) == ()
    assert judged_words("", (), "anything") == ()


def test_too_few_lines_make_no_judge():
    known = [((0.9, True), (0.4, False))] * (LEAST_LINES - 1)
    assert make_judge([*known, ()]) is None
    judge = make_judge([*known, known[0]])
    assert judge is not None
    assert judge.lines == LEAST_LINES


def test_a_judge_learns_how_often_words_are_right():
    # Whatever seems 90 % likely is right in six of ten.
    rng = np.random.default_rng(3)
    lines = [
        tuple((0.9, bool(right)) for right in rng.random(10) < 0.6) for _ in range(100)
    ]
    judge = make_judge(lines)
    page = Page("p1", "a.png", 90, 90, lines=(line_of("a", sure=0.9),))
    (right,) = page_trust(page, judge).words
    share = np.mean([right for line in lines for _, right in line])
    assert right == pytest.approx(share, abs=0.02)


def test_only_the_last_words_count():
    old = [((0.5, False),) * 10] * (MOST_WORDS // 10)
    new = [((0.5, True),) * 10] * (MOST_WORDS // 10)
    judge = make_judge(old + new)
    assert judge == replace(make_judge(new), lines=len(old + new))
    assert math.isfinite(judge.parameters.shift)
