"""Mending the ink with the brush: from the mouse to strokes of the document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, Qt, Slot
from PySide6.QtGui import QMouseEvent

from hwocr_desktop.core.document import edits
from hwocr_desktop.core.pixels.mending import (
    Box,
    BrushStroke,
    Paint,
    join_boxes,
    stroke_of,
)
from hwocr_desktop.ui.brush import Brush, other_paint
from hwocr_desktop.ui.page_pixels import PagePixels
from hwocr_desktop.ui.scan_view import ScanView

if TYPE_CHECKING:
    from hwocr_desktop.app.session import Session

_BUTTONS = (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton)


class MendingTool(QObject):
    """Paints in the view of the ink; the other view shows where.

    What is painted is seen at once. When the button goes up, the stroke enters the
    document as one step.

    Parameters
    ----------
    session : Session
    brush : Brush
    pixels : PagePixels
    other, painted : ScanView
        The view of the original, and the one of the ink.
    """

    def __init__(
        self,
        session: Session,
        brush: Brush,
        pixels: PagePixels,
        other: ScanView,
        painted: ScanView,
    ) -> None:
        super().__init__(painted)
        self._session, self._brush, self._pixels = session, brush, pixels
        self._painted, self._other = painted, other
        self._way: list[tuple[float, float]] = []
        self._boxes: list[Box] = []
        self._button = Qt.MouseButton.NoButton
        self._paint: Paint = "ink"
        self._radius = 1.0
        self._at: QPointF | None = None
        self._could_paint = pixels.is_whole
        brush.changed.connect(self._on_brush_changed)
        pixels.whole_changed.connect(self._on_whole_changed)

    @property
    def is_painting(self) -> bool:
        """Whether a button is down."""
        return bool(self._way)

    @property
    def cursor(self) -> Qt.CursorShape:
        """What the mouse looks like: forbidden where the ink is not all there yet."""
        shapes = Qt.CursorShape
        return shapes.CrossCursor if self._pixels.is_whole else shapes.ForbiddenCursor

    def press(self, at: QPointF, event: QMouseEvent) -> bool:
        """Begin a stroke: left as the brush is set, right or with Shift the other."""
        if self.is_painting:
            return event.button() in _BUTTONS
        if event.button() not in _BUTTONS or not self._pixels.is_whole:
            return False
        is_other = event.button() == Qt.MouseButton.RightButton or bool(
            event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        )
        paint = self._brush.paint
        self._button = event.button()
        self._paint = other_paint(paint) if is_other else paint
        self._radius = self._brush.radius
        self._go_on(at)
        return True

    def move(self, at: QPointF) -> None:
        """Paint on, or only show the circle."""
        if self.is_painting:
            self._go_on(at)
        self._show_circle(at)

    def release(self, at: QPointF, event: QMouseEvent) -> None:
        """Take the stroke into the document."""
        if not self.is_painting or event.button() != self._button:
            return
        self._go_on(at)
        stroke = stroke_of(self._paint, self._radius, self._way)
        previewed, page = join_boxes(self._boxes), self._session.page
        self._way, self._boxes = [], []
        if page is not None:
            project = edits.add_stroke(self._session.project, page.id, stroke)
            self._session.commit(self.tr("Mend the ink"), project)
        page = self._session.page
        if previewed is not None and (page is None or stroke not in page.mending[-1:]):
            # Nothing may be changed at present, and nothing was.
            self._pixels.restore(previewed)
        self._show_circle(at)

    def leave(self) -> None:
        """Take the circles away."""
        self._at = None
        for view in (self._painted, self._other):
            view.circle.hide()

    @Slot()
    def put_down(self) -> None:
        """Drop the stroke that is being painted, or else the brush."""
        if self.is_painting:
            self.give_up()
        else:
            self._brush.set_on(False)

    @Slot()
    def give_up(self) -> None:
        """Drop the stroke that is being painted."""
        previewed = join_boxes(self._boxes)
        self._way, self._boxes = [], []
        if previewed is not None:
            self._pixels.restore(previewed)

    def _go_on(self, at: QPointF) -> None:
        # Strokes count from the middle of the first pixel, views from its corner.
        point = at.x() - 0.5, at.y() - 0.5
        before = self._way[-1:]
        if before and before[0] == point:
            return
        self._way.append(point)
        piece = BrushStroke(self._paint, self._radius, (*before, point))
        self._boxes.append(piece.box)
        self._pixels.preview(piece)

    def _show_circle(self, at: QPointF) -> None:
        self._at = at
        if not self._pixels.is_whole:
            for view in (self._painted, self._other):
                view.circle.hide()
            return
        paint = self._paint if self.is_painting else self._brush.paint
        radius = self._radius if self.is_painting else self._brush.radius
        for view in (self._painted, self._other):
            view.circle.show_at(at, radius, paint)

    @Slot()
    def _on_whole_changed(self) -> None:
        can_paint = self._pixels.is_whole
        if can_paint == self._could_paint:
            return
        self._could_paint = can_paint
        if not can_paint:
            self.give_up()  # what is painted over would not stay
        if self._brush.is_on:
            self._painted.set_tool(self)  # for the cursor
            if self._at is not None:
                self._show_circle(self._at)

    @Slot()
    def _on_brush_changed(self) -> None:
        if not self._brush.is_on:
            self.give_up()
            self.leave()
        elif self._at is not None:
            self._show_circle(self._at)
        self._painted.set_tool(self if self._brush.is_on else None)
        self._pixels.expect_painting(self._brush.is_on)
