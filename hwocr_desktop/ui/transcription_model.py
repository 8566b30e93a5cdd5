"""The lines of a page as a list model; what changes is told row by row."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from hwocr_desktop.core.document.document import Line, Page
from hwocr_desktop.ui.line_states import empty_text, line_state_text

LINE_ROLE = Qt.ItemDataRole.UserRole
EMPTY_ROLE = LINE_ROLE + 1
"""What is said of a line that has no text."""

IGNORED_ROLE = EMPTY_ROLE + 1
"""Whether a line is in a region to ignore."""

Index = QModelIndex | QPersistentModelIndex


def survivor(before: Sequence[Line], line_id: str, after: Sequence[Line]) -> str:
    """Return the id of a line, or of the nearest that is left where it is gone.

    Parameters
    ----------
    before : sequence of Line
        With the line, in reading order.
    line_id : str
    after : sequence of Line
        What is left; "" is returned if that is nothing of what was there.
    """
    left = {line.id for line in after}
    ids = [line.id for line in before]
    if line_id in left or line_id not in ids:
        return line_id
    place = ids.index(line_id)
    nearest = [*ids[place:], *reversed(ids[:place])]
    return next((one for one in nearest if one in left), "")


class LineModel(QAbstractListModel):
    """Mirrors the lines of a page in reading order."""

    def __init__(self, parent=None) -> None:
        super().__init__(parent)
        self._page_id = ""
        self._lines: tuple[Line, ...] = ()
        # A line joins its text from characters each time it is asked.
        self._texts: list[str] = []
        self._ignored: frozenset[str] = frozenset()

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines, row by row."""
        return self._lines

    @property
    def ignored(self) -> frozenset[str]:
        """Ids of the lines in regions to ignore."""
        return self._ignored

    def show_page(self, page: Page | None) -> None:
        """Mirror a page; rows of lines that did not change are left alone."""
        page_id = page.id if page else ""
        lines = page.lines if page else ()
        old, old_ignored = self._lines, self._ignored
        self._ignored = page.ignored_lines if page else frozenset()
        same_rows = len(lines) == len(old) and all(
            a is b or a.id == b.id for a, b in zip(lines, old, strict=True)
        )
        if page_id != self._page_id or not same_rows:
            self.beginResetModel()
            self._page_id, self._lines = page_id, lines
            self._texts = [line.text for line in lines]
            self.endResetModel()
            return
        self._lines = lines
        for row, (new, before) in enumerate(zip(lines, old, strict=True)):
            if new is not before or new.id in self._ignored ^ old_ignored:
                self._texts[row] = new.text
                index = self.index(row)
                self.dataChanged.emit(index, index)

    def row_of(self, line_id: str) -> int:
        """Return the row of a line, or -1."""
        for row, line in enumerate(self._lines):
            if line.id == line_id:
                return row
        return -1

    def rowCount(self, parent: Index | None = None) -> int:
        """Return how many lines there are."""
        return 0 if parent is not None and parent.isValid() else len(self._lines)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return that every line can be selected and edited."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole):
        """Return the line itself, its text, or what a screen reader says."""
        if not index.isValid() or index.row() >= len(self._lines):
            return None
        line = self._lines[index.row()]
        if role == LINE_ROLE:
            return line
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts[index.row()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.spoken(index.row())
        if role == IGNORED_ROLE:
            return line.id in self._ignored
        if role == EMPTY_ROLE:
            is_ignored = line.id in self._ignored
            return self.tr("to be ignored") if is_ignored else empty_text(line)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._state(line)
        return None

    def spoken(self, row: int) -> str:
        """Return a line as a screen reader should say it."""
        return self.tr("{0}: {1}").format(self.name_of(row), self._lines[row].text)

    def name_of(self, row: int) -> str:
        """Return number and state of a line."""
        state = self._state(self._lines[row])
        return self.tr("Line {0}, {1}").format(row + 1, state)

    def _state(self, line: Line) -> str:
        if line.id in self._ignored:
            return self.tr("in a region to ignore")
        return line_state_text(line)
