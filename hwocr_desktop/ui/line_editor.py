"""The field in which a person corrects one line."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QMimeData, QPoint, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QTextCharFormat,
    QTextCursor,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QTextEdit, QWidget

from hwocr_desktop.core.document.document import Line
from hwocr_desktop.core.document.doubt import Doubt
from hwocr_desktop.core.document.plain import one_line
from hwocr_desktop.core.document.reading_marks import code_point_index, utf16_index
from hwocr_desktop.ui.line_states import doubt_color, empty_text

TEXT_MARGIN_PX = 3

# Of the text, and not, as Qt has it, of the row into which it happens to be wrapped.
_keys, _moves = QKeySequence.StandardKey, QTextCursor.MoveOperation
_ENDS = {
    _keys.MoveToStartOfLine: (_moves.Start, QTextCursor.MoveMode.MoveAnchor),
    _keys.MoveToEndOfLine: (_moves.End, QTextCursor.MoveMode.MoveAnchor),
    _keys.SelectStartOfLine: (_moves.Start, QTextCursor.MoveMode.KeepAnchor),
    _keys.SelectEndOfLine: (_moves.End, QTextCursor.MoveMode.KeepAnchor),
}


def doubt_format(palette) -> QTextCharFormat:
    """Return how doubtful words look: shaded, and underlined with dots."""
    form = QTextCharFormat()
    form.setBackground(doubt_color(palette))
    form.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
    form.setUnderlineColor(QColor("#c47f00"))
    return form


class LineEditor(QPlainTextEdit):
    """Edits the text of one line; wraps where it is long, and holds no line breaks.

    The document's own history is switched off: undo and redo are the session's, so
    that they reach everything and not only what was typed here.

    Signals
    -------
    typed : str
        The text after each change by the person.
    accept_asked
        Enter; with Shift it is a step up.
    step_asked : int
        To another line, so many lines down; negative is up.
    undo_asked, redo_asked
    words_asked
        Alt+Down: what else the word at the caret might be.
    menu_asked
        The key for the menu.
    caret_moved : int
        Place in the text, in code points.
    focus_changed
    """

    typed = Signal(str)
    accept_asked = Signal()
    step_asked = Signal(int)
    undo_asked = Signal()
    redo_asked = Signal()
    words_asked = Signal()
    menu_asked = Signal()
    caret_moved = Signal(int)
    focus_changed = Signal()

    _line: Line | None = None
    _doubt = Doubt(0.0)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        option = self.document().defaultTextOption()
        option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        self.document().setDefaultTextOption(option)
        self.document().setDocumentMargin(TEXT_MARGIN_PX)
        self.textChanged.connect(self._on_text_changed)
        self.cursorPositionChanged.connect(self._on_caret_moved)

    @property
    def caret(self) -> int:
        """Where the caret is, in code points."""
        return code_point_index(self.toPlainText(), self.textCursor().position())

    @property
    def selection_start(self) -> int:
        """Where the selection begins, in code points; without one, the caret."""
        place = self.textCursor().selectionStart()
        return code_point_index(self.toPlainText(), place)

    def menu_place(self) -> QPoint:
        """Return where a menu for the text at the caret opens, on the screen."""
        cursor = self.textCursor()
        cursor.setPosition(cursor.selectionStart())
        return self.viewport().mapToGlobal(self.cursorRect(cursor).bottomLeft())

    def mirror(self, line: Line, doubt: Doubt) -> None:
        """Show a line as the document has it; tells nobody.

        In the same line the caret stays in its place in the text, in another it begins
        anew; what is read into a line leaves it at the beginning if it was there. Text
        that differs only in form, such as a letter and its accent typed apart, is left
        to the person who types it.
        """
        is_other = self._line is None or self._line.id != line.id
        self._line, self._doubt = line, doubt
        self.setPlaceholderText(empty_text(line))
        before, after = self.toPlainText(), line.text
        if is_other:
            with QSignalBlocker(self):
                self.setPlainText(after)
        elif one_line(before) != one_line(after):
            # What is inserted where the caret is would push it to the end.
            was_first = line.correction is None and self.textCursor().atStart()
            with QSignalBlocker(self):
                self._replace(before, after)
                if was_first:
                    self.place_caret(0)
        self.show_doubts()

    def forget(self) -> None:
        """Take the next line as another one, whatever its id."""
        self._line = None

    def place_caret(self, position: int, end: int | None = None) -> None:
        """Put the caret at a place, in code points, or select up to ``end``."""
        text = self.toPlainText()
        cursor = self.textCursor()
        cursor.setPosition(utf16_index(text, position))
        if end is not None:
            keep = QTextCursor.MoveMode.KeepAnchor
            cursor.setPosition(utf16_index(text, end), keep)
        self.setTextCursor(cursor)

    def show_doubts(self) -> None:
        """Shade what the model was not sure of."""
        selections = []
        line, text = self._line, self.toPlainText()
        if line is not None and text == line.text:
            form = doubt_format(self.palette())
            for start, end in self._doubt.spans(line):
                selection: Any = QTextEdit.ExtraSelection()
                selection.format = form
                selection.cursor = QTextCursor(self.document())
                selection.cursor.setPosition(utf16_index(text, start))
                keep = QTextCursor.MoveMode.KeepAnchor
                selection.cursor.setPosition(utf16_index(text, end), keep)
                selections.append(selection)
        self.setExtraSelections(selections)

    def _replace(self, before: str, after: str) -> None:
        """Change only the part that differs, so that the caret keeps its place."""
        start = 0
        while start < min(len(before), len(after)) and before[start] == after[start]:
            start += 1
        end = 0
        most = min(len(before), len(after)) - start
        while end < most and before[-1 - end] == after[-1 - end]:
            end += 1
        cursor = QTextCursor(self.document())
        cursor.setPosition(utf16_index(before, start))
        cursor.setPosition(
            utf16_index(before, len(before) - end), QTextCursor.MoveMode.KeepAnchor
        )
        cursor.insertText(after[start : len(after) - end])

    # ----- typing -------------------------------------------------------------

    @Slot()
    def _on_text_changed(self) -> None:
        self.typed.emit(self.toPlainText())

    @Slot()
    def _on_caret_moved(self) -> None:
        self.caret_moved.emit(self.caret)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste as one line."""
        if source.hasText():
            self.insertPlainText(one_line(source.text()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter, undo and the way to other lines; leave the rest to the text."""
        if event.matches(QKeySequence.StandardKey.Undo):
            self.undo_asked.emit()
        elif event.matches(QKeySequence.StandardKey.Redo):
            self.redo_asked.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._press_enter(event.modifiers())
        elif _is_words_key(event):
            self.words_asked.emit()
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._press_arrow(event)
        elif not self._go_to_end(event):
            super().keyPressEvent(event)

    def _go_to_end(self, event: QKeyEvent) -> bool:
        """Go to where the text begins or ends, if that is what the key is for."""
        for key, (move, mode) in _ENDS.items():
            if event.matches(key):
                cursor = self.textCursor()
                cursor.movePosition(move, mode)
                self.setTextCursor(cursor)
                return True
        return False

    def _press_enter(self, modifiers: Qt.KeyboardModifier) -> None:
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            self.step_asked.emit(-1)
        else:
            self.accept_asked.emit()

    def _press_arrow(self, event: QKeyEvent) -> None:
        """Move within a wrapped text first, then to the next line."""
        is_down = event.key() == Qt.Key.Key_Down
        cursor = self.textCursor()
        operation = QTextCursor.MoveOperation
        can_move = cursor.movePosition(operation.Down if is_down else operation.Up)
        is_plain = not event.modifiers() & (
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
        )
        if is_plain and can_move:
            self.setTextCursor(cursor)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            super().keyPressEvent(event)
        else:
            self.step_asked.emit(1 if is_down else -1)

    def event(self, event: QEvent) -> bool:
        """Keep undo and redo from the window's menu: the keys arrive here as keys."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(
            event, QKeyEvent
        ):
            keys = QKeySequence.StandardKey
            if event.matches(keys.Undo) or event.matches(keys.Redo):
                event.accept()
                return True
        return bool(super().event(event))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell that the keyboard is here."""
        super().focusInEvent(event)
        self.focus_changed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that the keyboard has gone."""
        super().focusOutEvent(event)
        self.focus_changed.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the list."""
        event.ignore()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change from light to dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.show_doubts()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Leave the menu to the list, which knows the line."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.menu_asked.emit()
        else:
            event.ignore()


def _is_words_key(event: QKeyEvent) -> bool:
    is_down = event.key() == Qt.Key.Key_Down
    return is_down and event.modifiers() == Qt.KeyboardModifier.AltModifier
