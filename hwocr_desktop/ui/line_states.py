"""How far a line or a page has come, for the eye and the ear.

Every state has a color, a dash and a sign, so that nobody needs to tell colors apart;
the colors are chosen to differ for color-blind people as well.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPen, QPixmap

from hwocr_desktop.core.document.document import Line, Page
from hwocr_desktop.ui.theme import is_dark

SIGN_SIDE_PX = 16
"""Side of a state's sign in lists."""


@dataclass(frozen=True, slots=True)
class StateLook:
    """What a state looks like.

    Attributes
    ----------
    on_light, on_dark : str
        Color on a light and on a dark ground, each with a contrast above 4.5.
    dash : Qt.PenStyle
        Of the line drawn under the writing.
    """

    on_light: str
    on_dark: str
    dash: Qt.PenStyle


LOOKS: dict[str, StateLook] = {
    "new": StateLook("#5f6b76", "#aab4be", Qt.PenStyle.DotLine),
    "empty": StateLook("#5f6b76", "#aab4be", Qt.PenStyle.DotLine),
    "lines": StateLook("#5f6b76", "#aab4be", Qt.PenStyle.DotLine),
    "unread": StateLook("#5f6b76", "#aab4be", Qt.PenStyle.DotLine),
    "read": StateLook("#a35f00", "#f0b030", Qt.PenStyle.DashLine),
    "typed": StateLook("#7a3fa0", "#c9a0ef", Qt.PenStyle.DashDotLine),
    "confirmed": StateLook("#0066a8", "#74bdf5", Qt.PenStyle.DashDotDotLine),
    "checked": StateLook("#00765a", "#3cc79c", Qt.PenStyle.SolidLine),
}

DOUBT_COLOR = "#e69f00"
"""Ground of characters that a model is not sure of, laid on thinly."""


def state_color(state: str, palette: QPalette) -> QColor:
    """Return the color of a state of a line or a page on the palette's base."""
    look = LOOKS[state]
    return QColor(look.on_dark if is_dark(palette) else look.on_light)


def doubt_color(palette: QPalette) -> QColor:
    """Return the ground of doubtful characters."""
    color = QColor(DOUBT_COLOR)
    color.setAlpha(110 if is_dark(palette) else 80)
    return color


def shown_state(line: Line) -> str:
    """Return the state of a line as it is shown.

    "typed" stands apart from "read", and so does "confirmed": what was read and a
    transcription that was imported say the same.
    """
    if line.state == "read" and line.is_confirmed:
        return "confirmed"
    is_typed = line.state == "read" and line.correction is not None
    return "typed" if is_typed else line.state


def line_state_text(line: Line) -> str:
    """Return the state of a line in a person's words."""
    texts = {
        "checked": QCoreApplication.translate("LineState", "checked"),
        "unread": QCoreApplication.translate("LineState", "not read yet"),
        "typed": QCoreApplication.translate("LineState", "typed, not checked"),
        "confirmed": QCoreApplication.translate(
            "LineState", "read the same as the transcription, not checked"
        ),
        "read": QCoreApplication.translate("LineState", "read, not checked"),
    }
    if line.state == "read" and line.correction and line.correction == line.transcript:
        texts["typed"] = QCoreApplication.translate(
            "LineState", "from the transcription, not checked"
        )
    text = texts[shown_state(line)]
    kinds = {
        "printed": QCoreApplication.translate("LineState", "printed, {0}"),
        "vertical": QCoreApplication.translate(
            "LineState", "runs up or down the page, {0}"
        ),
        "upside-down": QCoreApplication.translate("LineState", "upside down, {0}"),
    }
    return kinds.get(line.kind, "{0}").format(text)


def empty_text(line: Line) -> str:
    """Return what stands in the place of the text of a line that has none."""
    if line.state == "unread":
        return QCoreApplication.translate("LineState", "not read yet")
    return QCoreApplication.translate("LineState", "no text")


def page_state_text(page: Page) -> str:
    """Return the state of a page in a person's words."""
    lines = page.text_lines
    checked = sum(line.checked for line in lines)
    if checked:
        return QCoreApplication.translate("PageState", "checked {0}/{1}").format(
            checked, len(lines)
        )
    if page.state == "new":
        return QCoreApplication.translate("PageState", "new")
    if page.state == "empty":
        return QCoreApplication.translate("PageState", "no lines")
    if page.state == "lines":
        return QCoreApplication.translate("PageState", "lines found")
    read = sum(line.state != "unread" for line in lines)
    if read < len(lines):
        return QCoreApplication.translate("PageState", "read {0}/{1}").format(
            read, len(lines)
        )
    return QCoreApplication.translate("PageState", "read")


def paint_sign(painter: QPainter, rect: QRectF, state: str, color: QColor) -> None:
    """Draw a state's sign: a ring, empty or with a mark, or a disk with a tick.

    Parameters
    ----------
    painter : QPainter
    rect : QRectF
        Where; the sign is as large as the rectangle's shorter side.
    state : str
        Of a line, see `shown_state`, or of a page.
    color : QColor
    """
    side = min(rect.width(), rect.height())
    center = rect.center()
    ring = QRectF(0, 0, side - 2, side - 2)
    ring.moveCenter(center)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(color, max(1.4, side / 10))
    if state == "new":
        pen.setStyle(Qt.PenStyle.DotLine)
    painter.setPen(pen)
    painter.setBrush(color if state == "checked" else Qt.BrushStyle.NoBrush)
    painter.drawEllipse(ring)
    if state == "read":
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawPie(ring, 90 * 16, 180 * 16)
    elif state == "empty":
        half = QPointF(side / 5, 0)
        painter.drawLine(center - half, center + half)
    elif state == "typed":
        _paint_pencil(painter, center, side, color)
    elif state == "confirmed":
        _paint_bars(painter, center, side, color)
    elif state == "checked":
        light = color.lightnessF() > 0.4
        tick = QPen(QColor("black" if light else "white"), max(1.6, side / 8))
        tick.setCapStyle(Qt.PenCapStyle.RoundCap)
        tick.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(tick)
        painter.drawPolyline(
            [
                center + QPointF(-0.21, 0.02) * side,
                center + QPointF(-0.05, 0.18) * side,
                center + QPointF(0.22, -0.16) * side,
            ]
        )
    painter.restore()


def _paint_pencil(
    painter: QPainter, center: QPointF, side: float, color: QColor
) -> None:
    """Draw a pencil aslant, for what a person wrote."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.translate(center)
    painter.rotate(-45)
    long, half = 0.28 * side, 0.11 * side
    tip = [(-long, 0), (-half, -half), (long, -half), (long, half), (-half, half)]
    painter.drawPolygon([QPointF(x, y) for x, y in tip])


def _paint_bars(painter: QPainter, center: QPointF, side: float, color: QColor) -> None:
    """Draw a sign of equality, for what two say alike."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    wide, thick = 0.44 * side, max(1.5, 0.11 * side)
    for middle in (-0.12 * side, 0.12 * side):
        bar = QRectF(0, 0, wide, thick)
        bar.moveCenter(center + QPointF(0, middle))
        painter.drawRect(bar)


def state_icon(state: str, palette: QPalette, ratio: float = 1.0) -> QIcon:
    """Return a state's sign as an icon for a screen of that pixel ratio."""
    side = round(SIGN_SIDE_PX * ratio)
    pixmap = QPixmap(side, side)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    rect = QRectF(0, 0, SIGN_SIDE_PX, SIGN_SIDE_PX)
    paint_sign(painter, rect, state, state_color(state, palette))
    painter.end()
    return QIcon(pixmap)
