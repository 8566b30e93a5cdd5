"""Whether a line stands in a cell, between two upright rulings of a table."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.pixels.line_paths import Path, band

_WIDEST = 0.6  # share of the page's width; what is wider is a frame around a letter
_AROUND = 0.5  # in pitches, above and below a line: so high a ruling must stand there
_RULED = 0.6  # share of that height


def in_cell(upright: npt.NDArray[np.bool_], path: Path, pitch: float) -> bool:
    """Return whether upright rulings stand on both sides of a path, not too far apart.

    Parameters
    ----------
    upright : (H, W) bool
        Where upright rulings are, see `CleanInk`.
    path : (N, 3) float32
        In pixels of `upright`.
    pitch : float
    """
    height, width = upright.shape
    rows = np.rint(np.median(path[:, 1]) + band(_AROUND * pitch)).astype(np.int64)
    ruled = upright[rows[(rows >= 0) & (rows < height)]]
    # A ruling leans by a pixel or two over the height of a line.
    spread = np.lib.stride_tricks.sliding_window_view(
        np.pad(ruled, ((0, 0), (1, 1))), 3, axis=1
    ).any(axis=-1)
    at = np.flatnonzero(spread.mean(axis=0) >= _RULED) if len(ruled) else ()
    middle = float(path[0, 0] + path[-1, 0]) / 2
    left, right = [x for x in at if x < middle], [x for x in at if x > middle]
    return bool(left and right) and right[0] - left[-1] <= _WIDEST * width
