"""From crests to lines: trim them to their ink, settle who owns it, join and part.

A path is an (N, 3) float32 array: x, y of the middle of the small letters and the
strength of the ridge there, one row for each pixel column from the first to the last.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.pixels.ink_cleaning import CleanInk

Path = npt.NDArray[np.float32]
_Floats = npt.NDArray[np.float32]

BODY = 0.3  # half the height, in pitches, in which a line's small letters lie
WIDEST_GAP = 2.0  # a wider gap parts two lines on the same height
_INKED = 0.8  # pixels of ink that make a column of the body inked
_SHORTEST = 0.5
_LOOSE_GAP = 0.7  # at an end, specks beyond such a gap
_LOOSE_LENGTH = 0.2  # and shorter than this are not writing
_OWN = 0.4  # share of its ink a path must have for itself
_STEP_AT_JOIN = 0.35  # largest step in height where two paths join
_END_LENGTH = 2.0  # the part of a path that tells where it is heading
_STEEPEST_END = 0.15
_COLUMN_GAP = 0.7  # narrowest gap that can part columns
_COLUMN_LINES = 3  # neighboring lines that must share the gap
_RULED_GAP = 0.3  # narrowest gap with an upright ruling in it


def sample_along(
    image: npt.NDArray[np.generic], path: Path, offsets: _Floats, *, smooth: bool
) -> npt.NDArray[np.generic]:
    """Read an image along a path: row i of the result lies offsets[i] below it."""
    shape = len(offsets), len(path)
    across = np.ascontiguousarray(np.broadcast_to(path[None, :, 0], shape))
    down = (path[None, :, 1] + offsets[:, None]).astype(np.float32)
    if smooth:
        flat: npt.NDArray[np.generic] = cv2.remap(image, across, down, cv2.INTER_LINEAR)
        return flat
    height, width = image.shape[:2]
    rows = np.rint(down).astype(np.int64)
    columns = np.clip(np.rint(across).astype(np.int64), 0, width - 1)
    read = image[np.clip(rows, 0, height - 1), columns]
    return np.where((rows >= 0) & (rows < height), read, np.zeros((), image.dtype))


def band(reach: float) -> _Floats:
    """Return the whole-pixel offsets from -reach to reach."""
    return np.arange(-int(reach), int(reach) + 1, dtype=np.float32)


def every_column(points: _Floats) -> Path:
    """Interpolate a path with one row for each pixel column."""
    x = np.arange(np.ceil(points[0, 0]), np.floor(points[-1, 0]) + 1, dtype=np.float32)
    columns = [np.interp(x, points[:, 0], points[:, i]) for i in (1, 2)]
    return np.stack([x, *columns], axis=1).astype(np.float32)


def length(path: Path) -> float:
    """Return how far a path reaches from left to right."""
    return float(path[-1, 0] - path[0, 0]) if len(path) else 0.0


def ink_columns(density: _Floats, path: Path, pitch: float) -> npt.NDArray[np.bool_]:
    """Return which columns of a path have ink in the body of the line."""
    body = sample_along(density, path, band(BODY * pitch), smooth=False)
    return np.asarray(body.astype(np.float32).sum(axis=0) > _INKED)


def trim_to_ink(density: _Floats, crest: _Floats, pitch: float) -> list[Path]:
    """Cut a crest down to the stretches that have ink, split at wide gaps."""
    path = every_column(crest)
    if len(path) < 2:
        return []
    return _stretches(path, ink_columns(density, path, pitch), pitch)


def _stretches(path: Path, on: npt.NDArray[np.bool_], pitch: float) -> list[Path]:
    at = np.flatnonzero(on)
    if not len(at):
        return []
    parts = np.split(at, np.flatnonzero(np.diff(at) > WIDEST_GAP * pitch) + 1)
    trimmed = [_without_loose_ends(part, pitch) for part in parts]
    return [
        path[part[0] : part[-1] + 1]
        for part in trimmed
        if part[-1] - part[0] >= _SHORTEST * pitch
    ]


def _without_loose_ends(
    at: npt.NDArray[np.intp], pitch: float
) -> npt.NDArray[np.intp]:
    while len(at) > 2:
        breaks = np.flatnonzero(np.diff(at) > _LOOSE_GAP * pitch)
        if not len(breaks):
            break
        if at[breaks[0]] - at[0] < _LOOSE_LENGTH * pitch:
            at = at[breaks[0] + 1 :]
        elif at[-1] - at[breaks[-1] + 1] < _LOOSE_LENGTH * pitch:
            at = at[: breaks[-1] + 1]
        else:
            break
    return at


def settle_ownership(
    ink: CleanInk, paths: Sequence[Path], pitch: float
) -> list[Path]:
    """Keep the paths, or parts of them, whose ink is not a stronger path's.

    Ascenders and descenders form weak ridges of their own; their ink belongs to
    pieces whose main part lies on a stronger path close by.
    """
    claimed = np.zeros(ink.density.shape, np.bool_)
    body = band(BODY * pitch)
    around = band(pitch)
    in_body = np.abs(around) <= BODY * pitch
    kept: list[Path] = []
    count = int(ink.labels.max()) + 1 if ink.labels.size else 1
    for path in sorted(paths, key=lambda p: -float(p[:, 2].sum())):
        weight = sample_along(ink.density, path, around, smooth=False)
        weight = weight.astype(np.float64)
        label = sample_along(ink.labels, path, around, smooth=False).astype(np.int64)
        taken = sample_along(claimed, path, around, smooth=False).astype(np.bool_)
        own = weight[in_body].copy()
        if taken.any():
            there = np.bincount(label[taken], weight[taken], minlength=count)
            here = np.bincount(
                label[in_body].ravel(), weight[in_body].ravel(), minlength=count
            )
            own *= (here > there)[label[in_body]] & ~taken[in_body]
        window = int(pitch) | 1
        share = _running(own.sum(axis=0), window) / (
            _running(weight[in_body].sum(axis=0), window) + 1e-6
        )
        parts = [path] if share.min() >= _OWN else _runs(path, share >= _OWN)
        for part in parts:
            for stretch in _stretches(
                part, ink_columns(ink.density, part, pitch), pitch
            ):
                kept.append(stretch)
                _claim(claimed, stretch, body)
    return kept


def _claim(claimed: npt.NDArray[np.bool_], path: Path, body: _Floats) -> None:
    rows = np.rint(path[None, :, 1] + body[:, None]).astype(np.int64)
    columns = np.broadcast_to(np.rint(path[None, :, 0]).astype(np.int64), rows.shape)
    inside = (rows >= 0) & (rows < claimed.shape[0])
    claimed[rows[inside], np.clip(columns[inside], 0, claimed.shape[1] - 1)] = True


def _running(values: npt.NDArray[np.float64], window: int) -> _Floats:
    row = values.astype(np.float32)[None]
    mean: _Floats = cv2.blur(row, (window, 1), borderType=cv2.BORDER_CONSTANT)
    return mean[0]


def _runs(path: Path, on: npt.NDArray[np.bool_]) -> list[Path]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], on, [False]])))
    return [path[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > 1]


def join_ends(paths: Sequence[Path], pitch: float) -> list[Path]:
    """Join paths that go on from one another, the closest first."""
    joined = list(paths)
    while True:
        best = _best_join(joined, pitch)
        if best is None:
            return joined
        left, right = joined[best[0]], joined[best[1]]
        kept = left[left[:, 0] < right[0, 0]]
        both = every_column(np.concatenate([kept, right])) if len(kept) else right
        joined = [p for i, p in enumerate(joined) if i not in best] + [both]


def _best_join(paths: Sequence[Path], pitch: float) -> tuple[int, int] | None:
    starts = np.array([p[0, 0] for p in paths])
    ends = np.array([p[-1, 0] for p in paths])
    best: tuple[int, int] | None = None
    lowest = np.inf
    for i, left in enumerate(paths):
        gaps = starts - ends[i]
        follows = (gaps > -BODY * pitch) & (gaps < WIDEST_GAP * pitch)
        follows &= (ends > ends[i] + 1) & (starts > starts[i])
        for j in np.flatnonzero(follows):
            if i == j:
                continue
            middle = (ends[i] + starts[j]) / 2
            step = abs(_heading(left, middle, pitch) - _heading(paths[j], middle, pitch))
            cost = step / pitch + 0.3 * max(float(gaps[j]), 0.0) / pitch
            if step < _STEP_AT_JOIN * pitch and cost < lowest:
                lowest, best = cost, (i, int(j))
    return best


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
    """Part paths at gaps that several lines above and below share, or that are ruled."""
    runs = []
    gaps = []
    for index, path in enumerate(paths):
        on = ink_columns(ink.density, path, pitch)
        edges = np.flatnonzero(np.diff(np.concatenate([[False], on, [False]])))
        ons = np.stack([edges[::2], edges[1::2] - 1], axis=1)
        if not len(ons):
            continue
        wide = ons[1:, 0] - ons[:-1, 1] > _RULED_GAP * pitch
        first = np.concatenate([[True], wide])
        last = np.concatenate([wide, [True]])
        for a, b in zip(ons[first, 0], ons[last, 1], strict=True):
            runs.append((path[a, 0], path[b, 0], path[(a + b) // 2, 1], index))
        for a, b in zip(ons[:-1, 1][wide], ons[1:, 0][wide], strict=True):
            gaps.append((index, int(a), int(b)))
    table = np.array(runs, np.float64).reshape(-1, 4)
    cuts: dict[int, list[tuple[int, int]]] = {}
    for index, a, b in gaps:
        path = paths[index]
        is_cut = _is_ruled(ink.upright, path[a : b + 1], pitch)
        if not is_cut and b - a >= _COLUMN_GAP * pitch:
            sharing = sum(
                _sharing_lines(table, path[a], path[b], way, pitch) for way in (-1, 1)
            )
            is_cut = sharing >= _COLUMN_LINES
        if is_cut:
            cuts.setdefault(index, []).append((a, b))
    parted = []
    for index, path in enumerate(paths):
        start = 0
        for a, b in cuts.get(index, []):
            parted.append(path[start : a + 1])
            start = b
        parted.append(path[start:])
    return [p for p in parted if length(p) >= _SHORTEST * pitch]


def _is_ruled(upright: npt.NDArray[np.bool_], gap: Path, pitch: float) -> bool:
    read = sample_along(upright, gap, band(0.5 * pitch), smooth=False)
    return bool((read.astype(np.float32).mean(axis=0) > 0.6).any())


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
    least = 0.6 * _COLUMN_GAP * pitch
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
