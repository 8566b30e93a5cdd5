"""Keeping the open project on disk: journal at once, project file soon after."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, QTimer, Signal, Slot

from hwocr_desktop.app import projects
from hwocr_desktop.app.jobs import JobRunner
from hwocr_desktop.core.document.document import Project
from hwocr_desktop.core.document.project_file import ProjectFile
from hwocr_desktop.core.errors import HwocrError
from hwocr_desktop.core.settings import load_settings

log = logging.getLogger(__name__)

_WAIT_MS = 2_000


class Keeper(QObject):
    """The project's files, written in their own thread and in order.

    Parameters
    ----------
    files : JobRunner
        Does all writing.
    project : callable
        Returns the project as it is now.

    Signals
    -------
    saved_changed : bool
        Whether the project file is up to date; also emitted when `failure` changes.
    failed : Exception
    """

    saved_changed = Signal(bool)
    failed = Signal(object)

    def __init__(self, files: JobRunner, project: Callable[[], Project]) -> None:
        super().__init__()
        self._files, self._project = files, project
        self._file: ProjectFile | None = None
        self.is_saved = True
        # Why the last changes are not on the disk, or None if they are.
        self.failure: Exception | None = None
        # Whether the disk refused what the journal already counts as written.
        self._is_torn = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        # The journal holds every keystroke; the project file may follow later.
        self._delay_ms = 1000 * load_settings().autosave_s
        self._timer.timeout.connect(self._on_timer)

    @property
    def file(self) -> ProjectFile | None:
        """The project's files, or None if no project is open."""
        return self._file

    @property
    def folder(self) -> Path | None:
        """The project's folder."""
        return self._file.folder if self._file else None

    def take(self, file: ProjectFile, *, is_saved: bool = True) -> None:
        """Keep another project from now on; the one before is saved and closed."""
        old, unsaved = self._file, self._unsaved()
        self._timer.stop()
        if old is not None:
            job = self._files.submit(self.tr("Closing"), projects.close, old, unsaved)
            # What was told already, and accepted, is not told again.
            if self.failure is None:
                job.failed.connect(self.failed)
        self._file = file
        self._is_torn = False
        self._set_failure(None)
        self._set_saved(is_saved)

    def set_delay(self, seconds: int) -> None:
        """Say how long after a change the project file is written."""
        before, self._delay_ms = self._delay_ms, 1000 * seconds
        if self._timer.isActive():
            # What has been waited already counts.
            left = self._timer.remainingTime() + self._delay_ms - before
            self._timer.start(max(0, left))

    def note(self, before: Project, after: Project, label: str) -> None:
        """Write a change to the journal, and the project file before long."""
        self._set_saved(False)
        file = self._file
        if file is None:
            return
        step, title = (file, before, after, label), self.tr("Journal")
        is_busy = self._files.is_busy
        if file.is_read_only:
            if self.failure is None:
                self._write()
            return
        # While nobody else writes, this thread does: a program killed a moment later
        # has lost nothing. Only the wait for the disk is left to the other thread.
        if not is_busy and projects.journal_at_once(*step):
            job = self._files.submit(title, projects.force, file)
            job.failed.connect(lambda error: self._on_failed(file, error, is_torn=True))
        else:
            job = self._files.submit(title, projects.journal, *step)
            job.failed.connect(lambda error: self._on_failed(file, error))
        job.succeeded.connect(lambda _: self._on_journaled(file))
        if self._is_torn and not is_busy:
            self._write()
        if not self._timer.isActive():
            self._timer.start(self._delay_ms)

    @Slot()
    def save(self) -> None:
        """Write the project file because a person or the session wants it."""
        self._write(is_asked=True)

    @Slot()
    def _on_timer(self) -> None:
        self._write()

    def _write(self, *, is_asked: bool = False) -> None:
        file = self._file
        if file is not None:
            job = self._files.submit(
                self.tr("Saving"), projects.save, file, self._project()
            )
            job.succeeded.connect(lambda project: self._on_saved(file, project))
            job.failed.connect(
                lambda error: self._on_failed(file, error, is_asked=is_asked)
            )

    def keep_all(self) -> bool:
        """Try once more to write what could not be written, in this thread.

        Returns
        -------
        bool
            Whether everything is on the disk, in the project file or the journal.
        """
        if not self.is_saved:
            self._wait()
        file = self._file
        if file is None:
            return True
        if self.failure is None and not self._is_lost(file):
            return True
        if self._files.is_busy:
            return False
        project = self._project()
        try:
            if projects.keep(file, project, may_append=not self._is_torn):
                self._on_saved(file, project)
            else:
                self._on_journaled(file)
        except HwocrError as error:
            self._on_failed(file, error)
        return self.failure is None

    def _is_lost(self, file: ProjectFile) -> bool:
        """Whether what the journal took, and the file did not, has gone since."""
        is_at_rest = self.is_saved or file.is_read_only or self._files.is_busy
        return not is_at_rest and not projects.is_journaled(file)

    def _wait(self) -> None:
        """Wait, for a while at most, for what is being written."""
        loop = QEventLoop()
        self._files.busy_changed.connect(loop.quit)
        QTimer.singleShot(_WAIT_MS, loop, loop.quit)
        if self._files.is_busy:
            loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)

    def save_copy(self, folder: Path, then: Callable[[ProjectFile], None]) -> None:
        """Write the project to another folder and hand over its files there."""
        if self._file is not None:
            job = self._files.submit(
                self.tr("Saving"),
                projects.save_copy,
                self._file,
                self._project(),
                folder,
            )
            job.succeeded.connect(then)
            job.failed.connect(self.failed)

    def close_now(self) -> None:
        """Save and close in this thread; the files thread must have ended."""
        self._timer.stop()
        if self._file is not None:
            try:
                projects.close(self._file, self._unsaved())
            except HwocrError:
                log.exception("the last changes could not be kept")
            self._file = None

    def _unsaved(self) -> Project | None:
        """Return the project if the file on disk still lacks something of it."""
        return None if self.is_saved else self._project()

    def _on_saved(self, file: ProjectFile, project: Project) -> None:
        if file is self._file:
            self._is_torn = False
            self._set_failure(None)
            if project is self._project():
                self._set_saved(True)

    def _on_journaled(self, file: ProjectFile) -> None:
        # A journal that the disk once refused may lack what was written before.
        if file is self._file and not self._is_torn:
            self._set_failure(None)

    def _on_failed(
        self,
        file: ProjectFile,
        error: Exception,
        *,
        is_torn: bool = False,
        is_asked: bool = False,
    ) -> None:
        if file is not self._file:
            return
        self._is_torn = self._is_torn or is_torn
        # Told once, and whenever a person wants to save; the status says it always.
        is_told = is_asked or self.failure is None
        self._set_failure(error)
        if not self._timer.isActive() and not file.is_read_only:
            self._timer.start(max(self._delay_ms, 1000))
        if is_told:
            self.failed.emit(error)

    def _set_failure(self, failure: Exception | None) -> None:
        if failure is not self.failure:
            self.failure = failure
            self.saved_changed.emit(self.is_saved)

    def _set_saved(self, is_saved: bool) -> None:
        if is_saved != self.is_saved:
            self.is_saved = is_saved
            self.saved_changed.emit(is_saved)
