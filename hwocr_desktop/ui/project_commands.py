"""What the File menu does: projects, scans, PAGE XML and ALTO, saving and export."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMessageBox, QWidget

from hwocr_desktop.app import projects
from hwocr_desktop.app.jobs import JobRunner
from hwocr_desktop.app.requests import Notice
from hwocr_desktop.app.session import Session
from hwocr_desktop.app.transcripts import SUFFIXES
from hwocr_desktop.core.document.backups import newest_backup
from hwocr_desktop.core.errors import HwocrError, ProjectDamaged, ProjectTooNew
from hwocr_desktop.core.paths import bundled_resources
from hwocr_desktop.ui import file_choice
from hwocr_desktop.ui.closing import ask_about_loss
from hwocr_desktop.ui.document_imports import DocumentImports
from hwocr_desktop.ui.drops import Dropped, first_name
from hwocr_desktop.ui.export_dialog import ExportDialog
from hwocr_desktop.ui.preferences import Preferences
from hwocr_desktop.ui.transcript_import import TranscriptImport

log = logging.getLogger(__name__)


class ProjectCommands(QObject):
    """Opens and keeps projects and brings scans and text into them.

    Parameters
    ----------
    session : Session
    preferences : Preferences
    documents : JobRunner
        Reads and writes PAGE XML and text.
    window : QWidget
        In front of which dialogs stand.

    Signals
    -------
    noticed : Notice
    opening
        Another project is about to be opened or made, which may be refused.
    """

    noticed = Signal(object)
    opening = Signal()

    def __init__(
        self,
        session: Session,
        preferences: Preferences,
        documents: JobRunner,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._preferences = session, preferences
        self._documents, self._window = documents, window
        self.question: QMessageBox | None = None
        self._damaged: Path | None = None
        self._export: ExportDialog | None = None
        self._imports = DocumentImports(session, documents, window)
        self._imports.noticed.connect(self.noticed)
        self._transcripts = TranscriptImport(session, documents, window)
        self._transcripts.noticed.connect(self.noticed)

    # ----- projects -----------------------------------------------------------

    def open(self, folder: Path, *, from_backup: bool = False) -> bool:
        """Open a project; notices say what is wrong with one that cannot be opened."""

        def work() -> None:
            self._session.open(folder, from_backup=from_backup)

        here = self._session.folder
        if here is not None and here.resolve() == folder.resolve():
            return True
        return self._leave(lambda: self._try_opening(work, folder))

    def create(self, folder: Path) -> bool:
        """Make a new project in a folder."""

        def work() -> None:
            self._session.create(folder)

        return self._leave(lambda: self._try_opening(work, folder))

    def open_backup(self) -> bool:
        """Open the newest good backup of the project that could not be opened."""
        return self._damaged is not None and self.open(self._damaged, from_backup=True)

    def _leave(self, then: Callable[[], bool]) -> bool:
        """Open another project; asks first if the last changes would be lost."""
        if self._session.folder is None or self._session.keep_all():
            return then()
        self.question = ask_about_loss(
            self._window, self._session.failure, then, self.save_copy
        )
        return False

    def _try_opening(self, work: Callable[[], None], folder: Path) -> bool:
        self.opening.emit()
        return self._try(work, folder)

    def _try(self, work: Callable[[], None], folder: Path | None) -> bool:
        try:
            work()
        except HwocrError as error:
            log.warning("project %s: %s", folder, error)
            notice = projects.failure_notice(error)
            is_damaged = isinstance(error, ProjectDamaged)
            if is_damaged and not isinstance(error, ProjectTooNew):
                self._damaged = folder
                if folder is not None and newest_backup(folder) is not None:
                    notice = Notice(notice.text, notice.advice, "error", "open-backup")
            self.noticed.emit(notice)
            return False
        return True

    @Slot()
    def new_project(self) -> None:
        """Ask for a folder and make a project there."""
        file_choice.choose_new_folder(
            self._window,
            self.tr("New project"),
            projects.default_folder([]),
            self.create,
        )

    @Slot()
    def open_project(self) -> None:
        """Ask for a project folder and open it."""
        recent = self._preferences.settings.recent_projects
        start = Path(recent[0]).parent if recent else None
        title = self.tr("Open project")
        file_choice.choose_folder(self._window, title, start, self.open)

    @Slot()
    def open_sample(self) -> None:
        """Open the project of the sample pages; make it the first time."""
        samples = bundled_resources() / "samples"
        folder = projects.default_folder([Path("Sample pages")]).with_name(
            "Sample pages"
        )
        if folder.exists():
            self.open(folder)
        elif self.create(folder):
            # The true texts beside the samples are for measuring, not for looking up.
            self._session.add_scans([samples], is_start=True, has_documents=False)

    @Slot()
    def save(self) -> None:
        """Write the project file now."""
        self._session.save()

    @Slot()
    def save_copy(self) -> None:
        """Ask for a folder, write the project there and go on there."""
        here = self._session.folder
        if here is None:
            return
        name = self.tr("{0} (copy)").format(here.name)
        proposal = projects.default_folder([Path(name)])

        def chosen(folder: Path) -> None:
            def work() -> None:
                self._session.save_copy(folder)

            self._try(work, folder)

        title = self.tr("Save a copy")
        file_choice.choose_new_folder(self._window, title, proposal, chosen)

    def fill_recent(self, menu: QMenu) -> None:
        """Let a menu list the recent projects, whenever it is opened."""
        menu.aboutToShow.connect(self._list_recent)

    @Slot()
    def _list_recent(self) -> None:
        menu = self.sender()
        if not isinstance(menu, QMenu):
            return
        menu.clear()
        for number, name in enumerate(self._preferences.settings.recent_projects):
            folder = Path(name)
            mark = f"&{number + 1} " if number < 9 else ""
            label = folder.name.replace("&", "&&") or name
            action = menu.addAction(f"{mark}{label}")
            action.setToolTip(name)
            action.setData(name)
            action.triggered.connect(self._on_recent)

    @Slot()
    def _on_recent(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.open_recent(action.data())

    def open_recent(self, name: str) -> None:
        """Open one of the recent projects; one that is gone leaves the list."""
        if not self.open(Path(name)) and not Path(name).exists():
            self._preferences.drop_recent(name)

    # ----- scans and documents ------------------------------------------------

    @Slot()
    def choose_scans(self) -> None:
        """Ask for pictures and PDF files and add them."""
        file_choice.choose_scans(self._window, self._last_folder(), self.add_scans)

    @Slot()
    def choose_scan_folder(self) -> None:
        """Ask for a folder and add its scans."""

        def chosen(folder: Path) -> None:
            self.add_scans([folder])

        title = self.tr("Add a folder of scans")
        file_choice.choose_folder(self._window, title, self._last_folder(), chosen)

    @Slot()
    def choose_documents(self) -> None:
        """Ask for PAGE XML or ALTO files and import them."""
        file_choice.choose_documents(
            self._window, self._last_folder(), self.import_documents
        )

    def take(self, dropped: Dropped) -> None:
        """Do with dropped files what they are for."""
        if dropped.projects and not self.open(dropped.projects[0]):
            return
        if len(dropped.projects) > 1:
            # With the project comes what is said of it; what was said before goes.
            self.noticed.emit(
                Notice(
                    self.tr("Only one project can be open at a time."),
                    self.tr("The first of those dropped was opened."),
                )
            )
        if dropped.scans:
            self.add_scans(dropped.scans)
        if dropped.documents:
            self.import_documents(dropped.documents)

    def add_scans(self, paths: Sequence[Path]) -> None:
        """Add scans and folders of scans; make a project if none is open."""
        if not paths or not self._have_project(paths):
            return
        first = paths[0]
        here = first if first.is_dir() else first.parent
        self._preferences.update(last_folder=str(here))
        self._session.add_scans(list(paths))

    def import_documents(self, paths: Sequence[Path]) -> None:
        """Take lines and text from PAGE XML or ALTO, or text for pages that are there.

        A project is made for XML if none is open.
        """
        texts = [path for path in paths if path.suffix.lower() in SUFFIXES]
        others = [path for path in paths if path not in texts]
        if texts:
            self._transcripts.read(texts)
        if others and self._have_project(others):
            self._imports.read(others)

    def _have_project(self, paths: Sequence[Path]) -> bool:
        """Make a project for these files if none is open."""
        if self._session.folder is not None:
            return True
        return self.create(projects.default_folder(first_name(paths)))

    def _last_folder(self) -> Path | None:
        last = self._preferences.settings.last_folder
        return Path(last) if last else None

    @Slot()
    def export(self) -> None:
        """Open the dialog that writes XML, text and pictures."""
        if self._session.page is None:
            return
        self._export = ExportDialog(self._session, self._documents, self._window)
        self._export.open()
