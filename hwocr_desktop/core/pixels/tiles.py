"""Run a window-wise predictor over a page of any size and blend what it says.

The page is covered with overlapping square windows. Where two overlap, each counts
less the nearer its own border is, so no seam shows; beyond the page's border the
page is mirrored, so every window is full. Windows are read in any order, and what is
certain already is told: the part of the page that a person looks at comes first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.errors import BadRequest
from hwocr_desktop.core.progress import CancelToken, Progress, Report, ignore_progress

Predict = Callable[[npt.NDArray[np.float32]], npt.NDArray[np.float32]]
Rect = tuple[float, float, float, float]
"""x0, y0, x1, y1 in page pixels."""

Order = Callable[[Sequence[Rect]], Sequence[int]]
"""From where windows lie on the page, row by row, to the order to read them in."""


@dataclass(frozen=True, slots=True, eq=False)
class InkTile:
    """A piece of an ink map that will not change any more.

    Attributes
    ----------
    x, y : int
        Where its first pixel is on the page.
    pixels : (h, w) uint8
    """

    x: int
    y: int
    pixels: npt.NDArray[np.uint8]


def blend_tiles(
    gray: npt.NDArray[np.uint8],
    predict: Predict,
    *,
    size: int,
    overlap: int,
    batch: int,
    order: Order | None = None,
    cancel: CancelToken | None = None,
    report: Report = ignore_progress,
) -> npt.NDArray[np.uint8]:
    """Predict the ink of a page window by window.

    Parameters
    ----------
    gray : (H, W) uint8, 0 = black
        The page, at least 1x1.
    predict : callable
        From (N, S, S) float32 gray, 0..1, to (N, S, S) float32 probability of ink.
    size : int
        Side S of a window, in pixels.
    overlap : int
        Pixels that neighboring windows share, at most half of `size`.
    batch : int
        Windows given to `predict` at once, at most.
    order : callable, optional
        In which order windows are read, such as `nearest_first` gives; row by row
        without. The result is the same, bit for bit.
    cancel : CancelToken, optional
        Looked at before each batch.
    report : Report
        Told after each batch how many windows are done; with an `order` also which
        parts of the page are, as a tuple of `InkTile`.

    Returns
    -------
    (H, W) uint8
        Ink map, 0 = paper .. 255 = ink.

    Raises
    ------
    BadRequest
        If the page is empty, or `size`, `overlap` and `batch` do not fit together.
    Cancelled
        If `cancel` was raised.

    Notes
    -----
    Beside the ink map, windows are in memory until all their neighbors were read: row
    by row these are one row of windows, whatever the height of the page.
    """
    if gray.ndim != 2 or gray.size == 0:
        raise BadRequest("The page has no pixels.", "Choose another scan.")
    if size < 1 or batch < 1 or not 0 <= overlap <= size // 2:
        raise BadRequest(
            f"Windows of {size} pixels cannot overlap by {overlap}.",
            "Choose an overlap of at most half the window.",
        )
    rows = _Axis.cover(gray.shape[0], size, overlap)
    columns = _Axis.cover(gray.shape[1], size, overlap)
    canvas = _Canvas(np.empty(gray.shape, np.uint8), rows, columns)
    total = len(rows.starts) * len(columns.starts)
    for done, chosen in _batches(rows, columns, order, batch):
        if cancel is not None:
            cancel.check()
        tiles = np.stack(
            [
                gray[
                    np.ix_(
                        rows.source(rows.starts[i]), columns.source(columns.starts[j])
                    )
                ]
                for i, j in chosen
            ]
        )
        ink = predict(tiles.astype(np.float32) * np.float32(1 / 255))
        parts: list[InkTile] = []
        for place, tile in zip(chosen, ink, strict=True):
            parts += canvas.take(place, tile)
        told = tuple(parts) if order is not None and parts else None
        report(Progress(done, total, partial=told))
    return canvas.ink_map


def nearest_first(rect: Rect) -> Order:
    """Return the order from a part of the page outward.

    Parameters
    ----------
    rect : (x0, y0, x1, y1)
        What a person sees of the page; windows that show some of it come first,
        beginning in the middle.
    """
    return partial(_by_distance, rect)


def _by_distance(rect: Rect, windows: Sequence[Rect]) -> list[int]:
    middle = (rect[0] + rect[2]) / 2, (rect[1] + rect[3]) / 2

    def rank(index: int) -> tuple[float, float, int]:
        window = windows[index]
        apart = [
            max(window[axis] - rect[axis + 2], rect[axis] - window[axis + 2], 0)
            for axis in (0, 1)
        ]
        off = [(window[axis] + window[axis + 2]) / 2 - middle[axis] for axis in (0, 1)]
        return apart[0] ** 2 + apart[1] ** 2, off[0] ** 2 + off[1] ** 2, index

    return sorted(range(len(windows)), key=rank)


_Place = tuple[int, int]


def _batches(
    rows: _Axis, columns: _Axis, order: Order | None, batch: int
) -> list[tuple[int, list[_Place]]]:
    """Return how many windows are done after each batch, and which are in it."""
    places = [
        (i, j) for i in range(len(rows.starts)) for j in range(len(columns.starts))
    ]
    batches: list[list[_Place]] = []
    if order is None:
        # Rows one by one: only so are windows soon done with.
        for first in range(0, len(places), len(columns.starts)):
            row = places[first : first + len(columns.starts)]
            batches += [row[k : k + batch] for k in range(0, len(row), batch)]
    else:
        size = rows.size
        windows = [
            (x, y, x + size, y + size)
            for x, y in ((columns.starts[j], rows.starts[i]) for i, j in places)
        ]
        ordered = [places[k] for k in order(windows)]
        batches = [ordered[k : k + batch] for k in range(0, len(ordered), batch)]
    done = np.cumsum([len(chosen) for chosen in batches]).tolist()
    return list(zip(done, batches, strict=True))


class _Canvas:
    """The ink map while windows come in.

    The page is parted at the starts of the windows. Where a window starts, those
    before it still count; so a part is done once its own window, the one above, the
    one to the left and the one above that were read.
    """

    def __init__(
        self, ink_map: npt.NDArray[np.uint8], rows: _Axis, columns: _Axis
    ) -> None:
        self.ink_map = ink_map
        self._rows, self._columns = rows, columns
        self._tiles: dict[_Place, npt.NDArray[np.float32]] = {}
        self._finished: set[_Place] = set()

    def take(self, place: _Place, tile: npt.NDArray[np.float32]) -> list[InkTile]:
        """Keep a window, and return the parts of the page that are done by it."""
        self._tiles[place] = tile
        done = [
            self._finish(part)
            for part in self._around(place, 1)
            if all(window in self._tiles for window in self._around(part, -1))
        ]
        i, j = place
        for down in (-1, 0, 1):
            for right in (-1, 0, 1):
                self._drop((i + down, j + right))
        return done

    def _around(self, place: _Place, step: int) -> list[_Place]:
        """Return a window and its neighbors to one side that there are."""
        places = [
            (place[0] + down, place[1] + right)
            for down in (0, step)
            for right in (0, step)
        ]
        return [
            (i, j)
            for i, j in places
            if 0 <= i < len(self._rows.starts) and 0 <= j < len(self._columns.starts)
        ]

    def _drop(self, window: _Place) -> None:
        """Forget a window that no part of the page waits for."""
        if all(part in self._finished for part in self._around(window, 1)):
            self._tiles.pop(window, None)

    def _finish(self, part: _Place) -> InkTile:
        """Blend the windows over a part of the page."""
        self._finished.add(part)
        i, j = part
        y0, y1 = self._rows.own(i)
        x0, x1 = self._columns.own(j)
        blended = self._blend_row(i, j, y0, y1, x0, x1)
        # Own window first and the one before it second: sums do not depend on order.
        if i and (end := self._rows.starts[i - 1] + self._rows.size) > y0:
            end = min(end, y1)
            above = self._blend_row(i - 1, j, y0, end, x0, x1)
            blended[: end - y0] += above
        # In place: 255 * probability, rounded.
        np.multiply(blended, 255, out=blended)
        np.add(blended, 0.5, out=blended)
        np.clip(blended, 0, 255, out=blended)
        self.ink_map[y0:y1, x0:x1] = blended
        return InkTile(x0, y0, self.ink_map[y0:y1, x0:x1])

    def _blend_row(
        self, i: int, j: int, y0: int, y1: int, x0: int, x1: int
    ) -> npt.NDArray[np.float32]:
        """Return what the windows of one row say of a box, weighted."""
        top = self._rows.starts[i]
        lines = slice(y0 - top, y1 - top)
        blended = np.zeros((y1 - y0, x1 - x0), np.float32)
        for k in (j - 1, j):
            if k < 0:
                continue
            left = self._columns.starts[k]
            end = min(x1, left + self._columns.size)
            if end <= x0:
                continue
            across = slice(x0 - left, end - left)
            tile = self._tiles[i, k][lines, across]
            blended[:, : end - x0] += tile * self._columns.weights[k][across]
        blended *= self._rows.weights[i][lines][:, None]
        return blended


@dataclass(frozen=True, slots=True)
class _Axis:
    """How windows cover one axis of the page.

    Attributes
    ----------
    length, size : int
        Extent of the page and of a window, in pixels.
    starts : tuple of int
        First pixel of each window; negative ones lie before the page.
    weights : tuple of (size,) float32
        How much each pixel of each window counts; at every pixel of the page the
        weights of all windows over it sum to 1.
    """

    length: int
    size: int
    starts: tuple[int, ...]
    weights: tuple[npt.NDArray[np.float32], ...]

    @classmethod
    def cover(cls, length: int, size: int, overlap: int) -> _Axis:
        # Half an overlap of mirrored margin, so that no pixel of the page is only
        # ever seen at the very border of a window.
        margin = overlap // 2
        step = size - overlap
        count = max(0, -(-(length + 2 * margin - size) // step)) + 1
        starts = tuple(i * step - margin for i in range(count))
        ramp = np.ones(size)
        if overlap:
            rise = np.sin((np.arange(overlap) + 0.5) * (np.pi / 2 / overlap)) ** 2
            ramp[:overlap] = rise
            ramp[size - overlap :] = rise[::-1]
        total = np.zeros(starts[-1] + size + margin)
        for start in starts:
            total[start + margin : start + margin + size] += ramp
        weights = tuple(
            (ramp / total[start + margin : start + margin + size]).astype(np.float32)
            for start in starts
        )
        return cls(length, size, starts, weights)

    def source(self, start: int) -> npt.NDArray[np.intp]:
        """Pixels of the page that a window shows, mirrored at the page's borders."""
        period = max(2 * (self.length - 1), 1)
        index = np.abs(np.arange(start, start + self.size)) % period
        return np.where(index < self.length, index, period - index)

    def own(self, index: int) -> tuple[int, int]:
        """Return first and one past the last pixel from a window to the next one."""
        is_last = index + 1 == len(self.starts)
        end = self.length if is_last else min(self.starts[index + 1], self.length)
        return max(self.starts[index], 0), end
