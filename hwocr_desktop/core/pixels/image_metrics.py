"""How near a binary page is to its truth, by the measures of the contests.

All take (H, W) bool pages of one size, True = ink. Percentages are 0..100. A page whose
truth has no ink is not an error: finding none there is perfect, finding any is not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from statistics import fmean

import cv2
import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.errors import BadRequest
from hwocr_desktop.core.pixels.stroke_weights import pseudo_weights

Binary = npt.NDArray[np.bool_]

# Side of the blocks that DRD counts, and of the neighborhood it weights, in pixels.
DRD_BLOCK = 8
DRD_SIDE = 5


@dataclass(frozen=True, slots=True)
class InkScores:
    """The measures of one page; the higher the better, but for `drd`."""

    f_measure: float
    pseudo_f_measure: float
    psnr: float
    drd: float


def measure(binary: Binary, truth: Binary) -> InkScores:
    """Return all measures of a page.

    Raises
    ------
    BadRequest
        If the two differ in size or are empty.
    """
    if binary.shape != truth.shape or binary.size == 0:
        raise BadRequest(
            "The page and the picture of its ink differ in size.",
            "Give both the same width and height.",
        )
    return InkScores(
        f_measure(binary, truth),
        pseudo_f_measure(binary, truth),
        psnr(binary, truth),
        drd(binary, truth),
    )


def mean_scores(pages: Sequence[InkScores]) -> InkScores:
    """Return the mean of each measure over pages, each counting the same.

    Parameters
    ----------
    pages : sequence of InkScores
        At least one.
    """
    return InkScores(
        *(fmean(values) for values in zip(*map(astuple, pages), strict=True))
    )


def f_measure(binary: Binary, truth: Binary) -> float:
    """Return the harmonic mean of precision and recall of ink, in percent."""
    hits = int(np.count_nonzero(binary & truth))
    found, known = int(np.count_nonzero(binary)), int(np.count_nonzero(truth))
    return 200.0 * hits / (found + known) if found + known else 100.0


def pseudo_f_measure(binary: Binary, truth: Binary) -> float:
    """Return the F-measure of pseudo-recall and pseudo-precision, in percent.

    A missed pixel counts by how much of its stroke it breaks, a false one by how far
    from writing it lies and whether it joins letters; the contests use it since 2013.

    References
    ----------
    K. Ntirogiannis, B. Gatos, I. Pratikakis, 2013, DOI 10.1109/TIP.2012.2219550,
    equations 1 to 11.
    """
    if not truth.any() or not binary.any():
        return f_measure(binary, truth)
    strokes, cost = pseudo_weights(truth)
    recall = float(strokes[binary].sum(dtype=float) / strokes.sum(dtype=float))
    hits = float(cost[binary & truth].sum(dtype=float))
    precision = hits / float(cost[binary].sum(dtype=float))
    return 200.0 * recall * precision / (recall + precision) if hits and recall else 0.0


def psnr(binary: Binary, truth: Binary) -> float:
    """Return the peak signal-to-noise ratio in dB.

    A page without any error counts as if half a pixel were wrong, so that means over
    pages stay finite.
    """
    wrong = float(np.count_nonzero(binary != truth))
    return 10.0 * math.log10(binary.size / max(wrong, 0.5))


def drd(binary: Binary, truth: Binary) -> float:
    """Return the distance reciprocal distortion; 0 is perfect.

    Each wrong pixel counts by how unlike its surroundings of 5x5 in the truth it is,
    and the sum is set against the number of full 8x8 blocks that hold both ink and
    paper (at least one).

    References
    ----------
    H. Lu, A. Kot, Y. Shi, 2004, DOI 10.1109/LSP.2003.821748.
    """
    near = np.arange(DRD_SIDE) - DRD_SIDE // 2
    distance = np.hypot(near[:, None], near[None, :])
    kernel = np.divide(1, distance, out=np.zeros_like(distance), where=distance > 0)
    kernel /= kernel.sum()
    ink = _weighted(truth, kernel)
    paper = _weighted(~truth, kernel)
    wrong = binary != truth
    total = ink[wrong & ~binary].sum() + paper[wrong & binary].sum()
    return float(total / max(_mixed_blocks(truth), 1))


def _weighted(
    plane: Binary, kernel: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Correlate with a kernel; pixels beyond the page count for nothing."""
    return np.asarray(
        cv2.filter2D(
            plane.view(np.uint8), cv2.CV_64F, kernel, borderType=cv2.BORDER_CONSTANT
        )
    )


def _mixed_blocks(truth: Binary) -> int:
    """Count the full blocks that hold both ink and paper."""
    rows, columns = truth.shape[0] // DRD_BLOCK, truth.shape[1] // DRD_BLOCK
    blocks = truth[: rows * DRD_BLOCK, : columns * DRD_BLOCK]
    blocks = blocks.reshape(rows, DRD_BLOCK, columns, DRD_BLOCK)
    ink = np.count_nonzero(blocks, axis=(1, 3))
    return int(np.count_nonzero((ink > 0) & (ink < DRD_BLOCK**2)))
