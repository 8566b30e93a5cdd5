"""Where words and letters of a line stand in its ink.

A network that reads with CTC says where in a line it recognized a letter, which is
somewhere in the letter, or beside it: a spike, not a width. Words stand between the
widest gaps of their spikes and reach as far as their ink does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.document.document import Character

Span = tuple[int, int]

_DARK = 96
"""Stretched ink from here on counts as a stroke; paper and bleed-through are below."""

_STRAY = 1
"""Dark pixels in a column that do not yet make it part of a letter."""

_ASIDE = 0.6
"""What stands so far aside of a word is no part of it, in heights of the crop."""


def word_edges(ink: npt.NDArray[np.uint8], spans: Sequence[Span]) -> list[int]:
    """Return the columns at which to part the words of a line.

    Parameters
    ----------
    ink : (H, W) uint8, 255 = ink
        The crop of the line, its contrast stretched.
    spans : sequence of (start, end)
        Columns in which each word was recognized, from left to right.

    Returns
    -------
    list of int
        One more than there are words: 0, amid the widest gap between each two of
        them or else where ink is least, and W.
    """
    return _edges(_filled(ink), spans)


def inked(ink: npt.NDArray[np.uint8], start: int, end: int) -> Span | None:
    """Return from where to where some columns have ink; None if they have none."""
    columns = np.flatnonzero(_filled(ink[:, start:end]) > _STRAY)
    if not len(columns):
        return None
    return start + int(columns[0]), start + int(columns[-1]) + 1


def on_ink(
    characters: tuple[Character, ...], ink: npt.NDArray[np.uint8]
) -> tuple[Character, ...]:
    """Return the characters of a line with the places that their ink takes.

    Parameters
    ----------
    characters : tuple of Character
        As they were recognized, with spans as fractions of the width.
    ink : (H, W) uint8, 255 = ink
        The crop of the line, its contrast stretched.

    Returns
    -------
    tuple of Character
        The characters of a word lie side by side from its first ink to its last,
        parted where ink is least between them; white space takes what is between
        words. Their starts never fall.
    """
    words = _words(characters)
    height, width = ink.shape
    if not words or not width:
        return characters
    places = [(round(c.start * width), round(c.end * width)) for c in characters]
    spans = [(places[first][0], places[last - 1][1]) for first, last in words]
    filled = _filled(ink)
    edges = _edges(filled, spans)
    bounds: list[Span] = []
    for number, (first, last) in enumerate(words):
        last_end = bounds[-1][1] if bounds else 0
        low = min(max(edges[number], last_end), width)
        high = max(edges[number + 1], low)
        start, end = _reach(filled, (low, high), spans[number], _ASIDE * height)
        cuts = [
            _least(filled, left, right)
            for (_, left), (right, _) in pairwise(places[first:last])
        ]
        cuts = np.maximum.accumulate([start, *np.clip(cuts, start, end), end]).tolist()
        bounds += _between(last_end, cuts[0], first - len(bounds))
        bounds += list(pairwise(cuts))
    bounds += _between(bounds[-1][1], width, len(characters) - len(bounds))
    return tuple(
        replace(c, start=start / width, end=end / width)
        for c, (start, end) in zip(characters, bounds, strict=True)
    )


def _words(characters: Sequence[Character]) -> list[Span]:
    """Return the characters that belong together, as ranges of their numbers."""
    words: list[Span] = []
    for number, character in enumerate(characters):
        if character.text.isspace():
            continue
        if words and words[-1][1] == number:
            words[-1] = (words[-1][0], number + 1)
        else:
            words.append((number, number + 1))
    return words


def _filled(ink: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """Return how many pixels of each column are of a stroke, (W,)."""
    return np.asarray((ink >= _DARK).sum(axis=0))


def _edges(filled: npt.NDArray[np.int64], spans: Sequence[Span]) -> list[int]:
    inner = [_gap(filled, left, right) for (_, left), (right, _) in pairwise(spans)]
    return [0, *inner, len(filled)]


def _reach(
    filled: npt.NDArray[np.int64], within: Span, core: Span, aside: float
) -> Span:
    """Return how far the ink around the place of a word reaches."""
    low, high = within
    start, end = (min(max(side, low), high) for side in core)
    columns = low + np.flatnonzero(filled[low:high] > _STRAY)
    if not len(columns):
        return start, max(start, end)
    pieces = np.split(columns, np.flatnonzero(np.diff(columns) > aside) + 1)
    own = [p for p in pieces if p[-1] >= start - aside and p[0] <= end + aside]
    return min([start, *(int(p[0]) for p in own)]), max(
        [start, end, *(int(p[-1]) + 1 for p in own)]
    )


def _gap(filled: npt.NDArray[np.int64], start: int, end: int) -> int:
    """Return the column to cut at: amid the widest gap, else where ink is least."""
    start = min(start, len(filled) - 1)
    part = filled[start : max(end, start + 1)]
    is_empty = np.concatenate([[False], part <= _STRAY, [False]])
    borders = np.flatnonzero(np.diff(is_empty.astype(np.int8)))
    if len(borders):
        runs = borders.reshape(-1, 2)
        widest = runs[int(np.argmax(runs[:, 1] - runs[:, 0]))]
        return start + int(widest.mean())
    return start + int(np.argmin(part))


def _least(filled: npt.NDArray[np.int64], start: int, end: int) -> int:
    """Return where between two letters there is least ink, nearest to the middle."""
    middle = (start + end) // 2
    part = filled[start:end]
    if not len(part):
        return middle
    best = np.flatnonzero(part == part.min()) + start
    return int(best[np.argmin(np.abs(best - middle))])


def _between(start: int, end: int, count: int) -> list[Span]:
    """Return the places of white space, which shares what lies between words."""
    steps = np.linspace(start, max(start, end), count + 1).round().astype(int)
    return list(pairwise(steps.tolist())) if count else []
