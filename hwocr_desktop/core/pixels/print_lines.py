"""Whether a line is printed or typewritten: letterheads, forms, stamps.

Type stands apart, letter by letter, all feet on one line, all small letters of one
height; a pen joins letters and varies. Ten measures of the connected pieces of a line's
ink and the directions of their edges say which, weighed by a logistic regression.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

U8 = npt.NDArray[np.uint8]
Measures = npt.NDArray[np.float64]

PRINT = 0.99
"""Lines that are likelier than this to be type are marked so."""

_AMONG_PRINT = 0.5  # what is likelier is type, too, on a page that is mostly type

_FEWEST = 8  # pieces of ink; fewer say too little
_LOW, _HIGH = 8, 60  # pixels of a crop's 64, what is lower or higher is no letter
_LEAST_INK = 12  # pixels of a piece
_SAME_FOOT = 0.06, 1.0  # of the usual height, and pixels, within which feet are level
_SAME_HEIGHT = 0.05, 0.8
_DIRECTIONS = 12

WEIGHTS = (
    *(10.04, 20.11, 8.341, -1.585, 7.691, -4.267, -0.9292, 6.365, -2.515, 5.085),
    *(-0.6888, -23.94, 19.41, -5.399, 10.41, 6.433),
    *(5.237, 25.52, 29.82, 46.76, -69.57, -3.099),
)
BIAS = -23.46
"""What ``benchmarks.print_lines`` learned from 86 printed lines of letters of 1905 and
about 1,700 written ones of eleven collections."""


def print_likelihood(crop: U8) -> float:
    """Return how likely a line is printed or typewritten, 0..1.

    Parameters
    ----------
    crop : (64, W) uint8
        The line as `crop_line` cuts it out, dark on light.

    Returns
    -------
    float
        0 where there is too little to say.
    """
    measures = measure_letters(crop)
    if measures is None:
        return 0.0
    return float(1 / (1 + np.exp(-(measures @ np.asarray(WEIGHTS) + BIAS))))


def find_print(crops: Sequence[U8]) -> list[bool]:
    """Return which lines of a page are printed or typewritten.

    On a page of which half of the lines surely are, those that likely are, are as well.

    Parameters
    ----------
    crops : sequence of (64, W) uint8
    """
    likely = np.array([print_likelihood(crop) for crop in crops])
    sure = likely > PRINT
    is_typed_page = 2 * np.count_nonzero(sure) >= max(1, len(likely))
    found = (likely > _AMONG_PRINT) if is_typed_page else sure
    return [bool(one) for one in found]


def measure_letters(crop: U8) -> Measures | None:
    """Return what tells type from a pen, or None for too few pieces of ink.

    Parameters
    ----------
    crop : (64, W) uint8

    Returns
    -------
    (22,) float64
        Shares of feet and of heights that are the same, variation of the width of
        strokes, shares of upright and of level edges, usual and great width for the
        height, pieces for the width of the ink, variation of widths, filling; then
        the shares of edges in twelve directions.
    """
    cut, _ = cv2.threshold(crop, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    ink = (crop <= cut).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    left, top, width, height, area = np.asarray(stats[1:], np.float64).T
    keep = (height >= _LOW) & (height < _HIGH) & (area > _LEAST_INK)
    if np.count_nonzero(keep) < _FEWEST:
        return None
    left, top, width, height, area = (
        side[keep] for side in (left, top, width, height, area)
    )
    usual = float(np.median(height))
    middle, foot = left + width / 2, top + height
    foot = foot - np.polyval(np.polyfit(middle, foot, 1), middle)
    edges = _directions(crop)
    return np.array(
        [
            _most_alike(foot, _SAME_FOOT[0] * usual + _SAME_FOOT[1]),
            _most_alike(height, _SAME_HEIGHT[0] * usual + _SAME_HEIGHT[1]),
            _variation(_stroke_widths(ink)),
            edges[0] + edges[-1],
            edges[_DIRECTIONS // 2 - 1] + edges[_DIRECTIONS // 2],
            float(np.median(width / height)),
            float(np.percentile(width, 85)) / usual,
            len(height) * usual / max(1, int(np.count_nonzero(ink.any(axis=0)))),
            _variation(width),
            area.mean() / usual**2,
            *edges,
        ]
    )


def _most_alike(values: Measures, tolerance: float) -> float:
    """Return the share of values around the one that most are near to."""
    near = np.abs(values[:, None] - values[None, :]) <= tolerance
    return float(near.mean(axis=0).max())


def _variation(values: Measures) -> float:
    return float(np.std(values) / max(1e-3, float(np.mean(values))))


def _stroke_widths(ink: U8) -> Measures:
    """Return half the width of strokes along their middles, in pixels."""
    depth = cv2.distanceTransform(ink, cv2.DIST_L2, 3)
    ridge = (depth > 0) & (depth >= cv2.dilate(depth, np.ones((3, 3))) - 1e-6)
    return np.asarray(depth[ridge], np.float64)


def _directions(crop: U8) -> Measures:
    """Return the shares of edges by direction, half a turn in twelve parts."""
    across = cv2.Sobel(crop, cv2.CV_32F, 1, 0)
    down = cv2.Sobel(crop, cv2.CV_32F, 0, 1)
    angle = np.degrees(np.arctan2(down, across)) % 180
    strength = np.hypot(across, down)
    shares, _ = np.histogram(angle, bins=_DIRECTIONS, range=(0, 180), weights=strength)
    return np.asarray(shares / max(1e-9, float(shares.sum())), np.float64)
