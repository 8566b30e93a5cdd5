"""Line ends that a network sees farther out than they were found.

The first and the last word of a line are sometimes trimmed off: a capital that hangs
below the line, a word beyond a wide space. The network's map of bodies goes on there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.core.pixels.line_belief import ABOVE, runs_along
from hwocr_desktop.core.pixels.line_paths import Path, ink_columns
from hwocr_desktop.core.pixels.line_shapes import ASCENT

_BODY = 0.5
"""From what the map has a body."""

_GAP = 0.25
"""Of the line pitch: at a wider gap the body ends."""

_LEAST = 0.6
"""Of the pitch. Bodies reach less than 0.46 past 99 of 100 ends that are right, on
validation pages; of 32 ends that they reach 0.7 past, 25 were too short."""

_FARTHEST = 4.0
"""Of the pitch: a body is not followed farther."""

_ASIDE = 0.5
"""Of the pitch: a line nearer than that has the body."""

_STRAIGHT = 3.0
"""Of the pitch: shorter lines do not tell how they slope."""


def lengthened(
    paths: Sequence[Path],
    shapes: Sequence[LineShape],
    believed: Sequence[int],
    bodies: npt.NDArray[np.float32],
    density: npt.NDArray[np.float32],
    per_pixel: tuple[float, float],
) -> list[Path]:
    """Return the paths of lines, longer where the body of a line goes on, to its ink.

    Parameters
    ----------
    paths : sequence of Path
        In pixels of the map.
    shapes : sequence of LineShape
        What they became, in page pixels, running about level.
    believed : sequence of int
        Which of them are lines; only these are lengthened, and stop others.
    bodies : (H, W) float32, 0..1
        The network's map of the page.
    density : (H, W) float32, 0..1
        Its ink.
    per_pixel : (x, y)
        Page pixels for each pixel of the map.

    Returns
    -------
    list of Path
        The very paths where nothing is to be added.
    """
    baselines = {i: np.array(shapes[i].baseline) / per_pixel for i in believed}
    result = list(paths)
    for i, baseline in baselines.items():
        pitch = shapes[i].ascent / ASCENT / per_pixel[1]
        others = [other for j, other in baselines.items() if j != i]
        for side in (-1, 1):
            more = _beyond(baseline, side, pitch, bodies)
            is_taken = any(runs_along(o, more, _ASIDE * pitch) for o in others)
            if len(more) > _LEAST * pitch and not is_taken:
                rows = _rows(result[i], more, baseline, side)
                inked = np.flatnonzero(ink_columns(density, rows, pitch))
                if len(inked):
                    rows = rows[: inked[-1] + 1]
                    parts = (rows[::-1], result[i]) if side < 0 else (result[i], rows)
                    result[i] = np.concatenate(parts)
    return result


def _beyond(
    baseline: npt.NDArray[np.float64],
    side: int,
    pitch: float,
    bodies: npt.NDArray[np.float32],
) -> npt.NDArray[np.float64]:
    """Follow the body of a line past its end; return points of its baseline, (N, 2)."""
    end = baseline[0 if side < 0 else -1]
    length, rise = baseline[-1] - baseline[0]
    slope = rise / length if length > _STRAIGHT * pitch else 0.0
    height, width = bodies.shape
    steps = side * np.arange(1, int(_FARTHEST * pitch) + 1)
    points = np.stack([end[0] + steps, end[1] + slope * steps], axis=1)
    points = points[(points[:, 0] >= 0) & (points[:, 0] <= width - 1)]
    up = np.array(ABOVE)[:, None] * ASCENT * pitch
    rows = np.clip(np.rint(points[:, 1] - up).astype(np.intp), 0, height - 1)
    seen = bodies[rows, np.rint(points[:, 0]).astype(np.intp)].max(axis=0) > _BODY
    at = np.concatenate([[-1], np.flatnonzero(seen)])
    ends = np.flatnonzero(np.diff(at) > _GAP * pitch)
    last = at[ends[0]] if len(ends) else at[-1]
    return np.asarray(points[: last + 1])


def _rows(
    path: Path,
    more: npt.NDArray[np.float64],
    baseline: npt.NDArray[np.float64],
    side: int,
) -> Path:
    """Return what continues a path, outward, as far above some points as its end is."""
    at = 0 if side < 0 else -1
    x, y, strength = path[at]
    return np.stack(
        [
            x + side * np.arange(1, len(more) + 1),
            y + more[:, 1] - baseline[at, 1],
            np.full(len(more), strength),
        ],
        axis=1,
    ).astype(np.float32)
