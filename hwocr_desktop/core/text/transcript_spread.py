"""Spread a running text over the lines in which it stands, by what was read there.

Each line takes some words that follow each other, or none, and the words of the text
stay in their order: of all ways to do so the best one is found by dynamic programming.
Where the text breaks its own lines does not matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from hwocr_desktop.core.text.text_metrics import normalize

HYPHENS = "-¬=⸗\u2010"
"""What a line may end with where its last word goes on in the next."""

LEAST_SIMILARITY = 0.4
"""A line and words less alike than this, 0..1, are not of each other."""

MOST_CHARACTERS = 25_000
"""Of readings or text: lines are held against all places of the text."""

SKIPPED, MOST_SKIPPED = 0.1, 30.0
"""What a character costs that lies between the words of two lines and is in neither,
and all of them at most: about as much as a line of fifty letters gains. Without it a
mark below the last line takes a word like itself from another page."""

DOUBTFUL = 0.6
"""A line whose reading is less like its text than this, 0..1, is to be looked at."""

NEAR = 3
"""A doubtful line keeps its words only if at most so many words lie between them and
those of the line before or behind."""

LEAST_TAIL = 0.5
"""A reading less like the second half of a broken word than this, 0..1, is not it."""

_LONGEST, _ROOM = 1.6, 8
"""Words for a line are at most so many times as long as its reading, and some more."""


@dataclass(frozen=True, slots=True)
class SpreadText:
    """The text of a line.

    Attributes
    ----------
    text : str
        Single spaces; a hyphen at its end where the line has one and the word goes on.
    similarity : float
        Of reading and text, 0..1.
    start, end : int
        Its first word in the whole text, and the one behind its last. A word that is
        parted between two lines is counted in one of them.
    """

    text: str
    similarity: float
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class _Spans:
    """Words in a row: the first, the one behind the last, and their text."""

    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    length: npt.NDArray[np.int64]
    text: list[str]


def spread_text(readings: Sequence[str], text: str) -> tuple[SpreadText | None, ...]:
    """Return the text of each line; None where the text has nothing for it.

    Parameters
    ----------
    readings : sequence of str
        What was read in each line, in order; may be wrong, and empty.
    text : str
        Of all lines or fewer or more, in the same order. Line ends are spaces.

    Returns
    -------
    tuple of SpreadText or None
        One for each reading. Words of the text that suit none of the lines are in
        none of them.

    Raises
    ------
    ValueError
        If readings or text have more than `MOST_CHARACTERS`.
    """
    lines = [normalize(" ".join(reading.split())) for reading in readings]
    words = normalize(text).split()
    if max(sum(map(len, words)), sum(map(len, lines))) > MOST_CHARACTERS:
        raise ValueError("too much text")
    taken = _best_spans(lines, words)
    found = [
        None if span is None else _compared(line, words, span)
        for line, span in zip(lines, taken, strict=True)
    ]
    _leave_out_strays(found)
    _part_words(lines, found)
    return tuple(found)


def _best_spans(
    lines: Sequence[str], words: Sequence[str]
) -> list[tuple[int, int] | None]:
    """Return which words each line takes, so that the whole suits best."""
    if not lines or not words:
        return [None] * len(lines)
    spans = _all_spans(words, max(map(_most, lines)))
    costs = [SKIPPED * (len(word) + 1) for word in words]
    # What the first lines gain at most from the words before each place, less what the
    # words cost between them and from there to the place.
    gained = np.zeros((len(lines) + 1, len(words) + 1))
    chosen = np.full((len(lines), len(words) + 1), -1)
    for i, line in enumerate(lines):
        some = np.flatnonzero(spans.length <= _most(line))
        gain = gained[i][spans.start[some]] + _gains(line, spans, some)
        order = np.argsort(gain, kind="stable")
        # The last of each end is its best one.
        best = np.full(len(words) + 1, -1)
        best[spans.end[some][order]] = order
        reached = np.where(best >= 0, gain[best], -np.inf)
        row = gained[i].copy()
        # The most that was reached before a place, and by which words.
        far, far_span = -np.inf, -1
        for end in range(1, len(words) + 1):
            near = row[end - 1] - costs[end - 1]
            if reached[end] > max(row[end], near, far):
                row[end], chosen[i, end] = reached[end], some[best[end]]
            elif near > max(row[end], far):
                row[end], chosen[i, end] = near, chosen[i, end - 1]
            elif far > row[end]:
                row[end], chosen[i, end] = far, far_span
            if reached[end] - MOST_SKIPPED > far:
                far, far_span = reached[end] - MOST_SKIPPED, some[best[end]]
        gained[i + 1] = row
    taken: list[tuple[int, int] | None] = [None] * len(lines)
    # What comes before the first line's words and behind the last one's costs nothing.
    end = int(np.argmax(gained[-1]))
    for i in reversed(range(len(lines))):
        span = chosen[i, end]
        if span >= 0:
            taken[i] = int(spans.start[span]), int(spans.end[span])
            end = int(spans.start[span])
    return taken


def _most(line: str) -> int:
    """Return how long the words for a line are at most."""
    return int(_LONGEST * len(line)) + _ROOM


def _all_spans(words: Sequence[str], longest: int) -> _Spans:
    starts, ends, texts = [], [], []
    for start in range(len(words)):
        text = ""
        for end in range(start + 1, len(words) + 1):
            text = f"{text} {words[end - 1]}".lstrip()
            if len(text) > longest:
                break
            starts.append(start)
            ends.append(end)
            texts.append(text)
    lengths = np.array([len(text) for text in texts], np.int64)
    return _Spans(np.array(starts, np.int64), np.array(ends, np.int64), lengths, texts)


def _gains(
    line: str, spans: _Spans, some: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Return what a line gains by each of some spans: more for more characters."""
    (similar,) = process.cdist(
        [line], [spans.text[i] for i in some], scorer=Levenshtein.normalized_similarity
    )
    mean_length = (len(line) + spans.length[some]) / 2
    gains: npt.NDArray[np.float64] = mean_length * (similar - LEAST_SIMILARITY)
    return gains


