"""Teach a copy of the line model what a person has corrected; keep or discard it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from hwocr_desktop.app import learning, projects
from hwocr_desktop.app.jobs import Job
from hwocr_desktop.app.learning import LearnRequest, LearnResult
from hwocr_desktop.app.own_process import in_own_process
from hwocr_desktop.app.requests import Notice
from hwocr_desktop.app.session import Session
from hwocr_desktop.core.progress import CancelToken, Progress, Report
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.core.text.text_metrics import cer
from hwocr_desktop.ml.registry import ModelCard
from hwocr_desktop.ml.training.line_run import FitPoint
from hwocr_desktop.ui.sentences import in_our_language, said
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
    """

    kept = Signal(object)
    noticed = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._card: ModelCard | None = None
        self._job: Job | None = None
        self._result: LearnResult | None = None
        self._began = 0.0
        self._outcome = ""  # of the last work; stays until it was seen
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
        session.project_changed.connect(self._survey)
        session.page_selected.connect(self._survey)
        self._show_page(self.plan)

    def _make_buttons(self) -> None:
        self.buttons = QDialogButtonBox(self)
        add = self.buttons.addButton
        self.start = add(self.tr("&Start"), _ButtonRole.ActionRole)
        self.cancel = add(self.tr("Cance&l the training"), _ButtonRole.ActionRole)
        self.keep = add(self.tr("&Keep the new model"), _ButtonRole.ActionRole)
        self.discard = add(self.tr("&Discard it"), _ButtonRole.ActionRole)
        self.close_button = add(QDialogButtonBox.StandardButton.Close)
        self.start.clicked.connect(self._on_start)
        self.cancel.clicked.connect(self._on_cancel)
        self.keep.clicked.connect(self._on_keep)
        self.discard.clicked.connect(self._on_discard)
        self.buttons.rejected.connect(self.reject)

    # ----- the plan -----------------------------------------------------------

    @property
    def is_running(self) -> bool:
        """Whether a training runs."""
        return self._job is not None

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
        if self._job is not None or self._result is not None:
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

    def _page_ids(self) -> tuple[str, ...]:
        page = self._session.page
        is_one = self.plan.pages.currentData() == "page"
        return (page.id,) if is_one and page is not None else ()

    def _before(self) -> float | None:
        """Return wrong characters in 100 now, on the lines that will be kept back.

        None if they were not all read with the model that is to be taught.
        """
        model = self._card.id if self._card else ""
        lines = learning.checked_lines(self._session.project, self._page_ids())
        held_out = [line for _, line in learning.split_lines(lines)[1]]
        pairs = [
            (line.reading.text, line.text)
            for line in held_out
            if line.reading is not None and line.reading.model == model
        ]
        return cer(pairs).percent if pairs and len(pairs) == len(held_out) else None

    # ----- the run ------------------------------------------------------------

    @Slot()
    def _on_start(self) -> None:
        folder: Path | None = self._session.folder
        if self._card is None or folder is None or self._job is not None:
            return
        minutes = float(self.plan.minutes.value())
        request = LearnRequest(
            self._session.project, folder, self._page_ids(), self._card.id, minutes
        )
        self._outcome = ""
        self.run_page.start(minutes, self._before())
        self._began = 0.0
        job = self._session.training.submit(self.tr("Training"), _learn, request)
        job.progressed.connect(self._on_progressed)
        job.succeeded.connect(self._on_learned)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._on_cancelled)
        self._job = job
        self._show_page(self.run_page)

    @Slot()
    def _on_cancel(self) -> None:
        if self._job is not None:
            self.cancel.setEnabled(False)
            self.run_page.state.setText(self.tr("Stopping…"))
            self._job.cancel()

    @Slot(object)
    def _on_progressed(self, progress: Progress) -> None:
        if progress.total and not self._began:
            # The clock starts when learning does, not while lines are collected.
            self._began = time.monotonic()
            self._clock.start()
            self.run_page.state.setText(
                self.tr("Learning; the first test follows soon…")
            )
        if isinstance(progress.partial, FitPoint):
            self.run_page.show_point(progress.partial)

    @Slot()
    def _on_clock(self) -> None:
        minutes = float(self.plan.minutes.value())
        self.run_page.show_time(time.monotonic() - self._began, minutes)

    def _end_run(self) -> None:
        self._job = None
        self._clock.stop()

    @Slot(object)
    def _on_learned(self, result: LearnResult) -> None:
        self._end_run()
        self._result = result
        self.verdict.show_result(result, result.card.title)
        self._show_page(self.verdict)
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
        self._end_run()
        self._tell_failure(error, self.tr("The training failed. {0}"))
        self._show_page(self.plan)

    @Slot()
    def _on_cancelled(self) -> None:
        self._end_run()
        self._outcome = self.tr("The training was cancelled; nothing has changed.")
        self._show_page(self.plan)

    # ----- the verdict --------------------------------------------------------

    @Slot()
    def _on_keep(self) -> None:
        if self._result is not None:
            name = self.verdict.name.text().strip() or self._result.card.title
            self._decide(self.tr("Keeping the model"), _keep, self._result, name)

    @Slot()
    def _on_discard(self) -> None:
        if self._result is not None:
            self._decide(self.tr("Discarding the model"), _discard, self._result)

    def _decide(self, title: str, function: Callable[..., Any], *args: object) -> None:
        for button in (self.keep, self.discard):
            button.setEnabled(False)
        job = self._session.training.submit(title, function, *args)
        job.succeeded.connect(self._on_decided)
        job.failed.connect(self._on_not_decided)

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
            (self.cancel, self.run_page),
            (self.keep, self.verdict),
            (self.discard, self.verdict),
        ):
            button.setVisible(page is place)
        for button in (self.cancel, self.keep, self.discard):
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


def _learn(request: LearnRequest, *, cancel: CancelToken, report: Report) -> object:
    return in_own_process(learning.learn_lines, request, cancel=cancel, report=report)


def _keep(
    result: LearnResult, title: str, *, cancel: CancelToken, report: Report
) -> ModelCard:
    return learning.keep_model(result, title)


def _discard(result: LearnResult, *, cancel: CancelToken, report: Report) -> None:
    learning.discard_model(result)
