"""The figures of a line model on known text, from what was read line by line. No Qt."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.document.doubt import judged_words
from hwocr_desktop.core.settings import Decoder
from hwocr_desktop.core.text.alternatives import AlternativesScore
from hwocr_desktop.core.text.bootstrap import rate_interval
from hwocr_desktop.core.text.calibration import (
    Calibration,
    calibrated,
    calibration_error,
)
from hwocr_desktop.core.text.calibration_fit import JudgedLine, joined
from hwocr_desktop.core.text.confusions import Pair, count_confusions
from hwocr_desktop.core.text.suggestions import SuggestionScore
from hwocr_desktop.core.text.text_metrics import ErrorRate

Interval = tuple[float, float]
"""Between which 95 % of the resamples lie, per 100."""


@dataclass(frozen=True, slots=True)
class TextCompared:
    """A line or page as it was read and as it should have been.

    Attributes
    ----------
    name : str
    truth, read : str
    characters, words : ErrorRate
    set : str
        Name of the folder it was found in.
    seconds : float
        The time it took; 0 where it was not taken by itself.
    lines : int
        Number of lines found; 0 for a line.
    judged : (confidences, right)
        Of the characters of a line, as the network gives them; empty for a page.
    suggested : SuggestionScore
        Of the words that would be suggested for the marked ones of a line.
    beside : AlternativesScore
        Of the alternatives of a line's words.
    gray : (H, W) uint8 or None
        The picture of a line.
    """

    name: str
    truth: str
    read: str
    characters: ErrorRate
    words: ErrorRate
    set: str = ""
    seconds: float = 0.0
    lines: int = 0
    judged: JudgedLine = ((), ())
    suggested: SuggestionScore = field(default_factory=SuggestionScore)
    beside: AlternativesScore = field(default_factory=AlternativesScore)
    gray: npt.NDArray[np.uint8] | None = field(default=None, compare=False, repr=False)


class Marked(NamedTuple):
    """What marking doubtful words finds.

    Attributes
    ----------
    wrong, right : float
        Shares of the wrong and of the right words that are marked, in percent; 0 of
        none.
    expected : float
        How many words are wrong, as the model has it.
    there : int
        How many are.
    """

    wrong: float
    right: float
    expected: float
    there: int


@dataclass(frozen=True, slots=True)
class TextReport:
    """The figures of a line model.

    Attributes
    ----------
    model : str
    decoder : Decoder
    items : tuple of TextCompared
        At least one.
    seconds : float
        For reading them all.
    lexicon : str
        Name of the list of words that was used; "" for none.
    calibration : Calibration or None
        How the model's confidences become calibrated.
    """

    model: str
    decoder: Decoder
    items: tuple[TextCompared, ...]
    seconds: float
    lexicon: str = ""
    calibration: Calibration | None = None

    @property
    def cer(self) -> ErrorRate:
        """Errors over true characters, summed over all."""
        return sum((item.characters for item in self.items), ErrorRate(0, 0))

    @property
    def wer(self) -> ErrorRate:
        """Errors over true words, summed over all."""
        return sum((item.words for item in self.items), ErrorRate(0, 0))

    @property
    def suggested(self) -> SuggestionScore:
        """How many marked words get a suggestion, and how many of these are right."""
        return sum((item.suggested for item in self.items), SuggestionScore())

    @property
    def beside(self) -> AlternativesScore:
        """How often the true word is among the alternatives of a misread one."""
        return sum((item.beside for item in self.items), AlternativesScore())

    @property
    def cer_interval(self) -> Interval:
        """95 % bootstrap interval of the error rate of characters, per 100."""
        return rate_interval([item.characters for item in self.items])

    @property
    def wer_interval(self) -> Interval:
        """95 % bootstrap interval of the error rate of words, per 100."""
        return rate_interval([item.words for item in self.items])

    @property
    def calibration_error(self) -> float | None:
        """Expected calibration error of the confidences in use, in percent.

        None where nothing was read, or whole pages were.
        """
        return self._calibration_error(self.calibration)

    @property
    def calibration_error_before(self) -> float | None:
        """The same of the confidences as the network gives them."""
        return self._calibration_error(None)

    def _calibration_error(self, parameters: Calibration | None) -> float | None:
        sure, right = joined([item.judged for item in self.items])
        if not sure:
            return None
        return 100.0 * calibration_error(calibrated(sure, parameters), right)

    def marked(self, threshold: float) -> Marked | None:
        """Return what marking the doubtful words would find.

        Parameters
        ----------
        threshold : float
            Words that are right with less probability are marked, 0..1.

        Returns
        -------
        Marked or None
            None where nothing was read, or whole pages were.
        """
        words = [
            word
            for item in self.items
            for word in judged_words(
                item.read,
                calibrated(item.judged[0], self.calibration).tolist(),
                item.truth,
            )
            if item.judged[0]
        ]
        if not words:
            return None
        seemed, right = (np.array(part) for part in zip(*words, strict=True))
        wrong_share, right_share = (
            100.0 * float((seemed[group] < threshold).mean()) if group.any() else 0.0
            for group in (~right, right)
        )
        return Marked(
            wrong_share, right_share, float((1.0 - seemed).sum()), int((~right).sum())
        )

    def confusions(self) -> Counter[Pair]:
        """Count what was read as what."""
        return count_confusions((item.read, item.truth) for item in self.items)

    def worst(self, most: int) -> tuple[TextCompared, ...]:
        """Return the items with the most errors for their length, worst first."""
        ranked = sorted(
            (item for item in self.items if item.characters.errors),
            key=lambda item: (-item.characters.percent, -item.characters.errors),
        )
        return tuple(ranked[:most])

    def by_set(self) -> dict[str, TextReport]:
        """Return a report for each folder of the data; no times of their own."""
        names = sorted({item.set for item in self.items})
        return {
            name: replace(self, items=self._of(name), seconds=0.0) for name in names
        }

    def _of(self, name: str) -> tuple[TextCompared, ...]:
        return tuple(item for item in self.items if item.set == name)
