"""The lock that keeps a project from being open in two windows at once.

The file ``lock`` in the project folder is locked through the operating system, which
lets go of it whenever the program ends, however it ends. What stands in it says who
holds it, for the message to the other person.

On network drives the operating system may know nothing of locks of other computers.
There the content decides: a lock that another computer wrote and renewed within a day
is believed, and so is one of a running program on this computer. The price is that
after a crash on one computer another one must wait a day, or somebody deletes the
file ``lock``.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import platform
import sys
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from hwocr_desktop.core.document import backups, journal, presence
from hwocr_desktop.core.errors import FileNotReadable, OutputNotWritable, ProjectInUse
from hwocr_desktop.core.processes import is_running

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

NAME = "lock"
# How long a lock of another computer is believed without being renewed.
STALE_S = 24 * 3600
_RENEW_S = 60
_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
# Windows lets nobody read a locked byte, so one far behind the content is locked.
_FAR = 1 << 30
NAMES = (backups.NAME, journal.NAME, NAME)
"""Files of which one at least is in a project folder."""
_MISSING = {errno.ENOENT, errno.ENOTDIR}
_CANNOT_WRITE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC}
_HELD = {errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK}

Outcome = Literal["taken", "held", "unsupported"]


@dataclass(frozen=True, slots=True)
class Owner:
    """Who holds a lock."""

    pid: int
    host: str
    since: str
    token: str


def lock_project(folder: Path, files: Iterable[Path] = ()) -> ProjectLock | None:
    """Take the lock of a project folder that may be written to.

    Parameters
    ----------
    folder : Path
        The project folder.
    files : iterable of Path
        Files in it that must be writable too, where they exist.

    Returns
    -------
    ProjectLock or None
        None if the folder or one of the files may only be read, or the disk has no
        room even for a lock.

    Raises
    ------
    ProjectInUse
        If another window has the project open.
    FileNotReadable
        If the drive refuses for another reason.
    """
    places = (folder, *(path for path in files if path.exists()))
    if not all(os.access(path, os.W_OK) for path in places):
        return None
    try:
        return ProjectLock(folder)
    except OSError as error:
        if error.errno in _CANNOT_WRITE:
            return None
        raise FileNotReadable(
            f"The project in {folder} cannot be locked ({error.strerror}).",
            "Check the drive, or copy the project to another one.",
        ) from error


class ProjectLock:
    """The lock of one project folder, held from the start.

    Parameters
    ----------
    folder : Path
        The project folder.

    Raises
    ------
    ProjectInUse
        If another window has the project open.
    OSError
        If the folder may not be written to.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._token = ""
        self._handle = -1
        self._renewed = 0.0
        self._home = presence.look_up(folder)
        self._take()

    def check(self) -> None:
        """Make sure that the lock is still ours, and renew it.

        Raises
        ------
        ProjectInUse
            If the project was opened elsewhere, after somebody deleted the lock or
            left this window untouched on a network drive for more than a day.
        ProjectGone
            If the folder was moved or removed, or its disk taken out; the lock is
            then held on, for when it comes back.
        OutputNotWritable
            If the lock is gone and cannot be taken again.
        """
        folder = self._path.parent
        presence.require_folder(folder, self._home, NAMES)
        owner = _read(self._path)
        if owner is None or not presence.is_same_file(self._handle, self._path):
            # Deleted by hand or by a program that tidies up, or the folder was put
            # back from a copy.
            self._drop()
            try:
                self._take()
            except OSError as error:
                if error.errno in _MISSING:
                    raise presence.gone(folder) from error
                raise _not_locked(folder, error) from error
            self._home = presence.look_up(folder)
        elif owner.token != self._token:
            raise _in_use(owner)
        elif time.monotonic() - self._renewed > _RENEW_S:
            with contextlib.suppress(OSError):
                os.utime(self._path)
            self._renewed = time.monotonic()

    def release(self) -> None:
        """Let go of the lock; the empty file stays, which is safer than a race."""
        if self._handle >= 0:
            owner = _read(self._path)
            if owner is not None and owner.token == self._token:
                with contextlib.suppress(OSError):
                    os.ftruncate(self._handle, 0)
            self._drop()

    def _take(self) -> None:
        handle = os.open(self._path, _FLAGS, 0o666)
        try:
            outcome = _lock(handle)
            owner = _read(self._path)
            if outcome == "held":
                raise _in_use(owner)
            if owner is None or owner.token == self._token:
                pass  # nobody's, or what we wrote before the folder was copied back
            elif _is_believed(owner, outcome, self._path):
                raise _in_use(owner)
            token = uuid.uuid4().hex
            # On a full disk the lock holds, but does not say whose it is.
            with contextlib.suppress(OSError):
                os.ftruncate(handle, 0)
                os.lseek(handle, 0, os.SEEK_SET)
                os.write(handle, _content(token))
        except BaseException:
            os.close(handle)
            raise
        self._handle = handle
        self._token = token
        self._renewed = time.monotonic()

    def _drop(self) -> None:
        if self._handle < 0:
            return
        with contextlib.suppress(OSError):
            os.close(self._handle)
        self._handle = -1


def _lock(handle: int) -> Outcome:
    """Ask the operating system for the lock of an open file, without waiting."""
    try:
        if sys.platform == "win32":
            os.lseek(handle, _FAR, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return "held" if error.errno in _HELD else "unsupported"
    return "taken"


def _is_believed(owner: Owner, outcome: Outcome, path: Path) -> bool:
    """Whether the one named in a lock may still be at work."""
    if owner.host == platform.node():
        # On a local disk the operating system knows best: had the owner lived, the
        # lock would not be ours.
        return outcome == "unsupported" and is_running(owner.pid)
    try:
        age = time.time() - path.stat().st_mtime
    except OSError:
        return False
    return age < STALE_S


def _content(token: str) -> bytes:
    owner = {
        "pid": os.getpid(),
        "host": platform.node(),
        "since": time.strftime("%Y-%m-%d %H:%M"),
        "token": token,
    }
    return json.dumps(owner).encode() + b"\n"


def _read(path: Path) -> Owner | None:
    """Return who holds a lock, or None where the file does not say."""
    try:
        data = json.loads(path.read_bytes())
        return Owner(
            int(data["pid"]),
            str(data["host"]),
            str(data["since"]),
            str(data["token"]),
        )
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None


def _not_locked(folder: Path, error: OSError) -> OutputNotWritable:
    """Return the error for a drive that refuses the lock of an open project."""
    return OutputNotWritable(
        f"Your last change could not be kept, because {folder} does not let the "
        f"program write its file “{NAME}” ({error.strerror or error}).",
        "Make the folder writable again or check the drive, or save a copy of the "
        "project in another folder.",
    )


def _in_use(owner: Owner | None) -> ProjectInUse:
    """Return the error that says where a project is open."""
    if owner is None:
        return ProjectInUse(
            "This project is already open in another window.",
            "Go on in that window, or close it there first.",
        )
    if owner.host == platform.node():
        return ProjectInUse(
            f"This project is already open in another window, since {owner.since}.",
            "Go on in that window, or close it there first.",
        )
    return ProjectInUse(
        f"This project is open on the computer “{owner.host}”, since {owner.since}.",
        "Close it there first; if it is surely not open there, delete the file "
        f"“{NAME}” in the project folder and open it again.",
    )
