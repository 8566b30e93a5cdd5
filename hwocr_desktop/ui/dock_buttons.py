"""The buttons of a dock with the program's icons: Qt's own are black in the dark."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QAbstractButton, QDockWidget

from hwocr_desktop.ui.icons import icon, name_of

# Qt's names of the buttons, and what they show.
_NAMES = {
    "qt_dockwidget_closebutton": "close",
    "qt_dockwidget_floatbutton": "float",
}


class DockButtons(QObject):
    """Sees to it that the buttons of a dock are painted with the program's icons.

    Parameters
    ----------
    dock : QDockWidget
    """

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        for name in _NAMES:
            button = dock.findChild(QAbstractButton, name)
            if button is not None:
                button.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the right icon before a button is painted.

        Qt puts its own there again with every other look and place of the dock.
        """
        if event.type() == QEvent.Type.Paint and isinstance(watched, QAbstractButton):
            name = _NAMES[watched.objectName()]
            if name_of(watched.icon()) != name:
                watched.setIcon(icon(name, watched.palette()))
        return False
