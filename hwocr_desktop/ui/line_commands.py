"""What is done to the chosen lines and regions; each command is one step of undo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import Page, Project
from hwocr_desktop.core.pixels.geometry import LineShape, Point
from hwocr_desktop.core.pixels.line_drawing import (
    simplified,
    turned_round,
    with_height,
    without_point,
)
from hwocr_desktop.core.pixels.rows import are_stacked
from hwocr_desktop.ui.line_tools import LineTools

if TYPE_CHECKING:
    from hwocr_desktop.app.session import Session

HEIGHT_STEP = 1.1
"""How much higher one press of a key makes a line."""


class LineCommands(QObject):
    """Changes the lines of the page shown.

    Parameters
    ----------
    session : Session
    tools : LineTools
        Knows what is chosen.
    parent : QObject

    Signals
    -------
    refused : str
        Why something could not be done, in one sentence.
    leaving : str
        Id of a line that stays, before others near it are taken away.
    """

    refused = Signal(str)
    leaving = Signal(str)

    def __init__(self, session: Session, tools: LineTools, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._tools = session, tools
        self.is_busy = False

    @property
    def page(self) -> Page | None:
        """The page shown."""
        return self._session.page

    # ----- what menus and keys ask for ----------------------------------------

    @Slot()
    def join(self) -> None:
        """Make one line of those chosen."""
        chosen = self._tools.lines
        if len(chosen) < 2:
            self.refused.emit(self.tr("Choose the lines to join first, with Ctrl."))
            return
        first = self._first(chosen)
        if self._join(chosen):
            self._tools.choose([first])

    def join_next(self, line_id: str) -> None:
        """Join a line and the one that is read after it."""
        lines = self.page.lines if self.page else ()
        ids = [line.id for line in lines]
        after = ids[ids.index(line_id) + 1 :] if line_id in ids else []
        if after:
            self._join([line_id, after[0]])

    def split_text(self, line_id: str, position: int) -> str:
        """Cut a line at a place of its text; return the id of its end, or ""."""
        before = self._ids()
        self._do(self.tr("Split line"), edits.split_line_in_text, line_id, position)
        return next(iter(self._ids() - before), "")

    @Slot()
    def one_per_row(self) -> None:
        """Join the pieces of each row: of the chosen lines, or else of a region."""
        page = self.page
        if page is None:
            return
        chosen: Sequence[str] = self._tools.lines
        if len(chosen) < 2:
            region = self._tools.region
            if chosen:
                region = page.line(chosen[0]).region
            if not region:
                # Of a page with two columns it would make one.
                self.refused.emit(
                    self.tr(
                        "Choose a region, or lines of one column first; Ctrl+A "
                        "chooses all lines of the page."
                    )
                )
                return
            chosen = [line.id for line in page.lines if line.region == region]
        if not self._do(self.tr("One line per row"), edits.one_line_per_row, chosen):
            self.refused.emit(self.tr("Every row here has one line already."))

    @Slot()
    def turn_round(self) -> None:
        """Let the chosen lines be read from their other end."""
        self._reshape(self.tr("Turn lines round"), turned_round)

    @Slot(bool)
    def mark_print(self, is_print: bool) -> None:
        """Say whether the chosen lines are printed, not written by hand."""
        label = self.tr("Mark as printed") if is_print else self.tr("Mark as written")
        self._do(label, _mark_print, self._tools.lines, is_print)

    @Slot()
    def raise_height(self) -> None:
        """Make the chosen lines higher."""
        self._reshape(
            self.tr("Height of lines"),
            lambda s: with_height(s, (s.ascent + s.descent) * HEIGHT_STEP),
        )

    @Slot()
    def lower_height(self) -> None:
        """Make the chosen lines less high."""
        self._reshape(
            self.tr("Height of lines"),
            lambda s: with_height(s, (s.ascent + s.descent) / HEIGHT_STEP),
        )

    @Slot()
    def remove(self) -> None:
        """Take the chosen lines, or the chosen region, off the page."""
        page, chosen, region = self.page, self._tools.lines, self._tools.region
        if page is None:
            return
        if chosen:
            self._keep_place(page, set(chosen))
            label = self.tr("Delete lines") if chosen[1:] else self.tr("Delete line")
            self._do(label, edits.remove_lines, chosen)
        elif region:
            self._do(self.tr("Delete region"), edits.remove_region, region)

    # ----- what the mouse asks for --------------------------------------------

    def draw(self, shape: LineShape) -> None:
        """Add a line and choose it."""
        before = self._ids()
        if self._do(self.tr("Draw line"), edits.draw_line, shape):
            self._tools.choose(self._ids() - before)

    def split(self, line_id: str, at: Point) -> None:
        """Cut a line in two and choose both."""
        before = self._ids()
        if self._do(self.tr("Split line"), edits.split_line, line_id, at):
            self._tools.choose([line_id, *(self._ids() - before)])

    def reshape(self, shapes: dict[str, LineShape]) -> None:
        """Say where lines are."""
        self._do(self.tr("Move line"), edits.reshape_lines, shapes)

    def set_height(self, line_id: str, shape: LineShape) -> None:
        """Say how high a line is."""
        self._do(self.tr("Height of lines"), edits.reshape_lines, {line_id: shape})

    def remove_point(self, line_id: str, index: int) -> None:
        """Take a bend of a line away; two points are the least."""
        page = self.page
        if page is not None:
            plain = simplified(page.line(line_id).shape)
            if len(plain.baseline) > 2:
                shape = without_point(plain, index)
                self._do(self.tr("Remove point"), edits.reshape_line, line_id, shape)
            else:
                self.refused.emit(self.tr("A line has a beginning and an end."))

    def order(self, line_ids: Sequence[str]) -> bool:
        """Let lines be read one after another; whether that is so now."""
        self._do(self.tr("Order lines"), edits.order_lines, line_ids)
        ids = [line.id for line in self.page.lines] if self.page else []
        start = ids.index(line_ids[0]) if line_ids[0] in ids else 0
        return ids[start : start + len(line_ids)] == list(line_ids)

    @Slot(str, int)
    def move_to(self, line_id: str, index: int) -> None:
        """Let a line be read at a place, from 0."""
        self._do(self.tr("Order lines"), edits.move_line, line_id, index)

    def step(self, line_id: str, by: int) -> None:
        """Let a line be read earlier or later."""
        ids = [line.id for line in self.page.lines] if self.page else []
        if line_id in ids and 0 <= ids.index(line_id) + by < len(ids):
            self.move_to(line_id, ids.index(line_id) + by)

    def add_region(self, polygon: Sequence[Point]) -> None:
        """Add a region of the kind that is set and choose it."""
        kind = self._tools.kind
        label, small = self.tr("Draw region"), self._too_small()
        if self._do(label, edits.add_region, polygon, kind, refusal=small):
            page = self.page
            self._tools.choose((), page.regions[-1].id if page else "")

    def reshape_region(self, region_id: str, polygon: Sequence[Point]) -> None:
        """Give a region another border."""
        label, small = self.tr("Change region"), self._too_small()
        self._do(label, edits.reshape_region, region_id, polygon, refusal=small)

    def _too_small(self) -> str:
        return self.tr("The region would be too small.")

    def put_in_region(self, region_id: str) -> None:
        """Put the chosen lines in a region, wherever they lie, or in none for ""."""
        chosen = self._tools.lines
        self._do(self.tr("Put in region"), edits.put_in_region, chosen, region_id)

    def set_kind(self, kind: str) -> None:
        """Say what the chosen region is, and what the next ones are."""
        if self._tools.region:
            label = self.tr("Kind of region")
            self._do(label, edits.retype_region, self._tools.region, kind)
        self._tools.set_kind(kind)

    # ----- one way for all ----------------------------------------------------

    def _do(
        self, label: str, edit: Callable[..., Project], *rest: Any, refusal: str = ""
    ) -> bool:
        """Make one step; whether anything changed.

        `refusal` is said if the edit cannot be, instead of what is said of lines.
        """
        page, before = self.page, self._session.project
        if page is None:
            return False
        try:
            project = edit(before, page.id, *rest)
        except KeyError:
            # A run or an undo took it away while the mouse was down.
            self.refused.emit(self.tr("This is not on the page any more."))
            return False
        except ValueError:
            too_short = self.tr("There is too little of the line left here.")
            self.refused.emit(refusal or too_short)
            return False
        self.is_busy = True
        try:
            self._session.commit(label, project)
        finally:
            self.is_busy = False
        return bool(self._session.project != before)

    def _join(self, line_ids: Sequence[str]) -> bool:
        lines = self.page.lines if self.page else ()
        if are_stacked([line.shape for line in lines if line.id in line_ids]):
            # Of one of them no trace would be left on the page.
            self.refused.emit(
                self.tr("Only lines beside each other can be joined, not these.")
            )
            return False
        return self._do(self.tr("Join lines"), edits.join_lines, line_ids)

    def _reshape(self, label: str, change: Callable[[LineShape], LineShape]) -> None:
        page = self.page
        if page is not None and self._tools.lines:
            shapes = {i: change(page.line(i).shape) for i in self._tools.lines}
            self._do(label, edits.reshape_lines, shapes)

    def _keep_place(self, page: Page, gone: set[str]) -> None:
        """Go to a line that stays, so that the text does not jump to its beginning."""
        places = [i for i, line in enumerate(page.lines) if line.id in gone]
        after = [line.id for line in page.lines[places[-1] :] if line.id not in gone]
        before = [line.id for line in page.lines[: places[0]] if line.id not in gone]
        if after or before:
            self.leaving.emit(after[0] if after else before[-1])

    def _ids(self) -> set[str]:
        return {line.id for line in self.page.lines} if self.page else set()

    def _first(self, line_ids: Sequence[str]) -> str:
        """Return which of some lines is read first."""
        lines = self.page.lines if self.page else ()
        return next((line.id for line in lines if line.id in line_ids), "")


def _mark_print(
    project: Project, page_id: str, line_ids: Sequence[str], is_print: bool
) -> Project:
    for line_id in line_ids:
        project = edits.mark_print(project, page_id, line_id, is_print)
    return project
