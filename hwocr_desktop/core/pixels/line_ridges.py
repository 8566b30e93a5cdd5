"""Where bodies of written lines run: ridges of the smoothed ink.

The ink is smoothed far along the writing and little across it; the crest lines of
what results are the middles of the rows of small letters. The direction of smoothing
follows the local slope of the lines, found from the strength of the ridges
themselves, so that long ascenders do not tempt a ridge away from its line.

References
----------
Bukhari, Shafait, Breuel: Script-Independent Handwritten Textlines Segmentation Using
Active Contours, ICDAR 2009, doi:10.1109/ICDAR.2009.206 (ridges of anisotropically
smoothed ink); Cohen, Dinstein, El-Sana, Kedem: Using Scale-Space Anisotropic Smoothing
for Text Line Extraction in Historical Documents, ICIAR 2014,
doi:10.1007/978-3-319-11758-4_38.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.pixels.ink_cleaning import shear
from hwocr_desktop.core.progress import CancelToken

_Floats = npt.NDArray[np.float32]

ALONG = 1.2  # standard deviation of the smoothing along a line, in pitches
ACROSS = 0.17  # and across it

_SLOPES = np.arange(-0.15, 0.151, 0.03)  # around the page's own slope
_LIKELY_SLOPE = 0.12  # standard deviation of the local slope
_SLOPE_AREA = (4.0, 2.0)  # pitches along and across over which a slope is uniform
_SLOPE_SHARPNESS = 8.0
_SQUEEZE = 4  # columns that are averaged: nothing changes fast along a line
_STEP = 0.25  # distance between the columns in which crests are looked for
_REACH = 0.22  # how far a crest may leave the straight course per step
_WEAKEST = 0.12  # of the strength of a typical line


@dataclass(frozen=True, slots=True, eq=False)
class Ridges:
    """Strength and direction of line bodies.

    Attributes
    ----------
    strength : (H, W) float32
        High on the middle of a line, negative between lines.
    slope : (H, W) float32
        Local slope of the lines.
    typical : float
        Strength on a good line of this page.
    """

    strength: _Floats
    slope: _Floats
    typical: float


def find_ridges(
    density: _Floats, pitch: float, slope: float, cancel: CancelToken | None = None
) -> Ridges:
    """Smooth the ink along the lines and measure how ridge-like it is.

    Parameters
    ----------
    density : (H, W) float32, 0..1
    pitch, slope : float
        Line pitch in pixels and slope of the page.
    cancel : CancelToken, optional
    """
    cancel = cancel or CancelToken()
    height, width = density.shape
    across = max(0.6, ACROSS * pitch)
    smooth = cv2.GaussianBlur(density, (0, 0), sigmaX=0.8, sigmaY=across)
    step = max(1, round(across / 3))
    curvature = np.zeros_like(smooth)
    if height > 2 * step:
        curvature[step:-step] = (
            2 * smooth[step:-step] - smooth[: -2 * step] - smooth[2 * step :]
        ) * np.float32((across / step) ** 2)
    narrow = max(1, width // _SQUEEZE)
    squeeze = narrow / width
    curvature = cv2.resize(curvature, (narrow, height), interpolation=cv2.INTER_AREA)
    responses = []
    for fan in _SLOPES:
        cancel.check()
        tilt = float(slope + fan) / squeeze
        level = shear(curvature, -tilt)
        level = cv2.GaussianBlur(
            level, (0, 0), sigmaX=max(0.5, ALONG * pitch * squeeze), sigmaY=0.1
        )
        responses.append(shear(level, tilt))
    stack = np.stack(responses)
    fans = _local_fans(stack, pitch, squeeze)
    strength = cv2.resize(_pick(stack, fans), (width, height))
    slopes = cv2.resize(fans + np.float32(slope), (width, height))
    sample = strength[:: max(1, int(pitch / 8)), :: max(1, int(pitch / 8))]
    positive = sample[sample > 1e-3]
    typical = float(np.percentile(positive, 90)) if positive.size else 0.0
    return Ridges(strength, slopes, typical)


def _local_fans(stack: _Floats, pitch: float, squeeze: float) -> _Floats:
    """Return for each pixel the deviation from the page's slope that fits best."""
    height, width = stack.shape[1:]
    shrink_x, shrink_y = 4, max(1, int(pitch / 2))
    size = max(1, width // shrink_x), max(1, height // shrink_y)
    along = max(0.5, _SLOPE_AREA[0] * pitch * squeeze / shrink_x)
    across = max(0.5, _SLOPE_AREA[1] * pitch / shrink_y)
    energies = []
    for response in stack:
        energy = np.maximum(response, 0.0) ** 2
        energy = cv2.resize(energy, size, interpolation=cv2.INTER_AREA)
        energies.append(cv2.GaussianBlur(energy, (0, 0), sigmaX=along, sigmaY=across))
    energy = np.stack(energies)
    everywhere = (np.maximum(stack, 0.0) ** 2).sum(axis=(1, 2))
    everywhere /= max(float(everywhere.max()), 1e-12)
    likely = np.exp(-0.5 * (_SLOPES / _LIKELY_SLOPE) ** 2)
    prior = ((0.3 + 0.7 * everywhere) * likely).astype(np.float32)
    energy *= prior[:, None, None]
    weight = (energy / (energy.max(axis=0) + 1e-12)) ** _SLOPE_SHARPNESS
    slopes = _SLOPES.astype(np.float32)[:, None, None]
    fans = (weight * slopes).sum(axis=0) / (weight.sum(axis=0) + 1e-12)
    wide: _Floats = cv2.resize(fans.astype(np.float32), (width, height))
    return wide


def _pick(stack: _Floats, fans: _Floats) -> _Floats:
    """Interpolate the response for each pixel's own slope."""
    at = (fans - _SLOPES[0]) / (_SLOPES[1] - _SLOPES[0])
    at = np.clip(at, 0, len(_SLOPES) - 1 - 1e-4)
    low = at.astype(np.int64)
    share = (at - low).astype(np.float32)
    below = np.take_along_axis(stack, low[None], axis=0)[0]
    above = np.take_along_axis(stack, low[None] + 1, axis=0)[0]
    return np.asarray(below * (1 - share) + above * share, np.float32)


def trace_crests(ridges: Ridges, pitch: float) -> list[_Floats]:
    """Follow the crests of the ridges from left to right.

    Returns
    -------
    list of (N, 3) float32
        Points x, y, strength; x grows.
    """
    width = ridges.strength.shape[1]
    step = max(1, round(_STEP * pitch))
    reach = _REACH * pitch
    open_crests: list[list[tuple[float, float, float, float]]] = []
    done: list[list[tuple[float, float, float, float]]] = []
    for x in range(min(step // 2, width - 1), width, step):
        column = ridges.strength[:, x]
        rows, heights = _peaks(column, _WEAKEST * ridges.typical)
        taken: set[int] = set()
        pairs = []
        for index, crest in enumerate(open_crests):
            last_x, last_y, _, slope = crest[-1]
            away = np.abs(rows - (last_y + slope * (x - last_x)))
            if len(away) and away.min() < reach:
                pairs.append((float(away.min()), index, int(away.argmin())))
        still_open = []
        went_on: set[int] = set()
        for _, index, peak in sorted(pairs):
            if peak in taken:
                continue
            taken.add(peak)
            went_on.add(index)
            open_crests[index].append(_point(ridges, x, rows, heights, peak))
            still_open.append(open_crests[index])
        done += [c for i, c in enumerate(open_crests) if i not in went_on]
        new = [i for i in range(len(rows)) if i not in taken]
        open_crests = still_open + [[_point(ridges, x, rows, heights, i)] for i in new]
    crests = [crest for crest in done + open_crests if len(crest) > 1]
    return [np.array(crest, np.float32)[:, :3] for crest in crests]


def _peaks(column: _Floats, lowest: float) -> tuple[_Floats, _Floats]:
    """Return positions, finer than a pixel, and heights of a column's peaks."""
    left, middle, right = column[:-2], column[1:-1], column[2:]
    is_peak = (middle > left) & (middle >= right) & (middle > lowest)
    rows = np.flatnonzero(is_peak)
    bend = np.minimum(left[rows] - 2 * middle[rows] + right[rows], -1e-9)
    fine = rows + 1 + 0.5 * (left[rows] - right[rows]) / bend
    return fine.astype(np.float32), middle[rows]


def _point(
    ridges: Ridges, x: int, rows: _Floats, heights: _Floats, index: int
) -> tuple[float, float, float, float]:
    y = float(rows[index])
    row = min(max(round(y), 0), ridges.slope.shape[0] - 1)
    return float(x), y, float(heights[index]), float(ridges.slope[row, x])
