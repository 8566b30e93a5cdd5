"""Where the window stands and which parts of it are shown, over the end of a run."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDockWidget,
    QMainWindow,
    QStatusBar,
    QToolButton,
    QWidget,
)

# Counts up when docks or toolbars change so much that an old state fits no more.
_VERSION = 1
_DRAGGED = "dragged"
_LEAST_VISIBLE_PX = 100
_LEFT_PX = 215
_LEAST_RIGHT_PX = 320
# While there is nothing in the right dock, it makes room for two views of this width.
_VIEW_PX, _EMPTY_RIGHT_PX = 300, 190
_EDGES_PX = 16


def window_state(window: QMainWindow, *, is_dragged: bool = False) -> str:
    """Return position, size and docks of a window as text.

    Parameters
    ----------
    window : QMainWindow
    is_dragged : bool
        Whether a person chose the widths of the docks, see `was_dragged`.
    """
    parts = (window.saveGeometry(), window.saveState(_VERSION))
    saved = [part.toBase64().toStdString() for part in parts]
    return ".".join(saved + [_DRAGGED] * is_dragged)


def was_dragged(state: str) -> bool:
    """Whether a person chose the widths of the docks that a state keeps."""
    return state.endswith(f".{_DRAGGED}")


def restore_window(window: QMainWindow, state: str) -> bool:
    """Put a window where it was.

    Returns
    -------
    bool
        False if there is no such state, or it was on a screen that is gone; the window
        is then in the middle of the screen there is.
    """
    geometry, docks = (*state.split("."), "", "")[:2]
    restored = bool(geometry) and window.restoreGeometry(_bytes(geometry))
    if docks:
        window.restoreState(_bytes(docks), _VERSION)
    if restored and is_on_screen(window):
        return True
    place_freely(window)
    return False


def is_on_screen(window: QMainWindow) -> bool:
    """Whether enough of the title bar can be seen to move the window by it."""
    bar = window.frameGeometry()
    bar.setHeight(min(bar.height(), 40))
    seen = (bar & screen.availableGeometry() for screen in QGuiApplication.screens())
    return any(
        part.width() >= min(_LEAST_VISIBLE_PX, bar.width()) and part.height() >= 10
        for part in seen
    )


def place_freely(window: QMainWindow) -> None:
    """Give a window most of the main screen."""
    screen = QGuiApplication.primaryScreen()
    if screen is None:
        return
    room = screen.availableGeometry()
    window.resize(
        min(1500, int(room.width() * 0.9)), min(950, int(room.height() * 0.9))
    )
    frame = window.frameGeometry()
    frame.moveCenter(room.center())
    window.move(frame.topLeft())


class DockWidths(QObject):
    """Keeps the docks of a window as wide as they are wanted.

    A dock that a narrow window squeezed gets its width back when there is room again;
    what a person drags is from then on what is wanted. Unless a person did so, the
    right dock makes room for the middle while there is nothing in it.

    Parameters
    ----------
    window : QMainWindow
    left, right : QDockWidget

    Attributes
    ----------
    is_dragged : bool
        Whether a person chose the widths.
    """

    def __init__(
        self, window: QMainWindow, left: QDockWidget, right: QDockWidget
    ) -> None:
        super().__init__(window)
        self._window, self._docks = window, (left, right)
        self._wanted: tuple[int, int] | None = None
        self._pressed = 0, 0
        self.is_dragged = self._is_empty = False
        window.installEventFilter(self)

    @Slot()
    def choose(self) -> None:
        """Want widths that fit the window's size, the middle what it needs."""
        width = self._window.width()
        rest = width - _LEFT_PX - self._middle() - _EDGES_PX
        self._wanted = _LEFT_PX, max(_LEAST_RIGHT_PX, min(rest, width // 3))
        self.is_dragged = False
        self._give()

    def set_empty(self, is_empty: bool) -> None:
        """Take note whether there is nothing in the right dock at present."""
        if is_empty != self._is_empty:
            self._is_empty = is_empty
            # What is in it asks for its width only on the next turn.
            QTimer.singleShot(0, self, self._give)

    def give_back(self) -> None:
        """Give the docks what is wanted with something in them, to be kept so."""
        self._is_empty = False
        self._give()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window's size, and the edges that a person drags."""
        if event.type() == QEvent.Type.Resize:
            # The docks have their new widths on a later turn.
            QTimer.singleShot(0, self, self._widen)
        elif event.type() == QEvent.Type.MouseButtonPress:
            self._pressed = self._widths()
        elif event.type() == QEvent.Type.MouseButtonRelease:
            # Edges of docks belong to the window itself; nothing else of it is seen.
            QTimer.singleShot(0, self, self._on_released)
        elif event.type() == QEvent.Type.Show and self._wanted is None:
            QTimer.singleShot(0, self, self.keep)
        return False

    @Slot()
    def keep(self) -> None:
        """Want the widths that there are."""
        self._wanted = self._widths()
        self._give()

    @Slot()
    def _on_released(self) -> None:
        # A click that drags nothing chooses nothing.
        if self._widths() != self._pressed:
            self._wanted, self.is_dragged = self._widths(), True

    @Slot()
    def _widen(self) -> None:
        if self._wanted is None:
            return
        for dock, wanted in zip(self._docks, self._target(self._wanted), strict=True):
            is_there = dock.isVisible() and not dock.isFloating()
            is_too_wide = self._makes_room and dock.width() > wanted
            if is_there and (dock.width() < wanted or is_too_wide):
                self._give()
                return

    def _widths(self) -> tuple[int, int]:
        left, right = self._docks
        return left.width(), right.width()

    @property
    def _makes_room(self) -> bool:
        return self._is_empty and not self.is_dragged

    def _target(self, wanted: tuple[int, int]) -> tuple[int, int]:
        """Return what is wanted at present of what is wanted at all."""
        left, right = wanted
        if self._makes_room:
            middle = max(self._middle(), 2 * _VIEW_PX)
            rest = self._window.width() - left - middle - _EDGES_PX
            right = min(right, max(rest, _EMPTY_RIGHT_PX))
        return left, right

    @Slot()
    def _give(self) -> None:
        """Give what is wanted, as far as there is room beside the middle."""
        if self._wanted is None:
            return
        left, right = self._docks
        room = self._window.width() - self._middle() - _EDGES_PX
        least = right.minimumSizeHint().width() if right.isVisible() else 0
        wanted = self._target(self._wanted)
        first = min(wanted[0], max(0, room - least))
        sizes = [first, min(wanted[1], max(0, room - first))]
        self._window.resizeDocks([left, right], sizes, Qt.Orientation.Horizontal)

    def _middle(self) -> int:
        return self._window.centralWidget().minimumSizeHint().width()


def hold_height(bar: QStatusBar, jobs: QWidget) -> None:
    """Keep a status bar as high as it is with all that may come into it.

    Else the page above it would jump whenever work begins and ends.
    """
    parts = (jobs, *jobs.findChildren(QToolButton))
    tallest = max(part.sizeHint().height() for part in parts)
    bar.setFixedHeight(max(tallest + 4, bar.sizeHint().height()))


def set_full_screen(window: QMainWindow, on: bool) -> None:
    """Let a window use the whole screen, or as much as before."""
    full = Qt.WindowState.WindowFullScreen
    state = window.windowState()
    window.setWindowState(state | full if on else state & ~full)


def window_title(project: str | None) -> str:
    """Return what stands at the top of the window; None where no project is open."""
    name = QGuiApplication.applicationDisplayName()
    return f"{project}[*] – {name}" if project is not None else name  # noqa: RUF001


def _bytes(text: str) -> QByteArray:
    return QByteArray.fromBase64(QByteArray(text.encode("ascii", "ignore")))
