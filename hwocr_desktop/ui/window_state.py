"""Where the window stands and which parts of it are shown, over the end of a run."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, Qt
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
_LEAST_VISIBLE_PX = 100
_LEFT_PX = 215
_LEAST_RIGHT_PX = 320


def window_state(window: QMainWindow) -> str:
    """Return position, size and docks of a window as text."""
    parts = (window.saveGeometry(), window.saveState(_VERSION))
    return ".".join(part.toBase64().toStdString() for part in parts)


def restore_window(window: QMainWindow, state: str) -> bool:
    """Put a window where it was.

    Returns
    -------
    bool
        False if there is no such state, or it was on a screen that is gone; the window
        is then in the middle of the screen there is.
    """
    geometry, _, docks = state.partition(".")
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


def size_docks(window: QMainWindow, left: QDockWidget, right: QDockWidget) -> None:
    """Give the docks of a window widths that fit its size, the middle what it needs."""
    width, middle = window.width(), window.centralWidget().minimumSizeHint().width()
    rest = width - _LEFT_PX - middle - 16
    sizes = [_LEFT_PX, max(_LEAST_RIGHT_PX, min(rest, width // 3))]
    window.resizeDocks([left, right], sizes, Qt.Orientation.Horizontal)


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
