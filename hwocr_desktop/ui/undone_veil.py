"""Covers the parts of a cleaned page that are not cleaned yet with the dimmed scan."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPalette, QRegion

from hwocr_desktop.core.pixels.mending import Box
from hwocr_desktop.ui.pixel_item import PixelItem
from hwocr_desktop.ui.pixel_levels import Levels

SHARE = 0.35
"""How much is seen of the scan: enough to know the place, too little for paper."""


class UndoneVeil(PixelItem):
    """The dimmed scan over what a network has not come to: it is no clean paper."""

    def __init__(self) -> None:
        super().__init__()
        self._undone = QRegion()
        self._done: Sequence[Box] | None = None
        self._seen = 0
        self.hide()

    @property
    def undone(self) -> QRegion:
        """What is covered, in page pixels."""
        return self._undone if self.isVisible() else QRegion()

    def cover(self, scan: Levels | None, done: Sequence[Box] | None) -> None:
        """Cover a page but for its parts that are done.

        Parameters
        ----------
        scan : Levels or None
            The page; nothing is covered without.
        done : sequence of Box or None
            May be the same list as before with more in it. None if all is done.
        """
        if scan is None or done is None:
            self._done = None
            self.hide()
            return
        if scan is not self.levels:
            self.show_levels(scan)
        if done is not self._done or self._seen > len(done):
            self._done, self._seen = done, 0
            self._undone = QRegion(0, 0, *scan.size)
            self.update()
        for x0, y0, x1, y1 in done[self._seen :]:
            self._undone -= QRegion(QRect(x0, y0, x1 - x0, y1 - y0))
            self.repaint((x0, y0, x1, y1))
        self._seen = len(done)
        self.show()

    def paint(self, painter: QPainter, option, widget=None) -> None:
        """Draw the scan faintly where nothing is done."""
        painter.save()
        painter.setClipRegion(self._undone, Qt.ClipOperation.IntersectClip)
        colors = widget.palette() if widget else QGuiApplication.palette()
        # The color behind the page, so that it is neither paper nor ink.
        painter.fillRect(option.exposedRect, colors.color(QPalette.ColorRole.Mid))
        painter.setOpacity(SHARE)
        super().paint(painter, option, widget)
        painter.restore()
