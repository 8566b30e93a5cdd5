"""The menu of a word: what else it might be, to choose with a key or a click."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QRect, Qt, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAction
from PySide6.QtWidgets import QMenu, QToolTip

from hwocr_desktop.app.suggesting import NO_LIST, OpenedList, Suggesting, open_list
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.plain import one_line
from hwocr_desktop.ui.line_list import LineList
from hwocr_desktop.ui.word_choices import WordChoice, word_choices

if TYPE_CHECKING:
    from pathlib import Path

    from hwocr_desktop.app.jobs import Job
    from hwocr_desktop.app.session import Session

NOTHING_STAYS_MS = 2_500
"""That there is nothing to choose is said for so long."""


class WordMenu(QObject):
    """Offers other words for the one at the text cursor, and puts in what is chosen.

    Parameters
    ----------
    session : Session
    lines : LineList
        Its current line is meant.
    """

    def __init__(self, session: Session, lines: LineList) -> None:
        super().__init__(lines)
        self._session, self._lines = session, lines
        self._suggesting = Suggesting()
        # The list that is suggested from, or will be when it has been opened.
        self._list: Path | None = None
        self._opening: Job | None = None
        lines.editor.words_asked.connect(self.show)
        session.project_changed.connect(self._on_project_changed)
        self._on_project_changed()

    def go_to(self, at: QPoint) -> bool:
        """Make what was clicked current, with the caret there; return if it is a line.

        A selection that was clicked stays.
        """
        lines, editor = self._lines, self._lines.editor
        index = lines.indexAt(at)
        if not index.isValid():
            return False
        lines.select_row(index.row())
        inside = editor.viewport().mapFrom(lines.viewport(), at)
        place, cursor = editor.cursorForPosition(inside), editor.textCursor()
        if not cursor.selectionStart() <= place.position() < cursor.selectionEnd():
            editor.setTextCursor(place)
        return True

    @Slot()
    def show(self) -> None:
        """Show the menu below the word at the text cursor, or say there is none."""
        if self._lines.line is None:
            return
        menu = QMenu(self._lines)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self.fill(menu):
            menu.setActiveAction(menu.actions()[0])
            menu.popup(self._lines.editor.menu_place())
        else:
            menu.deleteLater()
            self._say_nothing_to_choose()

    def _say_nothing_to_choose(self) -> None:
        """Say it beside the word; a menu would swallow what is typed next."""
        editor = self._lines.editor
        words = self.tr("No other readings of this word")
        QToolTip.showText(editor.menu_place(), words, editor, QRect(), NOTHING_STAYS_MS)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(editor, words))

    def fill(self, menu: QMenu) -> bool:
        """Add what the word might be to a menu; return whether there is anything."""
        choices = self.choices()
        for choice in choices:
            # A single & would mark the letter to press.
            name = choice.text.replace("&", "&&")
            action = QAction(f"{name}\t{self._origin(choice)}", menu)
            action.triggered.connect(partial(self.take, choice))
            menu.addAction(action)
        return bool(choices)

    def choices(self) -> tuple[WordChoice, ...]:
        """Return what the word at the text cursor might be as well."""
        line, page, editor = self._lines.line, self._session.page, self._lines.editor
        if line is None or page is None:
            return ()
        shown = editor.toPlainText()
        if one_line(shown) != line.text:
            return ()
        # A letter and its accent typed apart count as one in the line.
        position = len(one_line(shown[: editor.selection_start]))
        self._open_if_stopped()
        suggester = self._suggesting.suggester(self._session.project, page)
        return word_choices(line, position, suggester)

    def take(self, choice: WordChoice, *_: object) -> None:
        """Put a word in place of the one that was read, as if typed; one undo step."""
        line = self._lines.line
        if line is None or choice not in self.choices():
            return  # the line has changed while the menu was open
        text = line.text[: choice.start] + choice.text + line.text[choice.end :]
        label = self.tr("Choose another word")
        self._session.edit_line(label, edits.correct_line, line, text)
        self._lines.editor.place_caret(choice.start + len(choice.text))
        self._lines.editor.setFocus(Qt.FocusReason.PopupFocusReason)

    def _origin(self, choice: WordChoice) -> str:
        if choice.source == "reading":
            return self.tr("{0} %").format(round(100 * choice.probability))
        if choice.source == "checked":
            return self.tr("in checked lines")
        if choice.source == "list":
            return self.tr("in the word list")
        return self.tr("speller")

    # ----- the project's list of words ----------------------------------------

    @Slot(object)
    def _on_project_changed(self, _change: object = None) -> None:
        """Suggest from another list as soon as the project has one."""
        folder, name = self._session.folder, self._session.project.word_list
        path = folder / name if folder is not None and name else None
        if path == self._list:
            return
        if self._opening is not None:
            self._opening.cancel()
        self._list = path
        self._suggesting.take_list(NO_LIST)
        if path is not None:
            self._open(path)

    def _open(self, path: Path) -> None:
        """Open a list in the background: it may have a million entries."""
        job = self._session.batch.submit(self.tr("Word list"), open_list, path)
        job.is_asked_for = job.is_waited_for = False
        job.succeeded.connect(self._on_opened)
        self._opening = job

    def _open_if_stopped(self) -> None:
        """Open the list after all, if a person stopped everything meanwhile."""
        job = self._opening
        if self._list and job is not None and job.token.is_cancelled:
            self._open(self._list)

    @Slot(object)
    def _on_opened(self, opened: OpenedList) -> None:
        if opened.path == self._list:
            self._suggesting.take_list(opened)
