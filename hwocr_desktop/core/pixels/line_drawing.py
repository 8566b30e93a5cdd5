"""Shapes of lines as a person draws and changes them.

A person says where the letters stand and how high the writing is; the outline follows
from that, so nobody has to drag the points of a polygon.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import fmean, median

import cv2
import numpy as np

from hwocr_desktop.core.pixels.geometry import LineShape, Point
from hwocr_desktop.core.pixels.line_shapes import ASCENT, DESCENT

LEAST_LENGTH = 4.0
"""Shortest baseline that is one, pixels."""

LEAST_HEIGHT = 4.0
"""Lowest line, pixels."""

LINES_A_PAGE = 30
"""What an empty page is taken to hold, to guess how high its writing is."""

_NEAREST = 5
_PLAIN = 0.06  # of the height: how far a plain baseline may leave the found one
_SEAM = 0.05  # pixels that the end of a line may be off the way to the next one's
_SHARPEST = 0.5  # cosine of half the turn at a corner, below which it is cut off


def shape_along(baseline: Sequence[Point], ascent: float, descent: float) -> LineShape:
    """Return the line that stands on a baseline.

    Parameters
    ----------
    baseline : sequence of (x, y)
        In writing direction. Points that follow themselves count once.
    ascent, descent : float
        Height above and below the baseline, pixels.

    Returns
    -------
    LineShape
        Its polygon is the band along the baseline, to a hundredth of a pixel.

    Raises
    ------
    ValueError
        If fewer than two different points are left, or it has no height.
    """
    points = [baseline[0]] if baseline else []
    points.extend(b for a, b in pairwise(baseline) if a != b)
    if len(points) < 2:
        raise ValueError("a baseline has two different points")
    if min(ascent, descent) < 0 or ascent + descent <= 0:
        raise ValueError("a line has a height")
    above = [_aside(points, i, ascent) for i in range(len(points))]
    below = [_aside(points, i, -descent) for i in range(len(points))]
    return LineShape(tuple(points), (*above, *reversed(below)), ascent, descent)


def usual_heights(
    shapes: Sequence[LineShape], near: Point, page_height: int
) -> tuple[float, float]:
    """Return ascent and descent for a new line: those of the lines around it.

    Parameters
    ----------
    shapes : sequence of LineShape
        The lines of the page.
    near : (x, y)
        Where the new line is.
    page_height : int
        Pixels; for a page without lines.
    """
    if not shapes:
        pitch = page_height / LINES_A_PAGE
        return ASCENT * pitch, DESCENT * pitch
    around = sorted(shapes, key=lambda s: math.dist(middle_of(s), near))[:_NEAREST]
    return median(s.ascent for s in around), median(s.descent for s in around)


def in_direction(baseline: Sequence[Point], shapes: Sequence[LineShape]) -> list[Point]:
    """Return a baseline turned to run as the lines of its page do.

    Whoever clicks on the end of a line first does not mean it to be read upside down.
    A baseline across the others stays as it was drawn.
    """
    if len(baseline) < 2:
        return list(baseline)
    x, y = _way(baseline)
    ways = [_way(shape.baseline) for shape in shapes]
    others = sum(a for a, _ in ways), sum(b for _, b in ways)
    if not any(others):
        others = 1.0, 0.0
    along = (x * others[0] + y * others[1]) / math.hypot(*others)
    is_against = along < -0.5 * math.hypot(x, y)
    return list(baseline)[::-1] if is_against else list(baseline)


def length_of(baseline: Sequence[Point]) -> float:
    """Return the length of a polyline in pixels."""
    return sum(math.dist(a, b) for a, b in pairwise(baseline))


def middle_of(shape: LineShape) -> Point:
    """Return the point in the middle between the ends of the baseline."""
    (x0, y0), (x1, y1) = shape.baseline[0], shape.baseline[-1]
    return (x0 + x1) / 2, (y0 + y1) / 2


def point_along(baseline: Sequence[Point], share: float) -> Point:
    """Return the point at a share, 0..1, of the length of a polyline."""
    rest = share * length_of(baseline)
    for a, b in pairwise(baseline):
        size = math.dist(a, b)
        if size and rest <= size:
            part = rest / size
            return a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part
        rest -= size
    return baseline[-1]


def nearest_on(baseline: Sequence[Point], at: Point) -> tuple[int, Point, float]:
    """Return the point of a polyline that is nearest to another.

    Returns
    -------
    tuple of (int, point, float)
        Number of the segment, from 0; the point on it; its distance in pixels.
    """
    best: tuple[float, int, Point] | None = None
    for number, (a, b) in enumerate(pairwise(baseline)):
        dx, dy = b[0] - a[0], b[1] - a[1]
        size = dx * dx + dy * dy
        share = ((at[0] - a[0]) * dx + (at[1] - a[1]) * dy) / size if size else 0.0
        share = min(1.0, max(0.0, share))
        foot = a[0] + share * dx, a[1] + share * dy
        found = math.dist(foot, at), number, foot
        if best is None or found < best:
            best = found
    if best is None:
        raise ValueError("a baseline has two points or more")
    return best[1], best[2], best[0]


def with_point(shape: LineShape, index: int, to: Point) -> LineShape:
    """Return the line with one point of its baseline elsewhere."""
    points = list(shape.baseline)
    points[index] = to
    return shape_along(points, shape.ascent, shape.descent)


def with_new_point(shape: LineShape, segment: int, at: Point) -> LineShape:
    """Return the line with one point more, behind that of number ``segment``."""
    points = list(shape.baseline)
    points.insert(segment + 1, at)
    return shape_along(points, shape.ascent, shape.descent)


def without_point(shape: LineShape, index: int) -> LineShape:
    """Return the line without one point of its baseline.

    Raises
    ------
    ValueError
        If only one would be left.
    """
    points = [p for i, p in enumerate(shape.baseline) if i != index]
    return shape_along(points, shape.ascent, shape.descent)


def with_height(shape: LineShape, height: float) -> LineShape:
    """Return the line with another height, pixels, parted by the baseline as before."""
    height = max(height, LEAST_HEIGHT)
    before = shape.ascent + shape.descent
    share = shape.ascent / before if before > 0 else ASCENT / (ASCENT + DESCENT)
    ascent = height * share
    return shape_along(shape.baseline, ascent, height - ascent)


def simplified(shape: LineShape) -> LineShape:
    """Return the line with few points on its baseline, for a person to drag.

    A found line has a point every few letters; none of them matters alone.
    """
    height = shape.ascent + shape.descent
    line = np.asarray(shape.baseline, np.float32).reshape(-1, 1, 2)
    kept = cv2.approxPolyDP(line, _PLAIN * height, False).reshape(-1, 2)
    if len(kept) < 2 or len(kept) == len(shape.baseline):
        return shape
    points = [(round(float(x), 1), round(float(y), 1)) for x, y in kept]
    return shape_along(points, shape.ascent, shape.descent)


def shifted(shape: LineShape, dx: float, dy: float) -> LineShape:
    """Return the line elsewhere on the page, otherwise as it was."""
    return replace(
        shape,
        baseline=tuple((x + dx, y + dy) for x, y in shape.baseline),
        polygon=tuple((x + dx, y + dy) for x, y in shape.polygon),
    )


def turned_round(shape: LineShape) -> LineShape:
    """Return the line read from its other end, with its letters the other way up."""
    return shape_along(shape.baseline[::-1], shape.ascent, shape.descent)


def split_shape(shape: LineShape, at: Point) -> tuple[LineShape, LineShape, float]:
    """Cut a line in two where its baseline is nearest to a point.

    Returns
    -------
    tuple of (LineShape, LineShape, float)
        Beginning and end of the line, and how much of its length the beginning has.

    Raises
    ------
    ValueError
        If one of the two would be shorter than `LEAST_LENGTH`.
    """
    segment, cut, _ = nearest_on(shape.baseline, at)
    first = (*shape.baseline[: segment + 1], cut)
    second = (cut, *shape.baseline[segment + 1 :])
    lengths = length_of(first), length_of(second)
    if min(lengths) < LEAST_LENGTH:
        raise ValueError("there is too little line on one side of the cut")
    return (
        shape_along(first, shape.ascent, shape.descent),
        shape_along(second, shape.ascent, shape.descent),
        lengths[0] / sum(lengths),
    )


def join_shapes(shapes: Sequence[LineShape]) -> LineShape:
    """Join lines, in the order given, to one.

    Where two overlap, the later one yields. Where one begins at the other's end and
    neither bends, no point is left: what was cut is as before. Heights are the mean of
    theirs, weighted by length.

    Raises
    ------
    ValueError
        If there are none.
    """
    points = list(shapes[0].baseline) if shapes else []
    for shape in shapes[1:]:
        dx, dy = _way([points[0], shape.baseline[-1]])
        end = points[-1][0] * dx + points[-1][1] * dy
        # What lies before the end of the line so far would lead back.
        beyond = [p for p in shape.baseline if p[0] * dx + p[1] * dy > end]
        if beyond and math.dist(points[-1], shape.baseline[0]) < 1:
            seam = points[-1]
            if nearest_on([points[-2], beyond[0]], seam)[2] < _SEAM:
                points.pop()
        points.extend(beyond)
    weights = [max(length_of(shape.baseline), 1.0) for shape in shapes]
    return shape_along(
        points,
        fmean((s.ascent for s in shapes), weights) if shapes else 0.0,
        fmean((s.descent for s in shapes), weights) if shapes else 0.0,
    )


def along_of(shapes: Sequence[LineShape]) -> Point:
    """Return the direction, of length 1, in which some lines run together."""
    ways = [_way(shape.baseline) for shape in shapes]
    x, y = sum(a for a, _ in ways), sum(b for _, b in ways)
    size = math.hypot(x, y)
    return (x / size, y / size) if size else (1.0, 0.0)


def _way(points: Sequence[Point]) -> Point:
    """Return the vector from the first to the last point."""
    return points[-1][0] - points[0][0], points[-1][1] - points[0][1]


def _aside(points: Sequence[Point], index: int, distance: float) -> Point:
    """Return where an outline turns: ``distance`` above a point of the baseline."""
    normals = []
    for a, b in pairwise(points[max(index - 1, 0) : index + 2]):
        dx, dy = _way([a, b])
        size = math.hypot(dx, dy)
        normals.append((dy / size, -dx / size))
    x, y = sum(n[0] for n in normals), sum(n[1] for n in normals)
    size = math.hypot(x, y)
    if size < 1e-9:  # it turns back on itself
        (x, y), size = normals[0], 1.0
    # So that both sides keep their distance, but no corner runs away.
    lean = max((x * normals[0][0] + y * normals[0][1]) / size, _SHARPEST)
    reach = distance / lean / size
    px, py = points[index]
    return round(px + x * reach, 2), round(py + y * reach, 2)
