"""Small pictures of a part of a page, all of one size, for a list of methods."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import (
    QFontMetrics,
    QIcon,
    QImage,
    QPainter,
    QPalette,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QWidget

from hwocr_desktop.app.comparison import Trial
from hwocr_desktop.core.pixels.imaging import Scan, thumbnail
from hwocr_desktop.core.pixels.mending import Box
from hwocr_desktop.ui.pixel_images import image_of

PICTURE = QSize(272, 193)
"""Room for a picture, in pixels of the window."""


_MARGIN_PX = 7
_FRAME_PX = 3


def picture_room(metrics: QFontMetrics) -> QSize:
    """Return what a picture and the two lines below it take."""
    text = 2 * metrics.lineSpacing() + _MARGIN_PX
    return PICTURE + QSize(2 * _MARGIN_PX, 2 * _MARGIN_PX + text)


class TrialDelegate(QStyledItemDelegate):
    """Draws a picture with a line or two below; what is selected has a frame."""

    def sizeHint(self, option, index) -> QSize:
        """Return the same room for all."""
        return picture_room(option.fontMetrics)

    def paint(self, painter, option, index) -> None:
        """Draw one method."""
        self.initStyleOption(option, index)
        colors, state = option.palette, option.state
        corner = option.rect.topLeft() + QPoint(_MARGIN_PX, _MARGIN_PX)
        picture = QRect(corner, PICTURE)
        painter.save()
        option.icon.paint(painter, picture)
        role, width = QPalette.ColorRole.Mid, 1
        if state & QStyle.StateFlag.State_Selected:
            role, width = QPalette.ColorRole.Highlight, _FRAME_PX
        pen = QPen(colors.color(role), width)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        beyond = width // 2 + 1
        painter.drawRect(picture.adjusted(-beyond, -beyond, beyond - 1, beyond - 1))
        painter.setPen(colors.color(QPalette.ColorRole.Text))
        name, _, said = index.data(Qt.ItemDataRole.DisplayRole).partition("\n")
        line = QRect(picture.left(), picture.bottom() + _MARGIN_PX, picture.width(), 0)
        for text, font in ((name, option.font), (said, option.widget.font())):
            line.setHeight(option.fontMetrics.lineSpacing())
            painter.setFont(font)
            elided = QFontMetrics(font).elidedText(
                text, Qt.TextElideMode.ElideRight, line.width()
            )
            painter.drawText(line, Qt.AlignmentFlag.AlignHCenter, elided)
            line.moveTop(line.bottom() + 1)
        painter.restore()


def ink_picture(trial: Trial, cut: int, widget: QWidget) -> QIcon:
    """Return what a method takes for ink at a cut."""
    return _framed(image_of(trial.picture(cut, _side(widget))), widget)


def scan_picture(scan: Scan, box: Box, widget: QWidget) -> QIcon:
    """Return a part of a scan."""
    x0, y0, x1, y1 = box
    whole = scan.gray if scan.color is None else scan.color
    return _framed(image_of(thumbnail(whole[y0:y1, x0:x1], _side(widget))), widget)


def worded_picture(text: str, widget: QWidget) -> QIcon:
    """Return what stands there while there is nothing to see, and says why."""
    return _framed(None, widget, text)


def _side(widget: QWidget) -> int:
    return round(max(PICTURE.width(), PICTURE.height()) * widget.devicePixelRatioF())


def _framed(image: QImage | None, widget: QWidget, text: str = "") -> QIcon:
    """Return an image as large as fits, or a text, in the middle of the room."""
    ratio = widget.devicePixelRatioF()
    pixmap = QPixmap(PICTURE * ratio)
    pixmap.setDevicePixelRatio(ratio)
    # What is behind a list is near to Mid in the dark: an empty box would not be seen.
    roles = QPalette.ColorRole
    ground = roles.Mid if image is not None else roles.Button
    pixmap.fill(widget.palette().color(ground))
    if image is not None:
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        size = image.size().scaled(PICTURE, Qt.AspectRatioMode.KeepAspectRatio)
        corner = QPoint(
            (PICTURE.width() - size.width()) // 2,
            (PICTURE.height() - size.height()) // 2,
        )
        painter.drawImage(QRect(corner, size), image)
        painter.end()
    elif text:
        painter = QPainter(pixmap)
        painter.setFont(widget.font())
        painter.setPen(widget.palette().color(roles.ButtonText))
        place = QRect(QPoint(0, 0), PICTURE)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
        painter.end()
    icon = QIcon()
    # The same when selected: a tint over black and white would hide what is compared.
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected, QIcon.Mode.Disabled):
        icon.addPixmap(pixmap, mode)
    return icon
