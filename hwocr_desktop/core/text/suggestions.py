"""Corrections that are suggested for doubtful words; nothing here replaces a word.

They come from a list of the collection's words and from `autocorrect`, a speller that
knows common words. It is given its word counts here, as it fetches them otherwise.
"""

from __future__ import annotations

import functools
import importlib.resources
import json
import logging
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import autocorrect
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from hwocr_desktop.core.document.document import Character
from hwocr_desktop.core.text.words import APOSTROPHES, find_words, true_words

log = logging.getLogger(__name__)

SpellerLanguage = Literal["en"]
"""Languages whose words are installed with the program."""

DOUBT = 0.6
"""Words with a character less sure than this get suggestions, if they are not known."""

SHORTEST = 3
"""Letters of a word below which everything is near to everything."""

LEAST_KNOWN = 0.6
"""Share of the longer words of a text that a speller knows if it is in its language."""

LONGER = 4
"""Letters of words that tell a language: shorter ones are known to many."""

_ENTRY = "word_count.json"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A word that may have been meant.

    Attributes
    ----------
    start, end : int
        Which characters of the reading, end exclusive.
    text : str
        What is suggested.
    source : "list" or "speller"
        The collection's words, or `autocorrect`.
    """

    start: int
    end: int
    text: str
    source: Literal["list", "speller"]


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


class Suggester:
    """Finds suggestions for doubtful words.

    Parameters
    ----------
    words : iterable of str
        The collection's words and names; those of several words count as several.
    language : "en" or None
        Of the speller; None for none.
    doubt : float
        Confidence below which a character makes its word doubtful, 0..1.
    """

    def __init__(
        self,
        words: Iterable[str] = (),
        language: SpellerLanguage | None = "en",
        doubt: float = DOUBT,
    ) -> None:
        parts: set[str] = set()
        for entry in words:
            # Most are single words, and there may be many of them.
            if entry.isalpha():
                parts.add(entry)
            else:
                parts.update(entry[a:b] for a, b in find_words(entry))
        self._listed = sorted(
            word for part in parts if len(word := part.strip(APOSTROPHES)) >= SHORTEST
        )
        self._known = {word.lower() for word in self._listed}
        self._common = speller_words(language) if language else {}
        # Two typos a word would be tried in seconds, not in milliseconds.
        self._speller = (
            autocorrect.Speller(language, nlp_data=self._common, fast=True)
            if language
            else None
        )
        self.doubt = doubt

    def suggest(self, characters: Sequence[Character]) -> tuple[Suggestion, ...]:
        """Return one suggestion at most for each doubtful word of a reading.

        A word is left alone if it is short, is known to list or speller, or has no
        doubtful character. The list comes before the speller.
        """
        text = "".join(c.text for c in characters)
        return tuple(
            found
            for start, end in bare_words(text)
            if min(c.confidence for c in characters[start:end]) < self.doubt
            and (found := self._suggestion(text, start, end)) is not None
        )

    def _suggestion(self, text: str, start: int, end: int) -> Suggestion | None:
        word = text[start:end]
        if len(word) < SHORTEST or self._is_known(word):
            return None
        most = 1 if len(word) < 6 else 2
        near = process.extractOne(
            word, self._listed, scorer=Levenshtein.distance, score_cutoff=most
        )
        if near is not None:
            return Suggestion(start, end, near[0], "list")
        if self._speller is None:
            return None
        spelled = str(self._speller.autocorrect_word(word))
        if spelled == word:
            return None
        return Suggestion(start, end, spelled, "speller")

    def _is_known(self, word: str) -> bool:
        return word.lower() in self._known or word.lower() in self._common


def measure_suggestions(
    suggester: Suggester,
    lines: Iterable[tuple[Sequence[Character], str]],
) -> SuggestionScore:
    """Return how many suggestions are right on lines whose text is known.

    Parameters
    ----------
    suggester : Suggester
    lines : iterable of (characters, truth)
        Readings, and what stands there.
    """
    score = SuggestionScore()
    for characters, truth in lines:
        read = "".join(c.text for c in characters)
        right_words = true_words(read, truth, bare_words)
        for suggestion in suggester.suggest(characters):
            span = suggestion.start, suggestion.end
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
