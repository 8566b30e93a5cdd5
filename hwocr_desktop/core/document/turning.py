"""Turn a page with everything on it by quarter turns."""

from __future__ import annotations

from dataclasses import replace

from hwocr_desktop.core.document.document import Page
from hwocr_desktop.core.pixels.geometry import LineShape, Point


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


def turn_page(page: Page, turns: int) -> Page:
    """Return a page turned clockwise by quarter turns.

    Parameters
    ----------
    page : Page
        The page as it is.
    turns : int
        Clockwise quarter turns; negative turns go the other way.

    Returns
    -------
    Page
        With size, rotation and all coordinates after the turn; the order of the
        lines stays.
    """
    if turns % 4 == 0:
        return page
    width, height = page.width, page.height
    return replace(
        page,
        width=width if turns % 2 == 0 else height,
        height=height if turns % 2 == 0 else width,
        rotation=(page.rotation + 90 * turns) % 360,
        mending=tuple(
            replace(
                stroke,
                points=tuple(
                    turn_point(p, turns, width, height) for p in stroke.points
                ),
            )
            for stroke in page.mending
        ),
        regions=tuple(
            replace(
                region,
                polygon=tuple(
                    turn_point(p, turns, width, height) for p in region.polygon
                ),
            )
            for region in page.regions
        ),
        lines=tuple(
            replace(line, shape=turn_shape(line.shape, turns, width, height))
            for line in page.lines
        ),
    )
