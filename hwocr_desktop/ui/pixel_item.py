"""Draws the visible part of a page from whichever of its sizes suits the zoom."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QGraphicsItem

from hwocr_desktop.core.pixels.mending import Box
from hwocr_desktop.ui.pixel_levels import SOFTNESS, Levels, Pixels, cut_table

SHARP_FROM = 3.0
"""Screen pixels for one page pixel from which pixels are drawn as squares."""


class PixelItem(QGraphicsItem):
    """A page in page pixels; an ink map is shown through a table of colors.

    The arrays are borrowed, never copied: the item keeps them alive.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self._levels: Levels | None = None
        self._images: list[QImage] = []
        self._cut = 0

    @property
    def levels(self) -> Levels | None:
        """What is shown."""
        return self._levels

    @property
    def cut(self) -> int:
        """The cut an ink map is shown at, or 0 where the pixels show themselves."""
        return self._cut

    def show_levels(self, levels: Levels | None, cut: int = 0) -> None:
        """Show other pixels.

        Parameters
        ----------
        levels : Levels or None
        cut : int
            0 for gray and color pixels; 1..255 for an ink map.
        """
        self.prepareGeometryChange()
        self._levels = levels
        self._cut = cut
        self._images = [_wrapped(a, bool(cut)) for a in levels.arrays] if levels else []
        self._set_tables()
        self.update()

    def repaint(self, box: Box) -> None:
        """Draw a part anew whose pixels were changed in place."""
        x0, y0, x1, y1 = box
        # Pixels of reduced copies reach over the part's border.
        beyond = 2 ** len(self._images)
        rect = QRectF(x0, y0, x1 - x0, y1 - y0)
        self.update(rect.adjusted(-beyond, -beyond, beyond, beyond))

    def set_cut(self, cut: int) -> None:
        """Move the cut of an ink map: only tables of 256 colors change."""
        if self._cut and cut != self._cut:
            self._cut = cut
            self._set_tables()
            self.update()

    def _set_tables(self) -> None:
        if self._cut:
            for number, image in enumerate(self._images):
                image.setColorTable(cut_table(self._cut, SOFTNESS if number else 0))

    def boundingRect(self) -> QRectF:
        """Return the page in page pixels."""
        if self._levels is None:
            return QRectF()
        return QRectF(0, 0, *self._levels.size)

    def paint(self, painter: QPainter, option, widget=None) -> None:
        """Draw what is exposed."""
        levels = self._levels
        if levels is None:
            return
        transform = painter.deviceTransform()
        scale = math.hypot(transform.m11(), transform.m12())
        number = levels.choose(scale)
        image = self._images[number]
        # Of the page, though the last pixels of a reduced copy may stand for less.
        fx = fy = 0.5**number
        part = option.exposedRect
        # Whole source pixels and one more on each side: no seams between repaints.
        x0 = max(0, math.floor(part.left() * fx) - 1)
        y0 = max(0, math.floor(part.top() * fy) - 1)
        x1 = min(image.width(), math.ceil(part.right() * fx) + 1)
        y1 = min(image.height(), math.ceil(part.bottom() * fy) + 1)
        if x1 <= x0 or y1 <= y0:
            return
        source = QRectF(x0, y0, x1 - x0, y1 - y0)
        target = QRectF(x0 / fx, y0 / fy, (x1 - x0) / fx, (y1 - y0) / fy)
        painter.setRenderHint(
            QPainter.RenderHint.SmoothPixmapTransform, scale < SHARP_FROM
        )
        painter.drawImage(target, image, source)


def _wrapped(pixels: Pixels, is_ink: bool) -> QImage:
    """Return an image that borrows the array's memory."""
    height, width = pixels.shape[:2]
    if pixels.ndim == 3:
        form = QImage.Format.Format_RGB888
    elif is_ink:
        form = QImage.Format.Format_Indexed8
    else:
        form = QImage.Format.Format_Grayscale8
    return QImage(pixels.data, width, height, pixels.strides[0], form)
