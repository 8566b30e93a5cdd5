"""How strongly the writing of a page stands out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.core.errors import BadRequest
from hwocr_desktop.core.pixels import writing_contrast as module
from hwocr_desktop.core.pixels.writing_contrast import writing_contrast


def written(paper=200, ink=80, behind=170, height=300, width=400):
    """Return a page with a few strong strokes and many weak ones."""
    gray = np.full((height, width), paper, np.uint8)
    gray[50::40, 10:-10] = behind
    gray[20:24, 50:150] = ink
    return gray


@given(st.integers(100, 255), st.integers(1, 100))
def test_the_strongest_strokes_count_and_not_the_most(paper, contrast):
    gray = written(paper, paper - contrast, max(paper - contrast // 3, 0))
    assert writing_contrast(gray) == contrast


@given(st.integers(0, 255))
def test_an_empty_page_has_no_strokes(tone):
    assert writing_contrast(np.full((60, 70), tone, np.uint8)) == 0


def test_broad_dark_areas_are_no_strokes():
    gray = written()
    gray[:, :100] = 5  # the bed of the scanner
    gray[:60, :] = 5
    gray[100:104, 150:250] = 90
    assert writing_contrast(gray) == 110


def test_light_that_falls_off_does_not_count():
    gray = written().astype(float) - np.linspace(0, 60, 400)
    assert writing_contrast(gray.astype(np.uint8)) == pytest.approx(120, abs=4)


def test_of_a_large_page_strips_are_enough(monkeypatch):
    gray = np.tile(written(), (8, 1))
    whole = writing_contrast(gray)
    monkeypatch.setattr(module, "STRIP_PX", 64)
    assert writing_contrast(gray) == whole
    monkeypatch.setattr(module, "MOST_PIXELS", gray.size // 3)
    assert writing_contrast(gray) == pytest.approx(whole, abs=5)


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (3, 3)])
def test_the_smallest_pages_have_a_number(shape):
    assert 0 <= writing_contrast(np.zeros(shape, np.uint8)) <= 255


def test_no_page_is_refused():
    with pytest.raises(BadRequest):
        writing_contrast(np.zeros((0, 5), np.uint8))
