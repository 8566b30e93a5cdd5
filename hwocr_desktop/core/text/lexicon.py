"""Lists of words, names or places that readings are held against."""

from __future__ import annotations

import io
import logging
import math
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from hwocr_desktop.core.errors import BadDocument
from hwocr_desktop.core.progress import CancelToken
from hwocr_desktop.core.text.text_metrics import normalize
from hwocr_desktop.core.text.words import APOSTROPHES, find_words
from hwocr_desktop.core.text_files import read_text

log = logging.getLogger(__name__)

LexiconUse = Literal["rerank", "constrain"]
LEXICON_USES: tuple[LexiconUse, ...] = ("rerank", "constrain")

BONUS = 2.0
"""What a word of the list is preferred by, in nats."""

MAX_ENTRIES = 1_000_000
MAX_LENGTH = 200

MOST_NAMED = 3
"""Lines of a list that are left out and named one by one."""

_CHECK_EVERY = 1000
"""Lines of a list after which is asked whether to go on."""


class Lexicon:
    """The words of a list, and how they count.

    A name of several words counts as its words. A word is found as it is written in
    the list, with a capital first letter, and in capitals. The words are looked for
    when they are first asked after, and a list is pickled as one text: another
    process that decodes with it costs this one nothing.

    Parameters
    ----------
    entries : iterable of str
        Names, places, words; none with a line break in it.
    use : "rerank" or "constrain"
        Whether words of the list are preferred, or letters must spell words of the
        list. Digits and other signs are free in both.
    bonus : float
        What reranking prefers them by, in nats, >= 0.
    """

    def __init__(
        self,
        entries: Iterable[str],
        use: LexiconUse = "rerank",
        bonus: float = BONUS,
    ) -> None:
        self.use, self.bonus = use, bonus
        self._text = "\n".join(map(normalize, entries))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Lexicon):
            return NotImplemented
        return (self.use, self.bonus, self._text) == (
            other.use,
            other.bonus,
            other._text,
        )

    def __hash__(self) -> int:
        return hash((self.use, self.bonus, self._text))

    def __reduce__(self) -> tuple[object, ...]:
        return Lexicon, ((self._text,), self.use, self.bonus)

    @cached_property
    def words(self) -> frozenset[str]:
        """The words in all ways in which they are found."""
        found: set[str] = set()
        # A line break is of no word.
        for start, end in find_words(self._text):
            word = self._text[start:end].strip(APOSTROPHES)
            if word:
                found |= {word, word[0].upper() + word[1:], word.upper()}
        return frozenset(found)

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.words)

    def __contains__(self, word: str) -> bool:
        return word.strip(APOSTROPHES) in self.words

    def may_begin(self, word: str) -> bool:
        """Return whether a word that begins like this is allowed."""
        if self.use == "rerank":
            return True
        word = word.lstrip(APOSTROPHES)
        # What begins like this stands together, and the word itself would be first.
        place = bisect_left(self._sorted, word)
        if place < len(self._sorted) and self._sorted[place].startswith(word):
            return True
        return word[-1:] in APOSTROPHES and word.strip(APOSTROPHES) in self.words

    def weight(self, word: str) -> float:
        """Return what a whole word is preferred by, in nats; -inf forbids it."""
        if word in self:
            return self.bonus if self.use == "rerank" else 0.0
        return 0.0 if self.use == "rerank" else -math.inf


EntryFault = Literal["letters", "length", "signs"]
"""Why a line is no entry: it holds no letters, is too long, or cannot be shown."""


@dataclass(frozen=True, slots=True)
class LeftOutEntry:
    """A line of a list that is no word or name.

    Attributes
    ----------
    line : int
        Its number in the file, from 1.
    text : str
        What stands there; "" if it cannot be shown or is too long to be.
    fault : "letters", "length" or "signs"
    """

    line: int
    text: str
    fault: EntryFault


@dataclass(frozen=True, slots=True)
class ListRead:
    """What was read of a list.

    Attributes
    ----------
    entries : tuple of str
        Each once, in the order of the file; at least one.
    lines : int
        Lines of the file that are not empty.
    left_out : int
        How many of them are no entry.
    first_left_out : tuple of LeftOutEntry
        The first `MOST_NAMED` of these.
    """

    entries: tuple[str, ...]
    lines: int
    left_out: int = 0
    first_left_out: tuple[LeftOutEntry, ...] = ()


def read_list(path: Path, *, cancel: CancelToken | None = None) -> ListRead:
    """Read a list: UTF-8, one entry a line; empty lines and repeats are passed over.

    Raises
    ------
    FileNotReadable
        If the file is missing, a folder, or may not be read.
    BadDocument
        If it is no text in UTF-8, or no line is an entry, or there are too many.
    Cancelled
        If cancelled.
    """
    entries: dict[str, None] = {}
    lines = left_out = 0
    named: list[LeftOutEntry] = []
    # All ends of lines there are, and one line at a time: splitting the text at once
    # would hold up every other thread.
    for number, line in enumerate(io.StringIO(read_text(path)), 1):
        if cancel is not None and number % _CHECK_EVERY == 0:
            cancel.check()
        entry = normalize(line.strip())
        if not entry:
            continue
        lines += 1
        fault = _fault(entry)
        if fault is not None:
            left_out += 1
            if len(named) < MOST_NAMED:
                text = entry if fault == "letters" else ""
                named.append(LeftOutEntry(number, text, fault))
            continue
        entries[entry] = None
        if len(entries) > MAX_ENTRIES:
            raise BadDocument(
                f"The list “{path.name}” has more than {MAX_ENTRIES} entries.",
                "Use a shorter list: only what the pages can hold.",
            )
    if not lines:
        raise BadDocument(
            f"The list “{path.name}” is empty.", "Write one word or name a line."
        )
    if not entries:
        raise BadDocument(
            f"The list “{path.name}” holds no words or names.",
            f"Write one a line, with letters and at most {MAX_LENGTH} characters.",
        )
    return ListRead(tuple(entries), lines, left_out, tuple(named))


def read_entries(path: Path, *, cancel: CancelToken | None = None) -> tuple[str, ...]:
    """Return the entries of a list as `read_list` does; log what is left out.

    Raises
    ------
    FileNotReadable, BadDocument, Cancelled
        See `read_list`.
    """
    read = read_list(path, cancel=cancel)
    if read.left_out:
        log.warning("%s", _told(path.name, read))
    return read.entries


def _fault(entry: str) -> EntryFault | None:
    if len(entry) > MAX_LENGTH:
        return "length"
    if not entry.isprintable():
        return "signs"
    # An apostrophe or a mark alone spells nothing.
    return None if any(c.isalpha() for c in entry) else "letters"


_FAULTS: dict[EntryFault, str] = {
    "letters": "holds no letters",
    "length": f"has more than {MAX_LENGTH} characters",
    "signs": "holds characters that cannot be shown",
}


def _told(name: str, read: ListRead) -> str:
    """Say what is left out; not what stands there, which is not for the log."""
    reasons = [f"line {one.line} {_FAULTS[one.fault]}" for one in read.first_left_out]
    more = "; …" if read.left_out > len(reasons) else ""
    is_are = "is" if read.left_out == 1 else "are"
    return (
        f"{read.left_out:,} of {read.lines:,} lines of the list “{name}” {is_are} left "
        f"out: {'; '.join(reasons)}{more}"
    )
