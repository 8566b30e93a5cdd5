"""Leaving the program: ask if work runs, stop it, save, end the threads, in order."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from hwocr_desktop.app.jobs import JobRunner
from hwocr_desktop.app.projects import failure_notice
from hwocr_desktop.app.session import Session
from hwocr_desktop.ui.messages import ask
from hwocr_desktop.ui.sentences import said

translate = QCoreApplication.translate
log = logging.getLogger(__name__)

WAIT_MS = 10_000
"""Work that has not stopped by then is left behind; everything is saved by then."""

End = Callable[[int], bool]


def ask_about_loss(
    parent: QWidget,
    failure: Exception | None,
    on_loss: Callable[[], object],
    on_copy: Callable[[], object],
) -> QMessageBox:
    """Ask what to do about changes that cannot be written; staying is the default.

    Parameters
    ----------
    parent : QWidget
        Whose window the question stands in front of.
    failure : Exception or None
        Why they cannot be written.
    on_loss, on_copy : callable
        Called once the person gives the changes up, or wants to save a copy.
    """
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(QCoreApplication.applicationName())
    box.setText(translate("Closing", "Your last changes are not saved."))
    box.setInformativeText(said(failure_notice(failure)) if failure else "")
    roles = QMessageBox.ButtonRole
    stay = box.addButton(translate("Closing", "Stay"), roles.RejectRole)
    copy = box.addButton(
        translate("Closing", "Save a copy elsewhere…"), roles.ActionRole
    )
    lose = box.addButton(
        translate("Closing", "Close and lose the last changes"), roles.DestructiveRole
    )
    box.setDefaultButton(stay)
    box.setEscapeButton(stay)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def answered() -> None:
        if box.clickedButton() is lose:
            on_loss()
        elif box.clickedButton() is copy:
            on_copy()

    box.finished.connect(answered)
    box.open()
    return box


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
    stayed
        It goes on after all: what is open cannot be saved.
    copy_asked
        The project is to be saved in another folder, because it cannot be here.
    ended : bool
        All is saved and closed; False if some work did not stop in time.
    """

    stopping = Signal()
    stayed = Signal()
    copy_asked = Signal()
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
        self._is_ending = self._is_ended = self._may_lose = False
        self.has_undecided_model = False
        self._timeout = QTimer(self)
        self._timeout.setSingleShot(True)
        self._timeout.setInterval(WAIT_MS)
        self._timeout.timeout.connect(self._end)

    @property
    def question(self) -> QMessageBox | None:
        """The question that is being asked."""
        return self._question

    @property
    def is_ending(self) -> bool:
        """Whether the work has been told to stop, so that none may begin."""
        return self._is_ending

    def request(self) -> None:
        """Begin to close; asks first if something would be lost."""
        if self._is_ending or self._question is not None:
            return
        text, detail, yes = self._doubts()
        if not text:
            self._begin_if_kept()
            return
        stay = self.tr("Stay")
        self._put(ask(self._window, text, detail, yes, self._begin_if_kept, no=stay))

    def _put(self, question: QMessageBox) -> None:
        """Remember a question for as long as it is asked."""

        def forget() -> None:
            if self._question is question:
                self._question = None

        self._question = question
        question.finished.connect(forget)

    def _begin_if_kept(self) -> None:
        """Begin to close, if nothing is lost by that."""
        if self._session.keep_all():
            self.begin()
        else:
            self._ask_about_loss()

    def _ask_about_loss(self) -> None:
        def lose() -> None:
            self._may_lose = True
            self.begin()

        failure = self._session.failure
        self._put(ask_about_loss(self._window, failure, lose, self.copy_asked.emit))

    def _doubts(self) -> tuple[str, str, str]:
        """Return question, detail and the yes, or "" where nothing would be lost."""
        titles = self._titles()
        if titles:
            return (
                self.tr("“{0}” is still running. Stop it and close?").format(titles[0]),
                self.tr("The training will be paused, and can go on the next time.")
                if self._session.training.is_busy
                else self.tr("What is done so far is kept."),
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
        return [j.title for j in jobs if j.is_asked_for and j.is_waited_for]

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
        return any(job.is_waited_for for runner in self._all() for job in runner.jobs)

    @Slot()
    def _on_busy_changed(self) -> None:
        if not self._is_busy():
            # On a later turn: what has just ended may submit a last write.
            QTimer.singleShot(0, self, self._end_if_idle)

    @Slot()
    def _end_if_idle(self) -> None:
        if self._is_ending and not self._is_busy():
            self._end()

    def _stay(self) -> None:
        """Go on as if nobody had wanted to close."""
        self._is_ending = self._is_ended = False
        for runner in self._all():
            runner.busy_changed.disconnect(self._on_busy_changed)
        self._window.setEnabled(True)
        self.stayed.emit()

    @Slot()
    def _end(self) -> None:
        self._timeout.stop()
        if self._is_ended:
            return
        self._is_ended = True
        if not self._may_lose and not self._session.keep_all():
            self._stay()
            self._ask_about_loss()
            return
        in_time = not any(runner.is_busy for runner in self._all())
        wait_ms = 2_000 if in_time else 200
        stopped = [runner.shutdown(wait_ms) for runner in self._runners]
        stopped += [end(wait_ms) for end in self._ends]
        stopped.append(self._session.shutdown(wait_ms))
        log.info("closed, all work stopped: %s", all(stopped))
        self.ended.emit(all(stopped))
