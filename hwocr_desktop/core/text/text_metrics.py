"""How wrong a reading is: character and word error rates, micro-averaged.

Text is compared in NFC. Characters are grapheme clusters (a letter with its marks is
one character); words are what stands between white space. A rate is the sum of
errors over the sum of true characters (or words) of a set, never a mean of rates.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein


@dataclass(frozen=True, slots=True)
class ErrorRate:
    """Errors (substitutions, deletions, insertions) against a true length."""

    errors: int
    total: int

    @property
    def percent(self) -> float:
        """Errors per hundred; 0 for nothing against nothing, above 100 if need be."""
        if self.total == 0:
            return 0.0 if self.errors == 0 else 100.0
        return 100.0 * self.errors / self.total

    def __add__(self, other: ErrorRate) -> ErrorRate:
        return ErrorRate(self.errors + other.errors, self.total + other.total)


def normalize(text: str) -> str:
    """Return the text in NFC, the form in which everything is kept and compared."""
    return unicodedata.normalize("NFC", text)


def graphemes(text: str) -> list[str]:
    """Split NFC text into characters as a reader counts them.

    A combining mark (Unicode categories Mn, Mc, Me) or joiner belongs to the letter
    before it. This is the part of UAX #29 that matters in Latin manuscripts.
    """
    clusters: list[str] = []
    for c in normalize(text):
        if clusters and is_joining(c):
            clusters[-1] += c
        else:
            clusters.append(c)
    return clusters


def is_joining(code_point: str) -> bool:
    """Whether a code point belongs to the letter before it; see `graphemes`."""
    category = unicodedata.category(code_point)
    return category in ("Mn", "Mc", "Me") or code_point == "\u200d"


def edit_distance(a: Sequence[Hashable], b: Sequence[Hashable]) -> int:
    """Return the Levenshtein distance of two sequences."""
    return int(Levenshtein.distance(a, b))


def cer(pairs: Iterable[tuple[str, str]]) -> ErrorRate:
    """Return the character error rate of (read, truth) pairs."""
    return _rate((graphemes(read), graphemes(truth)) for read, truth in pairs)


def wer(pairs: Iterable[tuple[str, str]]) -> ErrorRate:
    """Return the word error rate of (read, truth) pairs."""
    return _rate(
        (normalize(read).split(), normalize(truth).split()) for read, truth in pairs
    )


def _rate(pairs: Iterable[tuple[list[str], list[str]]]) -> ErrorRate:
    errors = total = 0
    for read, truth in pairs:
        errors += edit_distance(read, truth)
        total += len(truth)
    return ErrorRate(errors, total)
