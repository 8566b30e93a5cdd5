"""Corrections that are suggested for a word; nothing here replaces one.

They come from the collection's words and from `autocorrect`, a speller that knows
common words. It is given its word counts here, as it fetches them otherwise.
"""

from __future__ import annotations

import functools
import importlib.resources
import json
import logging
import tarfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import autocorrect
import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from hwocr_desktop.core.document.document import Character
from hwocr_desktop.core.document.doubt import judged_words
from hwocr_desktop.core.progress import CancelToken
from hwocr_desktop.core.text.words import (
    APOSTROPHES,
    find_runs,
    find_words,
    true_words,
)

log = logging.getLogger(__name__)

SpellerLanguage = Literal["en"]
"""Languages whose words are installed with the program."""

Collected = Literal["checked", "list"]
"""Where the collection's words are from: checked lines, or the project's word list."""

SHORTEST = 3
"""Letters of a word below which everything is near to everything."""

LEAST_KNOWN = 0.6
"""Share of the longer words of a text that a speller knows if it is in its language."""

LONGER = 4
"""Letters of words that tell a language: shorter ones are known to many."""

_Bits = npt.NDArray[np.uint64]

_ENTRY = "word_count.json"

_AT_ONCE = 1000
"""Words of a list that are taken in before others have their turn."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A word that may have been meant.

    Attributes
    ----------
    start, end : int
        Which characters of the reading, end exclusive.
    text : str
        What is suggested.
    source : "checked", "list" or "speller"
        The collection's words, or `autocorrect`.
    """

    start: int
    end: int
    text: str
    source: Literal[Collected, "speller"]


@dataclass(frozen=True, slots=True)
class SuggestionScore:
    """How many suggestions were given and how many of them are what stands there.

    Attributes
    ----------
    given : int
        All suggestions.
    right : int
        Those that are the true word.
    on_wrong : int
        Those for a word that was indeed misread.
    """

    given: int = 0
    right: int = 0
    on_wrong: int = 0

    @property
    def share_right(self) -> float:
        """Share of the suggestions that are right, 0..1; 0 where there are none."""
        return self.right / self.given if self.given else 0.0

    def __add__(self, other: SuggestionScore) -> SuggestionScore:
        return SuggestionScore(
            self.given + other.given,
            self.right + other.right,
            self.on_wrong + other.on_wrong,
        )


class KnownWords:
    """Words among which those near to another are found at once, a million of them too.

    A word is found as it was written, with a capital first letter, and in capitals, as
    in a `Lexicon`.

    Parameters
    ----------
    entries : iterable of str
        Words and names; those of several words count as several.
    cancel : CancelToken, optional

    Raises
    ------
    Cancelled
        If cancelled.
    """

    def __init__(
        self, entries: Iterable[str] = (), *, cancel: CancelToken | None = None
    ) -> None:
        words: list[str] = []
        found: set[str] = set()
        for number, entry in enumerate(entries):
            if cancel is not None and number % _AT_ONCE == 0:
                cancel.check()
            # Most are single words, and there may be many of them.
            spans = [(0, len(entry))] if entry.isalpha() else bare_words(entry)
            for start, end in spans:
                word = entry[start:end]
                if end - start >= SHORTEST and word not in found:
                    found.add(word)
                    words.append(word)
        # Neither sorted nor taken at once: that would hold up all other threads.
        self._words = words
        self._lengths = np.zeros(len(words), np.int64)
        self._letters, self._pairs = np.zeros((2, len(words)), np.uint64)
        for first in range(0, len(words), _AT_ONCE):
            part = slice(first, first + _AT_ONCE)
            lengths, letters, pairs = _spelling(words[part])
            self._lengths[part] = lengths
            self._letters[part], self._pairs[part] = letters, pairs

    def __len__(self) -> int:
        return len(self._words)

    def near(self, word: str, most: int) -> tuple[str, int] | None:
        """Return the word that is nearest to another, and by how many changes.

        Parameters
        ----------
        word : str
        most : int
            Characters changed, put in or left out at most.

        Returns
        -------
        (word, changes) or None
            0 changes if the word is known, in whatever capitals. None if none is near.
        """
        folded = word.lower()
        close = self._perhaps_near(folded, most)
        small = [one.lower() for one in close]
        if folded in small:
            return word, 0
        near = process.extract(
            folded, small, scorer=Levenshtein.distance, score_cutoff=most, limit=None
        )
        found = [
            (Levenshtein.distance(word, form), form)
            for _, _, place in near
            for form in _forms(close[place])
        ]
        # Which of two comes first must not depend on the order of the words.
        changes, nearest = min(found, default=(most + 1, ""))
        return (nearest, changes) if changes <= most else None

    def _perhaps_near(self, word: str, most: int) -> list[str]:
        """Leave out the words that cannot be near, by lengths, letters and pairs.

        A change takes one letter away at most and brings one, and so it does with two
        pairs of letters. Of a million words some hundreds or thousands are left.
        """
        length, letters, pairs = (one[0] for one in _spelling([word]))
        is_near = np.abs(self._lengths - length) <= most
        is_near &= np.bitwise_count(self._letters ^ letters) <= 2 * most
        places = np.flatnonzero(is_near)
        other_pairs = np.bitwise_count(self._pairs[places] ^ pairs)
        return [self._words[i] for i in places[other_pairs <= 4 * most].tolist()]


def _forms(word: str) -> tuple[str, str, str]:
    return word, word[0].upper() + word[1:], word.upper()


