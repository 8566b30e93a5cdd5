"""Batches of line crops: similar widths together, augmented, made ahead of need."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.pixels.crops import stretch_ink
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.ml.networks.crnn import FRAME_WIDTH
from hwocr_desktop.ml.training.augment import distort
from hwocr_desktop.ml.training.line_data import LineSample

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


def epoch_batches(
    samples: Sequence[LineSample],
    charset: Charset,
    rng: np.random.Generator,
    *,
    columns: int,
    augment: bool = True,
) -> Iterator[Batch]:
    """Yield one pass over the samples in random batches of similar width.

    Parameters
    ----------
    samples : sequence of LineSample
    charset : Charset
    rng : numpy Generator
    columns : int
        Pixels of width a batch may hold together, about; bounds memory.
    augment : bool
        Whether to distort the lines.
    """
    # Widths are blurred before sorting, so that batches differ from pass to pass.
    widths = np.array([s.gray.shape[1] for s in samples]) * rng.uniform(
        0.9, 1.1, len(samples)
    )
    groups: list[list[int]] = []
    for index in np.argsort(widths):
        group = groups[-1] if groups else []
        if group and (len(group) + 1) * widths[index] <= columns:
            group.append(int(index))
        else:
            groups.append([int(index)])
    for number in rng.permutation(len(groups)):
        inks, labels = [], []
        for index in groups[number]:
            ink = stretch_ink(samples[index].gray)
            if augment:
                other = samples[int(rng.integers(len(samples)))].gray
                ink = distort(ink, rng, stretch_ink(other))
            own = charset.encode(samples[index].text)
            if fits(own, ink.shape[1]):
                inks.append(ink)
                labels.append(own)
        if inks:
            yield pack(inks, labels)


def ahead(batches: Iterator[Batch], depth: int = 4) -> Iterator[Batch]:
    """Yield the same batches, made by a thread while the network works."""
    made: queue.Queue[Batch | BaseException | None] = queue.Queue(depth)
    stop = threading.Event()

    def put(item: Batch | BaseException | None) -> bool:
        while not stop.is_set():
            try:
                made.put(item, timeout=0.1)
            except queue.Full:
                continue
            return True
        return False

    def work() -> None:
        try:
            for batch in batches:
                if not put(batch):
                    return
            put(None)
        except Exception as error:  # noqa: BLE001 - handed to the caller's thread
            put(error)

    thread = threading.Thread(target=work, name="batches", daemon=True)
    thread.start()
    try:
        while (item := made.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stop.set()
        thread.join()
