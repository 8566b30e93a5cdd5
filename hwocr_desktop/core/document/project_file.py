"""A project on disk: a folder with ``project.json``, a journal and a lock.

``project.json`` is always whole: it is replaced in one step, and the three versions
before it stay beside it. What happened since it was saved stands in the journal, one
record a change. After a crash the journal is found at the next start, and `recover`
makes its changes again. Nothing that may still be wanted is ever deleted: what does
not fit is moved aside under a name with the time.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from hwocr_desktop.core import atomic
from hwocr_desktop.core.document import patch, presence
from hwocr_desktop.core.document.backups import (
    BACKUPS,
    NAME,
    LoadedFile,
    checksum,
    find_project,
    keep_foreign_version,
    load_file,
    restore_backup,
)
from hwocr_desktop.core.document.document import Project
from hwocr_desktop.core.document.journal import Journal, move_aside
from hwocr_desktop.core.document.lock import ProjectLock, lock_project
from hwocr_desktop.core.document.new_project import write_project
from hwocr_desktop.core.document.recovery import keep_rest, waiting_changes
from hwocr_desktop.core.document.serial import SCHEMA, PageTexts, encode_project
from hwocr_desktop.core.document.sources import (
    resolve_source,
    seen_from,
    store_source,
)
from hwocr_desktop.core.errors import ProjectGone

__all__ = [
    "ProjectFile",
    "create_project",
    "open_project",
    "resolve_source",
    "store_source",
]


def create_project(folder: Path, title: str = "") -> ProjectFile:
    """Make an empty project and open it.

    Parameters
    ----------
    folder : Path
        Where; made if it is missing. It may hold other files, scans for instance.
    title : str
        What the project is called.

    Raises
    ------
    BadRequest
        If the folder holds a project already.
    OutputNotWritable
        If the folder cannot be made or written to.
    """
    return open_project(write_project(folder, Project(title=title)))


def open_project(folder: Path, *, from_backup: bool = False) -> ProjectFile:
    """Open the project in a folder and take its lock.

    A folder that may not be written to opens read-only, see `ProjectFile`.

    Parameters
    ----------
    folder : Path
        The project folder, or the ``project.json`` in it.
    from_backup : bool
        Whether to put the newest good backup in the place of a damaged project file;
        the damaged one is kept.

    Raises
    ------
    FileNotReadable
        If there is no project, or it may not be read.
    ProjectDamaged
        If the project file cannot be understood; the advice names a good backup.
    ProjectTooNew
        If a newer program wrote it.
    ProjectInUse
        If another window has it open.
    OutputNotWritable
        If a backup is to be restored in a folder that may not be written to.
    """
    folder = find_project(folder)
    lock = lock_project(folder, [folder / NAME])
    if lock is not None:
        atomic.remove_stale(folder)
    try:
        if from_backup:
            loaded, notice = restore_backup(folder, is_read_only=lock is None)
            return ProjectFile(folder, loaded, lock, [notice])
        return ProjectFile(folder, load_file(folder), lock)
    except BaseException:
        if lock is not None:
            lock.release()
        raise


class ProjectFile:
    """An open project: what it is, and the ways to keep what becomes of it.

    Made by `create_project` and `open_project`. Use it from one thread.

    Attributes
    ----------
    folder : Path
        The project folder.
    project : Project
        The project as it was loaded, recovered, last journaled or saved.
    is_read_only : bool
        Whether the folder may not be written to. Then `append` keeps nothing, `save`
        raises, and `save_copy` is the way out.
    """

    def __init__(
        self,
        folder: Path,
        loaded: LoadedFile,
        lock: ProjectLock | None,
        notices: Iterable[str] = (),
    ) -> None:
        self.folder = folder
        self.project = loaded.stored.project
        self.is_read_only = lock is None
        self._lock = lock
        self._notices = list(notices)
        self._saved = loaded.checksum
        self._schema = loaded.stored.schema
        self._texts = PageTexts()
        self._journal = Journal(folder, loaded.checksum)
        # The project that the file and the journal make together.
        self._kept = self.project
        self._was_gone = False
        self._leftover, notice = waiting_changes(
            self._journal.path, loaded, is_read_only=self.is_read_only
        )
        self._notices.extend([notice] if notice else [])
        if self.is_read_only:
            self._notices.append(presence.READ_ONLY)

    def __enter__(self) -> ProjectFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences for the person who opened the project, oldest first."""
        return tuple(self._notices)

    @property
    def has_leftover_journal(self) -> bool:
        """Whether changes of an earlier session wait for `recover`."""
        return self._leftover is not None

    @property
    def is_saved(self) -> bool:
        """Whether the project file contains all that was journaled."""
        return self._leftover is None and self._journal.entries == 0

    @property
    def has_gap(self) -> bool:
        """Whether folder or journal were gone, so that the next change is saved."""
        return self._was_gone or self._journal.is_lost()

    def recover(self) -> Project:
        """Make the changes of the leftover journal again, as far as they are whole.

        They stay in the journal until the next `save`.

        Returns
        -------
        Project
            The project after the last change that could be made.
        """
        leftover = self._leftover
        if leftover is None:
            return self.project
        project, good = leftover.replay(self.project)
        if not leftover.is_all(good):
            notice = keep_rest(self._journal.path, is_read_only=self.is_read_only)
            self._notices.append(notice)
        self._journal.resume(leftover.content, good)
        self._leftover = None
        self.project = self._kept = project
        return project

    def discard_journal(self) -> Path | None:
        """Put the leftover journal aside without using it.

        Returns
        -------
        Path or None
            Where it is kept; None if there was none.
        """
        if self._leftover is None or self.is_read_only:
            self._leftover = None
            return None
        aside = move_aside(self._journal.path)
        self._leftover = None
        return aside

    def begin_journal(self) -> None:
        """Make the journal before the first change, so that this is kept at once."""
        if not self.is_read_only and self._leftover is None:
            self._check()
            self._journal.begin()

    def append(
        self, old: Project, new: Project, label: str, *, is_forced: bool = True
    ) -> None:
        """Write a change to the journal, down to the disk.

        What is written is the difference to what the journal holds already, which is
        ``old`` unless writing failed the last time: then this change carries the lost
        one along. A leftover journal that nobody decided about is put aside first.

        Parameters
        ----------
        old, new : Project
            Before and after; undo and redo are changes too.
        label : str
            What was done.
        is_forced : bool
            Whether to wait for the disk; if not, `force` must follow.

        Raises
        ------
        OutputNotWritable
            If the disk is full; nothing that was kept before is lost.
        ProjectInUse, ProjectGone
            If somebody else took over the project, or its folder is gone; once that
            is back, the next change writes all.
        """
        if self.is_read_only or (new is self._kept and not self.has_gap):
            return
        self._check()
        self.discard_journal()
        if self.has_gap:
            self.save(new)
            self._journal.begin()
            return
        change = patch.diff(self._kept, new)
        if change:
            self._journal.append(change, label, is_forced=is_forced)
        self.project = self._kept = new

    def force(self) -> None:
        """Wait until the disk has all changes that were appended.

        Raises
        ------
        OutputNotWritable
            If it refuses.
        """
        self._journal.force()

    def save(self, project: Project) -> None:
        """Replace the project file and empty the journal.

        Parameters
        ----------
        project : Project
            The project as it is now.

        Raises
        ------
        OutputNotWritable
            If the folder is read-only or the disk full; file and journal are then as
            they were.
        ProjectInUse, ProjectGone
            If somebody else took over the project, or its folder is gone.
        """
        if self.is_read_only:
            raise presence.protected(self.folder)
        self._check()
        self.discard_journal()
        older = None if self._schema == SCHEMA else self._schema
        is_known, notice = keep_foreign_version(self.folder, self._saved, older)
        self._notices.extend([notice] if notice else [])
        is_kept = not self.has_gap and (project is self._kept or project == self._kept)
        if is_known and is_kept and older is None and not self._journal.entries:
            # Backups are for older states, not for copies of this one.
            return
        data = encode_project(
            project,
            journal=self._journal.id,
            entries=self._journal.entries,
            texts=self._texts,
        )
        atomic.write_bytes(self.folder / NAME, data, backups=BACKUPS)
        self._saved = checksum(data)
        self._schema = SCHEMA
        self.project = self._kept = project
        self._journal.clear(self._saved)
        self._was_gone = False

    def save_copy(self, folder: Path, project: Project) -> ProjectFile:
        """Save the project in another folder and open it there.

        Parameters
        ----------
        folder : Path
            Where; made if it is missing.
        project : Project
            The project as it is now.

        Returns
        -------
        ProjectFile
            The copy; its ``project`` names the scans as seen from the new folder.
            This one stays open, for the caller to close.

        Raises
        ------
        BadRequest
            If the folder holds a project already.
        OutputNotWritable
            If the folder cannot be made or written to.
        """
        copied = seen_from(self.folder, project, folder)
        return open_project(write_project(folder, copied, original=self.folder))

    def close(self) -> None:
        """Close files and lock; what is not saved stays in the journal."""
        self._journal.finish()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _check(self) -> None:
        if self._lock is None:
            raise ValueError("the project is closed")
        try:
            self._lock.check()
        except ProjectGone:
            self._was_gone = True
            raise
