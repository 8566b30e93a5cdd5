"""What counts as a cell of a table, and that no entry of one is lost."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from hwocr_desktop.core.pixels.segmentation import find_lines
from hwocr_desktop.core.pixels.table_cells import in_cell

PITCH = 32.0
Floats = npt.NDArray[np.float32]


def ruled(*xs: int, lean: int = 0) -> npt.NDArray[np.bool_]:
    page = np.zeros((400, 1000), np.uint8)
    for x in xs:
        cv2.line(page, (x, 0), (x + lean, 399), 1, 1)
    return page > 0


def path(x0: float, x1: float, y: float = 200.0) -> Floats:
    x = np.arange(x0, x1 + 1)
    return np.stack([x, np.full_like(x, y), np.ones_like(x)], axis=1).astype(np.float32)


@pytest.mark.parametrize("lean", [0, 20, -20])
def test_a_cell_has_rulings_on_both_sides(lean: int) -> None:
    upright = ruled(100, 500, lean=lean)
    assert in_cell(upright, path(150, 450), PITCH)
    assert not in_cell(upright, path(20, 60), PITCH)
    assert not in_cell(upright, path(550, 900), PITCH)
    assert not in_cell(ruled(100), path(150, 450), PITCH)


def test_a_frame_around_the_page_makes_no_cell() -> None:
    assert not in_cell(ruled(100, 900), path(150, 450), PITCH)


def test_rulings_must_stand_at_the_height_of_the_line() -> None:
    upright = ruled(100, 500)
    upright[:210] = False
    assert not in_cell(upright, path(150, 450), PITCH)
    assert in_cell(upright, path(150, 450, y=300.0), PITCH)


@pytest.mark.parametrize("y", [-40.0, 0.0, 399.0, 440.0])
def test_lines_at_the_edge_are_no_error(y: float) -> None:
    assert in_cell(ruled(100, 500), path(150, 450, y=y), PITCH) == (0 <= y < 400)


def test_every_entry_of_a_table_is_a_line_of_its_own() -> None:
    page = np.zeros((1500, 1700), np.uint8)
    rows, columns, high, wide = 20, 6, 60, 250
    for row in range(rows + 1):
        cv2.line(page, (100, 150 + row * high), (1600, 150 + row * high), 255, 2)
    for column in range(columns + 1):
        x = 100 + column * wide
        cv2.line(page, (x, 150), (x, 1350), 255, 2)
    words = ["Wm.", "Aberdeen", "no", "Margaret", "Rye flour", "41"]
    font, places = cv2.FONT_HERSHEY_SCRIPT_COMPLEX, []
    for row in range(rows):
        for column in range(columns):
            word = words[(row * 5 + column) % len(words)]
            x, y = 112 + column * wide, 192 + row * high
            cv2.putText(page, word, (x, y), font, 1.1, 255, 2)
            places.append((x + cv2.getTextSize(word, font, 1.1, 2)[0][0] / 2, y))

    def unsure(density: Floats, pitch: float) -> Floats:
        return np.zeros_like(density)  # a network that learned from letters alone

    for bodies in (None, unsure):
        found = find_lines(page > 0, bodies=bodies)
        assert len(found) == rows * columns
        for x, y in places:
            at = [
                s
                for s in found
                if s.baseline[0][0] <= x <= s.baseline[-1][0]
                and abs(float(np.median([v for _, v in s.baseline])) - y) < high / 3
            ]
            assert len(at) == 1
