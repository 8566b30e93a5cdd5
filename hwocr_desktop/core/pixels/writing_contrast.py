"""How strongly the writing of a page stands out from its paper, as one number.

Whether a pale stroke is ink or shines through from the other side, its surroundings
often do not tell; how dark the strongest strokes of the page are, does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.errors import BadRequest

STROKE_PX = 31
"""What is darker than its surroundings and narrower than this is a stroke."""

SHARE = 0.003
"""The share of the page's pixels that its strongest strokes fill."""

STRIP_PX = 512
MOST_PIXELS = 24_000_000
"""Of larger pages, strips that add up to this are looked at."""


def writing_contrast(gray: npt.NDArray[np.uint8]) -> float:
    """Return by how much the strongest strokes of a page are darker than its paper.

    Parameters
    ----------
    gray : (H, W) uint8, 0 = black

    Returns
    -------
    float
        In gray values, 0..255: the black top-hat that a share of `SHARE` of the
        pixels reach. Borders and other broad dark areas count for nothing.

    Raises
    ------
    BadRequest
        If the page is empty.
    """
    counts = np.zeros(256, np.int64)
    for hat in strokes_by_strip(gray, MOST_PIXELS):
        counts += np.bincount(hat.ravel(), minlength=256)
    reached = counts[::-1].cumsum()[::-1]
    return float(np.flatnonzero(reached >= SHARE * counts.sum()).max(initial=0))


def strokes_by_strip(
    gray: npt.NDArray[np.uint8], most: int
) -> Iterator[npt.NDArray[np.uint8]]:
    """Yield by how much each pixel is darker than what surrounds strokes there.

    Parameters
    ----------
    gray : (H, W) uint8, 0 = black
    most : int
        About as many pixels are looked at: of larger pages, strips evenly chosen.

    Yields
    ------
    (h, W) uint8
        The black top-hat of a strip of `STRIP_PX` rows at most.

    Raises
    ------
    BadRequest
        If the page is empty.
    """
    if gray.ndim != 2 or gray.size == 0:
        raise BadRequest("The page has no pixels.", "Choose another scan.")
    height = gray.shape[0]
    every = -(-gray.size // most)
    kernel: Any = np.ones((STROKE_PX, STROKE_PX), np.uint8)
    margin = STROKE_PX - 1
    for top in range(0, height, STRIP_PX)[::every]:
        bottom = min(top + STRIP_PX, height)
        around = gray[max(0, top - margin) : bottom + margin]
        hat = cv2.morphologyEx(around, cv2.MORPH_BLACKHAT, kernel)
        yield np.asarray(hat[min(top, margin) :][: bottom - top], np.uint8)
