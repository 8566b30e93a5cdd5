"""Which way up a page stands, on sample pages turned in all four ways."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from hwocr_desktop.core.pixels.imaging import load_scan
from hwocr_desktop.core.pixels.page_turn import is_sideways, turns_needed, uprightness
from hwocr_desktop.core.pixels.segmentation import find_lines
from hwocr_desktop.core.pixels.thresholding import ink_by_threshold

SAMPLES = Path(__file__).parents[3] / "resources" / "samples"

Binary = npt.NDArray[np.bool_]


@pytest.fixture(scope="module", params=["letter_1862", "emigrant_1849"])
def page(request: pytest.FixtureRequest) -> Binary:
    gray = load_scan(SAMPLES / f"{request.param}.jpg").gray
    half = cv2.resize(gray, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    return ink_by_threshold(half, "otsu").binary()


@pytest.mark.parametrize("turns", range(4))
def test_a_turned_page_is_set_upright(page: Binary, turns: int) -> None:
    turned = np.ascontiguousarray(np.rot90(page, turns))
    assert turns_needed(turned, find_lines(turned), find_lines) == turns


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (400, 300)])
@pytest.mark.parametrize("value", [False, True])
def test_a_page_without_writing_is_left_as_it_is(size, value: bool) -> None:
    page = np.full(size, value)
    assert not is_sideways(page)
    assert uprightness(page, ()) == 0.0
    assert turns_needed(page, (), find_lines) == 0


def test_of_three_words_nothing_is_said() -> None:
    page = np.zeros((700, 500), np.uint8)
    cv2.putText(
        page, "Kew, 3 May", (120, 300), cv2.FONT_HERSHEY_SCRIPT_COMPLEX, 1.2, 255, 2
    )
    found = find_lines(page > 0)
    assert len(found) == 1
    assert turns_needed(page > 0, found, find_lines) == 0


@pytest.mark.parametrize(("height", "count"), [(240, 1), (600, 1), (600, 2)])
def test_of_scribbles_nothing_is_said(height: int, count: int) -> None:
    ink = np.zeros((900, 700), np.uint8)
    for number in range(count):
        at = np.arange(0, height, 6)
        across = 100 + 300 * number + np.where(np.arange(len(at)) % 2, 60, 0)
        strokes = np.stack([across, 150 + at], axis=1).astype(np.int32)
        cv2.polylines(ink, [strokes], False, (255,), 3)
    binary = ink > 0
    assert is_sideways(binary)
    assert turns_needed(binary, find_lines(binary), find_lines) == 0
