"""Places that were mended, as they were cleaned before and after, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from hwocr_desktop.app.ink_learning import RegionCompared
from hwocr_desktop.core.pixels.contact_sheet import error_picture
from hwocr_desktop.ui.pixel_images import image_of

TOO_MUCH, MISSING = (209, 36, 47), (9, 105, 218)
"""Colors of ink that should not be there, and of ink that should."""

INK = (25, 25, 25)
"""Color of ink that is right."""

_GAP = 8
_COLUMNS = 4


class RegionPictures(QScrollArea):
    """Places held out: the scan, before, after, and as a person mended it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sheet = _Sheet(self)
        self.setWidget(self._sheet)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(190)
        self.setAccessibleName(self.tr("Places kept back, before and after"))

    def show_regions(self, regions: Sequence[RegionCompared]) -> None:
        """Show those that there are pictures of."""
        shown = [region for region in regions if region.views is not None]
        titles = [
            self.tr("Place {0}: from {1} to {2} of 100 points").format(
                number + 1, f"{region.before:.1f}", f"{region.after:.1f}"
            )
            for number, region in enumerate(regions)
        ]
        captions = [
            self.tr("Scan"),
            self.tr("Before"),
            self.tr("After"),
            self.tr("As you mended it"),
        ]
        self.setAccessibleDescription("; ".join(titles))
        self._sheet.show_pictures(captions, titles[: len(shown)], shown)


class _Sheet(QWidget):
    """Paints the pictures in columns that share the width."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._captions: list[str] = []
        self._titles: list[str] = []
        self._rows: list[list[QImage]] = []

    def show_pictures(
        self,
        captions: list[str],
        titles: list[str],
        regions: Sequence[RegionCompared],
    ) -> None:
        self._captions, self._titles = captions, titles
        self._rows = [_images(region) for region in regions]
        self._fit()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        heights = [self._size(row[0]).height() for row in self._rows]
        line = self.fontMetrics().height()
        self.setMinimumHeight(
            line + 2 * _GAP + sum(height + line + 2 * _GAP for height in heights)
        )

    def _size(self, image: QImage) -> QSize:
        """Return how large a picture is shown; small ones are not blown up."""
        room = max(1, (self.width() - (_COLUMNS + 1) * _GAP) // _COLUMNS)
        width = min(room, 2 * image.width())
        height = max(1, round(width * image.height() / max(1, image.width())))
        return QSize(width, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        colors = self.palette()
        text = colors.color(QPalette.ColorRole.Text)
        frame = QColor(colors.color(QPalette.ColorRole.Mid))
        step = (self.width() - _GAP) // _COLUMNS
        line, top = self.fontMetrics().height(), _GAP
        painter.setPen(text)
        for column, caption in enumerate(self._captions):
            place = QRect(_GAP + column * step, top, step - _GAP, line)
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft, caption)
        top += line + _GAP
        for title, row in zip(self._titles, self._rows, strict=True):
            painter.setPen(text)
            place = QRect(_GAP, top, self.width() - 2 * _GAP, line)
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft, title)
            top += line + _GAP // 2
            size = self._size(row[0])
            for column, image in enumerate(row):
                place = QRect(_GAP + column * step, top, size.width(), size.height())
                painter.drawImage(place, image)
                painter.setPen(frame)
                painter.drawRect(place.adjusted(0, 0, -1, -1))
            top += size.height() + _GAP + _GAP // 2


def _images(region: RegionCompared) -> list[QImage]:
    views = region.views
    assert views is not None
    planes = [
        error_picture(ink, views.mended, (TOO_MUCH, MISSING, INK))
        for ink in (views.before, views.after, views.mended)
    ]
    return [image_of(plane) for plane in (views.gray, *planes)]
