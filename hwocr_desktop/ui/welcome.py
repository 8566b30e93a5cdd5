"""What the window shows before there is a page: where to begin, where one left off."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QPalette
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from hwocr_desktop.ui.icons import icon, program_icon

_MOST_RECENT = 6
_WIDTH = 620


class Welcome(QWidget):
    """A few big buttons and the recent projects.

    Parameters
    ----------
    actions : list of (QAction, str)
        What the buttons do, and the names of their icons.
    parent : QWidget, optional

    Signals
    -------
    project_chosen : str
        Folder of a recent project.
    """

    project_chosen = Signal(str)

    def __init__(
        self, actions: list[tuple[QAction, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._inside = QWidget(self)
        self._inside.setMaximumWidth(_WIDTH)
        mark = QLabel(self)
        mark.setPixmap(program_icon().pixmap(QSize(72, 72)))
        mark.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        title = _label(self, self.tr("Drop scans here"), 1.7)
        hint = _label(
            self,
            self.tr(
                "Pictures, PDF files or a whole folder. A project is made by itself; "
                "your scans are never changed."
            ),
            1.0,
        )
        self._hint = hint
        self.buttons = [self._button(action, name) for action, name in actions]
        self._recent_title = QLabel(self.tr("&Go on with"), self)
        self.recent = QListWidget(self)
        self.recent.setAccessibleName(self.tr("Recent projects"))
        self.recent.setSizePolicy(
            QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed
        )
        self.recent.itemActivated.connect(self._on_activated)
        self.recent.itemClicked.connect(self._on_activated)
        self._recent_title.setBuddy(self.recent)
        column = QVBoxLayout(self._inside)
        column.setSpacing(10)
        for widget in (mark, title, hint):
            column.addWidget(widget)
        column.addSpacing(12)
        grid = QGridLayout()
        grid.setSpacing(10)
        for number, button in enumerate(self.buttons):
            grid.addWidget(button, number // 2, number % 2)
        column.addLayout(grid)
        column.addSpacing(16)
        column.addWidget(self._recent_title)
        column.addWidget(self.recent)
        # In the middle, and no wider than there is room for.
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(self._inside, 1000)
        across.addStretch(1)
        outside = QVBoxLayout(self)
        outside.addStretch(2)
        outside.addLayout(across)
        outside.addStretch(3)
        self._dress()
        self.show_recent(())

    def _button(self, action: QAction, name: str) -> QPushButton:
        # No tool button: those stand at the left, and Tab passes them by.
        button = QPushButton(f" {action.text().replace('&', '')}", self)
        button.setIcon(icon(name))
        button.setToolTip(action.toolTip())
        button.setIconSize(QSize(22, 22))
        button.setMinimumHeight(46)
        button.clicked.connect(action.trigger)
        return button

    def show_recent(self, folders: tuple[str, ...]) -> None:
        """List the recent projects; nothing is asked of the disk."""
        self.recent.clear()
        for name in folders[:_MOST_RECENT]:
            item = QListWidgetItem(Path(name).name or name, self.recent)
            item.setToolTip(name)
            item.setData(Qt.ItemDataRole.UserRole, name)
        rows = self.recent.count()
        for widget in (self._recent_title, self.recent):
            widget.setVisible(rows > 0)
        height = max(1, self.recent.sizeHintForRow(0)) * rows
        self.recent.setFixedHeight(height + 2 * self.recent.frameWidth() + 4)

    @Slot(QListWidgetItem)
    def _on_activated(self, item: QListWidgetItem) -> None:
        self.project_chosen.emit(item.data(Qt.ItemDataRole.UserRole))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the look of the program."""
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()
        super().changeEvent(event)

    def _dress(self) -> None:
        self._hint.setForegroundRole(QPalette.ColorRole.PlaceholderText)


def _label(parent: QWidget, text: str, scale: float) -> QLabel:
    label = QLabel(text, parent)
    label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    label.setWordWrap(True)
    font = label.font()
    font.setPointSizeF(font.pointSizeF() * scale)
    label.setFont(font)
    return label
