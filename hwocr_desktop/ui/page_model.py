"""The pages of a project as a list model, and how a page looks in the list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPalette, QPen, QPixmap
from PySide6.QtWidgets import (
    QListView,
    QStyle,
    QStyledItemDelegate,
)

from hwocr_desktop.core.document.document import Page, Project
from hwocr_desktop.ui.line_states import (
    SIGN_SIDE_PX,
    page_state_text,
    paint_sign,
    state_color,
)
from hwocr_desktop.ui.page_thumbnails import key_of

PAGE_ROLE = Qt.ItemDataRole.UserRole
PICTURE = QSize(54, 72)
PAD_PX = 6

Index = QModelIndex | QPersistentModelIndex


class PageModel(QAbstractListModel):
    """Mirrors the pages of a project in their order."""

    def __init__(self, parent=None) -> None:
        super().__init__(parent)
        self._pages: tuple[Page, ...] = ()
        self._shared: frozenset[str] = frozenset()

    @property
    def pages(self) -> tuple[Page, ...]:
        """The pages, row by row."""
        return self._pages

    def show_project(self, project: Project) -> bool:
        """Mirror a project.

        Returns
        -------
        bool
            Whether rows came, went or moved; then the view's selection is gone.
        """
        old, new = self._pages, project.pages
        if old is new:
            return False
        counts = Counter(page.source for page in new)
        shared = frozenset(source for source, n in counts.items() if n > 1)
        same_rows = [p.id for p in old] == [
            p.id for p in new
        ] and shared == self._shared
        if not same_rows:
            self.beginResetModel()
            self._pages, self._shared = new, shared
            self.endResetModel()
            return True
        self._pages = new
        for row, (before, after) in enumerate(zip(old, new, strict=True)):
            if before is not after and _look_of(before) != _look_of(after):
                index = self.index(row)
                self.dataChanged.emit(index, index)
        return False

    def row_of(self, page_id: str) -> int:
        """Return the row of a page, or -1."""
        for row, page in enumerate(self._pages):
            if page.id == page_id:
                return row
        return -1

    def title_of(self, page: Page) -> str:
        """Return the name of a page: its file, and which page of a file of many."""
        name = PurePosixPath(page.source.replace("\\", "/")).name or page.source
        if page.frame or page.source in self._shared:
            return self.tr("{0}, page {1}").format(name, page.frame + 1)
        return name

    def rowCount(self, parent: Index | None = None) -> int:
        """Return how many pages there are."""
        return 0 if parent is not None and parent.isValid() else len(self._pages)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole):
        """Return the page itself, its title, or what a screen reader says."""
        if not index.isValid() or index.row() >= len(self._pages):
            return None
        page = self._pages[index.row()]
        if role == PAGE_ROLE:
            return page
        if role == Qt.ItemDataRole.DisplayRole:
            return self.title_of(page)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.tr("Page {0}, {1}, {2}").format(
                index.row() + 1, self.title_of(page), page_state_text(page)
            )
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.tr("{0}\n{1} by {2} pixels").format(
                page.source, page.width, page.height
            )
        return None


def _look_of(page: Page) -> tuple[object, ...]:
    """Return what of a page is seen in the list."""
    size = page.width, page.height
    return *key_of(page), size, page.state, page_state_text(page)


class PageDelegate(QStyledItemDelegate):
    """Paints a page: picture, number and title, sign and words of its state.

    Parameters
    ----------
    picture_of : callable
        Gives a page's thumbnail, or None as long as there is none.
    parent : QListView
    """

    def __init__(
        self, picture_of: Callable[[Page], QPixmap | None], parent: QListView
    ) -> None:
        super().__init__(parent)
        self._picture_of = picture_of

    def sizeHint(self, option: Any, index: Index) -> QSize:
        """Return room for a picture and three rows of words."""
        words = 3 * QFontMetrics(option.font).height() + 3 * PAD_PX
        return QSize(140, max(PICTURE.height() + 2 * PAD_PX, words))

    def paint(self, painter: QPainter, option: Any, index: Index) -> None:
        """Paint a page."""
        page = index.data(PAGE_ROLE)
        if not isinstance(page, Page):
            return
        painter.save()
        colors, row = option.palette, option.rect
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_selected:
            tint = QColor(colors.color(QPalette.ColorRole.Highlight))
            bar = QRect(row.left(), row.top(), 4, row.height())
            painter.fillRect(QStyle.visualRect(option.direction, row, bar), tint)
            tint.setAlpha(44)
            painter.fillRect(row, tint)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(colors.color(QPalette.ColorRole.Highlight), 1))
            painter.drawRect(row.adjusted(0, 0, -1, -1))
        place = QRect(
            row.left() + PAD_PX + 2,
            row.center().y() - PICTURE.height() // 2,
            PICTURE.width(),
            PICTURE.height(),
        )
        self._paint_picture(
            painter, QStyle.visualRect(option.direction, row, place), page, colors
        )
        words = QRect(
            place.right() + 1 + 2 * PAD_PX,
            row.top(),
            row.right() - place.right() - 3 * PAD_PX,
            row.height(),
        )
        self._paint_words(painter, words, option, index, page)
        painter.restore()

    def _paint_picture(
        self, painter: QPainter, place: QRect, page: Page, colors: QPalette
    ) -> None:
        picture = self._picture_of(page)
        if picture is None:
            painter.setPen(QPen(colors.color(QPalette.ColorRole.PlaceholderText), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            size = QSize(page.width, page.height).scaled(
                place.size(), Qt.AspectRatioMode.KeepAspectRatio
            )
            blank = QRect(0, 0, max(8, size.width()), max(8, size.height()))
            blank.moveCenter(place.center())
            painter.drawRect(blank.adjusted(0, 0, -1, -1))
            return
        size = picture.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRect(0, 0, size.width(), size.height())
        target.moveCenter(place.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(target, picture)

    def _paint_words(
        self,
        painter: QPainter,
        rect: QRect,
        option: Any,
        index: Index,
        page: Page,
    ) -> None:
        colors, metrics = option.palette, QFontMetrics(option.font)

        def mirrored(one: QRect) -> QRect:
            return QStyle.visualRect(option.direction, option.rect, one)

        height = metrics.height()
        title = _two_rows(index.data(), metrics, rect.width())
        top = rect.center().y() - (height * (len(title) + 1) + 4) // 2
        side = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        align = QStyle.visualAlignment(option.direction, side)
        painter.setFont(option.font)
        painter.setPen(colors.color(QPalette.ColorRole.Text))
        place = QRect(rect.left(), top, rect.width(), height)
        for row in title:
            painter.drawText(mirrored(place), align, row)
            place.translate(0, height)
        place.translate(0, 4)
        sign = QRect(place.left(), place.top(), SIGN_SIDE_PX, height)
        color = state_color(page.state, colors)
        paint_sign(painter, QRectF(mirrored(sign)), page.state, color)
        place.setLeft(sign.right() + PAD_PX)
        painter.setPen(colors.color(QPalette.ColorRole.PlaceholderText))
        state = f"{index.row() + 1} · {page_state_text(page)}"
        painter.drawText(
            mirrored(place),
            align,
            metrics.elidedText(state, Qt.TextElideMode.ElideRight, place.width()),
        )


def _two_rows(text: str, metrics: QFontMetrics, width: int) -> list[str]:
    """Break a file's name in two rows at most; what differs is at both its ends."""
    if metrics.horizontalAdvance(text) <= width:
        return [text]
    cut = len(text)
    while cut > 1 and metrics.horizontalAdvance(text[:cut]) > width:
        cut -= 1
    # Better after a hyphen than within a number, if that is not far back.
    tidy = max(text.rfind(mark, 0, cut) for mark in "-_. ") + 1
    cut = tidy if tidy > cut // 2 else cut
    rest = metrics.elidedText(text[cut:], Qt.TextElideMode.ElideMiddle, width)
    return [text[:cut], rest]
