"""Where words and letters stand in their ink."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.core.document.document import Character
from hwocr_desktop.core.text.word_places import inked, on_ink, word_edges

HEIGHT, WIDTH = 64, 400


def ink_at(*spans: tuple[int, int]) -> np.ndarray:
    """Return a crop with solid ink in some columns."""
    ink = np.zeros((HEIGHT, WIDTH), np.uint8)
    for start, end in spans:
        ink[20:44, start:end] = 255
    return ink


def spiked(text: str, *columns: int) -> tuple[Character, ...]:
    """Return characters that were recognized in 8 columns each."""
    return tuple(
        Character(letter, 0.9, at / WIDTH, (at + 8) / WIDTH)
        for letter, at in zip(text, columns, strict=True)
    )


def columns(characters) -> list[tuple[int, int]]:
    return [(round(c.start * WIDTH), round(c.end * WIDTH)) for c in characters]


def test_words_reach_as_far_as_their_ink():
    ink = ink_at((50, 120), (160, 260))
    found = on_ink(spiked("ab cd", 70, 90, 130, 190, 230), ink)
    assert columns(found)[0][0] == 50
    assert columns(found)[1][1] == 120
    assert columns(found)[2] == (120, 160)
    assert (columns(found)[3][0], columns(found)[4][1]) == (160, 260)
    assert [c.text for c in found] == list("ab cd")
    assert {c.confidence for c in found} == {0.9}


def test_letters_part_where_ink_is_least():
    ink = ink_at((50, 120))
    ink[24:44, 95:98] = 0  # a thin stroke joins the two letters
    found = on_ink(spiked("ab", 60, 105), ink)
    assert columns(found) == [(50, 95), (95, 120)]


def test_letters_that_were_recognized_at_one_place_share_it():
    found = on_ink(spiked("ab", 80, 80), ink_at((50, 120)))
    assert columns(found) == [(50, 84), (84, 120)]


def test_what_stands_far_aside_is_no_part_of_a_word():
    found = on_ink(spiked("a", 200), ink_at((0, 20), (180, 240), (380, 400)))
    assert columns(found) == [(180, 240)]


def test_a_dot_beside_a_word_is_part_of_it():
    found = on_ink(spiked("a.", 200, 255), ink_at((180, 240), (250, 254)))
    assert columns(found)[-1][1] >= 254


def test_a_word_without_ink_stays_where_it_was_recognized():
    assert columns(on_ink(spiked("a", 200), ink_at())) == [(200, 208)]


@pytest.mark.parametrize("characters", [(), spiked(" ", 20), spiked("  ", 20, 40)])
def test_where_no_word_was_read_nothing_changes(characters):
    assert on_ink(characters, ink_at((50, 120))) == characters


def test_words_that_touch_are_parted_where_ink_is_least():
    ink = ink_at((50, 260))
    ink[22:44, 150:153] = 0
    assert word_edges(ink, [(60, 110), (200, 240)]) == [0, 150, WIDTH]


def test_words_are_parted_amid_the_widest_gap():
    ink = ink_at((50, 120), (125, 130), (160, 260))
    assert word_edges(ink, [(60, 110), (200, 240)]) == [0, 145, WIDTH]
    assert inked(ink, 0, 145) == (50, 130)
    assert inked(ink, 131, 159) is None


@given(
    st.lists(st.tuples(st.integers(0, WIDTH - 1), st.integers(1, 60)), max_size=8),
    st.text("ab. ", max_size=12),
    st.data(),
)
def test_places_lie_in_order_and_in_the_line(strokes, text, data):
    ink = ink_at(*((start, start + length) for start, length in strokes))
    at = st.integers(0, WIDTH - 8)
    places = sorted(data.draw(st.lists(at, min_size=len(text), max_size=len(text))))
    read = spiked(text, *places)
    found = on_ink(read, ink)
    assert [c.text for c in found] == list(text)
    spans = [(c.start, c.end) for c in found]
    assert all(0.0 <= start <= end <= 1.0 for start, end in spans)
    assert all(one[0] <= other[0] for one, other in pairwise(spans))
    if text.strip():
        assert all(one[1] == other[0] for one, other in pairwise(spans))
