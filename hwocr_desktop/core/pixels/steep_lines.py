"""Lines that run up or down a page whose other lines are level: notes in the margin.

The cleaned ink is turned by a quarter and searched as a page of its own. What is found
there is believed only where the ink is far more like a steep line than a level one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
_BODY = 0.5  # pitches on both sides of a steep line that its letters fill
_INSIDE = 0.5  # share of a level line in steep ones that makes it a part of them

Search = Callable[[CleanInk, Ridges], list[Path]]


def turned_ink(ink: CleanInk) -> CleanInk:
    """Return ink turned clockwise by a quarter: lines that ran upward run level."""
    return CleanInk(
        np.ascontiguousarray(np.rot90(ink.density, -1)),
        np.ascontiguousarray(np.rot90(ink.labels, -1)),
        np.ascontiguousarray(np.rot90(ink.upright, -1)),
    )


def find_steep(
    ink: CleanInk, level: Ridges, pitch: float, search: Search, cancel: CancelToken
) -> list[Path]:
    """Find the lines of turned ink that run up or down on the page.

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
    list of paths
        In pixels of the turned ink.
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
        strength = float(path[:, 2].mean())
        crossing = float(read_along(across, path, np.zeros(1, np.float32)).mean())
        if (
            length(path) >= _SHORTEST * pitch
            and strength >= _STRONG * level.typical
            and strength >= _STRONGER * crossing
        ):
            found.append(path)
    return found


def keep_believed(
    ink: CleanInk,
    paths: list[Path],
    bodies: Callable[[npt.NDArray[np.float32]], npt.NDArray[np.float32]],
    draw: Callable[[CleanInk, Sequence[Path]], list[LineShape]],
) -> list[Path]:
    """Drop steep paths along which a network sees no letters, whichever way they run.

    Such are rims of stamps, flourishes, and the beginnings of level lines below each
    other. Frayed edges of folders look like writing to the network, too.

    Parameters
    ----------
    ink : CleanInk
        Turned clockwise by a quarter.
    paths : paths in its pixels
    bodies : callable
        Takes the share of ink, returns where bodies of level lines are, 0..1.
    draw : callable
        Returns the shapes of paths, in the same pixels.
    """
    if not paths:
        return paths
    over = np.ascontiguousarray(ink.density[::-1, ::-1])
    seen = bodies(ink.density), bodies(over)[::-1, ::-1]
    return [
        path
        for path, shape in zip(paths, draw(ink, paths), strict=True)
        if max(belief(shape, one, (1.0, 1.0)) for one in seen) >= LEAST_BELIEF
    ]


def outside_steep(
    ink: CleanInk,
    paths: Sequence[Path],
    steep: Sequence[Path],
    letters: npt.NDArray[np.bool_],
    pitch: float,
) -> list[Path]:
    """Drop level paths that are made of the letters of steep ones, and cut such ends.

    Parameters
    ----------
    ink : CleanInk
        As it was before it was turned.
    paths : level paths
    steep : paths in the turned ink
    letters : (H, W) bool
        Where the small letters of these are, see `steep_letters`.
    pitch : float
    """
    around = _along(steep, ink, _BODY * pitch)
    here = np.zeros(1, np.float32)
    kept = []
    for path in paths:
        if read_along(around, path, here).mean() >= _INSIDE:
            continue
        is_theirs = read_along(letters, path, here)[0]
        if is_theirs[0] or is_theirs[-1]:
            is_own = ink_columns(ink.density, path, pitch) & ~is_theirs
            own = np.flatnonzero(is_own)
            path = path[own[0] : own[-1] + 1] if len(own) else path[:0]
        if length(path) >= SHORTEST * pitch:
            kept.append(path)
    return kept


def steep_letters(
    ink: CleanInk, steep: Sequence[Path], pitch: float
) -> npt.NDArray[np.bool_]:
    """Return where the small letters of steep paths are.

    Parameters
    ----------
    ink : CleanInk
        As it was before it was turned, (H, W).
    steep : paths in the turned ink
    pitch : float

    Returns
    -------
    (H, W) bool
    """
    return _along(steep, ink, BODY * pitch)


def _along(steep: Sequence[Path], ink: CleanInk, reach: float) -> npt.NDArray[np.bool_]:
    """Return what is so near to steep paths, (H, W) as ink was before it was turned."""
    height, width = ink.density.shape
    covered = np.zeros((width, height), np.uint8)
    for path in steep:
        points = np.rint(path[:, :2]).astype(np.int32)
        cv2.polylines(covered, [points], False, (1,), max(1, int(2 * reach)))
    return np.ascontiguousarray(np.rot90(covered, 1)) > 0


def steep_shapes(
    binary: npt.NDArray[np.bool_],
    ink: CleanInk,
    paths: Sequence[Path],
    draw: Callable[[CleanInk, Sequence[Path]], list[LineShape]],
) -> list[LineShape]:
    """Return the shapes of steep lines, in the direction in which they are read.

    Parameters
    ----------
    binary : (H, W) bool, True = ink
        The page.
    ink : CleanInk
        Turned clockwise by a quarter.
    paths : paths in its pixels
    draw : callable
        Returns the shapes of paths, in pixels of the page as it is turned.

    Returns
    -------
    list of LineShape
        In pixels of the page; upward or downward, whichever is likelier for all.
    """
    if not paths:
        return []
    # Of the page as it is turned.
    width, height = binary.shape
    upward = draw(ink, paths)
    if uprightness(np.rot90(binary, -1), upward) >= 0:
        return [turn_shape(shape, -1, width, height) for shape in upward]
    rows, columns = ink.density.shape
    last = np.array([columns - 1, rows - 1], np.float32)
    over = [path[::-1].copy() for path in paths]
    for path in over:
        path[:, :2] = last - path[:, :2]
    downward = draw(
        CleanInk(
            np.ascontiguousarray(ink.density[::-1, ::-1]),
            np.ascontiguousarray(ink.labels[::-1, ::-1]),
            np.ascontiguousarray(ink.upright[::-1, ::-1]),
        ),
        over,
    )
    # By a half, for they were drawn head over, and back by a quarter.
    return [turn_shape(shape, 1, width, height) for shape in downward]
