"""Pages that are no plain letter: the lines that are there, and no others."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from hwocr_desktop.core.pixels.segmentation import find_lines
from hwocr_desktop.core.pixels.thresholding import ink_by_threshold
from tests.core.pixels.test_segmentation import PITCH, blank, scores, write, write_page


@pytest.mark.parametrize("method", ["otsu", "sauvola"])
def test_blank_paper_has_no_lines(method: str) -> None:
    rng = np.random.default_rng(3)
    paper = np.clip(rng.normal(225, 3, (1200, 900)), 0, 255).astype(np.uint8)
    paper[:, :30] = 40  # the cloth beside it
    assert len(find_lines(ink_by_threshold(paper, method).binary())) == 0


@pytest.mark.parametrize("seed", range(3))
def test_a_photograph_has_next_to_no_lines(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scene = np.zeros((900, 1200), np.float32)
    for octave in range(1, 7):
        coarse = rng.normal(0, 1, (3 * 2**octave // 2, 2 * 2**octave))
        scene += cv2.resize(coarse.astype(np.float32), (1200, 900)) / 1.6**octave
    gray = cv2.normalize(scene, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
    assert len(find_lines(ink_by_threshold(gray, "otsu").binary())) <= 5


def test_three_words_far_apart_are_three_lines() -> None:
    page = blank(1400, 1000)
    font = cv2.FONT_HERSHEY_SCRIPT_COMPLEX
    places = {"Receipt": (380, 260), "London": (120, 700), "Paid": (650, 1150)}
    for word, at in places.items():
        cv2.putText(page, word, at, font, 1.4, 255, 2)
    found = find_lines(page > 0)
    assert len(found) == 3
    for shape, (x, y) in zip(found, places.values(), strict=True):
        assert abs(shape.baseline[0][0] - x) < 20
        assert abs(shape.baseline[0][1] - y) < 15


def test_every_cell_of_a_table_is_covered_and_rulings_are_no_lines() -> None:
    page = blank(900, 1100)
    truth = []
    for row in range(11):
        cv2.line(page, (40, 80 + row * 70), (1060, 80 + row * 70), 255, 2)
    for x in (40, 330, 620, 840, 1060):
        cv2.line(page, (x, 80), (x, 780), 255, 2)
    words = ["Aberdeen", "Rye flour", "three", "12 4 6"]
    for row in range(10):
        for column, x in enumerate((55, 345, 635, 855)):
            word, y = words[(column + row) % 4], 132 + row * 70
            width = cv2.getTextSize(word, cv2.FONT_HERSHEY_SCRIPT_COMPLEX, 0.9, 2)[0][0]
            cv2.putText(
                page, word, (x, y), cv2.FONT_HERSHEY_SCRIPT_COMPLEX, 0.9, 255, 2
            )
            truth.append([(float(x), float(y)), (float(x + width), float(y))])
    found = find_lines(page > 0)
    assert scores(found, truth).recall > 0.97
    heights = {round(y / 70) for shape in found for _, y in shape.baseline}
    assert len(heights) == 10


def test_a_page_of_twelve_thousand_rows_loses_nothing() -> None:
    page = blank(12_000, 700)
    count = (12_000 - 240) // PITCH
    truth = write_page(page, count, x0=60, x1=640)
    found = find_lines(page > 0)
    assert len(found) == count
    assert scores(found, truth).recall > 0.98
    tops = [shape.baseline[0][1] for shape in found]
    assert tops == sorted(tops)


def test_lines_of_a_hand_that_grows_and_shrinks_are_all_found() -> None:
    page = blank(1000, 1000)
    truth = []
    for i, (y, scale) in enumerate(
        [(120, 1.3), (190, 1.1), (250, 1.0), (310, 1.0), (370, 0.9), (425, 0.9)]
    ):
        truth.append(write(page, lambda x, y=y: y, 80, 900, first=2 * i, scale=scale))
    assert scores(find_lines(page > 0), truth).recall > 0.97
