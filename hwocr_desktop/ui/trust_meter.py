"""How many words of the page are likely wrong, and how many of them a person checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSlider, QWidget

from hwocr_desktop.app.trusting import Trusting
from hwocr_desktop.core.document.doubt import (
    LEAST_LINES,
    Doubt,
    Judge,
    PageTrust,
    page_trust,
)
from hwocr_desktop.ui.messages import counted

if TYPE_CHECKING:
    from hwocr_desktop.app.session import Session

PAUSE_MS = 150
"""After the last change before the page is judged anew: nobody waits for it."""

SLIDER_PX = 110


class TrustMeter(QWidget):
    """Says how many words of the page are likely wrong; its slider marks more or fewer.

    Parameters
    ----------
    session : Session
    parent : QWidget, optional

    Attributes
    ----------
    doubt : Doubt
        Which words are marked now.

    Signals
    -------
    doubt_changed
        Other words are marked.
    threshold_chosen : float
        A person let the slider go.
    """

    doubt_changed = Signal()
    threshold_chosen = Signal(float)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._trusting = Trusting()
        self._trust = PageTrust(())
        self.doubt = Doubt()
        self._said = QLabel(self)
        self._said.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self._said.setSizePolicy(policy)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setFixedWidth(SLIDER_PX)
        self.slider.setAccessibleName(self.tr("Words to check"))
        self.slider.setToolTip(
            self.tr("How many words to mark on this page, the least sure first")
        )
        self.slider.valueChanged.connect(self._on_moved)
        self.slider.sliderReleased.connect(self._on_chosen)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 0, 6, 2)
        layout.addWidget(self._said, 1)
        layout.addWidget(self.slider, 0, Qt.AlignmentFlag.AlignTop)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(PAUSE_MS)
        self._later.timeout.connect(self.judge)
        self.hide()

    def set_threshold(self, threshold: float) -> None:
        """Mark the words that are right with less probability than this."""
        self._mark(threshold, self.doubt.judge)
        self._show()

    def follow(self) -> None:
        """Judge the page anew, a moment after the last change."""
        self._later.start()

    @Slot()
    def judge(self) -> None:
        """Judge the page as it is now."""
        self._later.stop()
        page = self._session.page
        if page is None:
            self._trust, judge = PageTrust(()), None
        else:
            judge = self._trusting.judge(self._session.project, page)
            self._trust = page_trust(page, judge)
        self._mark(self.doubt.threshold, judge)
        self._show()
        if self._trusting.is_behind:
            self._later.start()

    def _mark(self, threshold: float, judge: Judge | None) -> None:
        doubt = Doubt(threshold, judge)
        if doubt != self.doubt:
            self.doubt = doubt
            self.doubt_changed.emit()

    def _show(self) -> None:
        """Say what the words and the slider mean together."""
        trust, marked = self._trust, self._trust.marked(self.doubt.threshold)
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, len(trust.words))
            self.slider.setPageStep(max(1, len(trust.words) // 10))
            self.slider.setValue(marked)
        self.setVisible(bool(trust.words))
        if not trust.words:
            return
        wrong, found = round(trust.wrong), round(trust.found(marked))
        if not wrong:
            text = self.tr("Hardly any word of this page seems wrong.")
        elif not marked:
            text = counted(
                wrong,
                self.tr("About one word of this page is wrong. None is marked."),
                self.tr("About {0} words of this page are wrong. None is marked."),
            )
        else:
            text = counted(
                wrong,
                self.tr(
                    "About one word of this page is wrong; checking the {1} marked may "
                    "find it."
                ),
                self.tr(
                    "About {0} words of this page are wrong; checking the {1} marked "
                    "finds about {2} of them."
                ),
                marked,
                found,
            )
        self._said.setText(text)
        judge = self.doubt.judge
        why = (
            self.tr("Judged by {0} lines that you checked in this project.").format(
                judge.lines
            )
            if judge
            else self.tr(
                "As far as the model can tell itself. Once {0} lines are checked in "
                "this project, they tell how far to believe it."
            ).format(LEAST_LINES)
        )
        self._said.setToolTip(why)
        self.slider.setAccessibleDescription(self._said.text())

    @Slot(int)
    def _on_moved(self, count: int) -> None:
        self._mark(self._trust.threshold(count), self.doubt.judge)
        self._show()
        if not self.slider.isSliderDown():
            # By a key or the wheel: there is nothing to wait for.
            self._on_chosen()

    @Slot()
    def _on_chosen(self) -> None:
        self.threshold_chosen.emit(self.doubt.threshold)
