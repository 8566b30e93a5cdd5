"""Keys that move and zoom a page."""

from __future__ import annotations

from PySide6.QtCore import Qt

from hwocr_desktop.ui.look import Look, Size

ZOOM_STEP = 1.3
PAN_STEP = 0.12
"""How far an arrow key moves the page, as a share of the view."""

_ARROWS = {
    Qt.Key.Key_Left: (-PAN_STEP, 0.0),
    Qt.Key.Key_Right: (PAN_STEP, 0.0),
    Qt.Key.Key_Up: (0.0, -PAN_STEP),
    Qt.Key.Key_Down: (0.0, PAN_STEP),
    Qt.Key.Key_PageUp: (0.0, -0.9),
    Qt.Key.Key_PageDown: (0.0, 0.9),
}


def look_by_key(key: int, look: Look, room: Size, true_scale: float) -> Look | None:
    """Return the look that a key asks for, or None if it asks for none.

    Parameters
    ----------
    key : int
    look : Look
        As it is.
    room : (width, height)
        Of the view, in pixels of the window.
    true_scale : float
        At which a pixel of the page is one of the screen.
    """
    if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
        return look.zoomed(ZOOM_STEP)
    if key == Qt.Key.Key_Minus:
        return look.zoomed(1 / ZOOM_STEP)
    if key == Qt.Key.Key_1:
        return Look(look.x, look.y, true_scale)
    if key in _ARROWS:
        dx, dy = _ARROWS[Qt.Key(key)]
        return look.moved(dx * room[0], dy * room[1])
    return None
