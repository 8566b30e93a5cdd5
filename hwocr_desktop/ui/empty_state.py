"""A widget that gives way to a sentence when there is nothing to show in it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QStackedWidget, QWidget


class EmptyState(QStackedWidget):
    """Shows its content, or a sentence that says what to do next.

    Parameters
    ----------
    content : QWidget
    parent : QWidget, optional
    """

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._message = QLabel(self)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setWordWrap(True)
        self._message.setMargin(24)
        self._message.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        font = self._message.font()
        font.setPointSizeF(font.pointSizeF() * 1.15)
        self._message.setFont(font)
        self.addWidget(self._message)
        self.addWidget(content)
        self.currentChanged.connect(self.updateGeometry)

    def minimumSizeHint(self) -> QSize:
        """Return a width that only the content asks for, and only while it is shown."""
        hint, shown = super().minimumSizeHint(), self.currentWidget()
        width = shown.minimumSizeHint().width() if shown else hint.width()
        return QSize(width, hint.height())

    @property
    def message(self) -> str:
        """The sentence shown, or "" while the content is."""
        return self._message.text() if self.currentIndex() == 0 else ""

    def show_content(self) -> None:
        """Show the content."""
        self.setCurrentIndex(1)

    def show_message(self, text: str) -> None:
        """Show a sentence in place of the content."""
        self._message.setText(text)
        self.setCurrentIndex(0)
