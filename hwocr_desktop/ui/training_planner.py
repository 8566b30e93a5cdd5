"""The plan of a training: what there is to learn from, and how long it will take."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from hwocr_desktop.app import learning, projects, teaching
from hwocr_desktop.app.general_lines import usual_folder
from hwocr_desktop.app.learning_request import LearnRequest
from hwocr_desktop.app.learning_trial import Trial, forecast_ink, forecast_lines
from hwocr_desktop.app.mended_places import survey_ink, usual_ink_model
from hwocr_desktop.app.session import Session
from hwocr_desktop.core.errors import HwocrError
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.registry import ModelCard
from hwocr_desktop.ui.messages import counted
from hwocr_desktop.ui.sentences import said
from hwocr_desktop.ui.training_plan import PlanPage
from hwocr_desktop.ui.training_trial import TrainingTrial

SETTLE_MS = 120
"""After a change before lines are counted anew: somebody may be typing."""


class TrainingPlanner(QObject):
    """Fills the first page, and knows what would be learned if it began now.

    Parameters
    ----------
    session : Session
    plan : PlanPage
    parent : QObject, optional

    Signals
    -------
    planned
        It has looked: `request`, `minutes_done` and `hint` are as they are now.
    """

    planned = Signal()

    def __init__(
        self, session: Session, plan: PlanPage, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._plan = session, plan
        self._card: ModelCard | None = None
        self._is_on = False
        self.request: LearnRequest | None = None
        self.minutes_done = 0.0
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
        plan.minutes.valueChanged.connect(self._on_minutes)
        session.page_selected.connect(self._look_soon)

    def set_card(self, card: ModelCard | None) -> None:
        """Say which model that reads to start from."""
        self._card = card
        self.look()

    def set_on(self, is_on: bool) -> None:
        """Follow what changes, or rest; what was tried half is given up then."""
        was_on, self._is_on = self._is_on, is_on
        if not is_on:
            self._later.stop()
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
        """Look what there is to learn, and say so."""
        if not self._is_on:
            return
        self._later.stop()
        self.request, self.minutes_done, self.hint = None, 0.0, ""
        folder: Path | None = self._session.folder
        try:
            card = self._start_card()
        except HwocrError as error:
            self.hint = said(projects.failure_notice(error))
            card = None
        if card is None:
            self._plan.show_nothing_to_start_from()
            self.trial.stop()
        elif self._show_survey(card) and folder is not None:
            request = LearnRequest(
                self._session.project,
                folder,
                self._page_ids(),
                card.id,
                float(self._plan.minutes.value()),
                self._plan.taught,
                usual_folder(),
            )
            self.minutes_done = teaching.minutes_done(request)
            self.request = self._taken_up(request)
            self.hint = self._interrupted()
            self._forecast()
        else:
            self.trial.stop()
        self.planned.emit()

    def _start_card(self) -> ModelCard | None:
        """Return the model to start from; None, with a hint, if there is none."""
        if self._plan.taught == "ink":
            return registry.card(usual_ink_model(self._session.project), "binarize")
        if self._card is None:
            self.hint = self.tr("There is no model to start from. Install one first.")
            return None
        # It may have been removed since it was chosen.
        return registry.card(self._card.id, "recognize-lines")

    def _show_survey(self, card: ModelCard) -> bool:
        """Show what there is; return whether it is enough."""
        project, ids = self._session.project, self._page_ids()
        if self._plan.taught == "ink":
            self._places = survey_ink(project, ids)
            self._plan.show_places(self._places, card.title)
            return self._places.is_enough
        self._lines = learning.survey(project, ids, Charset(card.charset))
        self._plan.show_survey(self._lines, card.title)
        return self._lines.is_enough

    def _page_ids(self) -> tuple[str, ...]:
        page = self._session.page
        is_one = self._plan.pages.currentData() == "page"
        return (page.id,) if is_one and page is not None else ()

    def _taken_up(self, request: LearnRequest) -> LearnRequest:
        """Give an interrupted training the time it had, until a person says otherwise.

        Only the first time that it is seen: later the time is what was chosen here.
        """
        seen = request.folder, request.page_ids, request.model, request.subject
        if not self.minutes_done or seen in self._seen:
            return request
        self._seen.add(seen)
        minutes = round(teaching.minutes_planned(request))
        if minutes > 0:
            # There is no request yet, so that this does not look once more.
            self._plan.minutes.setValue(minutes)
        return replace(request, minutes=float(self._plan.minutes.value()))

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
    def _on_minutes(self) -> None:
        if self.request is not None and self._is_on:
            self.look()

    @Slot()
    def _forecast(self) -> None:
        """Say how long it will take, or try it first."""
        if self.request is None:
            return
        found = self.trial.ask(self.request)
        if found is None:
            self._plan.show_waiting(self.tr("trying it shortly to find out…"))
        elif isinstance(found, HwocrError):
            self._plan.show_waiting(said(projects.failure_notice(found)))
        else:
            self._show_forecast(found, is_mixed=self.request.general is not None)

    def _show_forecast(self, trial: Trial, *, is_mixed: bool) -> None:
        minutes = max(0.0, self._plan.minutes.value() - self.minutes_done)
        if self._plan.taught == "ink":
            self._plan.show_forecast(forecast_ink(trial, self._places, minutes))
        else:
            forecast = forecast_lines(trial, self._lines, minutes, is_mixed=is_mixed)
            self._plan.show_forecast(forecast)
