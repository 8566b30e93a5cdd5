"""The list of a page's lines: painted rows, and one editor over the current row."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QFont,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPalette,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from hwocr_desktop.core.document.document import Line
from hwocr_desktop.core.document.doubt import NO_DOUBT, Doubt
from hwocr_desktop.ui.line_editor import TEXT_MARGIN_PX, LineEditor, doubt_format
from hwocr_desktop.ui.line_states import (
    SIGN_SIDE_PX,
    paint_sign,
    shown_state,
    state_color,
)
from hwocr_desktop.ui.transcription_model import (
    EMPTY_ROLE,
    IGNORED_ROLE,
    LINE_ROLE,
    LineModel,
)
from hwocr_desktop.ui.wrapped_text import formats, wrapped

PAD_PX = 4
BAR_PX = 4
MANY_HEIGHTS = 5_000

Index = QModelIndex | QPersistentModelIndex


class LineDelegate(QStyledItemDelegate):
    """Paints a line: number, sign of its state, text with doubtful words shaded.

    Attributes
    ----------
    doubt : Doubt
        Which words are shaded.
    """

    def __init__(self, parent: QListView) -> None:
        super().__init__(parent)
        self.doubt = Doubt()
        self._heights: dict[tuple[str, int, str], int] = {}

    def number_width(self, font: QFont) -> int:
        """Return the room that numbers take."""
        return QFontMetrics(font).horizontalAdvance("000")

    def sign_rect(self, row: QRect, font: QFont) -> QRect:
        """Return where a row's sign is, before mirroring for right-to-left."""
        x = row.left() + BAR_PX + PAD_PX + self.number_width(font) + PAD_PX
        height = QFontMetrics(font).height() + 2 * (PAD_PX + TEXT_MARGIN_PX)
        return QRect(x, row.top(), SIGN_SIDE_PX, height)

    def text_rect(self, row: QRect, font: QFont) -> QRect:
        """Return where a row's text is, with its margins, before mirroring."""
        left = self.sign_rect(row, font).right() + 1 + PAD_PX
        return QRect(
            left,
            row.top() + PAD_PX,
            row.right() - left - PAD_PX,
            row.height() - 2 * PAD_PX,
        )

    def sizeHint(self, option: Any, index: Index) -> QSize:
        """Return the height that the wrapped text takes."""
        view: Any = self.parent()
        width = view.viewport().width()
        key = (index.data() or "", width, option.font.key())
        height = self._heights.get(key)
        if height is None:
            if len(self._heights) > MANY_HEIGHTS:
                self._heights.clear()
            room = self.text_rect(QRect(0, 0, width, 100), option.font).width()
            layout = wrapped(key[0], option.font, room - 2 * TEXT_MARGIN_PX)
            # The editor needs a little more than the bare text.
            height = round(layout.boundingRect().height()) + 2 * (
                PAD_PX + TEXT_MARGIN_PX + 1
            )
            self._heights[key] = height
        return QSize(width, height)

    def paint(self, painter: QPainter, option: Any, index: Index) -> None:
        """Paint a row; the text of the current row is left to the editor."""
        line = index.data(LINE_ROLE)
        if not isinstance(line, Line):
            return
        colors, font, row = option.palette, option.font, option.rect
        is_current = bool(option.state & QStyle.StateFlag.State_Selected)

        def mirrored(rect: QRect) -> QRect:
            return QStyle.visualRect(option.direction, row, rect)

        painter.save()
        if is_current:
            tint = QColor(colors.color(QPalette.ColorRole.Highlight))
            painter.fillRect(
                mirrored(QRect(row.left(), row.top(), BAR_PX, row.height())), tint
            )
            tint.setAlpha(40)
            painter.fillRect(row, tint)
        sign = self.sign_rect(row, font)
        number = QRect(
            row.left() + BAR_PX, sign.top(), sign.left() - row.left() - 8, sign.height()
        )
        painter.setFont(font)
        painter.setPen(colors.color(QPalette.ColorRole.PlaceholderText))
        painter.drawText(
            mirrored(number),
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
            str(index.row() + 1),
        )
        state = shown_state(line)
        color = state_color(state, colors)
        paint_sign(painter, QRectF(mirrored(sign)), state, color)
        text = mirrored(self.text_rect(row, font))
        if not is_current:
            self._paint_text(painter, text, index, option)
        elif self._has_keyboard():
            painter.setPen(QPen(colors.color(QPalette.ColorRole.Highlight), 2))
            painter.drawRect(text.adjusted(-1, -1, 1, 1))
        painter.restore()

    def doubt_of(self, index: QModelIndex | QPersistentModelIndex) -> Doubt:
        """Return which words of a row are marked: none in a region to ignore."""
        return NO_DOUBT if index.data(IGNORED_ROLE) else self.doubt

    def _has_keyboard(self) -> bool:
        view = self.parent()
        return isinstance(view, LineList) and view.editor.hasFocus()

    def _paint_text(
        self,
        painter: QPainter,
        rect: QRect,
        index: QModelIndex | QPersistentModelIndex,
        option: Any,
    ) -> None:
        line = index.data(LINE_ROLE)
        inner = rect.adjusted(TEXT_MARGIN_PX, TEXT_MARGIN_PX, -TEXT_MARGIN_PX, 0)
        colors = option.palette
        if line.state == "unread":
            painter.setPen(colors.color(QPalette.ColorRole.PlaceholderText))
            painter.drawText(inner, Qt.AlignmentFlag.AlignTop, index.data(EMPTY_ROLE))
            return
        # Print is not what the page is read for.
        role = QPalette.ColorRole
        is_aside = index.data(IGNORED_ROLE) or line.kind == "printed"
        painter.setPen(colors.color(role.PlaceholderText if is_aside else role.Text))
        layout = wrapped(line.text, option.font, inner.width())
        doubts = self.doubt_of(index).spans(line)
        marked = formats(line.text, doubts, doubt_format(colors))
        layout.draw(painter, QPointF(inner.topLeft()), marked)


