"""Opening, keeping and closing project folders, for the session's files thread."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from hwocr_desktop.app.requests import Notice
from hwocr_desktop.core import paths
from hwocr_desktop.core.document.document import Project
from hwocr_desktop.core.document.project_file import (
    ProjectFile,
    create_project,
    open_project,
)
from hwocr_desktop.core.errors import HwocrError, ProjectGone
from hwocr_desktop.core.progress import CancelToken, Report

log = logging.getLogger(__name__)


def default_folder(scans: Sequence[Path], today: date | None = None) -> Path:
    """Return a new folder name for a project nobody has named yet.

    Parameters
    ----------
    scans : sequence of Path
        What is to be added; the first names the project.
    today : date, optional
        For tests.

    Returns
    -------
    Path
        In the person's documents, not there yet.
    """
    first = scans[0] if scans else Path("Untitled")
    # A folder's name may hold a dot ("Dr. Hooker"); a file's ends in its kind.
    name = first.name if first.is_dir() else first.stem
    name = re.sub(r'[<>:"/\\|?*\x00-\x1f]', " ", name).strip(" .")[:60] or "Untitled"
    base = paths.user_projects()
    stem = f"{name} {today or date.today():%Y-%m-%d}"
    folder, number = base / stem, 2
    while folder.exists():
        folder, number = base / f"{stem} ({number})", number + 1
    return folder


def create(folder: Path, title: str) -> ProjectFile:
    """Create a project; its title is the folder's name unless one is given."""
    return _ready(create_project(folder, title or folder.name))


def open_folder(folder: Path, *, from_backup: bool = False) -> ProjectFile:
    """Open a project folder; see `core.document.project_file.open_project`."""
    return _ready(open_project(folder, from_backup=from_backup))


def recover(file: ProjectFile) -> bool:
    """Take up what a crash left in the journal.

    Returns
    -------
    bool
        Whether that changed the project.

    Raises
    ------
    OutputNotWritable
        If what cannot be used of it can be kept nowhere; the project is closed then,
        and its files are as they were.
    """
    if not file.has_leftover_journal:
        return False
    before = file.project
    try:
        is_changed = file.recover() != before
        file.begin_journal()
    except HwocrError:
        file.close()
        raise
    return is_changed


def _ready(file: ProjectFile) -> ProjectFile:
    """Make a project ready for the first change."""
    file.begin_journal()
    return file


def save(
    file: ProjectFile, project: Project, *, cancel: CancelToken, report: Report
) -> Project:
    """Write the project file and return the project written."""
    file.save(project)
    file.begin_journal()
    return project


def save_copy(
    file: ProjectFile,
    project: Project,
    folder: Path,
    *,
    cancel: CancelToken,
    report: Report,
) -> ProjectFile:
    """Write the project to another folder and open it there."""
    return _ready(file.save_copy(folder, project))


def journal(
    file: ProjectFile,
    before: Project,
    after: Project,
    label: str,
    *,
    cancel: CancelToken,
    report: Report,
) -> None:
    """Append a change to the journal, down to the disk."""
    file.append(before, after, label)


def journal_at_once(
    file: ProjectFile, before: Project, after: Project, label: str
) -> bool:
    """Hand a change to the system, which keeps it whatever becomes of this program.

    Returns
    -------
    bool
        Whether that went well; `force` must follow, or else `journal`.
    """
    try:
        file.append(before, after, label, is_forced=False)
    except HwocrError as error:
        log.info("not journaled at once: %s", error.message)
        return False
    return True


def force(file: ProjectFile, *, cancel: CancelToken, report: Report) -> None:
    """Wait until the disk has all changes."""
    file.force()


def is_journaled(file: ProjectFile) -> bool:
    """Whether what the journal took is still in the project folder."""
    try:
        file.begin_journal()
    except HwocrError:
        return False
    return not file.has_gap


def keep(file: ProjectFile, project: Project, *, may_append: bool) -> bool:
    """Save the project, or if that cannot be, write what is new to the journal.

    Returns
    -------
    bool
        Whether it was saved.

    Raises
    ------
    HwocrError
        If it could be kept neither way.
    """
    try:
        file.save(project)
    except HwocrError as error:
        if file.is_read_only or not may_append:
            raise
        log.info("not saved: %s", error.message)
        file.append(file.project, project, "Keep")
        return False
    file.begin_journal()
    return True


def close(
    file: ProjectFile,
    unsaved: Project | None,
    *,
    cancel: CancelToken | None = None,
    report: Report | None = None,
) -> None:
    """Save what is not saved yet and give the project free.

    If it cannot be saved, the journal gets what it lacks.

    Raises
    ------
    HwocrError
        If it could be kept neither way; the project is closed all the same.
    """
    try:
        if unsaved is not None and not file.is_read_only:
            try:
                file.save(unsaved)
            except HwocrError:
                log.warning("not saved at the end; the journal takes the changes")
                file.append(file.project, unsaved, "Close")
    finally:
        file.close()


def notices(file: ProjectFile) -> list[Notice]:
    """Return what a person should know of a project just opened."""
    found = [Notice(text, kind="warning") for text in file.notices]
    if file.is_read_only:
        found = [Notice(n.text, n.advice, n.kind, "save-copy") for n in found]
    return found


def recovered_notice() -> Notice:
    """Return what to tell whose changes were taken up after a crash."""
    return Notice(
        "The program ended unexpectedly the last time; your changes from before are "
        "back.",
        action="discard-recovered",
    )


def failure_notice(error: Exception) -> Notice:
    """Return what a person should be told of an error."""
    if isinstance(error, HwocrError):
        action = "save-copy" if isinstance(error, ProjectGone) else ""
        return Notice(error.message, error.advice, "error", action)
    if isinstance(error, MemoryError):
        return Notice(
            "There is not enough memory for this page.",
            "Close other programs, or scan at a lower resolution.",
            "error",
        )
    return Notice(
        "Something went wrong inside the program; nothing you did was lost.",
        "If it happens again, send the log (Help, Open log folder) to its makers.",
        "error",
    )
