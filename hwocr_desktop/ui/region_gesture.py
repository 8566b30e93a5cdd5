"""Drawing regions with the mouse, and dragging their corners."""

from __future__ import annotations

import math
from itertools import pairwise

from hwocr_desktop.core.document.document import Page
from hwocr_desktop.core.document.keeping import region_around
from hwocr_desktop.core.pixels.geometry import Point
from hwocr_desktop.ui.line_commands import LineCommands
from hwocr_desktop.ui.line_marks import Marks
from hwocr_desktop.ui.line_moves import nearest_point, rectangle
from hwocr_desktop.ui.line_tools import LineTools


class RegionGesture:
    """Draws regions and drags their corners."""

    def __init__(self, commands: LineCommands, tools: LineTools) -> None:
        self._commands, self._tools = commands, tools
        self._points: list[Point] = []
        self._start: Point | None = None
        self._at: Point = (0.0, 0.0)
        self._corner: int | None = None
        self._is_dragging = False

    @property
    def is_begun(self) -> bool:
        """Whether a region is being drawn or changed."""
        return bool(self._points) or self._is_dragging

    @property
    def count(self) -> int:
        """How many corners were clicked."""
        return len(self._points)

    def press(self, at: Point, reach: float, *, has_shift: bool, is_ctrl: bool) -> None:
        """Take hold of a corner, or begin a region."""
        self._at, self._is_dragging = at, False
        if self._points:
            if math.dist(self._points[0], at) <= reach and len(self._points) > 2:
                self.finish()
            else:
                self._points.append(at)
            return
        self._start = at
        self._corner = nearest_point(self._border, at, reach)
        if self._corner is None and self._tools.has_bends:
            self._points, self._start = [at], None

    def move(self, at: Point, reach: float, *, is_down: bool) -> None:
        """Show what would become of it."""
        self._at = at
        if is_down and self._start is not None:
            self._is_dragging |= math.dist(at, self._start) > reach

    def release(self, at: Point, reach: float) -> None:
        """Take what was dragged into the document, or choose the region there."""
        start, self._start, self._at = self._start, None, at
        was_dragging, self._is_dragging = self._is_dragging, False
        corner, self._corner = self._corner, None
        if start is None:
            return
        is_thin = min(abs(at[0] - start[0]), abs(at[1] - start[1])) < reach
        if not was_dragging or (corner is None and is_thin):
            # What is drawn by a hand that slipped would be in everybody's way.
            page = self._commands.page
            self._tools.choose((), region_around(page.regions, at) if page else "")
        elif corner is not None:
            polygon = _with_corner(self._border, corner, at)
            self._commands.reshape_region(self._tools.region, polygon)
        else:
            self._commands.add_region(rectangle(start, at))

    def finish(self) -> None:
        """Close the region whose corners were clicked."""
        points, self._points = self._points, []
        if len(set(points)) > 2:
            self._commands.add_region(points)

    def step_back(self) -> None:
        """Take the last corner back."""
        del self._points[-1:]

    def drop(self) -> None:
        """Forget what was begun."""
        self._points, self._start, self._corner = [], None, None
        self._is_dragging = False

    def marks(self) -> Marks:
        """Return the region as it would be, or the corners of the chosen one."""
        if self._points:
            way = (*self._points, self._at)
            return Marks(points=tuple(self._points), frame=way, way=way)
        if self._is_dragging and self._start is not None:
            if self._corner is not None:
                border = _with_corner(self._border, self._corner, self._at)
                return Marks(points=border, frame=border)
            return Marks(frame=rectangle(self._start, self._at))
        return Marks(points=self._border)

    @property
    def _border(self) -> tuple[Point, ...]:
        """The border of the chosen region."""
        page: Page | None = self._commands.page
        for region in page.regions if page else ():
            if region.id == self._tools.region:
                return region.polygon
        return ()


def _with_corner(border: tuple[Point, ...], index: int, to: Point) -> tuple[Point, ...]:
    """Return a border with one corner elsewhere; a rectangle stays one."""
    if index >= len(border):
        # A run or an undo took the region away while the mouse was down.
        return border
    x, y = border[index]
    is_upright = len(border) == 4 and all(
        (a[0] == b[0]) != (a[1] == b[1]) for a, b in pairwise((*border, border[0]))
    )
    if not is_upright:
        return (*border[:index], to, *border[index + 1 :])
    return tuple(
        (to[0] if px == x else px, to[1] if py == y else py) for px, py in border
    )
