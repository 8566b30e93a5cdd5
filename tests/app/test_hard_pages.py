"""Pages as people left them: notes against the text, pages filled twice over."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from hwocr_desktop.app.open_models import bodies_of_lines
from hwocr_desktop.core.formats.page_xml import read_page
from hwocr_desktop.core.pixels.geometry import LineShape, is_steep
from hwocr_desktop.core.pixels.imaging import load_scan
from hwocr_desktop.core.pixels.segmentation import find_lines
from hwocr_desktop.core.pixels.thresholding import ink_by_threshold

SAMPLES = Path(__file__).parents[2] / "resources" / "samples"
NOTE = slice(1395, 1475), slice(95, 1030)  # a line of the letter

Binary = npt.NDArray[np.bool_]


@pytest.fixture(scope="module")
def letter() -> Binary:
    gray = load_scan(SAMPLES / "letter_1862.jpg").gray
    return ink_by_threshold(gray, "sauvola").binary()


def put(page: Binary, part: Binary, x: int, y: int) -> None:
    height, width = part.shape
    page[y : y + height, x : x + width] |= part


def found(page: Binary) -> tuple[list[LineShape], list[LineShape]]:
    shapes = find_lines(page, bodies=bodies_of_lines())
    steep = [shape for shape in shapes if is_steep(shape)]
    return [shape for shape in shapes if not is_steep(shape)], steep


def is_upward(shape: LineShape) -> bool:
    return shape.baseline[0][1] > shape.baseline[-1][1]


def test_notes_that_touch_the_text_are_found_and_read_their_own_way(letter) -> None:
    page = letter.copy()
    put(page, np.rot90(letter[NOTE], -1), 40, 300)
    put(page, np.rot90(letter[NOTE], 1), 1040, 450)
    level, steep = found(page)
    assert len(level) == len(found(letter)[0]) == 21
    assert [is_upward(shape) for shape in steep] == [False, True]
    for shape in steep:
        ys = [y for _, y in shape.baseline]
        assert max(ys) - min(ys) > 780
    # No line begins in the note on the left; its letters end at 120 pixels.
    assert min(shape.baseline[0][0] for shape in level) > 75


def test_of_a_page_written_across_lines_of_both_ways_are_found(letter) -> None:
    page = letter.copy()
    width = letter.shape[1]
    put(page, np.rot90(letter[:width], 1), 0, 0)
    level, steep = found(page)
    assert len(level) >= 20
    assert len(steep) >= 10
    assert all(map(is_upward, steep))


@pytest.mark.parametrize("name", ["register_1851", "will_1817"])
def test_beginnings_of_lines_below_each_other_are_no_note(name) -> None:
    gray = load_scan(SAMPLES / f"{name}.jpg").gray
    truth = read_page(SAMPLES / "page" / f"{name}.xml").lines
    level, steep = found(ink_by_threshold(gray, "sauvola").binary())
    assert steep == []
    assert len(level) == len(truth)
    starts = sorted(line.shape.bounds[0] for line in truth)
    ours = sorted(shape.bounds[0] for shape in level)
    assert np.abs(np.subtract(starts, ours)).max() < 30
