"""What became of the pages held out of a teaching to find lines."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hwocr_desktop.app.resampled_gains import gain_interval
from hwocr_desktop.core.pixels.layout_metrics import BaselineScores, mean_scores
from hwocr_desktop.ml.registry import ModelCard

CLEARLY = 0.5
"""F of baselines, in percent, that must be gained on the held-out pages."""

LINES_WORTH = 1.0
"""So many lines' worth of F must be gained besides: few lines move by chance."""


@dataclass(frozen=True, slots=True)
class PageCompared:
    """A held-out page, its lines that count, and how they were found and are now."""

    name: str
    lines: int
    before: BaselineScores
    after: BaselineScores


@dataclass(frozen=True, slots=True)
class LearnLayoutResult:
    """The verdict, and the new model, staged until a person keeps or discards it.

    Attributes
    ----------
    learned : int
        Pages that were learned from.
    pages : tuple of PageCompared
        Those held out, at least one.
    staged : Path
    card : ModelCard
    lost_pages : int
        Pages that were left out because their scans cannot be opened or are empty.
    run : Path or None
        Where the run is kept until it is decided about.
    """

    learned: int
    pages: tuple[PageCompared, ...]
    staged: Path
    card: ModelCard
    lost_pages: int = 0
    run: Path | None = None

    @property
    def before(self) -> BaselineScores:
        """How the lines were found, a mean over the pages held out."""
        return mean_scores([page.before for page in self.pages])

    @property
    def after(self) -> BaselineScores:
        """How the lines are found now."""
        return mean_scores([page.after for page in self.pages])

    @property
    def lines(self) -> int:
        """Lines on the pages held out."""
        return sum(page.lines for page in self.pages)

    @property
    def gain(self) -> float:
        """F gained, in percent."""
        return 100.0 * (self.after.f - self.before.f)

    @property
    def least_gain(self) -> float:
        """F that must be gained, in percent: more where there are few lines."""
        return max(CLEARLY, 100.0 * LINES_WORTH / max(1, self.lines))

    @property
    def is_better(self) -> bool:
        """Whether it finds lines better, clearly and beyond chance."""
        return self.gain >= self.least_gain and self.gain_interval[0] > 0

    @property
    def gain_interval(self) -> tuple[float, float]:
        """95 % bootstrap interval of the gain over the pages held out, in percent."""
        shares = [
            [(s.precision, s.recall) for s in (page.before, page.after)]
            for page in self.pages
        ]
        return gain_interval(shares, _f_gained)


def _f_gained(means: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return F gained in percent, of mean precision and recall before and after."""
    total = means.sum(axis=2)
    f = 2.0 * np.divide(
        means.prod(axis=2), total, out=np.zeros_like(total), where=total > 0
    )
    gained: npt.NDArray[np.float64] = 100.0 * (f[:, 1] - f[:, 0])
    return gained
