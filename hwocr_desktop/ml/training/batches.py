"""Batches of line crops: similar widths together, augmented, made ahead of need."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence

import numpy as np

from hwocr_desktop.core.pixels.crops import stretch_ink
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.ml.line_batch import Batch, fits, pack
from hwocr_desktop.ml.training.augment import distort, hide_pieces
from hwocr_desktop.ml.training.line_data import LineSample


def epoch_batches(
    samples: Sequence[LineSample],
    charset: Charset,
    rng: np.random.Generator,
    *,
    columns: int,
    augment: float = 0.5,
    hidden: float = 0.0,
) -> Iterator[Batch]:
    """Yield one pass over the samples in random batches of similar width.

    Parameters
    ----------
    samples : sequence of LineSample
    charset : Charset
    rng : numpy Generator
    columns : int
        Pixels of width a batch may hold together, about; bounds memory.
    augment : float
        How strongly lines are distorted, 0..1; see `distort`.
    hidden : float
        Share of the lines that pieces are taken out of, 0..1; see `hide_pieces`.
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
            if augment > 0:
                other = samples[int(rng.integers(len(samples)))].gray
                ink = distort(ink, rng, stretch_ink(other), augment)
            if hidden > 0 and rng.random() < hidden:
                ink = hide_pieces(ink, rng)
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
