"""The program's icons: drawings of one color, painted in the color of the text."""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QDialogButtonBox

from hwocr_desktop.core.paths import bundled_resources

log = logging.getLogger(__name__)

# What menus, the toolbar and large buttons show on ordinary and on dense screens;
# each further size costs time before the window is there.
_SIZES_PX = (16, 20, 24, 40)
_names: dict[int, str] = {}
_INK = re.compile(rb"currentColor|#000000|#000\b|\bblack\b", re.IGNORECASE)


def icon(name: str, palette: QPalette | None = None) -> QIcon:
    """Return an icon in the colors of a palette.

    Parameters
    ----------
    name : str
        Of a file in ``resources/icons``, without its ending.
    palette : QPalette, optional
        The program's own if None.

    Returns
    -------
    QIcon
        Empty where there is no such drawing: buttons then show their text.
    """
    colors = palette or QGuiApplication.palette()
    role, groups = QPalette.ColorRole.ButtonText, QPalette.ColorGroup
    return _painted(
        name,
        colors.color(groups.Active, role).name(),
        colors.color(groups.Disabled, role).name(),
    )


def mark_close(box: QDialogButtonBox) -> None:
    """Give the button that closes a dialog the program's icon: Qt's own is black."""
    button = box.button(QDialogButtonBox.StandardButton.Close)
    if button is not None and not button.icon().isNull():
        button.setIcon(icon("close", box.palette()))


def name_of(painted: QIcon) -> str:
    """Return the name of an icon made by `icon`, or "", to paint it in other colors."""
    return _names.get(painted.cacheKey(), "")


def program_icon() -> QIcon:
    """Return the icon of the program itself, in its own colors."""
    folder = bundled_resources() / "icons"
    for name in ("app.svg", "app.png"):
        if (folder / name).is_file():
            return QIcon(str(folder / name))
    return QIcon()


@lru_cache(maxsize=256)
def _painted(name: str, normal: str, faint: str) -> QIcon:
    path = bundled_resources() / "icons" / f"{name}.svg"
    drawing = _read(path)
    made = QIcon()
    if drawing is None:
        return made
    for mode, color in ((QIcon.Mode.Normal, normal), (QIcon.Mode.Disabled, faint)):
        source = _INK.sub(QColor(color).name().encode("ascii"), drawing)
        renderer = QSvgRenderer(QByteArray(source))
        if not renderer.isValid():
            log.warning("icon %s is no drawing", path)
            return QIcon()
        for size in _SIZES_PX:
            made.addPixmap(_pixmap(renderer, size), mode)
    _names[made.cacheKey()] = name
    return made


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        log.info("no icon %s", path.name)
        return None


def _pixmap(renderer: QSvgRenderer, size: int) -> QPixmap:
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap
