"""Pages that lie far askew: the same lines are found, where they are."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.core.pixels.imaging import load_scan
from hwocr_desktop.core.pixels.page_tilt import find_tilted, measure_tilt
from hwocr_desktop.core.pixels.segmentation import find_lines
from hwocr_desktop.core.pixels.thresholding import ink_by_threshold

SAMPLES = Path(__file__).parents[3] / "resources" / "samples"

Binary = npt.NDArray[np.bool_]


@pytest.fixture(scope="module")
def page() -> Binary:
    gray = load_scan(SAMPLES / "letter_1862.jpg").gray
    half = cv2.resize(gray, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    return ink_by_threshold(half, "otsu").binary()


def tilted(page: Binary, degrees: float) -> Binary:
    """Return a page whose lines sink by so much, on a sheet that holds all of it."""
    height, width = page.shape
    side = math.ceil(math.hypot(height, width))
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    turn[:, 2] += (side - width) / 2, (side - height) / 2
    return cv2.warpAffine(page.astype(np.uint8) * 255, turn, (side, side)) > 127


def slope(shape: LineShape) -> float:
    (x0, y0), (x1, y1) = shape.baseline[0], shape.baseline[-1]
    return math.degrees(math.atan2(y1 - y0, x1 - x0))


@pytest.mark.parametrize("degrees", [-40, -25, 18, 32])
def test_lines_of_a_tilted_page_are_found_along_their_slope(page, degrees) -> None:
    there = tilted(page, degrees)
    assert abs(measure_tilt(there) - degrees) <= 3
    upright, found = find_lines(page), find_lines(there)
    assert abs(len(found) - len(upright)) <= 1
    long = [s for s in found if math.dist(s.baseline[0], s.baseline[-1]) > 300]
    assert len(long) >= 14
    usual = np.median([slope(s) for s in upright])
    assert all(abs(slope(s) - degrees - usual) < 2 for s in long)
    on_ink = [there[int(y) - 4, int(x)] for s in long for x, y in s.baseline[1:-1]]
    off_ink = [there[int(y) + 12, int(x)] for s in long for x, y in s.baseline[1:-1]]
    assert np.mean(on_ink) > 2 * np.mean(off_ink)


@pytest.mark.parametrize("degrees", [-10, 0, 7])
def test_what_the_finder_follows_is_left_as_it_is(page, degrees) -> None:
    assert measure_tilt(tilted(page, degrees)) == 0


@pytest.mark.parametrize("turns", range(4))
def test_a_turned_page_is_not_tilted(page, turns) -> None:
    assert measure_tilt(np.ascontiguousarray(np.rot90(page, turns))) == 0


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (400, 300)])
@pytest.mark.parametrize("value", [False, True])
def test_a_page_without_writing_is_not_tilted(size, value) -> None:
    assert measure_tilt(np.full(size, value)) == 0


@pytest.mark.parametrize("tilt", [-45.0, -12.5, 0.0, 30.0])
def test_what_is_found_on_the_page_set_straight_is_put_back(tilt) -> None:
    page = np.zeros((300, 500), bool)
    corners = ((60.0, 50.0), (440.0, 60.0), (430.0, 250.0), (70.0, 240.0))
    for x, y in corners:
        page[int(y) - 3 : int(y) + 4, int(x) - 3 : int(x) + 4] = True

    def dots(straight: Binary) -> list[LineShape]:
        ink = straight.astype(np.uint8)
        at = cv2.connectedComponentsWithStats(ink)[3][1:]
        points = tuple((float(x), float(y)) for x, y in at)
        return [LineShape(points, points, 9.0, 4.0)]

    (shape,) = find_tilted(page, tilt, dots)
    assert (shape.ascent, shape.descent) == (9.0, 4.0)
    for corner in corners:
        assert min(math.dist(corner, p) for p in shape.baseline) < 1.0
