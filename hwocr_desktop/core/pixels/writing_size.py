"""How small the writing of a page is, and by how much to enlarge it for a network.

A binarizing network draws strokes as thick as those that it learned from. Where a
scan is so coarse that a stroke is one or two pixels wide, it fills the letters; seen
at twice the size, they stay open.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.pixels.writing_contrast import strokes_by_strip

SMALL_PX = 5, 14
"""Writing is small if most of it is as high as this, in pixels. Of 125 pages with
known ink, those of coarse scans reach 12, all others 23 and more; what is lower yet
is the dots of a ruled sheet."""

MOST = 0.75
"""Share of the strokes that must be as small as that, by area."""

FAINTEST = 24.0
"""Gray values: where strokes stand out by less, there may be nothing but grain."""

_MOST_PIXELS = 4_000_000
_SPECK_PX = 6
_LEAST_PX = 200
"""With fewer pixels of strokes, nothing is said."""


def letter_height(gray: npt.NDArray[np.uint8], contrast: float) -> float:
    """Return how high most of a page's letters are.

    Parameters
    ----------
    gray : (H, W) uint8, 0 = black
    contrast : float
        Its `writing_contrast`, 0..255.

    Returns
    -------
    float
        Pixels: three quarters of the strokes, by area, are in connected pieces of at
        most that height. Infinite where there is too little writing to tell.

    Raises
    ------
    BadRequest
        If the page is empty.
    """
    if contrast < FAINTEST:
        return float("inf")
    areas = np.zeros(gray.shape[0] + 1, np.int64)  # by height of the piece
    for hat in strokes_by_strip(gray, _MOST_PIXELS):
        strokes = (2 * hat.astype(np.int16) >= contrast).view(np.uint8)
        _, _, pieces, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8)
        sizes = pieces[1:, cv2.CC_STAT_AREA]
        heights = pieces[1:, cv2.CC_STAT_HEIGHT]
        seen = sizes >= _SPECK_PX
        np.add.at(areas, heights[seen], sizes[seen])
    total = int(areas.sum())
    if total < _LEAST_PX:
        return float("inf")
    return float(np.searchsorted(areas.cumsum(), MOST * total))


def enlargement(gray: npt.NDArray[np.uint8], contrast: float) -> int:
    """Return how many times larger a network is to see a page: 2 if it is small, or 1.

    Parameters
    ----------
    gray : (H, W) uint8, 0 = black
        The whole page.
    contrast : float
        Its `writing_contrast`, 0..255.

    Raises
    ------
    BadRequest
        If the page is empty.
    """
    least, most = SMALL_PX
    return 2 if least <= letter_height(gray, contrast) <= most else 1


def enlarged(pixels: npt.NDArray[np.uint8], times: int) -> npt.NDArray[np.uint8]:
    """Return (H, W) gray or ink with as many times the rows and columns.

    Parameters
    ----------
    pixels : (H, W) uint8
    times : int
        From `enlargement`.
    """
    if times == 1:
        return pixels
    size = (pixels.shape[1] * times, pixels.shape[0] * times)
    larger = cv2.resize(pixels, size, interpolation=cv2.INTER_CUBIC)
    return np.asarray(larger, np.uint8)
