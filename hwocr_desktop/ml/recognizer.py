"""A line network in use: line crops in, readings out."""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.document.document import Reading
from hwocr_desktop.core.pixels.crops import fit_height, is_blank, stretch_ink
from hwocr_desktop.core.progress import CancelToken, Progress, Report, ignore_progress
from hwocr_desktop.core.settings import Decoder
from hwocr_desktop.core.text.calibration import (
    Calibration,
    calibrated_reading,
    calibration_of,
)
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.core.text.ctc import LogProbs
from hwocr_desktop.core.text.language import Language
from hwocr_desktop.core.text.lexicon import Lexicon
from hwocr_desktop.core.text.word_places import on_ink
from hwocr_desktop.ml import registry, runtime
from hwocr_desktop.ml.decoding import (
    Characters,
    Decoded,
    DecodingProcesses,
    no_language,
    quick_decoding,
)
from hwocr_desktop.ml.languages import open_language
from hwocr_desktop.ml.line_batch import pack
from hwocr_desktop.ml.networks.crnn import FRAME_WIDTH, build_crnn
from hwocr_desktop.ml.registry import ModelCard

MAX_BATCH = 8
"""Lines read at once: few, so that cancelling is quick and lines appear early."""

MAX_ASPECT = MAX_BATCH * 64
"""Widths of the lines read at once, in their heights: of very long lines fewer are read
at once, so that they take no more memory."""

DECIMALS = 4
"""Of confidences and spans: more would only make projects larger on disk."""

MOST_WAITING = 4 * MAX_BATCH
"""Lines that may wait for being decoded: stopping waits for none of them."""

ORDER_WINDOW = 64
"""Lines that are sorted by width among themselves; bounds how far results may come
out of reading order."""


class Recognizer:
    """A line network in use.

    Parameters
    ----------
    network : keras.Model
        From `build_crnn`.
    charset : Charset
    name : str
        Id written into readings.
    calibrations : mapping from way of reading to Calibration
        Of the confidences of readings, see `calibration_of`; without one they stay as
        they are.
    language : callable, optional
        Gives the language for ``"word-beam"``, or None; must be picklable, for it is
        called in another process.
    """

    def __init__(
        self,
        network: Any,
        charset: Charset,
        name: str,
        calibrations: Mapping[str, Calibration] = MappingProxyType({}),
        language: Callable[[], Language | None] = no_language,
    ) -> None:
        self.network, self.charset, self.name = network, charset, name
        self.calibrations = calibrations
        self._beside = DecodingProcesses(charset, language)
        self.height = int(network.inputs[0].shape[1])
        self._call = _logits_function(network, self.height)

    @classmethod
    def open(cls, card: ModelCard) -> Recognizer:
        """Build the network a card describes and load its weights.

        Raises
        ------
        BadModel
            If the folder is incomplete, altered, or of the wrong kind.
        """
        registry.expect_task(card, "recognize-lines")
        charset = registry.build(card, lambda: Charset(card.charset))
        network = registry.build(
            card, lambda: build_crnn(card.architecture, charset.size)
        )
        registry.load_weights(network, card)
        return cls(
            network,
            charset,
            card.id,
            registry.calibrations(card),
            functools.partial(open_language, card),
        )

    def log_probs(
        self, inks: Sequence[npt.NDArray[np.uint8]]
    ) -> list[npt.NDArray[np.float32]]:
        """Return each line's log-probabilities.

        Parameters
        ----------
        inks : sequence of (height, W_i) uint8
            Stretched crops, 255 = ink.

        Returns
        -------
        list of (T_i, C) float32
            Frames beyond a line's own end are cut off.
        """
        batch = pack(inks)
        logits = self._call(batch.lines, batch.frames)
        top = logits.max(axis=-1, keepdims=True)
        norm = logits - top
        norm -= np.log(np.exp(norm).sum(axis=-1, keepdims=True))
        return [
            row[:frames]
            for row, frames in zip(norm, batch.frames.tolist(), strict=True)
        ]

    def read(
        self,
        crops: Sequence[npt.NDArray[np.uint8]],
        *,
        decoder: Decoder = "greedy",
        lexicon: Lexicon | None = None,
        cancel: CancelToken | None = None,
        report: Report = ignore_progress,
    ) -> list[Reading]:
        """Read line crops.

        Parameters
        ----------
        crops : sequence of (H_i, W_i) uint8, 0 = black
            From `crop_to_read`, or line images of any height.
        decoder : "greedy", "beam" or "word-beam"
            The last weighs the model's language too, if it has one.
        lexicon : Lexicon, optional
            Words to prefer, or that alone are allowed; for "word-beam".
        cancel : CancelToken, optional
            Looked at after each batch.
        report : Report
            Gets ``partial=(index, Reading)`` for each line as soon as it is read.

        Returns
        -------
        list of Reading
            One for each crop, in their order; on one that is blank nothing is read.

        Raises
        ------
        Cancelled
            If cancelled.
        BadModel
            If the model's language is damaged.
        """
        readings: list[Reading | None] = [None] * len(crops)
        submit = self._submitting(decoder, lexicon)
        calibration = calibration_of(
            self.calibrations, decoder, has_list=lexicon is not None
        )
        waiting: deque[_Waiting] = deque()
        done = 0

        def keep(line: _Waiting) -> None:
            nonlocal done
            decoded = self._beside.result_of(line.decoded, line.probs, cancel)
            reading = Reading(
                _placed(decoded.characters, len(line.probs), line.ink),
                self.name,
                decoded.alternatives,
            )
            reading = calibrated_reading(reading, calibration)
            readings[line.place] = reading
            done += 1
            report(Progress(done, len(crops), "reading", partial=(line.place, reading)))

        # A network sees letters on empty paper, too.
        written = [i for i, crop in enumerate(crops) if not is_blank(crop)]
        for place in sorted(set(range(len(crops))).difference(written)):
            readings[place] = Reading((), self.name)
            done += 1
            report(Progress(done, len(crops), "reading", (place, readings[place])))
        for group in width_batches(
            [crops[i].shape[1] / crops[i].shape[0] for i in written]
        ):
            indices = [written[i] for i in group]
            if cancel is not None:
                cancel.check()
            inks = [stretch_ink(fit_height(crops[i], self.height)) for i in indices]
            for index, ink, probs in zip(
                indices, inks, self.log_probs(inks), strict=True
            ):
                waiting.append(_Waiting(index, ink, probs, submit(probs)))
            while waiting and (
                waiting[0].decoded.done() or len(waiting) > MOST_WAITING
            ):
                keep(waiting.popleft())
        while waiting:
            keep(waiting.popleft())
        return [reading for reading in readings if reading is not None]

    def _submitting(
        self, decoder: Decoder, lexicon: Lexicon | None
    ) -> Callable[[LogProbs], Future[Decoded]]:
        if decoder == "word-beam":
            return lambda probs: self._beside.submit(probs, lexicon)
        decode = quick_decoding(self.charset, decoder)

        def at_once(probs: LogProbs) -> Future[Decoded]:
            line: Future[Decoded] = Future()
            line.set_result(decode(probs))
            return line

        return at_once


