"""Editing lines on the page: from mouse and keys to the tool in the hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent

from hwocr_desktop.app.requests import Notice, ProjectChange
from hwocr_desktop.core.document.document import Line
from hwocr_desktop.core.pixels.geometry import Point
from hwocr_desktop.ui.line_commands import LineCommands
from hwocr_desktop.ui.line_gestures import (
    DrawGesture,
    Gesture,
    OrderGesture,
    SplitGesture,
)
from hwocr_desktop.ui.line_moves import MoveGesture
from hwocr_desktop.ui.line_tools import LineTools, Tool
from hwocr_desktop.ui.region_gesture import RegionGesture
from hwocr_desktop.ui.scan_view import ScanView
from hwocr_desktop.ui.shape_menu import shape_menu

if TYPE_CHECKING:
    from hwocr_desktop.app.session import Session

REACH_PX = 9.0
"""How far from a point, in pixels of the screen, the mouse still means it."""

_CURSORS = {
    "move": Qt.CursorShape.ArrowCursor,
    "order": Qt.CursorShape.PointingHandCursor,
}


class LineEditing(QObject):
    """Edits the lines of the page shown, in both views of it.

    Parameters
    ----------
    session : Session
    views : tuple of ScanView

    Signals
    -------
    asked : str
        What a person is to do next has changed; "" or why something was refused.
    line_clicked : str
        Id of the line that was chosen.
    noticed : Notice
        Why something was refused while the tools are not in the hand.
    """

    asked = Signal(str)
    line_clicked = Signal(str)
    noticed = Signal(object)

    def __init__(
        self, session: Session, views: tuple[ScanView, ...], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._views = session, views
        self.tools = LineTools(self)
        self.commands = LineCommands(session, self.tools, self)
        # Of the window, for the menu of a line.
        self.actions: Mapping[str, QAction] = {}
        self._is_down = self._is_refused = False
        self._order = OrderGesture(self.commands, self._line_at)
        self._move = MoveGesture(self.commands, self.tools, self._line_at)
        self._gestures: dict[Tool, Gesture] = {
            "move": self._move,
            "draw": DrawGesture(self.commands, self.tools),
            "split": SplitGesture(self.commands, self._line_at),
            "order": self._order,
            "region": RegionGesture(self.commands, self.tools),
        }
        self._held = self._gesture
        self.tools.changed.connect(self._on_tools_changed)
        self.tools.chosen_changed.connect(self._on_chosen_changed)
        self.commands.refused.connect(self._on_refused)
        self.commands.leaving.connect(self.line_clicked)
        session.project_changed.connect(self._on_project_changed)
        session.page_selected.connect(self._on_page_selected)

    @property
    def cursor(self) -> Qt.CursorShape:
        """What the mouse looks like with the tool in the hand."""
        return _CURSORS.get(self.tools.tool, Qt.CursorShape.CrossCursor)

    @property
    def count(self) -> int:
        """How many points, corners or lines have been clicked."""
        return self._gesture.count

    @property
    def undo_label(self) -> str:
        """What `take_back` would take back, or ""."""
        if self.tools.is_on and self._is_dragging:
            return self.tr("Dragging")
        is_drawing = self.tools.is_on and self.tools.tool in ("draw", "region")
        return self.tr("Point") if is_drawing and self._gesture.is_begun else ""

    @property
    def ordered_number(self) -> int:
        """Number of the line that was put in order last; 0 for none."""
        return self._order.number

    # ----- the mouse, as a tool of the views -----------------------------------

    def press(self, at: QPointF, event: QMouseEvent) -> bool:
        """Take the left button; the others are left to the view."""
        self._is_refused = False
        if event.button() == Qt.MouseButton.RightButton:
            self._on_right(self._on_page(at), event.globalPosition().toPoint())
            return True
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        keys = event.modifiers()
        gesture = self._gesture
        if event.type() == QEvent.Type.MouseButtonDblClick:
            # The first click of the two has added its point already.
            if gesture.is_begun and self.tools.tool in ("draw", "region"):
                gesture.finish()
                self._show()
            if self.tools.tool in ("draw", "region", "split"):
                return True
        self._is_down = True
        gesture.press(
            self._on_page(at),
            self._reach,
            has_shift=bool(keys & Qt.KeyboardModifier.ShiftModifier),
            is_ctrl=bool(keys & Qt.KeyboardModifier.ControlModifier),
        )
        self._show()
        return True

    def move(self, at: QPointF) -> None:
        """Follow the mouse."""
        before = self.undo_label
        self._gesture.move(self._on_page(at), self._reach, is_down=self._is_down)
        self._show(is_asking=self.undo_label != before)

    def release(self, at: QPointF, event: QMouseEvent) -> None:
        """Take the left button that went up."""
        if event.button() != Qt.MouseButton.LeftButton or not self._is_down:
            return
        self._is_down = False
        self._gesture.release(self._on_page(at), self._reach)
        self._show()

    def leave(self) -> None:
        """Know that the mouse is gone: nothing is about to be cut."""
        if not self._is_down and self.tools.tool == "split":
            self._gesture.drop()
            self._show(is_asking=False)

    # ----- keys -----------------------------------------------------------------

    def take_key(self, event: QKeyEvent) -> bool:
        """Finish, step back, drop or delete; False for keys that mean nothing here."""
        if not self.tools.is_on:
            return False
        self._is_refused = False
        key, gesture = event.key(), self._gesture
        # What is finished is left alone by keys meant for what is in the hand.
        is_busy = gesture.is_begun or self._is_down
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            gesture.finish()
        elif key == Qt.Key.Key_Backspace or (key == Qt.Key.Key_Delete and is_busy):
            gesture.step_back()
        elif key == Qt.Key.Key_Delete:
            self.commands.remove()
        elif key == Qt.Key.Key_Escape:
            self._put_down()
        elif (
            key == Qt.Key.Key_A
            and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            page = self._session.page
            if page is not None and not is_busy:
                self.tools.choose(line.id for line in page.lines)
        else:
            return False
        self._show()
        return True

    def take_back(self) -> bool:
        """Put back what is dragged, or the last point; whether anything was.

        What is ordered by clicks is in the document already.
        """
        is_begun = bool(self.undo_label)
        if is_begun and not self._is_dragging:
            self._gesture.step_back()
        elif self.tools.tool in ("move", "region"):
            # What is held is not as it was before the step that is undone.
            self._is_down = False
            self._gesture.drop()
        self._show()
        return is_begun

    def _put_down(self) -> None:
        """Drop what was begun, or else what is chosen, or else the tools."""
        self._is_down = False
        if self._gesture.is_begun:
            self._gesture.drop()
        elif self.tools.lines or self.tools.region:
            self.tools.choose()
        else:
            self.tools.set_on(False)

    # ----- what the window and the session tell ---------------------------------

    def choose_line(self, line_id: str) -> None:
        """Follow the line that is current in the text."""
        if not self.tools.is_on or self.commands.is_busy:
            return
        if line_id and line_id not in self.tools.lines and not self.tools.region:
            self.tools.choose([line_id])

    @Slot()
    def set_scale(self) -> None:
        """Take notice of the zoom."""
        self._move.set_reach(self._reach)
        if self.tools.is_on:
            self._show(is_asking=False)

    @Slot(str)
    def _on_page_selected(self, page_id: str) -> None:
        self._drop_all()
        self.tools.choose()
        self._show()

    @Slot(object)
    def _on_project_changed(self, change: ProjectChange) -> None:
        self.tools.forget_gone(self._session.page)
        page = self._session.page
        self._order.follow(page)
        if all(page is not before for before in change.before.pages):
            self._is_refused = False
        if self.tools.is_on:
            self._show()

    @Slot(str)
    def _on_refused(self, why: str) -> None:
        # Above the page it stays until the next press, or until something works.
        self._is_refused = True
        self.asked.emit(why)
        if not self.tools.is_on:
            self.noticed.emit(Notice(why))

    @Slot()
    def _on_tools_changed(self) -> None:
        self._is_refused = False
        if self._gesture is not self._held or not self.tools.is_on:
            self._drop_all()
        self._held = self._gesture
        if self.tools.tool not in ("move", "region"):
            self.tools.choose()
        for view in self._views:
            view.set_tool(self if self.tools.is_on else None)
            view.page_marks.setVisible(self.tools.is_on)
        self._show()

    @Slot()
    def _on_chosen_changed(self) -> None:
        chosen = self.tools.lines
        for view in self._views:
            view.overlay.mark(frozenset(chosen))
        if self.tools.is_on:
            # Of several, the text stays at the one where it is.
            if chosen and (not chosen[1:] or self._current not in chosen):
                self.line_clicked.emit(chosen[-1])
            self._show()

    @property
    def _current(self) -> str:
        """The line that is current in the text."""
        return self._views[0].overlay.selected

    # ----- inside ---------------------------------------------------------------

    @property
    def _gesture(self) -> Gesture:
        return self._gestures[self.tools.tool]

    @property
    def _reach(self) -> float:
        return REACH_PX / max(self._views[0].look.scale, 1e-6)

    @property
    def _is_dragging(self) -> bool:
        """Whether the mouse holds something that goes where the button goes up."""
        is_held = self.tools.tool in ("move", "region") and not self.count
        return is_held and self._gesture.is_begun

    def _line_at(self, at: Point) -> Line | None:
        line = self._views[0].overlay.line_at(QPointF(*at))
        page = self._session.page
        known = {one.id: one for one in page.lines} if page else {}
        # The overlay draws a little later than the document changes.
        return known.get(line.id) if line is not None else None

    def _on_page(self, at: QPointF) -> Point:
        """Return a point moved onto the page, to a tenth of a pixel."""
        page = self._session.page
        width, height = (page.width, page.height) if page else (1, 1)
        return (
            round(min(max(at.x(), 0.0), width - 1.0), 1),
            round(min(max(at.y(), 0.0), height - 1.0), 1),
        )

    def _on_right(self, at: Point, on_screen: QPoint) -> None:
        """Take a bend away, or what was clicked last; else show the line's menu."""
        index, only = self._move.point_at(at, self._reach), self._move.only_line
        if self._gesture.is_begun:
            self._gesture.step_back()
        elif self.tools.tool == "move" and index is not None and only is not None:
            self.commands.remove_point(only.id, index)
        else:
            line = self._line_at(at)
            if line is not None:
                if line.id not in self.tools.lines:
                    self.tools.choose([line.id])
                menu = shape_menu(
                    self._views[0], self.commands, self.actions, line.id, at
                )
                menu.popup(on_screen)
        self._show()

    def _drop_all(self) -> None:
        self._is_down = False
        for gesture in self._gestures.values():
            gesture.drop()

    def _show(self, *, is_asking: bool = True) -> None:
        """Show what is in the hand, and perhaps say what to do next."""
        marks = self._gesture.marks() if self.tools.is_on else None
        for view in self._views:
            if marks is None:
                view.hand_marks.hide()
                continue
            view.hand_marks.show_marks(marks)
            view.hand_marks.show()
            view.page_marks.show_page(
                self._session.page, self.tools.region, self.tools.tool
            )
        if is_asking and not self._is_refused:
            self.asked.emit("")
