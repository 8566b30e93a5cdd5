"""Dragging a line of the text by its number to where it is read."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPalette
from PySide6.QtWidgets import QApplication, QStyle, QWidget

from hwocr_desktop.ui.line_list import LineList
from hwocr_desktop.ui.transcription_model import LINE_ROLE

_BAR_PX = 3


class RowDragging(QObject):
    """Lets the rows of a list of lines be dragged by their numbers.

    The list has one editor over its current row, so Qt's own dragging of rows is not
    for it.

    Parameters
    ----------
    rows : LineList

    Signals
    -------
    moved : str, int
        Id of the line, and the place it was dragged to, from 0.
    """

    moved = Signal(str, int)

    def __init__(self, rows: LineList) -> None:
        super().__init__(rows)
        self._list = rows
        self._row = -1
        self._start = QPoint()
        self._is_dragging = False
        self._bar = QWidget(rows.viewport())
        self._bar.setAutoFillBackground(True)
        self._bar.setBackgroundRole(QPalette.ColorRole.Highlight)
        self._bar.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._bar.hide()
        rows.viewport().installEventFilter(self)

    @property
    def bar(self) -> QWidget:
        """What shows where the line would come."""
        return self._bar

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the mouse from a number on."""
        if not isinstance(event, QMouseEvent):
            return False
        at, kind = event.position().toPoint(), event.type()
        if kind == QEvent.Type.MouseButtonPress:
            is_left = event.button() == Qt.MouseButton.LeftButton
            self._row = self._number_at(at) if is_left else -1
            self._start, self._is_dragging = at, False
            return False  # the row becomes the current one
        if self._row < 0:
            return False
        if kind == QEvent.Type.MouseMove:
            self._follow(at)
            return True
        if kind == QEvent.Type.MouseButtonRelease:
            self._drop(at)
        return False

    def _number_at(self, at: QPoint) -> int:
        """Return the row whose number is there, or -1."""
        rows = self._list
        index = rows.indexAt(at)
        if not index.isValid():
            return -1
        rect = rows.visualRect(index)
        sign = rows.rows.sign_rect(rect, rows.font())
        sign = QStyle.visualRect(rows.layoutDirection(), rect, sign)
        is_mirrored = rows.layoutDirection() == Qt.LayoutDirection.RightToLeft
        is_number = at.x() > sign.right() if is_mirrored else at.x() < sign.left()
        return index.row() if is_number else -1

    def _follow(self, at: QPoint) -> None:
        way = (at - self._start).manhattanLength()
        if not self._is_dragging and way < QApplication.startDragDistance():
            return
        self._is_dragging = True
        self._list.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        rows, place = self._list, self._place_at(at)
        count = rows.lines.rowCount()
        beside = rows.visualRect(rows.lines.index(min(place, count - 1)))
        y = beside.top() if place < count else beside.bottom()
        width = rows.viewport().width()
        self._bar.setGeometry(0, max(0, y - _BAR_PX // 2), width, _BAR_PX)
        self._bar.show()
        self._bar.raise_()

    def _drop(self, at: QPoint) -> None:
        row, self._row = self._row, -1
        was_dragging, self._is_dragging = self._is_dragging, False
        self._bar.hide()
        self._list.viewport().unsetCursor()
        if not was_dragging or row >= self._list.lines.rowCount():
            return
        place = self._place_at(at)
        place -= place > row  # it leaves its own place free
        line = self._list.lines.index(row).data(LINE_ROLE)
        if place != row:
            self.moved.emit(line.id, place)

    def _place_at(self, at: QPoint) -> int:
        """Return before which row a line dropped there would come."""
        rows = self._list
        index = rows.indexAt(QPoint(rows.viewport().width() // 2, at.y()))
        if not index.isValid():
            return rows.lines.rowCount() if at.y() > 0 else 0
        return index.row() + (at.y() > rows.visualRect(index).center().y())
