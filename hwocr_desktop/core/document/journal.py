"""The journal: every change on disk the moment it is made.

``journal.jsonl`` holds what happened since the project was last saved: a first record
that says on which project file it builds, then one record a change. Each record is a
row of JSON with a checksum, is written in one piece and forced to the disk. A crash
in the middle of writing can only harm the last row, and reading stops there.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import time
import uuid
import zlib
from dataclasses import dataclass
from pathlib import Path

from hwocr_desktop.core import atomic
from hwocr_desktop.core.document import presence
from hwocr_desktop.core.document.fields import Json
from hwocr_desktop.core.document.serial import SCHEMA, to_text
from hwocr_desktop.core.errors import OutputNotWritable

log = logging.getLogger(__name__)

NAME = "journal.jsonl"
_START = b'{"crc":"'
_MIDDLE = b'","entry":'
_BODY = len(_START) + 8 + len(_MIDDLE)
_FLAGS = os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class JournalContent:
    """What a journal on disk says.

    Attributes
    ----------
    id : str
        Random name of this journal, or "" where its first record is unreadable.
    base : str
        SHA-256 of the project file it builds on.
    schema : int
        Schema of the program that wrote it.
    entries : tuple of dict
        The readable changes: ``patch``, ``label`` and ``time``.
    ends : tuple of int
        Length of the file up to the end of the first record, and of each change.
    has_more : bool
        Whether something follows that cannot be read and is more than the torn last
        row of a crash.
    """

    id: str
    base: str
    schema: int
    entries: tuple[Json, ...]
    ends: tuple[int, ...]
    has_more: bool


def read_journal(path: Path) -> JournalContent | None:
    """Read a journal up to the first record that is torn or damaged.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    JournalContent or None
        None if there is no journal, or one without changes.

    Raises
    ------
    OSError
        If the file is there and cannot be read.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    if not data:
        return None
    records: list[Json] = []
    ends: list[int] = []
    start = 0
    while (stop := data.find(b"\n", start)) >= 0:
        record = _parse(data[start:stop])
        if record is None:
            break
        start = stop + 1
        records.append(record)
        ends.append(start)
    # A torn row has no end; one that has an end and is wrong was damaged later.
    has_more = b"\n" in data[start:]
    if not records or records[0].get("journal") != 1:
        return JournalContent("", "", 0, (), (), has_more=True)
    head, *entries = records
    if not entries and not has_more:
        return None
    return JournalContent(
        str(head.get("id", "")),
        str(head.get("base", "")),
        int(head.get("schema", 0)),
        tuple(entries),
        tuple(ends),
        has_more,
    )


