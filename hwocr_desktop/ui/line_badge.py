"""The number before a line on the page, on a plate that tells the line's state."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainterPath, QPen
from PySide6.QtWidgets import (
    QGraphicsItem,
    QGraphicsPathItem,
    QGraphicsSimpleTextItem,
)

from hwocr_desktop.core.document.document import Line

BADGE_HEIGHT_PX = 18
BADGE_GAP_PX = 5
EDGE_PX = 2
"""Room that a plate leaves to the edge of the view."""


class LineBadge(QGraphicsPathItem):
    """A line's number on a plate as large on the screen at any zoom.

    The plate's form tells the state too: round for unread, cornered for read, and
    with a tick for checked lines.

    Parameters
    ----------
    number : int
    line : Line
    """

    def __init__(self, number: int, line: Line) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setPen(QPen(QColor(255, 255, 255, 200), 1.2))
        text = QGraphicsSimpleTextItem(str(number), self)
        font = QFont()
        font.setPixelSize(12)
        font.setBold(True)
        text.setFont(font)
        text.setBrush(QBrush(QColor("white")))
        size = text.boundingRect()
        shape = line.shape
        tick = 12 if line.state == "checked" else 0
        width = max(size.width() + 10, BADGE_HEIGHT_PX) + tick
        (x, y), (x_end, _) = shape.baseline[0], shape.baseline[-1]
        self._is_leftward = x_end < x
        left = BADGE_GAP_PX if self._is_leftward else -BADGE_GAP_PX - width
        radius = 3 if line.state == "read" else BADGE_HEIGHT_PX / 2
        self._plate = QRectF(left, -BADGE_HEIGHT_PX / 2, width, BADGE_HEIGHT_PX)
        plate = QPainterPath()
        plate.addRoundedRect(self._plate, radius, radius)
        self.setPath(plate)
        text.setPos(left + (width - tick - size.width()) / 2, -size.height() / 2)
        if tick:
            _add_tick(self, left + width - tick - 2)
        x0, _, x1, _ = shape.bounds
        x = max(x, x1) if self._is_leftward else min(x, x0)
        self._home = QPointF(x, y - shape.ascent / 3)
        self.setPos(self._home)

    def stay_within(self, left: float, right: float, scale: float) -> None:
        """Move no further over the line than the edge of what is seen asks for.

        Where the line itself begins out of sight the plate does, too.

        Parameters
        ----------
        left, right : float
            What is seen of the page, in its pixels.
        scale : float
            Pixels of the screen for one of the page.
        """
        x = self._home.x()
        if left <= x <= right:
            if self._is_leftward:
                x = min(x, right - (self._plate.right() + EDGE_PX) / scale)
            else:
                x = max(x, left - (self._plate.left() - EDGE_PX) / scale)
        self.setPos(x, self._home.y())


def _add_tick(badge: QGraphicsPathItem, x: float) -> None:
    path = QPainterPath(QPointF(x, 0))
    path.lineTo(x + 3, 3.5)
    path.lineTo(x + 8.5, -3.5)
    tick = QGraphicsPathItem(path, badge)
    pen = QPen(QColor("white"), 2)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    tick.setPen(pen)
