"""Turn a page with everything on it by quarter turns."""

from __future__ import annotations

from dataclasses import replace

from hwocr_desktop.core.document.document import Page
from hwocr_desktop.core.pixels.geometry import turn_point, turn_shape


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
        is_searched=False,
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
        removed=tuple(turn_shape(s, turns, width, height) for s in page.removed),
        lines=tuple(
            replace(line, shape=turn_shape(line.shape, turns, width, height))
            for line in page.lines
        ),
    )
