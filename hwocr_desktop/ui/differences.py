"""Lines as they were read before and after, what differs from the truth in color."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QPainter,
    QPalette,
    QResizeEvent,
    QTextCharFormat,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)
from rapidfuzz.distance import Levenshtein

from hwocr_desktop.core.document.reading_marks import Span
from hwocr_desktop.core.text.text_metrics import cer
from hwocr_desktop.ml.training.fine_tune import LineComparison
from hwocr_desktop.ui.theme import is_dark
from hwocr_desktop.ui.wrapped_text import formats, wrapped

TRUTH_ROLE = Qt.ItemDataRole.UserRole + 1
"""What stands there; an item without it is painted plainly."""

_PAD_PX = 4
_MOST_ROWS = 500


def wrong_spans(read: str, truth: str) -> tuple[Span, ...]:
    """Return which characters of a reading are wrong, or stand beside what is missing.

    Parameters
    ----------
    read, truth : str

    Returns
    -------
    tuple of (start, end)
        Rising, in code points of ``read``; none where both are equal. Where something
        is missing it is the character before the gap, or the first one.
    """
    places: set[int] = set()
    for step in Levenshtein.opcodes(read, truth):
        if step.tag == "insert":
            places.add(max(0, step.src_start - 1))
        elif step.tag != "equal":
            places.update(range(step.src_start, step.src_end))
    spans: list[Span] = []
    for place in sorted(place for place in places if place < len(read)):
        if spans and spans[-1][1] == place:
            spans[-1] = spans[-1][0], place + 1
        else:
            spans.append((place, place + 1))
    return tuple(spans)


def fewer_errors(line: LineComparison) -> int:
    """Return by how many wrong characters a line is better than before."""
    before, after = (
        cer([(read, line.truth)]).errors for read in (line.before, line.after)
    )
    return before - after


class DifferenceDelegate(QStyledItemDelegate):
    """Paints texts with what is wrong in them shaded and underlined."""

    def paint(
        self,
        painter: QPainter,
        option: Any,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint a cell; one without a truth as usual."""
        truth, text = index.data(TRUTH_ROLE), index.data() or ""
        if truth is None:
            super().paint(painter, option, index)
            return
        style = option.widget.style()
        style.drawPrimitive(
            QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, option.widget
        )
        inner = option.rect.adjusted(_PAD_PX, _PAD_PX, -_PAD_PX, -_PAD_PX)
        layout = wrapped(text, option.font, inner.width())
        wrong = formats(text, wrong_spans(text, truth), wrong_format(option.palette))
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        role = (
            QPalette.ColorRole.HighlightedText
            if is_selected
            else QPalette.ColorRole.Text
        )
        painter.save()
        painter.setClipRect(option.rect)
        painter.setPen(option.palette.color(role))
        layout.draw(painter, QPointF(inner.topLeft()), wrong)
        painter.restore()

    def sizeHint(
        self, option: Any, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return the height of the wrapped text."""
        if index.data(TRUTH_ROLE) is None:
            return super().sizeHint(option, index)
        width = option.widget.columnWidth(index.column())
        layout = wrapped(index.data() or "", option.font, width - 2 * _PAD_PX)
        height = round(layout.boundingRect().height()) + 2 * _PAD_PX + 1
        return QSize(width, height)


def wrong_format(palette: QPalette) -> QTextCharFormat:
    """Return how wrong characters look: shaded red, and underlined."""
    form = QTextCharFormat()
    color = QColor("#d1242f")
    form.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
    form.setUnderlineColor(color)
    color.setAlpha(120 if is_dark(palette) else 60)
    form.setBackground(color)
    return form


def dress_table(table: QTableWidget) -> None:
    """Let a table only show: whole rows, columns that share the width."""
    table.verticalHeader().hide()
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setAlternatingRowColors(True)
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)


class ComparisonTable(QTableWidget):
    """The lines kept back: right, before, after; those that changed most first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, 4, parent)
        self.setHorizontalHeaderLabels(
            [self.tr("Right"), self.tr("Before"), self.tr("After"), self.tr("Change")]
        )
        self.setItemDelegate(DifferenceDelegate(self))
        dress_table(self)
        header = self.horizontalHeader()
        header.setSectionResizeMode(3, QHeaderView.ResizeMode.ResizeToContents)

    def show_lines(self, lines: Sequence[LineComparison]) -> None:
        """Show lines, the improved ones first, then the worsened, then the others."""
        ranked = sorted(((fewer_errors(line), line) for line in lines), key=_rank)
        # Nobody goes through more, and every row costs time.
        ranked = ranked[:_MOST_ROWS]
        self.setRowCount(len(ranked))
        for row, (fewer, line) in enumerate(ranked):
            for column, text in enumerate((line.truth, line.before, line.after)):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                if column:
                    item.setData(TRUTH_ROLE, line.truth)
                self.setItem(row, column, item)
            self.setItem(row, 3, QTableWidgetItem(self._change(fewer)))
        self.resizeRowsToContents()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap the texts anew."""
        super().resizeEvent(event)
        self.resizeRowsToContents()

    def _change(self, fewer: int) -> str:
        if fewer > 0:
            return self.tr("{0} fewer").format(fewer)
        return self.tr("{0} more").format(-fewer) if fewer else self.tr("the same")


def _rank(one: tuple[int, LineComparison]) -> tuple[int, int]:
    fewer = one[0]
    group = 0 if fewer > 0 else 1 if fewer < 0 else 2
    return group, -abs(fewer)
