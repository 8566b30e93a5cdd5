"""What the mouse does with each tool that edits lines.

A gesture keeps what has been clicked so far and says what to show; the document
changes only when it ends. Points are in page pixels, ``reach`` is how far around a
point the mouse still means it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

from hwocr_desktop.core.document.document import Line, Page
from hwocr_desktop.core.pixels.geometry import LineShape, Point
from hwocr_desktop.core.pixels.line_drawing import (
    LEAST_LENGTH,
    in_direction,
    length_of,
    middle_of,
    nearest_on,
    shape_along,
    split_shape,
    usual_heights,
)
from hwocr_desktop.ui.line_commands import LineCommands
from hwocr_desktop.ui.line_marks import Marks
from hwocr_desktop.ui.line_tools import LineTools

LineAt = Callable[[Point], Line | None]


class Gesture(Protocol):
    """One tool's way with the mouse."""

    @property
    def is_begun(self) -> bool:
        """Whether there is something to finish or to drop."""

    @property
    def count(self) -> int:
        """How many points, corners or lines were clicked."""

    def press(self, at: Point, reach: float, *, has_shift: bool, is_ctrl: bool) -> None:
        """Take the left button that went down."""

    def move(self, at: Point, reach: float, *, is_down: bool) -> None:
        """Follow the mouse."""

    def release(self, at: Point, reach: float) -> None:
        """Take the left button that went up."""

    def finish(self) -> None:
        """Take what is there as done: Enter, or a double click."""

    def step_back(self) -> None:
        """Take the last point back: Backspace."""

    def drop(self) -> None:
        """Forget all that was begun: Esc."""

    def marks(self) -> Marks:
        """Return what to show."""


class DrawGesture:
    """Draws a line: two clicks, a drag, or as many clicks as it has bends."""

    def __init__(self, commands: LineCommands, tools: LineTools) -> None:
        self._commands, self._tools = commands, tools
        self._points: list[Point] = []
        self._at: Point | None = None

    @property
    def is_begun(self) -> bool:
        """Whether a point was clicked."""
        return bool(self._points)

    @property
    def count(self) -> int:
        """How many points were clicked."""
        return len(self._points)

    def press(self, at: Point, reach: float, *, has_shift: bool, is_ctrl: bool) -> None:
        """Add a point; the second one ends a line without bends."""
        if self._points and math.dist(self._points[-1], at) < max(reach / 3, 1.0):
            return
        self._points.append(at)
        self._at = at
        if len(self._points) > 1 and not (has_shift or self._tools.has_bends):
            self.finish()

    def move(self, at: Point, reach: float, *, is_down: bool) -> None:
        """Show where the line would go."""
        self._at = at

    def release(self, at: Point, reach: float) -> None:
        """Take a drag from the first point as the whole line."""
        if len(self._points) == 1 and math.dist(self._points[0], at) > 3 * reach:
            self._points.append(at)
            if not self._tools.has_bends:
                self.finish()

    def finish(self) -> None:
        """Add the line."""
        shape, self._points = self._shape(self._points), []
        if shape is not None:
            self._commands.draw(shape)

    def step_back(self) -> None:
        """Take the last point back."""
        del self._points[-1:]

    def drop(self) -> None:
        """Forget the line."""
        self._points = []

    def marks(self) -> Marks:
        """Return the line as it would be, up to the mouse."""
        if not self._points:
            return Marks()
        way = (*self._points, *([self._at] if self._at else []))
        shape = self._shape(way)
        return Marks(
            shapes=(shape,) if shape else (), points=tuple(self._points), way=way
        )

    def _shape(self, points: list[Point] | tuple[Point, ...]) -> LineShape | None:
        page = self._commands.page
        if page is None or length_of(points) < LEAST_LENGTH:
            return None
        shapes = [line.shape for line in page.lines]
        baseline = in_direction(points, shapes)
        (x0, y0), (x1, y1) = baseline[0], baseline[-1]
        middle = (x0 + x1) / 2, (y0 + y1) / 2
        try:
            return shape_along(baseline, *usual_heights(shapes, middle, page.height))
        except ValueError:  # it went there and back to the very same point
            return None


