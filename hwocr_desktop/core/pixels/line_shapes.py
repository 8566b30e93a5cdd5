"""The shape of a line: its baseline, how high and deep it reaches, its outline."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.core.pixels.ink_cleaning import CleanInk
from hwocr_desktop.core.pixels.line_paths import (
    BODY,
    Path,
    band,
    blend_along,
    length,
    piece_weights,
    read_along,
)

_Floats = npt.NDArray[np.float32]

_EDGE = 0.2  # height of the strips above and below that a baseline parts
_DEEPEST = 0.55  # how far below the middle of the letters a baseline may lie
_ALONG = 0.6  # smoothing along the line
_STEP = 4  # pixels between the columns the baseline is fitted in
_STIFFNESS = 0.6
# Of the line pitch: what crops of lines take in above and below the baseline. The
# same as the outlines of the training pages have: 41 and 19 pixels where lines are
# 64 apart.
ASCENT = 0.64
DESCENT = 0.30

_MIN_LINES = 3  # lines whose distances agree before they are believed
_AGREES = (0.6, 1.6)
_LOCAL = (0.7, 1.35)  # how far the local pitch may leave that of the page
_NEAREST, _FARTHEST = 0.3, 2.5  # distances that neighboring lines can have

_HIGHEST, _LOWEST = 1.0, 0.55  # reach of an outline above and below the baseline
_LEAST_HIGH, _LEAST_LOW = 0.4, 0.12
_MARGIN = 0.06
_WINDOW = 0.9  # an outline does not follow single letters
_KNOTS = 0.5  # distance of the points of baselines and outlines

_BIAS = -0.04  # people draw baselines this much above the lower edge of the ink


def fit_baseline(density: _Floats, path: Path, pitch: float) -> Path:
    """Find the lower edge of the small letters along a path.

    Returns
    -------
    (N, 2) float32
        Points x, y, one for each row of the path.
    """
    middle = path[:, :2].copy()
    middle[:, 1] = _smooth(path[:, 1], 0.7 * pitch)
    edge = max(1, round(_EDGE * pitch))
    top = edge + 1
    offsets = np.arange(-top, int(_DEEPEST * pitch) + edge + 2, dtype=np.float32)
    ink = blend_along(density, middle, offsets)
    ink = cv2.GaussianBlur(
        np.minimum(ink, np.float32(0.6)),
        (0, 0),
        sigmaX=_ALONG * pitch,
        sigmaY=max(0.1, 0.03 * pitch),
        borderType=cv2.BORDER_CONSTANT,
    )
    total = np.concatenate(
        [np.zeros((1, ink.shape[1]), np.float32), ink.cumsum(axis=0)]
    )
    rows = np.arange(top, top + int(_DEEPEST * pitch) + 1)
    drop = 2 * total[rows] - total[rows - edge] - total[rows + edge]
    scale = cv2.GaussianBlur(
        np.maximum(drop, 0).max(axis=0)[None], (0, 0), sigmaX=2 * pitch, sigmaY=0.1
    )
    drop /= scale + 1e-3 * edge
    course = _stiffest(drop[:, ::_STEP])
    fine = np.interp(
        np.arange(len(path)), np.arange(len(course)) * _STEP, rows[course] - top
    )
    lower = middle[:, 1] + _smooth(fine.astype(np.float32), 0.8 * pitch)
    return np.stack([path[:, 0], lower + np.float32(_BIAS * pitch)], axis=1)


def _stiffest(gain: _Floats) -> npt.NDArray[np.intp]:
    """Return the row in each column that gains most at little up and down."""
    count, columns = gain.shape
    rows = np.arange(count)
    total = gain[:, 0].copy()
    came = np.zeros((columns, count), np.int64)
    barred = np.array([-np.inf], np.float32)
    for column in range(1, columns):
        options = np.stack(
            [
                np.concatenate([barred, total[:-1]]) - np.float32(_STIFFNESS),
                total,
                np.concatenate([total[1:], barred]) - np.float32(_STIFFNESS),
            ]
        )
        choice = options.argmax(axis=0)
        came[column] = rows + choice - 1
        total = options.max(axis=0) + gain[:, column]
    course = np.zeros(columns, np.intp)
    course[-1] = int(total.argmax())
    for column in range(columns - 1, 0, -1):
        course[column - 1] = came[column, course[column]]
    return course


def _smooth(values: _Floats, deviation: float) -> _Floats:
    row = np.ascontiguousarray(values, dtype=np.float32)[None]
    even: _Floats = cv2.GaussianBlur(
        row,
        (0, 0),
        sigmaX=max(0.1, deviation),
        sigmaY=0.1,
        borderType=cv2.BORDER_REPLICATE,
    )
    return np.asarray(even[0])


def local_pitches(baselines: Sequence[Path], pitch: float) -> npt.NDArray[np.float64]:
    """Return for each line the distance from line to line around it.

    Where too few lines have neighbors, the pitch of the page stands in.
    """
    nearest = [
        _nearest_lines(i, beside, baselines, pitch)
        for i, beside in enumerate(_lines_beside(baselines, pitch))
    ]
    gaps = np.array([min((g for g, _ in n), default=np.nan) for n in nearest])
    known = gaps[np.isfinite(gaps)]
    usual = pitch
    if len(known) >= _MIN_LINES and _AGREES[0] < np.median(known) / pitch < _AGREES[1]:
        usual = float(np.median(known))
    result = np.full(len(baselines), usual)
    for i, beside in enumerate(nearest):
        family = {i, *(j for _, j in beside)}
        family |= {j for k in tuple(family) for _, j in nearest[k]}
        around = gaps[sorted(family)]
        around = around[np.isfinite(around)]
        if len(around) >= _MIN_LINES:
            result[i] = np.clip(np.median(around), _LOCAL[0] * usual, _LOCAL[1] * usual)
    return result


def _lines_beside(baselines: Sequence[Path], pitch: float) -> list[list[int]]:
    """Return for each line those that lie not far above or below much of it."""
    starts = np.array([b[0, 0] for b in baselines])
    ends = np.array([b[-1, 0] for b in baselines])
    tops = np.array([b[:, 1].min() for b in baselines])
    bottoms = np.array([b[:, 1].max() for b in baselines])
    result = []
    for i, line in enumerate(baselines):
        shared = np.minimum(ends, ends[i]) - np.maximum(starts, starts[i])
        # A word written in above a line says nothing of that line's size.
        beside = shared >= 0.3 * max(length(line), 1.0)
        beside &= tops - bottoms[i] < _FARTHEST * pitch
        beside &= tops[i] - bottoms < _FARTHEST * pitch
        beside[i] = False
        result.append([int(j) for j in np.flatnonzero(beside)])
    return result


def _nearest_lines(
    index: int, candidates: Sequence[int], baselines: Sequence[Path], pitch: float
) -> list[tuple[float, int]]:
    """Return distance and index of the nearest line above and the nearest below."""
    line = baselines[index]
    above: tuple[float, int] | None = None
    below: tuple[float, int] | None = None
    for j in candidates:
        other = baselines[j]
        start, end = max(line[0, 0], other[0, 0]), min(line[-1, 0], other[-1, 0])
        x = np.linspace(start, end, 5)
        apart = np.interp(x, *other[:, :2].T) - np.interp(x, *line[:, :2].T)
        gap = float(np.median(apart))
        if not _NEAREST * pitch < abs(gap) < _FARTHEST * pitch:
            continue
        if gap > 0 and (below is None or gap < below[0]):
            below = gap, j
        elif gap < 0 and (above is None or -gap < above[0]):
            above = -gap, j
    return [side for side in (above, below) if side is not None]


def outlines(
    ink: CleanInk, paths: Sequence[Path], baselines: Sequence[Path], pitch: float
) -> list[npt.NDArray[np.float32]]:
    """Return a closed outline around the ink of each line.

    Returns
    -------
    list of (2 M, 2) float32
        The upper edge from left to right, then the lower edge back.
    """
    owners = _owners(ink, paths, pitch)
    shapes = []
    for index, (path, baseline) in enumerate(zip(paths, baselines, strict=True)):
        offsets = np.arange(
            -int(_HIGHEST * pitch), int(_LOWEST * pitch) + 1, dtype=np.float32
        )
        labels = read_along(ink.labels, baseline, offsets)
        middle = (path[:, 1] - baseline[:, 1])[None, :]
        in_body = np.abs(offsets[:, None] - middle) <= BODY * pitch
        mine = (labels > 0) & ((owners[labels] == index) | in_body)
        any_ink = mine.any(axis=0)
        top = np.where(any_ink, offsets[mine.argmax(axis=0)], 0)
        bottom = np.where(
            any_ink, offsets[len(offsets) - 1 - mine[::-1].argmax(axis=0)], 0
        )
        top = np.minimum(top, -_LEAST_HIGH * pitch) - _MARGIN * pitch
        bottom = np.maximum(bottom, _LEAST_LOW * pitch) + _MARGIN * pitch
        window = np.ones((1, int(_WINDOW * pitch) | 1), np.uint8)
        top = cv2.erode(top.astype(np.float32)[None], window)[0]
        bottom = cv2.dilate(bottom.astype(np.float32)[None], window)[0]
        at = _knots(len(path), int(_KNOTS * pitch))
        x = baseline[at, 0].copy()
        x[0] -= _MARGIN * pitch
        x[-1] += _MARGIN * pitch
        upper = np.stack([x, baseline[at, 1] + _smooth(top, 0.2 * pitch)[at]], axis=1)
        lower = np.stack(
            [x, baseline[at, 1] + _smooth(bottom, 0.2 * pitch)[at]], axis=1
        )
        shapes.append(np.concatenate([upper, lower[::-1]]).astype(np.float32))
    return shapes


def _owners(
    ink: CleanInk, paths: Sequence[Path], pitch: float
) -> npt.NDArray[np.int64]:
    """Return for each connected piece the line that holds most of it, or -1."""
    count = int(ink.labels.max()) + 1 if ink.labels.size else 1
    most = np.zeros(count)
    owners = np.full(count, -1, np.int64)
    for index, path in enumerate(paths):
        offsets = band(BODY * pitch)
        labels = read_along(ink.labels, path, offsets)
        held = piece_weights(labels, read_along(ink.density, path, offsets), labels)
        pieces = np.arange(len(held)) + int(labels.min())
        better = held > most[pieces]
        owners[pieces[better]], most[pieces[better]] = index, held[better]
    owners[0] = -1
    return owners


def _knots(count: int, step: int) -> npt.NDArray[np.intp]:
    """Return about evenly spaced indices that include the first and the last."""
    number = max(2, round(count / max(step, 1)) + 1)
    return np.unique(np.linspace(0, count - 1, number).round().astype(np.intp))


def to_page(
    baseline: Path,
    outline: npt.NDArray[np.float32],
    pitch: float,
    scale: tuple[float, float],
    size: tuple[int, int],
) -> LineShape:
    """Put a line of the reduced page into page pixels.

    Parameters
    ----------
    baseline : (N, 2) float32
    outline : (M, 2) float32
    pitch : float
        Local line pitch in pixels of the reduced page.
    scale : tuple of float
        Page pixels per reduced pixel, across and down.
    size : tuple of int
        Width and height of the page; all points come to lie within.
    """
    at = _knots(len(baseline), int(_KNOTS * pitch))
    return LineShape(
        baseline=_points(baseline[at], scale, size),
        polygon=_points(outline, scale, size),
        ascent=ASCENT * pitch * scale[1],
        descent=DESCENT * pitch * scale[1],
    )


def _points(
    points: npt.NDArray[np.float32], scale: tuple[float, float], size: tuple[int, int]
) -> tuple[tuple[float, float], ...]:
    placed = (points[:, :2].astype(np.float64) + 0.5) * scale - 0.5
    placed = np.clip(placed, 0.0, np.array(size) - 1.0).round(1)
    return tuple((float(x), float(y)) for x, y in placed)
