"""Other readings of each word, and how likely each is."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from hwocr_desktop.core.document.document import Character
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.core.text.ctc import LogProbs
from hwocr_desktop.core.text.language import Language
from hwocr_desktop.core.text.lexicon import Lexicon
from hwocr_desktop.core.text.word_beam import WordBeam

MOST = 3


@dataclass(frozen=True, slots=True)
class OtherReading:
    """Another text for a word; its probability 0..1, as network and language see it."""

    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class WordAlternatives:
    """A word of a reading and what else it might be.

    Attributes
    ----------
    start, end : int
        Which characters of the reading, end exclusive.
    text : str
        As it was read.
    probability : float
        Of that text among all that were weighed, 0..1; 0 if the search lost it.
    others : tuple of OtherReading
        The likeliest first.
    """

    start: int
    end: int
    text: str
    probability: float
    others: tuple[OtherReading, ...]


def alternatives(
    log_probs: LogProbs,
    charset: Charset,
    characters: Sequence[Character],
    *,
    language: Language | None = None,
    lexicon: Lexicon | None = None,
    most: int = MOST,
) -> tuple[WordAlternatives, ...]:
    """Weigh other readings of each word by reading its part of the line anew.

    The part reaches on both sides to the middle of the gap to the neighbouring word.

    Parameters
    ----------
    log_probs : (T, C) float32, <= 0
        Of the whole line.
    charset : Charset
    characters : sequence of Character
        The reading; spans are fractions of the frames.
    language, lexicon : optional
        As for `WordBeam`.
    most : int
        Others for each word, at most.

    Returns
    -------
    tuple of WordAlternatives
        One for each run of characters without white space, in order.
    """
    search = WordBeam(charset, language, lexicon)
    frames = len(log_probs)
    words = _words(characters)
    found = []
    # Where one word ends for the next to begin: in the middle of the gap.
    gaps = [
        (characters[end - 1].end + characters[start].start) / 2
        for (_, end), (start, _) in itertools.pairwise(words)
    ]
    edges = [0, *(round(gap * frames) for gap in gaps), frames]
    for (start, end), (left, right) in zip(
        words, itertools.pairwise(edges), strict=False
    ):
        part = log_probs[left:right]
        before = "".join(c.text for c in characters[:start]) or " "
        shares: dict[str, float] = {}
        for one in search.search(part, before=before):
            text = charset.decode(one.labels).strip()
            if text and not any(c.isspace() for c in text):
                shares[text] = shares.get(text, 0.0) + one.share
        total = sum(shares.values()) or 1.0
        read = "".join(c.text for c in characters[start:end])
        others = sorted(
            (OtherReading(t, s / total) for t, s in shares.items() if t != read),
            key=lambda other: -other.probability,
        )
        probability = shares.get(read, 0.0) / total
        found.append(
            WordAlternatives(start, end, read, probability, tuple(others[:most]))
        )
    return tuple(found)


def _words(characters: Sequence[Character]) -> list[tuple[int, int]]:
    words: list[tuple[int, int]] = []
    for i, character in enumerate(characters):
        if character.text.isspace():
            continue
        if words and words[-1][1] == i:
            words[-1] = words[-1][0], i + 1
        else:
            words.append((i, i + 1))
    return words
