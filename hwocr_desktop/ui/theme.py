"""Light and dark: the colors of the whole program, chosen or as the system has them."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from hwocr_desktop.core.settings import Theme as Choice

_Role = QPalette.ColorRole

_LIGHT = {
    _Role.Window: "#f3f3f1",
    _Role.WindowText: "#1d1f21",
    _Role.Base: "#ffffff",
    _Role.AlternateBase: "#f7f7f5",
    _Role.Text: "#1d1f21",
    _Role.Button: "#ebebe8",
    _Role.ButtonText: "#1d1f21",
    _Role.BrightText: "#b3261e",
    _Role.ToolTipBase: "#fffbe8",
    _Role.ToolTipText: "#1d1f21",
    _Role.Highlight: "#2a62a6",
    _Role.HighlightedText: "#ffffff",
    _Role.Accent: "#2a62a6",
    _Role.Link: "#1f5aa0",
    _Role.LinkVisited: "#6b4a9c",
    _Role.PlaceholderText: "#63666b",
    _Role.Light: "#ffffff",
    _Role.Midlight: "#f0f0ee",
    _Role.Mid: "#c4c4c0",
    _Role.Dark: "#a5a5a0",
    _Role.Shadow: "#70706c",
}
_DARK = {
    _Role.Window: "#25282b",
    _Role.WindowText: "#e7e8e9",
    _Role.Base: "#1b1d20",
    _Role.AlternateBase: "#212427",
    _Role.Text: "#e7e8e9",
    _Role.Button: "#33373b",
    _Role.ButtonText: "#e7e8e9",
    _Role.BrightText: "#ff8a80",
    _Role.ToolTipBase: "#3a3f44",
    _Role.ToolTipText: "#f0f0f0",
    _Role.Highlight: "#3f78bd",
    _Role.HighlightedText: "#ffffff",
    _Role.Accent: "#6ea3e0",
    _Role.Link: "#8ab8f0",
    _Role.LinkVisited: "#c0a6e8",
    _Role.PlaceholderText: "#a0a4a8",
    _Role.Light: "#4a4f54",
    _Role.Midlight: "#3d4246",
    _Role.Mid: "#1f2225",
    _Role.Dark: "#16181a",
    _Role.Shadow: "#0c0d0e",
}
_FAINT_LIGHT, _FAINT_DARK = "#94979b", "#7b8086"
_FRAME_DARK = "#a8aeb4"
_FRAMED = ("QAbstractSpinBox", "QLineEdit", "QCheckBox")
_FADES = (_Role.WindowText, _Role.Text, _Role.ButtonText, _Role.PlaceholderText)


def palette(is_dark: bool) -> QPalette:
    """Return all colors of one of the two looks."""
    made = QPalette()
    for role, color in (_DARK if is_dark else _LIGHT).items():
        made.setColor(role, QColor(color))
    faint = QColor(_FAINT_DARK if is_dark else _FAINT_LIGHT)
    for role in _FADES:
        made.setColor(QPalette.ColorGroup.Disabled, role, faint)
    idle = QColor("#4a4f54" if is_dark else "#d4d4d0")
    made.setColor(QPalette.ColorGroup.Disabled, _Role.Highlight, idle)
    return made


def field_palette(is_dark: bool) -> QPalette:
    """Return the colors of what is typed into or ticked, whose frame must be seen.

    Fusion draws frames somewhat darker than the window: in the dark they are those of
    the field itself. Such fields paint nothing else in the color of the window.
    """
    made = palette(is_dark)
    if is_dark:
        made.setColor(_Role.Window, QColor(_FRAME_DARK))
    return made


def is_dark(colors: QPalette | None = None) -> bool:
    """Whether text is lighter than what is behind it."""
    colors = colors or QGuiApplication.palette()
    behind = colors.color(_Role.Window).lightness()
    return bool(colors.color(_Role.WindowText).lightness() > behind)


class Theme(QObject):
    """Gives the program its look and follows the system where that is wanted.

    Parameters
    ----------
    app : QApplication
    choice : "auto", "light" or "dark"
    """

    def __init__(self, app: QApplication, choice: Choice = "auto") -> None:
        super().__init__(app)
        self._app = app
        self._choice: Choice = choice
        app.setStyle("Fusion")  # the one style that looks the same on every system
        app.styleHints().colorSchemeChanged.connect(self._on_system_changed)
        self.choose(choice)

    @property
    def choice(self) -> Choice:
        """What was chosen."""
        return self._choice

    def choose(self, choice: Choice) -> None:
        """Take another look at once."""
        self._choice = choice
        schemes = {
            "light": Qt.ColorScheme.Light,
            "dark": Qt.ColorScheme.Dark,
            "auto": Qt.ColorScheme.Unknown,
        }
        # So that title bars and the system's own dialogs fit.
        self._app.styleHints().setColorScheme(schemes[choice])
        self._apply()

    @Slot()
    def _on_system_changed(self) -> None:
        self._apply()

    def _apply(self) -> None:
        dark = self._choice == "dark"
        if self._choice == "auto":
            scheme = self._app.styleHints().colorScheme()
            dark = scheme == Qt.ColorScheme.Dark
        if palette(dark) != self._app.palette():
            self._app.setPalette(palette(dark))
            for kind in _FRAMED:
                # PySide takes a name as text, whatever its own stubs say of bytes.
                self._app.setPalette(field_palette(dark), kind)  # type: ignore[arg-type]
