"""The plan of a training: what there is to learn from, and how long it will take."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from hwocr_desktop.app import projects
from hwocr_desktop.app.general_lines import usual_folder
from hwocr_desktop.app.jobs import Job
from hwocr_desktop.app.learning_request import LearnRequest
from hwocr_desktop.app.mended_places import InkSurvey
from hwocr_desktop.app.session import Session
from hwocr_desktop.app.teaching_forecast import (
    Forecast,
    Trial,
    forecast_ink,
    forecast_lines,
)
from hwocr_desktop.app.teaching_plan import KnownScans, TeachingPlan, plan_teaching
from hwocr_desktop.core.errors import HwocrError
from hwocr_desktop.ml.registry import ModelCard
from hwocr_desktop.ui.messages import counted
from hwocr_desktop.ui.sentences import said
from hwocr_desktop.ui.training_plan import PlanPage
from hwocr_desktop.ui.training_trial import TrainingTrial

SETTLE_MS = 120
"""After a change before lines are counted anew: somebody may be typing."""


class TrainingPlanner(QObject):
    """Fills the first page, and knows what would be learned if it began now.

    It looks beside the window, and shows what it finds when it has found it.

    Parameters
    ----------
    session : Session
    plan : PlanPage
    parent : QObject, optional

    Signals
    -------
    planned
        `request`, `minutes_done`, `left_out` and `hint` are others, or may be.
    """

    planned = Signal()

    def __init__(
        self, session: Session, plan: PlanPage, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._plan = session, plan
        self._card: ModelCard | None = None
        self._is_on = False
        self._job: Job | None = None
        self._asked: LearnRequest | None = None
        self._found: TeachingPlan | None = None
        self._scans = KnownScans()
        self.hint = ""
        # Interrupted trainings whose time was taken up.
        self._seen: set[tuple[object, ...]] = set()
        self.trial = TrainingTrial(session, self)
        self.trial.tried.connect(self._forecast)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(SETTLE_MS)
        self._later.timeout.connect(self.look)
        plan.pages.currentIndexChanged.connect(self.look)
        plan.subject.currentIndexChanged.connect(self.look)
        plan.minutes.valueChanged.connect(self._forecast)
        session.page_selected.connect(self._look_soon)

    # ----- what was found -----------------------------------------------------

    @property
    def is_looking(self) -> bool:
        """Whether it looks, or will before long."""
        return self._job is not None or self._later.isActive()

    @property
    def request(self) -> LearnRequest | None:
        """What would be learned if it began now; None where nothing can be."""
        if self._found is None or not self._found.found.is_enough:
            return None
        asked = self._found.request
        if self._session.folder != asked.folder:
            return None
        # What was typed since it was looked at is learned, too.
        return replace(
            asked,
            project=self._session.project,
            minutes=float(self._plan.minutes.value()),
        )

    @property
    def minutes_done(self) -> float:
        """How long the same training went on before it was interrupted; else 0."""
        found = self._found
        return found.minutes_done if found and self.request else 0.0

    @property
    def left_out(self) -> str:
        """A sentence on what cannot be learned from because its scan is gone; or ""."""
        found = self._found
        if found is None or not found.unseen:
            return ""
        if isinstance(found.found, InkSurvey):
            said = counted(
                found.unseen,
                self.tr("One mended place is left out: its scan is gone."),
                self.tr("{0} mended places are left out: their scans are gone."),
            )
        else:
            said = counted(
                found.unseen,
                self.tr("One checked line is left out: its scan is gone."),
                self.tr("{0} checked lines are left out: their scans are gone."),
            )
        where = self.tr("Put the scans back where they were to use them.")
        return f"{said} {where}"

    # ----- looking ------------------------------------------------------------

    def set_card(self, card: ModelCard | None) -> None:
        """Say which model that reads to start from, if the project names none."""
        self._card = card
        self.look()

    def set_on(self, is_on: bool) -> None:
        """Follow what changes, or rest; what was tried half is given up then."""
        was_on, self._is_on = self._is_on, is_on
        if not is_on:
            self._later.stop()
            self._stop_looking()
            # Scans may be put back until it is asked again.
            self._found, self._scans = None, KnownScans()
            self.trial.stop()
        elif was_on:
            self._look_soon()
        else:
            self.look()

    @Slot()
    def _look_soon(self) -> None:
        if self._is_on:
            self._later.start()

    @Slot()
    def look(self) -> None:
        """Begin to look what there is to learn; what was found before stays shown."""
        if not self._is_on:
            return
        self._later.stop()
        self._stop_looking()
        self.hint = ""
        asked = self._asked_now()
        if asked is None:
            self._show_nothing(
                self.tr("There is no model to start from. Install one first.")
            )
            return
        self._asked = asked
        self._submit()
        if self._found is None or _kind(self._found.request) != _kind(asked):
            self._found = None
            self._plan.show_nothing_to_start_from()
            self._plan.lines.setText(
                self.tr("looking at the mended places…")
                if asked.subject == "ink"
                else self.tr("looking at the lines…")
            )
            self.planned.emit()

    def _asked_now(self) -> LearnRequest | None:
        """Return what is to be looked at; None if there is no model to start from."""
        model = ""
        if self._plan.taught != "ink":
            # The project's own: another one may have been kept or chosen meanwhile.
            model = self._session.project.line_model
            if not model and self._card is not None:
                model = self._card.id
            if not model:
                return None
        return LearnRequest(
            self._session.project,
            self._session.folder or Path(),
            self._page_ids(),
            model,
            subject=self._plan.taught,
            general=usual_folder(),
        )

    def _page_ids(self) -> tuple[str, ...]:
        page = self._session.page
        is_one = self._plan.pages.currentData() == "page"
        return (page.id,) if is_one and page is not None else ()

    def _submit(self) -> None:
        # Not among trainings: there it would wait for the trial of what it found.
        job = self._session.pixels.submit(
            self.tr("Looking what there is to learn"),
            plan_teaching,
            self._asked,
            self._scans,
        )
        job.is_asked_for = False
        job.succeeded.connect(self._on_looked)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._on_cancelled)
        self._job = job

    def _stop_looking(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None

    @Slot(object)
    def _on_looked(self, found: TeachingPlan | KnownScans) -> None:
        if self.sender() is not self._job:
            return
        if isinstance(found, KnownScans):
            self._scans = found
            self._submit()
            return
        self._job = None
        self._found, self._scans = found, found.scans
        if isinstance(found.found, InkSurvey):
            self._plan.show_places(found.found, found.card.title)
        else:
            self._plan.show_survey(found.found, found.card.title, len(found.unread))
        self._take_up(found)
        self.hint = self._interrupted()
        if self.request is None:
            self.trial.stop()
        self._forecast()
        self.planned.emit()

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        if self.sender() is self._job:
            self._job = None
            self._show_nothing(said(projects.failure_notice(error)))

    @Slot()
    def _on_cancelled(self) -> None:
        if self.sender() is self._job:  # by a person, below the window
            self._job = None
            self.planned.emit()

    def _show_nothing(self, hint: str) -> None:
        self._found, self.hint = None, hint
        self._plan.show_nothing_to_start_from()
        self.trial.stop()
        self.planned.emit()

    def _take_up(self, found: TeachingPlan) -> None:
        """Give an interrupted training the time it had, until a person says otherwise.

        Only the first time that it is seen: later the time is what was chosen here.
        """
        kind = _kind(found.request)
        if not found.minutes_done or kind in self._seen:
            return
        self._seen.add(kind)
        minutes = round(found.minutes_planned)
        if minutes > 0:
            self._plan.minutes.setValue(minutes)

    def _interrupted(self) -> str:
        if not self.minutes_done:
            return ""
        return counted(
            max(1, round(self.minutes_done)),
            self.tr(
                "This training was interrupted after a minute of learning. It can go "
                "on from there."
            ),
            self.tr(
                "This training was interrupted after {0} minutes of learning. It can "
                "go on from there."
            ),
        )

    # ----- how long -----------------------------------------------------------

    @Slot()
    def _forecast(self) -> None:
        """Say how long it will take, or try it first."""
        request, found = self.request, self._found
        if request is None or found is None or not self._is_on:
            return
        tried = self.trial.ask(request)
        if tried is None:
            self._plan.show_waiting(self.tr("trying it shortly to find out…"))
        elif isinstance(tried, HwocrError):
            self._plan.show_waiting(said(projects.failure_notice(tried)))
        else:
            self._plan.show_forecast(_forecast(tried, found, request))


def _forecast(tried: Trial, found: TeachingPlan, request: LearnRequest) -> Forecast:
    minutes = max(0.0, request.minutes - found.minutes_done)
    if isinstance(found.found, InkSurvey):
        return forecast_ink(tried, found.found, minutes)
    return forecast_lines(
        tried,
        found.found,
        minutes,
        is_mixed=request.general is not None,
        unread=found.unread,
    )


def _kind(request: LearnRequest) -> tuple[object, ...]:
    """Return what makes two plans two: not the lines, which change one by one."""
    # Of ink, the model is looked up with the places.
    model = "" if request.subject == "ink" else request.model
    return request.folder, request.page_ids, model, request.subject
