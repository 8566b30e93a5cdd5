"""How much a network that sees bodies of lines believes in a line, and in a scale."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.pixels.geometry import LineShape

LEAST_BELIEF = 0.05
"""Lines that are believed in less are left out. Chosen on validation pages, where 0.2
gained 1.9 more points of precision and lost 1.3 more of recall: a line that is lost
costs a person more than one that is too many."""

SMALLER = (1.0, 0.7, 0.5)
"""Shares of the measured line pitch at which the network may be asked."""

LIKELY = 0.2
"""Likeness of a page, see `PageScale`, from which its pitch is not doubted."""

_SURE = 0.78
"""Sureness from which it is not doubted either."""

_AS_SURE = 0.05
"""By which a map may be less sure than the surest and count as much."""

_PLACES = 60
"""Along a line, at which the network is asked."""

MIDDLE = 0.25
"""Of the ascent: how far above the baseline the middle of the small letters is."""

ABOVE = (0.1, MIDDLE, 0.4)
"""Of the ascent, above the baseline: where the bodies of small letters are."""

_FALLS = tuple(np.arange(0.45, 1.3, 0.05).tolist())
"""Of the ascent: how far below a line its body is looked for; not at the next line."""

_NOT_HERE, _IS_THERE = 0.15, 0.3
"""Below what a line has no body where it is, and from what it has one elsewhere."""

_NEAR = 0.7
"""Of the ascent: a line that near has the body."""


def sureness(bodies: npt.NDArray[np.float32]) -> float:
    """Return how decided a network is where it sees bodies of lines, 0..1.

    It falls where lines are a third smaller than those the network learned from, and
    on a page reduced to half of that hardly any is seen.

    Parameters
    ----------
    bodies : (H, W) float32, 0..1
    """
    total = float(bodies.sum())
    return float((bodies * bodies).sum()) / total if total > 0 else 0.0


def suited(sure: Sequence[float]) -> int:
    """Return which of the pitches `SMALLER` suits a page.

    A few words far apart repeat nothing that a pitch could be measured by; their
    height is taken for it, and of signatures and flourishes that is too much.

    Parameters
    ----------
    sure : sequence of float
        `sureness` at the first pitches of `SMALLER`, at least one.

    Returns
    -------
    int
        The largest pitch at which the network is sure, or as sure as anywhere.
    """
    if sure[0] >= _SURE:
        return 0
    return next(i for i, each in enumerate(sure) if each >= max(sure) - _AS_SURE)


def belief(
    shape: LineShape,
    bodies: npt.NDArray[np.float32],
    per_pixel: tuple[float, float],
) -> float:
    """Return how likely there are bodies of letters along a line, 0..1.

    Parameters
    ----------
    shape : LineShape
        In page pixels, running about level.
    bodies : (H, W) float32, 0..1
        The network's map of the page.
    per_pixel : (x, y)
        Page pixels for each pixel of the map.
    """
    return float(_seen(shape, bodies, per_pixel).max(axis=0).mean())


def falls(
    shapes: Sequence[LineShape],
    bodies: npt.NDArray[np.float32],
    per_pixel: tuple[float, float],
) -> list[float]:
    """Return how far below each line the body is that it was found for.

    Figures and capitals are as dense at their heads as at their feet, so a line of
    nothing else, such as a year, may be found by its heads.

    Parameters
    ----------
    shapes : sequence of LineShape
        All lines of the page, in page pixels, running about level.
    bodies : (H, W) float32, 0..1
        The network's map of the page.
    per_pixel : (x, y)
        Page pixels for each pixel of the map.

    Returns
    -------
    list of float
        Page pixels, 0 for a line that has its body, or of which nothing better is
        known: where it is not seen clearly, or another line has it.
    """
    result = []
    for shape in shapes:
        here = float(_seen(shape, bodies, per_pixel).mean())
        if here >= _NOT_HERE:
            result.append(0.0)
            continue
        tried = [shape.ascent * share for share in _FALLS]
        found = [float(_seen(shape, bodies, per_pixel, d).mean()) for d in tried]
        down = tried[int(np.argmax(found))]
        is_clear = max(found) >= max(_IS_THERE, 2 * here)
        taken = any(
            _lies_at(other, shape, down) for other in shapes if other is not shape
        )
        result.append(down if is_clear and not taken else 0.0)
    return result


def runs_along(
    other: npt.NDArray[np.float64],
    points: npt.NDArray[np.float64],
    near: float,
    past: float = 0.0,
) -> bool:
    """Whether a baseline runs above or below some points, nearer than ``near``.

    Parameters
    ----------
    other : (M, 2) float64
        Of the line, from left to right.
    points : (N, 2) float64
    near, past : float
        How far up or down that is, and how far past the ends of the line.
    """
    beside = (points[:, 0] >= other[0, 0] - past) & (
        points[:, 0] <= other[-1, 0] + past
    )
    apart = np.interp(points[beside, 0], *other.T) - points[beside, 1]
    return bool((np.abs(apart) < near).any())


def _lies_at(other: LineShape, shape: LineShape, down: float) -> bool:
    """Whether another line runs where a line would be, so far down."""
    ours, near = np.array(shape.baseline), _NEAR * shape.ascent
    x = np.linspace(ours[0, 0], ours[-1, 0], _PLACES)
    points = np.stack([x, np.interp(x, *ours.T) + down], axis=1)
    return runs_along(np.array(other.baseline), points, near, past=near)


def _seen(
    shape: LineShape,
    bodies: npt.NDArray[np.float32],
    per_pixel: tuple[float, float],
    down: float = 0.0,
) -> npt.NDArray[np.float32]:
    """Return what the map has above a line, or so far below that: (rows, places)."""
    points = np.array(shape.baseline, np.float64)
    steps = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    at = np.linspace(0.0, along[-1], _PLACES)
    x = np.interp(at, along, points[:, 0]) / per_pixel[0]
    y = np.interp(at, along, points[:, 1]) + down
    height, width = bodies.shape
    columns = np.clip(x.astype(np.intp), 0, width - 1)
    return np.stack(
        [
            bodies[
                np.clip(
                    ((y - up * shape.ascent) / per_pixel[1]).astype(np.intp),
                    0,
                    height - 1,
                ),
                columns,
            ]
            for up in ABOVE
        ]
    )