class _Waiting(NamedTuple):
    """A line that the network has seen and that is being decoded."""

    place: int
    ink: npt.NDArray[np.uint8]
    probs: LogProbs
    decoded: Future[Decoded]


def _placed(
    characters: Characters, frames: int, ink: npt.NDArray[np.uint8]
) -> Characters:
    """Turn spans over frames, which reach into the padding, into places in the ink."""
    scale = frames * FRAME_WIDTH / max(ink.shape[1], 1)
    spiked = tuple(
        replace(
            c,
            confidence=round(c.confidence, DECIMALS),
            start=min(1.0, c.start * scale),
            end=min(1.0, c.end * scale),
        )
        for c in characters
    )
    return on_ink(spiked, ink)


def width_batches(aspects: Sequence[float]) -> list[list[int]]:
    """Group lines of similar width to be read at once, near reading order.

    Parameters
    ----------
    aspects : sequence of float
        Widths of the lines in their heights.

    Returns
    -------
    list of list of int
        Their places; at most `MAX_BATCH` and `MAX_ASPECT` in a group.
    """
    groups: list[list[int]] = []
    for first in range(0, len(aspects), ORDER_WINDOW):
        window = sorted(
            range(first, min(first + ORDER_WINDOW, len(aspects))),
            key=lambda i: aspects[i],
        )
        group: list[int] = []
        for i in window:
            # The widest comes last, and all are padded to it.
            is_full = (len(group) + 1) * aspects[i] > MAX_ASPECT
            if group and (is_full or len(group) == MAX_BATCH):
                groups.append(group)
                group = []
            group.append(i)
        groups.append(group)
    return sorted(groups, key=min)


def _logits_function(network: Any, height: int) -> Callable[..., Any]:
    """Trace the recurrent head alone; the shortcut is for training."""
    keras = runtime.keras()
    head = keras.Model(network.inputs, network.outputs[0])
    return runtime.compiled(
        head, ((None, height, None, 1), "float32"), ((None,), "int32")
    )
