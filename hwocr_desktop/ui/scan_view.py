"""One view of a page: its pixels, the lines over them, mouse and wheel."""

from __future__ import annotations

from typing import Protocol

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPalette,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QToolButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from hwocr_desktop.core.document.document import Line
from hwocr_desktop.ui.brush import BrushCircle
from hwocr_desktop.ui.line_marks import HandMarks, PageMarks
from hwocr_desktop.ui.line_overlay import LineOverlay
from hwocr_desktop.ui.line_states import line_state_text
from hwocr_desktop.ui.look import Look
from hwocr_desktop.ui.pane_title import PaneTitle
from hwocr_desktop.ui.pixel_item import PixelItem
from hwocr_desktop.ui.region_names import region_names
from hwocr_desktop.ui.undone_veil import UndoneVeil

pg.setConfigOptions(imageAxisOrder="row-major")

WHEEL_STEP = 1.25
"""How much one notch of the wheel magnifies."""


class MouseTool(Protocol):
    """What takes the mouse of a view while it is in the hand, points in page pixels."""

    def press(self, at: QPointF, event: QMouseEvent) -> bool:
        """Take a button that went down; False leaves it to the view."""

    def move(self, at: QPointF) -> None:
        """Follow the mouse, whether a button is down or not."""

    def release(self, at: QPointF, event: QMouseEvent) -> None:
        """Take a button that went up."""

    def leave(self) -> None:
        """Know that the mouse is gone."""


