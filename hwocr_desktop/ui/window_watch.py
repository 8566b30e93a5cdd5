"""What only the window system tells: the first painting, and a key that is held."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

HOLD_KEY = Qt.Key.Key_F8


class WindowWatch(QObject):
    """Looks at the events of one window, not at those of all its widgets.

    Parameters
    ----------
    window : QWidget
        A top-level widget.

    Signals
    -------
    painted
        The window was painted for the first time.
    held : bool
        The key to hold went down or up, whoever has the focus.
    """

    painted = Signal()
    held = Signal(bool)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._is_painted = self._is_down = False

    def begin(self) -> None:
        """Begin to watch; only a window that is being shown can be watched."""
        handle = self._window.windowHandle()
        if handle is not None:
            handle.removeEventFilter(self)
            handle.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Pass everything on but the key that is held."""
        kind = event.type()
        if kind == QEvent.Type.Expose and not self._is_painted:
            self._is_painted = True
            # The event paints; what waits for the painting comes after it.
            QTimer.singleShot(0, self, self.painted.emit)
        elif kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            if isinstance(event, QKeyEvent) and event.key() == HOLD_KEY:
                if not event.isAutoRepeat():
                    self._tell(kind == QEvent.Type.KeyPress)
                return True
        elif kind == QEvent.Type.FocusOut and self._is_down:
            self._tell(False)  # the release goes to another window
        return bool(super().eventFilter(watched, event))

    def _tell(self, is_down: bool) -> None:
        self._is_down = is_down
        self.held.emit(is_down)
