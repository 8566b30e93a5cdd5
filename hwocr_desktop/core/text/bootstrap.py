"""How far an error rate would move with other lines: bootstrap over lines or pages.

A set is drawn anew, with repeats, from the lines that were measured, again and again;
the middle 95 % of the rates so found are the interval (M. Bisani, H. Ney 2004,
DOI 10.1109/ICASSP.2004.1326009). Lines, not characters, are drawn: errors of one line
have one cause. Where lines share pages or hands, intervals are too narrow still.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.text.text_metrics import ErrorRate

RESAMPLES = 1000
"""Times that a set is drawn anew."""

TAILS = (2.5, 97.5)
"""Percentiles between which 95 % of the resamples lie."""

BEYOND_CHANCE = 0.975
"""Share of the resamples in which it must be better to be called better."""

LEAST_TO_TELL = 6
"""Lines below which nothing is called better. Resamples of one line or two have hardly
any spread, and even if all of five lines came out better, tossed coins would do as well
more often (1 in 32) than the 1 in 40 that `BEYOND_CHANCE` allows."""

_AT_ONCE = 1_000_000
"""Draws held in memory at a time."""


def resampled_rates(
    *groups: Sequence[ErrorRate], resamples: int = RESAMPLES, seed: int = 1
) -> tuple[npt.NDArray[np.float64], ...]:
    """Return error rates per 100 of bootstrap resamples, paired between the groups.

    Parameters
    ----------
    *groups : sequence of ErrorRate
        The same lines or pages in the same order, read in different ways, say before
        and after; at least one line.
    resamples : int
    seed : int
        The same seed draws the same lines.

    Returns
    -------
    (resamples,) float64 array for each group
        As `ErrorRate.percent`: above 100 if need be.

    Raises
    ------
    ValueError
        If there are no lines, or the groups differ in length.
    """
    count = len(groups[0])
    if count == 0 or any(len(group) != count for group in groups):
        raise ValueError("groups of the same lines, at least one, are needed")
    rng = np.random.default_rng(seed)
    counts = np.array([[(r.errors, r.total) for r in group] for group in groups])
    sums = np.empty((len(groups), resamples, 2))
    block = max(1, _AT_ONCE // count)
    for first in range(0, resamples, block):
        last = min(first + block, resamples)
        picks = rng.integers(count, size=(last - first, count))
        for total, group in zip(sums, counts, strict=True):
            total[first:last] = group[picks].sum(axis=1)
    errors, totals = sums[..., 0], sums[..., 1]
    rates = np.where(errors > 0, 100.0, 0.0)
    np.divide(100.0 * errors, totals, out=rates, where=totals > 0)
    return tuple(rates)


def interval(rates: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Return the bounds between which 95 % of some resampled figures lie."""
    low, high = np.percentile(rates, TAILS)
    return float(low), float(high)


def rate_interval(items: Sequence[ErrorRate]) -> tuple[float, float]:
    """Return the 95 % interval of the error rate of a set, per 100.

    Parameters
    ----------
    items : sequence of ErrorRate
        One for each line or page, at least one.
    """
    (rates,) = resampled_rates(items)
    return interval(rates)


def is_fewer(before: Sequence[ErrorRate], after: Sequence[ErrorRate]) -> bool:
    """Whether fewer errors remain, and by more than chance.

    Parameters
    ----------
    before, after : sequence of ErrorRate
        Of the same lines in the same order. Of fewer than `LEAST_TO_TELL` it is never
        said.
    """
    if len(before) < LEAST_TO_TELL:
        return False
    old, new = resampled_rates(before, after)
    return bool(np.mean(new < old) >= BEYOND_CHANCE)
