"""Whether the folder and the files of an open project are still where they were.

A folder can be moved, removed or unplugged while its project is open. The system
then goes on taking what is written to files that nobody will ever find again, so the
names have to be looked up before one says that something is kept.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from hwocr_desktop.core.errors import OutputNotWritable, ProjectGone

READ_ONLY = (
    "This project may only be read, because its folder is protected or the disk is "
    "full. Changes are not kept unless you save a copy in another folder."
)


def look_up(path: Path) -> os.stat_result | None:
    """Return what the system says of a file or folder, or None if it is not there."""
    try:
        return path.stat()
    except OSError:
        return None


def require_folder(
    folder: Path, known: os.stat_result | None, names: Iterable[str]
) -> None:
    """Make sure that a project folder is still there.

    An empty folder in its place is what remains where a disk was taken out; what is
    written there would be hidden as soon as the disk comes back.

    Parameters
    ----------
    folder : Path
        The project folder.
    known : os.stat_result or None
        What the system said of it when it was opened.
    names : iterable of str
        Files of which one at least is in a project folder.

    Raises
    ------
    ProjectGone
        If it was moved or removed, or its disk taken out.
    """
    now = look_up(folder)
    if now is None or not stat.S_ISDIR(now.st_mode):
        raise gone(folder)
    is_same = known is not None and os.path.samestat(now, known)
    if not is_same and all(look_up(folder / name) is None for name in names):
        raise gone(folder)


def is_same_file(handle: int, path: Path) -> bool:
    """Whether an open file is the one that has a name now."""
    with contextlib.suppress(OSError):
        return os.path.samestat(os.fstat(handle), path.stat())
    return False


def has_kept(path: Path, sign: bytes, size: int) -> bool:
    """Whether a file is the one that was written under this name.

    Parameters
    ----------
    path : Path
        The file.
    sign : bytes
        What no other file has in its first row.
    size : int
        How many bytes were written.
    """
    try:
        with path.open("rb") as stream:
            return sign in stream.readline() and path.stat().st_size >= size
    except FileNotFoundError:
        return False
    except OSError:
        # It is there; whoever writes to it will hear what is wrong.
        return True


def gone(folder: Path) -> ProjectGone:
    """Say that a project folder is not where it was."""
    return ProjectGone(
        f"The project folder is no longer there: {folder} was moved or removed, or its "
        "disk was taken out.",
        "What you do now is only in the memory of this program; save a copy elsewhere, "
        "or put the folder back.",
    )


def protected(folder: Path) -> OutputNotWritable:
    """Say that a project was opened for reading only."""
    return OutputNotWritable(
        f"The project cannot be saved, because {folder} is protected against writing.",
        "Save a copy of the project in another folder and go on with that.",
    )
