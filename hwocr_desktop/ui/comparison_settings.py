"""The settings of the method that is selected in the comparison."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QToolButton,
    QWidget,
)

from hwocr_desktop.core.document.document import Cleaning
from hwocr_desktop.core.pixels.thresholding import (
    DEFAULT_K,
    DEFAULT_WINDOW,
    LOCAL_METHODS,
)

SETTLE_MS = 150
"""A method is tried anew this long after the last turn at a number."""


class ComparisonSettings(QWidget):
    """Window, sensitivity and cut of one method; what it does not have is not there.

    Signals
    -------
    changed : Cleaning
        The method must be tried anew.
    cut_changed : Cleaning
        Only the cut is another.
    """

    changed = Signal(object)
    cut_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cleaning: Cleaning | None = None
        self._own_cut = 0
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._on_settled)
        self.window_px = QSpinBox(self)
        self.window_px.setRange(3, 999)
        self.window_px.setSingleStep(2)
        self.window_px.setSuffix(self.tr(" px"))
        self.window_px.setAccessibleName(self.tr("Window in pixels"))
        self.k = QDoubleSpinBox(self)
        self.k.setRange(-1.0, 1.0)
        self.k.setSingleStep(0.05)
        self.k.setDecimals(2)
        self.k.setAccessibleName(self.tr("Sensitivity k"))
        self.cut = QSpinBox(self)
        self.cut.setRange(1, 255)
        self.cut.setAccessibleName(self.tr("Cut between paper and ink"))
        self.auto = QToolButton(self)
        self.auto.setText(self.tr("Auto"))
        self.auto.setToolTip(self.tr("Go back to the method's own cut"))
        self.auto.setAccessibleName(self.tr("Go back to the method's own cut"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self._local = []
        for text, number in (
            (self.tr("&Window"), self.window_px),
            (self.tr("&Sensitivity k"), self.k),
            (self.tr("&Cut"), self.cut),
        ):
            name = QLabel(text, self)
            name.setBuddy(number)
            row.addWidget(name)
            row.addWidget(number)
            row.addSpacing(8)
            if number is not self.cut:
                self._local += [name, number]
        row.addWidget(self.auto)
        row.addStretch(1)
        # Its height stays the same for the original, which has no settings.
        self.setMinimumHeight(self.sizeHint().height())
        self.window_px.valueChanged.connect(self._settle.start)
        self.k.valueChanged.connect(self._settle.start)
        self.cut.valueChanged.connect(self._on_cut)
        self.auto.clicked.connect(self._on_auto)
        self.show_cleaning(None, 0)

    def show_cleaning(self, cleaning: Cleaning | None, own_cut: int) -> None:
        """Show the settings of a method; None shows none.

        Parameters
        ----------
        cleaning : Cleaning or None
        own_cut : int
            The method's own cut, or 0 if it is not known yet.
        """
        if self._settle.isActive():
            self._on_settled()
        self._cleaning = cleaning
        is_local = cleaning is not None and cleaning.method in LOCAL_METHODS
        for widget in self._local:
            widget.setVisible(is_local)
        self.setEnabled(cleaning is not None)
        if cleaning is not None and is_local:
            with QSignalBlocker(self.window_px), QSignalBlocker(self.k):
                method = cleaning.method
                self.window_px.setValue(cleaning.window or DEFAULT_WINDOW[method])
                self.k.setValue(DEFAULT_K[method] if cleaning.k is None else cleaning.k)
        self.show_own_cut(own_cut)

    def show_own_cut(self, own_cut: int) -> None:
        """Take note of the method's own cut."""
        self._own_cut = own_cut
        chosen = self._cleaning.cut if self._cleaning else None
        self.auto.setEnabled(chosen is not None)
        with QSignalBlocker(self.cut):
            self.cut.setValue(chosen or own_cut or 128)

    @Slot()
    def _on_settled(self) -> None:
        self._settle.stop()
        if self._cleaning is not None:
            self._cleaning = replace(
                self._cleaning,
                window=self.window_px.value(),
                k=round(self.k.value(), 4),
            )
            self.changed.emit(self._cleaning)

    @Slot()
    def _on_cut(self) -> None:
        self._set_cut(self.cut.value())

    @Slot()
    def _on_auto(self) -> None:
        self._set_cut(None)

    def _set_cut(self, cut: int | None) -> None:
        if self._cleaning is not None:
            self._cleaning = replace(self._cleaning, cut=cut)
            self.show_own_cut(self._own_cut)
            self.cut_changed.emit(self._cleaning)
