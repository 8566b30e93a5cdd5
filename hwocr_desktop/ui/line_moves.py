"""Choosing lines with the mouse, and dragging what is chosen."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Literal

from hwocr_desktop.core.document.document import Line
from hwocr_desktop.core.pixels.geometry import LineShape, Point
from hwocr_desktop.core.pixels.line_drawing import (
    LEAST_HEIGHT,
    length_of,
    nearest_on,
    shifted,
    simplified,
    with_height,
    with_new_point,
    with_point,
)
from hwocr_desktop.ui.line_commands import LineCommands
from hwocr_desktop.ui.line_marks import Marks
from hwocr_desktop.ui.line_tools import LineTools

Hold = Literal["", "point", "height", "lines", "frame"]
_ROOMY = 3.0  # reaches between two points, so that one fits in between


class MoveGesture:
    """Chooses lines; drags their points, their height, or all of them."""

    count = 0

    def __init__(
        self,
        commands: LineCommands,
        tools: LineTools,
        line_at: Callable[[Point], Line | None],
    ) -> None:
        self._commands, self._tools = commands, tools
        self._line_at = line_at
        self._hold: Hold = ""
        self._start: Point = (0.0, 0.0)
        self._at: Point = (0.0, 0.0)
        self._reach = 1.0
        self._is_dragging = False
        self._adds = False
        self._shape: LineShape | None = None
        self._index = 0

    @property
    def is_begun(self) -> bool:
        """Whether something is dragged."""
        return bool(self._hold) and self._is_dragging

    def press(self, at: Point, reach: float, *, has_shift: bool, is_ctrl: bool) -> None:
        """Take hold of what is there."""
        self._start = self._at = at
        self._reach, self._is_dragging, self._adds = reach, False, is_ctrl or has_shift
        self._shape = None
        line = self.only_line
        if line is not None and not self._adds and self._take_handle(line, at, reach):
            return
        found = self._line_at(at)
        if found is None:
            self._hold = "frame"
        elif has_shift:
            self._choose_up_to(found.id)
            self._hold = ""
        elif is_ctrl:
            chosen = self._tools.lines
            others = [i for i in chosen if i != found.id]
            self._tools.choose(others if found.id in chosen else [*chosen, found.id])
            self._hold = ""
        elif found.id in self._tools.lines:
            self._hold = "lines"
        else:
            self._tools.choose([found.id])
            # What was just chosen is not moved by a hand that shakes.
            self._hold = "frame"

    def move(self, at: Point, reach: float, *, is_down: bool) -> None:
        """Drag what is held."""
        if not is_down or not self._hold:
            return
        self._at = at
        self._is_dragging |= math.dist(at, self._start) > reach / 2

    def release(self, at: Point, reach: float) -> None:
        """Take what was dragged into the document."""
        hold, self._hold = self._hold, ""
        was_dragging, self._is_dragging = self._is_dragging, False
        self._at = at
        if not was_dragging:
            found = self._line_at(at)
            if hold == "lines" and found is not None:
                self._tools.choose([found.id])
            elif hold == "frame" and found is None and not self._adds:
                self._tools.choose()
            return
        if hold == "frame":
            self._choose_within()
            return
        shapes = self._moved(hold)
        if hold == "height" and shapes:
            self._commands.set_height(*next(iter(shapes.items())))
        elif shapes:
            self._commands.reshape(shapes)

    def finish(self) -> None:
        """Do nothing more."""

    def step_back(self) -> None:
        """Do nothing more."""

    def drop(self) -> None:
        """Leave what was dragged where it was."""
        self._hold, self._is_dragging = "", False

    def point_at(self, at: Point, reach: float) -> int | None:
        """Return which point of the only chosen line is there."""
        line = self.only_line
        points = simplified(line.shape).baseline if line else ()
        return nearest_point(points, at, reach)

    @property
    def only_line(self) -> Line | None:
        """The chosen line, if it is one alone."""
        chosen, page = self._tools.lines, self._commands.page
        if len(chosen) != 1 or page is None:
            return None
        return next((line for line in page.lines if line.id == chosen[0]), None)

    def marks(self) -> Marks:
        """Return the handles of the only chosen line, and what is dragged."""
        if self.is_begun and self._hold == "frame":
            return Marks(frame=rectangle(self._start, self._at))
        line = self.only_line
        if self.is_begun:
            shapes = tuple(self._moved(self._hold).values())
            points = shapes[0].baseline if len(shapes) == 1 else ()
            handle = height_handle(shapes[0]) if len(shapes) == 1 else None
            return Marks(shapes=shapes, points=points, height_handle=handle)
        if line is None:
            return Marks()
        plain = simplified(line.shape)
        return Marks(
            points=plain.baseline,
            between=tuple(p for _, p in _between(plain, self._reach)),
            height_handle=height_handle(plain),
        )

    def set_reach(self, reach: float) -> None:
        """Take notice of the zoom."""
        self._reach = reach

    def _take_handle(self, line: Line, at: Point, reach: float) -> bool:
        plain = simplified(line.shape)
        if math.dist(height_handle(plain), at) <= reach:
            self._hold, self._shape = "height", line.shape
            return True
        index = nearest_point(plain.baseline, at, reach)
        if index is not None:
            self._hold, self._shape, self._index = "point", plain, index
            return True
        for segment, point in _between(plain, reach):
            if math.dist(point, at) <= reach:
                self._shape = with_new_point(plain, segment, point)
                self._hold, self._index = "point", segment + 1
                return True
        return False

    def _moved(self, hold: Hold) -> dict[str, LineShape]:
        """Return the lines as they would be if the button went up now."""
        page, line = self._commands.page, self.only_line
        dx, dy = self._at[0] - self._start[0], self._at[1] - self._start[1]
        if hold == "lines" and page is not None:
            chosen = set(self._tools.lines)
            return {
                one.id: shifted(one.shape, dx, dy)
                for one in page.lines
                if one.id in chosen
            }
        if line is None or self._shape is None:
            return {}
        if hold == "height":
            return {line.id: _as_high_as(self._shape, self._at)}
        if hold == "point":
            x, y = self._shape.baseline[self._index]
            try:
                changed = with_point(self._shape, self._index, (x + dx, y + dy))
            except ValueError:  # both ends at one place
                return {}
            return {line.id: changed}
        return {}

    def _choose_up_to(self, line_id: str) -> None:
        """Choose all lines from the one chosen last to another, in reading order."""
        page = self._commands.page
        ids = [line.id for line in page.lines] if page else []
        last = self._tools.lines[-1:] or (line_id,)
        low, high = sorted((ids.index(last[0]), ids.index(line_id)))
        self._tools.choose([*self._tools.lines, *ids[low : high + 1]])

    def _choose_within(self) -> None:
        """Choose the lines that the frame touches, beside those chosen with Ctrl."""
        (x0, y0), _, (x1, y1), _ = rectangle(self._start, self._at)
        page = self._commands.page
        found = [
            line.id
            for line in (page.lines if page else ())
            if any(_is_within(p, x0, y0, x1, y1) for p in _spread(line.shape))
        ]
        self._tools.choose([*(self._tools.lines if self._adds else ()), *found])


def height_handle(shape: LineShape) -> Point:
    """Return where a line's height is taken hold of: above its middle."""
    middle = length_of(shape.baseline) / 2
    for a, b in pairwise(shape.baseline):
        size = math.dist(a, b)
        if size and middle <= size:
            x, y = (b[0] - a[0]) / size, (b[1] - a[1]) / size
            foot = a[0] + x * middle, a[1] + y * middle
            return foot[0] + y * shape.ascent, foot[1] - x * shape.ascent
        middle -= size
    x, y = shape.baseline[-1]
    return x, y - shape.ascent


