"""Keeping the open project on disk: journal at once, project file soon after."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from hwocr_desktop.app import projects
from hwocr_desktop.app.jobs import Job, JobRunner
from hwocr_desktop.core.document.document import Project
from hwocr_desktop.core.document.project_file import ProjectFile
from hwocr_desktop.core.errors import HwocrError
from hwocr_desktop.core.settings import load_settings

log = logging.getLogger(__name__)


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
        Whether the project file is up to date.
    failed : Exception
    """

    saved_changed = Signal(bool)
    failed = Signal(object)

    def __init__(self, files: JobRunner, project: Callable[[], Project]) -> None:
        super().__init__()
        self._files, self._project = files, project
        self._file: ProjectFile | None = None
        self.is_saved = True
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        # The journal holds every keystroke; the project file may follow later.
        self._delay_ms = 1000 * load_settings().autosave_s
        self._timer.timeout.connect(self.save)

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
            self._submit(self.tr("Closing"), projects.close, old, unsaved)
        self._file = file
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
        if self._file is None:
            return
        step, title = (self._file, before, after, label), self.tr("Journal")
        # While nobody else writes, this thread does: a program killed a moment later
        # has lost nothing. Only the wait for the disk is left to the other thread.
        if not self._files.is_busy and projects.journal_at_once(*step):
            self._submit(title, projects.force, self._file)
        else:
            self._submit(title, projects.journal, *step)
        if not self._timer.isActive():
            self._timer.start(self._delay_ms)

    @Slot()
    def save(self) -> None:
        """Write the project file."""
        if self._file is not None:
            job = self._submit(
                self.tr("Saving"), projects.save, self._file, self._project()
            )
            job.succeeded.connect(self._on_saved)

    def save_copy(self, folder: Path, then: Callable[[ProjectFile], None]) -> None:
        """Write the project to another folder and hand over its files there."""
        if self._file is not None:
            job = self._submit(
                self.tr("Saving"),
                projects.save_copy,
                self._file,
                self._project(),
                folder,
            )
            job.succeeded.connect(then)

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

    def _submit(self, title: str, work: Callable[..., object], *args: object) -> Job:
        job = self._files.submit(title, work, *args)
        job.failed.connect(self.failed)
        return job

    @Slot(object)
    def _on_saved(self, project: Project) -> None:
        if project is self._project():
            self._set_saved(True)

    def _set_saved(self, is_saved: bool) -> None:
        if is_saved != self.is_saved:
            self.is_saved = is_saved
            self.saved_changed.emit(is_saved)
