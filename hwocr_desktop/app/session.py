"""The open project: what a person can do with it, and what the window shows of it.

The session owns the document's history, the project on disk and the job runners. Every
change goes through `Session.commit`: one change is one undo step, one journal entry
and one signal.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from hwocr_desktop.app import page_work, projects
from hwocr_desktop.app.jobs import Job, JobRunner
from hwocr_desktop.app.pipeline import LineRead, LinesFound, ReadRequest, read_page
from hwocr_desktop.app.requests import InkShown, ProjectChange, ScanShown
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import Cleaning, Line, Page, Project
from hwocr_desktop.core.document.history import History
from hwocr_desktop.core.document.project_file import ProjectFile
from hwocr_desktop.core.errors import HwocrError
from hwocr_desktop.core.pixels.imaging import Scan
from hwocr_desktop.core.pixels.thresholding import Ink
from hwocr_desktop.core.progress import Progress
from hwocr_desktop.core.settings import load_settings
from hwocr_desktop.ml.recognizer import Decoder

log = logging.getLogger(__name__)

COMMIT_READINGS_MS = 150
"""Lines that were read are taken into the document this often, not one by one."""


class Session(QObject):
    """The open project and the work done on it.

    Signals
    -------
    project_changed : ProjectChange
    page_selected : str
        Id of the page now shown, or "".
    scan_loaded : ScanShown
    ink_ready : InkShown
    noticed : Notice
    saved_changed : bool
        Whether the project file on disk is up to date.
    """

    project_changed = Signal(object)
    page_selected = Signal(str)
    scan_loaded = Signal(object)
    ink_ready = Signal(object)
    noticed = Signal(object)
    saved_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.pixels = JobRunner("pixels")
        self.networks = JobRunner("networks")
        self.training = JobRunner("training", low_priority=True)
        self.files = JobRunner("files")
        self._history = History(Project())
        self._file: ProjectFile | None = None
        self._page_id = ""
        self._scan: ScanShown | None = None
        self._ink: InkShown | None = None
        self._is_saved = True
        self._may_journal = True
        self._pending: list[LineRead] = []
        self._reading_key = ""
        self._runs = 0
        self._pending_timer = QTimer(self)
        self._pending_timer.setSingleShot(True)
        self._pending_timer.setInterval(COMMIT_READINGS_MS)
        self._pending_timer.timeout.connect(self._commit_readings)
        self._save_timer = QTimer(self)
        self._save_timer.setSingleShot(True)
        # The journal holds every keystroke; the project file may follow later.
        self._save_timer.setInterval(1000 * load_settings().autosave_s)
        self._save_timer.timeout.connect(self.save)

    # ----- what is open -------------------------------------------------------

    @property
    def project(self) -> Project:
        """The project as it is now."""
        return self._history.project

    @property
    def folder(self) -> Path | None:
        """The project's folder, or None if no project is open."""
        return self._file.folder if self._file else None

    @property
    def page(self) -> Page | None:
        """The page now shown."""
        return self.find_page(self._page_id)

    @property
    def scan(self) -> Scan | None:
        """Pixels of the page now shown, once loaded."""
        return self._scan.scan if self._scan else None

    @property
    def ink(self) -> Ink | None:
        """Ink map of the page now shown, once made."""
        return self._ink.ink if self._ink else None

    @property
    def history(self) -> History:
        """What can be undone and redone."""
        return self._history

    @property
    def is_saved(self) -> bool:
        """Whether the project file is up to date (the journal always is)."""
        return self._is_saved

    @property
    def runners(self) -> tuple[JobRunner, ...]:
        """All job runners, for progress and shutdown."""
        return self.pixels, self.networks, self.training, self.files

    def find_page(self, page_id: str) -> Page | None:
        """Return a page of the project, or None."""
        return next((p for p in self.project.pages if p.id == page_id), None)

    # ----- projects -----------------------------------------------------------

    def create(self, folder: Path, title: str = "") -> None:
        """Create a project in a new or empty folder and open it.

        Raises
        ------
        HwocrError
            If that cannot be; what was open stays open.
        """
        self._take_over(projects.create(folder, title))

    def open(self, folder: Path, *, from_backup: bool = False) -> None:
        """Open a project folder, closing what was open.

        A left-over journal is announced by a notice with the action "recover".

        Raises
        ------
        HwocrError
            If that cannot be; what was open stays open.
        """
        if self.folder is not None and self.folder.resolve() == folder.resolve():
            return
        self._take_over(projects.open_folder(folder, from_backup=from_backup))

    def recover(self) -> None:
        """Take up what the journal holds after a crash, as one undo step."""
        if self._file is None:
            return
        self._may_journal = True
        self.commit(self.tr("Recover"), self._file.recover(), journal=False)
        self.save()

    def discard_recovery(self) -> None:
        """Go on without the left-over journal; it is moved aside, not deleted."""
        if self._file is not None:
            self._file.discard_journal()
            self._may_journal = True

    @Slot()
    def save(self) -> None:
        """Write the project file; notices say if that fails, and nothing is lost."""
        self._commit_readings()
        file, project = self._file, self.project
        if file is None or not self._may_journal:
            return
        job = self.files.submit(self.tr("Saving"), projects.save, file, project)
        job.succeeded.connect(self._on_saved)
        job.failed.connect(self._on_failed)

    def save_copy(self, folder: Path) -> None:
        """Write the project to another folder and go on there."""
        self._commit_readings()
        if self._file is not None:
            job = self.files.submit(
                self.tr("Saving"), projects.save_copy, self._file, self.project, folder
            )
            job.succeeded.connect(self._on_copied)
            job.failed.connect(self._on_failed)

    def shutdown(self, timeout_ms: int = 10_000) -> bool:
        """Save, close and stop all threads.

        Returns
        -------
        bool
            False if some work did not stop in time.
        """
        self._commit_readings()
        self._save_timer.stop()
        results = [runner.shutdown(timeout_ms) for runner in self.runners]
        if self._file is not None:
            try:
                projects.close(self._file, self._unsaved())
            except HwocrError:
                log.exception("the last changes could not be kept")
            self._file = None
        return all(results)

    def _unsaved(self) -> Project | None:
        """Return the project if the file on disk still lacks something of it."""
        return self.project if not self._is_saved and self._may_journal else None

    def _take_over(self, file: ProjectFile, keep_page: str = "") -> None:
        """Make an opened project the present one and close the one before."""
        if self._file is not None:
            self._leave(self._file)
        before = self.project
        self._file = file
        self._history = History(file.project)
        self._may_journal = not file.has_leftover_journal
        self._set_saved(True)
        self.project_changed.emit(
            ProjectChange(self.project, before, "", is_other=True)
        )
        self._page_id = ""
        pages = self.project.pages
        kept = self.find_page(keep_page)
        self.select_page(kept.id if kept else pages[0].id if pages else "")
        for notice in projects.notices(file):
            self.noticed.emit(notice)

    def _leave(self, file: ProjectFile) -> None:
        self._commit_readings()
        self._save_timer.stop()
        for runner in (self.pixels, self.networks):
            runner.cancel_all()
        job = self.files.submit(
            self.tr("Closing"), projects.close, file, self._unsaved()
        )
        job.failed.connect(self._on_failed)

    # ----- changes ------------------------------------------------------------

    def commit(
        self,
        label: str,
        project: Project,
        merge_key: str | None = None,
        *,
        journal: bool = True,
    ) -> None:
        """Make a project the present one: an undo step, a journal entry, a signal.

        Parameters
        ----------
        label : str
            What was done, translated; shown in the Edit menu.
        project : Project
        merge_key : str, optional
            Changes with the same key that follow each other are one undo step.
        journal : bool
            Whether the journal gets it; False when it came from there.
        """
        before = self.project
        if project == before:
            return
        self._history.commit(label, project, merge_key)
        self._after_change(before, label, journal)

    def undo(self) -> None:
        """Take the last step back."""
        self._commit_readings()
        before, label = self.project, self._history.undo_label
        if self._history.can_undo:
            self._history.undo()
            self._after_change(before, self.tr("Undo {0}").format(label))

    def redo(self) -> None:
        """Do again what was taken back."""
        before, label = self.project, self._history.redo_label
        if self._history.can_redo:
            self._history.redo()
            self._after_change(before, self.tr("Redo {0}").format(label))

    def _after_change(self, before: Project, label: str, journal: bool = True) -> None:
        project = self.project
        if journal and self._file is not None and self._may_journal:
            job = self.files.submit(
                self.tr("Journal"), projects.journal, self._file, before, project, label
            )
            job.failed.connect(self._on_failed)
        self._set_saved(False)
        self.project_changed.emit(ProjectChange(project, before, label))
        if not self._save_timer.isActive():
            self._save_timer.start()
        old = next((p for p in before.pages if p.id == self._page_id), None)
        new = self.page
        if new is None:
            pages = project.pages
            self.select_page(pages[0].id if pages else "")
        elif old is not None:
            self._follow(old, new)

    def _follow(self, old: Page, new: Page) -> None:
        """Bring pixels and ink after a change of the page shown."""
        keys = ("source", "frame", "rotation", "inverted")
        if any(getattr(old, k) != getattr(new, k) for k in keys):
            self._load(new)
        elif old.cleaning != new.cleaning:
            self._clean(new)

    # ----- pages --------------------------------------------------------------

    def add_scans(self, paths: list[Path]) -> Job | None:
        """Add scans, and all scans of folders, as pages; one undo step."""
        if self._file is None:
            return None
        job = self.pixels.submit(
            self.tr("Adding scans"), page_work.inspect_scans, tuple(paths)
        )
        job.succeeded.connect(self._on_inspected)
        job.failed.connect(self._on_failed)
        return job

    def select_page(self, page_id: str) -> None:
        """Show another page: its pixels, then its ink, follow by signals."""
        if page_id == self._page_id and self._scan is not None:
            return
        self._page_id = page_id
        self._scan = self._ink = None
        self.page_selected.emit(page_id)
        page = self.page
        if page is not None:
            self._load(page)

    def set_cleaning(self, cleaning: Cleaning, page_ids: tuple[str, ...] = ()) -> None:
        """Choose how pages become ink (the page shown, if none is named).

        Moving the cut in the same method merges into one undo step and needs no
        new ink map.
        """
        page = self.page
        ids = page_ids or ((page.id,) if page else ())
        project = self.project
        for page_id in ids:
            project = edits.set_cleaning(project, page_id, cleaning)
        self.commit(self.tr("Clean"), project, f"cut:{','.join(ids)}:{cleaning.method}")

    def _load(self, page: Page) -> None:
        if self.folder is None:
            return
        # Whoever leafs through quickly wants only the last page.
        self.pixels.cancel_all()
        job = self.pixels.submit(
            self.tr("Opening the scan"), page_work.load_shown, self.folder, page
        )
        job.succeeded.connect(self._on_scan)
        job.failed.connect(self._on_failed)

    def _clean(self, page: Page) -> None:
        shown, scan = self._ink, self._scan
        if scan is None or scan.page_id != page.id:
            return
        if shown is not None and page_work.same_map(shown.cleaning, page.cleaning):
            again = page_work.with_cut(shown, page.cleaning)
            if again is not None:
                self._on_ink(again)
                return
        runner = self.pixels if page_work.is_fast(page.cleaning) else self.networks
        job = runner.submit(self.tr("Cleaning"), page_work.clean_shown, page, scan.scan)
        job.succeeded.connect(self._on_ink)
        job.failed.connect(self._on_failed)

    # ----- lines and text -----------------------------------------------------

    def read(
        self,
        page_ids: tuple[str, ...],
        model: str,
        *,
        decoder: Decoder = "greedy",
        find_lines: bool = False,
    ) -> list[Job]:
        """Read pages with a line model; lines appear in the document as they come.

        Pages without lines get them found first, others only if ``find_lines``.
        What a person typed or checked is never overwritten. One undo step a page.
        """
        jobs = []
        for page_id in page_ids:
            page = self.find_page(page_id)
            if page is None or self.folder is None:
                continue
            shown = self._scan
            scan = shown.scan if shown and shown.page_id == page_id else None
            request = ReadRequest(
                page,
                self.folder,
                model,
                decoder,
                find_lines,
                scan,
            )
            job = self.networks.submit(self.tr("Reading"), read_page, request)
            self._runs += 1
            job.progressed.connect(self._keyed(f"read:{self._runs}"))
            job.finished.connect(self._commit_readings)
            job.failed.connect(self._on_failed)
            jobs.append(job)
        return jobs

    def find_lines(self, page_ids: tuple[str, ...]) -> list[Job]:
        """Find lines anew; lines a person touched stay."""
        jobs = []
        for page_id in page_ids:
            page = self.find_page(page_id)
            if page is None or self.folder is None:
                continue
            job = self.pixels.submit(
                self.tr("Finding lines"), page_work.find_page_lines, self.folder, page
            )
            job.succeeded.connect(self._on_lines_found)
            job.failed.connect(self._on_failed)
            jobs.append(job)
        return jobs

    def edit_line(
        self,
        label: str,
        edit: Callable[..., Project],
        line: Line,
        *args: Any,
        merge_key: str | None = None,
    ) -> None:
        """Apply one of the line edits of `core.document.edits` on the page shown."""
        if self.page is not None:
            project = edit(self.project, self.page.id, line.id, *args)
            self.commit(label, project, merge_key)

    def correct_line(self, line_id: str, text: str) -> None:
        """Take what a person types in a line; one undo step a line."""
        page = self.page
        if page is not None:
            project = edits.correct_line(self.project, page.id, line_id, text)
            self.commit(self.tr("Typing"), project, f"type:{page.id}:{line_id}")

    def accept_line(self, line_id: str) -> None:
        """Call a line's text right."""
        page = self.page
        if page is not None:
            project = edits.accept_line(self.project, page.id, line_id)
            self.commit(self.tr("Accept line"), project)

    def _keyed(self, key: str) -> Callable[[object], None]:
        """Return a slot that takes a reading job's progress (in this thread)."""

        def take(progress: object) -> None:
            if isinstance(progress, Progress):
                self._on_read_progress(key, progress)

        return take

    def _on_read_progress(self, key: str, progress: Progress) -> None:
        part = progress.partial
        if key != self._reading_key:
            self._commit_readings()
            self._reading_key = key
        if isinstance(part, LinesFound) and self.find_page(part.page_id):
            project = edits.set_lines(self.project, part.page_id, part.shapes)
            self.commit(self.tr("Read page"), project, key)
        elif isinstance(part, LineRead):
            self._pending.append(part)
            if not self._pending_timer.isActive():
                self._pending_timer.start()

    @Slot()
    def _commit_readings(self) -> None:
        self._pending_timer.stop()
        pending, self._pending = self._pending, []
        if pending:
            project = page_work.with_readings(self.project, pending)
            self.commit(self.tr("Read page"), project, self._reading_key)

    # ----- results of jobs ----------------------------------------------------

    @Slot(object)
    def _on_inspected(self, found: page_work.ScansInspected) -> None:
        if self.folder is not None and found.scans:
            had = {p.id for p in self.project.pages}
            project = page_work.with_pages(self.project, self.folder, found)
            self.commit(self.tr("Add pages"), project)
            new = [p.id for p in self.project.pages if p.id not in had]
            if new:
                self.select_page(new[0])
        for notice in page_work.inspection_notices(found):
            self.noticed.emit(notice)

    @Slot(object)
    def _on_scan(self, shown: ScanShown) -> None:
        if shown.page_id == self._page_id:
            self._scan, self._ink = shown, None
            self.scan_loaded.emit(shown)
            if self.page is not None:
                self._clean(self.page)

    @Slot(object)
    def _on_ink(self, shown: InkShown) -> None:
        page = self.page
        if page is None or page.id != shown.page_id:
            return
        if not page_work.same_map(shown.cleaning, page.cleaning):
            return  # the person chose another method meanwhile
        fresh = page_work.with_cut(shown, page.cleaning) or shown
        self._ink = fresh
        self.ink_ready.emit(fresh)

    @Slot(object)
    def _on_lines_found(self, found: LinesFound) -> None:
        if self.find_page(found.page_id):
            project = edits.set_lines(self.project, found.page_id, found.shapes)
            self.commit(self.tr("Find lines"), project)

    @Slot(object)
    def _on_saved(self, project: Project) -> None:
        if project is self.project:
            self._set_saved(True)

    @Slot(object)
    def _on_copied(self, file: ProjectFile) -> None:
        self._take_over(file, keep_page=self._page_id)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self.noticed.emit(projects.failure_notice(error))

    def _set_saved(self, is_saved: bool) -> None:
        if is_saved != self._is_saved:
            self._is_saved = is_saved
            self.saved_changed.emit(is_saved)
