"""What a reading knows of a text that a person may have changed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.core.document.document import Character, Line, Reading
from hwocr_desktop.core.document.reading_marks import (
    aligned,
    characters_of,
    code_point_index,
    place_of,
    position_at,
    utf16_index,
)
from hwocr_desktop.core.pixels.geometry import LineShape

SHAPE = LineShape(((0.0, 0.0), (9.0, 0.0)), ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0)), 4, 2)
TEXTS = st.text("abq \U00010400", max_size=12)


def line_of(text, *, correction=None, checked=False, doubtful="q"):
    count = max(1, len(text))
    characters = tuple(
        Character(c, 0.2 if c in doubtful else 0.9, i / count, (i + 1) / count)
        for i, c in enumerate(text)
    )
    return Line("l1", SHAPE, Reading(characters, "m"), correction, checked)


@given(TEXTS, TEXTS)
def test_aligned_characters_are_equal_and_in_order(read, text):
    places = aligned(read, text)
    assert len(places) == len(text)
    known = [place for place in places if place is not None]
    assert known == sorted(set(known))
    for character, place in zip(text, places, strict=True):
        assert place is None or read[place] == character


@given(TEXTS)
def test_an_unchanged_text_is_aligned_with_itself(text):
    assert aligned(text, text) == tuple(range(len(text)))


def test_characters_of_several_code_points_say_nothing():
    odd = Reading((Character("e\u0301", 0.1, 0, 1),), "m")
    assert characters_of(Line("l1", SHAPE, odd)) == (None, None)


def test_places_go_along_with_the_text():
    line = line_of("abab", correction="xabab")
    assert place_of(line, 0) is None
    assert place_of(line, 1) == (0.0, 0.25)
    assert place_of(line, 5) == (1.0, 1.0)
    assert place_of(line, 6) is None
    assert position_at(line, 0.3) == 2
    assert position_at(Line("l1", SHAPE), 0.3) is None


@given(TEXTS, st.integers(0, 12))
def test_places_as_qt_counts_them_and_back(text, position):
    position = min(position, len(text))
    as_qt = utf16_index(text, position)
    assert as_qt == len(text[:position].encode("utf-16-le")) // 2
    assert code_point_index(text, as_qt) == position
