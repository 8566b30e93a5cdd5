"""The menu of a line in the transcription."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from hwocr_desktop.ui.line_editor import LineEditor

if TYPE_CHECKING:
    from hwocr_desktop.ui.transcription import Transcription


def line_menu(text: Transcription, editor: LineEditor) -> QMenu:
    """Return the menu of the current line; it deletes itself when it closes."""
    line = text.line
    has_selection = editor.textCursor().hasSelection()
    is_checked = line is not None and line.checked
    is_typed = line is not None and line.correction is not None
    has_reading = line is not None and line.reading is not None
    menu = QMenu(text)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if text.words.fill(menu):
        menu.addSeparator()
    for name, slot, is_on in (
        (_tr("Cut"), editor.cut, has_selection),
        (_tr("Copy"), editor.copy, has_selection),
        (_tr("Paste"), editor.paste, editor.canPaste()),
        (_tr("Select all"), editor.selectAll, True),
        ("", None, False),
        (_tr("Accept line"), text.accept_and_next, not is_checked),
        (_tr("Reopen line"), text.reopen_line, is_checked),
        (_tr("Back to the reading"), text.revert_line, is_typed and has_reading),
        (_tr("Printed, not written"), text.mark_print, line is not None),
        ("", None, False),
        (_tr("Copy text of the page"), text.copy_text, True),
    ):
        if slot is None:
            menu.addSeparator()
            continue
        action = QAction(name, menu)
        action.setEnabled(is_on)
        if slot == text.mark_print:
            action.setCheckable(True)
            action.setChecked(line is not None and line.kind == "printed")
        action.triggered.connect(slot)
        menu.addAction(action)
    return menu


def _tr(text: str) -> str:
    return QCoreApplication.translate("LineMenu", text)
