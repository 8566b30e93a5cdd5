"""Text laid out in lines of a width, and spans of it that look different."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QTextCharFormat, QTextLayout, QTextOption

from hwocr_desktop.core.document.reading_marks import Span, utf16_index


def wrapped(text: str, font: QFont, width: int) -> QTextLayout:
    """Return a text wrapped at a width in pixels, laid out as the editor does."""
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    layout = QTextLayout(text, font)
    layout.setTextOption(option)
    layout.beginLayout()
    y = 0.0
    while (row := layout.createLine()).isValid():
        row.setLineWidth(max(1, width))
        row.setPosition(QPointF(0, y))
        y += row.height()
    layout.endLayout()
    return layout


def formats(text: str, spans: Iterable[Span], form: QTextCharFormat) -> list[Any]:
    """Return the ranges with which a layout draws spans in another format."""
    ranges = []
    for start, end in spans:
        one: Any = QTextLayout.FormatRange()
        one.start = utf16_index(text, start)
        one.length = utf16_index(text, end) - one.start
        one.format = form
        ranges.append(one)
    return ranges
