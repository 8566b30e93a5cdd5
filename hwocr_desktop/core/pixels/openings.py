"""Two pages on one scan, and the strip of a neighboring page at the edge of one.

Both are told from the lines: a gutter is a strip in the middle of a broad scan that
nearly all lines leave free, with lines on both of its sides; the neighboring page is a
column at the edge whose lines are all cut off by it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.pixels.ink_cleaning import CleanInk
from hwocr_desktop.core.pixels.line_paths import Path, ink_columns, length, trim_to_ink

_BROADEST_PAGE = 1.05  # width over height; what is broader may be an opening
_MIDDLE = (0.3, 0.7)  # of the width, where a gutter may be
_FREE = 0.5  # pitches on both sides of a gutter's middle that lines leave free
_FEWEST = 3  # lines on each side of a gutter
_CROSSING = 0.1  # share of the lines that may cross it all the same
_CUT_OFF = 0.5  # pitches from the edge within which what is cut off by it begins
_STRIP = 0.15  # of the width, the broadest strip of a neighboring page
_UNEVEN = 1.0  # pitches by which the ends of its lines may differ
_PARTED = 0.3  # pitches between that strip and the text


def find_gutter(ink: CleanInk, paths: Sequence[Path], pitch: float) -> float | None:
    """Return where the gutter of an opening is.

    Parameters
    ----------
    ink : CleanInk
    paths : paths in pixels of `ink`
    pitch : float
        Line pitch in pixels of `ink`.

    Returns
    -------
    float or None
        x in pixels of `ink`; None if this is a single page.
    """
    height, width = ink.density.shape
    if width < _BROADEST_PAGE * height or len(paths) < 2 * _FEWEST:
        return None
    near = int(_FREE * pitch)
    crossing = np.zeros(width, np.int64)
    lefts, rights = np.zeros(width, np.int64), np.zeros(width, np.int64)
    for path in paths:
        at = path[ink_columns(ink.density, path, pitch), 0].astype(np.int64)
        if not len(at):
            continue
        touched = np.zeros(width, np.bool_)
        for x in at.tolist():
            touched[max(0, x - near) : x + near + 1] = True
        crossing += touched
        lefts[int(at[0]) + near + 1 :] += 1
        rights[: max(0, int(at[-1]) - near)] += 1
    sides = np.minimum(lefts, rights)
    is_free = (crossing <= _CROSSING * sides) & (sides >= _FEWEST)
    is_free[: int(_MIDDLE[0] * width)] = False
    is_free[int(_MIDDLE[1] * width) :] = False
    edges = np.flatnonzero(np.diff(np.concatenate([[False], is_free, [False]])))
    runs = list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
    if not runs:
        return None
    first, last = max(runs, key=lambda run: run[1] - run[0])
    return float(first + last - 1) / 2


def part_at(
    ink: CleanInk, paths: Sequence[Path], gutter: float, pitch: float
) -> list[Path]:
    """Cut the paths that cross a gutter in two, each trimmed to its ink."""
    parted = []
    for path in paths:
        is_left = path[:, 0] < gutter
        if is_left.all() or not is_left.any():
            parted.append(path)
            continue
        for part in (path[is_left], path[~is_left]):
            if len(part) > 1:
                parted += trim_to_ink(ink.density, part, pitch)
    return parted


def without_neighbor(ink: CleanInk, paths: Sequence[Path], pitch: float) -> list[Path]:
    """Drop the lines of a neighboring page of which the scan shows only a strip.

    A strip at the left or right edge is dropped if three lines or more stand in it,
    the edge cuts most of them off, none of them reaches into the text beside it, and
    that text is longer altogether.
    """
    kept = list(paths)
    for way in (1, -1):
        kept = _without_strip(ink, kept, pitch, way)
    return kept


def _without_strip(
    ink: CleanInk, paths: list[Path], pitch: float, way: int
) -> list[Path]:
    width = ink.density.shape[1]
    ends = [_reach(path, width, way) for path in paths]
    cut = [
        end
        for start, end in ends
        if start <= _CUT_OFF * pitch and end <= _STRIP * width
    ]
    if len(cut) < _FEWEST:
        return paths
    border = max(cut) + _UNEVEN * pitch
    inside = [i for i, (_, end) in enumerate(ends) if end <= border]
    beyond = [i for i in range(len(paths)) if i not in inside]
    if len(inside) > 2 * len(cut) or not beyond:
        return paths
    parted = max(ends[i][1] for i in inside) + _PARTED * pitch
    if min(ends[i][0] for i in beyond) < parted:
        return paths
    lengths: npt.NDArray[np.float64] = np.array([length(path) for path in paths])
    if lengths[beyond].sum() < lengths[inside].sum():
        return paths
    return [paths[i] for i in beyond]


def _reach(path: Path, width: int, way: int) -> tuple[float, float]:
    """Return how far from the edge a path begins and ends, seen from that edge."""
    start, end = float(path[0, 0]), float(path[-1, 0])
    return (start, end) if way > 0 else (width - 1 - end, width - 1 - start)
