"""Adding scans: a job looks at the files, then pages for them enter the document."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from hwocr_desktop.app import page_work, sidecars
from hwocr_desktop.app.jobs import Job
from hwocr_desktop.core.progress import CancelToken, Report

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

    def add(
        self,
        folder: Path,
        paths: list[Path],
        *,
        is_start: bool,
        has_documents: bool = True,
    ) -> Job:
        """Queue scans, and all scans of folders, for the project in a folder.

        Lines and text in files beside them come along if ``has_documents``.
        """
        label = self.tr("Adding scans")
        if has_documents:
            work = sidecars.inspect_with_documents
            job = self._session.batch.submit(label, work, tuple(paths), folder)
        else:
            job = self._session.batch.submit(label, _inspect_only, tuple(paths))
        job.succeeded.connect(lambda found: self._on_inspected(folder, found, is_start))
        job.failed.connect(self.failed)
        return job

    def _on_inspected(
        self, folder: Path, given: sidecars.ScansWithDocuments, is_start: bool
    ) -> None:
        found = given.found
        session = self._session
        if folder != session.folder:
            return  # another project was opened meanwhile
        if found.scans:
            had = {page.id for page in session.project.pages}
            project = page_work.with_pages(session.project, folder, found)
            added = [page.id for page in project.pages if page.id not in had]
            project, notices = sidecars.with_found_documents(project, added, given)
            session.commit(self.tr("Add pages"), project)
            session.select_page(added[0])
            for notice in notices:
                session.noticed.emit(notice)
            if is_start:
                self.begun.emit()
        for notice in page_work.inspection_notices(found):
            session.noticed.emit(notice)


def _inspect_only(
    paths: tuple[Path, ...], *, cancel: CancelToken, report: Report
) -> sidecars.ScansWithDocuments:
    found = page_work.inspect_scans(paths, cancel=cancel, report=report)
    return sidecars.ScansWithDocuments(found)
