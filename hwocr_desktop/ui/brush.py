"""The brush that mends the ink: what it paints, how large it is, its circle."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem

from hwocr_desktop.core.pixels.mending import Paint

SIZES_PX = (
    *(1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 50, 64, 80, 100, 130, 160),
    *(200, 250, 320, 400),
)
"""What the brush may measure across, in page pixels; each step can be seen."""

START_SIZE_PX = 12
_LINE_PX = 3.0


class Brush(QObject):
    """The brush of one window.

    Signals
    -------
    changed
        It was taken up or put down, or paints otherwise.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._is_on = False
        self._paint: Paint = "ink"
        self._step = SIZES_PX.index(START_SIZE_PX)

    @property
    def is_on(self) -> bool:
        """Whether the brush is in the hand."""
        return self._is_on

    @property
    def paint(self) -> Paint:
        """What the left button paints; the right one paints the other."""
        return self._paint

    @property
    def step(self) -> int:
        """Which of `SIZES_PX` it has."""
        return self._step

    @property
    def size(self) -> int:
        """What it measures across, in page pixels."""
        return SIZES_PX[self._step]

    @property
    def radius(self) -> float:
        """Half of what it measures across."""
        return self.size / 2

    @Slot(bool)
    def set_on(self, on: bool) -> None:
        """Take the brush up, or put it down."""
        if on != self._is_on:
            self._is_on = on
            self.changed.emit()

    @Slot(str)
    def set_paint(self, paint: Paint) -> None:
        """Paint ink or paper with the left button."""
        if paint != self._paint:
            self._paint = paint
            self.changed.emit()

    @Slot()
    def swap(self) -> None:
        """Paint with the left button what the right one paints, and the reverse."""
        self.set_paint(other_paint(self._paint))

    @Slot(int)
    def set_step(self, step: int) -> None:
        """Choose one of `SIZES_PX`."""
        step = min(max(step, 0), len(SIZES_PX) - 1)
        if step != self._step:
            self._step = step
            self.changed.emit()

    @Slot()
    def enlarge(self) -> None:
        """Take the next larger brush."""
        self.set_step(self._step + 1)

    @Slot()
    def reduce(self) -> None:
        """Take the next smaller brush."""
        self.set_step(self._step - 1)


def other_paint(paint: Paint) -> Paint:
    """Return paper for ink and ink for paper."""
    return "paper" if paint == "ink" else "ink"


class BrushCircle(QGraphicsItem):
    """The circle that shows what the brush would cover, visible on any ground.

    Solid where it paints ink, dashed where it paints paper.
    """

    def __init__(self) -> None:
        super().__init__()
        self._radius = 1.0
        self._scale = 1.0
        self._paint: Paint = "ink"
        self.hide()

    def show_at(self, point: QPointF, radius: float, paint: Paint) -> None:
        """Show the circle about a point of the page."""
        if (radius, paint) != (self._radius, self._paint):
            self.prepareGeometryChange()
            self._radius, self._paint = radius, paint
            self.update()
        self.setPos(point)
        self.show()

    def set_scale(self, scale: float) -> None:
        """Take notice of the zoom, in pixels of the screen for one of the page."""
        self.prepareGeometryChange()
        self._scale = max(scale, 1e-6)

    def boundingRect(self) -> QRectF:
        """Return the circle with room for its line at any zoom."""
        reach = self._radius + _LINE_PX / self._scale
        return QRectF(-reach, -reach, 2 * reach, 2 * reach)

    def paint(self, painter: QPainter, option, widget=None) -> None:
        """Draw a light ring below a dark one."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        is_ink = self._paint == "ink"
        style = Qt.PenStyle.SolidLine if is_ink else Qt.PenStyle.CustomDashLine
        for color, width in ((QColor("white"), _LINE_PX), (QColor("#0a50c8"), 1.5)):
            pen = QPen(color, width)
            pen.setCosmetic(True)
            if width < _LINE_PX:
                pen.setStyle(style)
                if not is_ink:
                    pen.setDashPattern([3, 3])
            painter.setPen(pen)
            painter.drawEllipse(QPointF(), self._radius, self._radius)
