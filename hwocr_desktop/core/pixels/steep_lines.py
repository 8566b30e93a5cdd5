"""Lines that run up or down a page whose other lines are level: notes in the margin.

The cleaned ink is turned by a quarter and searched as a page of its own. What is found
there is believed where the ink is far more like a steep line than a level one, or where
a network surely sees letters of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.pixels.geometry import LineShape, turn_shape
from hwocr_desktop.core.pixels.ink_cleaning import CleanInk
from hwocr_desktop.core.pixels.line_belief import LEAST_BELIEF, belief
from hwocr_desktop.core.pixels.line_paths import (
    BODY,
    SHORTEST,
    Path,
    covered,
    ink_columns,
    length,
    read_along,
)
from hwocr_desktop.core.pixels.line_ridges import Ridges, find_ridges
from hwocr_desktop.core.pixels.page_turn import uprightness
from hwocr_desktop.core.progress import CancelToken

_SHORTEST = 3.0  # pitches
# On 22 validation pages all steep lines exceed these limits, but for one flourish
# nothing else does: the ink of level lines stays below 0.6 or below 3.
_STRONG = 0.6  # of a typical level line's ridge
_STRONGER = 4.0  # than the level ridges that cross it
# What touches level lines, or crosses them, exceeds less. A network is asked about it:
# on 97 validation pages it was never as sure where no steep line was.
_TOUCHING, _CROSSING = 0.5, 2.5
_SURE = 0.7  # that there are letters of a steep line,
_SURER = 0.3  # and than that there are letters of level ones;
_ON_HEAD = 0.3  # and that sure if they stand on their heads, as letters look, too
_BODY = 0.5  # pitches on both sides of a steep line that its letters fill,
_TAILS = 0.9  # and that ascenders and descenders reach
_INSIDE = 0.5  # share of a level line in steep ones that makes it a part of them,
_CROSSED = 0.5  # unless a network is that sure of its letters
_FAINTEST = 1e-3  # probability that counts
_LEANING = 0.5  # log-odds from which a line is read its own way, not as all others

_MIDDLE = np.zeros(1, np.float32)  # of a line

Search = Callable[[CleanInk, Ridges], list[Path]]
Bodies = Callable[[npt.NDArray[np.float32]], npt.NDArray[np.float32]]
Draw = Callable[[CleanInk, Sequence[Path]], list[LineShape]]


@dataclass(frozen=True, slots=True, eq=False)
class Steep:
    """A line that runs up or down.

    Attributes
    ----------
    path : Path
        In the ink turned clockwise by a quarter.
    is_plain : bool
        Whether its ink alone tells that it is one.
    leaning : float
        Log-odds that it is read upward rather than downward; 0 if nothing is known.
    """

    path: Path
    is_plain: bool
    leaning: float = 0.0


def turned_ink(ink: CleanInk) -> CleanInk:
    """Return ink turned clockwise by a quarter: lines that ran upward run level."""
    return CleanInk(
        np.ascontiguousarray(np.rot90(ink.density, -1)),
        np.ascontiguousarray(np.rot90(ink.labels, -1)),
        np.ascontiguousarray(np.rot90(ink.upright, -1)),
    )


def find_steep(
    ink: CleanInk, level: Ridges, pitch: float, search: Search, cancel: CancelToken
) -> list[Steep]:
    """Find what may be lines that run up or down on the page.

    Parameters
    ----------
    ink : CleanInk
        As `turned_ink` returns it.
    level : Ridges
        Of the ink as it was before.
    pitch : float
    search : callable
        Finds paths from ink and its ridges.
    cancel : CancelToken

    Returns
    -------
    list of Steep
        Some of which only a network can confirm, see `keep_seen`.
    """
    steep = find_ridges(ink.density, pitch, 0.0, cancel)
    if steep.typical <= 0 or level.typical <= 0:
        return []
    # Level ridges cross a steep line at its letters: their mean along it counts.
    across = np.maximum(np.ascontiguousarray(np.rot90(level.strength, -1)), 0)
    side = max(1, int(pitch)) | 1
    across = cv2.blur(across, (side, side))
    found = []
    for path in search(ink, steep):
        strength = float(path[:, 2].mean()) / level.typical
        crossing = float(read_along(across, path, _MIDDLE).mean()) / level.typical
        if (
            length(path) >= _SHORTEST * pitch
            and strength >= _TOUCHING
            and strength >= _CROSSING * crossing
        ):
            is_plain = strength >= _STRONG and strength >= _STRONGER * crossing
            found.append(Steep(path, is_plain))
    return found


def keep_seen(
    ink: CleanInk,
    steep: Sequence[Steep],
    level: npt.NDArray[np.float32],
    bodies: Bodies,
    draw: Draw,
) -> list[Steep]:
    """Keep the steep lines in which a network sees letters, and tell how they are read.

    Rims of stamps, flourishes, and the beginnings of level lines below each other have
    plain ridges, too; a note that touches the text has none. Frayed edges of folders
    look like writing to the network.

    Parameters
    ----------
    ink : CleanInk
        Turned clockwise by a quarter.
    steep : sequence of Steep
    level : (H, W) float32, 0..1
        Where the network sees letters of level lines, on the page before the turn.
    bodies : callable
        Takes the share of ink, returns where bodies of level lines are, 0..1.
    draw : callable
        Returns the shapes of paths, in the same pixels as they.
    """
    if not steep:
        return []
    upward = bodies(ink.density)
    downward = bodies(np.ascontiguousarray(ink.density[::-1, ::-1]))[::-1, ::-1]
    across = np.rot90(level, -1)
    kept = []
    for each, shape in zip(steep, draw(ink, [s.path for s in steep]), strict=True):
        both = [belief(shape, seen, (1.0, 1.0)) for seen in (upward, downward)]
        beyond = max(both) - belief(shape, across, (1.0, 1.0))
        is_clear = max(both) >= _SURE and min(both) >= _ON_HEAD and beyond >= _SURER
        if is_clear or (each.is_plain and max(both) >= LEAST_BELIEF):
            leaning = _log_odds(upward, each.path) - _log_odds(downward, each.path)
            kept.append(replace(each, leaning=leaning))
    return kept


def _log_odds(bodies: npt.NDArray[np.float32], path: Path) -> float:
    """Return the mean of the log-odds that there are letters along a path."""
    seen = np.clip(read_along(bodies, path, _MIDDLE), _FAINTEST, 1 - _FAINTEST)
    return float(np.log(seen / (1 - seen)).mean())


def outside_steep(
    ink: CleanInk,
    paths: Sequence[Path],
    steep: Sequence[Steep],
    letters: npt.NDArray[np.bool_],
    pitch: float,
    seen: npt.NDArray[np.float32] | None,
) -> list[Path]:
    """Drop level paths that are made of the letters of steep ones, and cut such ends.

    Where a page was filled and turned to write across it, both are lines.

    Parameters
    ----------
    ink : CleanInk
        As it was before it was turned.
    paths : level paths
    steep : sequence of Steep
    letters : (H, W) bool
        Where the small letters of these are, see `steep_letters`.
    pitch : float
    seen : (H, W) float32, 0..1, optional
        Where a network sees letters of level lines.
    """
    turned = [each.path for each in steep]
    around = _along(turned, ink, _BODY * pitch)
    reached = _along(turned, ink, _TAILS * pitch)
    kept = []
    for path in paths:
        if read_along(around, path, _MIDDLE).mean() >= _INSIDE:
            if seen is not None and read_along(seen, path, _MIDDLE).mean() >= _CROSSED:
                kept.append(path)
            continue
        is_theirs = read_along(letters, path, _MIDDLE)[0]
        is_near = read_along(reached, path, _MIDDLE)[0]
        first = _past(is_theirs, is_near)
        last = len(path) - _past(is_theirs[::-1], is_near[::-1])
        if first or last < len(path):
            own = np.flatnonzero(ink_columns(ink.density, path, pitch) & ~is_theirs)
            own = own[(own >= first) & (own < last)]
            path = path[own[0] : own[-1] + 1] if len(own) else path[:0]
        if length(path) >= SHORTEST * pitch:
            kept.append(path)
    return kept


def _past(is_theirs: npt.NDArray[np.bool_], is_near: npt.NDArray[np.bool_]) -> int:
    """Return how many columns at the beginning reach to the far side of a steep line.

    0 if none is there. What lies before it are its ascenders or descenders.
    """
    near = len(is_near) if is_near.all() else int(np.argmin(is_near))
    theirs = np.flatnonzero(is_theirs[:near])
    return int(theirs[-1]) + 1 if len(theirs) else 0


def steep_letters(
    ink: CleanInk, steep: Sequence[Steep], pitch: float
) -> npt.NDArray[np.bool_]:
    """Return where the small letters of steep lines are.

    Parameters
    ----------
    ink : CleanInk
        As it was before it was turned, (H, W).
    steep : sequence of Steep
    pitch : float

    Returns
    -------
    (H, W) bool
    """
    return _along([s.path for s in steep], ink, BODY * pitch)


def without(ink: CleanInk, letters: npt.NDArray[np.bool_]) -> CleanInk:
    """Return ink without the pieces of others' letters, which outlines do not follow.

    Parameters
    ----------
    ink : CleanInk
    letters : (H, W) bool
    """
    return replace(ink, labels=np.where(letters, np.int32(0), ink.labels))


def _along(steep: Sequence[Path], ink: CleanInk, reach: float) -> npt.NDArray[np.bool_]:
    """Return what is so near to steep paths, (H, W) as ink was before it was turned."""
    height, width = ink.density.shape
    return np.ascontiguousarray(np.rot90(covered((width, height), steep, reach), 1))


def steep_shapes(
    binary: npt.NDArray[np.bool_],
    ink: CleanInk,
    steep: Sequence[Steep],
    draw: Draw,
) -> list[LineShape]:
    """Return the shapes of steep lines, in the direction in which they are read.

    Parameters
    ----------
    binary : (H, W) bool, True = ink
        The page.
    ink : CleanInk
        Turned clockwise by a quarter.
    steep : sequence of Steep
    draw : callable
        Returns the shapes of paths, in pixels of the page as it is turned.

    Returns
    -------
    list of LineShape
        In pixels of the page. Where a line does not tell it is read as all together.
    """
    if not steep:
        return []
    # Of the page as it is turned.
    width, height = binary.shape
    usual = sum(each.leaning * length(each.path) for each in steep)
    if not usual:
        upward = draw(ink, [each.path for each in steep])
        usual = uprightness(np.rot90(binary, -1), upward)
    ways = [s.leaning if abs(s.leaning) >= _LEANING else usual for s in steep]
    paths = [s.path for s, way in zip(steep, ways, strict=True) if way >= 0]
    shapes = [turn_shape(shape, -1, width, height) for shape in draw(ink, paths)]
    rows, columns = ink.density.shape
    last = np.array([columns - 1, rows - 1], np.float32)
    over = [s.path[::-1].copy() for s, way in zip(steep, ways, strict=True) if way < 0]
    for path in over:
        path[:, :2] = last - path[:, :2]
    downward = draw(turned_ink(turned_ink(ink)), over)
    # By a half, for they were drawn head over, and back by a quarter.
    return shapes + [turn_shape(shape, 1, width, height) for shape in downward]
