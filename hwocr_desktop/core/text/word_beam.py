"""Reading with knowledge of the language: prefix beam search with n-grams and words.

What the network saw of a labeling is weighed together with how likely its text is
(shallow fusion), after Hwang and Sung (2016, DOI 10.1109/ICASSP.2016.7472696) and, for
the words of a list, Scheidl et al. (2018, DOI 10.1109/ICFHR-2018.2018.00052).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple

from hwocr_desktop.core.document.document import Character
from hwocr_desktop.core.text.beam_prefix import Prefix
from hwocr_desktop.core.text.charset import BLANK, Charset
from hwocr_desktop.core.text.ctc import LogProbs, align, characters_at
from hwocr_desktop.core.text.language import Language
from hwocr_desktop.core.text.lexicon import Lexicon
from hwocr_desktop.core.text.ngram import BITS
from hwocr_desktop.core.text.pruning import AMONG_FEW, Pruning, steps, suited
from hwocr_desktop.core.text.words import APOSTROPHES, is_of_word

MOST_TOLD = 2**17
"""Answers of the language that are remembered, 13 MB of them."""

_TINY = 1e-200
"""What a prefix weighs at least that is kept as a way out; not yet rounded to 0."""


class Found(NamedTuple):
    """One of the labelings that a search ended with.

    Attributes
    ----------
    labels : tuple of int
        Without blanks.
    share : float
        Its weight among all that the search ended with, 0..1.
    """

    labels: tuple[int, ...]
    share: float


class WordBeam:
    """A search for the best reading, by network and language together.

    Parameters
    ----------
    charset : Charset
    language : Language, optional
        Without it only what the network saw counts.
    lexicon : Lexicon, optional
        Words that are preferred, or that alone are allowed.

    Attributes
    ----------
    pruning : Pruning or None
        What a search leaves out if it is not told otherwise: `AMONG_FEW` where words
        of a list alone are allowed; None for what suits the line, see `suited`.
    """

    def __init__(
        self,
        charset: Charset,
        language: Language | None = None,
        lexicon: Lexicon | None = None,
    ) -> None:
        self.charset, self.language, self.lexicon = charset, language, lexicon
        self._is_bound = lexicon is not None and lexicon.use == "constrain"
        self.pruning = AMONG_FEW if self._is_bound else None
        self._text = ("", *charset.characters)
        self._symbol = (
            [language.ngram.symbol(c) for c in self._text] if language else []
        )
        self._of_word = [bool(c) and is_of_word(c) for c in self._text]
        self._told: dict[int, float] = {}

    def read(self, log_probs: LogProbs) -> tuple[Character, ...]:
        """Return the best reading, with the spans of its best path.

        Parameters
        ----------
        log_probs : (T, C) float32, <= 0
            T may be 0.
        """
        found = self.search(log_probs)
        if not found or not found[0].labels:
            return ()
        labels = found[0].labels
        spans = align(log_probs, labels)
        return characters_at(log_probs, self.charset, list(labels), spans)

    def search(
        self,
        log_probs: LogProbs,
        *,
        before: str = " ",
        pruning: Pruning | None = None,
    ) -> list[Found]:
        """Return the labelings that are left at the end, the best first.

        Plain floats, scaled anew after each frame: a frame has a handful of likely
        labels, and for so few numpy and logarithms cost more than the sums.

        Parameters
        ----------
        log_probs : (T, C) float32, <= 0
        before : str
            What stands before the line, or before the part of it.
        pruning : Pruning, optional
            With shares of 0 and a sure blank of 1.1 nothing is left out.
        """
        pruning = pruning or self.pruning or suited(log_probs)
        width, least_share, least_prob, sure_blank = pruning
        start = self._start(before)
        beam = [start]
        for time, (blank_here, row, tried) in enumerate(
            steps(log_probs, least_prob, sure_blank), 1
        ):
            if not tried:
                for prefix in beam:
                    prefix.blank = (prefix.blank + prefix.label_end) * blank_here
                    prefix.label_end = 0.0
                continue
            touched = self._advance(beam, time, blank_here, row, tried, least_share)
            best = max(prefix.new_blank + prefix.new_end for prefix in touched)
            if best <= 0.0:
                # Nothing that is allowed can be seen here; go on with what there is.
                continue
            least = best * least_share
            beam = []
            for prefix in touched:
                weight = prefix.new_blank + prefix.new_end
                if weight > least:
                    prefix.blank = prefix.new_blank / best
                    prefix.label_end = prefix.new_end / best
                    prefix.weight = weight
                    beam.append(prefix)
            if len(beam) > width:
                beam.sort(key=attrgetter("weight"), reverse=True)
                del beam[width:]
            if self._is_bound and not any(map(self._may_end, beam)):
                beam += self._way_out(touched, best)
        return self._ended(beam)

    def _may_end(self, prefix: Prefix) -> bool:
        return self._word_weight(prefix) > -math.inf

    def _way_out(self, touched: Sequence[Prefix], best: float) -> list[Prefix]:
        """Return the best prefix whose last word is allowed, if there is one.

        All others may be in the midst of words that the network does not see to
        their ends: without it a whole line would have no reading.
        """
        allowed = [prefix for prefix in touched if self._may_end(prefix)]
        if not allowed:
            return []
        prefix = max(allowed, key=lambda one: one.new_blank + one.new_end)
        prefix.weight = prefix.new_blank + prefix.new_end
        prefix.blank = max(prefix.new_blank / best, _TINY)
        prefix.label_end = prefix.new_end / best
        return [prefix]

    def _advance(
        self,
        beam: list[Prefix],
        time: int,
        blank_here: float,
        row: list[float],
        tried: list[tuple[int, float]],
        least_share: float,
    ) -> list[Prefix]:
        """Take all prefixes through a frame; return those that got a weight."""
        touched: list[Prefix] = []
        best = 0.0
        for prefix in beam:
            blank, end = prefix.blank, prefix.label_end
            prefix.time = time
            prefix.new_blank = (blank + end) * blank_here
            prefix.new_end = end * row[prefix.label]
            best = max(best, prefix.new_blank + prefix.new_end)
            touched.append(prefix)
        for prefix in beam:
            blank, last = prefix.blank, prefix.label
            both = blank + prefix.label_end
            following = prefix.next
            for label, prob in tried:
                # The same letter twice needs a blank between.
                weight = (blank if label == last else both) * prob
                if weight == 0.0:
                    continue
                child = following.get(label)
                if child is None:
                    # Too light whatever its text, or as its text is: no other way
                    # leads to it. (Only a list may have need of it, see `_way_out`.)
                    least = best * least_share
                    if weight * self._most(prefix, label) < least:
                        continue
                    spelled, factor = self._weigh(prefix, label)
                    if weight * factor < least and not self._is_bound:
                        continue
                    child = following[label] = self._grow(
                        prefix, label, spelled, factor
                    )
                if child.factor == 0.0:
                    continue
                if child.time != time:
                    child.time = time
                    child.new_blank = child.new_end = 0.0
                    touched.append(child)
                child.new_end += weight * child.factor
                best = max(best, child.new_blank + child.new_end)
        return touched

    def _most(self, prefix: Prefix, label: int) -> float:
        """Return what the text of one more label can multiply a weight by at most."""
        weight = self.language.weights.length if self.language is not None else 0.0
        if not self._of_word[label]:
            weight += self._word_weight(prefix)
        return math.exp(weight) if weight > -700.0 else 0.0

    def _start(self, before: str) -> Prefix:
        start = Prefix(None, BLANK)
        start.blank = 1.0
        if self.language is not None:
            start.context = self.language.ngram.context(before)
        return start

    def _weigh(self, prefix: Prefix, label: int) -> tuple[float, float]:
        """Return what the text of one more label is worth.

        Returns
        -------
        spelled, factor
            How likely the language finds the character, in nats, and what a weight is
            multiplied by, with the word that it ends, if it ends one.
        """
        weight = spelled = 0.0
        if self.language is not None:
            spelled = self._spelled(prefix.context, self._symbol[label])
            weights = self.language.weights
            weight = weights.characters * spelled + weights.length
        if not self._of_word[label]:
            weight += self._word_weight(prefix)
        return spelled, math.exp(weight) if weight > -700.0 else 0.0

    def _spelled(self, context: int, symbol: int) -> float:
        """Return how likely a character is after others; told once, it is remembered.

        In a line the same few characters are tried in the same places again and again.
        """
        code = (context << BITS) | symbol
        known = self._told.get(code)
        if known is None:
            assert self.language is not None
            if len(self._told) >= MOST_TOLD:
                self._told.clear()
            known = self._told[code] = self.language.ngram.log_prob(context, symbol)
        return known

    def _grow(
        self, prefix: Prefix, label: int, spelled: float, factor: float
    ) -> Prefix:
        """Return the prefix with one more label, its text weighed by `_weigh`."""
        child = Prefix(prefix, label)
        lexicon = self.lexicon
        if self.language is not None:
            child.context = self.language.ngram.grow(
                prefix.context, self._symbol[label]
            )
        child.factor = factor
        if self._of_word[label]:
            child.word = prefix.word + self._text[label]
            child.spelled = prefix.spelled + spelled
            child.word_before = prefix.word_before
            if lexicon is not None and not lexicon.may_begin(child.word):
                child.factor = 0.0
        elif self._text[label].isspace():
            child.word_before = prefix.word or prefix.word_before
        return child

    def _word_weight(self, prefix: Prefix) -> float:
        """Return what the word that ends a prefix adds; -inf if it is forbidden."""
        if prefix.ended is None:
            prefix.ended = self._weigh_word(prefix)
        return prefix.ended

    def _weigh_word(self, prefix: Prefix) -> float:
        word = prefix.word.strip(APOSTROPHES)
        if not word:
            return 0.0
        weight = 0.0
        if self.language is not None and self.language.weights.words:
            known = self.language.words.log_prob(
                word, prefix.word_before, prefix.spelled
            )
            weight = self.language.weights.words * (known - prefix.spelled)
        if self.lexicon is not None:
            weight += self.lexicon.weight(word)
        return weight

    def _ended(self, beam: Sequence[Prefix]) -> list[Found]:
        """Weigh the last word of each prefix and rank them by what comes out."""
        weights = []
        for prefix in beam:
            weight = self._word_weight(prefix)
            if self.language is not None:
                ngram = self.language.ngram
                end = ngram.log_prob(prefix.context, ngram.symbol(" "))
                weight += self.language.weights.characters * end
            seen = prefix.blank + prefix.label_end
            weights.append(weight + math.log(seen) if seen > 0.0 else -math.inf)
        top = max(weights, default=-math.inf)
        if top == -math.inf:
            return []
        shares = [math.exp(weight - top) for weight in weights]
        total = sum(shares)
        found = [
            Found(prefix.labels(), share / total)
            for prefix, share in zip(beam, shares, strict=True)
            if share > 0.0
        ]
        return sorted(found, key=lambda one: one.share, reverse=True)
