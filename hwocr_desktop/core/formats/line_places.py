"""Small places on the page for lines of which a file says no usable one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import cv2
import numpy as np

from hwocr_desktop.core.formats.line_shapes import ABOVE, Points, clamp
from hwocr_desktop.core.pixels.geometry import LineShape

Placement = Literal["usable", "point", "outside", "none"]

# Less is a point to whoever looks at it, pixels.
_SHORTEST = 1.0
# Nobody knows how high such a line is: it is not to cover what others say.
_HIGHEST = 1 / 8
# So narrow is the edge of a page that no writing reaches into, in its widths.
_EDGE = 1 / 25


def placement(
    baseline: Points, polygon: Points, points: Points, width: int, height: int
) -> Placement:
    """Return how much a file says of where a line is.

    Parameters
    ----------
    baseline, polygon : tuple of (x, y)
        As in the file, () if they are no shapes.
    points : tuple of (x, y)
        Whatever points the file has for the line.
    width, height : int
        Size of the page.

    Returns
    -------
    "usable", "point", "outside" or "none"
        A point is a place without a length; outside is what has no part on the page.
    """
    if not points:
        return "none"
    (left, top), (right, bottom) = _corners(points)
    if right < 0 or bottom < 0 or left > width or top > height:
        return "outside"
    base, outline = clamp(baseline, width, height), clamp(polygon, width, height)
    has_length = len(base) > 1 and max(_sides(base)) >= _SHORTEST
    has_width = len(outline) > 1 and _sides(outline)[0] >= _SHORTEST
    return "usable" if has_length or has_width else "point"


def has_area(polygon: Points) -> bool:
    """Whether anything lies within an outline; one that crosses itself has an area."""
    if len(polygon) < 3:
        return False
    outline = cv2.convexHull(np.asarray(polygon, np.float32))
    return float(cv2.contourArea(outline)) >= _SHORTEST


def short_line(
    points: Points, heights: tuple[float, float], width: int, height: int
) -> LineShape:
    """Return a short line where a file has only a point, or nearest to it on the page.

    Parameters
    ----------
    points : tuple of (x, y)
        One or more, wherever they are.
    heights : tuple of (ascent, descent)
        Of a usual line, pixels; taken if the points do not tell.
    width, height : int
        Size of the page.
    """
    (left, top), (_, bottom) = _corners(clamp(points, width, height))
    rise, base = bottom - top, top
    if rise >= _SHORTEST:
        heights = (ABOVE * rise, (1 - ABOVE) * rise)
        base = top + heights[0]
    ascent, descent = _modest(heights, height)
    return _box(left, base, 2 * (ascent + descent), (ascent, descent), width, height)


def lines_at_edge(
    tops: Sequence[float], heights: tuple[float, float], width: int, height: int
) -> list[LineShape]:
    """Return places for lines of which nothing is known, none upon another.

    They stand at the left edge of the page, where they lie over no writing.

    Parameters
    ----------
    tops : sequence of float
        Where on the page the region of each begins.
    heights : tuple of (ascent, descent)
        Of a usual line, pixels.
    width, height : int
        Size of the page.
    """
    if not tops:
        return []
    usual = sum(_modest(heights, height))
    row = min(usual, max(height - 1, 1) / len(tops))
    rows: list[float] = []
    for top in tops:
        rows.append(max(top, rows[-1] + row if rows else 0.0))
    if rows[-1] + row > height - 1:
        rows = [number * row for number in range(len(tops))]
    length = min(2 * row, width * _EDGE)
    pair = (ABOVE * row, (1 - ABOVE) * row)
    return [_box(0.0, top + pair[0], length, pair, width, height) for top in rows]


def _modest(heights: tuple[float, float], height: int) -> tuple[float, float]:
    """Return ascent and descent, made smaller where they are much of a page."""
    share = min(1.0, _HIGHEST * height / max(sum(heights), _SHORTEST))
    return heights[0] * share, heights[1] * share


def _box(
    left: float,
    base: float,
    length: float,
    heights: tuple[float, float],
    width: int,
    height: int,
) -> LineShape:
    """Return a level line, moved until all of it is on the page."""
    ascent, descent = heights
    left = max(min(left, width - 1 - length), 0.0)
    base = max(min(base, height - 1 - descent), ascent)
    right, top, bottom = left + length, base - ascent, base + descent
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    return LineShape(
        clamp(((left, base), (right, base)), width, height),
        clamp(corners, width, height),
        max(ascent, _SHORTEST),
        max(descent, _SHORTEST),
    )


def _corners(points: Points) -> Points:
    """Return the upper left and the lower right corner around points."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return (min(xs), min(ys)), (max(xs), max(ys))


def _sides(points: Points) -> tuple[float, float]:
    (left, top), (right, bottom) = _corners(points)
    return right - left, bottom - top