def _leave_out_strays(found: list[SpreadText | None]) -> None:
    """Take words away from lines unlike them if those beside have theirs elsewhere."""
    placed = [one for one in found if one is not None]
    if len(placed) < 2:
        return
    gaps = [two.start - one.end for one, two in pairwise(placed)]
    apart = [gap > NEAR for gap in gaps]
    for one, before, behind in zip(placed, [True, *apart], [*apart, True], strict=True):
        if one.similarity < DOUBTFUL and before and behind:
            found[found.index(one)] = None


def _part_words(lines: Sequence[str], found: list[SpreadText | None]) -> None:
    """Part the words that a line with a hyphen at its end shares with the next."""
    for i in range(len(lines) - 1):
        one, two = found[i], found[i + 1]
        if one is None:
            continue
        if two is None:
            found[i], found[i + 1] = _with_tail(lines[i], lines[i + 1], one)
            continue
        if not _is_broken(lines[i]):
            continue
        first, second = one.text.split(" "), two.text.split(" ")
        ways = [(one.text, two.text)]
        # Either line may have got the whole of it.
        if first[-1][-1] not in HYPHENS:
            ways += _ways(lines[i][-1], first[:-1], first[-1], second)
        ways += _ways(lines[i][-1], first, second[0], second[1:])
        rated = [
            tuple(map(Levenshtein.normalized_similarity, lines[i : i + 2], way))
            for way in ways
        ]
        best = max(range(len(ways)), key=lambda at: sum(rated[at]))
        found[i], found[i + 1] = (
            replace(part, text=text, similarity=similarity)
            for part, text, similarity in zip(
                (one, two), ways[best], rated[best], strict=True
            )
        )


def _is_broken(line: str) -> bool:
    """Whether a line ends in a hyphen and not in a dash."""
    return line[-1:] in HYPHENS and line[-2:-1].isalpha()


def _with_tail(
    line: str, behind: str, one: SpreadText
) -> tuple[SpreadText, SpreadText | None]:
    """Give the line behind the second half of a word if that is all it holds."""
    *before, word = one.text.split(" ")
    if not behind or word[-1] in HYPHENS:
        return one, None
    hyphen = line[-1] if _is_broken(line) else HYPHENS[0]
    best, tail = one, None
    for first, second in _ways(hyphen, before, word, []):
        similar = Levenshtein.normalized_similarity(behind, second.strip())
        alike = Levenshtein.normalized_similarity(line, first)
        if (
            similar >= max(LEAST_TAIL, tail.similarity if tail else 0.0)
            and alike + similar > best.similarity
            and alike >= one.similarity
        ):
            best = replace(one, text=first, similarity=alike)
            tail = SpreadText(second.strip(), similar, one.end, one.end)
    return best, tail


def _ways(
    hyphen: str, before: list[str], word: str, after: list[str]
) -> list[tuple[str, str]]:
    """Return both lines' texts for each way to break a word between them."""
    return [
        (" ".join([*before, word[:at] + hyphen]), " ".join([word[at:], *after]))
        for at in range(1, len(word))
    ]


def _compared(line: str, words: Sequence[str], span: tuple[int, int]) -> SpreadText:
    text = " ".join(words[slice(*span)])
    return SpreadText(text, Levenshtein.normalized_similarity(line, text), *span)


def words_left(found: Sequence[SpreadText | None], text: str) -> int:
    """Return how many words of a text are in none of the lines."""
    placed = 0
    is_broken = False
    for one in found:
        if one is not None:
            # The second half of a word is no word more.
            placed += len(one.text.split()) - is_broken
        is_broken = one is not None and one.text[-1:] in HYPHENS
    return max(0, len(text.split()) - placed)