def _as_high_as(shape: LineShape, at: Point) -> LineShape:
    """Return the line as high as a point is away from its baseline."""
    away = nearest_on(shape.baseline, at)[2]
    share = shape.ascent / max(shape.ascent + shape.descent, 1e-6)
    return with_height(shape, max(away / max(share, 0.1), LEAST_HEIGHT))


def _between(shape: LineShape, reach: float) -> list[tuple[int, Point]]:
    """Return the middles of the segments that have room for a point."""
    return [
        (number, ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2))
        for number, (a, b) in enumerate(pairwise(shape.baseline))
        if math.dist(a, b) > 2 * _ROOMY * reach
    ]


def nearest_point(points: tuple[Point, ...], at: Point, reach: float) -> int | None:
    """Return which point is within reach and nearest."""
    away = [(math.dist(point, at), index) for index, point in enumerate(points)]
    best = min(away, default=(math.inf, 0))
    return best[1] if best[0] <= reach else None


def rectangle(one: Point, other: Point) -> tuple[Point, Point, Point, Point]:
    """Return the upright rectangle between two points, from its upper left corner."""
    (x0, x1), (y0, y1) = sorted((one[0], other[0])), sorted((one[1], other[1]))
    return (x0, y0), (x1, y0), (x1, y1), (x0, y1)


def _is_within(p: Point, x0: float, y0: float, x1: float, y1: float) -> bool:
    return x0 <= p[0] <= x1 and y0 <= p[1] <= y1


def _spread(shape: LineShape) -> list[Point]:
    """Return points along a baseline near enough for a frame to catch one."""
    points: list[Point] = []
    for (x0, y0), (x1, y1) in pairwise(shape.baseline):
        points += [(x0 + (x1 - x0) * n / 8, y0 + (y1 - y0) * n / 8) for n in range(9)]
    return points
