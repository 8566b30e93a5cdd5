"""Adding scans: a job looks at the files, then pages for them enter the document."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from hwocr_desktop.app import page_work
from hwocr_desktop.app.jobs import Job

if TYPE_CHECKING:
    from hwocr_desktop.app.session import Session


class ScanAdditions(QObject):
    """Makes pages of scans, those of one request in one undo step.

    Parameters
    ----------
    session : Session

    Signals
    -------
    begun
        What a project starts with is there.
    failed : Exception
    """

    begun = Signal()
    failed = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session

    def add(self, folder: Path, paths: list[Path], *, is_start: bool) -> Job:
        """Queue scans, and all scans of folders, for the project in a folder."""
        job = self._session.batch.submit(
            self.tr("Adding scans"), page_work.inspect_scans, tuple(paths)
        )
        job.succeeded.connect(lambda found: self._on_inspected(folder, found, is_start))
        job.failed.connect(self.failed)
        return job

    def _on_inspected(
        self, folder: Path, found: page_work.ScansInspected, is_start: bool
    ) -> None:
        session = self._session
        if folder != session.folder:
            return  # another project was opened meanwhile
        if found.scans:
            had = {page.id for page in session.project.pages}
            project = page_work.with_pages(session.project, folder, found)
            session.commit(self.tr("Add pages"), project)
            session.select_page(next(p.id for p in project.pages if p.id not in had))
            if is_start:
                self.begun.emit()
        for notice in page_work.inspection_notices(found):
            session.noticed.emit(notice)
