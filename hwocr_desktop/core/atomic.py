"""Replace a file as a whole, so that a crash leaves the old one or the new one.

The new content goes to a temporary file in the same folder, is forced to the disk,
and takes the place of the old file in one step. Nothing is ever written in place.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import platform
import re
import shutil
import sys
import tempfile
import time
import zlib
from pathlib import Path

from hwocr_desktop.core.processes import is_running
from hwocr_desktop.core.write_errors import (
    folder_not_made,
    folder_refuses,
    not_writable,
)

__all__ = [
    "make_folder",
    "not_writable",
    "refuse_unwritable",
    "remove_stale",
    "try_folder",
    "write_bytes",
    "write_text",
]

log = logging.getLogger(__name__)

# On Windows a virus scanner or an indexer may hold a file open for a moment.
_REPLACE_ATTEMPTS = 5 if sys.platform == "win32" else 1
_REPLACE_PAUSE_S = 0.05
# Temporary files say which program on which computer writes them.
_TEMPORARY = re.compile(r"\.hwocr-(?:([0-9a-f]{8})-(\d+)-)?\w+\.tmp|\..+\.bak\d\.tmp")
_STALE_S = 3600
_TRIAL_BYTES = 16 * 1024


def write_bytes(path: Path, data: bytes, *, backups: int = 0) -> None:
    """Write a file so that it is either wholly new or untouched.

    Parameters
    ----------
    path : Path
        The file; its folder must exist. A symbolic link is followed.
    data : bytes
        The new content.
    backups : int
        How many older versions to keep beside it, as ``NAME.bak1`` (the newest) to
        ``NAME.bakN``.

    Raises
    ------
    OutputNotWritable
        If the disk is full, the folder is missing or read-only, or the file is held
        open by another program. The old file is then as it was.
    """
    path = Path(path)
    temporary: Path | None = None
    try:
        # Replacing a link would cut the tie to the file the user linked to.
        target = Path(os.path.realpath(path, strict=False))
        temporary = _write_temporary(target, data)
        _copy_mode(target, temporary)
        if backups > 0:
            _rotate_backups(target, backups)
        _replace(temporary, target)
        temporary = None
        _sync_folder(target.parent)
    except OSError as error:
        raise not_writable(path, error) from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str, *, backups: int = 0) -> None:
    r"""Write a UTF-8 text file so that it is either wholly new or untouched.

    Parameters
    ----------
    path : Path
        The file; its folder must exist.
    text : str
        The new content; line ends are written as they are (``\n``).
    backups : int
        How many older versions to keep, see `write_bytes`.

    Raises
    ------
    OutputNotWritable
        As for `write_bytes`.
    """
    write_bytes(path, text.encode("utf-8"), backups=backups)


def remove_stale(folder: Path) -> None:
    """Remove temporary files that a program left in a folder when it was killed.

    Taken are those of programs of this computer that run no longer, and all that
    nobody has touched for an hour. What cannot be removed stays.
    """
    try:
        paths = [path for path in folder.iterdir() if path.suffix == ".tmp"]
    except OSError as error:
        log.info("%s cannot be tidied up: %s", folder, error)
        return
    for path in paths:
        made_by = _TEMPORARY.fullmatch(path.name)
        if made_by is None:
            continue
        with contextlib.suppress(OSError):
            status = path.stat()
            # A copy has the time of its original; when it was made says the other.
            age = time.time() - max(status.st_mtime, status.st_ctime)
            is_dead = made_by[1] == _host() and not is_running(int(made_by[2]))
            if is_dead or age > _STALE_S:
                path.unlink()
                log.info("removed %s, which a program left", path.name)


def _host() -> str:
    """Return a short sign for this computer."""
    return f"{zlib.crc32(platform.node().encode()):08x}"


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, unless it is there.

    Raises
    ------
    OutputNotWritable
        If that cannot be.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise folder_not_made(folder, error) from error


def try_folder(folder: Path) -> None:
    """Write a little into a folder and remove it again, before long work is begun.

    Raises
    ------
    OutputNotWritable
        If the disk is full, or the folder is missing or takes no files.
    """
    try:
        # Zeros and files of no length need no room on some disks.
        trial = _write_temporary(folder / "trial", os.urandom(_TRIAL_BYTES))
    except OSError as error:
        raise folder_refuses(folder, error) from error
    with contextlib.suppress(OSError):
        trial.unlink()


def refuse_unwritable(path: Path | None) -> None:
    """Say at once, not after an hour of work, that a file cannot be written.

    Parameters
    ----------
    path : Path or None
        The file that will be written; None for none.

    Raises
    ------
    OutputNotWritable
        If its folder is missing or takes no files, or a folder has its name.
    """
    if path is None:
        return
    if path.is_dir():
        raise not_writable(path, IsADirectoryError(errno.EISDIR, "a folder"))
    try:
        with tempfile.NamedTemporaryFile(
            dir=path.absolute().parent, prefix=".hwocr-", suffix=".tmp"
        ):
            pass
    except OSError as error:
        raise not_writable(path.absolute(), error) from error


def _write_temporary(target: Path, data: bytes) -> Path:
    """Write the data to a new hidden file beside the target, down to the disk."""
    handle, name = tempfile.mkstemp(
        dir=target.parent, prefix=f".hwocr-{_host()}-{os.getpid()}-", suffix=".tmp"
    )
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    return temporary


def _copy_mode(target: Path, temporary: Path) -> None:
    """Give the new file the permissions of the old, or those of a fresh file."""
    if target.exists():
        mode = target.stat().st_mode & 0o777
        if not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, "read-only file", str(target))
    else:
        # mkstemp makes files private; others in a shared folder must read ours.
        mode = 0o666 & ~_umask()
    # Some network drives know no permissions.
    with contextlib.suppress(OSError):
        temporary.chmod(mode)


def _umask() -> int:
    """Return the mask that the system takes from the permissions of new files."""
    # There is no way to ask for it but to set it. The value set meanwhile is strict,
    # so that a file made by another thread is at worst too private.
    current = os.umask(0o077)
    os.umask(current)
    return current


def _backup(target: Path, number: int) -> Path:
    return target.with_name(f"{target.name}.bak{number}")


def _rotate_backups(target: Path, backups: int) -> None:
    """Shift the backups by one and copy the present file to ``.bak1``."""
    if not target.exists():
        return
    for number in range(backups - 1, 0, -1):
        older = _backup(target, number)
        if older.exists():
            older.replace(_backup(target, number + 1))
    # A copy, not a rename: at no moment may the file itself be missing. It appears
    # under its name only when it is complete.
    copy = _backup(target, 1)
    half = copy.with_name(f".{copy.name}.tmp")
    try:
        shutil.copy2(target, half)
        half.replace(copy)
    except OSError:
        with contextlib.suppress(OSError):
            half.unlink(missing_ok=True)
        raise


def _replace(temporary: Path, target: Path) -> None:
    for attempt in range(1, _REPLACE_ATTEMPTS + 1):
        try:
            temporary.replace(target)
            return
        except PermissionError:
            if attempt == _REPLACE_ATTEMPTS:
                raise
            time.sleep(_REPLACE_PAUSE_S * attempt)


def _sync_folder(folder: Path) -> None:
    """Force the new name to the disk too, where the system can."""
    if sys.platform == "win32":
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        log.debug("folder %s cannot be synced: %s", folder, error)
        return
    try:
        os.fsync(handle)
    except OSError as error:
        # The file itself is safe; some network file systems refuse this.
        log.debug("folder %s cannot be synced: %s", folder, error)
    finally:
        os.close(handle)
