"""What makes ridges like writing does, but is none."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from hwocr_desktop.core.pixels.segmentation import find_lines
from tests.core.pixels.test_segmentation import blank, scores, write_page


@pytest.mark.parametrize(("rise", "period"), [(40, 90), (35, 90)])
def test_a_flourish_is_no_line(rise: int, period: int) -> None:
    page = blank(1000)
    truth = write_page(page, 10)
    xs = np.arange(150, 800)
    ys = 810 + rise * np.sin((xs - 150) / period)
    sweep = np.stack([xs, ys], axis=1).round().astype(np.int32)
    cv2.polylines(page, [sweep], False, (255,), 3, cv2.LINE_AA)
    found = scores(find_lines(page > 0), truth)
    assert found.precision > 0.97
    assert found.recall > 0.97


def test_a_page_of_few_strokes_keeps_its_words() -> None:
    page = blank(400, 700)
    font = cv2.FONT_HERSHEY_SCRIPT_COMPLEX
    cv2.putText(page, "il y a", (200, 220), font, 1.4, 255, 2)
    assert len(find_lines(page > 0)) == 1
