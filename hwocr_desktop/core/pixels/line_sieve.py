"""Tell written lines from what else makes ridges: bars, blots, grain, cloth, edges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.pixels.ink_cleaning import CleanInk
from hwocr_desktop.core.pixels.line_paths import (
    BODY,
    Path,
    band,
    length,
    read_along,
    runs,
    seen_along,
)
from hwocr_desktop.core.pixels.table_cells import in_cell

# The limits hold for 98 or more of 100 lines on the training pages.
_WEAKEST = 0.08  # strength of the ridge, as a share of a typical line's
_WEAK = 0.3
_SHORT = 0.8  # in pitches; a short line must be strong
_NAME = 1.0  # length of what is kept for its letters alone
_DENSEST = 0.25  # share of ink in the body
_MOST_SOLID = 0.35  # share of fully inked pixels
_ENTRY_SOLID = 0.5  # in a cell of a table, where a bold word may stand alone
_DENSER_THAN_PAGE = 3.0
_THINNER_THAN_PAGE = 0.3
_FEWEST_STROKES = 0.75  # strokes met on a straight way through the body, per pitch
_MOST_STROKES = 3.2
_THIN = 0.16  # height of the ink of a curve; a curve that changes its height by
_STEADY = 1.01  # a pixel at most from column to column is steady
_INK = 0.2  # share of ink that belongs to a stroke
_MOST_STEADY = 0.7  # share of the columns: flourishes and circles are, letters are not
_MOST_PIECES = 5.0  # connected pieces per pitch
_EDGE = 0.3  # nearer to the edge of the page
_EDGE_LENGTH = 2.0  # only long lines are believed


@dataclass(frozen=True, slots=True)
class _Look:
    """What the body of a line looks like."""

    length: float
    strength: float
    ink: float
    solid: float
    strokes: float
    steady: float
    pieces: float
    edge: float


def keep_written(
    ink: CleanInk,
    paths: Sequence[Path],
    pitch: float,
    typical: float,
    bodies: npt.NDArray[np.float32] | None = None,
) -> list[Path]:
    """Drop paths that cannot be lines of writing.

    Signatures have more strokes than words have, and a word may run out into a long
    dash: of a path that would be dropped, what a network sees letters in is kept.

    Parameters
    ----------
    ink : CleanInk
    paths : paths in pixels of `ink`
    pitch : float
    typical : float
        Strength of the ridge of a good line on this page.
    bodies : (H, W) float32, 0..1, optional
        Where a network sees small letters, in the same pixels.
    """
    looks = [_look(ink, path, pitch, typical) for path in paths]
    if not looks:
        return []
    usual = _weighted_median([k.ink for k in looks], [k.length for k in looks])
    kept: list[Path] = []
    for path, look in zip(paths, looks, strict=True):
        if _written(look, usual) or (
            _may_be_entry(look) and in_cell(ink.upright, path, pitch)
        ):
            kept.append(path)
        elif bodies is not None and look.pieces <= _MOST_PIECES:
            seen = runs(path, seen_along(bodies, path, pitch))
            kept += [p for p in seen if _may_be_name(_look(ink, p, pitch, typical))]
    return kept


def _written(look: _Look, usual_ink: float) -> bool:
    if look.strength < _WEAKEST or (look.length < _SHORT and look.strength < _WEAK):
        return False
    if look.ink > min(_DENSEST, _DENSER_THAN_PAGE * usual_ink):
        return False
    if look.ink < _THINNER_THAN_PAGE * usual_ink or look.solid > _MOST_SOLID:
        return False
    if not _FEWEST_STROKES <= look.strokes <= _MOST_STROKES:
        return False
    if look.steady > _MOST_STEADY:
        return False
    if look.pieces > _MOST_PIECES:
        return False
    return _is_inside(look)


def _may_be_name(look: _Look) -> bool:
    """Whether what a network sees letters in is not too small and too faint."""
    return look.length >= _NAME and look.strength >= _WEAK and _is_inside(look)


def _is_inside(look: _Look) -> bool:
    """Whether it is long, or far enough from the edge not to be of the next page."""
    return look.edge >= _EDGE or look.length >= _EDGE_LENGTH


def _may_be_entry(look: _Look) -> bool:
    """Whether what stands in a cell of a table may be a word, a number or a sign."""
    return (
        look.strength >= _WEAK
        and look.solid <= _ENTRY_SOLID
        and look.steady <= _MOST_STEADY
        and look.edge >= _EDGE
    )


def _look(ink: CleanInk, path: Path, pitch: float, typical: float) -> _Look:
    offsets = band(BODY * pitch)
    body = read_along(ink.density, path, offsets)
    labels = read_along(ink.labels, path, offsets)
    pieces = len(np.unique(labels[labels > 0]))
    along = max(length(path) / pitch, 0.1)
    changes = np.abs(np.diff((body > 0.3).astype(np.int8), axis=1)).sum()
    height, width = ink.density.shape
    edge = min(
        path[0, 0], width - path[-1, 0], path[:, 1].min(), height - path[:, 1].max()
    )
    return _Look(
        length=along,
        strength=float(path[:, 2].mean()) / max(typical, 1e-9),
        ink=float(body.sum()) / (along * pitch * pitch),
        solid=float((body > 0.5).mean()),
        strokes=float(changes) / 2 / len(offsets) / along,
        steady=_steadiness(body, _THIN * pitch),
        pieces=pieces / along,
        edge=float(edge) / pitch,
    )


def _steadiness(body: npt.NDArray[np.float32], thin: float) -> float:
    """Return the share of the columns with ink where it is one thin, steady curve."""
    ink = body > _INK
    heights = ink.sum(axis=0)
    inked = heights > 0
    if not inked.any():
        return 0.0
    framed = np.pad(ink, ((1, 0), (0, 0)))
    is_one = (framed[1:] & ~framed[:-1]).sum(axis=0) == 1
    rows = np.arange(len(ink))[:, None]
    middles = (ink * rows).sum(axis=0) / np.maximum(heights, 1)
    step = np.abs(np.diff(middles, prepend=middles[0]))
    follows = inked & np.concatenate([[False], inked[:-1]])
    is_steady = is_one & (heights <= thin) & follows & (step <= _STEADY)
    return float(is_steady.sum() / inked.sum())


def _weighted_median(values: Sequence[float], weights: Sequence[float]) -> float:
    order = np.argsort(values)
    total: npt.NDArray[np.float64] = np.cumsum(np.asarray(weights)[order])
    return float(np.asarray(values)[order[int(np.searchsorted(total, total[-1] / 2))]])
