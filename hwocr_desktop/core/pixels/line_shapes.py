"""The shape of a line: its baseline, how high and deep it reaches, its outline."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.pixels.line_paths import Path, sample_along

_Floats = npt.NDArray[np.float32]

_EDGE = 0.2  # height of the strips above and below that a baseline parts
_DEEPEST = 0.55  # how far below the middle of the letters a baseline may lie
_ALONG = 0.6  # smoothing along the line
_STEP = 4  # pixels between the columns the baseline is fitted in
_STIFFNESS = 0.6
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
    ink = sample_along(density, middle, offsets, smooth=True).astype(np.float32)
    ink = cv2.GaussianBlur(
        np.minimum(ink, np.float32(0.6)),
        (0, 0),
        sigmaX=_ALONG * pitch,
        sigmaY=max(0.1, 0.03 * pitch),
        borderType=cv2.BORDER_CONSTANT,
    )
    total = np.concatenate([np.zeros((1, ink.shape[1]), np.float32), ink.cumsum(axis=0)])
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
        row, (0, 0), sigmaX=max(0.1, deviation), sigmaY=0.1,
        borderType=cv2.BORDER_REPLICATE,
    )
    return even[0]
