"""What became of the places held out of a teaching to clean: figures and pictures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hwocr_desktop.app.resampled_gains import gain_interval
from hwocr_desktop.core.progress import CancelToken
from hwocr_desktop.ml.binarizer import Binarizer
from hwocr_desktop.ml.registry import ModelCard
from hwocr_desktop.ml.training.binarizer_data import InkPage

CLEARLY = 0.5
"""F-measure, in percent, that must be gained on the held-out regions."""

SHOWN_PX = 420
"""Longest side of the pictures of a held-out region."""

MOST_SHOWN = 6
"""Held-out regions of which there are pictures."""


@dataclass(frozen=True, slots=True)
class RegionViews:
    """What a held-out region looks like, or the part of it where most differs.

    Attributes
    ----------
    gray : (H, W) uint8, 0 = black
    before, after, mended : (H, W) bool, True = ink
        As the model cleaned it, as the taught one does, and as a person mended it.
    """

    gray: npt.NDArray[np.uint8]
    before: npt.NDArray[np.bool_]
    after: npt.NDArray[np.bool_]
    mended: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class RegionCompared:
    """A held-out region, its F-measure before and after in percent, and pictures."""

    name: str
    before: float
    after: float
    views: RegionViews | None = None


@dataclass(frozen=True, slots=True)
class LearnInkResult:
    """The verdict, and the new model, staged until a person keeps or discards it.

    Attributes
    ----------
    before, after : float
        Mean F-measure on the held-out regions, in percent.
    learned : int
        Regions that were learned from.
    regions : tuple of RegionCompared
        Those held out.
    staged : Path
    card : ModelCard
    lost_pages : int
        Mended pages that were left out because their scans cannot be opened, and pairs
        that cannot be used.
    run : Path or None
        Where the run is kept until it is decided about.
    reasons : tuple of str
        What is wrong with each of those pairs, and which one it is.
    """

    before: float
    after: float
    learned: int
    regions: tuple[RegionCompared, ...]
    staged: Path
    card: ModelCard
    lost_pages: int = 0
    run: Path | None = None
    reasons: tuple[str, ...] = ()

    @property
    def is_better(self) -> bool:
        """Whether it cleans better, clearly and beyond chance."""
        gain = self.after - self.before
        return gain >= CLEARLY and self.gain_interval[0] > 0

    @property
    def gain_interval(self) -> tuple[float, float]:
        """95 % bootstrap interval of the mean gain over the regions held out."""
        gains = [region.after - region.before for region in self.regions]
        if not gains:
            gain = self.after - self.before
            return gain, gain
        return gain_interval(gains, lambda means: means)


def region_views(
    page: InkPage, base: Binarizer, tuned: Binarizer, cancel: CancelToken
) -> RegionViews:
    """Return pictures of a region, cut where most differs if it is a large one."""
    before, after = (
        model.ink_map(page.gray, whole=page.whole, cancel=cancel).binary()
        for model in (base, tuned)
    )
    differs = (before != page.truth) | (after != page.truth)
    ys, xs = np.nonzero(differs if differs.any() else page.truth)
    cuts = []
    for places, side in ((ys, page.gray.shape[0]), (xs, page.gray.shape[1])):
        middle = int(np.median(places)) if len(places) else side // 2
        first = int(np.clip(middle - SHOWN_PX // 2, 0, max(0, side - SHOWN_PX)))
        cuts.append(slice(first, first + SHOWN_PX))
    rows, columns = cuts
    before, after, truth = (ink[rows, columns] for ink in (before, after, page.truth))
    # Copies: the whole page need not travel with its part.
    return RegionViews(
        page.gray[rows, columns].copy(), before.copy(), after.copy(), truth.copy()
    )
