"""The writing of one line, enlarged and straightened, above its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPalette,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from hwocr_desktop.app.requests import ProjectChange, ScanShown
from hwocr_desktop.core.document.document import Line
from hwocr_desktop.core.document.reading_marks import place_of, position_at
from hwocr_desktop.core.pixels.crops import (
    across_crop,
    along_baseline,
    crop_line,
    crop_margin,
)
from hwocr_desktop.ui.line_overlay import SELECTED_COLOR
from hwocr_desktop.ui.page_pixels import has_other_pixels
from hwocr_desktop.ui.pixel_images import image_of

if TYPE_CHECKING:
    from hwocr_desktop.app.session import Session

HEIGHT_PX = 92
LEAST_LINE_PX = 56
"""A long line is not shrunk below this height; it follows the caret instead."""

LEAST_CROP, MOST_CROP = 48, 200


class LineStrip(QWidget):
    """Shows a line of the page, and on it the place of the text's caret.

    Parameters
    ----------
    session : Session
    parent : QWidget, optional

    Signals
    -------
    place_clicked : int
        Place in the text of what was clicked, in code points.
    """

    place_clicked = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._line: Line | None = None
        self._caret: int | None = None
        # Kept from `scan_loaded`: while pages change, the session's is another's.
        self._gray = session.scan.gray if session.scan else None
        self._image = QImage()
        self._offset = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Writing of the selected line"))
        self.setToolTip(
            self.tr("The selected line, enlarged. Click a letter to go there.")
        )
        session.page_selected.connect(self._on_page_selected)
        session.scan_loaded.connect(self._on_scan_loaded)
        session.project_changed.connect(self._on_project_changed)

    def sizeHint(self) -> QSize:
        """Return room for one line."""
        return QSize(400, HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        """Return room for one line."""
        return QSize(160, HEIGHT_PX)

    @property
    def has_picture(self) -> bool:
        """Whether there is writing to show."""
        return not self._image.isNull()

    @property
    def line_id(self) -> str:
        """Id of the line shown, or ""."""
        return self._line.id if self._line else ""

    @Slot(str)
    def show_line(self, line_id: str) -> None:
        """Show a line of the page, or nothing for ""."""
        page = self._session.page
        lines = page.lines if page else ()
        self._line = next((line for line in lines if line.id == line_id), None)
        self._caret = None
        self._offset = 0.0
        self._cut_out()

    @Slot(int)
    def show_caret(self, position: int) -> None:
        """Mark a place of the text, in code points."""
        self._caret = position
        self._follow_caret()
        self.update()

    def mark(self) -> tuple[float, float] | None:
        """Return the place that is marked, as fractions of the strip's picture."""
        if self._line is None or self._caret is None:
            return None
        place = place_of(self._line, self._caret)
        if place is None:
            return None
        margin = crop_margin(self._line.shape)
        start, end = (across_crop(at, margin) for at in place)
        return start, end

    # ----- what the session tells ---------------------------------------------

    @Slot(str)
    def _on_page_selected(self, page_id: str) -> None:
        self._gray = None
        self.show_line("")

    @Slot(object)
    def _on_scan_loaded(self, shown: ScanShown) -> None:
        self._gray = shown.scan.gray
        self._cut_out()

    @Slot(object)
    def _on_project_changed(self, change: ProjectChange) -> None:
        before = self._line
        if has_other_pixels(self._session.page, change):
            self._gray = None  # the others are on their way
            self._cut_out()
        if before is None:
            return
        page = self._session.page
        lines = page.lines if page else ()
        self._line = next((line for line in lines if line.id == before.id), None)
        if self._line is None or self._line.shape != before.shape:
            self._cut_out()
        elif self._line is not before:
            self.update()

    def _cut_out(self) -> None:
        """Cut the line out of the page, at about its own resolution."""
        self._image = QImage()
        if self._line is not None and self._gray is not None:
            shape = self._line.shape
            span = round(shape.ascent + shape.descent)
            height = min(MOST_CROP, max(LEAST_CROP, span))
            self._image = image_of(crop_line(self._gray, shape, height))
        self._follow_caret()
        self.update()

    # ----- drawing ------------------------------------------------------------

    def _scale(self) -> float:
        """Return pixels of the strip for one of the crop."""
        if self._image.isNull():
            return 1.0
        high = self._image.height()
        fitted = min(self.width() / self._image.width(), self.height() / high)
        return max(fitted, LEAST_LINE_PX / high)

    def picture_rect(self) -> QRectF:
        """Return where the line is drawn; it may be wider than the strip."""
        scale = self._scale()
        width, height = self._image.width() * scale, self._image.height() * scale
        return QRectF(-self._offset, (self.height() - height) / 2, width, height)

    def _follow_caret(self) -> None:
        """Move a line that is wider than the strip so that the caret is seen."""
        width = self._image.width() * self._scale()
        most = max(0.0, width - self.width())
        place = self.mark()
        if place is not None:
            at, edge = place[0] * width, self.width() / 5
            if not edge <= at - self._offset <= self.width() - edge:
                self._offset = at - self.width() / 2
        self._offset = min(most, max(0.0, self._offset))

    def resizeEvent(self, event) -> None:
        """Keep the caret in sight."""
        self._follow_caret()

    def paintEvent(self, event) -> None:
        """Draw the line and the mark of the caret."""
        painter = QPainter(self)
        colors = self.palette()
        painter.fillRect(self.rect(), colors.color(QPalette.ColorRole.Mid))
        if self._image.isNull():
            self._paint_message(painter)
            return
        rect = self.picture_rect()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(rect, self._image)
        place = self.mark()
        if place is None:
            return
        x0 = rect.left() + place[0] * rect.width()
        x1 = rect.left() + place[1] * rect.width()
        mark = QColor(SELECTED_COLOR)
        mark.setAlpha(46)
        painter.fillRect(QRectF(x0, rect.top(), x1 - x0, rect.height()), mark)
        painter.setPen(QPen(QColor(SELECTED_COLOR), 2))
        painter.drawLine(round(x0), round(rect.top()), round(x0), round(rect.bottom()))

    def _paint_message(self, painter: QPainter) -> None:
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        painter.drawText(
            self.rect(),
            Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap,
            self.tr("The writing of the selected line appears here."),
        )

    # ----- mouse --------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the character at the mouse."""
        if self._line is None or self._image.isNull():
            return
        rect = self.picture_rect()
        at = (event.position().x() - rect.left()) / rect.width()
        margin = crop_margin(self._line.shape)
        place = position_at(self._line, along_baseline(at, margin))
        if place is not None:
            self.place_clicked.emit(place)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Move along a line that is wider than the strip."""
        delta = event.angleDelta()
        width = self._image.width() * self._scale()
        most = max(0.0, width - self.width())
        self._offset = min(most, max(0.0, self._offset - (delta.y() + delta.x()) / 2))
        self.update()
        event.accept()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change from light to dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
