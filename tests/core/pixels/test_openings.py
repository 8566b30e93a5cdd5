"""Two pages on one scan, and strips of a neighboring page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from hwocr_desktop.core.formats.page_xml import read_page
from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.core.pixels.imaging import load_scan
from hwocr_desktop.core.pixels.layout_metrics import baseline_scores
from hwocr_desktop.core.pixels.line_drawing import length_of
from hwocr_desktop.core.pixels.segmentation import find_lines
from hwocr_desktop.core.pixels.thresholding import ink_by_threshold
from tests.core.pixels.test_segmentation import PITCH, blank, scores, write, write_page

SAMPLES = Path(__file__).parents[3] / "resources" / "samples"
HEIGHT = 1500

Binary = npt.NDArray[np.bool_]


def moved(shape: LineShape, dx: float, dy: float, factor: float = 1.0) -> LineShape:
    return replace(
        shape,
        baseline=tuple((x * factor + dx, y * factor + dy) for x, y in shape.baseline),
        polygon=tuple((x * factor + dx, y * factor + dy) for x, y in shape.polygon),
    )


def sample(name: str, margin: int = 30) -> tuple[Binary, list[LineShape]]:
    """Return a sample page, cut close to its writing, and its lines."""
    gray = load_scan(SAMPLES / f"{name}.jpg").gray
    factor = HEIGHT / gray.shape[0]
    size = round(gray.shape[1] * factor), HEIGHT
    ink = ink_by_threshold(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), "otsu")
    lines = read_page(SAMPLES / "page" / f"{name}.xml").lines
    shapes = [moved(line.shape, 0, 0, factor) for line in lines]
    xs = [x for shape in shapes for x, _ in shape.polygon]
    left, right = max(0, int(min(xs)) - margin), int(max(xs)) + margin
    return ink.binary()[:, left:right], [moved(s, -left, 0) for s in shapes]


@pytest.mark.parametrize(
    ("names", "gap", "shift", "fold", "border"),
    [
        (("emigrant_1849", "register_1851"), 15, 30, 0, 60),
        (("will_1817", "letter_1862"), 45, -25, 6, 0),
    ],
)
def test_an_opening_is_read_page_by_page(names, gap, shift, fold, border) -> None:
    (left, left_lines), (right, right_lines) = map(sample, names)
    between = np.zeros((HEIGHT, gap), np.bool_)
    between[:, (gap - fold) // 2 : (gap + fold) // 2] = True
    page = np.concatenate([left, between, np.roll(right, shift, axis=0)], axis=1)
    page = np.pad(page, border, constant_values=True)
    truth = [moved(s, border, border) for s in left_lines]
    start = left.shape[1] + gap + border
    truth += [moved(s, start, shift + border) for s in right_lines]
    found = find_lines(page)
    middle = start - gap / 2
    for shape in found:
        sides = {x > middle for x, _ in shape.baseline if abs(x - middle) > gap}
        assert len(sides) == 1
    assert scores(found, [list(s.baseline) for s in truth]).f > 0.9
    on_right = [float(np.mean([x for x, _ in s.baseline])) > middle for s in found]
    assert on_right == sorted(on_right)
    assert 0 < sum(on_right) < len(found)


@pytest.mark.parametrize("lean", [0.0, 0.02])
@pytest.mark.parametrize(
    "names", [("emigrant_1849", "letter_1862"), ("will_1817", "emigrant_1849")]
)
def test_a_folded_sheet_written_up_to_the_fold_is_two_pages(names, lean) -> None:
    (left, left_lines), (right, _) = (sample(name, 0) for name in names)
    # Both ragged ends are cut off where every line has still ink.
    end = int(np.median([max(x for x, _ in s.baseline) for s in left_lines]))
    page = np.concatenate([left[:, :end], np.zeros((HEIGHT, 14), np.bool_), right], 1)
    shear = np.float32([[1, lean, -lean * HEIGHT / 2], [0, 1, 0]])
    size = page.shape[1], HEIGHT
    page = cv2.warpAffine(page.astype(np.uint8), shear, size) > 0
    found = find_lines(page)
    for shape in found:
        folds = [end + 7 + lean * (y - HEIGHT / 2) for _, y in shape.baseline]
        sides = {
            x > fold
            for (x, _), fold in zip(shape.baseline, folds, strict=True)
            if abs(x - fold) > 20
        }
        assert len(sides) == 1
    on_right = [float(np.mean([x for x, _ in s.baseline])) > end for s in found]
    assert on_right == sorted(on_right)
    assert sum(on_right) == pytest.approx(len(find_lines(right)), abs=3)


@pytest.mark.parametrize("name", ["letter_1862", "will_1817"])
def test_a_page_is_not_folded_however_broad(name) -> None:
    page, lines = sample(name)
    width = page.shape[1]
    # Stretched, so that the spaces between its words are as broad as gutters.
    broad = cv2.resize(page.astype(np.uint8), (2 * width, HEIGHT)) > 0
    whole = [s for s in find_lines(broad) if length_of(s.baseline) > 1.2 * width]
    assert len(whole) > 0.5 * len(lines)


def test_a_few_lines_on_the_left_page_are_no_note_beside_the_right() -> None:
    page = blank(900, 1500)
    for i in range(4):
        write(page, lambda x, y=180 + 70 * i: y, 60, 330, first=i)
    right = write_page(page, 12, x0=800, x1=1440)
    starts = [shape.baseline[0][0] < 700 for shape in find_lines(page > 0)]
    assert starts == sorted(starts, reverse=True)
    assert sum(starts) == 4
    assert len(starts) == 4 + len(right)


def test_a_broad_page_of_long_lines_is_no_opening() -> None:
    page = blank(700, 1500)
    truth = [
        write(page, lambda x, y=120 + PITCH * i: y, 80, 1420, first=3 * i)
        for i in range(8)
    ]
    found = find_lines(page > 0)
    assert len(found) == 8
    assert scores(found, truth).f > 0.97


@pytest.mark.parametrize("is_mirrored", [False, True])
def test_the_strip_of_a_neighboring_page_is_left_out(is_mirrored) -> None:
    page = blank(900, 1100)
    beside = blank(900, 700)
    write_page(beside, 9, x0=20, x1=640)
    truth = write_page(page, 10, x0=260, x1=1050)
    page[:, :130] = beside[:, 450:580]
    if is_mirrored:
        page = np.ascontiguousarray(page[:, ::-1])
        truth = [[(1099 - x, y) for x, y in line[::-1]] for line in truth]
    found = find_lines(page > 0)
    assert len(found) == len(truth)
    assert scores(found, truth).f > 0.95


def test_notes_in_the_margin_that_begin_on_the_page_stay() -> None:
    page = blank(900, 1100)
    truth = write_page(page, 10, x0=360, x1=1050)
    for i in range(4):
        truth.append(write(page, lambda x, y=200 + 60 * i: y, 40, 300, first=i))
    found = find_lines(page > 0)
    assert baseline_scores([s.baseline for s in found], truth).recall > 0.97
