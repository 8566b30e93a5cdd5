"""Leaving the program: ask if work runs, stop it, save, end the threads, in order."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from hwocr_desktop.app.jobs import Job, JobRunner
from hwocr_desktop.app.session import Session
from hwocr_desktop.ui.messages import ask

log = logging.getLogger(__name__)

WAIT_MS = 10_000
"""Work that has not stopped by then is left behind; everything is saved by then."""

End = Callable[[int], bool]


class Closing(QObject):
    """Closes a window in the order that loses nothing.

    First it asks whether running work may be stopped. Then all work is told to stop
    while the window is still there; when it has, or after ten seconds, the project is
    saved and the threads end.

    Parameters
    ----------
    session : Session
    window : QWidget
    runners : tuple of JobRunner
        Further runners, beside the session's.
    ends : tuple of callable
        Take the milliseconds they may wait, end a thread of their own, and return
        whether it did end.

    Signals
    -------
    stopping
        The work has been told to stop.
    ended : bool
        All is saved and closed; False if some work did not stop in time.
    """

    stopping = Signal()
    ended = Signal(bool)

    def __init__(
        self,
        session: Session,
        window: QWidget,
        runners: tuple[JobRunner, ...],
        ends: tuple[End, ...],
    ) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self._runners, self._ends = runners, ends
        self._question: QMessageBox | None = None
        self._is_ending = self._is_ended = False
        # Jobs that nobody asked for and nobody waits for.
        self.quiet: list[Job] = []
        self.has_undecided_model = False
        self._timeout = QTimer(self)
        self._timeout.setSingleShot(True)
        self._timeout.setInterval(WAIT_MS)
        self._timeout.timeout.connect(self._end)

    @property
    def question(self) -> QMessageBox | None:
        """The question that is being asked."""
        return self._question

    def request(self) -> None:
        """Begin to close; asks first if something would be lost."""
        if self._is_ending or self._question is not None:
            return
        text, detail, yes = self._doubts()
        if not text:
            self.begin()
            return
        stay = self.tr("Stay")
        self._question = ask(self._window, text, detail, yes, self.begin, no=stay)
        self._question.finished.connect(self._forget_question)

    @Slot()
    def _forget_question(self) -> None:
        self._question = None

    def _doubts(self) -> tuple[str, str, str]:
        """Return question, detail and the yes, or "" where nothing would be lost."""
        titles = self._titles()
        if titles:
            return (
                self.tr("“{0}” is still running. Stop it and close?").format(titles[0]),
                self.tr("What is done so far is kept."),
                self.tr("Stop and close"),
            )
        if self.has_undecided_model:
            return (
                self.tr("A newly trained model has not been kept yet. Close anyway?"),
                self.tr("It will be lost; your corrections are kept."),
                self.tr("Close anyway"),
            )
        return "", "", ""

    def _titles(self) -> list[str]:
        """Return what runs that a person asked for and waits for."""
        session = self._session
        asked = (session.training, session.networks, session.batch, *self._runners)
        jobs = [job for runner in asked for job in runner.jobs]
        return [job.title for job in jobs if job not in self.quiet]

    def begin(self) -> None:
        """Stop all work, then end."""
        if self._is_ending:
            return
        self._is_ending = True
        self._window.setEnabled(False)
        for runner in self._all():
            runner.busy_changed.connect(self._on_busy_changed)
            # The journal and the settings are written to the end.
            if runner is not self._session.files:
                runner.cancel_all()
        self.stopping.emit()
        self._timeout.start()
        QTimer.singleShot(0, self, self._on_busy_changed)

    def _all(self) -> tuple[JobRunner, ...]:
        return (*self._session.runners, *self._runners)

    def _is_busy(self) -> bool:
        """Whether there is work worth waiting for."""
        jobs = [job for runner in self._all() for job in runner.jobs]
        return any(job not in self.quiet for job in jobs)

    @Slot()
    def _on_busy_changed(self) -> None:
        if not self._is_busy():
            # On a later turn: what has just ended may submit a last write.
            QTimer.singleShot(0, self, self._end_if_idle)

    @Slot()
    def _end_if_idle(self) -> None:
        if not self._is_busy():
            self._end()

    @Slot()
    def _end(self) -> None:
        self._timeout.stop()
        if self._is_ended:
            return
        self._is_ended = True
        in_time = not any(runner.is_busy for runner in self._all())
        wait_ms = 2_000 if in_time else 200
        stopped = [runner.shutdown(wait_ms) for runner in self._runners]
        stopped += [end(wait_ms) for end in self._ends]
        stopped.append(self._session.shutdown(wait_ms))
        log.info("closed, all work stopped: %s", all(stopped))
        self.ended.emit(all(stopped))
