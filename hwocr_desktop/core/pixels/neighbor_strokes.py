"""Strokes of the lines above and below that reach into a line's crop.

A stroke belongs to another line if it comes from well beyond the crop, has more of its
ink there, and ends before it comes to the row of the line's own small letters. What
touches a letter of the line itself stays, whoever wrote it, and so does all that begins
inside the crop: dots, accents and ends of letters that are loose; and what lies in the
crop for the larger part, as words do whose baseline was drawn too low.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

GrayArray = npt.NDArray[np.uint8]
BoolArray = npt.NDArray[np.bool_]

BEYOND = 3 / 8
"""How far above and below a crop strokes are followed, in its heights."""

_COMES_FROM = 1 / 8
"""How far beyond the crop a neighbor's stroke begins at least, in its heights: the
tip of an own letter may reach over the edge."""

_BODY_TOP = 1 / 2
"""Where small letters begin, as a share of what a crop has above the baseline."""

_BODY_BOTTOM = 1 / 5
"""How far small letters reach below the baseline, as a share of what is there."""


def neighbor_strokes(ink: BoolArray, beyond: int, baseline: float) -> BoolArray:
    """Tell which ink of a strip belongs to the lines above and below.

    Parameters
    ----------
    ink : (beyond + H + beyond, W) bool
        Ink of a line's crop of H rows and of the rows above and below it.
    beyond : int
        Rows on each side that are not of the crop.
    baseline : float
        Row of the crop, from 0, on which the letters stand.

    Returns
    -------
    (beyond + H + beyond, W) bool
        Ink that is the neighbors'.
    """
    height = len(ink) - 2 * beyond
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(
        ink.astype(np.uint8), connectivity=8
    )
    top = boxes[:, cv2.CC_STAT_TOP] - beyond
    bottom = top + boxes[:, cv2.CC_STAT_HEIGHT]
    body_top = baseline * (1 - _BODY_TOP)
    body_bottom = baseline + _BODY_BOTTOM * (height - baseline)
    far = _COMES_FROM * height
    other = (top < -far) & (bottom <= body_top)
    other |= (bottom > height + far) & (top >= body_bottom)
    inside = np.bincount(labels[beyond : beyond + height].ravel(), minlength=len(boxes))
    other &= 2 * inside < boxes[:, cv2.CC_STAT_AREA]
    other[0] = False  # what is not ink
    return np.asarray(other[labels], np.bool_)


def paint_over(strip: GrayArray, ink: BoolArray, strokes: BoolArray) -> GrayArray:
    """Paint strokes over with the paper around them; all other ink stays as it is.

    Parameters
    ----------
    strip : (H, W) uint8, 0 = black
    ink : (H, W) bool
        All ink of the strip.
    strokes : (H, W) bool
        The part of it that is painted over, with its blurred edge.

    Returns
    -------
    (H, W) uint8
        A new array, or `strip` itself where there is nothing to paint over.
    """
    if not strokes.any():
        return strip
    own = _grown(ink & ~strokes)
    edge = _grown(strokes) & ~own
    paper = cv2.medianBlur(strip, (len(strip) // 2) | 1)
    return np.where(edge | strokes, paper, strip)


def _grown(area: BoolArray) -> BoolArray:
    grown = cv2.dilate(area.astype(np.uint8), np.ones((3, 3), np.uint8))
    return np.asarray(grown > 0, np.bool_)