class SplitGesture:
    """The scissors: shows where a line would be cut, and cuts it there."""

    def __init__(self, commands: LineCommands, line_at: LineAt) -> None:
        self._commands, self._line_at = commands, line_at
        self._cut: tuple[Point, ...] = ()

    is_begun = False
    count = 0

    def press(self, at: Point, reach: float, *, has_shift: bool, is_ctrl: bool) -> None:
        """Cut the line there."""
        line = self._line_at(at)
        self._cut = ()
        if line is not None:
            self._commands.split(line.id, at)

    def move(self, at: Point, reach: float, *, is_down: bool) -> None:
        """Show where it would be cut."""
        line = self._line_at(at)
        self._cut = () if line is None else _across(line.shape, at)

    def release(self, at: Point, reach: float) -> None:
        """Do nothing more."""

    def finish(self) -> None:
        """Do nothing more."""

    def step_back(self) -> None:
        """Do nothing more."""

    def drop(self) -> None:
        """Put no cut in sight."""
        self._cut = ()

    def marks(self) -> Marks:
        """Return the cut."""
        return Marks(cut=self._cut)


class OrderGesture:
    """Lets lines be read in the order in which they are clicked."""

    def __init__(self, commands: LineCommands, line_at: LineAt) -> None:
        self._commands, self._line_at = commands, line_at
        # Each line, and where it stood before it was clicked.
        self._clicked: list[tuple[str, int]] = []

    @property
    def is_begun(self) -> bool:
        """Whether a line was clicked."""
        return bool(self._clicked)

    @property
    def count(self) -> int:
        """How many lines were clicked."""
        return len(self._clicked)

    @property
    def line_ids(self) -> tuple[str, ...]:
        """The lines that were clicked, in order."""
        return tuple(line_id for line_id, _ in self._clicked)

    @property
    def number(self) -> int:
        """The number on the page of the line clicked last; 0 for none."""
        page, last = self._commands.page, self.line_ids[-1:]
        ids = [line.id for line in page.lines] if page else []
        return next((n for n, name in enumerate(ids, start=1) if name in last), 0)

    def press(self, at: Point, reach: float, *, has_shift: bool, is_ctrl: bool) -> None:
        """Let the line there come next."""
        line, page = self._line_at(at), self._commands.page
        if line is None or page is None or line.id in self.line_ids:
            return
        place = [one.id for one in page.lines].index(line.id)
        if not self._clicked or self._commands.order((*self.line_ids, line.id)):
            self._clicked.append((line.id, place))

    def move(self, at: Point, reach: float, *, is_down: bool) -> None:
        """Do nothing more."""

    def release(self, at: Point, reach: float) -> None:
        """Do nothing more."""

    def finish(self) -> None:
        """End this run of clicks; the next one begins anew."""
        self._clicked = []

    def step_back(self) -> None:
        """Put the line that was clicked last where it stood before."""
        if self._clicked:
            line_id, place = self._clicked.pop()
            if self._clicked:
                self._commands.move_to(line_id, place)

    def drop(self) -> None:
        """End this run of clicks; what was ordered stays, and can be undone."""
        self._clicked = []

    def follow(self, page: Page | None) -> None:
        """Forget clicks that no longer hold, after an undo for instance."""
        ids = [line.id for line in page.lines] if page else []
        clicked = self.line_ids
        if not clicked or clicked[0] not in ids:
            self._clicked = []
            return
        start = ids.index(clicked[0])
        held = 0
        for one, other in zip(clicked, ids[start:], strict=False):
            if one != other:
                break
            held += 1
        del self._clicked[held:]

    def marks(self) -> Marks:
        """Return the way from line to line."""
        page = self._commands.page
        if page is None or not self._clicked:
            return Marks()
        known = {line.id: line.shape for line in page.lines}
        shapes = [known[i] for i in self.line_ids if i in known]
        middles = tuple(middle_of(shape) for shape in shapes)
        return Marks(points=middles[-1:], path=middles)


def _across(shape: LineShape, at: Point) -> tuple[Point, ...]:
    """Return the cut across a line nearest to a point, none where it cannot be."""
    try:
        first, _, _ = split_shape(shape, at)
    except ValueError:
        return ()
    segment, foot, _ = nearest_on(shape.baseline, at)
    (x0, y0), (x1, y1) = shape.baseline[segment : segment + 2]
    size = math.dist((x0, y0), (x1, y1)) or 1.0
    up = (y1 - y0) / size, -(x1 - x0) / size
    x, y = foot
    return (
        (x + up[0] * first.ascent, y + up[1] * first.ascent),
        (x - up[0] * first.descent, y - up[1] * first.descent),
    )
