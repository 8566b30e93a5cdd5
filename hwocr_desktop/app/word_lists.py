"""Lists of words: kept in the project folder, opened to read a page. No Qt."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import re
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path

from hwocr_desktop.app import pipeline
from hwocr_desktop.app.pipeline import ReadRequest, ReadResult
from hwocr_desktop.core.atomic import write_bytes
from hwocr_desktop.core.errors import FileNotReadable, HwocrError
from hwocr_desktop.core.progress import CancelToken, Progress, Report
from hwocr_desktop.core.text.lexicon import (
    LeftOutEntry,
    Lexicon,
    LexiconUse,
    ListRead,
    read_entries,
    read_list,
)

log = logging.getLogger(__name__)

# Not in file names of every system, or no text at all.
_NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f\ud800-\udfff]')
_MARK = re.compile(r"-[0-9a-f]{8}$")
_LONGEST_TITLE = 60


@dataclass(frozen=True, slots=True)
class WordList:
    """A list of words in a project folder.

    Attributes
    ----------
    name : str
        Of its file.
    entries : int
        Words and names in it.
    lines, left_out : int
        Lines of the file it was read from, and how many of them are no entry.
    first_left_out : tuple of LeftOutEntry
        Some of these, each with its reason.
    """

    name: str
    entries: int
    # The same list may be read from files with more lines and with fewer.
    lines: int = field(default=0, compare=False)
    left_out: int = field(default=0, compare=False)
    first_left_out: tuple[LeftOutEntry, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class ListLeftOut:
    """Partial result: a page is read without its list, because of an error."""

    error: HwocrError


def title_of(name: str) -> str:
    """Return what the file of a list was called when it was chosen, without ending."""
    return _MARK.sub("", name.removesuffix(".txt"))


def take_in(
    path: Path, folder: Path, *, cancel: CancelToken, report: Report
) -> WordList:
    """Copy a list into a project folder, under a name that holds its checksum.

    So the lists chosen before stay there for Undo, and the project needs no file that
    lies elsewhere. Lines that are no entry are left out of the copy.

    Parameters
    ----------
    path : Path
        The list; UTF-8, one entry a line.
    folder : Path
        The project folder.

    Raises
    ------
    FileNotReadable, BadDocument
        If it is no list.
    OutputNotWritable
        If it cannot be copied.
    Cancelled
        If cancelled; nothing was copied then.
    """
    read = read_list(path, cancel=cancel)
    cancel.check()
    data = ("\n".join(read.entries) + "\n").encode()
    title = _NOT_IN_NAMES.sub(" ", title_of(path.stem))[:_LONGEST_TITLE].strip(" .")
    name = f"{title or 'words'}-{hashlib.sha256(data).hexdigest()[:8]}.txt"
    write_bytes(folder / name, data)
    log.info(
        "a list of %d entries was copied to the project, %d lines left out",
        len(read.entries),
        read.left_out,
    )
    return _list(name, read)


def count_entries(
    folder: Path, name: str, *, cancel: CancelToken, report: Report
) -> WordList:
    """Look how many entries a list of a project has.

    Raises
    ------
    FileNotReadable, BadDocument
        If it is gone, or a list no more.
    Cancelled
        If cancelled.
    """
    try:
        return _list(name, read_list(folder / name, cancel=cancel))
    except FileNotReadable as error:
        raise FileNotReadable(
            f"The word list “{title_of(name)}” cannot be found in the project folder.",
            "Choose it again, or use no list.",
        ) from error


def _list(name: str, read: ListRead) -> WordList:
    return WordList(
        name, len(read.entries), read.lines, read.left_out, read.first_left_out
    )


def read_page(
    request: ReadRequest,
    name: str,
    use: LexiconUse,
    *,
    cancel: CancelToken,
    report: Report,
) -> ReadResult:
    """Read a page with a list of its project, whatever way of reading was asked for.

    A list that cannot be used is told as a partial result, `ListLeftOut`, and the
    page is read without it.

    Parameters
    ----------
    request : ReadRequest
    name : str
        Of the list's file in the project folder; "" for none.
    use : "rerank" or "constrain"

    Raises
    ------
    HwocrError, Cancelled
        As for `pipeline.read_page`.
    """
    if name:
        report(Progress(0, 0, "opening"))
        try:
            lexicon = _last.lexicon(request.folder / name, use, cancel)
        except HwocrError as error:
            log.warning("the list of words is left out: %s", error)
            report(Progress(0, 0, "opening", ListLeftOut(_left_out(name, error))))
        else:
            request = replace(request, lexicon=lexicon, decoder="word-beam")
    return pipeline.read_page(request, cancel=cancel, report=report)


def _left_out(name: str, error: HwocrError) -> HwocrError:
    """Say that reading goes on without a list, and why."""
    if isinstance(error, FileNotReadable):
        return FileNotReadable(
            f"The word list “{title_of(name)}” cannot be found in the project folder, "
            "so pages are read without it.",
            "Choose it again with Word list in the menu Page, and read again.",
        )
    return type(error)(
        f"{error.message} Pages are read without the list.",
        "Choose it again with Word list in the menu Page, and read again.",
    )


class _LastList:
    """The list that was used last: the next page needs the very same."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._key: tuple[object, ...] = ()
        self._lexicon: Lexicon | None = None

    def lexicon(self, path: Path, use: LexiconUse, cancel: CancelToken) -> Lexicon:
        """Open a list, unless it is open and its file as it was."""
        with self._lock:
            key: tuple[object, ...] = (path, use)
            with contextlib.suppress(OSError):  # reading says what is wrong
                status = path.stat()
                key = (*key, status.st_mtime_ns, status.st_size)
            if self._lexicon is None or key != self._key:
                self._lexicon = None
                self._lexicon = Lexicon(read_entries(path, cancel=cancel), use)
                self._key = key
            return self._lexicon


_last = _LastList()
