"""Shapes on a page, in page pixels: x grows to the right, y grows downward."""

from __future__ import annotations

from dataclasses import dataclass, replace

Point = tuple[float, float]

_ABOVE = 0.68  # of a picture's height: what lies above its baseline


@dataclass(frozen=True, slots=True)
class LineShape:
    """Where one line of writing is.

    Attributes
    ----------
    baseline : tuple of (x, y)
        Polyline on which the letters stand, in writing direction; two points or more.
    polygon : tuple of (x, y)
        Closed outline of the line's ink; three points or more.
    ascent, descent : float
        Height in pixels above and below the baseline that a crop of the line takes
        in. Their sum is the height of the crop; for plain writing it is near the
        distance between neighboring lines, about two thirds of it above.
    """

    baseline: tuple[Point, ...]
    polygon: tuple[Point, ...]
    ascent: float
    descent: float

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Smallest upright box around the polygon: x0, y0, x1, y1."""
        xs = [x for x, _ in self.polygon]
        ys = [y for _, y in self.polygon]
        return min(xs), min(ys), max(xs), max(ys)


def is_steep(shape: LineShape) -> bool:
    """Whether a line runs up or down the page rather than across it."""
    (xa, ya), (xb, yb) = shape.baseline[0], shape.baseline[-1]
    return abs(yb - ya) > abs(xb - xa)


def turn_point(point: Point, turns: int, width: int, height: int) -> Point:
    """Return where a point lies after clockwise quarter turns of its page.

    The pixel at column x and row y of a page of height H comes to column H - 1 - y
    and row x, as with ``numpy.rot90(gray, -1)``.

    Parameters
    ----------
    point : tuple of (x, y)
        In page pixels.
    turns : int
        Clockwise quarter turns; negative turns go the other way.
    width, height : int
        Size of the page before the turn.

    Returns
    -------
    tuple of (x, y)
        In the pixels of the turned page.

    Examples
    --------
    >>> turn_point((0, 0), 1, width=30, height=20)
    (19, 0)
    """
    x, y = point
    for _ in range(turns % 4):
        x, y = height - 1 - y, x
        width, height = height, width
    return x, y


def turn_shape(shape: LineShape, turns: int, width: int, height: int) -> LineShape:
    """Return the shape of a line after clockwise quarter turns of its page.

    Ascent and descent stay as they are: they are measured across the baseline.
    """
    return replace(
        shape,
        baseline=tuple(turn_point(p, turns, width, height) for p in shape.baseline),
        polygon=tuple(turn_point(p, turns, width, height) for p in shape.polygon),
    )


def whole_picture(width: int, height: int) -> LineShape:
    """Return the line that a picture of a single line or word is.

    Parameters
    ----------
    width, height : int
        Of the picture, pixels. About two thirds of it are taken to lie above the
        baseline, as in crops of lines.
    """
    ascent = height * _ABOVE
    corners = ((0, 0), (width - 1, 0), (width - 1, height - 1), (0, height - 1))
    return LineShape(
        ((0.0, ascent), (max(width - 1.0, 1.0), ascent)),
        tuple((float(x), float(y)) for x, y in corners),
        ascent,
        height - ascent,
    )
