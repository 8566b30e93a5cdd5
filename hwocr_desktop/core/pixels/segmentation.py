"""Find the lines of writing on a binary page, without any training."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.pixels.geometry import LineShape, Point
from hwocr_desktop.core.pixels.ink_cleaning import keep_writing
from hwocr_desktop.core.pixels.line_paths import (
    join_ends,
    length,
    part_columns,
    settle_ownership,
    trim_to_ink,
)
from hwocr_desktop.core.pixels.line_ridges import find_ridges, trace_crests
from hwocr_desktop.core.pixels.line_scale import measure_scale, shrink
from hwocr_desktop.core.pixels.line_shapes import fit_baseline
from hwocr_desktop.core.progress import CancelToken

WORKING_PITCH = 32.0
"""Distance of lines, in pixels, to which every page is reduced."""

ASCENT_SHARE, DESCENT_SHARE = 0.64, 0.30
"""Height of a crop above and below the baseline, in line distances: 41 and 19 pixels
where lines are 64 apart, as the recognizers learned it."""

WEAKEST = 0.25
"""Ridges weaker than this share of the page's typical one are no lines."""


def find_lines(
    binary: npt.NDArray[np.bool_], *, cancel: CancelToken | None = None
) -> tuple[LineShape, ...]:
    """Find the lines of a page.

    Parameters
    ----------
    binary : (H, W) bool, True = ink
    cancel : CancelToken, optional

    Returns
    -------
    tuple of LineShape
        In reading order, inside the page; empty if there is no writing.

    Raises
    ------
    Cancelled
        If cancelled.
    """
    token = cancel or CancelToken()
    scale = measure_scale(binary)
    if scale is None:
        return ()
    height, width = binary.shape
    token.check()
    density = shrink(binary, WORKING_PITCH / scale.pitch)
    rows, columns = density.shape
    ink = keep_writing(density, WORKING_PITCH, scale.slope)
    token.check()
    ridges = find_ridges(ink.density, WORKING_PITCH, scale.slope)
    token.check()
    crests = trace_crests(ridges, WORKING_PITCH)
    paths = [q for c in crests for q in trim_to_ink(ink.density, c, WORKING_PITCH)]
    paths = [p for p in paths if p[:, 2].mean() > WEAKEST * ridges.typical]
    paths = settle_ownership(ink, paths, WORKING_PITCH)
    token.check()
    paths = part_columns(ink, join_ends(paths, WORKING_PITCH), WORKING_PITCH)
    shapes = []
    for path in paths:
        token.check()
        if length(path) > 0.8 * WORKING_PITCH:
            fitted = fit_baseline(ink.density, path, WORKING_PITCH)
            x = (fitted[:, 0] + 0.5) * (width / columns) - 0.5
            y = (fitted[:, 1] + 0.5) * (height / rows) - 0.5
            shapes.append(_shape(x, y, scale.pitch, width, height))
    return tuple(sorted(shapes, key=lambda s: (s.baseline[0][1], s.baseline[0][0])))


def _shape(
    x: npt.NDArray[np.float32],
    y: npt.NDArray[np.float32],
    pitch: float,
    width: int,
    height: int,
) -> LineShape:
    """Make a line of a fitted baseline, thinned to a point every half line distance."""
    count = max(2, int((x[-1] - x[0]) / (0.5 * pitch)) + 1)
    at = np.unique(np.linspace(0, len(x) - 1, count).round().astype(int))
    if len(at) < 2:
        at = np.array([0, len(x) - 1])
    right, bottom = float(width - 1), float(height - 1)

    def inside(px: float, py: float) -> Point:
        return (
            round(min(max(px, 0.0), right), 1),
            round(min(max(py, 0.0), bottom), 1),
        )

    baseline = tuple(inside(float(x[i]), float(y[i])) for i in at)
    above, below = ASCENT_SHARE * pitch, DESCENT_SHARE * pitch
    upper = tuple(inside(px, py - above) for px, py in baseline)
    lower = tuple(inside(px, py + below) for px, py in reversed(baseline))
    return LineShape(baseline, upper + lower, round(above, 1), round(below, 1))
