"""What is drawn over the page while its lines are edited: points, handles, sketches."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem

from hwocr_desktop.core.document.document import IGNORED, Page
from hwocr_desktop.core.pixels.geometry import LineShape, Point
from hwocr_desktop.core.pixels.line_drawing import middle_of
from hwocr_desktop.ui.line_tools import Tool

POINT_PX, BETWEEN_PX, HANDLE_PX = 5.0, 3.5, 6.0
"""Half sizes of what is taken hold of, in pixels of the screen."""

ARROW_PX, ARROW_GAP_PX = 9.0, 3.0
_ARROW_ANGLE = 0.45
BLUE, RED = QColor("#0a50c8"), QColor("#c4161c")
KIND_COLORS = {
    "paragraph": QColor("#0a50c8"),
    "marginalia": QColor("#7a3fa0"),
    "header": QColor("#00765a"),
    IGNORED: QColor("#8a2b0a"),
}
_REST = QColor("#5f6b76")
_LABEL_PX = 12


@dataclass(frozen=True, slots=True)
class Marks:
    """What is shown of the work in hand; points in page pixels.

    Attributes
    ----------
    shapes : tuple of LineShape
        Lines as they would be.
    points : tuple of (x, y)
        To be dragged.
    between : tuple of (x, y)
        Where a drag makes a new point.
    height_handle : (x, y) or None
    way : tuple of (x, y)
        What has been clicked, up to the mouse.
    frame : tuple of (x, y)
        A region or a choice as it would be.
    cut : tuple of (x, y)
        Where the scissors would cut.
    path : tuple of (x, y)
        Middles of lines in the order in which they were clicked.
    """

    shapes: tuple[LineShape, ...] = ()
    points: tuple[Point, ...] = ()
    between: tuple[Point, ...] = ()
    height_handle: Point | None = None
    way: tuple[Point, ...] = ()
    frame: tuple[Point, ...] = ()
    cut: tuple[Point, ...] = ()
    path: tuple[Point, ...] = ()

    @property
    def all_points(self) -> tuple[Point, ...]:
        """Every point that is drawn at."""
        shapes = [p for s in self.shapes for p in (*s.polygon, *s.baseline)]
        handle = (self.height_handle,) if self.height_handle else ()
        return (
            *shapes,
            *self.points,
            *self.between,
            *handle,
            *self.way,
            *self.frame,
            *self.cut,
            *self.path,
        )


class _Scaled(QGraphicsItem):
    """An item that knows the zoom, to draw in pixels of the screen."""

    def __init__(self) -> None:
        super().__init__()
        self._scale = 1.0
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def set_scale(self, scale: float) -> None:
        """Take notice of the zoom, in pixels of the screen for one of the page."""
        self.prepareGeometryChange()
        self._scale = max(scale, 1e-6)

    def _around(self, points: tuple[Point, ...], room_px: float) -> QRectF:
        if not points:
            return QRectF()
        rect = QPolygonF([QPointF(*p) for p in points]).boundingRect()
        room = room_px / self._scale
        return rect.adjusted(-room, -room, room, room)


class HandMarks(_Scaled):
    """The marks of the work in hand."""

    def __init__(self) -> None:
        super().__init__()
        self._marks = Marks()

    @property
    def marks(self) -> Marks:
        """What is shown."""
        return self._marks

    def show_marks(self, marks: Marks) -> None:
        """Show other marks."""
        if marks != self._marks:
            self.prepareGeometryChange()
            self._marks = marks
            self.update()

    def boundingRect(self) -> QRectF:
        """Return what holds all marks, with room for their lines at any zoom."""
        return self._around(self._marks.all_points, 24)

    def paint(self, painter: QPainter, option, widget=None) -> None:
        """Draw all marks."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        marks = self._marks
        for shape in marks.shapes:
            fill = QColor(BLUE)
            fill.setAlpha(36)
            painter.setPen(pen(BLUE, 1.2, Qt.PenStyle.DashLine))
            painter.setBrush(fill)
            painter.drawPolygon(_polygon(shape.polygon))
            self._stroke(painter, shape.baseline)
            draw_arrow(painter, shape.baseline, BLUE, self._scale, ARROW_GAP_PX)
        if marks.frame:
            fill = QColor(BLUE)
            fill.setAlpha(24)
            painter.setPen(pen(BLUE, 1.4, Qt.PenStyle.DashLine))
            painter.setBrush(fill)
            painter.drawPolygon(_polygon(marks.frame))
        if marks.way:
            self._stroke(painter, marks.way)
        if marks.path:
            painter.setPen(pen(BLUE, 2.0, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(_polygon(marks.path))
            draw_arrow(painter, marks.path, BLUE, self._scale)
        if marks.cut:
            for color, width in ((QColor("white"), 5.0), (RED, 2.5)):
                painter.setPen(pen(color, width))
                painter.drawPolyline(_polygon(marks.cut))
        for point in marks.between:
            self._dot(painter, point, BETWEEN_PX, is_full=False)
        for point in marks.points:
            self._dot(painter, point, POINT_PX)
        if marks.height_handle is not None:
            self._grip(painter, marks.height_handle)

    def _stroke(self, painter: QPainter, points: tuple[Point, ...]) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in ((QColor(255, 255, 255, 200), 4.0), (BLUE, 2.0)):
            painter.setPen(pen(color, width))
            painter.drawPolyline(_polygon(points))

    def _dot(
        self, painter: QPainter, at: Point, half_px: float, *, is_full: bool = True
    ) -> None:
        half = half_px / self._scale
        painter.setPen(pen(BLUE, 2.0 if is_full else 1.4))
        painter.setBrush(QColor("white") if is_full else QColor(255, 255, 255, 130))
        painter.drawEllipse(QPointF(*at), half, half)

    def _grip(self, painter: QPainter, at: Point) -> None:
        """Draw the one handle of a line's height: a square with arrows up and down."""
        half = HANDLE_PX / self._scale
        x, y = at
        painter.setPen(pen(BLUE, 2.0))
        painter.setBrush(QColor("white"))
        painter.drawRect(QRectF(x - half, y - half, 2 * half, 2 * half))
        painter.setBrush(BLUE)
        painter.setPen(Qt.PenStyle.NoPen)
        for way in (-1, 1):
            tip = y + way * 0.75 * half
            painter.drawPolygon(
                QPolygonF(
                    [
                        QPointF(x, tip),
                        QPointF(x - 0.5 * half, y + way * 0.15 * half),
                        QPointF(x + 0.5 * half, y + way * 0.15 * half),
                    ]
                )
            )


class PageMarks(_Scaled):
    """Regions, writing directions and reading order of the page.

    Parameters
    ----------
    names : dict of str to str
        What a person calls each kind of region.
    """

    def __init__(self, names: dict[str, str]) -> None:
        super().__init__()
        self._names = names
        self._page: Page | None = None
        self._region = ""
        self._tool: Tool = "move"
        self.hide()

    def show_page(self, page: Page | None, region: str, tool: Tool) -> None:
        """Show the regions of a page, one chosen, and what else the tool needs."""
        new = page, region, tool
        if new != (self._page, self._region, self._tool):
            self.prepareGeometryChange()
            self._page, self._region, self._tool = new
            self.update()

    def boundingRect(self) -> QRectF:
        """Return the page with a margin."""
        if self._page is None:
            return QRectF()
        corners = ((0.0, 0.0), (float(self._page.width), float(self._page.height)))
        return self._around(corners, 30)

    def paint(self, painter: QPainter, option, widget=None) -> None:
        """Draw borders and names of regions, and an arrow at the end of each line."""
        page = self._page
        if page is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for region in page.regions:
            if len(region.polygon) < 3:
                continue
            is_chosen = region.id == self._region
            color = KIND_COLORS.get(region.kind, _REST)
            is_ignored = region.kind == IGNORED
            style = Qt.BrushStyle.BDiagPattern if is_ignored else Qt.BrushStyle.NoBrush
            thin = QColor(color)
            thin.setAlpha(110)
            painter.setBrush(QColor(0, 0, 0, 0) if not is_ignored else thin)
            brush = painter.brush()
            brush.setStyle(style)
            painter.setBrush(brush)
            line = Qt.PenStyle.SolidLine if is_chosen else Qt.PenStyle.DashLine
            is_faint = self._tool != "region"
            width = 3.0 if is_chosen else 1.2 if is_faint else 1.8
            painter.setPen(pen(color, width, line))
            painter.drawPolygon(_polygon(region.polygon))
            if self._tool == "region":
                name = self._names.get(region.kind)
                self._name(painter, region.polygon, name, color)
        for item in page.lines:
            # Behind the end, where it hides no letter.
            way = item.shape.baseline
            draw_arrow(painter, way, BLUE, self._scale, ARROW_GAP_PX)
        if self._tool == "order" and len(page.lines) > 1:
            middles = tuple(middle_of(line.shape) for line in page.lines)
            faint = QColor(BLUE)
            faint.setAlpha(120)
            painter.setPen(pen(faint, 1.4, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(_polygon(middles))

    def _name(
        self,
        painter: QPainter,
        polygon: tuple[Point, ...],
        name: str | None,
        color: QColor,
    ) -> None:
        """Write what a region is above its upper left corner."""
        if not name:
            return
        x, y = min(x for x, _ in polygon), min(y for _, y in polygon)
        painter.save()
        painter.translate(x, y)
        painter.scale(1 / self._scale, 1 / self._scale)
        font = painter.font()
        font.setPixelSize(_LABEL_PX)
        font.setBold(True)
        painter.setFont(font)
        width = painter.fontMetrics().horizontalAdvance(name) + 10
        plate = QRectF(0, -_LABEL_PX - 7, width, _LABEL_PX + 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRoundedRect(plate, 3, 3)
        painter.setPen(QColor("white"))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, name)
        painter.restore()


def draw_arrow(
    painter: QPainter,
    way: tuple[Point, ...],
    color: QColor,
    scale: float,
    gap_px: float | None = None,
) -> None:
    """Draw the head of an arrow at the end of a polyline, or behind it.

    Parameters
    ----------
    painter, color
    way : tuple of (x, y)
        In page pixels.
    scale : float
        Pixels of the screen for one of the page.
    gap_px : float or None
        How far behind the end the head begins, pixels of the screen; None has it end
        where the polyline does.
    """
    end = way[-1]
    start = next(
        (p for p in reversed(way[:-1]) if math.dist(p, end) > ARROW_PX / scale), way[0]
    )
    if start == end:
        return
    angle = math.atan2(end[1] - start[1], end[0] - start[0])
    size = ARROW_PX / scale
    if gap_px is not None:
        # As far as the head is long, not its slanting sides.
        beyond = (gap_px + ARROW_PX * math.cos(_ARROW_ANGLE)) / scale
        end = end[0] + beyond * math.cos(angle), end[1] + beyond * math.sin(angle)
    path = QPainterPath(QPointF(*end))
    for side in (-_ARROW_ANGLE, _ARROW_ANGLE):
        path.lineTo(
            end[0] - size * math.cos(angle + side),
            end[1] - size * math.sin(angle + side),
        )
    path.closeSubpath()
    painter.setPen(pen(QColor(255, 255, 255, 200), 1.0))
    painter.setBrush(color)
    painter.drawPath(path)


def pen(color: QColor, width: float, style=Qt.PenStyle.SolidLine) -> QPen:
    """Return a pen as wide on the screen at any zoom."""
    made = QPen(color, width, style)
    made.setCosmetic(True)
    made.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return made


def _polygon(points: tuple[Point, ...]) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in points])
