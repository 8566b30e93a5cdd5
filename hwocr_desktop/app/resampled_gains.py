"""How far a gain would move with other pages or places held out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.text.bootstrap import RESAMPLES, interval

_Floats = npt.NDArray[np.float64]


def gain_interval(
    figures: npt.ArrayLike, gain: Callable[[_Floats], _Floats]
) -> tuple[float, float]:
    """Return a 95 % bootstrap interval of a gain.

    Parameters
    ----------
    figures : (N, ...) float
        What was measured of each page or place held out, N at least 1.
    gain : callable
        From means over the pages, (R, ...), to the gains that they make, (R,).
    """
    measured = np.asarray(figures, float)
    rng = np.random.default_rng(1)
    picks = rng.integers(len(measured), size=(RESAMPLES, len(measured)))
    return interval(gain(measured[picks].mean(axis=1)))
