"""Other readings of each word, how likely each is, and how sure that makes a letter."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import Levenshtein

from hwocr_desktop.core.document.document import (
    Character,
    OtherReading,
    Reading,
    WordAlternatives,
)
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.core.text.ctc import LogProbs
from hwocr_desktop.core.text.language import Language
from hwocr_desktop.core.text.lexicon import Lexicon
from hwocr_desktop.core.text.pruning import Pruning
from hwocr_desktop.core.text.word_beam import WordBeam
from hwocr_desktop.core.text.words import find_runs, true_words

MOST = 3
"""Others of a word that are kept."""

LEAST = 0.02
"""Probability below which another reading is none."""

SURE = 0.9
"""Words of which each character is so sure are not weighed: hardly one of them has
another reading that is likely, and most words of clear writing are such."""

LANGUAGE = 0.8
"""How much the share of readings that have a character counts in its confidence,
against what the network alone says, 0..1. Of 0, 0.5, 0.7, 0.8 and 1 it is what told
wrong characters from right ones best, on validation lines of three English sets."""

PRUNING = Pruning(least_share=3e-3, least_prob=3e-3)
"""What is lighter adds nothing to what `LEAST` lets pass, and costs more than half of
the time."""

DECIMALS = 4
"""Of probabilities as they are kept."""


def weigh_words(
    log_probs: LogProbs,
    charset: Charset,
    characters: Sequence[Character],
    *,
    language: Language | None = None,
    lexicon: Lexicon | None = None,
    most: int = MOST,
    least: float = LEAST,
    sure: float = SURE,
) -> tuple[tuple[Character, ...], tuple[WordAlternatives, ...]]:
    """Weigh other readings of each doubtful word by reading its part of the line anew.

    The part reaches on both sides to the middle of the gap to the neighbouring word.

    Parameters
    ----------
    log_probs : (T, C) float32, <= 0
        Of the whole line.
    charset : Charset
    characters : sequence of Character
        The reading; spans are fractions of the frames, confidences not calibrated.
    language, lexicon : optional
        As for `WordBeam`.
    most : int
        Others for each word, at most.
    least : float
        Probability that another reading has at least, 0..1.
    sure : float
        Words with no character less sure than this are left out, 0..1.

    Returns
    -------
    characters, alternatives
        The characters, in weighed words with a new confidence: that of the network
        and the share of the word's readings that have the character there, as a
        weighted geometric mean (`LANGUAGE`). And the alternatives, one for each run
        of characters without white space that has others, in order.
    """
    search = WordBeam(charset, language, lexicon)
    frames = len(log_probs)
    words = list(find_runs("".join(c.text for c in characters)))
    weighed = list(characters)
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
        word = characters[start:end]
        if min(c.confidence for c in word) >= sure:
            continue
        before = "".join(c.text for c in characters[:start]) or " "
        shares = _shares(search, log_probs[left:right], before)
        read = "".join(c.text for c in word)
        for i, share in enumerate(shares_of_characters(read, shares)):
            sure_of = word[i].confidence ** (1.0 - LANGUAGE) * share**LANGUAGE
            weighed[start + i] = replace(word[i], confidence=sure_of)
        own = round(shares.pop(read, 0.0), DECIMALS)
        ranked = sorted(shares.items(), key=lambda one: -one[1])[:most]
        others = tuple(
            OtherReading(text, round(share, DECIMALS))
            for text, share in ranked
            if share >= least
        )
        if others:
            found.append(WordAlternatives(start, end, own, others))
    return tuple(weighed), tuple(found)


def shares_of_characters(read: str, shares: Mapping[str, float]) -> tuple[float, ...]:
    """Return for each character of a word the weight of the readings that have it.

    Parameters
    ----------
    read : str
        The word as it was read.
    shares : mapping of str to float
        Readings of the word and their weights, which sum to 1 or are none.

    Returns
    -------
    tuple of float, 0..1
        One for each character of ``read``. A reading has a character if that stays
        where it is when ``read`` is turned into the reading by the fewest changes.
    """
    sure = [0.0] * len(read)
    for other, share in shares.items():
        for block in Levenshtein.opcodes(read, other):
            if block.tag == "equal":
                for i in range(block.src_start, block.src_end):
                    sure[i] += share
    return tuple(min(1.0, one) for one in sure)


def _shares(search: WordBeam, part: LogProbs, before: str) -> dict[str, float]:
    """Return the probability of each single word that a part of a line may be."""
    shares: dict[str, float] = {}
    pruning = search.pruning or PRUNING
    for one in search.search(part, before=before, pruning=pruning):
        text = search.charset.decode(one.labels).strip()
        if text and not any(c.isspace() for c in text):
            shares[text] = shares.get(text, 0.0) + one.share
    total = sum(shares.values()) or 1.0
    return {text: share / total for text, share in shares.items()}


@dataclass(frozen=True, slots=True)
class AlternativesScore:
    """How many words were misread, and how many of these have the truth beside them.

    Attributes
    ----------
    misread : int
        Words read as another one; what was put in or left out is none of them.
    right : int
        Those of which one of the alternatives is the true word.
    """

    misread: int = 0
    right: int = 0

    def __add__(self, other: AlternativesScore) -> AlternativesScore:
        return AlternativesScore(self.misread + other.misread, self.right + other.right)


def measure_alternatives(
    lines: Iterable[tuple[Reading, str]],
) -> AlternativesScore:
    """Return how often the true word stands among the alternatives of a misread one.

    Parameters
    ----------
    lines : iterable of (reading, truth)
        Words are runs of characters without white space.
    """
    score = AlternativesScore()
    for reading, truth in lines:
        read = reading.text
        others = {
            (word.start, word.end): [other.text for other in word.others]
            for word in reading.alternatives
        }
        for span, right in true_words(read, truth, find_runs).items():
            if read[slice(*span)] != right:
                score += AlternativesScore(1, right in others.get(span, ()))
    return score
