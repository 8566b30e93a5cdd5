"""Reading pages: jobs whose lines enter the document as they come."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from hwocr_desktop.app import page_work, word_lists
from hwocr_desktop.app.jobs import Job, JobRunner
from hwocr_desktop.app.pipeline import LineRead, LinesFound, ReadRequest
from hwocr_desktop.app.word_lists import ListLeftOut
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import Page, Project
from hwocr_desktop.core.progress import Progress

COMMIT_MS = 150
"""Lines that were read are taken into the document this often, not one by one."""

Commit = Callable[[str, Project, str | None], None]


class ReadingRuns(QObject):
    """Runs of reading and line finding, and how their results are committed.

    Parameters
    ----------
    networks, finders : JobRunner
        For reading, and for finding lines alone.
    project : callable
        Returns the project as it is now.
    commit : callable
        Takes label, project and merge key; see `Session.commit`.

    Signals
    -------
    failed : Exception
    noticed : Notice
        Something of a page that the person should know.
    """

    failed = Signal(object)
    noticed = Signal(object)

    def __init__(
        self,
        networks: JobRunner,
        finders: JobRunner,
        project: Callable[[], Project],
        commit: Commit,
    ) -> None:
        super().__init__()
        self._networks, self._finders = networks, finders
        self._project, self._commit = project, commit
        self._pending: list[LineRead] = []
        self._key = ""
        self._runs = 0
        # Of many pages that are read without their list, one notice is enough.
        self._is_list_told = False
        # Ids repeat from project to project; results of the one before are dropped.
        self._era = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(COMMIT_MS)
        self._timer.timeout.connect(self.flush)

    def read(self, request: ReadRequest) -> Job:
        """Queue a page for reading, with the project's list of words; one undo step."""
        project = self._project()
        if not self._networks.is_busy:
            self._is_list_told = False
        job = self._networks.submit(
            self.tr("Reading"),
            word_lists.read_page,
            request,
            project.word_list,
            project.word_list_use,
        )
        self._runs += 1
        key = f"read:{self._runs}"
        era = self._era
        job.progressed.connect(lambda progress: self._on_progress(era, key, progress))
        job.finished.connect(self.flush)
        job.failed.connect(self.failed)
        return job

    def find_lines(self, folder: Path, page: Page) -> Job:
        """Queue a page for finding its lines anew; one undo step."""
        job = self._finders.submit(
            self.tr("Finding lines"), page_work.find_page_lines, folder, page
        )
        era = self._era
        job.succeeded.connect(lambda found: self._on_lines_found(era, found))
        job.failed.connect(self.failed)
        return job

    @Slot()
    def flush(self) -> None:
        """Take the lines read so far into the document."""
        self._timer.stop()
        pending, self._pending = self._pending, []
        if pending:
            project = page_work.with_readings(self._project(), pending)
            self._commit(self.tr("Read page"), project, self._key)

    def drop(self) -> None:
        """Forget what was read but not taken yet: another project is open."""
        self._timer.stop()
        self._pending = []
        self._key = ""
        self._era += 1

    def _on_progress(self, era: int, key: str, progress: Progress) -> None:
        part = progress.partial
        if era != self._era:
            return
        if key != self._key:
            self.flush()
            self._key = key
        if isinstance(part, LinesFound):
            self._take_lines(self.tr("Read page"), part, key)
        elif isinstance(part, ListLeftOut):
            if not self._is_list_told:
                self._is_list_told = True
                self.failed.emit(part.error)
        elif isinstance(part, LineRead):
            self._pending.append(part)
            if not self._timer.isActive():
                self._timer.start()

    def _on_lines_found(self, era: int, found: LinesFound) -> None:
        if era == self._era:
            self._take_lines(self.tr("Find lines"), found, None)

    def _take_lines(self, label: str, found: LinesFound, key: str | None) -> None:
        project = self._project()
        page = next((p for p in project.pages if p.id == found.page_id), None)
        if page is not None:
            project = edits.set_lines(project, page.id, found.shapes)
            self._commit(label, project, key)
            if not project.page(page.id).lines:
                self.noticed.emit(page_work.nothing_found_notice(page))
            if found.turns:
                self.noticed.emit(page_work.turn_notice(page, found.turns))
