"""The work behind a comparison of methods: what is tried, and what comes of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal

from hwocr_desktop.app.comparison import Trial, TrialRequest, try_methods
from hwocr_desktop.app.jobs import Job, JobRunner
from hwocr_desktop.core.document.document import Cleaning
from hwocr_desktop.core.pixels.mending import Box
from hwocr_desktop.core.pixels.thresholding import METHODS
from hwocr_desktop.core.progress import Progress


class TrialRuns(QObject):
    """Tries methods on a part of a page; late results are dropped.

    Parameters
    ----------
    fast, networks : JobRunner
        For thresholds and for models.
    parent : QObject

    Signals
    -------
    tried : Trial
    stopped : str
        A method that will not be tried, because a person stopped it.
    """

    tried = Signal(object)
    stopped = Signal(str)

    def __init__(self, fast: JobRunner, networks: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._fast, self._networks = fast, networks
        self._jobs: list[Job] = []
        # Counts up whenever all begins anew.
        self._round = 0

    @property
    def is_busy(self) -> bool:
        """Whether something is being tried."""
        return bool(self._jobs)

    def stop(self) -> None:
        """End what is being tried, without a word about it."""
        self._round += 1
        for job in self._jobs:
            job.cancel()

    def begin(
        self, gray: npt.NDArray[np.uint8], box: Box, cleanings: Sequence[Cleaning]
    ) -> None:
        """Try methods on a part of a page, thresholds beside models."""
        fast = tuple(c for c in cleanings if c.method in METHODS)
        slow = tuple(c for c in cleanings if c.method not in METHODS)
        if fast:
            self._submit(self._fast, TrialRequest(gray, box, fast))
        if slow:
            self._submit(self._networks, TrialRequest(gray, box, slow))

    def _submit(self, runner: JobRunner, request: TrialRequest) -> None:
        job = runner.submit(self.tr("Comparing methods"), try_methods, request)
        job.is_waited_for = False
        self._jobs.append(job)
        left = [cleaning.method for cleaning in request.cleanings]
        number = self._round
        job.progressed.connect(lambda told: self._on_progressed(number, left, told))
        job.cancelled.connect(lambda: self._on_cancelled(number, left))
        job.finished.connect(lambda: self._jobs.remove(job))

    def _on_progressed(self, number: int, left: list[str], told: Progress) -> None:
        trial = told.partial
        # Late ones are of another part of the page.
        if isinstance(trial, Trial) and number == self._round:
            left.remove(trial.cleaning.method)
            self.tried.emit(trial)

    def _on_cancelled(self, number: int, left: list[str]) -> None:
        if number == self._round:
            for method in left:
                self.stopped.emit(method)
