"""Teach a copy of a model what a person corrected or mended; keep or discard it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QStackedWidget, QVBoxLayout, QWidget

from hwocr_desktop.app import projects
from hwocr_desktop.app.learning_request import Taught
from hwocr_desktop.app.requests import Notice, ProjectChange
from hwocr_desktop.app.session import Session
from hwocr_desktop.core.errors import HwocrError
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.registry import ModelCard
from hwocr_desktop.ml.training.checkpoint import NotKept
from hwocr_desktop.ui.messages import counted
from hwocr_desktop.ui.model_change import ModelChange, clean_with
from hwocr_desktop.ui.sentences import in_our_language, said
from hwocr_desktop.ui.teaching_run import TeachingRun
from hwocr_desktop.ui.training_buttons import Place, TrainingButtons
from hwocr_desktop.ui.training_parts import plain_label
from hwocr_desktop.ui.training_plan import PlanPage
from hwocr_desktop.ui.training_planner import TrainingPlanner
from hwocr_desktop.ui.training_run_page import RunPage
from hwocr_desktop.ui.training_verdict import ResultPage

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
        This model is to be used from now on, a new one or one gone back to.
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
        self.run = TeachingRun(session, self)
        self._result: Taught | None = None
        self._change: ModelChange | None = None  # made last, and not gone back from
        self._outcome = ""  # of the last work; stays until it was seen
        self._is_paused = False  # just now; what is kept of it is being looked up
        self.setWindowTitle(self.tr("Train on corrections"))
        self.setModal(False)
        self.resize(680, 600)
        self.plan, self.run_page, self.verdict = PlanPage(), RunPage(), ResultPage()
        self.planner = TrainingPlanner(session, self.plan, self)
        self.pages = QStackedWidget(self)
        for page in (self.plan, self.run_page, self.verdict):
            self.pages.addWidget(page)
        self.message = plain_label(self)
        self.message.hide()
        self.buttons = TrainingButtons(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 14)
        column.setSpacing(14)
        for widget in (self.pages, self.message, self.buttons):
            column.addWidget(widget)
        self._clock = QTimer(self)
        self._clock.setInterval(_CLOCK_MS)
        self._clock.timeout.connect(self._on_clock)
        self._connect()
        self._show_page(self.plan)

    def _connect(self) -> None:
        buttons = self.buttons
        buttons.start.clicked.connect(self._on_start)
        buttons.anew.clicked.connect(self._on_anew)
        buttons.back.clicked.connect(self._on_back)
        buttons.pause.clicked.connect(self._on_pause)
        buttons.cancel.clicked.connect(self._on_cancel)
        buttons.keep.clicked.connect(self._on_keep)
        buttons.discard.clicked.connect(self._on_discard)
        buttons.rejected.connect(self.reject)
        self.planner.planned.connect(self._on_planned)
        self.run.taken_up.connect(self.run_page.show_past)
        self.run.measured.connect(self.run_page.show_point)
        self.run.not_kept.connect(self._on_not_kept)
        self.run.learned.connect(self._on_learned)
        self.run.failed.connect(self._on_failed)
        self.run.stopped.connect(self._on_stopped)
        self.run.decided.connect(self._on_decided)
        self.run.undecided.connect(self._on_not_decided)
        self._session.project_changed.connect(self._on_project_changed)

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
        """Say which model that reads to start from, if the project names none."""
        self.planner.set_card(card)

    @Slot(object)
    def _on_project_changed(self, change: ProjectChange) -> None:
        if change.is_other:
            self._change = None
            self.planner.set_on(False)
        self._plan_anew()

    @Slot()
    def _plan_anew(self) -> None:
        """Look again what there is to learn, if that is what is shown."""
        is_planning = not self.run.is_running and self._result is None
        self.planner.set_on(is_planning and self.isVisible())

    @Slot()
    def _on_planned(self) -> None:
        if self._is_paused and not self.planner.is_looking:
            # It may have been paused before it had learned, and lines that were
            # checked meanwhile make another training.
            self._is_paused = False
            self._outcome = (
                self.tr("The training is paused. It can go on, also after a restart.")
                if self.planner.minutes_done > 0
                else self.tr(
                    "The training was stopped, and nothing is kept to go on with: the "
                    "next one begins anew."
                )
            )
        parts = self._outcome or self.planner.hint, self.planner.left_out
        self._say("\n\n".join(filter(None, parts)))
        self.buttons.show_plan(
            is_able=self.planner.request is not None,
            is_begun=self.planner.minutes_done > 0.0,
            back_to=self._change.before.title if self._change else "",
        )

    # ----- the run ------------------------------------------------------------

    @Slot()
    def _on_start(self) -> None:
        self._start(is_anew=False)

    @Slot()
    def _on_anew(self) -> None:
        self._start(is_anew=True)

    def _start(self, *, is_anew: bool) -> None:
        request = self.planner.request
        if request is None or self.run.is_running:
            return
        self.starting.emit()
        self._outcome, self._change = "", None
        self.planner.set_on(False)
        self.run_page.start(request.minutes, None, request.subject)
        self.run.start(request, is_anew=is_anew)
        self._clock.start()
        self._show_page(self.run_page)

    @Slot()
    def _on_cancel(self) -> None:
        self._stop(self.tr("Stopping…"), is_pause=False)

    @Slot()
    def _on_pause(self) -> None:
        self._stop(self.tr("Keeping what was learned so far…"), is_pause=True)

    def _stop(self, said: str, *, is_pause: bool) -> None:
        self.buttons.set_stopping()
        self.run_page.state.setText(said)
        self.run.stop(is_pause=is_pause)

    @Slot()
    def _on_clock(self) -> None:
        if self.run.is_learning:
            minutes = float(self.plan.minutes.value())
            self.run_page.show_time(self.run.elapsed_s, minutes)

    def take_result(self, result: Taught) -> None:
        """Let the person decide about a new model."""
        self._result = result
        self.planner.set_on(False)
        self.verdict.show_result(result, result.card.title)
        self._show_page(self.verdict)

    @Slot(object)
    def _on_not_kept(self, why: NotKept) -> None:
        self._say(in_our_language(why.text))
        if not self.isVisible():
            self.noticed.emit(Notice(why.text, "", "warning", "show-training"))

    @Slot(object)
    def _on_learned(self, result: Taught) -> None:
        self._clock.stop()
        self.take_result(result)
        if not self.isVisible():
            self.noticed.emit(
                Notice(
                    self.tr("The training is done. {0}").format(
                        self.verdict.verdict.text()
                    ),
                    self.tr("Look at it, and keep or discard the new model."),
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
        self._is_paused, self._outcome = is_paused, ""
        if not is_paused:
            self._outcome = self.tr("The training was cancelled; nothing has changed.")
        self._show_page(self.plan)

    # ----- the verdict --------------------------------------------------------

    @Slot()
    def _on_keep(self) -> None:
        if self._result is not None:
            name = self.verdict.name.text().strip() or self._result.card.title
            self.buttons.set_deciding()
            self.run.keep(self._result, name)

    @Slot()
    def _on_discard(self) -> None:
        if self._result is not None:
            self.buttons.set_deciding()
            self.run.discard(self._result)

    @Slot(object)
    def _on_decided(self, card: ModelCard | None) -> None:
        self._result = None
        if card is None:
            self._outcome = self.tr("The new model is discarded; nothing has changed.")
        else:
            self._use(card)
        self._show_page(self.plan)

    def _use(self, card: ModelCard) -> None:
        """Use a model that was kept; say so."""
        # First: so that it is known wherever its id comes up.
        self.kept.emit(card)
        if card.task != "binarize":
            self.planner.set_card(card)
        try:
            self._change = ModelChange(card, registry.card(card.parent))
        except HwocrError:  # the one it grew from was removed meanwhile
            self._change = None
        if card.task != "binarize":
            kept = self.tr("“{0}” is kept and reads this project from now on.")
            self._outcome = kept.format(card.title)
            return
        pages = clean_with(
            self._session, card.parent, card.id, self.tr("Clean with the new model")
        )
        self._outcome = counted(
            pages,
            self.tr("“{1}” is kept and cleans one page from now on."),
            self.tr("“{1}” is kept and cleans {0} pages from now on."),
            card.title,
        )
        if not pages:
            self._change = None
            self._outcome = self.tr(
                "“{0}” is kept. Choose it below the page at “Clean with”."
            ).format(card.title)

    @Slot()
    def _on_back(self) -> None:
        change, self._change = self._change, None
        if change is None:
            return
        if change.subject == "ink":
            label = self.tr("Go back to the old model")
            clean_with(self._session, change.kept.id, change.before.id, label)
        else:
            self.planner.set_card(change.before)
        self.kept.emit(change.before)
        self._outcome = self.tr(
            "“{0}” is in use again. “{1}” stays in the list of models."
        ).format(change.before.title, change.kept.title)
        self._show_page(self.plan)

    @Slot(object)
    def _on_not_decided(self, error: Exception) -> None:
        self._tell_failure(error, self.tr("The new model still waits. {0}"))
        self._say(self._outcome)
        self._show_buttons()

    # ----- what is shown ------------------------------------------------------

    def _tell_failure(self, error: Exception, sentence: str) -> None:
        """Keep what went wrong to be read; where nobody looks, say what it is of."""
        notice = projects.failure_notice(error)
        self._outcome = said(notice)
        if not self.isVisible():
            text = sentence.format(in_our_language(notice.text))
            self.noticed.emit(replace(notice, text=text, action="show-training"))

    def showEvent(self, event: QShowEvent) -> None:
        """See what there is to learn, or to go on with."""
        super().showEvent(event)
        self._plan_anew()

    def done(self, result: int) -> None:
        """Close, or only hide; what was said has been seen."""
        super().done(result)
        self._outcome, self._change, self._is_paused = "", None, False
        self._plan_anew()

    def _show_page(self, page: QWidget) -> None:
        self.pages.setCurrentWidget(page)
        self._show_buttons()
        self._say("")
        if page is self.plan:
            self._plan_anew()
            self._on_planned()

    def _show_buttons(self) -> None:
        page = self.pages.currentWidget()
        is_better = self._result is not None and self._result.is_better
        place: Place = "verdict"
        if page is not self.verdict:
            place = "plan" if page is self.plan else "run"
        self.buttons.show_for(place, is_better=is_better)

    def _say(self, text: str) -> None:
        self.message.setText(text)
        self.message.setVisible(bool(text))
