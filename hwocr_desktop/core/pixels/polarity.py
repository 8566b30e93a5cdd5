"""Tell a negative (light writing on dark, as on microfilm) from a normal scan."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

# Side of the reduced page on which the decision is made: strokes stay one to four
# pixels wide there whatever the resolution of the scan.
_SIDE = 1000
# Wider than a stroke, narrower than a line's height.
_WINDOW = 21
_CONTRAST = 25
# Of 1141 normal scans (letters, ledgers, microfilm with black borders, print) none had
# less than 1.8 times as much darker detail as lighter; their negatives mirror that.
_PREPONDERANCE = 2.0
_LEAST_DETAIL = 0.002
_SMALLEST_SIDE = 64


def is_negative(gray: npt.NDArray[np.uint8]) -> bool:
    """Tell whether a page shows light writing on a dark ground.

    A page counts as a negative only if three things agree: more than half of it is
    dark, there is fine detail on it, and that detail is lighter than its surroundings.
    Black borders, black covers and dark paper fulfill the first at most, since the ink
    on such a page is still darker than the paper around it.

    Parameters
    ----------
    gray : (H, W) uint8
        The page, 0 = black.

    Returns
    -------
    bool
        True only on strong evidence; a person can say otherwise.
    """
    if min(gray.shape) < _SMALLEST_SIDE:
        return False
    scale = _SIDE / max(gray.shape)
    small = gray
    if scale < 1:
        size = (
            max(1, round(gray.shape[1] * scale)),
            max(1, round(gray.shape[0] * scale)),
        )
        small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    if np.median(small) >= 128:
        return False
    ground = cv2.medianBlur(small, _WINDOW)
    lighter = int(np.count_nonzero(cv2.subtract(small, ground) > _CONTRAST))
    darker = int(np.count_nonzero(cv2.subtract(ground, small) > _CONTRAST))
    return lighter > max(_LEAST_DETAIL * small.size, _PREPONDERANCE * darker)
