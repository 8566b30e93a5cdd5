"""The text of the page, line by line, tied to the lines on the image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from hwocr_desktop.app.requests import ProjectChange
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import Line, Page
from hwocr_desktop.core.formats.text import page_text
from hwocr_desktop.core.settings import Settings
from hwocr_desktop.ui.empty_state import EmptyState
from hwocr_desktop.ui.line_list import LineList
from hwocr_desktop.ui.line_menu import line_menu
from hwocr_desktop.ui.line_strip import LineStrip
from hwocr_desktop.ui.row_dragging import RowDragging
from hwocr_desktop.ui.text_head import TextHead
from hwocr_desktop.ui.transcription_model import survivor
from hwocr_desktop.ui.trust_meter import TrustMeter
from hwocr_desktop.ui.word_menu import WordMenu

if TYPE_CHECKING:
    from hwocr_desktop.app.session import Session


class Transcription(QWidget):
    """Shows and corrects the lines of the page shown.

    Every keystroke goes to the session, so nothing is lost and everything can be
    undone; what the session says comes back and is mirrored.

    Parameters
    ----------
    session : Session
    settings : Settings, optional
    parent : QWidget, optional

    Signals
    -------
    line_selected : str
        Id of the line that is now current, or "".
    """

    line_selected = Signal(str)

    def __init__(
        self,
        session: Session,
        settings: Settings | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        # Where the person was on each page, to come back to.
        self._left_at: dict[str, str] = {}
        self._page_id = ""
        self.strip = LineStrip(session, self)
        self.head = TextHead(self)
        self._counter = self.head.counter
        self.meter = TrustMeter(session, self)
        self._list = LineList(self)
        self.words = WordMenu(session, self._list)
        self.dragging = RowDragging(self._list)
        self._build()
        editor = self._list.editor
        editor.typed.connect(self._on_typed)
        editor.accept_asked.connect(self.accept_and_next)
        editor.step_asked.connect(self._step)
        editor.undo_asked.connect(session.undo)
        editor.redo_asked.connect(session.redo)
        editor.caret_moved.connect(self.strip.show_caret)
        self.head.accept_asked.connect(self.accept_and_next)
        self.head.next_doubtful_asked.connect(self.next_doubtful)
        self.head.copy_asked.connect(self.copy_text)
        self.strip.place_clicked.connect(self._on_strip_clicked)
        self._list.current_changed.connect(self._on_current_changed)
        self._list.sign_clicked.connect(self.toggle_checked)
        self._list.customContextMenuRequested.connect(self._show_menu)
        editor.menu_asked.connect(self._show_menu_by_key)
        self.meter.doubt_changed.connect(self._show_doubt)
        session.page_selected.connect(self._on_page_selected)
        session.project_changed.connect(self._on_project_changed)
        self.apply_settings(settings or Settings())
        page = session.page
        self._on_page_selected(page.id if page else "")

    def _build(self) -> None:
        self._hint = QLabel(self)
        self._hint.setWordWrap(True)
        self._hint.setContentsMargins(6, 0, 6, 2)
        self._list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._list.setAccessibleName(self.tr("Lines of the page"))
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.strip)
        column.addWidget(self.head)
        column.addWidget(self.meter)
        column.addWidget(self._hint)
        column.addWidget(self._list, 1)
        self._content = EmptyState(inside, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._content)

    @property
    def line(self) -> Line | None:
        """The current line."""
        return self._list.line

    @property
    def caret(self) -> int:
        """Where the text cursor is in the current line, in code points."""
        return self._list.editor.caret

    def place_caret(self, position: int) -> None:
        """Put the text cursor at a place of the current line, in code points."""
        self._list.editor.place_caret(position)

    # ----- what the window and the keys ask for -------------------------------

    @Slot(object)
    def apply_settings(self, settings: Settings) -> None:
        """Follow the person's settings."""
        font = self._list.font()
        font.setPointSize(settings.font_size)
        self._list.setFont(font)
        self._list.scheduleDelayedItemsLayout()
        self.meter.set_threshold(settings.doubt_threshold)
        self._show_doubt()

    @Slot()
    def _show_doubt(self) -> None:
        self._list.rows.doubt = self.meter.doubt
        self._list.viewport().update()
        self._list.show_current()

    @Slot(str)
    def select_line(self, line_id: str) -> None:
        """Make a line the current one; an unknown id changes nothing."""
        row = self._list.lines.row_of(line_id)
        if row >= 0:
            self._list.select_row(row)

    @Slot(str)
    def edit_line(self, line_id: str) -> None:
        """Make a line the current one and give it the keyboard."""
        self.select_line(line_id)
        self.focus_text()

    @Slot()
    def focus_text(self) -> None:
        """Give the keyboard to the current line."""
        self._list.editor.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot()
    def accept_and_next(self) -> None:
        """Call the current line right and go on; a line without text is passed."""
        line = self.line
        if line is None:
            return
        if line.state != "unread":
            self._session.accept_line(line.id)
        self._step(1)

    @Slot()
    def next_line(self) -> None:
        """Go one line down."""
        self._step(1)

    @Slot()
    def previous_line(self) -> None:
        """Go one line up."""
        self._step(-1)

    @Slot()
    def next_doubtful(self) -> None:
        """Select the next word that is marked, on this page."""
        lines, start = self._list.lines.lines, self._list.currentIndex().row()
        after = self._list.editor.textCursor().selectionEnd() if start >= 0 else 0
        caret = max(self._list.editor.caret, after) if start >= 0 else 0
        found = self.meter.doubt.next_span(
            lines, max(start, 0), caret, self._list.lines.ignored
        )
        if found is not None:
            row, span = found
            self._list.select_row(row)
            self._list.editor.place_caret(*span)
            self.focus_text()
            return
        self._hint.setText(self.tr("No word of this page is marked."))
        self._hint.show()

    @Slot(str)
    def toggle_checked(self, line_id: str) -> None:
        """Call a line right, or take that back."""
        self.select_line(line_id)
        line = self.line
        if line is not None and line.checked:
            self.reopen_line()
        elif line is not None and line.state != "unread":
            self._session.accept_line(line.id)

    @Slot()
    def reopen_line(self) -> None:
        """Take back that the current line was called right."""
        line = self.line
        if line is not None and line.checked:
            self._session.edit_line(self.tr("Reopen line"), edits.reopen_line, line)

    @Slot()
    def revert_line(self) -> None:
        """Drop what was typed in the current line; the reading shows again."""
        line = self.line
        if line is not None and line.correction is not None:
            label = self.tr("Back to the reading")
            self._session.edit_line(label, edits.revert_line, line)

    @Slot(bool)
    def mark_print(self, is_print: bool) -> None:
        """Say whether the current line is printed, not written by hand."""
        line = self.line
        if line is not None:
            label = (
                self.tr("Mark as printed") if is_print else self.tr("Mark as written")
            )
            self._session.edit_line(label, edits.mark_print, line, is_print)

    @Slot()
    def copy_text(self) -> None:
        """Copy the text of the whole page."""
        page = self._session.page
        if page is not None:
            QGuiApplication.clipboard().setText(page_text(page))

    @Slot(int)
    def _step(self, rows: int) -> None:
        row = self._list.currentIndex().row() + rows
        if 0 <= row < self._list.lines.rowCount():
            self._list.select_row(row)

    # ----- what the session tells ---------------------------------------------

    @Slot(str)
    def _on_page_selected(self, page_id: str) -> None:
        line = self.line
        if line is not None:
            self._left_at[self._page_id] = line.id
        self._page_id = page_id
        self._list.editor.forget()
        self._show_page(self._left_at.get(page_id, ""))
        line = self.line
        if line is not None and self.strip.line_id != line.id:
            # The page was chosen once more: the rows stay, but whoever shows the
            # current line has forgotten it.
            self._on_current_changed(line.id)

    @Slot(object)
    def _on_project_changed(self, change: ProjectChange) -> None:
        if change.is_other:
            self._left_at.clear()
            self._page_id = ""
            return  # the page follows
        line, page = self.line, self._session.page
        before, after = self._list.lines.lines, page.lines if page else ()
        self._show_page(survivor(before, line.id, after) if line else "")

    def _show_page(self, line_id: str) -> None:
        """Mirror the page, with the line of that id current if it is still there."""
        page = self._session.page
        # Rows that come and go hide the editor for a moment.
        had_keyboard = self._list.editor.hasFocus()
        self._list.lines.show_page(page)
        if page is None:
            self._content.show_message(
                self.tr("Open a scan first: press Ctrl+O, or drop it on the window.")
            )
        elif page.state == "empty":
            self._content.show_message(
                self.tr(
                    "There are no lines on this page. If something is written there, "
                    "clean the page in another way and press F5, or draw lines (F4)."
                )
            )
        elif not page.lines:
            self._content.show_message(
                self.tr("This page has not been read yet. Press F5 to read it.")
            )
        else:
            self._content.show_content()
            if self.line is None:
                self._list.select_row(self._first_row(page, line_id))
            if had_keyboard:
                self.focus_text()
        self._count(page)
        self.meter.follow()

    def _first_row(self, page: Page, line_id: str) -> int:
        """Return the row to begin with: where the person was, or the first to do."""
        row = self._list.lines.row_of(line_id)
        if row >= 0:
            return row
        todo = [line.id for line in page.text_lines if not line.checked]
        return self._list.lines.row_of(todo[0]) if todo else 0

    def _count(self, page: Page | None) -> None:
        self.head.count(page)
        lines = page.text_lines if page else ()
        is_unread = bool(lines) and all(line.state == "unread" for line in lines)
        self._hint.setVisible(is_unread)
        if is_unread:
            self._hint.setText(
                self.tr("The lines are found but not read yet. Press F5 to read them.")
            )

    # ----- the current line ---------------------------------------------------

    @Slot(str)
    def _on_current_changed(self, line_id: str) -> None:
        self.strip.show_line(line_id)
        if line_id:
            self.strip.show_caret(self._list.editor.caret)
        self.line_selected.emit(line_id)

    @Slot(str)
    def _on_typed(self, text: str) -> None:
        line = self.line
        if line is not None:
            self._session.correct_line(line.id, text)

    @Slot(int)
    def _on_strip_clicked(self, position: int) -> None:
        self._list.editor.place_caret(position)
        self.focus_text()

    @Slot(QPoint)
    def _show_menu(self, at: QPoint) -> None:
        if self.words.go_to(at):
            place = self._list.viewport().mapToGlobal(at)
            line_menu(self, self._list.editor).popup(place)

    @Slot()
    def _show_menu_by_key(self) -> None:
        editor = self._list.editor
        line_menu(self, editor).popup(editor.menu_place())
