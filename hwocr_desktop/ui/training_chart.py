"""The curve of a training, on what was kept back: errors of lines, or points of ink."""

from __future__ import annotations

import math
from collections.abc import Iterable

import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hwocr_desktop.app.learning_request import Subject

_HEAD_ROOM = 1.15
_USUAL_POINTS, _LEAST_SPARE = 80.0, 2.0


class TrainingChart(QWidget):
    """Draws the measurements as they come, in the colors of the program.

    Parameters
    ----------
    parent : QWidget, optional
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: list[tuple[float, float]] = []
        self._before: float | None = None
        self._minutes = 1.0
        self._is_ink = False
        self._plot = pg.PlotWidget(self)
        self._plot.setMenuEnabled(False)
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.hideButtons()
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.setAcceptDrops(False)
        self._curve = self._plot.plot([], [])
        self._level = pg.InfiniteLine(angle=0, movable=False)
        self._level.setVisible(False)
        self._plot.addItem(self._level)
        # On an axis of its own: it is no number that says anything by itself.
        self._losses: list[tuple[float, float]] = []
        self._beside = pg.ViewBox(enableMenu=False, enableMouse=False)
        self._loss = pg.PlotDataItem([], [])
        self._beside.addItem(self._loss)
        self._plot.showAxis("right")
        self._plot.scene().addItem(self._beside)
        self._plot.getAxis("right").linkToView(self._beside)
        self._beside.setXLink(self._plot.getViewBox())
        self._plot.getViewBox().sigResized.connect(self._fit_beside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._plot)
        self.setMinimumHeight(190)
        self.start(self._minutes, None)

    @property
    def points(self) -> tuple[tuple[float, float], ...]:
        """Minutes and wrong characters in 100, or points of 100, in order."""
        return tuple(self._points)

    @property
    def losses(self) -> tuple[tuple[float, float], ...]:
        """Minutes and the loss on what is learned from, in order."""
        return tuple(self._losses)

    def start(
        self, minutes: float, before: float | None, subject: Subject = "lines"
    ) -> None:
        """Begin anew.

        Parameters
        ----------
        minutes : float
            How long it will take.
        before : float or None
            Wrong characters in 100 before, or points, if that is known.
        subject : "lines" or "ink"
        """
        self._points.clear()
        self._losses.clear()
        self._minutes, self._is_ink = minutes, subject == "ink"
        self.setAccessibleName(
            self.tr("Points for finding the ink while learning")
            if self._is_ink
            else self.tr("Wrong characters while learning")
        )
        self.setAccessibleDescription("")
        self._dress()
        self.set_before(before)

    def set_before(self, before: float | None) -> None:
        """Say how good the model was before it learned, or that it is not known."""
        self._before = before
        self._level.setVisible(before is not None)
        if before is not None:
            self._level.setValue(before)
        self._draw()

    def add_point(self, minutes: float, value: float, loss: float) -> None:
        """Add a measurement.

        Parameters
        ----------
        minutes : float
        value : float
            Wrong characters in 100, or points.
        loss : float
            How badly what is learned from fits; NaN if that is not known.
        """
        self.add_points([(minutes, value, loss)])

    def add_points(self, points: Iterable[tuple[float, float, float]]) -> None:
        """Add measurements, each as `add_point` takes it, and draw once."""
        for minutes, value, loss in points:
            self._points.append((minutes, value))
            if math.isfinite(loss):
                self._losses.append((minutes, loss))
        self._draw()

    def _draw(self) -> None:
        self._curve.setData([x for x, _ in self._points], [y for _, y in self._points])
        self._loss.setData([x for x, _ in self._losses], [y for _, y in self._losses])
        top = max((y for _, y in self._losses), default=1.0)
        self._beside.setYRange(0, max(top, 1e-6) * _HEAD_ROOM, padding=0.02)
        right = max([self._minutes, *(x for x, _ in self._points)])
        self._plot.setXRange(0, right, padding=0.02)
        self._plot.setYRange(*self._range(), padding=0.02)
        if self._points:
            now = (
                self.tr("Now {0} of 100 points")
                if self._is_ink
                else self.tr("Now {0} wrong characters in 100")
            )
            self.setAccessibleDescription(now.format(f"{self._points[-1][1]:.1f}"))

    def _range(self) -> tuple[float, float]:
        values = [y for _, y in self._points]
        if self._before is not None:
            values.append(self._before)
        if self._is_ink:
            # Gains are of a few points of ninety: from zero on nobody would see them.
            low = min(values, default=_USUAL_POINTS)
            spare = max(_LEAST_SPARE, 0.3 * (max(values, default=low) - low))
            top = max(values, default=100.0 - spare) + spare
            return max(0.0, low - spare), min(100.0, top)
        return 0.0, max(values, default=0.0) * _HEAD_ROOM or 20.0

    def _fit_beside(self) -> None:
        """Let the second axis lie where the first one does."""
        box = self._plot.getViewBox()
        self._beside.setGeometry(box.sceneBoundingRect())
        self._beside.linkedViewChanged(box, pg.ViewBox.XAxis)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the look of the program."""
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()
        super().changeEvent(event)

    def _dress(self) -> None:
        colors, role = self.palette(), QPalette.ColorRole
        text, accent = colors.color(role.Text), colors.color(role.Accent)
        faint = colors.color(role.PlaceholderText)
        self._plot.setBackground(colors.color(role.Base))
        self._curve.setPen(pg.mkPen(accent, width=2.5))
        self._curve.setSymbol("o")
        self._curve.setSymbolSize(7)
        self._curve.setSymbolBrush(accent)
        self._curve.setSymbolPen(None)
        self._level.setPen(pg.mkPen(faint, width=1.5, style=Qt.PenStyle.DashLine))
        self._loss.setPen(pg.mkPen(faint, width=1.5))
        for side in ("left", "bottom", "right"):
            axis = self._plot.getAxis(side)
            axis.setPen(faint)
            axis.setTextPen(text)
        style = {"color": text.name()}
        name = (
            self.tr("points of 100")
            if self._is_ink
            else self.tr("wrong characters in 100")
        )
        self._plot.setLabel("left", name, **style)
        self._plot.setLabel("bottom", self.tr("minutes"), **style)
        # Thin and pale, as the curve that it belongs to.
        pale = {"color": faint.name()}
        self._plot.setLabel("right", self.tr("thin line: still to learn"), **pale)
        self._plot.getAxis("right").setStyle(showValues=False)
