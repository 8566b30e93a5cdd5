"""The page now shown: its pixels and its ink map, brought by jobs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from hwocr_desktop.app import page_work
from hwocr_desktop.app.jobs import Job, JobRunner
from hwocr_desktop.app.requests import InkPart, InkShown, InkStopped, ScanShown
from hwocr_desktop.core.document.document import Page
from hwocr_desktop.core.pixels.tiles import Rect
from hwocr_desktop.core.progress import Progress


class ShownPage(QObject):
    """Pixels and ink of one page at a time; late results of others are dropped.

    Parameters
    ----------
    pixels, networks : JobRunner
        For opening and fast cleaning, and for cleaning by a network.

    Signals
    -------
    scan_loaded : ScanShown
    scan_failed : str
        Id of the page, if it is still the one shown; `failed` says why.
    ink_ready : InkShown
    ink_begun : str
        Id of the page; work on another ink map is on its way.
    ink_part : InkPart
    ink_stopped : InkStopped
        A person stopped that work, or it failed; see `clean_again`.
    failed : Exception
    """

    scan_loaded = Signal(object)
    scan_failed = Signal(str)
    ink_ready = Signal(object)
    ink_begun = Signal(str)
    ink_part = Signal(object)
    ink_stopped = Signal(object)
    failed = Signal(object)

    def __init__(self, pixels: JobRunner, networks: JobRunner) -> None:
        super().__init__()
        self._pixels, self._networks = pixels, networks
        self._page: Page | None = None
        self._jobs: list[Job] = []
        self._cleaning: Job | None = None
        self._progress = Progress(0, 0)
        self.visible: Rect | None = None
        # Ids repeat from project to project; the number of the showing does not.
        self._showing = 0
        self.scan: ScanShown | None = None
        self.ink: InkShown | None = None

    @property
    def page_id(self) -> str:
        """Id of the page shown, or ""."""
        return self._page.id if self._page else ""

    def show(self, folder: Path | None, page: Page | None) -> None:
        """Show a page; its pixels, then its ink, follow by signals."""
        # Whoever leafs through quickly wants only the last page.
        for job in self._jobs:
            job.cancel()
        self._cleaning = None
        self._showing += 1
        self._page, self.scan, self.ink = page, None, None
        self.visible = None
        if folder is not None and page is not None:
            showing = self._showing
            job = self._submit(
                self._pixels,
                self.tr("Opening the scan"),
                page_work.load_shown,
                folder,
                page,
            )
            job.succeeded.connect(lambda shown: self._on_scan(showing, shown))
            job.failed.connect(lambda _: self._on_scan_failed(showing))

    def follow(self, folder: Path, new: Page) -> None:
        """Bring pixels and ink after a change of the page shown."""
        old = self._page
        if old is None:
            return
        keys = ("source", "frame", "rotation", "inverted")
        if any(getattr(old, k) != getattr(new, k) for k in keys):
            self.show(folder, new)
            return
        self._page = new
        if old.cleaning != new.cleaning:
            self._clean(new)

    def clean_again(self) -> None:
        """Clean the page shown once more, after that was stopped."""
        if self._page is not None:
            self._clean(self._page)

    def _clean(self, page: Page) -> None:
        if self.scan is None:
            return
        if self._cleaning is not None:
            # Nobody wants the method before any more. Forgotten first: what ends
            # because another begins was not stopped by a person.
            before, self._cleaning = self._cleaning, None
            before.cancel()
        if self.ink and page_work.same_map(self.ink.cleaning, page.cleaning):
            again = page_work.with_cut(self.ink, page.cleaning)
            if again is not None:
                self._take_ink(again)
                return
        runner = self._pixels if page_work.is_fast(page.cleaning) else self._networks
        showing = self._showing
        job = self._submit(
            runner,
            self.tr("Cleaning"),
            page_work.clean_shown,
            page,
            self.scan.scan,
            self.visible,
        )
        job.succeeded.connect(lambda shown: self._on_ink(showing, shown))
        job.progressed.connect(
            lambda progress: self._on_progress(showing, job, progress)
        )
        job.cancelled.connect(lambda: self._on_stopped(job))
        job.failed.connect(lambda _: self._on_stopped(job))
        self._cleaning, self._progress = job, Progress(0, 0)
        self.ink_begun.emit(page.id)

    def _submit(
        self, runner: JobRunner, title: str, work: Callable[..., Any], *args: Any
    ) -> Job:
        job = runner.submit(title, work, *args)
        # Looking at a page is no work that could be lost.
        job.is_asked_for = False
        self._jobs.append(job)
        job.finished.connect(lambda: self._jobs.remove(job))
        job.failed.connect(self.failed)
        return job

    def _on_scan(self, showing: int, shown: ScanShown) -> None:
        if self._page is not None and showing == self._showing:
            self.scan, self.ink = shown, None
            self.scan_loaded.emit(shown)
            self._clean(self._page)

    def _on_scan_failed(self, showing: int) -> None:
        if self._page is not None and showing == self._showing:
            self.scan_failed.emit(self._page.id)

    def _on_progress(self, showing: int, job: Job, progress: Progress) -> None:
        part, page = progress.partial, self._page
        if job is self._cleaning:
            self._progress = progress
        if (
            isinstance(part, InkPart)
            and page is not None
            and showing == self._showing
            and page_work.same_map(part.cleaning, page.cleaning)
        ):
            self.ink_part.emit(replace(part, cut=page.cleaning.cut or part.cut))

    def _on_stopped(self, job: Job) -> None:
        if self._page is not None and job is self._cleaning:
            self._cleaning = None
            done, total = self._progress.done, self._progress.total
            self.ink_stopped.emit(InkStopped(self._page.id, done, total))

    def _on_ink(self, showing: int, shown: InkShown) -> None:
        page = self._page
        if page is None or showing != self._showing:
            return
        # The person may have chosen another method meanwhile, or another cut.
        if page_work.same_map(shown.cleaning, page.cleaning):
            self._take_ink(page_work.with_cut(shown, page.cleaning) or shown)

    def _take_ink(self, shown: InkShown) -> None:
        self.ink = shown
        self.ink_ready.emit(shown)
