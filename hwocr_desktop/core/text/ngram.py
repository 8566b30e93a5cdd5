"""A character n-gram: how likely a character is after those before it.

Orders are interpolated after Kneser and Ney with the three discounts of Chen and
Goodman (1999, DOI 10.1006/csla.1999.0128): what stands behind a context counts a little
less than it was seen, and what is saved goes to the context shortened by one, where it
matters behind how many different characters something was seen, not how often. The
probabilities of all characters after a context, those never seen included, sum to one.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint64]
Counts = npt.NDArray[np.uint32]

BITS = 7
"""Of a symbol in a code; a 1 before the first symbol says how many there are."""

MAX_ORDER = 8
"""Characters of an n-gram: so many fit into 64 bits."""

MAX_SYMBOLS = 2**BITS - 1
"""Characters that are told apart; rarer ones count as unknown, symbol 0."""

EMPTY = 1
"""The code of no characters at all."""

_FIRST_PRUNED = 4
"""Shorter n-grams are few and are kept however rare they are."""


class CharacterNgram:
    """Probabilities of characters given the characters before them.

    Parameters
    ----------
    characters : str
        Those told apart, the one of symbol 1 first; all others are symbol 0.
    codes : sequence of (n_k,) uint64, sorted
        The n-grams of each order from 1: BITS a symbol below a leading 1.
    counts : sequence of (n_k,) uint32, > 0
        How often each of the longest was seen; of the others, behind how many
        different characters.

    Raises
    ------
    ValueError
        If codes and counts do not fit together: orders out of 1..MAX_ORDER, codes
        that are not sorted or of another order, an n-gram without its beginning or
        its end.
    """

    def __init__(
        self, characters: str, codes: Sequence[Codes], counts: Sequence[Counts]
    ) -> None:
        self.characters = characters
        self.codes, self.counts = tuple(codes), tuple(counts)
        _check(characters, self.codes, self.counts)
        self.order = len(self.codes)
        self._symbol = {c: i + 1 for i, c in enumerate(characters)}
        self._wrap = 1 << (BITS * (self.order - 1))
        self._never = -math.log(len(characters) + 1)
        self._seen, self._less = _probabilities(self.codes, self.counts, self._never)

    def symbol(self, character: str) -> int:
        """Return the symbol of a character; 0 for one that is not known."""
        return self._symbol.get(character, 0)

    def context(self, text: str) -> int:
        """Return the code of the last characters of a text, order - 1 at most."""
        code = EMPTY
        for character in text[max(0, len(text) - self.order + 1) :]:
            code = self.grow(code, self.symbol(character))
        return code

    def grow(self, context: int, symbol: int) -> int:
        """Return the context after one more symbol."""
        code = (context << BITS) | symbol
        if code >= self._wrap << BITS:
            code = (code & (self._wrap - 1)) | self._wrap
        return code

    def log_prob(self, context: int, symbol: int) -> float:
        """Return the log-probability of a symbol after a context.

        Parameters
        ----------
        context : int
            From `context` or `grow`.
        symbol : int
            From `symbol`.

        Returns
        -------
        float
            Natural logarithm, < 0.
        """
        seen, less = self._seen, self._less
        lost = 0.0
        code = (context << BITS) | symbol
        while True:
            found = seen.get(code)
            if found is not None:
                return lost + found
            context = code >> BITS
            lost += less.get(context, 0.0)
            if context == EMPTY:
                return lost + self._never
            code = _shortened(code)


def count_characters(
    text: str, order: int = MAX_ORDER, most: int = 1_500_000
) -> CharacterNgram:
    """Count the n-grams of a text.

    Parameters
    ----------
    text : str
        Line ends count as the spaces that they are when read on.
    order : int
        Characters of the longest n-grams, 1..MAX_ORDER.
    most : int
        N-grams that are kept at most: where there are more, the rarest of the longer
        ones are dropped.

    Raises
    ------
    ValueError
        If the order is out of range or the text is empty.
    """
    if not 1 <= order <= MAX_ORDER or not text:
        raise ValueError("no text, or an order out of range")
    text = text.replace("\n", " ")
    common = Counter(text).most_common(MAX_SYMBOLS)
    characters = "".join(sorted(c for c, _ in common))
    symbol = {c: i + 1 for i, c in enumerate(characters)}
    symbols = np.array([symbol.get(c, 0) for c in text], np.uint64)
    codes, counts = _seen(symbols, order)
    _count_kinds(codes, counts)
    least = 1
    while sum(map(len, codes)) > most and any(len(c) for c in codes[_FIRST_PRUNED:]):
        least += 1
        _prune(codes, counts, least)
    while len(codes) > 1 and not len(codes[-1]):
        codes, counts = codes[:-1], counts[:-1]
    return CharacterNgram(characters, codes, counts)


def with_text(ngram: CharacterNgram, text: str, times: int = 1) -> CharacterNgram:
    """Return the n-grams of a language as if so much more of a text had been counted.

    Parameters
    ----------
    ngram : CharacterNgram
    text : str
        Line ends count as spaces. Characters that are new are told apart as far as
        there are symbols left.
    times : int
        How often it is counted, > 0.

    Raises
    ------
    ValueError
        If there is no text, or it is to be counted less than once.
    """
    if times < 1 or not text:
        raise ValueError("nothing to count")
    text = text.replace("\n", " ")
    known = ngram.characters
    new = [c for c, _ in Counter(text).most_common() if c not in known]
    characters = known + "".join(new[: MAX_SYMBOLS - len(known)])
    symbol = {c: i + 1 for i, c in enumerate(characters)}
    symbols = np.array([symbol.get(c, 0) for c in text], np.uint64)
    codes, counts = list(ngram.codes), list(ngram.counts)
    for k, (more, seen) in enumerate(zip(*_seen(symbols, ngram.order), strict=True)):
        merged, place = np.unique(np.concatenate([codes[k], more]), return_inverse=True)
        weights = np.concatenate([counts[k], seen * np.uint32(times)])
        codes[k] = merged
        counts[k] = np.bincount(place, weights).astype(np.uint32)
    _count_kinds(codes, counts)
    return CharacterNgram(characters, codes, counts)


def _seen(
    symbols: npt.NDArray[np.uint64], order: int
) -> tuple[list[Codes], list[Counts]]:
    """Return all n-grams of a text and how often each of them is there."""
    codes: list[Codes] = []
    counts: list[Counts] = []
    for length in range(1, min(order, len(symbols)) + 1):
        places = len(symbols) - length + 1
        code = np.ones(places, np.uint64)
        for i in range(length):
            code = (code << np.uint64(BITS)) | symbols[i : i + places]
        found, seen = np.unique(code, return_counts=True)
        codes.append(found)
        counts.append(seen.astype(np.uint32))
    return codes, counts


def _count_kinds(codes: Sequence[Codes], counts: list[Counts]) -> None:
    """Count of all n-grams but the longest behind how many characters they stand."""
    for k in range(len(codes) - 1):
        behind = np.searchsorted(codes[k], _shorten_all(codes[k + 1], k + 2))
        kinds = np.bincount(behind, minlength=len(codes[k]))
        # What begins the text stands behind nothing.
        counts[k] = np.maximum(kinds, 1).astype(np.uint32)


def _prune(codes: list[Codes], counts: list[Counts], least: int) -> None:
    """Drop the longer n-grams that count less; beginnings and ends of others stay.

    What was seen five times may always have followed the same character, and then its
    end counts once.
    """
    needed = np.empty(0, np.uint64)
    for k in reversed(range(_FIRST_PRUNED, len(codes))):
        kept = (counts[k] >= least) | np.isin(codes[k], needed)
        codes[k], counts[k] = codes[k][kept], counts[k][kept]
        begins, ends = codes[k] >> np.uint64(BITS), _shorten_all(codes[k], k + 1)
        needed = np.concatenate([begins, ends])


def _shortened(code: int) -> int:
    """Return a code without its oldest symbol."""
    top = code.bit_length() - 1 - BITS
    return (code & ((1 << top) - 1)) | (1 << top)


def _shorten_all(codes: Codes, length: int) -> Codes:
    top = np.uint64(1 << (BITS * (length - 1)))
    return (codes & (top - np.uint64(1))) | top


def _check(characters: str, codes: Sequence[Codes], counts: Sequence[Counts]) -> None:
    is_right = (
        1 <= len(codes) <= MAX_ORDER
        and len(codes) == len(counts)
        and len(set(characters)) == len(characters) <= MAX_SYMBOLS
    )
    known = (1 << BITS) + len(characters)
    is_right = is_right and len(codes[0]) > 0 and int(codes[0].max()) <= known
    for length, (code, seen) in enumerate(zip(codes, counts, strict=False), 1):
        low, high = 1 << (BITS * length), 2 << (BITS * length)
        is_right = is_right and bool(
            code.ndim == seen.ndim == 1
            and len(code) == len(seen) > 0
            and (code[1:] > code[:-1]).all()
            and low <= int(code[0])
            and int(code[-1]) < high
            and seen.min() > 0
        )
        if is_right and length > 1:
            ends = _shorten_all(code, length)
            is_right = bool(
                np.isin(code >> np.uint64(BITS), codes[length - 2]).all()
                and np.isin(ends, codes[length - 2]).all()
            )
    if not is_right:
        raise ValueError("these are no counts of n-grams")


def _probabilities(
    codes: Sequence[Codes], counts: Sequence[Counts], never: float
) -> tuple[dict[int, float], dict[int, float]]:
    """Return log-probabilities of what was seen, and what a shorter context costs."""
    seen: dict[int, float] = {}
    less: dict[int, float] = {}
    shorter = np.array([math.exp(never)])
    for length, (code, count) in enumerate(zip(codes, counts, strict=True), 1):
        contexts, of = np.unique(code >> np.uint64(BITS), return_inverse=True)
        totals = np.bincount(of, weights=count)
        saved = discounts(count)[np.minimum(count, 3)]
        share = np.bincount(of, weights=saved) / totals
        if length == 1:
            below = np.full(len(code), shorter[0])
        else:
            below = shorter[
                np.searchsorted(codes[length - 2], _shorten_all(code, length))
            ]
        shorter = (count - saved) / totals[of] + share[of] * below
        seen.update(zip(code.tolist(), np.log(shorter).tolist(), strict=True))
        less.update(zip(contexts.tolist(), np.log(share).tolist(), strict=True))
    return seen, less


def discounts(counts: Counts) -> npt.NDArray[np.float64]:
    """Return by how much counts of 0, 1, 2 and of 3 or more are lowered.

    Chen and Goodman's estimates; where too little was seen for one, the half.
    """
    n1, n2, n3, n4 = (int((counts == n).sum()) for n in (1, 2, 3, 4))
    saved = np.array([0.0, 0.5, 0.5, 0.5])
    if n1 and n2:
        ratio = n1 / (n1 + 2 * n2)
        estimates = (1 - 2 * ratio * n2 / n1, 2 - 3 * ratio * n3 / n2)
        last = 3 - 4 * ratio * n4 / n3 if n3 else 0.0
        for i, estimate in enumerate((*estimates, last), 1):
            if 0.0 < estimate < i:
                saved[i] = estimate
    return saved
