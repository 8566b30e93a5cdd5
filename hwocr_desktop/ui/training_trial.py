"""How long a training will take: tried beside the window while a person plans it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from hwocr_desktop.app import learning_trial
from hwocr_desktop.app.jobs import Job
from hwocr_desktop.app.learning_request import LearnRequest
from hwocr_desktop.app.own_process import in_own_process
from hwocr_desktop.app.session import Session
from hwocr_desktop.app.teaching_forecast import Trial
from hwocr_desktop.core.errors import HwocrError
from hwocr_desktop.core.progress import CancelToken, Report

PAUSE_MS = 700
"""After the plan was last changed before anything is tried."""

GRACE_S = 0.2
"""Nothing of a trial is kept, so it need not end by itself."""


class TrainingTrial(QObject):
    """Tries each model once, by a few lines or places of the project that is open.

    Parameters
    ----------
    session : Session
    parent : QObject, optional

    Signals
    -------
    tried
        There is something new to say of the training that was asked about last.
    """

    tried = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self._request: LearnRequest | None = None
        self._found: dict[tuple[object, ...], Trial | HwocrError] = {}
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(PAUSE_MS)
        self._later.timeout.connect(self._begin)

    def ask(self, request: LearnRequest) -> Trial | HwocrError | None:
        """Return what a trial of a training took, or why it failed.

        None if it is not known yet: then `tried` follows, unless `stop` is called.
        """
        known = self._found.get(_key(request))
        if known is not None:
            return known
        if self._request is None or _key(self._request) != _key(request):
            self.stop()
            self._request = request
            self._later.start()
        return None

    def stop(self) -> None:
        """Try no more; what was found out stays known, but not what failed."""
        self._found = {k: v for k, v in self._found.items() if isinstance(v, Trial)}
        self._later.stop()
        self._request = None
        if self._job is not None:
            self._job.cancel()
            self._job = None

    @Slot()
    def _begin(self) -> None:
        if self._request is None:
            return
        job = self._session.training.submit(
            self.tr("Trying how long a training takes"), _try, self._request
        )
        # Nobody asked for it, and nothing is lost if it does not come to its end.
        job.is_asked_for = False
        job.succeeded.connect(self._on_tried)
        job.failed.connect(self._on_failed)
        self._job = job

    @Slot(object)
    def _on_tried(self, trial: Trial) -> None:
        self._take(trial)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        wrong = error if isinstance(error, HwocrError) else HwocrError(str(error))
        self._take(wrong)

    def _take(self, found: Trial | HwocrError) -> None:
        if self.sender() is not self._job or self._request is None:
            return
        self._found[_key(self._request)] = found
        self._job = self._request = None
        self.tried.emit()


def _key(request: LearnRequest) -> tuple[object, ...]:
    """Return what a trial's figures depend on: lines of a project are much alike."""
    return request.folder, request.subject, request.model


def _try(request: LearnRequest, *, cancel: CancelToken, report: Report) -> Trial:
    function = (
        learning_trial.try_ink if request.subject == "ink" else learning_trial.try_lines
    )
    return in_own_process(
        function, request, cancel=cancel, report=report, grace=lambda: GRACE_S
    )
