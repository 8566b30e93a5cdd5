"""Reading pages: jobs whose lines enter the document as they come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from hwocr_desktop.app import page_notices, page_work, word_lists
from hwocr_desktop.app.edited_project import EditedProject
from hwocr_desktop.app.jobs import Job, JobRunner
from hwocr_desktop.app.pipeline import LineRead, LinesFound, ReadRequest, ReadResult
from hwocr_desktop.app.word_lists import ListLeftOut
from hwocr_desktop.core.document.document import Page
from hwocr_desktop.core.document.keeping import places_left_empty
from hwocr_desktop.core.document.likeness import looks_written
from hwocr_desktop.core.progress import CancelToken, Progress, Report
from hwocr_desktop.core.text.lexicon import LexiconUse

COMMIT_MS = 150
"""Lines that were read are taken into the document this often, not one by one."""


@dataclass(slots=True)
class _Run:
    """A page that waits to be read or is being read."""

    request: ReadRequest
    job: Job = field(init=False)
    has_begun: bool = False
    has_found_lines: bool = False


class ReadingRuns(QObject):
    """Runs of reading and line finding, and how their results are committed.

    Parameters
    ----------
    networks, finders : JobRunner
        For reading, and for finding lines alone.
    edited : EditedProject
        What the results are committed to.

    Signals
    -------
    failed : Exception
    noticed : Notice
        Something of a page that the person should know.
    """

    failed = Signal(object)
    noticed = Signal(object)

    def __init__(
        self, networks: JobRunner, finders: JobRunner, edited: EditedProject
    ) -> None:
        super().__init__()
        self._networks, self._finders = networks, finders
        self._edited = edited
        self._open: dict[str, _Run] = {}
        # What was not read to its end because the page was taken out, by its id.
        self._removed: dict[str, ReadRequest] = {}
        self._pending: list[LineRead] = []
        self._key = ""
        self._runs = 0
        # Of many pages that are read without their list, one notice is enough.
        self._is_list_told = False
        # Ids repeat from project to project; lines of the one before are dropped.
        self._era = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(COMMIT_MS)
        self._timer.timeout.connect(self.flush)
        edited.project_changed.connect(self._follow)

    def read(self, request: ReadRequest) -> Job:
        """Queue a page for reading, with the project's list of words; one undo step."""
        project = self._edited.project
        if not self._networks.is_busy:
            self._is_list_told = False
        run = _Run(request)
        run.job = job = self._networks.submit(
            self.tr("Reading"),
            _read_as_it_is,
            run,
            project.word_list,
            project.word_list_use,
        )
        key = self._new_key("read")
        self._open[key] = run
        job.progressed.connect(lambda progress: self._on_progress(key, progress))
        job.succeeded.connect(self._tell_of_pictures)
        job.finished.connect(lambda: self._end(key))
        job.failed.connect(self.failed)
        return job

    def is_read(self, page_id: str) -> bool:
        """Whether a page is being read or waits for it."""
        return any(run.request.page.id == page_id for run in self._open.values())

    def find_lines(self, folder: Path, page: Page, layout: str) -> Job:
        """Queue a page for finding its lines anew with a model; one undo step.

        A page that is being read is read anew, on its new lines.
        """
        for key, run in tuple(self._open.items()):
            if run.request.page.id == page.id:
                self._open[key].request = replace(run.request, layout=layout)
                return self._read_anew(key, page, find_lines=True)
        job = self._finders.submit(
            self.tr("Finding lines"), page_work.find_page_lines, folder, page, layout
        )
        era = self._era
        again = partial(self.find_lines, folder, layout=layout)
        job.succeeded.connect(lambda x: self._on_lines_found(era, page, x, again))
        job.failed.connect(self.failed)
        return job

    @Slot()
    def flush(self) -> None:
        """Take the lines read so far into the document."""
        self._timer.stop()
        pending, self._pending = self._pending, []
        if pending:
            take = partial(page_work.with_readings, parts=pending)
            self._edited.commit_part(self.tr("Read page"), take, self._key)

    def drop(self) -> None:
        """Forget what was read but not taken yet: another project is open."""
        self._timer.stop()
        self._pending = []
        self._open, self._removed = {}, {}
        self._key = ""
        self._era += 1

    def _end(self, key: str) -> None:
        self.flush()
        self._open.pop(key, None)

    def _on_progress(self, key: str, progress: Progress) -> None:
        part = progress.partial
        run = self._open.get(key)
        if run is None:
            return
        if key != self._key:
            self.flush()
            self._key = key
        if isinstance(part, LinesFound):
            run.has_found_lines = True
            take = partial(page_work.with_lines, found=part)
            self._edited.commit_part(self.tr("Read page"), take, key)
            self._tell_of(part)
        elif isinstance(part, ListLeftOut):
            if not self._is_list_told:
                self._is_list_told = True
                self.failed.emit(part.error)
        elif isinstance(part, LineRead):
            self._pending.append(part)
            if not self._timer.isActive():
                self._timer.start()

    def _on_lines_found(
        self, era: int, asked: Page, found: LinesFound, again: Callable[[Page], Job]
    ) -> None:
        page = self._edited.find_page(asked.id)
        if era != self._era or page is None:
            return
        if _lies_otherwise(page, asked):
            again(page)
            return
        take = partial(page_work.with_lines, found=found)
        self._edited.commit_part(self.tr("Find lines"), take, self._new_key("lines"))
        self._tell_of(found)

    def _tell_of(self, found: LinesFound) -> None:
        page = self._edited.find_page(found.page_id)
        if page is None:
            return
        empty = places_left_empty(page, found.shapes)
        if empty:
            self.noticed.emit(page_notices.left_empty_notice(page, empty))
        elif not page.lines:
            self.noticed.emit(page_notices.nothing_found_notice(page))
        if found.turns:
            self.noticed.emit(page_notices.turn_notice(page, found.turns))

    def _tell_of_pictures(self, result: ReadResult) -> None:
        read = [(line.shape, line.reading) for line in result.lines]
        page, found = self._edited.find_page(result.page_id), result.found
        if page is None or found is None or found.turns:
            return  # that it does not stand upright is told already, and explains it
        if not looks_written(read):
            self.noticed.emit(page_notices.picture_notice(page))

    # ----- what a person does meanwhile ---------------------------------------

    @Slot()
    def _follow(self) -> None:
        """Stop what was taken back, and read pages as they are now.

        A page that waits is read as it then is; one that is being read and was turned
        is read anew, and so is one that was taken out and comes back.
        """
        for key, run in tuple(self._open.items()):
            asked = run.request.page
            page = self._edited.find_page(asked.id)
            if page is None:
                finds = run.request.find_lines and not run.has_found_lines
                self._removed[asked.id] = replace(run.request, find_lines=finds)
                self._stop(key)
            elif self._edited.history.is_taken_back(key):
                self._stop(key)
                self.noticed.emit(page_notices.taken_back_notice(page))
            elif not run.has_begun:
                scan = None if _lies_otherwise(page, asked) else run.request.scan
                run.request = replace(run.request, page=page, scan=scan)
            elif _lies_otherwise(page, asked):
                finds = run.request.find_lines or run.has_found_lines
                self._read_anew(key, page, find_lines=finds)
        for page in self._edited.project.pages:
            if page.id in self._removed:
                request = self._removed.pop(page.id)
                self.read(replace(request, page=page, scan=None))

    def _read_anew(self, key: str, page: Page, *, find_lines: bool) -> Job:
        request = self._open[key].request
        self._stop(key)
        request = replace(request, page=page, find_lines=find_lines, scan=None)
        return self.read(request)

    def _new_key(self, kind: str) -> str:
        self._runs += 1
        return f"{kind}:{self._runs}"

    def _stop(self, key: str) -> None:
        if key == self._key:
            self._timer.stop()
            self._pending = []
        self._open.pop(key).job.cancel()


def _read_as_it_is(
    run: _Run,
    lexicon: str,
    use: LexiconUse,
    *,
    cancel: CancelToken,
    report: Report,
) -> ReadResult:
    """Read a page as it is when its turn has come; see `word_lists.read_page`."""
    run.has_begun = True
    return word_lists.read_page(run.request, lexicon, use, cancel=cancel, report=report)


def _lies_otherwise(page: Page, asked: Page) -> bool:
    """Whether a page was turned, or made a negative, since it was asked for."""
    return (page.rotation, page.inverted) != (asked.rotation, asked.inverted)
