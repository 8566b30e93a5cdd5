"""Which words of a page a person should look at, and how many errors that finds.

A word is as likely right as all of its characters together. Where a person has checked
lines, these tell how often words that seemed so likely were right. Where an imported
transcription says the same, the word is likelier right than the reading alone says.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from hwocr_desktop.core.document.document import Line, Page
from hwocr_desktop.core.document.reading_marks import Span, aligned
from hwocr_desktop.core.text.calibration import Calibration, calibrated
from hwocr_desktop.core.text.calibration_fit import fit_calibration
from hwocr_desktop.core.text.words import find_runs, true_words

LEAST_LINES = 20
"""Checked lines from which a judge can be made."""

MOST_WORDS = 5_000
"""Words that a judge is made from at most, the last ones: more would not change it."""

JudgedWord = tuple[float, bool]
"""Of a word: the probability that it is right, 0..1, and whether it is."""

# Two sources that know nothing of each other agree on what is right far oftener than
# on the same mistake. Let a reading be right with p and a transcription wrong with e;
# where both are wrong, let them be wrong in the same way with s. Where they agree, the
# odds of being right are p (1 - e) to (1 - p) e s. Assumed, and not measured, on the
# careful side, since people and a model that knows the language are led astray alike by
# what one expects to read: one word of ten is wrong, one of five of these like the
# model's.
_TRANSCRIPT_WRONG, _WRONG_ALIKE = 0.1, 0.2
AGREEMENT = (1 - _TRANSCRIPT_WRONG) / (_TRANSCRIPT_WRONG * _WRONG_ALIKE)
"""Times so much rise the odds that a word is right if a transcription has it too."""

ALL = 1.0
"""The threshold that marks every word, however sure."""


@dataclass(frozen=True, slots=True)
class Judge:
    """How likely words are right, by lines that a person checked.

    Attributes
    ----------
    parameters : Calibration
        Maps the probability of a word, as the model gives it.
    lines : int
        Checked lines behind it.
    """

    parameters: Calibration
    lines: int


@dataclass(frozen=True, slots=True)
class Doubt:
    """Which words are marked for a person.

    Attributes
    ----------
    threshold : float
        Words are marked that are right with less probability, 0..1; 0 marks none, and
        1 all.
    judge : Judge or None
        None takes the model at its word.
    """

    threshold: float = 0.5
    judge: Judge | None = None

    def spans(self, line: Line) -> tuple[Span, ...]:
        """Return where in a line's text the marked words are.

        Returns
        -------
        tuple of (start, end)
            In code points of the text, end excluded, rising. None for a checked line,
            for what a person typed, and where no model has read.
        """
        return tuple(
            (start, end)
            for start, end, right in self.weigh(line)
            if right < self.threshold or self.threshold >= ALL
        )

    def next_span(
        self,
        lines: Sequence[Line],
        row: int,
        place: int,
        ignored: Collection[str] = (),
    ) -> tuple[int, Span] | None:
        """Return the next marked word, after the last line that of the first.

        Parameters
        ----------
        lines : sequence of Line
        row, place : int
            Which of the lines, and where in its text, to begin at.
        ignored : collection of str
            Ids of lines that are passed over.

        Returns
        -------
        (row, span) or None
            None if no word is marked.
        """
        # The line itself after the place, all others, and its part before the place.
        for step in range(len(lines) + 1 if lines else 0):
            at = (row + step) % len(lines)
            if lines[at].id in ignored:
                continue
            for span in self.spans(lines[at]):
                if step or span[0] >= place:
                    return at, span
        return None

    def weigh(self, line: Line) -> tuple[tuple[int, int, float], ...]:
        """Return start, end and probability of each word of a line that is judged.

        Words a person typed or changed are not, nor are those of checked lines.
        """
        if line.checked:
            return ()
        words = read_words(line)
        parameters = self.judge.parameters if self.judge else None
        rights = calibrated([right for _, _, right in words], parameters)
        agreed = {
            (start, end) for start, end, _ in words_kept(line.transcript, line.text)
        }
        return tuple(
            (start, end, _supported(right) if (start, end) in agreed else right)
            for (start, end, _), right in zip(words, rights.tolist(), strict=True)
        )


@dataclass(frozen=True, slots=True)
class PageTrust:
    """How far the words of a page that nobody has checked are to be trusted.

    Attributes
    ----------
    words : tuple of float
        The probability of each to be right, 0..1, rising.
    """

    words: tuple[float, ...]

    @property
    def wrong(self) -> float:
        """How many of the words are wrong, as is to be expected."""
        return self.found(len(self.words))

    def found(self, count: int) -> float:
        """Return how many wrong words are to be expected among the least likely."""
        return sum(1.0 - right for right in self.words[:count])

    def marked(self, threshold: float) -> int:
        """Return how many words a threshold marks."""
        if threshold >= ALL:
            return len(self.words)
        return bisect_left(self.words, threshold)

    def threshold(self, count: int) -> float:
        """Return a threshold that marks so many of the least likely words.

        Words that are equally likely are marked together: then there are more.
        """
        if count <= 0:
            return 0.0
        if count >= len(self.words):
            return ALL
        last = self.words[count - 1]
        above = self.words[bisect_right(self.words, last) :]
        return (last + above[0]) / 2 if above else ALL


def read_words(line: Line) -> tuple[tuple[int, int, float], ...]:
    """Return start, end and probability of each word that still is as it was read.

    The probability is the product of the confidences of its characters, 0..1.
    """
    reading = line.reading
    if reading is None or len(reading.text) != len(reading.characters):
        return ()
    words = []
    for start, end, first in words_kept(reading.text, line.text):
        known = reading.characters[first : first + end - start]
        words.append((start, end, math.prod(c.confidence for c in known)))
    return tuple(words)


def words_kept(before: str, text: str) -> tuple[tuple[int, int, int], ...]:
    """Return the words of a text that are whole words of another at their place.

    Returns
    -------
    tuple of (start, end, first)
        Where they are, end excluded, and where they begin in the other text.
    """
    places = aligned(before, text)
    whole = set(find_runs(before))
    kept = []
    for start, end in find_runs(text):
        first, last = places[start], places[end - 1]
        if first is None or last is None or last - first != end - 1 - start:
            continue
        if (first, last + 1) in whole and None not in places[start:end]:
            kept.append((start, end, first))
    return tuple(kept)


def _supported(right: float) -> float:
    """Return how likely a word is right that a transcription has as well."""
    return right * AGREEMENT / (right * AGREEMENT + 1.0 - right)


NO_DOUBT = Doubt(threshold=0.0)
"""Marks nothing: for lines that nobody is to look at."""


def page_trust(page: Page, judge: Judge | None) -> PageTrust:
    """Return how far a page is to be trusted."""
    doubt = Doubt(judge=judge)
    return PageTrust(
        tuple(
            sorted(
                right for line in page.text_lines for _, _, right in doubt.weigh(line)
            )
        )
    )


def known_words(line: Line) -> tuple[JudgedWord, ...]:
    """Return what a checked line says of the words that were read there.

    Empty for lines that are not checked or that no model has read.
    """
    reading = line.reading
    if not line.checked or reading is None:
        return ()
    sure = [c.confidence for c in reading.characters]
    return judged_words(reading.text, sure, line.text)


def judged_words(
    read: str, confidences: Sequence[float], truth: str
) -> tuple[JudgedWord, ...]:
    """Return for each word that was read how likely it seemed, and whether it is right.

    Parameters
    ----------
    read : str
    confidences : (len(read),) float, 0..1
        Of its characters.
    truth : str
        What stands there.
    """
    true = true_words(read, truth, find_runs)
    return tuple(
        (math.prod(confidences[start:end]), true.get((start, end)) == read[start:end])
        for start, end in find_runs(read)
    )


def make_judge(lines: Iterable[Sequence[JudgedWord]]) -> Judge | None:
    """Make a judge from what `known_words` says of checked lines.

    Returns
    -------
    Judge or None
        None for fewer than `LEAST_LINES` lines.
    """
    known = [line for line in lines if line]
    if len(known) < LEAST_LINES:
        return None
    words = [word for line in known for word in line][-MOST_WORDS:]
    seemed, right = zip(*words, strict=True)
    return Judge(fit_calibration(seemed, right), len(known))
