"""Pages that lie far askew, as photographs of pages do.

Lines are followed along slopes of up to a dozen degrees. A page that is tilted further
is set straight for the search, and what is found is put back into its place.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.pixels.geometry import LineShape, Point
from hwocr_desktop.core.pixels.line_scale import shrink

_Binary = npt.NDArray[np.bool_]
_Matrix = npt.NDArray[np.float64]

_SIDE_PX = 800  # longest side of the reduced copy that is measured
_ROW = 2.5  # its pixels: finer rows repeat with those of the page
_ANGLES = np.arange(-57.0, 57.1, 3.0)  # degrees
_FOLLOWED = 13.0  # lines that slope less are followed anyway
_FARTHEST = 45.0  # what is steeper runs up or down rather than level
_SHARPER = 3.0  # than at any slope that is followed; 0.97 on 97 validation pages
_FULL = 0.5  # share of ink that counts: dark areas hold no lines
_EMPTY = 0.02

Finder = Callable[[_Binary], Sequence[LineShape]]


def measure_tilt(binary: _Binary) -> float:
    """Return by how many degrees the lines of a page sink to the right.

    Parameters
    ----------
    binary : (H, W) bool, True = ink

    Returns
    -------
    float
        Between -45 and 45, in steps of 3; 0 where that is not sure, or so little that
        nothing need be done.
    """
    density = shrink(binary, min(1.0, _SIDE_PX / max(binary.shape)))
    ys, xs = np.nonzero(density > _EMPTY)
    if len(ys) < 2:
        return 0.0
    weights = np.minimum(density[ys, xs], _FULL)
    sharpness = [_sharpness(xs, ys, weights, math.radians(a)) for a in _ANGLES]
    best = int(np.argmax(sharpness))
    tilt = float(_ANGLES[best])
    near = np.abs(_ANGLES) <= _FOLLOWED
    is_sure = sharpness[best] >= _SHARPER * float(np.array(sharpness)[near].max())
    return tilt if is_sure and _FOLLOWED < abs(tilt) <= _FARTHEST else 0.0


def _sharpness(
    xs: npt.NDArray[np.intp],
    ys: npt.NDArray[np.intp],
    weights: npt.NDArray[np.float32],
    angle: float,
) -> float:
    """Return how sharply the ink per row rises and falls along a slope."""
    rows = (ys * math.cos(angle) - xs * math.sin(angle)) / _ROW
    rows -= rows.min()
    above = rows.astype(np.intp)
    share = rows - above
    count = int(above.max()) + 2
    profile = np.bincount(above, weights * (1 - share), count)
    profile += np.bincount(above + 1, weights * share, count)
    return float((np.diff(profile) ** 2).sum())


def find_tilted(binary: _Binary, tilt: float, find: Finder) -> tuple[LineShape, ...]:
    """Find the lines of a tilted page.

    Parameters
    ----------
    binary : (H, W) bool, True = ink
    tilt : float
        Degrees by which its lines sink to the right.
    find : callable
        Finds lines on the page set straight.

    Returns
    -------
    tuple of LineShape
        In the order of ``find`` and in the pixels of ``binary``.
    """
    height, width = binary.shape
    there, size = _setting_straight(width, height, tilt)
    full = binary.view(np.uint8) * np.uint8(255)
    straight = cv2.warpAffine(full, there, size) > 127
    back = cv2.invertAffineTransform(there)

    def placed(points: Sequence[Point]) -> tuple[Point, ...]:
        at = np.array(points) @ back[:, :2].T + back[:, 2]
        at = np.clip(at, 0.0, (width - 1.0, height - 1.0)).round(1)
        return tuple((float(x), float(y)) for x, y in at)

    return tuple(
        replace(s, baseline=placed(s.baseline), polygon=placed(s.polygon))
        for s in find(straight)
    )


def _setting_straight(
    width: int, height: int, tilt: float
) -> tuple[_Matrix, tuple[int, int]]:
    """Return the turn about the middle of a page, and the size that holds all of it."""
    angle = math.radians(tilt)
    cos, sin = math.cos(angle), abs(math.sin(angle))
    size = math.ceil(width * cos + height * sin), math.ceil(width * sin + height * cos)
    middle = (width - 1) / 2, (height - 1) / 2
    matrix = np.asarray(cv2.getRotationMatrix2D(middle, tilt, 1.0), np.float64)
    matrix[:, 2] += (size[0] - width) / 2, (size[1] - height) / 2
    return matrix, size
