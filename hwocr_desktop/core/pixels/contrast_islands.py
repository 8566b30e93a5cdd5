"""Drop islands of ink that nowhere stand out sharply: what ISauvola adds to Sauvola."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.pixels import otsu
from hwocr_desktop.core.progress import CancelToken

# Cuts at which islands are told apart; between them the ink of the lower one holds.
STEPS = (16, 48, 80, 104, 144, 176, 216)

U8 = npt.NDArray[np.uint8]


def keep_contrasting(
    ink_map: U8, gray: U8, cut: int, *, cancel: CancelToken | None = None
) -> U8:
    """Lower an ink map where its islands touch no place of high contrast.

    Parameters
    ----------
    ink_map : (H, W) uint8
        As a local threshold gives it.
    gray : (H, W) uint8, 0 = black
        The page.
    cut : int
        Where the result is exact: there, ink is every island (pixels that touch, at
        corners too) of ``ink_map >= cut`` that holds a pixel of high contrast. At the
        cuts `STEPS` the same is true of ``ink_map`` at those.
    cancel : CancelToken, optional
        Looked at before each step.

    Returns
    -------
    (H, W) uint8
        Nowhere above `ink_map`.

    References
    ----------
    Z. Hadjadj, A. Meziane, Y. Cherfa, M. Cheriet, I. Setitra, "ISauvola: Improved
    Sauvola's algorithm for document image binarization", 2016,
    DOI 10.1007/978-3-319-41501-7_82; without its opening of the contrast image,
    which takes fine strokes away.
    """
    sharp = high_contrast(gray)
    steps = sorted({*STEPS, cut})
    result = np.minimum(ink_map, np.uint8(steps[0] - 1))
    for step, following in zip(steps, [*steps[1:], 256], strict=True):
        if cancel is not None:
            cancel.check()
        # Islands of a higher step lie within those of a lower one.
        kept = _islands(ink_map >= step, sharp)
        np.copyto(result, np.minimum(ink_map, np.uint8(following - 1)), where=kept)
    return result


def high_contrast(gray: U8) -> npt.NDArray[np.bool_]:
    """Return where a page changes sharply, by the local contrast of Su.

    Parameters
    ----------
    gray : (H, W) uint8

    Returns
    -------
    (H, W) bool
        Where (max - min) / (max + min) of the 3x3 neighborhood is in the upper of the
        two parts that Otsu's threshold makes.

    References
    ----------
    B. Su, S. Lu, C. L. Tan, 2010, DOI 10.1145/1815330.1815351.
    """
    block = np.ones((3, 3), np.uint8)
    contrast = np.empty_like(gray)
    for y0, y1 in otsu.strips(gray.shape, otsu.STRIP_PIXELS):
        top = max(y0 - 1, 0)
        near = gray[top : y1 + 1]
        # Neither counts what lies beyond the page.
        highest = cv2.dilate(near, block)[y0 - top : y1 - top]
        lowest = cv2.erode(near, block)[y0 - top : y1 - top]
        contrast[y0:y1] = _CONTRASTS[highest, lowest]
    return np.asarray(contrast > otsu.otsu_threshold(contrast))


def _contrasts() -> U8:
    """Return (256, 256) uint8, the contrast by highest and lowest gray."""
    highest, lowest = np.meshgrid(np.arange(256.0), np.arange(256.0), indexing="ij")
    table = 255 * (highest - lowest) / (highest + lowest + 1e-4)
    return np.asarray(np.clip(table, 0, 255), np.uint8)


_CONTRASTS = _contrasts()


def _islands(
    ink: npt.NDArray[np.bool_], sharp: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Return the islands of ink that hold a sharp pixel."""
    count, labels = cv2.connectedComponents(ink.view(np.uint8), connectivity=8)
    is_kept = np.zeros(count, bool)
    is_kept[labels[sharp]] = True
    is_kept[0] = False  # the paper between them
    return np.asarray(is_kept[labels])