class Journal:
    """The journal that is being written.

    Parameters
    ----------
    folder : Path
        The project folder.
    base : str
        SHA-256 of the project file on which the next change builds.
    """

    def __init__(self, folder: Path, base: str) -> None:
        self.path = folder / NAME
        self.id = ""
        self.entries = 0
        self._base = base
        self._size = 0
        self._handle: int | None = None

    def begin(self) -> None:
        """Make the file, before there is a change to write.

        Then the first change is kept as quickly as any other. If that cannot be, the
        first change tries again.
        """
        if not self.id:
            try:
                self._begin()
            except OutputNotWritable as error:
                log.warning("no journal yet: %s", error.message)

    def append(self, patch: Json, label: str, *, is_forced: bool = True) -> None:
        """Write one change down to the disk.

        Parameters
        ----------
        patch : dict
            The change, see `patch.diff`.
        label : str
            What was done, for a person who looks into the file.
        is_forced : bool
            Whether to wait until the disk has it. What is only handed to the system
            outlives this program, but not a power cut; `force` follows then.

        Raises
        ------
        OutputNotWritable
            If the disk is full or gone; the journal is then as it was before.
        """
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        row = _row({"label": label, "time": stamp, "patch": patch})
        before = self._size, self.entries
        try:
            if self.id:
                self._write(row)
                if is_forced:
                    self.force()
            else:
                self._begin(row)
        except OutputNotWritable as error:
            self._cut(*before)
            raise _not_kept(error.__cause__ or error) from error
        except OSError as error:
            self.close()
            self._cut(*before)
            raise _not_kept(error) from error

    def is_lost(self) -> bool:
        """Whether the file in the folder is not, or not whole, what was written."""
        if not self.id:
            return False
        if self._handle is not None and not presence.is_same_file(
            self._handle, self.path
        ):
            self.close()
        if self._handle is not None:
            return os.fstat(self._handle).st_size < self._size
        return not presence.has_kept(self.path, self.id.encode(), self._size)

    def force(self) -> None:
        """Wait until the disk has everything that was written.

        Raises
        ------
        OutputNotWritable
            If it refuses.
        """
        if self._handle is not None:
            try:
                os.fsync(self._handle)
            except OSError as error:
                self.close()
                raise _not_kept(error) from error

    def resume(self, content: JournalContent, entries: int) -> None:
        """Go on behind the first ``entries`` changes of a journal found on disk.

        What follows them in the file is cut off at the next change; whoever wants to
        keep it has copied it.
        """
        self.id = content.id
        self.entries = entries
        self._size = content.ends[entries]

    def clear(self, base: str) -> None:
        """Forget all changes, because a project file now contains them.

        Parameters
        ----------
        base : str
            SHA-256 of that file.
        """
        self.close()
        try:
            if self.is_lost() and self.path.exists():
                # It came with a folder that took the place of ours.
                move_aside(self.path)
            self.path.unlink(missing_ok=True)
        except (OSError, OutputNotWritable) as error:
            # The project file names the changes it contains, so none is made twice.
            log.warning("the journal cannot be removed: %s", error)
            return
        self.id = ""
        self.entries = 0
        self._base = base

    def finish(self) -> None:
        """Close the file for good; one without changes is removed."""
        self.close()
        if self.id and not self.entries and not self.is_lost():
            with contextlib.suppress(OSError):
                self.path.unlink()
            self.id = ""

    def close(self) -> None:
        """Close the file; the next change opens it again."""
        if self._handle is not None:
            with contextlib.suppress(OSError):
                os.close(self._handle)
            self._handle = None

    def _cut(self, size: int, entries: int) -> None:
        """Take back a row that failed; the next one would be written onto it."""
        self._size, self.entries = size, entries
        if self.id:
            # If this fails too, the next row does it.
            with contextlib.suppress(OSError):
                os.truncate(self.path, size)

    def _begin(self, row: bytes = b"") -> None:
        """Write a new journal, with its first change if there is one."""
        id_ = uuid.uuid4().hex
        head = _row({"journal": 1, "schema": SCHEMA, "id": id_, "base": self._base})
        atomic.write_bytes(self.path, head + row)
        self.id = id_
        self.entries = 1 if row else 0
        self._size = len(head) + len(row)

    def _write(self, row: bytes) -> None:
        if self._handle is None:
            self._handle = os.open(self.path, _FLAGS)
        if os.fstat(self._handle).st_size != self._size:
            # Half a row of a write that failed, or of a crash.
            os.ftruncate(self._handle, self._size)
        rest = row
        while rest:
            rest = rest[os.write(self._handle, rest) :]
        self._size += len(row)
        self.entries += 1


def move_aside(path: Path) -> Path:
    """Give a file a name that says when it was put aside.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    Path
        Where it is now, in the same folder.

    Raises
    ------
    OutputNotWritable
        If it cannot be renamed.
    """
    aside = free_name(path)
    try:
        path.rename(aside)
    except OSError as error:
        raise atomic.not_writable(aside, error) from error
    return aside


def free_name(path: Path) -> Path:
    """Return a name beside a file, with the time, that no file has."""
    stem = f"{path.stem}-{time.strftime('%Y%m%d-%H%M%S')}"
    aside = path.with_name(stem + path.suffix)
    number = 2
    while aside.exists():
        aside = path.with_name(f"{stem}-{number}{path.suffix}")
        number += 1
    return aside


def _not_kept(error: BaseException) -> OutputNotWritable:
    """Say that a change did not reach the disk."""
    reason = getattr(error, "strerror", None) or str(error)
    return OutputNotWritable(
        f"Your last change could not be written to the disk ({reason}).",
        "Free some space or check the drive; the change stays in this window and is "
        "written together with the next one.",
    )


def _row(entry: Json) -> bytes:
    body = to_text(entry).encode()
    return b"%s%08x%s%s}\n" % (_START, zlib.crc32(body), _MIDDLE, body)


def _parse(row: bytes) -> Json | None:
    """Return the entry of a row, or None where it is not whole."""
    body = row[_BODY:-1]
    if row != b"%s%08x%s%s}" % (_START, zlib.crc32(body), _MIDDLE, body):
        return None
    try:
        entry = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None
