"""The threshold that best parts a page's grays in two."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

# Pixels of a strip; bounds the memory of a large page to some tens of megabytes.
STRIP_PIXELS = 2_000_000


def otsu_threshold(gray: npt.NDArray[np.uint8]) -> int:
    """Return the threshold that best parts a page's grays in two, 0..254.

    Parameters
    ----------
    gray : (H, W) uint8
        The page.

    Returns
    -------
    int
        The lowest T for which the variance between ``gray <= T`` and the rest is
        greatest; 0 for a page of a single gray.

    References
    ----------
    N. Otsu, 1979, DOI 10.1109/TSMC.1979.4310076.
    """
    counts = np.zeros(256, np.int64)
    for y0, y1 in strips(gray.shape, STRIP_PIXELS):
        # float32 counts are exact for a strip, and would not be for a large page.
        counted = cv2.calcHist([gray[y0:y1]], [0], None, [256], [0, 256])
        counts += counted.ravel().astype(np.int64)
    below = np.cumsum(counts)[:-1]
    sums = np.cumsum(counts * np.arange(256))
    above = gray.size - below
    parted = (below > 0) & (above > 0)
    if not parted.any():
        return 0
    low = sums[:-1][parted] / below[parted]
    high = (sums[-1] - sums[:-1][parted]) / above[parted]
    between = np.zeros(255)
    between[parted] = (high - low) ** 2 * below[parted] * above[parted]
    return int(np.argmax(between))


def strips(shape: tuple[int, ...], pixels: int) -> Iterator[tuple[int, int]]:
    """Yield first and one past the last row of strips of about `pixels` pixels."""
    rows = max(1, pixels // shape[1])
    for y0 in range(0, shape[0], rows):
        yield y0, min(y0 + rows, shape[0])
