"""Teach a copy of the line model what a person has corrected; keep or discard it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from hwocr_desktop.app import learning, projects
from hwocr_desktop.app.learning import LearnRequest, LearnResult
from hwocr_desktop.app.requests import Notice
from hwocr_desktop.app.session import Session
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.ml.registry import ModelCard
from hwocr_desktop.ui.messages import counted
from hwocr_desktop.ui.sentences import in_our_language, said
from hwocr_desktop.ui.teaching_run import TeachingRun
from hwocr_desktop.ui.training_pages import PlanPage, ResultPage, RunPage

_ButtonRole = QDialogButtonBox.ButtonRole
_CLOCK_MS = 500


class TrainingDialog(QDialog):
    """Plan, run and verdict of a training; the window stays usable meanwhile.

    Closing it while it learns only hides it: it says when it is done.

    Parameters
    ----------
    session : Session
    parent : QWidget, optional

    Signals
    -------
    kept : ModelCard
        The person keeps the new model.
    noticed : Notice
    starting
        A person begins a training.
    """

    kept = Signal(object)
    noticed = Signal(object)
    starting = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._card: ModelCard | None = None
        self.run = TeachingRun(session, self)
        self._result: LearnResult | None = None
        self._outcome = ""  # of the last work; stays until it was seen
        self._is_begun = False
        self.setWindowTitle(self.tr("Train on corrections"))
        self.setModal(False)
        self.resize(680, 560)
        self.plan, self.run_page, self.verdict = PlanPage(), RunPage(), ResultPage()
        self.pages = QStackedWidget(self)
        for page in (self.plan, self.run_page, self.verdict):
            self.pages.addWidget(page)
        self.message = QLabel(self)
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.hide()
        self._make_buttons()
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 14)
        column.setSpacing(14)
        for widget in (self.pages, self.message, self.buttons):
            column.addWidget(widget)
        self._clock = QTimer(self)
        self._clock.setInterval(_CLOCK_MS)
        self._clock.timeout.connect(self._on_clock)
        self.plan.pages.currentIndexChanged.connect(self._survey)
        self.run.measured.connect(self.run_page.show_point)
        self.run.learned.connect(self._on_learned)
        self.run.failed.connect(self._on_failed)
        self.run.stopped.connect(self._on_stopped)
        self.run.decided.connect(self._on_decided)
        self.run.undecided.connect(self._on_not_decided)
        session.project_changed.connect(self._survey)
        session.page_selected.connect(self._survey)
        self._show_page(self.plan)

    def _make_buttons(self) -> None:
        self.buttons = QDialogButtonBox(self)
        add = self.buttons.addButton
        self.start = add(self.tr("&Start"), _ButtonRole.ActionRole)
        self.anew = add(self.tr("&Begin anew"), _ButtonRole.ActionRole)
        self.pause = add(self.tr("&Pause"), _ButtonRole.ActionRole)
        self.cancel = add(self.tr("Cance&l the training"), _ButtonRole.ActionRole)
        self.keep = add(self.tr("&Keep the new model"), _ButtonRole.ActionRole)
        self.discard = add(self.tr("&Discard it"), _ButtonRole.ActionRole)
        self.close_button = add(QDialogButtonBox.StandardButton.Close)
        self.start.clicked.connect(self._on_start)
        self.anew.clicked.connect(self._on_anew)
        self.pause.clicked.connect(self._on_pause)
        self.cancel.clicked.connect(self._on_cancel)
        self.keep.clicked.connect(self._on_keep)
        self.discard.clicked.connect(self._on_discard)
        self.buttons.rejected.connect(self.reject)

    # ----- the plan -----------------------------------------------------------

    @property
    def is_running(self) -> bool:
        """Whether a training runs."""
        return self.run.is_running

    @property
    def has_undecided_model(self) -> bool:
        """Whether a new model waits to be kept or discarded."""
        return self._result is not None

    def set_card(self, card: ModelCard | None) -> None:
        """Say which model to start from."""
        self._card = card
        self._survey()

    @Slot()
    def _survey(self) -> None:
        if self.run.is_running or self._result is not None:
            return
        is_able = self._card is not None and self._session.folder is not None
        if self._card is None:
            self.plan.model.setText("-")
            self._say(self.tr("There is no model to start from. Install one first."))
        else:
            self._say(self._outcome)
            found = learning.survey(
                self._session.project, self._page_ids(), Charset(self._card.charset)
            )
            self.plan.show_survey(found, self._card.title)
            is_able = is_able and found.is_enough
        self.start.setEnabled(is_able)
        if self.isVisible():
            self._offer_to_go_on(is_able)

    def _offer_to_go_on(self, is_able: bool) -> None:
        """Name the training of these lines that was interrupted, if there is one."""
        request = self._planned() if is_able else None
        done = learning.minutes_done(request) if request is not None else 0.0
        self._is_begun = done > 0.0
        self.start.setText(
            self.tr("&Continue") if self._is_begun else self.tr("&Start")
        )
        self.anew.setVisible(self._is_begun)
        if self._is_begun and not self._outcome:
            self._say(
                counted(
                    max(1, round(done)),
                    self.tr(
                        "A training with these lines was interrupted after a "
                        "minute of learning. It can go on from there."
                    ),
                    self.tr(
                        "A training with these lines was interrupted after {0} "
                        "minutes of learning. It can go on from there."
                    ),
                )
            )

    def _planned(self) -> LearnRequest | None:
        """Return what would be learned if it began now."""
        folder: Path | None = self._session.folder
        if self._card is None or folder is None:
            return None
        minutes = float(self.plan.minutes.value())
        return LearnRequest(
            self._session.project, folder, self._page_ids(), self._card.id, minutes
        )

    def _page_ids(self) -> tuple[str, ...]:
        page = self._session.page
        is_one = self.plan.pages.currentData() == "page"
        return (page.id,) if is_one and page is not None else ()

    # ----- the run ------------------------------------------------------------

    @Slot()
    def _on_start(self) -> None:
        request = self._planned()
        if request is None or self.run.is_running:
            return
        self.starting.emit()
        self._outcome = ""
        self.run_page.start(request.minutes, learning.error_now(request))
        self.run.start(request)
        self._clock.start()
        self._show_page(self.run_page)

    @Slot()
    def _on_anew(self) -> None:
        request = self._planned()
        if request is not None:
            learning.give_up(request)
            self._on_start()

    @Slot()
    def _on_cancel(self) -> None:
        self._stop(self.tr("Stopping…"), is_pause=False)

    @Slot()
    def _on_pause(self) -> None:
        self._stop(self.tr("Keeping what was learned so far…"), is_pause=True)

    def _stop(self, said: str, *, is_pause: bool) -> None:
        self.cancel.setEnabled(False)
        self.pause.setEnabled(False)
        self.run_page.state.setText(said)
        self.run.stop(is_pause=is_pause)

    @Slot()
    def _on_clock(self) -> None:
        if self.run.is_learning:
            minutes = float(self.plan.minutes.value())
            self.run_page.show_time(self.run.elapsed_s, minutes)

    def take_result(self, result: LearnResult) -> None:
        """Let the person decide about a new model."""
        self._result = result
        self.verdict.show_result(result, result.card.title)
        self._show_page(self.verdict)

    @Slot(object)
    def _on_learned(self, result: LearnResult) -> None:
        self._clock.stop()
        self.take_result(result)
        if not self.isVisible():
            self.noticed.emit(
                Notice(
                    self.tr("The training is done. {0}").format(
                        self.verdict.verdict.text()
                    ),
                    self.tr("Keep the new model or discard it."),
                    "information",
                    "show-training",
                )
            )

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._clock.stop()
        self._tell_failure(error, self.tr("The training failed. {0}"))
        self._show_page(self.plan)

    @Slot(bool)
    def _on_stopped(self, is_paused: bool) -> None:
        self._clock.stop()
        self._outcome = (
            self.tr("The training is paused. It can go on, also after a restart.")
            if is_paused
            else self.tr("The training was cancelled; nothing has changed.")
        )
        self._show_page(self.plan)

    # ----- the verdict --------------------------------------------------------

    @Slot()
    def _on_keep(self) -> None:
        if self._result is not None:
            name = self.verdict.name.text().strip() or self._result.card.title
            self._set_deciding()
            self.run.keep(self._result, name)

    @Slot()
    def _on_discard(self) -> None:
        if self._result is not None:
            self._set_deciding()
            self.run.discard(self._result)

    def _set_deciding(self) -> None:
        for button in (self.keep, self.discard):
            button.setEnabled(False)

    @Slot(object)
    def _on_decided(self, card: ModelCard | None) -> None:
        self._result = None
        if card is not None:
            kept = self.tr("“{0}” is kept and reads this project from now on.")
            self._outcome = kept.format(card.title)
        else:
            self._outcome = self.tr("The new model is discarded; nothing has changed.")
        self._show_page(self.plan)
        if card is not None:
            self.kept.emit(card)

    @Slot(object)
    def _on_not_decided(self, error: Exception) -> None:
        self._tell_failure(error, self.tr("The new model still waits. {0}"))
        self._say(self._outcome)
        self._show_buttons()

    # ----- what is shown ------------------------------------------------------

    def _tell_failure(self, error: Exception, sentence: str) -> None:
        """Keep what went wrong to be read here, and tell it where nobody looks.

        There, among other notices, a sentence says what it is about.
        """
        notice = projects.failure_notice(error)
        self._outcome = said(notice)
        if not self.isVisible():
            text = sentence.format(in_our_language(notice.text))
            self.noticed.emit(replace(notice, text=text, action="show-training"))

    def showEvent(self, event: QShowEvent) -> None:
        """See what there is to go on with."""
        super().showEvent(event)
        self._survey()

    def done(self, result: int) -> None:
        """Close, or only hide; what was said has been seen."""
        super().done(result)
        self._outcome = ""
        self._survey()

    def _show_page(self, page: QWidget) -> None:
        self.pages.setCurrentWidget(page)
        self._show_buttons()
        if page is self.plan:
            self._survey()
        else:
            self._say("")

    def _show_buttons(self) -> None:
        page = self.pages.currentWidget()
        for button, place in (
            (self.start, self.plan),
            (self.pause, self.run_page),
            (self.cancel, self.run_page),
            (self.keep, self.verdict),
            (self.discard, self.verdict),
        ):
            button.setVisible(page is place)
        self.anew.setVisible(page is self.plan and self._is_begun)
        for button in (self.pause, self.cancel, self.keep, self.discard):
            button.setEnabled(True)
        hides = page is not self.plan
        self.close_button.setText(self.tr("&Hide") if hides else self.tr("&Close"))
        is_better = self._result is not None and self._result.is_better
        if page is self.plan:
            default = self.start
        elif page is self.run_page:
            default = self.close_button
        else:
            default = self.keep if is_better else self.discard
        default.setDefault(True)

    def _say(self, text: str) -> None:
        self.message.setText(text)
        self.message.setVisible(bool(text))
