"""Join paths that belong to one line, and part those that run through two columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.pixels.ink_cleaning import CleanInk
from hwocr_desktop.core.pixels.line_paths import (
    BODY,
    SHORTEST,
    WIDEST_GAP,
    Path,
    band,
    every_column,
    ink_columns,
    length,
    read_along,
)

_STEP_AT_JOIN = 0.35  # largest step in height where two paths join
_GAP_COST = 0.3  # what a gap counts against a step
_END_LENGTH = 2.0  # the part of a path that tells where it is heading
_STEEPEST_END = 0.15
_COLUMN_GAP = 1.0  # narrowest gap that can part columns
_COLUMN_LINES = 3  # neighboring lines that must share the gap
_RULED_GAP = 0.5  # narrowest gap if an upright ruling runs in it
_RULED_LINES = 2
_SHARED = 0.5  # width of a gap that all the lines must leave free
_CELL_GAP = 0.2  # entries of a table may stand closer than words,
_CELL_LINES = 5  # where so many end at the ruling
_CELL_REACH = 6.0  # this far above and below,
_MOST_ACROSS = 0.2  # and few run across it: text is written across folds


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


def part_columns(ink: CleanInk, paths: Sequence[Path], pitch: float) -> list[Path]:
    """Part paths at gaps that lines above and below share, fewer where ruled."""
    runs, gaps = _runs_and_gaps(ink, paths, pitch, is_cells=False)

    def is_column(left: Path, gap: Path, right: Path) -> bool:
        is_ruled = _is_ruled(ink.upright, gap, pitch)
        if not is_ruled and len(gap) - 1 < _COLUMN_GAP * pitch:
            return False
        sharing = sum(_sharing_lines(runs, left, right, way, pitch) for way in (-1, 1))
        return sharing >= (_RULED_LINES if is_ruled else _COLUMN_LINES)

    parted = _part_cells(ink, _parted(paths, gaps, is_column), pitch)
    return [p for p in parted if length(p) >= SHORTEST * pitch]


def _part_cells(ink: CleanInk, paths: Sequence[Path], pitch: float) -> list[Path]:
    """Part paths at upright rulings that hardly any line runs across."""
    runs, gaps = _runs_and_gaps(ink, paths, pitch, is_cells=True)
    least = _RULED_GAP / 2 * pitch

    def is_cell(left: Path, gap: Path, right: Path) -> bool:
        x, y, _ = (left + right) / 2
        near = runs[np.abs(runs[:, 2] - y) < _CELL_REACH * pitch]
        starts, ends = near[:, 0] - x, near[:, 1] - x
        across = np.count_nonzero((starts < -least) & (ends > least))
        beside = np.count_nonzero((ends <= least) & (ends > -4 * pitch))
        return bool(beside >= _CELL_LINES and across <= _MOST_ACROSS * beside)

    return _parted(paths, gaps, is_cell)


def _parted(
    paths: Sequence[Path],
    gaps: Sequence[Sequence[tuple[int, int]]],
    is_parted: Callable[[Path, Path, Path], bool],
) -> list[Path]:
    """Part paths at some of their gaps, judged by both ends and what is between."""
    parted = []
    for path, places in zip(paths, gaps, strict=True):
        start = 0
        for a, b in places:
            if is_parted(path[a], path[a : b + 1], path[b]):
                parted.append(path[start : a + 1])
                start = b
        parted.append(path[start:])
    return parted


def _runs_and_gaps(
    ink: CleanInk, paths: Sequence[Path], pitch: float, *, is_cells: bool
) -> tuple[npt.NDArray[np.float64], list[list[tuple[int, int]]]]:
    """Return where ink runs (x0, x1, y) and, for each path, where wide gaps are."""
    runs = []
    gaps = []
    for path in paths:
        on = ink_columns(ink.density, path, pitch)
        edges = np.flatnonzero(np.diff(np.concatenate([[False], on, [False]])))
        first, last = edges[::2], edges[1::2] - 1
        room = first[1:] - last[:-1]
        wide = room > (_CELL_GAP if is_cells else _RULED_GAP) * pitch
        if is_cells:
            for i in np.flatnonzero(wide):
                # With the ruling, what is written across it has been taken away.
                ruled = _ruled(ink.upright, path[last[i] : first[i + 1] + 1], pitch)
                wide[i] = ruled.any() and room[i] - ruled.sum() > _CELL_GAP * pitch
        gaps.append(
            list(zip(last[:-1][wide].tolist(), first[1:][wide].tolist(), strict=True))
        )
        if not len(first):
            continue
        begins = first[np.concatenate([[True], wide])]
        finishes = last[np.concatenate([wide, [True]])]
        middles = (begins + finishes) // 2
        runs.append(
            np.stack([path[begins, 0], path[finishes, 0], path[middles, 1]], axis=1)
        )
    table = np.concatenate(runs) if runs else np.zeros((0, 3))
    return table.astype(np.float64), gaps


def _is_ruled(upright: npt.NDArray[np.bool_], gap: Path, pitch: float) -> bool:
    return bool(_ruled(upright, gap, pitch).any())


def _ruled(
    upright: npt.NDArray[np.bool_], gap: Path, pitch: float
) -> npt.NDArray[np.bool_]:
    """Return at which columns of a gap an upright ruling stands."""
    read = read_along(upright, gap, band(0.5 * pitch))
    return np.asarray(read.mean(axis=0) > 0.6)


def _sharing_lines(
    runs: npt.NDArray[np.float64],
    left: npt.NDArray[np.float32],
    right: npt.NDArray[np.float32],
    way: int,
    pitch: float,
) -> int:
    """Count lines next to each other, up or down, that leave the same gap free."""
    start, end = float(left[0]), float(right[0])
    y = float(left[1] + right[1]) / 2
    least = _SHARED * pitch
    count = 0
    while True:
        away = way * (runs[:, 2] - y)
        near = runs[(away > 0.4 * pitch) & (away < 1.6 * pitch)]
        before = near[(near[:, 1] < end - least) & (near[:, 1] > start - 4 * pitch)]
        after = near[(near[:, 0] > start + least) & (near[:, 0] < end + 4 * pitch)]
        before = before[before[:, 0] < start]
        after = after[after[:, 1] > end]
        across = (near[:, 0] < start + least) & (near[:, 1] > end - least)
        if across.any() or not len(before) or not len(after):
            return count
        start = max(start, float(before[:, 1].max()))
        end = min(end, float(after[:, 0].min()))
        if end - start < least:
            return count
        count += 1
        rows = np.concatenate([before[:, 2], after[:, 2]])
        y = float(rows[np.abs(rows - y).argmin()])
