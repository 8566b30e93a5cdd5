"""A field that names a folder, chosen in the system's dialog, or none."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget


class FolderField(QWidget):
    """Shows a folder's path; a person chooses another one, or none.

    Parameters
    ----------
    none : str
        What is said when no folder is chosen.
    parent : QWidget, optional
    """

    def __init__(self, none: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.path = QLineEdit(self)
        self.path.setReadOnly(True)
        self.path.setPlaceholderText(none)
        self.choose = QPushButton(self.tr("Choose…"), self)
        self.choose.clicked.connect(self._choose)
        self.clear = QPushButton(self.tr("None"), self)
        self.clear.clicked.connect(lambda: self.set_folder(""))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.path, 1)
        row.addWidget(self.choose)
        row.addWidget(self.clear)
        # What a label's key opens.
        self.setFocusProxy(self.choose)
        self.set_folder("")

    @property
    def folder(self) -> str:
        """The folder's path, or ""."""
        return self.path.text()

    def set_folder(self, folder: str) -> None:
        """Show a folder; "" for none."""
        self.path.setText(folder)
        self.path.setCursorPosition(0)
        self.path.setToolTip(folder)
        self.clear.setEnabled(bool(folder))

    @Slot()
    def _choose(self) -> None:
        start = self.folder or str(Path.home())
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Folder"), start)
        if chosen:
            self.set_folder(chosen)
