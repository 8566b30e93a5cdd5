"""How well found lines agree with true lines, measured on their baselines.

The scheme is the one of the cBAD competitions: every baseline is a chain of points a
few pixels apart, and a point is right if a point of the other side lies within a
tolerance that grows with the distance between the true lines around it.

References
----------
Grüning, Labahn, Diem, Kleber, Fiel: READ-BAD: A New Dataset and Evaluation Scheme for
Baseline Detection in Archival Documents, DAS 2018, doi:10.1109/DAS.2018.38
(arXiv:1705.03311), section IV.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.pixels.geometry import Point

Baseline = Sequence[Point]
_Points = npt.NDArray[np.float64]

_TICK_PX = 5.0  # distance between the points of a chain
_MIN_POINTS = 20  # so that a short line is judged by more than its two ends
_FARTHEST_PX = 250.0  # neighbors farther away do not widen the tolerance
_TOLERANCE = 0.25  # share of the distance to the neighboring line
_ON_TRUTH = 0.5  # share of a found line that must lie on a truth to be its piece
_LEAST_PX = 1.0  # the tolerance where lines cross or touch
_SWALLOWED = 0.3  # share of a truth that one found line must cover to hold it


@dataclass(frozen=True, slots=True)
class BaselineScores:
    """Agreement of the found lines of one page with the true ones.

    Attributes
    ----------
    precision : float
        Mean share of a found line that lies on the one truth it is matched with,
        0..1; pieces of a split line beyond the first count as wrong.
    recall : float
        Mean share of a true line that any found line covers, 0..1.
    f : float
        Harmonic mean of the two.
    merges : int
        Found lines that hold two or more true lines.
    splits : int
        True lines that were found in two or more pieces.
    """

    precision: float
    recall: float
    f: float
    merges: int = 0
    splits: int = 0


def baseline_scores(
    found: Sequence[Baseline], truth: Sequence[Baseline]
) -> BaselineScores:
    """Compare found with true baselines of one page.

    Parameters
    ----------
    found, truth : sequences of polylines
        Points (x, y) in page pixels; polylines without points are ignored.

    Returns
    -------
    BaselineScores
        With nothing to find, everything found is wrong and nothing is missed.
    """
    found_chains = [resample(line) for line in found if len(line)]
    truth_chains = [resample(line) for line in truth if len(line)]
    if not found_chains or not truth_chains:
        precision = float(not found_chains)
        recall = float(not truth_chains)
        return BaselineScores(precision, recall, _harmonic(precision, recall))
    tolerances = line_tolerances(truth_chains)
    hits = np.zeros((len(found_chains), len(truth_chains)))
    held = np.zeros_like(hits)
    recall = 0.0
    for column, (chain, tolerance) in enumerate(
        zip(truth_chains, tolerances, strict=True)
    ):
        nearest = np.full(len(chain), np.inf)
        for row, other in enumerate(found_chains):
            to_truth, to_found = _distances(other, chain, 3 * tolerance)
            hits[row, column] = _credit(to_truth, tolerance).mean()
            held[row, column] = (to_found <= tolerance).mean()
            nearest = np.minimum(nearest, to_found)
        recall += float(_credit(nearest, tolerance).mean())
    precision = _matched(hits) / len(found_chains)
    recall /= len(truth_chains)
    return BaselineScores(
        precision,
        recall,
        _harmonic(precision, recall),
        merges=int(((held >= _SWALLOWED).sum(axis=1) > 1).sum()),
        splits=int(((hits >= _ON_TRUTH).sum(axis=0) > 1).sum()),
    )


def mean_scores(scores: Sequence[BaselineScores]) -> BaselineScores:
    """Average over pages; F is that of the averages, merges and splits are added.

    Raises
    ------
    ValueError
        If there are no scores.
    """
    if not scores:
        raise ValueError("no scores to average")
    precision = float(np.mean([s.precision for s in scores]))
    recall = float(np.mean([s.recall for s in scores]))
    return BaselineScores(
        precision,
        recall,
        _harmonic(precision, recall),
        sum(s.merges for s in scores),
        sum(s.splits for s in scores),
    )


def resample(line: Baseline) -> _Points:
    """Place points along a polyline, evenly and about `_TICK_PX` apart.

    Returns
    -------
    (N, 2) float64
        At least `_MIN_POINTS` points unless the line is only that many pixels long.
    """
    points = np.asarray(line, dtype=np.float64).reshape(-1, 2)
    steps = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    length = float(along[-1])
    count = max(int(length / _TICK_PX) + 1, min(_MIN_POINTS, int(length) + 1))
    at = np.linspace(0.0, length, count)
    return np.stack([np.interp(at, along, points[:, axis]) for axis in (0, 1)], axis=1)


def line_tolerances(truth: Sequence[_Points]) -> npt.NDArray[np.float64]:
    """Return the tolerance in pixels for each true line.

    A quarter of the smallest distance to another line, measured at right angles to
    the line, but never more than a quarter of the page's mean of those distances,
    which also stands in for lines without a neighbor.
    """
    distances = np.array([_neighbor_distance(i, truth) for i in range(len(truth))])
    near = distances < _FARTHEST_PX
    mean = float(distances[near].mean()) if near.any() else _FARTHEST_PX
    tolerances = _TOLERANCE * np.minimum(np.where(near, distances, mean), mean)
    return np.maximum(tolerances, _LEAST_PX)


def _neighbor_distance(index: int, chains: Sequence[_Points]) -> float:
    """Return the smallest distance across the line to any other line."""
    chain = chains[index]
    centered = chain - chain.mean(axis=0)
    direction = np.linalg.svd(centered, full_matrices=False)[2][0]
    normal = np.array([-direction[1], direction[0]])
    nearest = _FARTHEST_PX
    for other_index, other in enumerate(chains):
        if other_index == index:
            continue
        difference = chain[:, None, :] - other[None, :, :]
        beside = np.abs(difference @ direction) <= 2 * _TICK_PX
        across = np.abs(difference @ normal)[beside]
        if across.size:
            nearest = min(nearest, float(across.min()))
    return nearest


def _distances(a: _Points, b: _Points, limit: float) -> tuple[_Points, _Points]:
    """Return for each point its city-block distance to the other chain."""
    gap = np.maximum(b.min(axis=0) - a.max(axis=0), a.min(axis=0) - b.max(axis=0))
    if gap.max() > limit:
        return np.full(len(a), np.inf), np.full(len(b), np.inf)
    table = np.abs(a[:, None, :] - b[None, :, :]).sum(axis=2)
    return table.min(axis=1), table.min(axis=0)


def _credit(distance: _Points, tolerance: float) -> _Points:
    """Return 1 within the tolerance, falling to 0 at three times the tolerance."""
    return np.clip((3 * tolerance - distance) / (2 * tolerance), 0.0, 1.0)


def _matched(hits: npt.NDArray[np.float64]) -> float:
    """Return the sum of the hits of the best pairs, each line used once, greedily."""
    left = hits.copy()
    total = 0.0
    while left.max() > 0:
        row, column = np.unravel_index(int(left.argmax()), left.shape)
        total += float(left[row, column])
        left[row, :] = 0
        left[:, column] = 0
    return total


def _harmonic(precision: float, recall: float) -> float:
    total = precision + recall
    return 2 * precision * recall / total if total else 0.0
