"""Read a project file, or say which of its backups is still good."""

from __future__ import annotations

import hashlib
import logging
import time
from dataclasses import dataclass
from pathlib import Path

from hwocr_desktop.core import atomic
from hwocr_desktop.core.document.journal import free_name, move_aside
from hwocr_desktop.core.document.serial import StoredProject, decode_project
from hwocr_desktop.core.errors import FileNotReadable, ProjectDamaged, ProjectTooNew

log = logging.getLogger(__name__)

NAME = "project.json"
BACKUPS = 3


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """A project file and what it says; ``checksum`` is the SHA-256 of its bytes."""

    path: Path
    data: bytes
    stored: StoredProject
    checksum: str


def find_project(place: Path) -> Path:
    """Return the project folder that a path means.

    Parameters
    ----------
    place : Path
        A project folder, or its ``project.json``.

    Raises
    ------
    FileNotReadable
        If no project and no backup of one is there.
    """
    folder = (place.parent if place.name == NAME else place).absolute()
    try:
        is_project = has_project(folder)
    except OSError as error:
        raise _unreadable(folder, error) from error
    if not is_project:
        raise FileNotReadable(
            f"There is no project in {folder}.",
            f"Choose the folder that holds the file “{NAME}”, or make a new project.",
        )
    return folder


def has_project(folder: Path) -> bool:
    """Whether a project file, or a backup of one, lies in a folder."""
    return any(path.exists() for path in (folder / NAME, *_backups(folder)))


def load_file(folder: Path) -> LoadedFile:
    """Read the project file of a folder.

    Raises
    ------
    ProjectDamaged
        If it cannot be understood or is missing; the advice names the newest backup
        that can.
    ProjectTooNew
        If a newer program wrote it.
    FileNotReadable
        If it may not be read.
    """
    path = folder / NAME
    try:
        return _load(path)
    except FileNotFoundError as error:
        raise ProjectDamaged(
            f"The project file “{NAME}” is missing in {folder}.", _advice(folder)
        ) from error
    except OSError as error:
        raise _unreadable(path, error) from error
    except ProjectTooNew:
        raise
    except ProjectDamaged as error:
        raise ProjectDamaged(error.message, _advice(folder)) from error


def restore_backup(folder: Path, *, is_read_only: bool) -> tuple[LoadedFile, str]:
    """Put the newest good backup in the place of the project file.

    Parameters
    ----------
    folder : Path
        The project folder.
    is_read_only : bool
        Whether to leave the files as they are and only read the backup.

    Returns
    -------
    tuple of LoadedFile and str
        The project file as it is now, and a sentence that says what was done. The
        former file is kept under another name.

    Raises
    ------
    ProjectDamaged
        If no backup is good.
    OutputNotWritable
        If the disk is full; nothing has changed then.
    """
    backup = newest_backup(folder)
    if backup is None:
        raise ProjectDamaged(
            "Neither the project file nor any of its backups can be read.",
            _advice(folder),
        )
    notice = f"The project was restored from “{backup.path.name}”, {_age(backup.path)}."
    if is_read_only:
        return backup, notice
    path = folder / NAME
    if path.exists():
        try:
            aside = keep_copy(path, path.read_bytes())
        except OSError as error:
            log.info("the damaged file can only be renamed: %s", error)
            aside = move_aside(path)
        notice += f" The former file is kept as “{aside.name}”."
    atomic.write_bytes(path, backup.data)
    return _load(path), notice


def keep_foreign_version(
    folder: Path, known: str, schema: int | None
) -> tuple[bool, str]:
    """Keep a copy of a project file that must not be replaced without a trace.

    Parameters
    ----------
    folder : Path
        The project folder.
    known : str
        SHA-256 of the project file as this program last read or wrote it.
    schema : int or None
        The older schema it has, or None if it has today's.

    Returns
    -------
    tuple of bool and str
        Whether the file is as known, and a sentence for the person, or "".
    """
    path = folder / NAME
    try:
        data = path.read_bytes()
    except OSError:
        return False, ""
    if checksum(data) != known:
        aside = keep_copy(path, data)
        return False, (
            "Another program changed the project file meanwhile. Its version is kept "
            f"as “{aside.name}”."
        )
    if schema is not None:
        keep_copy(folder / f"project-schema{schema}.json", data)
    return True, ""


def newest_backup(folder: Path) -> LoadedFile | None:
    """Return the newest backup of the project file that can be understood."""
    for path in _backups(folder):
        try:
            return _load(path)
        except (OSError, ProjectDamaged) as error:
            log.info("backup %s is no use: %s", path.name, error)
    return None


def keep_copy(path: Path, data: bytes) -> Path:
    """Write bytes to a new file whose name says after which file and when."""
    aside = free_name(path)
    atomic.write_bytes(aside, data)
    return aside


def checksum(data: bytes) -> str:
    """Return the SHA-256 of bytes, hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _load(path: Path) -> LoadedFile:
    data = path.read_bytes()
    return LoadedFile(path, data, decode_project(data), checksum(data))


def _backups(folder: Path) -> list[Path]:
    return [folder / f"{NAME}.bak{number}" for number in range(1, BACKUPS + 1)]


def _advice(folder: Path) -> str:
    """Say what to do about a project file that cannot be used."""
    backup = newest_backup(folder)
    if backup is None:
        return (
            "No backup in the folder is readable either; restore the folder from your "
            "own backups."
        )
    return (
        f"Open the backup “{backup.path.name}” instead, {_age(backup.path)}; "
        "the damaged file will be kept."
    )


def _age(path: Path) -> str:
    """Say when a backup was written, as a half sentence."""
    try:
        written = time.localtime(path.stat().st_mtime)
    except OSError:
        return "which is good"
    return f"which was saved on {time.strftime('%Y-%m-%d at %H:%M', written)}"


def _unreadable(path: Path, error: OSError) -> FileNotReadable:
    reason = error.strerror or type(error).__name__
    return FileNotReadable(
        f"“{path.name}” cannot be read ({reason}).",
        "Check that the drive is connected and that you may open the folder.",
    )
