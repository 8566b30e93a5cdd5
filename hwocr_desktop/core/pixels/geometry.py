"""Shapes on a page, in page pixels: x grows to the right, y grows downward."""

from __future__ import annotations

from dataclasses import dataclass

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
