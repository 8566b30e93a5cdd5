"""Shifting a binarizing network so that one half is where to cut."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.progress import CancelToken
from hwocr_desktop.ml.binarizer import CUT, Binarizer
from hwocr_desktop.ml.training.binarizer_data import InkPage


def f_by_cut(
    ink_map: npt.NDArray[np.uint8], truth: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    """Return the F-measure of a page for every cut.

    Parameters
    ----------
    ink_map : (H, W) uint8
    truth : (H, W) bool, True = ink

    Returns
    -------
    (256,) float64
        In percent; entry c is that of ``ink_map >= c``. 100 where there is neither
        ink to find nor any found.
    """
    # At or above each level, counted from the top.
    hits = np.bincount(ink_map[truth], minlength=256)[::-1].cumsum()[::-1]
    found = np.bincount(ink_map.ravel(), minlength=256)[::-1].cumsum()[::-1]
    total = found + np.count_nonzero(truth)
    f = np.full(256, 100.0)
    np.divide(200.0 * hits, total, out=f, where=total > 0)
    return f


def best_cut(
    pages: Iterable[tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_]]],
) -> int:
    """Return the cut with the highest mean F-measure over pages, 1..255.

    Parameters
    ----------
    pages : iterable of (ink map, truth)
        As in `f_by_cut`; at least one.

    Notes
    -----
    Among cuts as good as the best to a hundredth, the middle one: a curve as flat as
    this one has its highest point anywhere.
    """
    f = np.mean([f_by_cut(ink_map, truth) for ink_map, truth in pages], axis=0)
    good = np.flatnonzero(f[1:] >= f[1:].max() - 0.01) + 1
    return int(good[len(good) // 2])


def calibrate(
    binarizer: Binarizer, pages: Sequence[InkPage], cancel: CancelToken
) -> int:
    """Shift a network so that its best cut on some pages becomes one half.

    Parameters
    ----------
    binarizer : Binarizer
        Its network's last bias is changed, and so every figure it gives.
    pages : sequence of InkPage
        None that it learned from.
    cancel : CancelToken

    Returns
    -------
    int
        The best cut before, 1..255; `CUT` means that nothing was to be done.

    Raises
    ------
    Cancelled
        If `cancel` was raised; the network is unchanged then.
    """
    cut = best_cut(
        (binarizer.ink_map(page.gray, cancel=cancel).map, page.truth) for page in pages
    )
    if cut != CUT:
        share = (cut - 0.5) / 255
        bias = binarizer.network.layers[-1].bias
        bias.assign(bias + math.log((1 - share) / share))
    return cut
