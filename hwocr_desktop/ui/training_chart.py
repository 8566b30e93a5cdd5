"""The curve of a training, on what was kept back: errors of lines, or points of ink."""

from __future__ import annotations

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
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._plot)
        self.setMinimumHeight(190)
        self.start(self._minutes, None)

    @property
    def points(self) -> tuple[tuple[float, float], ...]:
        """Minutes and wrong characters in 100, or points of 100, in order."""
        return tuple(self._points)

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

    def add_point(self, minutes: float, value: float) -> None:
        """Add a measurement."""
        self._points.append((minutes, value))
        self._draw()

    def _draw(self) -> None:
        self._curve.setData([x for x, _ in self._points], [y for _, y in self._points])
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
        for side in ("left", "bottom"):
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
