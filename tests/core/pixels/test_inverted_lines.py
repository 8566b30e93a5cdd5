"""Lines on their heads on a page that is not: sample pages, parts of them turned."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from hwocr_desktop.core.document.keeping import kind_of
from hwocr_desktop.core.pixels.crops import crop_line
from hwocr_desktop.core.pixels.imaging import load_scan
from hwocr_desktop.core.pixels.segmentation import find_lines
from hwocr_desktop.core.pixels.thresholding import ink_by_threshold

SAMPLES = Path(__file__).parents[3] / "resources" / "samples"


@pytest.fixture(scope="module", params=["letter_1862", "emigrant_1849"])
def page(request):
    gray = load_scan(SAMPLES / f"{request.param}.jpg").gray
    half = cv2.resize(gray, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    return ink_by_threshold(half, "sauvola").binary()


def is_leftward(shape):
    return shape.baseline[-1][0] < shape.baseline[0][0]


@pytest.mark.parametrize("at_end", [False, True])
def test_turned_lines_are_found_the_other_way_up_and_come_last(page, at_end):
    lines = find_lines(page)
    assert not any(is_leftward(line) for line in lines)
    group = lines[-6:] if at_end else lines[:4]
    bounds = np.array([line.bounds for line in group]).astype(int)
    y0, y1 = bounds[:, 1].min(), bounds[:, 3].max() + 1
    x0, x1 = bounds[:, 0].min(), bounds[:, 2].max() + 1
    mixed = page.copy()
    mixed[y0:y1, x0:x1] = page[y0:y1, x0:x1][::-1, ::-1]
    found = find_lines(mixed)
    turned = [line for line in found if is_leftward(line)]
    assert abs(len(turned) - len(group)) <= 1
    assert list(found[-len(turned) :]) == turned
    assert {kind_of(line) for line in turned} == {"upside-down"}
    assert {kind_of(line) for line in found[: -len(turned)]} == {""}
    # In the order in which they are read: of the page as it was.
    places = [line.baseline[0][1] for line in turned]
    assert places == sorted(places, reverse=True)
    # Cut out, the writing stands upright: it is what was cut out of the page before.
    paper = np.where(page, np.uint8(0), np.uint8(255))
    mixed_paper = np.where(mixed, np.uint8(0), np.uint8(255))
    alike = []
    for line in turned:
        x, y = line.baseline[0]
        home = (x0 + x1 - 1 - x, y0 + y1 - 1 - y)
        before = min(
            lines, key=lambda one: np.hypot(*np.subtract(one.baseline[0], home))
        )
        pair = crop_line(mixed_paper, line, 32), crop_line(paper, before, 32)
        shared = min(crop.shape[1] for crop in pair)
        first, second = (crop[:, :shared].astype(float).ravel() for crop in pair)
        alike.append(np.corrcoef(first, second)[0, 1])
    assert np.median(alike) > 0.3


def test_few_lines_are_left_to_the_turning_of_the_page(page):
    lines = find_lines(page)
    bottom = int(lines[3].bounds[3]) + 1
    alone = np.zeros_like(page)
    alone[:bottom] = page[:bottom]
    assert not any(
        is_leftward(s) for s in find_lines(np.ascontiguousarray(alone[::-1, ::-1]))
    )
