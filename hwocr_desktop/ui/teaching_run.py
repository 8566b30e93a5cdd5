"""A training that a person starts, pauses, cancels, lets go on, and decides about."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from hwocr_desktop.app import learning, learning_runs, teaching
from hwocr_desktop.app.jobs import Job
from hwocr_desktop.app.learning_request import LearnRequest, Taught
from hwocr_desktop.app.own_process import GRACE_S, in_own_process
from hwocr_desktop.app.session import Session
from hwocr_desktop.app.teaching_past import TeachingPast, learn_from_there
from hwocr_desktop.core.progress import Cancelled, CancelToken, Progress, Report
from hwocr_desktop.ml.registry import ModelCard
from hwocr_desktop.ml.training.checkpoint import NotKept
from hwocr_desktop.ml.training.line_run import READING, FitPoint
from hwocr_desktop.ml.training.step_fit import Measurement

PAUSE_S = 6.0
"""What a training that is to be paused has for keeping what was learned so far."""


class TeachingRun(QObject):
    """Runs one training at a time beside the window.

    Parameters
    ----------
    session : Session
    parent : QObject, optional

    Signals
    -------
    taken_up : TeachingPast
        What is known of it before it learns.
    measured : FitPoint or Measurement
        Of lines, or of ink.
    not_kept : NotKept
        Why it could not be taken up again if it were interrupted now; told once.
    learned : Taught
    failed : Exception
    stopped : bool
        Whether it was paused, and can go on; else it was cancelled, and left nothing.
    decided : ModelCard or None
        The model that was kept; None if it was discarded.
    undecided : Exception
        Why it could not be kept or discarded.
    """

    taken_up = Signal(object)
    measured = Signal(object)
    not_kept = Signal(object)
    learned = Signal(object)
    failed = Signal(object)
    stopped = Signal(bool)
    decided = Signal(object)
    undecided = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self._is_pausing = False
        self._began = self._done_s = 0.0
        self._aside = 0.0  # since when it does something else than learn; 0 if not

    @property
    def is_running(self) -> bool:
        """Whether a training runs."""
        return self._job is not None

    @property
    def is_learning(self) -> bool:
        """Whether it has begun to learn, after the lines were collected."""
        return self.is_running and self._began > 0.0

    @property
    def elapsed_s(self) -> float:
        """How long it has learned, what it did before it was interrupted included."""
        return (self._aside or time.monotonic()) - self._began + self._done_s

    def start(
        self,
        request: LearnRequest,
        *,
        is_asked_for: bool = True,
        is_anew: bool = False,
    ) -> None:
        """Start, or go on with what was interrupted of the same training.

        Parameters
        ----------
        request : LearnRequest
        is_asked_for : bool
            False for one that the program began by itself: whoever closes the window
            is not asked about it.
        is_anew : bool
            Whether what was interrupted is forgotten.
        """
        # Whatever stops it but the person's own “Cancel”, it goes on the next time.
        self._is_pausing = True
        self._began = self._done_s = self._aside = 0.0
        job = self._session.training.submit(
            self.tr("Training"), _learn, request, is_anew, self._grace, self._is_kept
        )
        job.is_asked_for = is_asked_for
        job.progressed.connect(self._on_progressed)
        job.succeeded.connect(self._on_learned)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._on_cancelled)
        self._job = job

    def stop(self, *, is_pause: bool) -> None:
        """Stop; a pause keeps what was learned so far."""
        if self._job is not None:
            self._is_pausing = is_pause
            self._job.cancel()

    def keep(self, result: Taught, title: str) -> None:
        """Install what was learned under a title."""
        self._decide(self.tr("Keeping the model"), _keep, result, title)

    def discard(self, result: Taught) -> None:
        """Remove what was learned."""
        self._decide(self.tr("Discarding the model"), _discard, result)

    def _decide(self, title: str, function: Callable[..., Any], *args: object) -> None:
        job = self._session.training.submit(title, function, *args)
        job.succeeded.connect(self.decided)
        job.failed.connect(self.undecided)

    def _grace(self) -> float:
        """Return how long the training has to stop by itself; asked from its thread."""
        return PAUSE_S if self._is_pausing else GRACE_S

    def _is_kept(self) -> bool:
        """Return whether it goes on another time; asked from its thread."""
        return self._is_pausing

    @Slot(object)
    def _on_progressed(self, progress: Progress) -> None:
        if isinstance(progress.partial, TeachingPast):
            self._done_s = 60.0 * progress.partial.minutes
            self.taken_up.emit(progress.partial)
        if progress.total and not self._began:
            # The clock starts when learning does, not while lines are collected.
            self._began = time.monotonic()
        self._note_aside(is_aside=progress.text == READING)
        if isinstance(progress.partial, FitPoint | Measurement):
            self.measured.emit(progress.partial)
        if isinstance(progress.partial, NotKept):
            self.not_kept.emit(progress.partial)

    def _note_aside(self, *, is_aside: bool) -> None:
        """Hold the clock while lines are read, for that is no time of learning."""
        now = time.monotonic()
        if is_aside:
            self._aside = self._aside or now
        elif self._aside:
            self._began += now - self._aside
            self._aside = 0.0

    @Slot(object)
    def _on_learned(self, result: object) -> None:
        self._job = None
        self.learned.emit(result)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._job = None
        self.failed.emit(error)

    @Slot()
    def _on_cancelled(self) -> None:
        self._job = None
        self.stopped.emit(self._is_pausing)


def _learn(
    request: LearnRequest,
    is_anew: bool,
    grace: Callable[[], float],
    is_kept: Callable[[], bool],
    *,
    cancel: CancelToken,
    report: Report,
) -> object:
    past: list[TeachingPast] = []

    def note(progress: Progress) -> None:
        if isinstance(progress.partial, TeachingPast):
            past.append(progress.partial)
        report(progress)

    try:
        return in_own_process(
            learn_from_there, request, is_anew, cancel=cancel, report=note, grace=grace
        )
    except Cancelled:
        if not is_kept():
            # Where it is kept is known by now, unless it was cancelled at once.
            if past:
                learning_runs.forget(past[0].run)
            else:
                teaching.give_up(request)
        raise


def _keep(
    result: Taught, title: str, *, cancel: CancelToken, report: Report
) -> ModelCard:
    return learning.keep_model(result, title)


def _discard(result: Taught, *, cancel: CancelToken, report: Report) -> None:
    learning.discard_model(result)
