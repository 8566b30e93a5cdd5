"""Where and how closely a page is looked at, and how that changes."""

from __future__ import annotations

from dataclasses import dataclass, replace

Size = tuple[float, float]
Rect = tuple[float, float, float, float]

MARGIN_PX = 12.0
"""Room left around a page that is fitted, and around a line that is brought in."""

NEARLY = 0.02
"""A line is as good as whole in sight if no more of it is missing at an end."""

MOST_SCALE = 32.0


@dataclass(frozen=True, slots=True)
class Look:
    """Where and how closely a page is looked at.

    Attributes
    ----------
    x, y : float
        The point of the page in the middle of the view, in page pixels.
    scale : float
        Pixels of the window for one pixel of the page.
    """

    x: float
    y: float
    scale: float

    def moved(self, dx: float, dy: float) -> Look:
        """Return the look after moving by so many pixels of the window."""
        return replace(self, x=self.x + dx / self.scale, y=self.y + dy / self.scale)

    def zoomed(self, factor: float, at: tuple[float, float] | None = None) -> Look:
        """Return the look after magnifying; a point of the page stays put.

        Without a point it is the one in the middle.
        """
        at = at or (self.x, self.y)
        rest = 1 - 1 / factor
        return Look(
            self.x + (at[0] - self.x) * rest,
            self.y + (at[1] - self.y) * rest,
            self.scale * factor,
        )


def fit_page(page: Size, room: Size) -> Look:
    """Return the look that shows a whole page.

    Parameters
    ----------
    page : (width, height)
        In page pixels.
    room : (width, height)
        Of the view, in pixels of the window.
    """
    scale = min(_inner(room[i]) / page[i] for i in (0, 1))
    return Look(page[0] / 2, page[1] / 2, scale)


def fit_width(look: Look, page: Size, room: Size) -> Look:
    """Return the look that shows the page's whole width, about as far down as now."""
    scale = _inner(room[0]) / page[0]
    half = _inner(room[1]) / scale / 2
    y = page[1] / 2 if 2 * half >= page[1] else min(max(look.y, half), page[1] - half)
    return Look(page[0] / 2, y, scale)


def within_reason(look: Look, before: Look, page: Size, room: Size) -> Look:
    """Return a look that keeps the page in sight and its pixels recognizable."""
    least = min(1.0, 0.4 * min(room[i] / page[i] for i in (0, 1)))
    scale = min(MOST_SCALE, max(least, look.scale))
    if scale != look.scale:
        look = replace(before, scale=scale)
    return Look(min(max(look.x, 0), page[0]), min(max(look.y, 0), page[1]), scale)


def reveal(look: Look, target: Rect, room: Size, lead: float = 0) -> Look:
    """Return the look after the least move that brings a line in.

    A line that is as good as whole in sight moves nothing, and neither does one that
    is too long to be seen whole as long as its beginning is in sight.

    Parameters
    ----------
    look : Look
        As it is; returned as it is if the target can be seen already.
    target : (x0, y0, x1, y1)
        In page pixels. Of a target larger than the view, the beginning counts.
    room : (width, height)
        Of the view, in pixels of the window.
    lead : float
        Page pixels before the line that are shown too if the page moves anyway and
        there is room for them.
    """
    half_x, half_y = (_inner(side) / look.scale / 2 for side in room)
    spare = MARGIN_PX / look.scale
    dx = _least_move(
        look.x - half_x, look.x + half_x, target[0], target[2], spare, lead
    )
    dy = _least_move(look.y - half_y, look.y + half_y, target[1], target[3], spare)
    return Look(look.x + dx, look.y + dy, look.scale) if dx or dy else look


def _inner(side: float) -> float:
    return max(1.0, side - 2 * MARGIN_PX)


def _least_move(
    low: float, high: float, start: float, end: float, spare: float, lead: float = 0
) -> float:
    """Return how far [low, high] must move to hold [start, end], or its start.

    What is seen reaches ``spare`` beyond low and high; so much, and a little of a long
    line, may lie there without a move.
    """
    spare += NEARLY * (end - start)
    if low - spare <= start and end <= high + spare:
        return 0.0
    if end - start > high - low:
        is_begun = low - spare <= start <= low + (high - low) / 4
        return 0.0 if is_begun else start - low
    if start < low:
        return max(start - lead - low, end - high)
    return end - high
