"""Fitting the map that makes confidences say how often a character is right.

On lines that the network did not learn from: on those that it did it is right more
often than anywhere else.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.text.calibration import (
    Calibration,
    Figures,
    calibrated,
    features,
    sigmoid,
)

FOLDS = 5
"""Parts of the lines of which each is measured with a map fitted on the others."""

JudgedLine = tuple[Sequence[float], Sequence[bool]]
"""Of a line's characters: the confidences, as the network gives them, and which are
right."""

_STEPS = 100
_PRIOR = 1.0
"""Weight of leaving confidences alone, in characters or so: it decides where the data
does not, say where every character is right."""


def fit_calibration(
    confidences: Sequence[float] | Figures,
    right: Sequence[bool] | npt.NDArray[np.bool_],
) -> Calibration:
    """Fit the map that makes what is known most likely.

    Parameters
    ----------
    confidences : (N,) 0..1
        As the network gives them, of lines that it did not learn from.
    right : (N,) bool

    Raises
    ------
    ValueError
        If there are no characters.
    """
    if not len(confidences):
        raise ValueError("no characters")
    weighed = features(np.asarray(confidences, np.float64))
    hits = np.asarray(right, np.float64)
    free = np.ones(3, bool)
    while True:
        weights = _most_likely(weighed, hits, free)
        negative = free & (weights < 0) & (np.arange(3) < 2)
        if not negative.any():
            low, high, shift = weights.tolist()
            return Calibration(low, high, shift)
        free &= ~negative


def cross_calibrated(
    lines: Sequence[JudgedLine],
) -> npt.NDArray[np.float64]:
    """Return confidences as a map would give them that had not seen their line.

    What a map does for the lines it was fitted on says too much good of it: here each
    of `FOLDS` parts of the lines is mapped by what was fitted on the others.

    Parameters
    ----------
    lines : sequence of (confidences, right)
        One for each line; at least two with characters.

    Returns
    -------
    (N,) float64
        Of all characters, in the order of the lines.
    """
    folds = min(FOLDS, len(lines))
    parts: list[Figures] = []
    maps = []
    for fold in range(folds):
        others = [line for n, line in enumerate(lines) if n % folds != fold]
        maps.append(fit_calibration(*joined(others)))
    for number, (confidences, _) in enumerate(lines):
        parts.append(calibrated(confidences, maps[number % folds]))
    return np.concatenate(parts)


def joined(
    lines: Sequence[JudgedLine],
) -> tuple[list[float], list[bool]]:
    """Return confidences and what is right of all lines, one after the other."""
    confidences = [one for line, _ in lines for one in line]
    return confidences, [one for _, line in lines for one in line]


def _most_likely(
    weighed: Figures, hits: Figures, free: npt.NDArray[np.bool_]
) -> Figures:
    """Minimize the logistic loss by Newton's method; weights not free are 0."""
    neutral = np.array([1.0, 1.0, 0.0])
    weights = np.where(free, neutral, 0.0)

    def loss(at: Figures) -> float:
        logits = weighed @ at
        data = np.logaddexp(0.0, logits) - hits * logits
        return float(data.sum() + 0.5 * _PRIOR * ((at - neutral)[free] ** 2).sum())

    best = loss(weights)
    for _ in range(_STEPS):
        p = sigmoid(weighed @ weights)
        slope = weighed.T @ (p - hits) + _PRIOR * (weights - neutral)
        curve = (weighed * (p * (1.0 - p))[:, None]).T @ weighed + _PRIOR * np.eye(3)
        step = np.zeros(3)
        step[free] = np.linalg.solve(curve[np.ix_(free, free)], slope[free])
        size = 1.0
        while (new := loss(weights - size * step)) > best and size > 1e-9:
            size /= 2
        if best - new < 1e-9 * max(best, 1.0):
            break
        weights, best = weights - size * step, new
    return weights
