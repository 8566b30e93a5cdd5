"""Line crops stacked for the network, in training and in use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from hwocr_desktop.ml.networks.crnn import FRAME_WIDTH

WIDTH_STEP = 32
"""Batches are padded to a multiple of this, so that few shapes occur."""

END_PADDING = 8
"""Blank pixels after each line; they belong to its true frames, so that a letter at
the very end is seen whole."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Lines ready for the network.

    Attributes
    ----------
    lines : (B, H, W, 1) float32, 0 = paper, 1 = ink
    frames : (B,) int32
        True number of output frames.
    labels : (B, L) int32
        Padded with 0.
    """

    lines: npt.NDArray[np.float32]
    frames: npt.NDArray[np.int32]
    labels: npt.NDArray[np.int32]


def pack(
    inks: Sequence[npt.NDArray[np.uint8]], labels: Sequence[Sequence[int]] | None = None
) -> Batch:
    """Stack line crops of different widths into one batch.

    Parameters
    ----------
    inks : sequence of (H, W_i) uint8
        Stretched crops, 255 = ink, one height.
    labels : sequence of label sequences, optional
        One for each crop; none for reading.
    """
    widths = [ink.shape[1] + END_PADDING for ink in inks]
    width = -(-max(widths) // WIDTH_STEP) * WIDTH_STEP
    lines = np.zeros((len(inks), inks[0].shape[0], width, 1), np.float32)
    for line, ink in zip(lines, inks, strict=True):
        line[:, : ink.shape[1], 0] = ink
    lines /= 255.0
    frames = np.array([-(-w // FRAME_WIDTH) for w in widths], np.int32)
    labels = labels if labels is not None else [[] for _ in inks]
    padded = np.zeros((len(inks), max([1, *map(len, labels)])), np.int32)
    for row, own in zip(padded, labels, strict=True):
        row[: len(own)] = own
    return Batch(lines, frames, padded)


def fits(labels: Sequence[int], width: int) -> bool:
    """Whether a line of that width has frames enough for its labels."""
    repeats = sum(a == b for a, b in pairwise(labels))
    return 0 < len(labels) + repeats <= (width + END_PADDING) // FRAME_WIDTH
