"""Which characters are read as which: a reading aligned with its truth.

Of the alignments with the fewest errors one is taken; where several would do, say for
one of two equal letters that is missing, which of them is called missing is arbitrary.
Characters are grapheme clusters, as for error rates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rapidfuzz.distance import Levenshtein

from hwocr_desktop.core.text.text_metrics import graphemes, is_joining, normalize

Pair = tuple[str, str]
"""A character of the reading and one of the truth; "" where there is none."""


@dataclass(frozen=True, slots=True)
class Confusion:
    """A character of the truth that was read as another, and how often.

    ``read`` is "" for a character that was left out, ``truth`` is "" for one that
    does not stand there.
    """

    truth: str
    read: str
    count: int


def aligned(read: str, truth: str) -> list[Pair]:
    """Lay a reading and its truth side by side with as few errors as can be.

    Parameters
    ----------
    read, truth : str

    Returns
    -------
    list of (str, str)
        Characters read and true, in order; equal, different, or one of them "".
    """
    return _laid_beside(graphemes(read), graphemes(truth))


def _laid_beside(ours: list[str], theirs: list[str]) -> list[Pair]:
    pairs: list[Pair] = []
    for step in Levenshtein.opcodes(ours, theirs):
        here = ours[step.src_start : step.src_end]
        there = theirs[step.dest_start : step.dest_end]
        # What is replaced is as long as what replaces it; else one side is empty.
        pairs += zip_longest(here, there, fillvalue="")
    return pairs


def count_confusions(pairs: Iterable[tuple[str, str]]) -> Counter[Pair]:
    """Count the errors of (reading, truth) pairs by what was read as what.

    Returns
    -------
    Counter of (str, str)
        Keys are pairs as in `aligned`; the sum of all counts is the number of errors
        that `cer` finds.
    """
    return Counter(
        pair
        for read, truth in pairs
        for pair in aligned(read, truth)
        if pair[0] != pair[1]
    )


def most_frequent(counts: Counter[Pair], most: int) -> tuple[Confusion, ...]:
    """Return the most frequent confusions first; equal ones in the order of code."""
    ranked = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0][::-1]))
    return tuple(Confusion(truth, read, n) for (read, truth), n in ranked[:most])


@dataclass(frozen=True, slots=True)
class ErrorKinds:
    """Errors by kind; their sum is the number of errors."""

    substitutions: int
    insertions: int
    deletions: int


def error_kinds(counts: Counter[Pair]) -> ErrorKinds:
    """Return how many characters were replaced, put in and left out."""
    added = sum(n for (_, truth), n in counts.items() if not truth)
    lost = sum(n for (read, _), n in counts.items() if not read)
    return ErrorKinds(counts.total() - added - lost, added, lost)


def right_characters(characters: Sequence[str], truth: str) -> tuple[bool, ...]:
    """Say of each character of a reading whether it is right.

    Parameters
    ----------
    characters : sequence of str
        Code points as a model wrote them; a mark stands with the letter before it,
        and both are right or neither is.
    truth : str

    Returns
    -------
    tuple of bool
        One for each of ``characters``: whether the alignment with the truth matches
        it with its equal.
    """
    letters: list[str] = []
    owners: list[int] = []
    for one in characters:
        if letters and is_joining(one[:1]):
            letters[-1] += one
        else:
            letters.append(one)
        owners.append(len(letters) - 1)
    pairs = _laid_beside([normalize(letter) for letter in letters], graphemes(truth))
    right = [read == true for read, true in pairs if read]
    return tuple(right[owner] for owner in owners)
