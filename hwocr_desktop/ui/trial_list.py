"""The list that shows the pictures of a comparison side by side."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QListView, QListWidget, QStyle, QWidget

from hwocr_desktop.ui.trial_pictures import PICTURE, TrialDelegate, picture_room

IN_A_ROW = 4
"""Pictures beside each other where there is room; more if only so all are seen."""


class TrialList(QListWidget):
    """Pictures of one size, as many in a row as fit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setIconSize(PICTURE)
        self.setSpacing(4)
        self.setItemDelegate(TrialDelegate(self))

    def wanted_size(self, room: QSize) -> QSize:
        """Return the size in which all pictures are seen, as far as there is room.

        Parameters
        ----------
        room : QSize
            What the list may take at most.
        """
        one, gap, count = picture_room(self.fontMetrics()), self.spacing(), self.count()
        step = one + QSize(2 * gap, 2 * gap)
        # The gap is on both sides of each and around all, and so is the frame.
        edge = 2 * (self.frameWidth() + gap) + 2
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)

        def size(columns: int) -> QSize:
            rows = -(-count // columns)
            width = columns * step.width() + edge + bar
            return QSize(width, rows * step.height() + edge)

        most = max(1, (room.width() - edge - bar) // step.width())
        for columns in range(min(IN_A_ROW, most), most + 1):
            if size(columns).height() <= room.height():
                return size(columns)
        return size(min(IN_A_ROW, most)).boundedTo(room)
