"""From crests to paths: trim them to their ink and settle who owns it.

A path is an (N, 3) float32 array: x, y of the middle of the small letters and the
strength of the ridge there, one row for each pixel column from the first to the last.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.pixels.ink_cleaning import CleanInk
from hwocr_desktop.core.progress import CancelToken

Path = npt.NDArray[np.float32]
_Floats = npt.NDArray[np.float32]
_Scalar = TypeVar("_Scalar", bound=np.generic)

BODY = 0.3  # half the height, in pitches, in which a line's small letters lie
WIDEST_GAP = 2.0  # a wider gap parts two lines on the same height
SHORTEST = 0.5  # what is shorter is no line

_INKED = 0.8  # pixels of ink that make a column of the body inked
_LOOSE_GAP = 0.7  # at an end, specks beyond such a gap
_LOOSE_LENGTH = 0.2  # and shorter than this are not writing
_OWN = 0.4  # share of its ink a path must have for itself
_SEEN = 0.7  # bodies that a network is that sure of are there
_CLOSE = 0.05  # pitches beyond the body of another path that are still its own


def read_along(
    image: npt.NDArray[_Scalar], path: _Floats, offsets: _Floats
) -> npt.NDArray[_Scalar]:
    """Read whole pixels along a path: row i of the result lies offsets[i] below it.

    What lies above or below the image reads as zero.
    """
    height, width = image.shape
    rows = np.rint(path[None, :, 1] + offsets[:, None]).astype(np.int64)
    columns = np.clip(np.rint(path[None, :, 0]).astype(np.int64), 0, width - 1)
    read: npt.NDArray[_Scalar] = image[np.clip(rows, 0, height - 1), columns]
    read[(rows < 0) | (rows >= height)] = 0
    return read


def blend_along(image: _Floats, path: _Floats, offsets: _Floats) -> _Floats:
    """Read along a path as `read_along` does, but between the pixels."""
    shape = len(offsets), len(path)
    across = np.ascontiguousarray(np.broadcast_to(path[None, :, 0], shape))
    down = (path[None, :, 1] + offsets[:, None]).astype(np.float32)
    flat: _Floats = cv2.remap(image, across, down, cv2.INTER_LINEAR)
    return flat


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
    body = read_along(density, path, band(BODY * pitch))
    return np.asarray(body.sum(axis=0) > _INKED)


def covered(
    shape: tuple[int, int], paths: Sequence[Path], reach: float
) -> npt.NDArray[np.bool_]:
    """Return what lies so near to paths, in an image of that height and width."""
    drawn = np.zeros(shape, np.uint8)
    for path in paths:
        points = np.rint(path[:, :2]).astype(np.int32)
        cv2.polylines(drawn, [points], False, (1,), max(1, int(2 * reach)))
    return drawn > 0


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
        if part[-1] - part[0] >= SHORTEST * pitch
    ]


def _without_loose_ends(at: npt.NDArray[np.intp], pitch: float) -> npt.NDArray[np.intp]:
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


def seen_along(bodies: _Floats, path: Path, pitch: float) -> npt.NDArray[np.bool_]:
    """Return at which columns of a path a network clearly sees small letters.

    Parameters
    ----------
    bodies : (H, W) float32, 0..1
        What it sees, in the pixels of the path.
    path : Path
    pitch : float
    """
    window = int(pitch) | 1
    seen = read_along(bodies, path, np.zeros(1, np.float32))[0]
    inside = _running(np.ones_like(seen), window)
    return np.asarray(_running(seen, window) >= _SEEN * inside)


def settle_ownership(
    ink: CleanInk,
    paths: Sequence[Path],
    pitch: float,
    bodies: _Floats | None = None,
    cancel: CancelToken | None = None,
) -> list[Path]:
    """Keep the paths, or parts of them, whose ink is not a stronger path's.

    Ascenders and descenders form weak ridges of their own; their ink belongs to
    pieces whose main part lies on a stronger path close by. So does that of a word
    that hangs in the ascenders of a line, where nothing but a network can tell that
    there is one.

    Parameters
    ----------
    ink : CleanInk
    paths : sequence of Path
        In pixels of ``ink``, in any order.
    pitch : float
    bodies : (H, W) float32, 0..1, optional
        Where a network sees small letters, in the same pixels.
    cancel : CancelToken, optional
        Looked at between the paths.

    Returns
    -------
    list of Path
        The strongest first.
    """
    cancel = cancel or CancelToken()
    claimed = np.zeros(ink.density.shape, np.bool_)
    body = band(BODY * pitch)
    kept: list[Path] = []
    for path in sorted(paths, key=lambda p: -float(p[:, 2].sum())):
        cancel.check()
        own = _own_share(ink, claimed, path, pitch) >= _OWN
        if bodies is not None and not own.all():
            close = read_along(claimed, path, band(_CLOSE * pitch)).any(axis=0)
            seen = seen_along(bodies, path, pitch) & ~close & ~own
            path = _straightened(path, own, seen, pitch)
            own |= seen
        parts = [path] if own.all() else runs(path, own)
        for part in parts:
            on = ink_columns(ink.density, part, pitch)
            for stretch in _stretches(part, on, pitch):
                kept.append(stretch)
                _claim(claimed, stretch, body)
    return kept


def _own_share(
    ink: CleanInk, claimed: npt.NDArray[np.bool_], path: Path, pitch: float
) -> _Floats:
    """Return for each column the share of the ink that is free and mainly here."""
    around = band(pitch)
    in_body = np.abs(around) <= BODY * pitch
    weight = read_along(ink.density, path, around)
    taken = read_along(claimed, path, around)
    here = weight[in_body]
    own = here.copy()
    if taken.any():
        label = read_along(ink.labels, path, around)
        there = piece_weights(label[taken], weight[taken], label)
        mine = piece_weights(label[in_body], here, label)
        own[taken[in_body] | (mine <= there)[label[in_body] - label.min()]] = 0
    window = int(pitch) | 1
    return _running(own.sum(axis=0), window) / (
        _running(here.sum(axis=0), window) + np.float32(1e-6)
    )


def piece_weights(
    labels: npt.NDArray[np.int32], weights: _Floats, among: npt.NDArray[np.int32]
) -> npt.NDArray[np.float64]:
    """Return the weight of each connected piece, from the lowest number in among."""
    lowest, highest = int(among.min()), int(among.max())
    total = np.bincount(
        labels.ravel() - lowest,
        weights.ravel().astype(np.float64),
        minlength=highest - lowest + 1,
    )
    return total.astype(np.float64)


def _claim(claimed: npt.NDArray[np.bool_], path: Path, body: _Floats) -> None:
    rows = np.rint(path[None, :, 1] + body[:, None]).astype(np.int64)
    columns = np.broadcast_to(np.rint(path[None, :, 0]).astype(np.int64), rows.shape)
    inside = (rows >= 0) & (rows < claimed.shape[0])
    claimed[rows[inside], np.clip(columns[inside], 0, claimed.shape[1] - 1)] = True


def _running(values: _Floats, window: int) -> _Floats:
    mean: _Floats = cv2.blur(values[None], (window, 1), borderType=cv2.BORDER_CONSTANT)
    return np.asarray(mean[0])


def _straightened(
    path: Path, own: npt.NDArray[np.bool_], seen: npt.NDArray[np.bool_], pitch: float
) -> Path:
    """Lead a path straight from own ink to own ink where others' ink has led it."""
    straight = path.copy()
    for part in runs(path, seen):
        first, last = (int(x) for x in part[[0, -1], 0] - path[0, 0])
        ends = [first - 1, last + 1]
        is_between = ends[0] >= 0 and ends[1] < len(path) and own[ends].all()
        if is_between and last - first < WIDEST_GAP * pitch:
            for column in (1, 2):
                straight[first : last + 1, column] = np.interp(
                    part[:, 0], path[ends, 0], path[ends, column]
                )
    return straight


def runs(path: Path, on: npt.NDArray[np.bool_]) -> list[Path]:
    """Return the stretches of a path whose columns are marked."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], on, [False]])))
    return [
        path[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > 1
    ]
