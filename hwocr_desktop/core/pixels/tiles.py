"""Run a window-wise predictor over a page of any size and blend what it says.

The page is covered with overlapping square windows. Where two overlap, each counts
less the nearer its own border is, so no seam shows; beyond the page's border the
page is mirrored, so every window is full. Only one row of windows is in memory at a
time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.errors import BadRequest
from hwocr_desktop.core.progress import CancelToken, Progress, Report, ignore_progress

Predict = Callable[[npt.NDArray[np.float32]], npt.NDArray[np.float32]]


def blend_tiles(
    gray: npt.NDArray[np.uint8],
    predict: Predict,
    *,
    size: int,
    overlap: int,
    batch: int,
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
    cancel : CancelToken, optional
        Looked at before each batch.
    report : Report
        Told after each batch how many windows are done.

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
    The extra memory is three rows of windows in float32 (size * W * 12 bytes) and the
    ink map itself, whatever the height of the page.
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
    total = len(rows.starts) * len(columns.starts)
    ink_map = np.empty(gray.shape, np.uint8)
    carried = np.zeros((0, gray.shape[1]), np.float32)
    for index, top in enumerate(rows.starts):
        strip = gray[rows.source(top)]
        blended = np.zeros((size, gray.shape[1]), np.float32)
        for first in range(0, len(columns.starts), batch):
            if cancel is not None:
                cancel.check()
            chosen = range(first, min(first + batch, len(columns.starts)))
            tiles = np.stack(
                [strip[:, columns.source(columns.starts[i])] for i in chosen]
            )
            ink = predict(tiles.astype(np.float32) * np.float32(1 / 255))
            for i, tile in zip(chosen, ink, strict=True):
                _add_columns(blended, tile, columns, i)
            report(Progress(index * len(columns.starts) + chosen[-1] + 1, total))
        blended *= rows.weights[index][:, None]
        blended[: len(carried)] += carried
        carried = _hand_over(ink_map, blended, rows, index)
    return ink_map


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

    def inside(self, start: int) -> tuple[int, int]:
        """Return first and one past the last pixel of the page in a window."""
        return max(start, 0), min(start + self.size, self.length)


def _add_columns(
    blended: npt.NDArray[np.float32],
    tile: npt.NDArray[np.float32],
    columns: _Axis,
    index: int,
) -> None:
    """Add one window, weighted from left to right, to its row of windows."""
    start = columns.starts[index]
    x0, x1 = columns.inside(start)
    weights = columns.weights[index][x0 - start : x1 - start]
    blended[:, x0:x1] += tile[:, x0 - start : x1 - start] * weights


def _hand_over(
    ink_map: npt.NDArray[np.uint8],
    blended: npt.NDArray[np.float32],
    rows: _Axis,
    index: int,
) -> npt.NDArray[np.float32]:
    """Write the rows no later window touches; return those that one still does."""
    start = rows.starts[index]
    y0, y1 = rows.inside(start)
    if index + 1 < len(rows.starts):
        y1 = min(y1, rows.starts[index + 1])
    done = blended[y0 - start : y1 - start]
    # In place: 255 * probability, rounded.
    np.multiply(done, 255, out=done)
    np.add(done, 0.5, out=done)
    np.clip(done, 0, 255, out=done)
    ink_map[y0:y1] = done
    return blended[y1 - start :]
