"""Where a scan of two pages is folded.

A gutter is told from the lines, in two ways. A broad one is a strip that nearly all
lines leave free, with lines on both of its sides. A narrow one is no broader than the
room between two words: letters were written on folded sheets up to the fold. But in the
lines of a single page the spaces stand at random, and here one stands at the same place
in nearly all of them. On 40 broad scans of letters, wills and manuscripts at most a
fifth of the lines near the fold were in its way, and 42 in 100 or more where there was
none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.pixels.ink_cleaning import CleanInk
from hwocr_desktop.core.pixels.line_paths import Path, ink_columns

_BROADEST_PAGE = 1.05  # width over height; what is broader may be an opening
_MIDDLE = (0.3, 0.7)  # of the width, where a broad gutter may be
_FREE = 0.5  # pitches on both sides of a gutter's middle that lines leave free
_FEWEST = 3  # lines on each side of a broad gutter
_CROSSING = 0.1  # share of the lines that may cross it all the same

_FOLDED = (0.42, 0.58)  # of the width, where the fold of a sheet may be
_LEAN = 0.04  # of the height, by which a fold leans at most
_LEANS = 9  # leans that are tried
_STEP = 2  # pixels between places that are tried
_CLEAR = 0.12  # pitches on both sides of a fold without ink
_NEAR = 2.0  # pitches from a fold, within which lines that do not cross it end
_FEWEST_CLEAR = 8  # rows of lines that a fold parts
_BLOCKED = 0.25  # share of the rows that may stand in its way all the same
_COST = 3  # rows parted that one in the way outweighs

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Gutter:
    """A nearly upright straight line between two pages.

    Attributes
    ----------
    x : float
        At the height `y`.
    y : float
        Half the height of the scan.
    lean : float
        By how much x grows with each pixel downward.
    """

    x: float
    y: float
    lean: float = 0.0

    def at(self, y: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
        """Return x at some heights."""
        return self.x + self.lean * (y - self.y)


@dataclass(frozen=True, slots=True)
class _Row:
    """The columns of a line that have ink, in ascending order, and its height."""

    columns: _Floats
    y: float


def find_gutter(ink: CleanInk, paths: Sequence[Path], pitch: float) -> Gutter | None:
    """Return where the gutter of an opening is.

    Parameters
    ----------
    ink : CleanInk
    paths : paths in pixels of `ink`
    pitch : float
        Line pitch in pixels of `ink`.

    Returns
    -------
    Gutter or None
        In pixels of `ink`; None if this is a single page.
    """
    height, width = ink.density.shape
    if width < _BROADEST_PAGE * height or len(paths) < 2 * _FEWEST:
        return None
    rows = []
    for path in paths:
        columns = path[ink_columns(ink.density, path, pitch), 0]
        if len(columns):
            row = _Row(columns.astype(np.float64), float(path[:, 1].mean()))
            rows.append(row)
    return _broad(rows, pitch, width, height) or _fold(rows, pitch, width, height)


def _broad(
    rows: Sequence[_Row], pitch: float, width: int, height: int
) -> Gutter | None:
    near = int(_FREE * pitch)
    crossing = np.zeros(width, np.int64)
    lefts, rights = np.zeros(width, np.int64), np.zeros(width, np.int64)
    for row in rows:
        at = row.columns.astype(np.int64)
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
    return Gutter((first + last - 1) / 2, height / 2)


def _fold(rows: Sequence[_Row], pitch: float, width: int, height: int) -> Gutter | None:
    """Return the fold that parts the most rows of lines with the fewest in its way."""
    places = np.arange(_FOLDED[0] * width, _FOLDED[1] * width, _STEP)
    found: tuple[float, float, Gutter] | None = None
    for lean in np.linspace(-_LEAN, _LEAN, _LEANS).tolist():
        clear, left, right, blocked, room = np.zeros((5, len(places)))
        for row in rows:
            x = places + lean * (row.y - height / 2)
            before, after = _distances(row.columns, x)
            least = np.minimum(before, after)
            is_left, is_right = np.isinf(after), np.isinf(before)
            is_clear = least >= _CLEAR * pitch
            left += is_left & is_clear & (before <= _NEAR * pitch)
            right += is_right & is_clear & (after <= _NEAR * pitch)
            clear += is_clear & ~is_left & ~is_right
            blocked += ~is_clear
            room += np.minimum(least, pitch)
        parted = clear + np.minimum(left, right)
        is_fold = (parted >= _FEWEST_CLEAR) & (blocked <= _BLOCKED * (parted + blocked))
        score = np.where(is_fold, parted - _COST * blocked, -np.inf)
        best = max(range(len(places)), key=lambda i: (score[i], room[i]))
        if is_fold[best]:
            gutter = Gutter(float(places[best]), height / 2, lean)
            one = (float(score[best]), float(room[best]), gutter)
            if found is None or one[:2] > found[:2]:
                found = one
    return None if found is None else found[2]


def _distances(columns: _Floats, x: _Floats) -> tuple[_Floats, _Floats]:
    """Return how far the nearest ink is before and from each place on."""
    edges = np.concatenate([[-np.inf], columns, [np.inf]])
    at = np.searchsorted(columns, x)
    return x - edges[at], edges[at + 1] - x