def _spelling(words: Sequence[str]) -> tuple[npt.NDArray[np.int64], _Bits, _Bits]:
    """Return of each word its length, its letters, and its pairs of letters.

    Parameters
    ----------
    words : sequence of str
        None is empty. Capitals count as small letters.

    Returns
    -------
    lengths : (n,) int64
    letters, pairs : (n,) uint64
        A bit for each that is there; some share one.
    """
    small = [word.lower() for word in words]
    lengths = np.array([len(word) for word in small], np.int64)
    ends = np.cumsum(lengths)
    data = "".join(small).encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(data, np.uint32).astype(np.uint64)
    pairs = _bits(37 * codes + np.roll(codes, -1))
    pairs[ends - 1] = 0  # of a word's end and the beginning of the next
    starts = ends - lengths
    return (
        lengths,
        np.bitwise_or.reduceat(_bits(codes), starts),
        np.bitwise_or.reduceat(pairs, starts),
    )


def _bits(numbers: _Bits) -> _Bits:
    places = numbers & np.uint64(63)
    bits: _Bits = np.left_shift(np.ones_like(places), places)
    return bits


class Suggester:
    """Finds suggestions for words that are not known.

    Parameters
    ----------
    collected : mapping of "checked" or "list" to KnownWords
        The collection's words. Of those equally near the first are suggested.
    language : "en" or None
        Of the speller; None for none.
    """

    def __init__(
        self,
        collected: Mapping[Collected, KnownWords] | None = None,
        language: SpellerLanguage | None = "en",
    ) -> None:
        self._collected = dict(collected or {})
        self._common = speller_words(language) if language else {}
        # Two typos a word would be tried in seconds, not in milliseconds.
        self._speller = (
            autocorrect.Speller(language, nlp_data=self._common, fast=True)
            if language
            else None
        )

    def suggest(self, text: str) -> tuple[Suggestion, ...]:
        """Return one suggestion at most for each word of a text.

        A word is left alone if it is short or known. The collection's words come before
        the speller's. How sure the model was of a word says nothing here: whoever asks
        for another word doubts it.
        """
        return tuple(
            found
            for start, end in bare_words(text)
            if (found := self._suggestion(text, start, end)) is not None
        )

    def _suggestion(self, text: str, start: int, end: int) -> Suggestion | None:
        word = text[start:end]
        if len(word) < SHORTEST or word.lower() in self._common:
            return None
        most = 1 if len(word) < 6 else 2
        near = [
            (changes, Suggestion(start, end, found, source))
            for source, words in self._collected.items()
            for found, changes in [words.near(word, most) or ("", most + 1)]
            if changes <= most
        ]
        if near:
            changes, nearest = min(near, key=lambda one: one[0])
            return nearest if changes else None
        if self._speller is None:
            return None
        spelled = str(self._speller.autocorrect_word(word))
        if spelled == word:
            return None
        return Suggestion(start, end, spelled, "speller")


def measure_suggestions(
    suggester: Suggester,
    lines: Iterable[tuple[Sequence[Character], str]],
    threshold: float,
) -> SuggestionScore:
    """Return how many suggestions for marked words are right, where the text is known.

    Parameters
    ----------
    suggester : Suggester
    lines : iterable of (characters, truth)
        Readings, and what stands there.
    threshold : float
        Words are marked that are right with less probability, 0..1; see `Doubt`.
        Others count neither for nor against: hardly anybody asks about them.
    """
    score = SuggestionScore()
    for characters, truth in lines:
        read = "".join(c.text for c in characters)
        right_words = true_words(read, truth, bare_words)
        judged = judged_words(read, [c.confidence for c in characters], truth)
        for (first, last), (seemed, _) in zip(find_runs(read), judged, strict=True):
            if seemed >= threshold:
                continue
            for suggestion in suggester.suggest(read[first:last]):
                span = first + suggestion.start, first + suggestion.end
                right = right_words.get(span, "")
                score += SuggestionScore(
                    1, suggestion.text == right, read[slice(*span)] != right
                )
    return score


def bare_words(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each word without the quotes around it."""
    for start, end in find_words(text):
        while start < end and text[start] in APOSTROPHES:
            start += 1
        while end > start and text[end - 1] in APOSTROPHES:
            end -= 1
        if start < end:
            yield start, end


def is_in_language(text: str, language: SpellerLanguage) -> bool:
    """Return whether a text is in the language of a speller, as far as it knows words.

    Misread words count against it, so that a bad reading gets no suggestions either.
    """
    longer = [text[a:b] for a, b in bare_words(text) if b - a >= LONGER]
    common = speller_words(language)
    known = sum(word.lower() in common for word in longer)
    return known > 0 and known >= LEAST_KNOWN * len(longer)


def is_speller_ready(language: SpellerLanguage) -> bool:
    """Return whether the speller's words are at hand, so that asking costs no wait."""
    return speller_words.cache_info().currsize > 0


@functools.cache
def speller_words(language: SpellerLanguage) -> dict[str, int]:
    """Return the speller's word counts, from the files installed with it.

    Nothing is ever fetched: where the file is missing or damaged there are no words,
    and so no suggestions of the speller.
    """
    data = importlib.resources.files("autocorrect") / "data" / f"{language}.tar.gz"
    try:
        with data.open("rb") as file, tarfile.open(fileobj=file) as archive:
            entry = archive.extractfile(_ENTRY)
            if entry is None:
                return {}
            counts = json.load(entry)
        return {str(word): int(count) for word, count in counts.items()}
    except (OSError, EOFError, KeyError, ValueError, AttributeError, tarfile.TarError):
        log.warning("the words of the speller cannot be read", exc_info=True)
        return {}
