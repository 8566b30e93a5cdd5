"""Make whole line shapes of what a file says, which is often only a part of them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.pixels.geometry import Point

Points = tuple[Point, ...]
Floats = npt.NDArray[np.float64]

# Letters rise about twice as far above the baseline as they hang below it.
ABOVE = 2 / 3
# Farther out than any page reaches: whoever wrote it did not mean it.
FARTHEST = 1e7
_SAMPLES = 25
_MIN_HEIGHT = 1.0


def clamp(points: Sequence[Point], width: int, height: int) -> Points:
    """Return the points moved onto the page, 0..width - 1 and 0..height - 1.

    Points that are no numbers are left out.
    """
    right, bottom = max(width - 1, 0), max(height - 1, 0)
    return tuple(
        (min(max(x, 0), right), min(max(y, 0), bottom))
        for x, y in points
        if not (math.isnan(x) or math.isnan(y))
    )


def measure(baseline: Points, polygon: Points) -> tuple[float, float] | None:
    """Measure how far a line's outline reaches above and below its baseline.

    At points spread along the baseline, the outline is cut across. The median of
    these heights ignores the single flourish that reaches into the next line.

    Parameters
    ----------
    baseline : tuple of (x, y)
        Two points or more, in writing direction.
    polygon : tuple of (x, y)
        Three points or more.

    Returns
    -------
    tuple of (ascent, descent) or None
        In pixels, 1 or more; None if the baseline has no length or nowhere lies
        within the outline.
    """
    points, normals = _along(np.asarray(baseline, float))
    if not len(points):
        return None
    starts = np.asarray(polygon, float)
    edges = np.roll(starts, -1, axis=0) - starts
    # points + above * normals == starts + share * edges, for each point and edge
    away = starts[None] - points[:, None]
    across = _cross(normals[:, None], edges[None])
    with np.errstate(divide="ignore", invalid="ignore"):
        above = _cross(away, edges[None]) / across
        share = _cross(away, normals[:, None]) / across
    is_hit = (share >= 0) & (share <= 1) & np.isfinite(above)
    is_cut = is_hit.any(axis=1)
    if not is_cut.any():
        return None
    highest = np.where(is_hit, above, -np.inf).max(axis=1)[is_cut]
    lowest = np.where(is_hit, above, np.inf).min(axis=1)[is_cut]
    ascent, descent = float(np.median(highest)), float(np.median(-lowest))
    if ascent + descent < _MIN_HEIGHT:
        return None
    return max(ascent, _MIN_HEIGHT), max(descent, _MIN_HEIGHT)


def invent_baseline(polygon: Points) -> Points:
    """Return the baseline that an outline suggests, for writing from left to right.

    It runs at two thirds of the height of the outline, smoothed to a straight line,
    because the outline follows single letters and the writer did not.
    """
    outline = np.asarray(polygon, float)
    left, right = float(outline[:, 0].min()), float(outline[:, 0].max())
    if right - left < 1:
        base = _between(float(outline[:, 1].min()), float(outline[:, 1].max()))
        return (left, base), (left + 1, base)
    columns = np.linspace(left, right, _SAMPLES + 2)[1:-1]
    upper, lower = _envelope(outline, columns)
    bases = upper + ABOVE * (lower - upper)
    slope, offset = np.polyfit(columns - left, bases, 1)
    return (left, float(offset)), (right, float(offset + slope * (right - left)))


def band(baseline: Points, ascent: float, descent: float) -> Points:
    """Return the outline of a band along a baseline."""
    line = np.asarray(baseline, float)
    steps = np.gradient(line, axis=0)
    normals = _normals(steps)
    upper = line + ascent * normals
    lower = line - descent * normals
    return as_points([*upper, *lower[::-1]])


def hull(points: Sequence[Point]) -> Points:
    """Return the convex hull of points on a page, () if there are none."""
    if not points:
        return ()
    outline = cv2.convexHull(np.asarray(points, np.float32))
    return as_points(np.asarray(outline, float).reshape(-1, 2))


def as_points(rows: Sequence[Floats] | Floats) -> Points:
    """Return (N, 2) numbers as points."""
    return tuple((float(x), float(y)) for x, y in rows)


def _between(top: float, bottom: float) -> float:
    return top + ABOVE * (bottom - top)


def _cross(a: Floats, b: Floats) -> Floats:
    """Return the cross product of vectors in the plane."""
    product: Floats = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return product


def _normals(directions: Floats) -> Floats:
    """Return vectors of length 1 that point to where the letters rise."""
    upward = np.stack([directions[..., 1], -directions[..., 0]], axis=-1)
    lengths = np.linalg.norm(upward, axis=-1, keepdims=True)
    up = np.array([0.0, -1.0])
    unit: Floats = np.where(lengths > 0, upward / np.maximum(lengths, 1e-9), up)
    return unit


def _along(baseline: Floats) -> tuple[Floats, Floats]:
    """Return points spread along a baseline, (N, 2), and the normals there."""
    steps = np.diff(baseline, axis=0)
    lengths = np.linalg.norm(steps, axis=1)
    is_step = lengths > 0
    steps, lengths = steps[is_step], lengths[is_step]
    if not len(steps):
        return np.empty((0, 2)), np.empty((0, 2))
    starts = baseline[:-1][is_step]
    ends = np.cumsum(lengths)
    # Not at the very ends, where outlines are cut off.
    places = (np.arange(_SAMPLES) + 0.5) / _SAMPLES * ends[-1]
    which = np.minimum(np.searchsorted(ends, places), len(steps) - 1)
    shares = 1 - (ends[which] - places) / lengths[which]
    points = starts[which] + shares[:, None] * steps[which]
    return points, _normals(steps[which])


def _envelope(outline: Floats, columns: Floats) -> tuple[Floats, Floats]:
    """Return the highest and lowest y of an outline at each x."""
    x0, y0 = outline.T
    x1, y1 = np.roll(outline, -1, axis=0).T
    at = columns[:, None]
    is_over = (np.minimum(x0, x1) <= at) & (at <= np.maximum(x0, x1))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(x1 == x0, 0.0, (at - x0) / (x1 - x0))
    heights = y0 + share * (y1 - y0)
    upper = np.where(is_over, heights, np.inf).min(axis=1)
    lower = np.where(is_over, heights, -np.inf).max(axis=1)
    return upper, lower
