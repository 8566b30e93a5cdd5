"""The open project: what a person can do with it, and what the window shows of it.

The session owns the document's history, the project on disk and the job runners. Every
change goes through `Session.commit`: one change is one undo step, one journal entry
and one signal.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal, Slot

from hwocr_desktop.app import page_notices, projects
from hwocr_desktop.app.edited_project import EditedProject
from hwocr_desktop.app.jobs import Job, JobRunner
from hwocr_desktop.app.keeper import Keeper
from hwocr_desktop.app.model_choice import usable_layout
from hwocr_desktop.app.pipeline import ReadRequest
from hwocr_desktop.app.reading_runs import ReadingRuns
from hwocr_desktop.app.requests import ProjectChange
from hwocr_desktop.app.scan_additions import ScanAdditions
from hwocr_desktop.app.shown_page import ShownPage
from hwocr_desktop.core.document.document import Page, Project
from hwocr_desktop.core.document.history import History
from hwocr_desktop.core.document.project_file import ProjectFile
from hwocr_desktop.core.pixels.imaging import Scan
from hwocr_desktop.core.pixels.thresholding import Ink
from hwocr_desktop.core.pixels.tiles import Rect
from hwocr_desktop.core.settings import Decoder, Settings


class Session(EditedProject):
    """The open project and the work done on it.

    Signals
    -------
    project_changed, page_selected
        See `EditedProject`.
    scan_loaded : ScanShown
    scan_failed : str, id of the page shown
    ink_ready : InkShown
    ink_begun : str, id of the page shown
        Work on another ink map of it is on its way.
    ink_part : InkPart
        While a network cleans, what it has ready.
    ink_stopped : InkStopped
        That work was stopped or failed; see `clean_again`.
    noticed : Notice
    saved_changed : bool
        Whether the project file on disk is up to date.
    """

    scan_loaded = Signal(object)
    scan_failed = Signal(str)
    ink_ready = Signal(object)
    ink_begun = Signal(str)
    ink_part = Signal(object)
    ink_stopped = Signal(object)
    noticed = Signal(object)
    saved_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.pixels = JobRunner("pixels")
        self.networks = JobRunner("networks")
        self.training = JobRunner("training", low_priority=True)
        self.batch = JobRunner("batch")
        self.files = JobRunner("files")
        # The project as it was saved before the crash whose changes were taken up.
        self._before_crash: Project | None = None
        self._keeper = Keeper(self.files, lambda: self.project)
        self._keeper.saved_changed.connect(self.saved_changed)
        self._keeper.failed.connect(self._on_failed)
        self._shown = ShownPage(self.pixels, self.networks)
        self._shown.scan_loaded.connect(self.scan_loaded)
        self._shown.scan_failed.connect(self.scan_failed)
        self._shown.ink_ready.connect(self.ink_ready)
        self._shown.ink_begun.connect(self.ink_begun)
        self._shown.ink_part.connect(self.ink_part)
        self._shown.ink_stopped.connect(self.ink_stopped)
        self._shown.failed.connect(self._on_failed)
        self._runs = ReadingRuns(self.networks, self.batch, self)
        self._runs.failed.connect(self._on_failed)
        self._runs.noticed.connect(self.noticed)
        self._additions = ScanAdditions(self)
        self._additions.begun.connect(self._on_begun)
        self._additions.failed.connect(self._on_failed)

    # ----- what is open -------------------------------------------------------

    @property
    def folder(self) -> Path | None:
        """The project's folder, or None if no project is open."""
        return self._keeper.folder

    @property
    def scan(self) -> Scan | None:
        """Pixels of the page now shown, once loaded."""
        return self._shown.scan.scan if self._shown.scan else None

    @property
    def ink(self) -> Ink | None:
        """Ink map of the page now shown, once made; without the mending."""
        return self._shown.ink.ink if self._shown.ink else None

    @property
    def is_saved(self) -> bool:
        """Whether the project file is up to date (else see `failure`)."""
        return self._keeper.is_saved

    @property
    def failure(self) -> Exception | None:
        """Why the last changes are not on the disk, or None if they are."""
        return self._keeper.failure

    @property
    def runners(self) -> tuple[JobRunner, ...]:
        """All job runners, for progress and shutdown."""
        return self.pixels, self.networks, self.batch, self.training, self.files

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

        What a crash left in the journal is taken up as one undo step. A notice says
        so, with the action "discard-recovered".

        Raises
        ------
        HwocrError
            If that cannot be; what was open stays open.
        """
        if self.folder is not None and self.folder.resolve() == folder.resolve():
            return
        self._take_over(projects.open_folder(folder, from_backup=from_backup))

    def discard_recovered(self) -> None:
        """Go back to the project as it was saved before the crash; can be undone."""
        if self._before_crash is not None:
            self._flush()
            self.commit(self.tr("Discard recovered changes"), self._before_crash)
            self._before_crash = None

    @Slot()
    def save(self) -> None:
        """Write the project file; notices say if that fails, and nothing is lost."""
        self._flush()
        self._keeper.save()

    @Slot(object)
    def apply_settings(self, settings: Settings) -> None:
        """Follow the person's settings."""
        self._keeper.set_delay(settings.autosave_s)

    def keep_all(self) -> bool:
        """Try to write what could not be written; return whether all is kept."""
        self._flush()
        return self._keeper.keep_all()

    def save_copy(self, folder: Path) -> None:
        """Write the project to another folder and go on there."""
        self._flush()
        self._keeper.save_copy(
            folder, lambda file: self._take_over(file, keep_page=self._page_id)
        )

    def shutdown(self, timeout_ms: int = 10_000) -> bool:
        """Save, close and stop all threads.

        Returns
        -------
        bool
            False if some work did not stop in time.
        """
        self._flush()
        # Results that are on their way shall not begin new work.
        self._runs.drop()
        self._shown.show(None, None)
        results = [runner.shutdown(timeout_ms) for runner in self.runners]
        self._keeper.close_now()
        return all(results)

    def _take_over(self, file: ProjectFile, keep_page: str = "") -> None:
        """Make an opened project the present one and close the one before."""
        saved = file.project
        is_recovered = projects.recover(file)
        self._flush()
        self._runs.drop()
        for runner in (self.pixels, self.networks, self.batch):
            runner.cancel_all()
        self._keeper.take(file, is_saved=not is_recovered)
        before = self.project
        self._history = History(saved)
        self._before_crash = saved if is_recovered else None
        if is_recovered:
            self._history.commit(self.tr("Recover"), file.project)
        self.project_changed.emit(
            ProjectChange(self.project, before, "", is_other=True)
        )
        self._page_id = ""
        pages = self.project.pages
        kept = self.find_page(keep_page)
        self.select_page(kept.id if kept else pages[0].id if pages else "")
        for notice in projects.notices(file):
            self.noticed.emit(notice)
        if is_recovered:
            self.noticed.emit(projects.recovered_notice())
            self._keeper.save()

    # ----- pages --------------------------------------------------------------

    def add_scans(
        self,
        paths: list[Path],
        *,
        is_start: bool = False,
        has_documents: bool = True,
    ) -> Job | None:
        """Add scans, and all scans of folders, as pages; one undo step.

        Lines in files beside them come along if ``has_documents``. With what a project
        starts with it is saved, and there is nothing to undo.
        """
        if self.folder is None:
            return None
        return self._additions.add(
            self.folder, paths, is_start=is_start, has_documents=has_documents
        )

    def note_visible(self, rect: Rect) -> None:
        """Take note of what is seen of the page shown: a network begins there."""
        self._shown.visible = rect

    @Slot()
    def clean_again(self) -> None:
        """Clean the page shown once more, after that was stopped."""
        self._shown.clean_again()

    # ----- reading ------------------------------------------------------------

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
        jobs: list[Job] = []
        pages = [page for page in map(self.find_page, page_ids) if page is not None]
        if self.folder is None or not pages:
            return jobs
        folder = self.folder
        finds = find_lines or not all(page.lines for page in pages)
        layout = self._layout(is_told=finds)
        for page in pages:
            scan = self.scan if page.id == self._page_id else None
            request = ReadRequest(
                page, folder, model, decoder, find_lines, scan, layout=layout
            )
            jobs.append(self._runs.read(request))
        return jobs

    def is_read(self, page_id: str) -> bool:
        """Whether a page is being read or waits for it."""
        return self._runs.is_read(page_id)

    def find_lines(self, page_ids: tuple[str, ...]) -> list[Job]:
        """Find lines anew; lines a person touched stay."""
        pages = [self.find_page(page_id) for page_id in page_ids]
        if self.folder is None:
            return []
        folder, layout = self.folder, self._layout()
        return [self._runs.find_lines(folder, page, layout) for page in pages if page]

    def _layout(self, *, is_told: bool = True) -> str:
        """Return what finds lines; tell if what is chosen is not here or damaged."""
        wanted = self.project.layout_model
        taken, damaged = usable_layout(wanted)
        if is_told and damaged:
            self.noticed.emit(page_notices.damaged_layout_notice(damaged))
        if is_told and wanted not in ("", taken, damaged):
            self.noticed.emit(page_notices.other_layout_notice(wanted))
        return taken

    # ----- what goes with a change --------------------------------------------

    def _flush(self) -> None:
        self._runs.flush()

    def _note_change(self, before: Project, label: str) -> None:
        self._keeper.note(before, self.project, label)

    def _show(self) -> None:
        self._shown.show(self.folder, self.page)

    def _follow(self, page: Page) -> None:
        if self.folder is not None:
            self._shown.follow(self.folder, page)

    # ----- results of jobs ----------------------------------------------------

    @Slot()
    def _on_begun(self) -> None:
        self._history = History(self.project)
        self.save()

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self.noticed.emit(projects.failure_notice(error))
