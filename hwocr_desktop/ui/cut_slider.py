"""The slider that parts ink from paper, over a histogram of the ink map."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPainterPath, QPalette, QPen
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QToolButton,
    QWidget,
)

SAMPLES = 250_000
"""Pixels counted for the histogram; more would not change what is seen."""

_EDGE_PX = 6.0
_GRIP_PX = 5.0


def ink_histogram(ink_map: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """Return how often each value occurs in an ink map, on a scale of logarithms.

    Parameters
    ----------
    ink_map : (H, W) uint8
        Of a large map only some rows, spread over the page, are counted.

    Returns
    -------
    (256,) float64
        0..1; the most frequent value has 1.
    """
    rows = max(1, SAMPLES // max(1, ink_map.shape[1]))
    step = max(1, -(-ink_map.shape[0] // rows))
    sample = ink_map[step // 2 :: step] if ink_map.shape[0] > step // 2 else ink_map
    counts = np.bincount(sample.ravel(), minlength=256)
    heights = np.log1p(counts)
    return np.asarray(heights / max(heights.max(), 1e-9))


class CutTrack(QSlider):
    """A slider from 1 to 255 drawn as a histogram with a line at the cut."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._heights: npt.NDArray[np.float64] | None = None
        self._own_cut: int | None = None
        self.setRange(1, 255)
        self.setSingleStep(1)
        self.setPageStep(10)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:
        """Return room for one pixel for each value and some height."""
        return QSize(256 + round(2 * _EDGE_PX), 42)

    def minimumSizeHint(self) -> QSize:
        """Return what is still usable."""
        return QSize(120, 36)

    def show_heights(self, heights: npt.NDArray[np.float64] | None) -> None:
        """Show a histogram, (256,) 0..1, or none."""
        self._heights = heights
        self.update()

    def show_own_cut(self, cut: int | None) -> None:
        """Mark the method's own cut, if it is known."""
        self._own_cut = cut
        self.update()

    # ----- mouse --------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the slider to the mouse at once."""
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self.setSliderDown(True)
        self.setValue(self.value_at(event.position().x()))
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the mouse."""
        if self.isSliderDown():
            self.setValue(self.value_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if event.button() == Qt.MouseButton.LeftButton and self.isSliderDown():
            self.setSliderDown(False)

    def value_at(self, x: float) -> int:
        """Return the cut at a place on the slider."""
        share = (x - _EDGE_PX) / max(1.0, self.width() - 2 * _EDGE_PX)
        return min(255, max(1, round(share * 255)))

    def place_of(self, value: float) -> float:
        """Return the place on the slider of a value of the ink map."""
        return _EDGE_PX + value / 255 * (self.width() - 2 * _EDGE_PX)

    # ----- drawing ------------------------------------------------------------

    def paintEvent(self, event) -> None:
        """Draw paper to the left of the cut and ink to its right."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = self.palette()
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(colors.color(QPalette.ColorRole.Mid), 1))
        painter.setBrush(colors.color(QPalette.ColorRole.Base))
        painter.drawRoundedRect(frame, 3, 3)
        at = self.place_of(self.value())
        self._paint_heights(painter, frame, at)
        if self._own_cut is not None:
            own = self.place_of(self._own_cut)
            painter.setPen(QPen(self._text(), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(own, frame.top()), QPointF(own, frame.bottom()))
        self._paint_grip(painter, frame, at)

    def _paint_heights(self, painter: QPainter, frame: QRectF, at: float) -> None:
        if self._heights is None:
            return
        path = QPainterPath(QPointF(self.place_of(0), frame.bottom()))
        for value, height in enumerate(self._heights.tolist()):
            y = frame.bottom() - 1 - height * (frame.height() - 8)
            path.lineTo(self.place_of(value), y)
        path.lineTo(self.place_of(255), frame.bottom())
        faint, strong = self._text(), self._text()
        faint.setAlphaF(0.22)
        strong.setAlphaF(0.75 if self.isEnabled() else 0.35)
        for color, x0, x1 in (
            (faint, frame.left(), at),
            (strong, at, frame.right()),
        ):
            painter.save()
            painter.setClipRect(QRectF(x0, frame.top(), x1 - x0, frame.height()))
            painter.fillPath(path, color)
            painter.restore()

    def _paint_grip(self, painter: QPainter, frame: QRectF, at: float) -> None:
        role = (
            QPalette.ColorRole.Highlight if self.isEnabled() else QPalette.ColorRole.Mid
        )
        color = self.palette().color(role)
        painter.setPen(QPen(color, 3 if self.hasFocus() else 2))
        painter.drawLine(QPointF(at, frame.top()), QPointF(at, frame.bottom()))
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Base), 1))
        painter.setBrush(color)
        middle = QPointF(at, frame.center().y())
        painter.drawEllipse(middle, _GRIP_PX, _GRIP_PX + 3)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(color, 1.5))
            painter.drawRoundedRect(frame, 3, 3)

    def _text(self) -> QColor:
        return QColor(self.palette().color(QPalette.ColorRole.Text))


