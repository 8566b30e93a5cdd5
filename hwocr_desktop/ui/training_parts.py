"""Small parts that the pages of the training dialog are made of."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFormLayout,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from hwocr_desktop.ui.differences import dress_table


def plain_label(parent: QWidget) -> QLabel:
    """Return a label that shows its text as it is, over several lines if need be."""
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label


def page_column(parent: QWidget) -> QVBoxLayout:
    """Return the layout of a page of the dialog."""
    column = QVBoxLayout(parent)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(12)
    return column


def page_form(spacing: int) -> QFormLayout:
    """Return the layout of what has a name before it."""
    form = QFormLayout()
    form.setHorizontalSpacing(18)
    form.setVerticalSpacing(spacing)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return form


def add_words(form: QFormLayout, name: str, words: QLabel) -> None:
    """Add words with their name beside their first line, however many there are."""
    label = QLabel(name, words.parentWidget())
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
    form.addRow(label, words)


def shown_table(parent: QWidget) -> QTableWidget:
    """Return a table that only shows."""
    table = QTableWidget(0, 1, parent)
    dress_table(table)
    return table


def name_columns(table: QTableWidget, titles: Sequence[str]) -> None:
    """Empty a table and give it other columns."""
    table.setRowCount(0)
    table.setColumnCount(len(titles))
    table.setHorizontalHeaderLabels(list(titles))


def fill_table(table: QTableWidget, rows: Sequence[Sequence[str]]) -> None:
    """Show rows of texts, and no others."""
    table.setRowCount(len(rows))
    for number, texts in enumerate(rows):
        for column, text in enumerate(texts):
            item = QTableWidgetItem(text)
            item.setToolTip(text)
            table.setItem(number, column, item)
