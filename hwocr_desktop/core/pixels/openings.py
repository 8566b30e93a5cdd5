"""Lines of two pages on one scan, and of a neighboring page at the edge of one.

The neighboring page is told from its lines: a column at the edge of the scan whose
lines are all cut off by it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.pixels.gutters import Gutter
from hwocr_desktop.core.pixels.ink_cleaning import CleanInk
from hwocr_desktop.core.pixels.line_paths import Path, length, trim_to_ink

_FEWEST = 3  # lines of a neighboring page that the edge cuts off
_CUT_OFF = 0.5  # pitches from the edge within which what is cut off by it begins
_STRIP = 0.15  # of the width, the broadest strip of a neighboring page
_UNEVEN = 1.0  # pitches by which the ends of its lines may differ
_PARTED = 0.3  # pitches between that strip and the text


def part_at(
    ink: CleanInk, paths: Sequence[Path], gutter: Gutter, pitch: float
) -> list[Path]:
    """Cut the paths that cross a gutter in two, each trimmed to its ink."""
    parted = []
    for path in paths:
        is_left = path[:, 0] < gutter.at(path[:, 1])
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
