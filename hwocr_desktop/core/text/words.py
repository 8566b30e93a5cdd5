"""Words: where they begin and end, and how often each was seen, alone and in pairs."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from rapidfuzz.distance import Levenshtein

APOSTROPHES = "'\u2019"


def is_of_word(character: str) -> bool:
    """Return whether a character is part of a word: a letter, mark or apostrophe."""
    return (
        character.isalpha()
        or character in APOSTROPHES
        or unicodedata.category(character) == "Mn"
    )


def fold(word: str) -> str:
    """Return the form under which a word is counted: small letters, no quotes."""
    return word.strip(APOSTROPHES).lower()


def find_words(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each run of word characters in a text."""
    start = None
    for i, character in enumerate(text + " "):
        if is_of_word(character):
            start = i if start is None else start
        elif start is not None:
            yield start, i
            start = None


def find_runs(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each run of characters without white space."""
    for run in re.finditer(r"\S+", text):
        yield run.span()


def true_words(
    read: str,
    truth: str,
    find: Callable[[str], Iterator[tuple[int, int]]] = find_words,
) -> dict[tuple[int, int], str]:
    """Return the true word for each word of a reading that has one, by its place.

    Parameters
    ----------
    read, truth : str
    find : callable
        Yields start and end of each word of a text.
    """
    there = list(find(read))
    words = [read[slice(*span)] for span in there]
    true = [truth[slice(*span)] for span in find(truth)]
    found = {}
    for step in Levenshtein.opcodes(words, true):
        if step.tag in ("equal", "replace"):
            for i in range(step.src_end - step.src_start):
                found[there[step.src_start + i]] = true[step.dest_start + i]
    return found


class WordCounts:
    """How often words were seen, alone and after the word before them.

    Parameters
    ----------
    single : mapping of str to int, > 0
        Folded words.
    pairs : mapping of (str, str) to int, > 0
        Word before, word; only spaces stood between.
    """

    def __init__(
        self, single: Mapping[str, int], pairs: Mapping[tuple[str, str], int]
    ) -> None:
        self.single, self.pairs = dict(single), dict(pairs)
        self.total = sum(self.single.values())
        after: Counter[str] = Counter()
        kinds: Counter[str] = Counter()
        for (before, _), count in self.pairs.items():
            after[before] += count
            kinds[before] += 1
        self._after, self._kinds = dict(after), dict(kinds)

    def __contains__(self, word: str) -> bool:
        return fold(word) in self.single

    def log_prob(self, word: str, before: str, spelled: float) -> float:
        """Return the log-probability of a word after another.

        Parameters
        ----------
        word, before : str
            As they stand; before is "" where there is none.
        spelled : float
            Log-probability of the word's letters. It is taken where words give out:
            counts are interpolated with it after Witten and Bell (1991, DOI
            10.1109/18.87000).
        """
        word, before = fold(word), fold(before)
        kinds = len(self.single)
        alone = self.single.get(word, 0) + (kinds or 1) * math.exp(spelled)
        alone /= self.total + (kinds or 1)
        kinds = self._kinds.get(before, 0)
        if not kinds:
            return math.log(alone)
        seen = self.pairs.get((before, word), 0)
        return math.log((seen + kinds * alone) / (self._after[before] + kinds))


def count_words(text: str) -> WordCounts:
    """Count the words of a text and the pairs with only white space between."""
    single: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    before, end = "", 0
    for start, stop in find_words(text):
        word = fold(text[start:stop])
        if not word:
            continue
        single[word] += 1
        if before and text[end:start].isspace():
            pairs[before, word] += 1
        before, end = word, stop
    return WordCounts(single, pairs)
