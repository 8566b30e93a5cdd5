"""How strongly the writing of a page stands out from its paper, as one number.

Whether a pale stroke is ink or shines through from the other side, its surroundings
often do not tell; how dark the strongest strokes of the page are, does.
"""

from __future__ import annotations

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
    if gray.ndim != 2 or gray.size == 0:
        raise BadRequest("The page has no pixels.", "Choose another scan.")
    height = gray.shape[0]
    strips = range(0, height, STRIP_PX)
    every = -(-gray.size // MOST_PIXELS)
    kernel: Any = np.ones((STROKE_PX, STROKE_PX), np.uint8)
    counts = np.zeros(256, np.int64)
    margin = STROKE_PX - 1
    for top in strips[::every]:
        bottom = min(top + STRIP_PX, height)
        around = gray[max(0, top - margin) : bottom + margin]
        hat = cv2.morphologyEx(around, cv2.MORPH_BLACKHAT, kernel)
        inner = hat[min(top, margin) :][: bottom - top]
        counts += np.bincount(inner.ravel(), minlength=256)
    reached = counts[::-1].cumsum()[::-1]
    return float(np.flatnonzero(reached >= SHARE * counts.sum()).max(initial=0))
