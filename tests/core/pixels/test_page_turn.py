"""Which way up a page stands, on sample pages turned in all four ways."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from hwocr_desktop.core.pixels.geometry import turn_shape
from hwocr_desktop.core.pixels.imaging import load_scan
from hwocr_desktop.core.pixels.page_turn import find_upright, is_sideways, uprightness
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
    needed, shapes = find_upright(turned, find_lines)
    assert needed == turns
    # Its lines are those of the upright page, in their order.
    upright = [turn_shape(s, turns, *turned.shape[::-1]) for s in shapes]
    expected = find_lines(page)
    assert len(upright) == len(expected)
    for ours, theirs in zip(upright, expected, strict=True):
        np.testing.assert_allclose(ours.baseline, theirs.baseline, atol=0.01)


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (400, 300)])
@pytest.mark.parametrize("value", [False, True])
def test_a_page_without_writing_is_left_as_it_is(size, value: bool) -> None:
    page = np.full(size, value)
    assert not is_sideways(page)
    assert uprightness(page, ()) == 0.0
    assert find_upright(page, find_lines) == (0, ())


def test_of_three_words_nothing_is_said() -> None:
    page = np.zeros((700, 500), np.uint8)
    cv2.putText(
        page, "Kew, 3 May", (120, 300), cv2.FONT_HERSHEY_SCRIPT_COMPLEX, 1.2, 255, 2
    )
    turns, found = find_upright(page > 0, find_lines)
    assert (turns, len(found)) == (0, 1)


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
    assert find_upright(binary, find_lines) == (0, find_lines(binary))


def test_of_a_picture_nothing_is_said() -> None:
    rng = np.random.default_rng(1)
    rough = [rng.normal(0, size, (900 // size, 1200 // size)) for size in (4, 20, 60)]
    noise = sum(cv2.resize(each, (1200, 900)) for each in rough)
    binary = ink_by_threshold(
        np.asarray(cv2.normalize(noise, None, 0, 255, cv2.NORM_MINMAX), np.uint8),
        "otsu",
    ).binary()
    assert find_upright(binary, find_lines)[0] == 0
