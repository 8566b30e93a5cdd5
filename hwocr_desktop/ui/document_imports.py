"""Import of PAGE XML and ALTO: read beside the window, one step of undo."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from hwocr_desktop.app import imports, projects
from hwocr_desktop.app.import_notices import import_notices
from hwocr_desktop.app.jobs import JobRunner
from hwocr_desktop.app.requests import Notice
from hwocr_desktop.app.session import Session
from hwocr_desktop.core.document.document import Page
from hwocr_desktop.core.document.keeping import is_touched
from hwocr_desktop.core.errors import HwocrError
from hwocr_desktop.core.formats.page_document import Mended, PageDocument
from hwocr_desktop.ui.messages import ask, counted

_MOST_NOTICES = 3
_MOST_NAMES = 5

Matched = list[tuple[Page, PageDocument]]


class DocumentImports(QObject):
    """Brings PAGE XML and ALTO files into the open project.

    Parameters
    ----------
    session : Session
    runner : JobRunner
    window : QWidget

    Signals
    -------
    noticed : Notice
    """

    noticed = Signal(object)

    def __init__(self, session: Session, runner: JobRunner, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._runner, self._window = session, runner, window

    def read(self, paths: Sequence[Path]) -> None:
        """Read files and import them into the pages they belong to.

        Scans that lie beside the files are added first where no page has them yet.
        """
        job = self._runner.submit(
            self.tr("Importing"),
            imports.read_documents,
            tuple(paths),
            self._session.folder,
        )
        job.succeeded.connect(self._on_read)
        job.failed.connect(self._on_failed)

    @Slot(object)
    def _on_read(self, found: imports.DocumentsRead) -> None:
        for _, error in found.failures[:_MOST_NOTICES]:
            self.noticed.emit(projects.failure_notice(error))
        project = self._session.project
        is_complete = all(
            imports.matching_page(project, path, document)
            for path, document in found.documents
        )
        if is_complete or not found.scans:
            self._match(found)
            return
        job = self._session.add_scans(list(found.scans), has_documents=False)
        if job is not None:
            # The session takes the new pages in when the job succeeds; this comes last.
            job.finished.connect(partial(self._match, found))

    def _match(self, found: imports.DocumentsRead) -> None:
        project = self._session.project
        matched: Matched = []
        for path, document in found.documents:
            page = imports.matching_page(project, path, document)
            if page is not None:
                matched.append((page, document))
                continue
            self.noticed.emit(
                Notice(
                    self.tr("“{0}” belongs to no page of this project.").format(
                        path.name
                    ),
                    self.tr("Add the scan “{0}” first, then import it again.").format(
                        document.image_name
                    ),
                    "warning",
                )
            )
        held_up = [one for one in matched if any(map(is_touched, one[0].lines))]
        fitting = [one for one in matched if one not in held_up]
        if fitting or not held_up:
            self._take(fitting)
        if held_up:
            self._ask_for(held_up)

    def _ask_for(self, held_up: Matched) -> None:
        """Ask before lines are replaced that the person worked on."""
        pages = {page.id: page for page, _ in held_up}.values()
        touched = sum(is_touched(line) for page in pages for line in page.lines)
        names = [f"“{page.scan_name}”" for page in pages]
        more = ", …" if len(names) > _MOST_NAMES else ""
        ask(
            self._window,
            counted(
                touched,
                self.tr("One line that you worked on would be replaced, in {1}."),
                self.tr("{0} lines that you worked on would be replaced, in {1}."),
                ", ".join(names[:_MOST_NAMES]) + more,
            ),
            self.tr("Undo brings them back."),
            self.tr("Replace them"),
            partial(self._take, held_up),
        )

    def _take(self, matched: Matched) -> None:
        session = self._session
        project, done = session.project, 0
        mended: list[tuple[str, Mended]] = []
        for page, document in matched:
            if session.find_page(page.id) is None:
                continue
            try:
                project = imports.with_document(project, page.id, document)
            except HwocrError as error:
                self.noticed.emit(projects.failure_notice(error))
            else:
                done += 1
                mended.append((page.scan_name, document.mended))
        session.commit(self.tr("Import lines and text"), project)
        if done:
            text = counted(
                done,
                self.tr("Lines and text of one page were imported."),
                self.tr("Lines and text of {0} pages were imported."),
            )
            self.noticed.emit(Notice(text))
        for notice in import_notices(mended):
            self.noticed.emit(notice)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self.noticed.emit(projects.failure_notice(error))
