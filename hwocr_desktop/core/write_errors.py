"""Say in plain words why something could not be written."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from hwocr_desktop.core.errors import OutputNotWritable
from hwocr_desktop.core.folders import first_file

_FULL = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_MISSING = {errno.ENOENT, errno.ENOTDIR}
_LONG = {errno.ENAMETOOLONG}


def is_of_the_system(error: BaseException) -> bool:
    """Whether it was the system that refused to write, and not this program."""
    return isinstance(error, OutputNotWritable) and isinstance(error.__cause__, OSError)


def is_for_want_of_room(error: BaseException) -> bool:
    """Whether something could not be written because the disk is full."""
    cause = error.__cause__
    return isinstance(cause, OSError) and cause.errno in _FULL


def not_writable(path: Path, error: OSError) -> OutputNotWritable:
    """Say in plain words why a file could not be written.

    Parameters
    ----------
    path : Path
        The file that was to be written.
    error : OSError
        What the system said; the disk is looked at, too.

    Returns
    -------
    OutputNotWritable
        The error to raise; other writers of files use it too.
    """
    name, folder = path.name, path.parent
    place = Path(os.path.realpath(path)).parent
    file = _in_the_way(place, error)
    if file is not None:
        return OutputNotWritable(
            f"“{name}” could not be saved because {file} is a file, not a folder.",
            "Choose another folder.",
        )
    error = _looked_up(place, error)
    if error.errno in _FULL:
        return OutputNotWritable(
            f"There is no room left on the disk to save “{name}”.",
            "Free some space or choose another place; what was saved before is intact.",
        )
    if error.errno in _MISSING:
        return OutputNotWritable(
            f"“{name}” could not be saved because the folder {folder} does not exist.",
            "Reconnect the drive or choose another folder.",
        )
    if error.errno == errno.EISDIR or path.is_dir():
        return OutputNotWritable(
            f"“{name}” could not be saved because a folder has that name.",
            "Choose another name.",
        )
    if error.errno in _LONG:
        return OutputNotWritable(
            f"“{name}” could not be saved because the name is too long.",
            "Choose a shorter name or a folder with a shorter path.",
        )
    if error.errno in _FORBIDDEN:
        return OutputNotWritable(
            f"“{name}” could not be saved because {folder} may not be written to, "
            "or another program holds the file open.",
            "Close the other program, or choose a folder that you may write to.",
        )
    reason = error.strerror or str(error)
    return OutputNotWritable(
        f"“{name}” could not be saved in {folder} ({reason}).",
        "Choose another folder, or check the drive.",
    )


def folder_not_made(folder: Path, error: OSError) -> OutputNotWritable:
    """Say in plain words why a folder could not be made.

    Parameters
    ----------
    folder : Path
        The folder that was to be made, perhaps with others above it.
    error : OSError
        What the system said.
    """
    # The one that failed may be a folder above it.
    at = Path(error.filename) if isinstance(error.filename, str) else folder
    error = _looked_up(at.parent, error)
    if error.errno in _FULL:
        return OutputNotWritable(
            f"There is no room left on the disk to make the folder “{at.name}”.",
            "Free some space or choose another place.",
        )
    if error.errno == errno.EEXIST:
        return OutputNotWritable(
            f"The folder “{at.name}” could not be made because a file has that name.",
            "Choose another name.",
        )
    if error.errno == errno.ENOTDIR:
        return OutputNotWritable(
            f"The folder “{at.name}” could not be made because {at.parent} does not "
            "lead to a folder.",
            "Choose another place.",
        )
    if error.errno in _MISSING:
        return OutputNotWritable(
            f"The folder “{at.name}” could not be made because {at.parent} does not "
            "exist.",
            "Reconnect the drive or choose another place.",
        )
    if error.errno in _LONG:
        return OutputNotWritable(
            f"The folder “{at.name}” could not be made because its name is too long.",
            "Choose a shorter name, or a place with a shorter path.",
        )
    if error.errno in _FORBIDDEN:
        return OutputNotWritable(
            f"The folder “{at.name}” could not be made because {at.parent} may not be "
            "written to.",
            "Choose a place that you may write to.",
        )
    reason = error.strerror or str(error)
    return OutputNotWritable(
        f"The folder “{at.name}” could not be made in {at.parent} ({reason}).",
        "Choose another place, or check the drive.",
    )


def folder_refuses(folder: Path, error: OSError) -> OutputNotWritable:
    """Say in plain words why a folder takes no files.

    Parameters
    ----------
    folder : Path
        The folder that files were to be written into.
    error : OSError
        What the system said.
    """
    file = _in_the_way(folder, error)
    if file is not None:
        return OutputNotWritable(
            f"Nothing can be saved in {folder} because {file} is a file, not a folder.",
            "Choose another folder.",
        )
    error = _looked_up(folder, error)
    if error.errno in _FULL:
        return OutputNotWritable(
            f"There is no room left on the disk to save anything in {folder}.",
            "Free some space or choose another folder.",
        )
    if error.errno in _MISSING:
        return OutputNotWritable(
            f"Nothing can be saved in {folder} because it does not exist.",
            "Reconnect the drive or choose another folder.",
        )
    if error.errno in _FORBIDDEN:
        return OutputNotWritable(
            f"Nothing can be saved in {folder} because it may not be written to.",
            "Choose a folder that you may write to.",
        )
    reason = error.strerror or str(error)
    return OutputNotWritable(
        f"Nothing can be saved in {folder} ({reason}).",
        "Choose another folder, or check the drive.",
    )


def _in_the_way(folder: Path, error: OSError) -> Path | None:
    """Return the file that stands where a folder should be, or None."""
    if error.errno not in _MISSING:
        return None
    return first_file((folder, *folder.parents))


def _looked_up(folder: Path, error: OSError) -> OSError:
    """Return what is the matter where a folder is called missing that is there.

    The folders of the system, such as /proc, say so of whatever is to be made there.
    """
    # Path.is_dir breaks on some names.
    if error.errno != errno.ENOENT or not os.path.isdir(folder):  # noqa: PTH112
        return error
    code = errno.EACCES
    return PermissionError(code, os.strerror(code), error.filename)
