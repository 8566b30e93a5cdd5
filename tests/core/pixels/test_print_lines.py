"""Whether a line is type: on lines of an open typeface and of open handwriting."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.core.formats.page_xml import read_page
from hwocr_desktop.core.pixels.crops import crop_line
from hwocr_desktop.core.pixels.imaging import load_scan
from hwocr_desktop.core.pixels.print_lines import (
    PRINT,
    find_print,
    measure_letters,
    print_likelihood,
)
from hwocr_desktop.core.pixels.thresholding import ink_by_threshold
from tests.pages_drawn import type_line

SAMPLES = Path(__file__).parents[3] / "resources" / "samples"
TEXTS = (
    "Royal Gardens, Kew, near London, July 1862",
    "Telegraphic address: Botanist, Richmond Green",
    "No answer can be given to letters of this kind",
)


def written(name: str) -> list[np.ndarray]:
    """Return the crops of a sample page's lines."""
    gray = load_scan(SAMPLES / f"{name}.jpg").gray
    ink = ink_by_threshold(gray, "sauvola").binary()
    page = np.where(ink, np.uint8(0), np.uint8(255))
    lines = read_page(SAMPLES / "page" / f"{name}.xml").lines
    return [crop_line(page, line.shape) for line in lines]


def test_type_is_told() -> None:
    crops = [type_line(text) for text in TEXTS]
    assert find_print(crops) == [True] * 3
    assert max(map(print_likelihood, crops)) > PRINT


@pytest.mark.parametrize("name", sorted(path.stem for path in SAMPLES.glob("*.jpg")))
def test_handwriting_is_not_taken_for_type(name) -> None:
    crops = written(name)
    assert sum(find_print(crops)) <= 0.05 * len(crops)


def test_too_little_ink_says_nothing() -> None:
    for crop in (np.full((64, 300), 255, np.uint8), type_line("No. 4")):
        assert measure_letters(crop) is None
        assert print_likelihood(crop) == 0.0


@given(
    seed=st.integers(0, 1000),
    width=st.integers(1, 400),
    share=st.floats(0, 1),
)
def test_any_crop_has_finite_measures(seed, width, share) -> None:
    rng = np.random.default_rng(seed)
    noise = rng.random((64, width)) < share
    crop = cv2.medianBlur(np.where(noise, np.uint8(0), np.uint8(255)), 3)
    measures = measure_letters(crop)
    assert measures is None or np.isfinite(measures).all()
    assert 0.0 <= print_likelihood(crop) <= 1.0


def test_what_likely_is_type_is_type_on_a_page_of_type(monkeypatch) -> None:
    from hwocr_desktop.core.pixels import print_lines

    values: dict[int, float] = {}
    monkeypatch.setattr(print_lines, "print_likelihood", lambda crop: values[crop])
    values |= {0: 0.999, 1: 0.6, 2: 0.3, 3: 0.995, 4: 0.98}
    assert find_print([0, 1, 3, 2]) == [True, True, True, False]
    assert find_print([0, 1, 2]) == [True, False, False]
    assert find_print([4, 1, 2]) == [False] * 3
    assert find_print([]) == []
