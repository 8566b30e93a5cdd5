"""Which found line is which true line: by overlap of outlines, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from hwocr_desktop.core.pixels.geometry import LineShape, Point

MATCH_IOU = 0.5
"""Outlines that share this much of their common area are the same line."""

_MOST_PX = 400
# Pixels on the longer side of the common box in which two outlines are compared.


@dataclass(frozen=True, slots=True)
class MatchCounts:
    """Lines found, true lines, and how many of them are the same.

    Attributes
    ----------
    matched, found, true : int
    """

    matched: int = 0
    found: int = 0
    true: int = 0

    def __add__(self, other: MatchCounts) -> MatchCounts:
        return MatchCounts(
            self.matched + other.matched,
            self.found + other.found,
            self.true + other.true,
        )

    @property
    def precision(self) -> float:
        """Share of the found lines that are true, 0..1; 1 if none were found."""
        return self.matched / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of the true lines that were found, 0..1; 1 if there are none."""
        return self.matched / self.true if self.true else 1.0

    @property
    def f(self) -> float:
        """Harmonic mean of the two."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def iou(one: Sequence[Point], other: Sequence[Point]) -> float:
    """Return the share of two outlines' common area that lies in both, 0..1.

    Outlines are compared on a grid of at most 400 cells a side.
    """
    a, b = (np.asarray(outline, np.float64) for outline in (one, other))
    low = np.minimum(a.min(axis=0), b.min(axis=0))
    high = np.maximum(a.max(axis=0), b.max(axis=0))
    apart = np.maximum(a.min(axis=0), b.min(axis=0)) > np.minimum(
        a.max(axis=0), b.max(axis=0)
    )
    if apart.any():
        return 0.0
    scale = min(1.0, _MOST_PX / max(float((high - low).max()), 1.0))
    width, height = (np.ceil((high - low) * scale).astype(int) + 1).tolist()
    masks = []
    for outline in (a, b):
        mask = np.zeros((height, width), np.uint8)
        cv2.fillPoly(mask, [np.round((outline - low) * scale).astype(np.int32)], 1)
        masks.append(mask.astype(bool))
    union = np.count_nonzero(masks[0] | masks[1])
    return float(np.count_nonzero(masks[0] & masks[1]) / union)


def match_outlines(
    found: Sequence[LineShape], truth: Sequence[LineShape], least: float = MATCH_IOU
) -> list[tuple[int, int]]:
    """Pair found with true lines, the best overlap first, each line once.

    Parameters
    ----------
    found, truth : sequences of LineShape
    least : float
        Overlap below which two lines are not the same, 0..1.

    Returns
    -------
    list of (index in found, index in truth)
        In the order of the truth.
    """
    overlaps = [
        (overlap, i, j)
        for i, one in enumerate(found)
        for j, other in enumerate(truth)
        if (overlap := iou(one.polygon, other.polygon)) >= least
    ]
    pairs: dict[int, int] = {}
    for _, i, j in sorted(overlaps, key=lambda item: (-item[0], item[1], item[2])):
        if j not in pairs and i not in pairs.values():
            pairs[j] = i
    return [(i, j) for j, i in sorted(pairs.items())]


def order_tau(pairs: Sequence[tuple[int, int]]) -> float | None:
    """Return how well the order of found lines is that of the truth: Kendall's tau.

    Parameters
    ----------
    pairs : sequence of (place among the found, place in the truth)

    Returns
    -------
    float or None
        1 for the same order, -1 for the reverse; None for fewer than two pairs.
    """
    count = len(pairs)
    if count < 2:
        return None
    balance = sum(
        1 if (a[0] - b[0]) * (a[1] - b[1]) > 0 else -1
        for i, a in enumerate(pairs)
        for b in pairs[:i]
    )
    return 2.0 * balance / (count * (count - 1))


def in_true_order(count: int, pairs: Sequence[tuple[int, int]]) -> list[int]:
    """Return the found lines in the order of the truth.

    A line that is none of the truth stays behind the found line before it.

    Parameters
    ----------
    count : int
        How many lines were found.
    pairs : sequence of (place among the found, place in the truth)

    Returns
    -------
    list of int
        Each place among the found, once.
    """
    place = dict(pairs)
    keys, last = [], -1
    for found in range(count):
        last = place.get(found, last)
        keys.append((last, found not in place, found))
    return [found for _, _, found in sorted(keys)]
