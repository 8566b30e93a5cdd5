"""Lists of words, names or places that readings are held against."""

from __future__ import annotations

import io
import math
from bisect import bisect_left
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Literal

from hwocr_desktop.core.errors import BadDocument
from hwocr_desktop.core.progress import CancelToken
from hwocr_desktop.core.text.text_metrics import normalize
from hwocr_desktop.core.text.words import APOSTROPHES, find_words
from hwocr_desktop.core.text_files import read_text

LexiconUse = Literal["rerank", "constrain"]
LEXICON_USES: tuple[LexiconUse, ...] = ("rerank", "constrain")

BONUS = 2.0
"""What a word of the list is preferred by, in nats."""

MAX_ENTRIES = 1_000_000
MAX_LENGTH = 200

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


def read_entries(path: Path, *, cancel: CancelToken | None = None) -> tuple[str, ...]:
    """Read a list: UTF-8, one entry a line; empty lines and repeats are left out.

    Raises
    ------
    FileNotReadable
        If the file is missing, a folder, or may not be read.
    BadDocument
        If it is no text in UTF-8, or a line is no entry, or there is none.
    Cancelled
        If cancelled.
    """
    entries: dict[str, None] = {}
    # All ends of lines there are, and one line at a time: splitting the text at once
    # would hold up every other thread.
    for number, line in enumerate(io.StringIO(read_text(path)), 1):
        if cancel is not None and number % _CHECK_EVERY == 0:
            cancel.check()
        entry = normalize(line.strip())
        if not entry:
            continue
        if len(entry) > MAX_LENGTH or not entry.isprintable():
            raise BadDocument(
                f"Line {number} of the list “{path.name}” is not a word or name.",
                f"Write one entry a line, of {MAX_LENGTH} characters at most.",
            )
        if not any(True for _ in find_words(entry)):
            raise BadDocument(
                f"Line {number} of the list “{path.name}” holds no letters.",
                "Write one word or name a line.",
            )
        entries[entry] = None
        if len(entries) > MAX_ENTRIES:
            raise BadDocument(
                f"The list “{path.name}” has more than {MAX_ENTRIES} entries.",
                "Use a shorter list: only what the pages can hold.",
            )
    if not entries:
        raise BadDocument(
            f"The list “{path.name}” is empty.", "Write one word or name a line."
        )
    return tuple(entries)
