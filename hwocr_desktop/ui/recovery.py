"""The button of a notice that sets something right: recover, save a copy, backup."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QMessageBox

from hwocr_desktop.app.projects import failure_notice
from hwocr_desktop.app.requests import Notice
from hwocr_desktop.app.session import Session
from hwocr_desktop.app.unfinished import find_unfinished
from hwocr_desktop.core.errors import ProjectGone
from hwocr_desktop.ui.messages import ask
from hwocr_desktop.ui.notice_bar import NoticeBar
from hwocr_desktop.ui.preferences import Preferences
from hwocr_desktop.ui.project_commands import ProjectCommands


class Recovery(QObject):
    """Does what the buttons of notices promise, and looks for work a crash left.

    Parameters
    ----------
    session : Session
    commands : ProjectCommands
    preferences : Preferences
    bar : NoticeBar

    Signals
    -------
    asked : str
        A button whose work is somebody else's was pressed; the action's name.
    """

    asked = Signal(str)

    def __init__(
        self,
        session: Session,
        commands: ProjectCommands,
        preferences: Preferences,
        bar: NoticeBar,
    ) -> None:
        super().__init__(commands)
        self._session, self._commands, self._bar = session, commands, bar
        self._preferences = preferences
        self._unfinished: Path | None = None
        self._question: QMessageBox | None = None
        self._gone: Notice | None = None
        bar.action_chosen.connect(self.act)
        commands.opening.connect(self._on_opening)
        session.project_changed.connect(self._on_project_changed)
        session.saved_changed.connect(self._on_saved_changed)

    def look(self) -> None:
        """Look in the background whether the last projects hold unsaved changes."""
        recent = self._preferences.settings.recent_projects
        folders = tuple(Path(name) for name in recent)
        if folders and self._session.folder is None:
            job = self._session.files.submit(
                self.tr("Looking for unsaved work"), find_unfinished, folders
            )
            job.succeeded.connect(self._on_found)

    @Slot(object)
    def _on_found(self, folder: Path | None) -> None:
        if folder is None or self._session.folder is not None:
            return
        self._unfinished = folder
        self._bar.add(
            Notice(
                self.tr(
                    "The program ended unexpectedly while “{0}” was open; your changes "
                    "were kept."
                ).format(folder.name),
                self.tr("Press Recover to open it and take them up again."),
                "warning",
                "recover",
            )
        )

    @Slot(object)
    def act(self, notice: Notice) -> None:
        """Do what a notice's button says."""
        if notice.action == "recover":
            # Opening takes up what a crash left, and says so.
            if self._unfinished is not None:
                self._commands.open(self._unfinished)
        elif notice.action == "discard-recovered":
            self._ask_to_discard(notice)
        elif notice.action == "open-backup":
            self._commands.open_backup()
        elif notice.action == "save-copy":
            self._commands.save_copy()
        else:
            self.asked.emit(notice.action)

    @Slot()
    def _on_opening(self) -> None:
        """Take away what would be read as said of the project that is opened now.

        It may be refused: then the one before stays open, and so do the buttons that
        belong to it, and why it cannot be kept.
        """
        self._bar.dismiss_action("open-backup")
        if self._session.failure is None:
            self._bar.dismiss_of_project(but_buttons=True)

    @Slot(object)
    def _on_project_changed(self, change: object) -> None:
        # What is said of one project is pointless once another is open, whose own
        # notices come afterward.
        if getattr(change, "is_other", False):
            self._unfinished = None
            self._bar.dismiss_action("recover")
            self._bar.dismiss_of_project()

    @Slot()
    def _on_saved_changed(self) -> None:
        """Take back that the folder is gone, once it is there again."""
        failure = self._session.failure
        if isinstance(failure, ProjectGone):
            self._gone = failure_notice(failure)
        elif self._gone is not None:
            self._bar.dismiss(self._gone)
            self._gone = None

    def _ask_to_discard(self, notice: Notice) -> None:
        """Ask whether the changes from before the crash may go; the notice stays."""
        self._question = ask(
            self._bar.window(),
            self.tr("Discard the changes from before the program ended?"),
            self.tr(
                "The project becomes what it was when it was last saved; what you did "
                "since then goes too. Undo brings everything back."
            ),
            self.tr("Discard them"),
            self._session.discard_recovered,
            no=self.tr("Keep them"),
        )
        self._question.rejected.connect(lambda: self._bar.add_of_project(notice))
