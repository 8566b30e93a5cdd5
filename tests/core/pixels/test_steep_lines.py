"""Notes that run up the margin of a level page."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from hwocr_desktop.core.pixels.crops import crop_line
from hwocr_desktop.core.pixels.geometry import LineShape, is_steep, turn_shape
from hwocr_desktop.core.pixels.segmentation import find_lines
from tests.core.pixels.test_openings import sample
from tests.core.pixels.test_segmentation import PITCH, blank, write, write_page

Page = npt.NDArray[np.uint8]


@pytest.fixture(scope="module")
def note() -> tuple[Page, list[list[tuple[float, float]]]]:
    """Return a page with two lines that run up its left margin, and its lines."""
    aside = blank(300, 900)
    written = [write(aside, lambda x, y=y: y, 120, 800) for y in (80, 80 + PITCH)]
    page = blank(900, 1200)
    page[:, :300] = np.rot90(aside, 1)  # so that it has to be turned clockwise
    truth = write_page(page, 11, x0=340, x1=1160)
    return page, truth + [[(y, 899 - x) for x, y in line] for line in written]


def test_a_note_in_the_margin_is_kept_apart(note) -> None:
    page, _ = note
    found = find_lines(page > 0)
    assert [is_steep(shape) for shape in found] == [False] * 11 + [True] * 2
    assert found[-2].baseline[0][0] < found[-1].baseline[0][0]


@pytest.mark.parametrize("sees", ["neither", "as it is turned", "head over"])
def test_a_note_in_which_no_letters_are_seen_is_none(note, sees) -> None:
    page, _ = note
    asked = []

    def bodies(density, pitch):
        asked.append(density)
        if density.shape[0] < density.shape[1]:  # the level page
            return np.ones_like(density)
        is_over = len(asked) > 1 and np.array_equal(asked[-2][::-1, ::-1], density)
        is_seen = sees == ("head over" if is_over else "as it is turned")
        return np.full_like(density, 0.1 if is_seen else 0.01)

    found = find_lines(page > 0, bodies=bodies)
    assert sum(map(is_steep, found)) == (0 if sees == "neither" else 2)
    # Where the note was, there is nothing else either but what stands level.
    assert sum(not is_steep(shape) for shape in found) >= 11


@pytest.mark.parametrize("is_upward", [True, False])
def test_a_note_is_read_in_its_own_direction(is_upward: bool) -> None:
    level, _ = sample("letter_1862")
    other, lines = sample("will_1817")
    top = int(min(y for _, y in lines[4].polygon))
    bottom = int(max(y for _, y in lines[8].polygon))
    strip = np.rot90(other[top:bottom], 1 if is_upward else -1)
    strip = np.pad(strip, ((60, len(level)), (40, 80)))[: len(level)]
    steep = [s for s in find_lines(np.concatenate([strip, level], 1)) if is_steep(s)]
    assert len(steep) >= 4
    for shape in steep:
        assert (shape.baseline[0][1] > shape.baseline[-1][1]) == is_upward


def test_a_note_is_cut_out_upright(note) -> None:
    page, _ = note
    upright = np.ascontiguousarray(np.rot90(page, -1))
    gray, turned = 255 - page, 255 - upright
    for shape in find_lines(page > 0)[-2:]:
        level = LineShape(
            tuple((899 - y, x) for x, y in shape.baseline),
            tuple((899 - y, x) for x, y in shape.polygon),
            shape.ascent,
            shape.descent,
        )
        back = turn_shape(level, -1, *upright.shape[::-1])
        assert np.allclose(back.baseline, shape.baseline, atol=1e-6)
        assert np.allclose(back.polygon, shape.polygon, atol=1e-6)
        one, other = crop_line(gray, shape), crop_line(turned, level)
        assert one.shape == other.shape
        assert np.abs(one.astype(int) - other.astype(int)).mean() < 1.0
        assert (one < 100).mean() > 0.03


def test_a_level_page_has_no_steep_lines() -> None:
    page = blank()
    write_page(page)
    cv2.line(page, (50, 20), (50, 880), 255, 2)
    assert not any(is_steep(shape) for shape in find_lines(page > 0))


@pytest.mark.parametrize("is_seen", [False, True])
def test_level_lines_do_not_begin_in_a_note_beside_them(is_seen: bool) -> None:
    aside = blank(300, 900)
    write(aside, lambda x: 200.0, 60, 840)
    page = blank(900, 1200)
    page[:, :300] = np.rot90(aside, 1)
    write_page(page, 12, x0=222, x1=1100)
    bodies = (lambda density, pitch: np.ones_like(density)) if is_seen else None
    found = find_lines(page > 0, bodies=bodies)
    level = [shape for shape in found if not is_steep(shape)]
    assert len(level) == 12
    assert len(found) == 13
    starts = [shape.baseline[0][0] for shape in level]
    assert min(starts) > 205
    assert max(starts) < 222 + PITCH
