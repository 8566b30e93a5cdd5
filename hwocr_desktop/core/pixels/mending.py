"""What a person painted over a binary page: strokes of a round brush.

Strokes are kept as vectors, so that they are small, can be undone one by one, and hold
whatever method and cut the page has. Only what they cover counts as decided by a
person; training may learn from exactly these pixels (`rasterise`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.pixels.geometry import Point
from hwocr_desktop.core.progress import CancelToken

Paint = Literal["ink", "paper"]
PAINTS: tuple[Paint, ...] = ("ink", "paper")
Box = tuple[int, int, int, int]
"""x0, y0, x1, y1 in whole page pixels, the last ones not included."""

SURE = {"ink": 255, "paper": 0}
"""Values in an ink map that are ink or paper at every cut."""

GRAIN = 4
"""Coordinates are kept in quarters of a pixel: short to write, and sums are exact."""

_Floats = npt.NDArray[np.floating[Any]]
_ALL = 1 << 30
_NUDGES = np.arange(-1, 3)


@dataclass(frozen=True, slots=True)
class BrushStroke:
    """One stroke of a round brush.

    Attributes
    ----------
    paint : "ink" or "paper"
    radius : float
        In page pixels, above 0.
    points : tuple of (x, y)
        The way of the brush's middle; one point is a dot. Here (0, 0) is the middle of
        the first pixel, so that turning a page takes pixels to pixels.
    """

    paint: Paint
    radius: float
    points: tuple[Point, ...]

    @property
    def box(self) -> Box:
        """Smallest box of whole pixels that holds the stroke."""
        return _box(self.points, self.radius)


def stroke_of(paint: Paint, radius: float, points: Sequence[Point]) -> BrushStroke:
    """Return a stroke along a way as drawn, without points that make no difference.

    Parameters
    ----------
    paint : "ink" or "paper"
    radius : float
        In page pixels.
    points : sequence of (x, y)
        At least one.
    """
    kept = _simplified(np.array(points, np.float64), max(1 / GRAIN, radius * 0.02))
    rounded: list[Point] = []
    for x, y in np.round(kept * GRAIN).tolist():
        point = (x / GRAIN, y / GRAIN)
        if not rounded or point != rounded[-1]:
            rounded.append(point)
    return BrushStroke(paint, max(1, round(radius * GRAIN)) / GRAIN, tuple(rounded))


def rasterise(
    strokes: Iterable[BrushStroke], shape: tuple[int, int]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return which pixels a person decided about, and which of them are ink.

    A pixel belongs to a stroke if its middle is not farther from the stroke's way than
    the radius. Where strokes overlap, the last one counts.

    Parameters
    ----------
    strokes : iterable of BrushStroke
        In the order in which they were painted.
    shape : (height, width)
        Of the page.

    Returns
    -------
    touched, ink : (H, W) bool
        ``ink`` is False wherever nothing was touched.
    """
    touched = np.zeros(shape, np.bool_)
    ink = np.zeros(shape, np.bool_)
    for stroke in strokes:
        for y, x0, x1 in _spans(stroke, (0, 0, shape[1], shape[0])):
            touched[y, x0:x1] = True
            ink[y, x0:x1] = stroke.paint == "ink"
    return touched, ink


def mend(
    ink_map: npt.NDArray[np.uint8],
    strokes: Sequence[BrushStroke],
    *,
    cancel: CancelToken | None = None,
) -> npt.NDArray[np.uint8]:
    """Return an ink map in which what was painted is surely ink or surely paper.

    So it holds at every cut. Without strokes it is the map itself, not a copy.

    Raises
    ------
    Cancelled
        If cancelled.
    """
    if not strokes:
        return ink_map
    mended = ink_map.copy()
    for stroke in strokes:
        if cancel is not None:
            cancel.check()
        paint_stroke(mended, stroke)
    return mended


def paint_stroke(
    ink_map: npt.NDArray[np.uint8],
    stroke: BrushStroke,
    window: Box | None = None,
) -> None:
    """Paint a stroke into an ink map in place, in a window of it only if one is given.

    Parameters
    ----------
    ink_map : (H, W) uint8
        Of the whole page.
    stroke : BrushStroke
    window : Box, optional
        Pixels outside stay as they are.
    """
    height, width = ink_map.shape
    window = clip_box(window or (0, 0, width, height), (width, height))
    value = SURE[stroke.paint]
    for y, x0, x1 in _spans(stroke, window):
        ink_map[y, x0:x1] = value


def clip_box(box: Box, size: tuple[int, int]) -> Box:
    """Return the part of a box that lies on a page of that width and height."""
    x0, y0 = min(max(0, box[0]), size[0]), min(max(0, box[1]), size[1])
    return x0, y0, max(x0, min(size[0], box[2])), max(y0, min(size[1], box[3]))


def join_boxes(boxes: Iterable[Box]) -> Box | None:
    """Return the smallest box that holds all boxes; None if there are none."""
    columns = list(zip(*boxes, strict=True))
    if not columns:
        return None
    x0, y0, x1, y1 = columns
    return min(x0), min(y0), max(x1), max(y1)


def is_apart(one: Box, other: Box) -> bool:
    """Whether two boxes share no pixel."""
    return (
        one[2] <= other[0]
        or other[2] <= one[0]
        or one[3] <= other[1]
        or other[3] <= one[1]
    )


