"""Join paths that go on from one another into lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hwocr_desktop.core.pixels.line_paths import (
    BODY,
    WIDEST_GAP,
    Path,
    every_column,
    length,
)

_STEP_AT_JOIN = 0.35  # largest step in height where two paths join
_GAP_COST = 0.3  # what a gap counts against a step
_END_LENGTH = 2.0  # the part of a path that tells where it is heading
_STEEPEST_END = 0.15


def join_ends(paths: Sequence[Path], pitch: float) -> list[Path]:
    """Join paths that go on from one another, the closest first."""
    joined = list(paths)
    while True:
        follower = _followers(joined, pitch)
        if not follower:
            return joined
        is_follower = set(follower.values())
        chains = []
        for index in range(len(joined)):
            if index in is_follower:
                continue
            chain = joined[index]
            while index in follower:
                index = follower[index]
                chain = _appended(chain, joined[index])
            chains.append(chain)
        joined = chains


def _appended(left: Path, right: Path) -> Path:
    kept = left[left[:, 0] < right[0, 0]]
    return every_column(np.concatenate([kept, right])) if len(kept) else right


def _followers(paths: Sequence[Path], pitch: float) -> dict[int, int]:
    """Return which path goes on from which, each used once on each side."""
    starts = np.array([p[0, 0] for p in paths])
    ends = np.array([p[-1, 0] for p in paths])
    heights = np.array([[p[0, 1], p[-1, 1]] for p in paths]).reshape(-1, 2)
    pairs = []
    for i, left in enumerate(paths):
        gaps = starts - ends[i]
        follows = (gaps > -BODY * pitch) & (gaps < WIDEST_GAP * pitch)
        follows &= (ends > ends[i] + 1) & (starts > starts[i])
        follows &= np.abs(heights[:, 0] - heights[i, 1]) < pitch
        for j in (int(k) for k in np.flatnonzero(follows) if k != i):
            middle = float(ends[i] + starts[j]) / 2
            step = abs(
                _heading(left, middle, pitch) - _heading(paths[j], middle, pitch)
            )
            if step < _STEP_AT_JOIN * pitch:
                gap = max(float(gaps[j]), 0.0)
                pairs.append(((step + _GAP_COST * gap) / pitch, i, j))
    follower: dict[int, int] = {}
    for _, i, j in sorted(pairs):
        if i not in follower and j not in follower.values():
            follower[i] = j
    return follower


def _heading(path: Path, x: float, pitch: float) -> float:
    """Return the height that a path would have at x, beyond one of its ends."""
    count = max(2, int(_END_LENGTH * pitch))
    end = path[:count] if x < path[:, 0].mean() else path[-count:]
    if length(end) < 0.8 * pitch:
        return float(end[:, 1].mean())
    offsets = end[:, 0] - np.float32(x)
    slope = float(np.polyfit(offsets, end[:, 1], 1)[0])
    slope = min(max(slope, -_STEEPEST_END), _STEEPEST_END)
    return float((end[:, 1] - slope * offsets).mean())