class ScanView(pg.GraphicsView):
    """A page, looked at in some way; asks for another look but never takes it itself.

    So that two views of one page can be led by the same look.

    Signals
    -------
    look_asked : Look
        The person zoomed or moved.
    fit_asked
        The person double-clicked.
    line_clicked : str
        Id of the line.
    resized
    """

    look_asked = Signal(object)
    fit_asked = Signal()
    line_clicked = Signal(str)
    resized = Signal()

    def __init__(self, parent=None) -> None:
        super().__init__(parent, background=None)
        self.pixels = PixelItem()
        self.veil = UndoneVeil()
        self.overlay = LineOverlay()
        self.circle = BrushCircle()
        self.page_marks = PageMarks(region_names())
        self.hand_marks = HandMarks()
        self._tool: MouseTool | None = None
        self._look = Look(0, 0, 1)
        self._pressed: QPointF | None = None
        self._pressed_look = self._look
        self._is_dragging = False
        self._box = pg.ViewBox(
            lockAspect=True, invertY=True, enableMouse=False, enableMenu=False
        )
        self._box.disableAutoRange()
        self._box.addItem(self.pixels, ignoreBounds=True)
        self._box.addItem(self.veil, ignoreBounds=True)
        self._box.addItem(self.overlay, ignoreBounds=True)
        self._box.addItem(self.circle, ignoreBounds=True)
        self.overlay.setZValue(1)
        self.circle.setZValue(2)
        for height, marks in enumerate((self.page_marks, self.hand_marks), start=3):
            self._box.addItem(marks, ignoreBounds=True)
            marks.setZValue(height)
        self.setCentralItem(self._box)
        self.setAntialiasing(True)
        self._box.sigResized.connect(self._on_resized)
        self._take_colors()

    @property
    def look(self) -> Look:
        """How the page is looked at."""
        return self._look

    def set_tool(self, tool: MouseTool | None) -> None:
        """Give the mouse to a tool, or back to clicking and dragging."""
        self._tool = tool
        self.viewport().setMouseTracking(tool is not None)
        if tool is None:
            self.circle.hide()
            self.viewport().unsetCursor()
        else:
            shape = getattr(tool, "cursor", Qt.CursorShape.CrossCursor)
            self.viewport().setCursor(shape)

    def size_px(self) -> tuple[float, float]:
        """Return width and height of the view in pixels of the window."""
        return max(1.0, self._box.width()), max(1.0, self._box.height())

    def visible(self) -> QRectF:
        """Return the visible part, in page pixels."""
        width, height = (side / self._look.scale for side in self.size_px())
        return QRectF(
            self._look.x - width / 2, self._look.y - height / 2, width, height
        )

    def show_look(self, look: Look) -> None:
        """Look at the page in another way."""
        self._look = look
        seen = self.visible()
        self._box.setRange(seen, padding=0)
        self.overlay.set_scale(look.scale)
        self.overlay.set_seen(seen.left(), seen.right())
        for item in (self.circle, self.page_marks, self.hand_marks):
            item.set_scale(look.scale)

    def page_point(self, position: QPointF) -> QPointF:
        """Return the point of the page below a point of the viewport."""
        rect = self.visible()
        return QPointF(
            rect.x() + position.x() / self._look.scale,
            rect.y() + position.y() / self._look.scale,
        )

    def tip(self, line: Line | None) -> str:
        """Return what is said of a line under the mouse."""
        if line is None:
            return ""
        state = line_state_text(line)
        return f"{line.text} ({state})" if line.text else state

    @Slot()
    def _on_resized(self) -> None:
        self.show_look(self._look)
        self.resized.emit()

    # ----- mouse --------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Magnify about the cursor; touch pads that scroll sideways move the page."""
        delta = event.angleDelta()
        if delta.y():
            factor = WHEEL_STEP ** (delta.y() / 120)
            at = self.page_point(event.position())
            self.look_asked.emit(self._look.zoomed(factor, (at.x(), at.y())))
        elif delta.x():
            self.look_asked.emit(self._look.moved(-delta.x() / 2, 0))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click or a drag."""
        at = self.page_point(event.position())
        if self._tool is not None and self._tool.press(at, event):
            event.accept()
            return
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._pressed = event.position()
            self._pressed_look = self._look
            self._is_dragging = False
            event.accept()
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the page while a button is held."""
        if self._tool is not None:
            self._tool.move(self.page_point(event.position()))
        if self._pressed is None:
            return
        way = event.position() - self._pressed
        if not self._is_dragging:
            if way.manhattanLength() < QApplication.startDragDistance():
                return
            self._is_dragging = True
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        self.look_asked.emit(self._pressed_look.moved(-way.x(), -way.y()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag, or take a click on a line."""
        if self._pressed is None:
            if self._tool is not None:
                self._tool.release(self.page_point(event.position()), event)
            return
        was_click = not self._is_dragging
        self._pressed, self._is_dragging = None, False
        self.set_tool(self._tool)  # for the cursor
        if (
            was_click
            and self._tool is None
            and event.button() == Qt.MouseButton.LeftButton
        ):
            line = self.overlay.line_at(self.page_point(event.position()))
            if line is not None and self.overlay.isVisible():
                self.line_clicked.emit(line.id)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ask for the whole page."""
        if self._tool is not None:
            self.mousePressEvent(event)  # two dots in quick succession
        elif event.button() == Qt.MouseButton.LeftButton:
            self.fit_asked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave all keys to the widget that holds both views."""
        event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Leave all keys to the widget that holds both views."""
        event.ignore()

    def leaveEvent(self, event: QEvent) -> None:
        """Take the circle away; the scene below tracks no mouse."""
        if self._tool is not None:
            self._tool.leave()

    def viewportEvent(self, event: QEvent) -> bool:
        """Tell the text of the line under the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            at = self.page_point(QPointF(event.pos()))
            line = self.overlay.line_at(at) if self.overlay.isVisible() else None
            QToolTip.showText(event.globalPos(), self.tip(line), self)
            return True
        return bool(super().viewportEvent(event))

    # ----- colors -------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change from light to dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._take_colors()

    def _take_colors(self) -> None:
        self.setBackground(self.palette().color(QPalette.ColorRole.Mid))


class ScanPane(QWidget):
    """A view below its title.

    Parameters
    ----------
    name : str
        For screen readers.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = ScanView(self)
        self.view.setAccessibleName(name)
        self.view.setAccessibleDescription(
            self.tr(
                "Arrow keys move the page, plus and minus zoom, 0 shows the whole "
                "page, 1 its true size; the space bar shows the cleaned page in place "
                "of the scan while it is held."
            )
        )
        self.title = PaneTitle(self)
        self.head = QHBoxLayout()
        self.head.setContentsMargins(0, 0, 6, 0)
        self.head.setSpacing(6)
        self.head.addWidget(self.title, 1)
        # The same in both panes, and with a tool's settings in it or without.
        self.head.addStrut(QToolButton().sizeHint().height() + 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self.head)
        column.addWidget(self.view, 1)