class LineList(QListView):
    """The lines of a page; the current one is edited in place.

    One editor is moved from row to row, so the keyboard's focus and a screen reader
    stay where they are.

    Signals
    -------
    current_changed : str
        Id of the line that is now current, or "".
    sign_clicked : str
        Id of the line whose sign was clicked.
    """

    current_changed = Signal(str)
    sign_clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editor = LineEditor(self.viewport())
        self.editor.hide()
        self.lines = LineModel(self)
        self.rows = LineDelegate(self)
        self.setModel(self.lines)
        self.setItemDelegate(self.rows)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        # Always there: one that came with the last rows would take width from texts
        # that were wrapped without it.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        # The editor has the focus; the list itself only passes clicks on to it.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setUniformItemSizes(False)
        self.editor.focus_changed.connect(self.viewport().update)

    @property
    def line(self) -> Line | None:
        """The current line."""
        line = self.currentIndex().data(LINE_ROLE)
        return line if isinstance(line, Line) else None

    def select_row(self, row: int) -> None:
        """Make a row the current one and bring it into sight."""
        index = self.lines.index(row)
        if index.isValid() and index != self.currentIndex():
            self.selectionModel().setCurrentIndex(
                index, QItemSelectionModel.SelectionFlag.ClearAndSelect
            )
        if index.isValid():
            self.scrollTo(index)

    def show_current(self) -> None:
        """Let the editor show the current line and lie over its row."""
        line = self.line
        if line is not None:
            row = self.currentIndex().row()
            self.editor.mirror(line, self.rows.doubt_of(self.currentIndex()))
            self.editor.setAccessibleName(self.lines.name_of(row))
            self.editor.setPlaceholderText(self.currentIndex().data(EMPTY_ROLE))
        self.place_editor()

    def place_editor(self) -> None:
        """Put the editor over the text of the current row."""
        index = self.currentIndex()
        if not index.isValid():
            self.editor.hide()
            return
        row = self.visualRect(index)
        rect = self.rows.text_rect(row, self.font())
        self.editor.setGeometry(QStyle.visualRect(self.layoutDirection(), row, rect))
        if self.editor.isHidden():
            self.editor.show()

    # ----- Qt's own occasions -------------------------------------------------

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Take the editor to the row that is now current."""
        super().currentChanged(current, previous)
        self.show_current()
        line = self.line
        self.current_changed.emit(line.id if line else "")
        if line is not None and self.editor.hasFocus() and QAccessible.isActive():
            # The same field is another line now: let it be read out as if entered.
            entered = QAccessibleEvent(self.editor, QAccessible.Event.Focus)
            QAccessible.updateAccessibility(entered)

    def dataChanged(self, first: Index, last: Index, roles=()) -> None:
        """Follow a change of rows; lay all out anew only if a height has changed."""
        rows = range(first.row(), last.row() + 1)
        if all(self._fits(row) for row in rows) and not QAccessible.isActive():
            # Qt would lay out and paint every row of the page for each keystroke.
            for row in rows:
                self.viewport().update(self.visualRect(self.lines.index(row)))
        else:
            super().dataChanged(first, last, list(roles))
            self.scheduleDelayedItemsLayout()
        if first.row() <= self.currentIndex().row() <= last.row():
            self.show_current()

    def _fits(self, row: int) -> bool:
        """Whether a row is laid out as high as it must be now.

        Asked of the row below: Qt knows of a row where it begins, and takes its height
        from what it must be.
        """
        index, below = self.lines.index(row), self.lines.index(row + 1)
        if not below.isValid():
            return False
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        height = self.visualRect(below).top() - self.visualRect(index).top()
        return height == self.rows.sizeHint(option, index).height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap the texts anew; Qt would only if the height changed."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.scheduleDelayedItemsLayout()

    def updateGeometries(self) -> None:
        """Follow a new layout of the rows."""
        super().updateGeometries()
        self.place_editor()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Follow the rows."""
        super().scrollContentsBy(dx, dy)
        self.place_editor()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Make a row current, with the caret where it was clicked."""
        at = event.position().toPoint()
        index = self.indexAt(at)
        super().mousePressEvent(event)
        if not index.isValid() or event.button() != Qt.MouseButton.LeftButton:
            return
        row = self.visualRect(index)
        place = QStyle.visualRect(
            self.layoutDirection(), row, self.rows.sign_rect(row, self.font())
        )
        if place.adjusted(-PAD_PX, 0, PAD_PX, 0).contains(at):
            line = index.data(LINE_ROLE)
            self.sign_clicked.emit(line.id)
        else:
            self._caret_to(at)
        self.editor.setFocus(Qt.FocusReason.MouseFocusReason)

    def _caret_to(self, at: QPoint) -> None:
        inside = self.editor.viewport().mapFrom(self.viewport(), at)
        self.editor.setTextCursor(self.editor.cursorForPosition(inside))
