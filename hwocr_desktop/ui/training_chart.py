"""The curve of a training: wrong characters in 100 on the lines kept back."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget

_HEAD_ROOM = 1.15


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
        self.setAccessibleName(self.tr("Wrong characters while learning"))
        self._dress()
        self.start(self._minutes, None)

    @property
    def points(self) -> tuple[tuple[float, float], ...]:
        """Minutes and wrong characters in 100, in order."""
        return tuple(self._points)

    def start(self, minutes: float, before: float | None) -> None:
        """Begin anew.

        Parameters
        ----------
        minutes : float
            How long it will take.
        before : float or None
            Wrong characters in 100 before, if that is known.
        """
        self._points.clear()
        self._minutes, self._before = minutes, before
        self._level.setVisible(before is not None)
        if before is not None:
            self._level.setValue(before)
        self._draw()

    def add_point(self, minutes: float, wrong: float) -> None:
        """Add a measurement."""
        self._points.append((minutes, wrong))
        self._draw()

    def _draw(self) -> None:
        self._curve.setData([x for x, _ in self._points], [y for _, y in self._points])
        values = [y for _, y in self._points]
        if self._before is not None:
            values.append(self._before)
        top = max(values, default=0.0) * _HEAD_ROOM
        right = max([self._minutes, *(x for x, _ in self._points)])
        self._plot.setXRange(0, right, padding=0.02)
        self._plot.setYRange(0, top or 20.0, padding=0.02)
        if self._points:
            self.setAccessibleDescription(
                self.tr("Now {0} wrong characters in 100").format(
                    f"{self._points[-1][1]:.1f}"
                )
            )

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
        self._plot.setLabel("left", self.tr("wrong characters in 100"), **style)
        self._plot.setLabel("bottom", self.tr("minutes"), **style)
