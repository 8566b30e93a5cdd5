"""All keys on one page, made from the table of actions."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from hwocr_desktop.ui.actions import ActionTable
from hwocr_desktop.ui.icons import mark_close


class ShortcutsDialog(QDialog):
    """Lists what can be done, with its keys, by menu; a field searches the list.

    Parameters
    ----------
    table : ActionTable
    parent : QWidget, optional
    """

    def __init__(self, table: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Shortcuts"))
        self.resize(860, 680)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Search"))
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(self.tr("Search the shortcuts"))
        self.search.textChanged.connect(self._on_search)
        self.list = QTreeWidget(self)
        self.list.setAccessibleName(self.tr("Shortcuts"))
        self.list.setHeaderLabels(
            [self.tr("Action"), self.tr("Keys"), self.tr("What it does")]
        )
        self.list.setRootIsDecorated(False)
        self.list.setIndentation(14)
        self.list.setUniformRowHeights(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._fill(table)
        header = self.list.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        mark_close(buttons)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(10)
        for widget in (self.search, self.list, buttons):
            column.addWidget(widget)

    def _fill(self, table: ActionTable) -> None:
        for menu_id, title in table.menus().items():
            group = QTreeWidgetItem(self.list, [title.replace("&", "")])
            group.setFirstColumnSpanned(True)
            font = group.font(0)
            font.setBold(True)
            group.setFont(0, font)
            group.setSizeHint(2, QSize(0, self.fontMetrics().height() + 8))
            group.setFlags(Qt.ItemFlag.ItemIsEnabled)
            for spec in table.specs():
                if spec.menu == menu_id and spec.id != "-":
                    self._add(group, spec.name, spec.keys.split(), spec.tip)
            for menu, key, words in table.other_keys():
                if menu == menu_id:
                    self._add(group, "", [key], words)
            group.setExpanded(True)

    def _add(
        self, group: QTreeWidgetItem, name: str, keys: list[str], tip: str
    ) -> None:
        item = QTreeWidgetItem(group, [name, ", ".join(map(shown, keys)), tip])
        item.setToolTip(2, tip)
        item.setSizeHint(2, QSize(0, self.fontMetrics().height() + 8))

    def _on_search(self, text: str) -> None:
        wanted = text.casefold()
        for i in range(self.list.topLevelItemCount()):
            group = self.list.topLevelItem(i)
            some = False
            for j in range(group.childCount() if group else 0):
                item = group.child(j)  # type: ignore[union-attr]
                words = " ".join(item.text(c) for c in range(3)).casefold()
                item.setHidden(wanted not in words)
                some = some or wanted in words
            if group is not None:
                group.setHidden(not some)


def shown(key: str) -> str:
    """Return a key as this system writes it; words that are no key stay."""
    native = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
    return native or key