def _simplified(
    way: npt.NDArray[np.float64], tolerance: float
) -> npt.NDArray[np.float64]:
    """Leave out points that lie this near the straight way between those kept."""
    keep = np.zeros(len(way), np.bool_)
    keep[[0, -1]] = True
    parts = [(0, len(way) - 1)]
    while parts:
        first, last = parts.pop()
        if last - first < 2:
            continue
        u = way[last] - way[first]
        p = way[first + 1 : last] - way[first]
        length = float(u @ u)
        t = np.clip(p @ u / length, 0, 1) if length else np.zeros(len(p))
        off = np.hypot(*(p - t[:, None] * u).T)
        farthest = int(off.argmax())
        if off[farthest] > tolerance:
            middle = first + 1 + farthest
            keep[middle] = True
            parts += [(first, middle), (middle, last)]
    return way[keep]


def _box(points: Iterable[Point], radius: float) -> Box:
    xs, ys = zip(*points, strict=True)
    return (
        int(np.ceil(min(xs) - radius)),
        int(np.ceil(min(ys) - radius)),
        int(np.floor(max(xs) + radius)) + 1,
        int(np.floor(max(ys) + radius)) + 1,
    )


def _spans(stroke: BrushStroke, window: Box) -> Iterator[tuple[int, int, int]]:
    """Yield y, first x and one past the last x of each row of a stroke's parts."""
    if is_apart(stroke.box, window):
        return
    points, radius = stroke.points, stroke.radius
    for start, end in pairwise(points) if len(points) > 1 else [(points[0],) * 2]:
        box = _box((start, end), radius)
        if is_apart(box, window):
            continue
        y = np.arange(max(box[1], window[1]), min(box[3], window[3]))
        first, last = _row_ends(y, start, end, radius)
        np.maximum(first, window[0], out=first)
        np.minimum(last, window[2] - 1, out=last)
        some = first <= last
        yield from zip(
            y[some].tolist(),
            first[some].tolist(),
            (last[some] + 1).tolist(),
            strict=True,
        )


def _row_ends(
    y: npt.NDArray[np.int_], start: Point, end: Point, radius: float
) -> tuple[npt.NDArray[np.int_], npt.NDArray[np.int_]]:
    """Return the first and the last pixel of each row within reach of a straight way.

    What is within reach is convex, so a row has one run of pixels. Its ends come from
    square roots, which may err by a pixel: some neighbors are tried by `_is_within`,
    which does not err.
    """
    ux, uy = end[0] - start[0], end[1] - start[1]
    low = np.full(len(y), np.inf)
    high = np.full(len(y), -np.inf)
    for x, middle in (start, end):
        square = radius**2 - (y - middle) ** 2
        half = np.sqrt(np.maximum(square, 0))
        low = np.where(square >= 0, np.minimum(low, x - half), low)
        high = np.where(square >= 0, np.maximum(high, x + half), high)
    if ux or uy:
        reach = radius * float(np.hypot(ux, uy))
        down = y - start[1]
        # Along the way from start to end, and across it within reach.
        left, right = _between(ux, uy * down, 0, ux * ux + uy * uy)
        across_left, across_right = _between(uy, -ux * down, -reach, reach)
        left, right = np.maximum(left, across_left), np.minimum(right, across_right)
        some = left <= right
        low = np.where(some, np.minimum(low, start[0] + left), low)
        high = np.where(some, np.maximum(high, start[0] + right), high)
    empty = low > high
    first = np.floor(np.where(empty, 0, low)).astype(np.int_)[:, None] + _NUDGES
    last = np.floor(np.where(empty, 0, high)).astype(np.int_)[:, None] + _NUDGES
    rows = y[:, None]
    is_first = _is_within(first, rows, start, end, radius)
    is_last = _is_within(last, rows, start, end, radius)
    return (
        np.where(is_first, first, _ALL).min(1),
        np.where(is_last, last, -_ALL).max(1),
    )


def _between(
    slope: float, offset: _Floats, least: float, most: float
) -> tuple[_Floats, _Floats]:
    """Return between which x ``least <= slope * x + offset <= most`` holds."""
    if slope == 0:
        holds = (least <= offset) & (offset <= most)
        return np.where(holds, -np.inf, np.inf), np.where(holds, np.inf, -np.inf)
    ends = (least - offset) / slope, (most - offset) / slope
    return np.minimum(*ends), np.maximum(*ends)


def _is_within(
    x: npt.NDArray[np.int_],
    y: npt.NDArray[np.int_],
    start: Point,
    end: Point,
    radius: float,
) -> npt.NDArray[np.bool_]:
    """Whether pixels are not farther from a straight way than the radius.

    Without roots and divisions: with coordinates in quarters it is exact.
    """
    ux, uy = end[0] - start[0], end[1] - start[1]
    px, py = x - start[0], y - start[1]
    square = radius**2
    length = ux * ux + uy * uy
    along = px * ux + py * uy
    across = px * uy - py * ux
    return np.asarray(
        (px * px + py * py <= square)
        | ((px - ux) ** 2 + (py - uy) ** 2 <= square)
        | (
            (length > 0)
            & (along >= 0)
            & (along <= length)
            & (across * across <= square * length)
        )
    )
