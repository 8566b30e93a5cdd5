"""What a journal that lies in the folder at the start is good for."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from hwocr_desktop.core import atomic
from hwocr_desktop.core.document import patch
from hwocr_desktop.core.document.backups import LoadedFile, keep_copy
from hwocr_desktop.core.document.document import Project
from hwocr_desktop.core.document.journal import JournalContent, move_aside, read_journal
from hwocr_desktop.core.document.serial import OLDEST_JOURNAL, SCHEMA

log = logging.getLogger(__name__)


class ForeignJournal(Exception):
    """The journal was not written on top of this project file."""


@dataclass(frozen=True, slots=True)
class Leftover:
    """A journal found on disk.

    Attributes
    ----------
    content : JournalContent
        What it says.
    done : int
        How many of its changes the project file contains already.
    """

    content: JournalContent
    done: int

    @property
    def is_waiting(self) -> bool:
        """Whether it holds changes that the project file does not contain."""
        return len(self.content.entries) > self.done

    def replay(self, project: Project) -> tuple[Project, int]:
        """Make the waiting changes, up to the first that does not fit.

        Parameters
        ----------
        project : Project
            The project as the project file says.

        Returns
        -------
        tuple of Project and int
            The project then, and how many changes of the journal it contains.
        """
        good = self.done
        try:
            for entry in self.content.entries[self.done :]:
                project = patch.apply(project, entry.get("patch", {}))
                good += 1
        except patch.BadPatch as error:
            log.warning("change %d of the journal does not fit: %s", good + 1, error)
        return project, good

    def is_all(self, good: int) -> bool:
        """Whether ``good`` changes are everything that the journal has to say."""
        return good == len(self.content.entries) and not self.content.has_more


def find_leftover(path: Path, loaded: LoadedFile) -> Leftover | None:
    """Read a journal and compare it with the project file.

    Parameters
    ----------
    path : Path
        The journal.
    loaded : LoadedFile
        The project file.

    Returns
    -------
    Leftover or None
        None if there is no journal.

    Raises
    ------
    ForeignJournal
        If it cannot be read, or does not build on this project file.
    """
    try:
        content = read_journal(path)
    except OSError as error:
        raise ForeignJournal(str(error)) from error
    if content is None:
        return None
    stored = loaded.stored
    if content.id and content.id == stored.journal:
        # A crash came between saving the project and emptying the journal.
        return Leftover(content, min(stored.entries, len(content.entries)))
    if content.base != loaded.checksum or not (
        OLDEST_JOURNAL <= content.schema <= SCHEMA
    ):
        raise ForeignJournal("it builds on another project file")
    return Leftover(content, 0)


def waiting_changes(
    path: Path, loaded: LoadedFile, *, is_read_only: bool
) -> tuple[Leftover | None, str]:
    """Find out whether an earlier session left changes behind.

    A journal that holds nothing new is removed, one that does not belong to the
    project file is put aside.

    Parameters
    ----------
    path : Path
        The journal.
    loaded : LoadedFile
        The project file.
    is_read_only : bool
        Whether to leave the files as they are.

    Returns
    -------
    tuple of Leftover or None, and str
        The journal if it has changes to make, and a sentence for the person, or "".

    Raises
    ------
    OutputNotWritable
        If the journal cannot be put aside.
    """
    try:
        leftover = find_leftover(path, loaded)
        if leftover is None or leftover.is_waiting:
            return leftover, ""
        is_useless = leftover.is_all(leftover.done)
    except ForeignJournal as error:
        log.warning("the journal is not used: %s", error)
        is_useless = False
    if is_read_only:
        return None, ""
    if is_useless:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise atomic.not_writable(path, error) from error
        return None, ""
    aside = move_aside(path)
    return None, (
        "Unsaved changes of an earlier session do not fit this state of the project. "
        f"They were not used and are kept in “{aside.name}”."
    )


def keep_rest(path: Path, *, is_read_only: bool) -> str:
    """Keep a copy of a journal of which only a part can be used.

    Returns
    -------
    str
        A sentence for the person.

    Raises
    ------
    OutputNotWritable
        If the copy cannot be written.
    """
    text = "Some of the last changes could not be read."
    if is_read_only:
        return text
    try:
        data = path.read_bytes()
    except OSError as error:
        raise atomic.not_writable(path, error) from error
    return f"{text} What was found is kept in “{keep_copy(path, data).name}”."
