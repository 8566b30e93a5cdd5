"""What a pane shows, in one line that gets shorter where the pane is narrow."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QLabel, QWidget


class PaneTitle(QLabel):
    """A line of text that ends in dots where there is no room for all of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setContentsMargins(6, 2, 6, 2)

    def minimumSizeHint(self) -> QSize:
        """Return room for a few letters: no title holds a pane wide."""
        hint = super().minimumSizeHint()
        least = self.fontMetrics().averageCharWidth() * 8
        return QSize(min(hint.width(), least), hint.height())

    def paintEvent(self, event) -> None:
        """Draw as much of the text as there is room for; the tooltip has it all."""
        room = self.contentsRect()
        shown = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, room.width()
        )
        self.setToolTip("" if shown == self.text() else self.text())
        painter = QPainter(self)
        painter.drawText(
            room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown
        )
