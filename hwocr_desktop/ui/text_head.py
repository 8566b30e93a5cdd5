"""The row above the lines of a page: how many are checked, and what is often done."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from hwocr_desktop.core.document.document import Page
from hwocr_desktop.ui.icons import icon


class TextHead(QWidget):
    """Counts the checked lines and offers to accept, to go on, to copy.

    Parameters
    ----------
    parent : QWidget, optional

    Attributes
    ----------
    counter : QLabel
        Says how many lines are checked.

    Signals
    -------
    accept_asked, next_doubtful_asked, copy_asked
    """

    accept_asked = Signal()
    next_doubtful_asked = Signal()
    copy_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.counter = QLabel(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 2, 6, 2)
        row.addWidget(self.counter, 1)
        for button in (
            self._button(
                self.tr("Accept"),
                self.tr("Call this line right and go to the next (Enter)"),
                "accept",
                self.accept_asked,
            ),
            self._button(
                self.tr("Next doubtful"),
                self.tr("Go to the next word that is marked as doubtful"),
                "next-doubtful",
                self.next_doubtful_asked,
            ),
            self._button(
                self.tr("Copy text"),
                self.tr("Copy the text of the whole page"),
                "",
                self.copy_asked,
            ),
        ):
            row.addWidget(button)

    def _button(self, text: str, tip: str, name: str, asked) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(text)
        button.setAutoRaise(True)
        # Shown alone where there is one; the text takes its place where there is none.
        button.setIcon(icon(name) if name else QIcon())
        button.clicked.connect(asked)
        return button

    def count(self, page: Page | None) -> None:
        """Tell how many lines of a page are checked."""
        lines = page.text_lines if page else ()
        checked = sum(line.checked for line in lines)
        self.counter.setText(
            self.tr("{0} of {1} lines checked").format(checked, len(lines))
        )