class CutSlider(QWidget):
    """A slider for the cut, its value, and a button for the method's own cut.

    Signals
    -------
    cut_changed : int
        The slider moves; only what is seen should follow.
    cut_chosen : int
        The slider was let go, or moved by a key or the wheel.
    reset_asked
        The method's own cut is wanted.
    """

    cut_changed = Signal(int)
    cut_chosen = Signal(int)
    reset_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._map: npt.NDArray[np.uint8] | None = None
        self._track = CutTrack(self)
        self._track.setAccessibleName(self.tr("Cut between paper and ink"))
        self._track.setToolTip(
            self.tr(
                "How dark a spot must be to count as ink: to the left more becomes "
                "ink, to the right less. The hills show how often each darkness occurs."
            )
        )
        name = QLabel(self.tr("C&ut"), self)
        name.setBuddy(self._track)
        self._value = QLabel(self)
        self._value.setAlignment(
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        )
        self._value.setMinimumWidth(self._value.fontMetrics().horizontalAdvance("000"))
        self._reset = QToolButton(self)
        self._reset.setText(self.tr("Auto"))
        self._reset.setToolTip(self.tr("Go back to the method's own cut"))
        self._reset.setAccessibleName(self.tr("Go back to the method's own cut"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for widget in (name, self._track, self._value, self._reset):
            row.addWidget(widget, 1 if widget is self._track else 0)
        self._track.valueChanged.connect(self._on_value_changed)
        self._track.sliderReleased.connect(self._on_released)
        self._reset.clicked.connect(self.reset_asked)
        self._show_value()

    @property
    def cut(self) -> int:
        """The cut as the slider stands."""
        return self._track.value()

    def show_ink(
        self, ink_map: npt.NDArray[np.uint8] | None, cut: int, *, is_own: bool
    ) -> None:
        """Show the cut of an ink map; tells nobody.

        Parameters
        ----------
        ink_map : (H, W) uint8 or None
            Its histogram is counted only if it is another map than before.
        cut : int
        is_own : bool
            Whether the cut is the method's own.
        """
        if ink_map is not self._map:
            self._map = ink_map
            heights = None if ink_map is None else ink_histogram(ink_map)
            self._track.show_heights(heights)
            self._track.show_own_cut(None)
        if is_own:
            self._track.show_own_cut(cut)
        self._reset.setEnabled(not is_own)
        if not self._track.isSliderDown():
            with QSignalBlocker(self._track):
                self._track.setValue(cut)
            self._show_value()

    def _show_value(self) -> None:
        self._value.setText(str(self._track.value()))

    @Slot(int)
    def _on_value_changed(self, cut: int) -> None:
        self._show_value()
        self.cut_changed.emit(cut)
        if not self._track.isSliderDown():
            self.cut_chosen.emit(cut)

    @Slot()
    def _on_released(self) -> None:
        self.cut_chosen.emit(self._track.value())
