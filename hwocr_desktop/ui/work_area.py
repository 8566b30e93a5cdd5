"""What lies between the docks: notices, and below them the page or the welcome."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from hwocr_desktop.ui.menus import Actions
from hwocr_desktop.ui.welcome import Welcome

_ICONS = {
    "add-scans": "add-page",
    "add-folder": "folder",
    "open-project": "open",
    "open-sample": "read",
}


class WorkArea(QWidget):
    """Holds the page with what cleans it, or the welcome while no project is open.

    Parameters
    ----------
    actions : Actions
        Of the window; the welcome offers some of them.
    notices : QWidget
        Shown above either.
    work : sequence of QWidget
        The page, which takes the room there is, and what stands below it.
    parent : QWidget

    Attributes
    ----------
    welcome : Welcome
    stack : QStackedWidget
        The welcome first, the work second.
    """

    def __init__(
        self,
        actions: Actions,
        notices: QWidget,
        work: tuple[QWidget, ...],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        offered = [(actions[name], picture) for name, picture in _ICONS.items()]
        self.welcome = Welcome(offered, parent)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.welcome)
        self.stack.addWidget(_column(QWidget(self), work, 0))
        _column(self, (notices, self.stack), 1)


def _column(widget: QWidget, parts: tuple[QWidget, ...], wide: int) -> QWidget:
    """Put parts below each other without gaps; one of them takes the room."""
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for number, part in enumerate(parts):
        column.addWidget(part, int(number == wide))
    return widget
