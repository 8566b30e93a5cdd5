"""How high the letters of a page are, and when they are too small for a network."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.core.errors import BadRequest
from hwocr_desktop.core.pixels import writing_contrast as strips
from hwocr_desktop.core.pixels import writing_size as module
from hwocr_desktop.core.pixels.writing_contrast import writing_contrast
from hwocr_desktop.core.pixels.writing_size import FAINTEST, SMALL_PX, enlarged


def letter_height(page):
    return module.letter_height(page, writing_contrast(page))


def enlargement(page):
    return module.enlargement(page, writing_contrast(page))


def written(height, ink=60, paper=210, size=(400, 500)):
    """Return a page of upright strokes of one height, in lines."""
    gray = np.full(size, paper, np.uint8)
    for top in range(20, size[0] - height - 20, 2 * height + 4):
        for left in range(30, size[1] - 40, height + 3):
            gray[top : top + height, left : left + max(1, height // 6)] = ink
    return gray


@given(st.integers(6, 60))
def test_letters_are_as_high_as_they_were_drawn(height):
    assert letter_height(written(height)) == height


@given(st.integers(6, 40))
def test_writing_is_small_up_to_a_limit(height):
    assert enlargement(written(height)) == (2 if height <= SMALL_PX[1] else 1)


@pytest.mark.parametrize("side", [1, 3, 4, 5])
def test_the_dots_of_a_ruled_sheet_are_no_letters(side):
    page = np.full((300, 300), 230, np.uint8)
    for top in range(0, side):
        for left in range(0, side):
            page[20 + top : 280 : 15, 20 + left : 280 : 15] = 120
    assert enlargement(page) == (2 if side >= SMALL_PX[0] else 1)


@given(st.integers(6, 20))
def test_a_page_twice_as_large_has_letters_twice_as_high(height):
    page = written(height)
    twice = letter_height(enlarged(page, 2))
    assert twice == pytest.approx(2 * letter_height(page), abs=2)


def test_a_dark_bed_and_a_punched_hole_are_no_letters():
    page = written(9)
    page[:, :25] = page[:, -25:] = 90
    cv2.circle(page, (60, 200), 22, 90, -1)
    assert letter_height(page) == 9


def test_dots_beside_large_letters_do_not_make_them_small():
    page = written(30)
    page[5:15:4, 5:490:6] = 60
    assert letter_height(page) == 30


def test_pale_grain_says_nothing():
    rng = np.random.default_rng(0)
    page = np.clip(rng.normal(200, 5, (400, 400)), 0, 255).astype(np.uint8)
    assert enlargement(page) == 1
    assert enlargement(written(9, ink=210 - int(FAINTEST) + 1)) == 1
    assert enlargement(written(9, ink=210 - int(FAINTEST) - 1)) == 2


@pytest.mark.parametrize("tone", [0, 255])
def test_an_empty_page_stays_as_it_is(tone):
    assert enlargement(np.full((300, 300), tone, np.uint8)) == 1
    assert enlargement(np.full((1, 1), tone, np.uint8)) == 1


def test_of_a_large_page_strips_are_enough(monkeypatch):
    page = np.tile(written(10), (30, 2))
    assert page.size > 8_000_000
    seen = []
    of_strips = strips.cv2.morphologyEx
    monkeypatch.setattr(
        strips.cv2,
        "morphologyEx",
        lambda gray, *how: seen.append(gray.size) or of_strips(gray, *how),
    )
    # Strips cut letters through, and yet most are whole.
    assert enlargement(page) == 2
    # Once all of it for the contrast, and once a part for the heights.
    assert sum(seen) < 1.9 * page.size


def test_no_page_is_refused():
    with pytest.raises(BadRequest):
        module.letter_height(np.zeros((0, 5), np.uint8), 100.0)


def test_enlarging_keeps_places_and_tones():
    page = written(12)
    larger = enlarged(page, 2)
    assert larger.shape == (800, 1000)
    back = cv2.resize(larger, (500, 400), interpolation=cv2.INTER_AREA)
    assert np.abs(back.astype(int) - page).mean() < 2
    assert enlarged(page, 1) is page
