"""Words cut out of transcribed lines, where a line model sees their letters stand.

The true text is laid along the line by forced alignment: the likeliest path of the
model's output that spells it (Graves et al. 2006, DOI 10.1145/1143844.1143891).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.pixels.crops import SIDE_MARGIN, fit_height, stretch_ink
from hwocr_desktop.core.progress import CancelToken, Progress, Report, ignore_progress
from hwocr_desktop.core.text import ctc
from hwocr_desktop.core.text.charset import BLANK, Charset
from hwocr_desktop.core.text.word_places import inked, word_edges
from hwocr_desktop.ml.line_batch import fits
from hwocr_desktop.ml.networks.crnn import FRAME_WIDTH
from hwocr_desktop.ml.recognizer import MAX_BATCH, Recognizer
from hwocr_desktop.ml.training.line_checks import tell
from hwocr_desktop.ml.training.line_data import LineSample, learnable

LEAST_SCORE = 0.1
"""What a word's alignment must reach to be kept, 0..1; see `CutWord`."""

_SPACE = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class CutWord:
    """A word and where on its line it stands.

    Attributes
    ----------
    text : str
    score : float
        How likely the model finds the true text here, as against its own best
        reading: the geometric mean a character of the ratio of both, 0..1; 1 where it
        reads the same.
    start, end : int
        Columns of the line's picture, end exclusive, with margins.
    """

    text: str
    score: float
    start: int
    end: int


def cut_words(
    gray: npt.NDArray[np.uint8],
    text: str,
    log_probs: npt.NDArray[np.float32],
    charset: Charset,
) -> list[CutWord]:
    """Find the words of a line whose text is known.

    Parameters
    ----------
    gray : (H, W) uint8, 0 = black
        The line.
    text : str
        What is written there, NFC, all of it in the alphabet.
    log_probs : (T, C) float32
        What a model says of it, `FRAME_WIDTH` pixels a frame.
    charset : Charset

    Returns
    -------
    list of CutWord
        In the order of the text, cut where there is least ink between two words.

    Raises
    ------
    ValueError
        If there are too few frames for the text.
    """
    labels = charset.encode(text)
    spans = ctc.align(log_probs, tuple(labels))
    width = gray.shape[1]
    ink = stretch_ink(gray)
    words = [(m.start(), m.end()) for m in re.finditer(r"\S+", text)]
    edges = word_edges(
        ink,
        [
            (spans[first][0] * FRAME_WIDTH, spans[last - 1][1] * FRAME_WIDTH)
            for first, last in words
        ],
    )
    forced = _forced(log_probs, labels, spans)
    margin = round(SIDE_MARGIN * gray.shape[0])
    cut = []
    for number, (first, last) in enumerate(words):
        start, end = edges[number], max(edges[number + 1], edges[number] + 1)
        place = inked(ink, start, end)
        if place is not None:
            start, end = max(start, place[0] - margin), min(end, place[1] + margin)
        loss = forced[_frames(spans, words, number, len(log_probs))].sum()
        score = float(np.exp(loss / (last - first)))
        cut.append(CutWord(text[first:last], score, start, min(end, width)))
    return cut


def _forced(
    log_probs: npt.NDArray[np.float32],
    labels: Sequence[int],
    spans: Sequence[tuple[int, int]],
) -> npt.NDArray[np.float64]:
    """Return (T,) by how much each frame had to be forced onto the path, <= 0."""
    path = np.full(len(log_probs), BLANK)
    for label, (start, end) in zip(labels, spans, strict=True):
        path[start:end] = label
    forced = log_probs[np.arange(len(path)), path] - log_probs.max(axis=1)
    return np.asarray(forced, dtype=np.float64)


def _frames(
    spans: Sequence[tuple[int, int]],
    words: Sequence[tuple[int, int]],
    number: int,
    total: int,
) -> slice:
    """Return the frames of a word: half of the way to its neighbors belongs to it."""
    first, last = words[number]
    start, end = 0, total
    if number:
        start = (spans[words[number - 1][1] - 1][1] + spans[first][0]) // 2
    if number + 1 < len(words):
        end = (spans[last - 1][1] + spans[words[number + 1][0]][0]) // 2
    return slice(start, max(end, start + 1))


def word_samples(
    samples: Sequence[LineSample],
    recognizer: Recognizer,
    *,
    cancel: CancelToken,
    report: Report = ignore_progress,
) -> list[LineSample]:
    """Return the words of lines as lines of their own.

    A line of a single word is one already. Words that are hardly found in their line
    are left out, and so are lines with letters that the recognizer does not know or
    with more text than they have room for; these are logged.

    Parameters
    ----------
    samples : sequence of LineSample
    recognizer : Recognizer
        Tells where the letters stand.
    cancel, report
        See `progress`.

    Raises
    ------
    Cancelled
        If cancelled.
    """
    made = [sample for sample in samples if not _SPACE.search(sample.text)]
    lines = [sample for sample in samples if _SPACE.search(sample.text)]
    lines, unfit = learnable(lines, recognizer.charset)
    tell(unfit)
    for line, words in cut_lines(lines, recognizer, cancel=cancel, report=report):
        made += [
            replace(
                line,
                name=f"{line.name}-{number:02d}",
                gray=np.ascontiguousarray(line.gray[:, word.start : word.end]),
                text=word.text,
            )
            for number, word in enumerate(words)
            if word.score >= LEAST_SCORE
        ]
    return made


def cut_lines(
    samples: Sequence[LineSample],
    recognizer: Recognizer,
    *,
    cancel: CancelToken,
    report: Report = ignore_progress,
) -> Iterator[tuple[LineSample, list[CutWord]]]:
    """Yield each line with its words, lines of similar width after one another.

    Parameters
    ----------
    samples : sequence of LineSample
        Those that the recognizer could have read, see `learnable`.
    recognizer : Recognizer
    cancel, report
        See `progress`.

    Raises
    ------
    Cancelled
        If cancelled.
    """
    order = sorted(range(len(samples)), key=lambda i: samples[i].gray.shape[1])
    for first in range(0, len(order), MAX_BATCH):
        cancel.check()
        group = [samples[i] for i in order[first : first + MAX_BATCH]]
        grays = [fit_height(sample.gray, recognizer.height) for sample in group]
        found = recognizer.log_probs([stretch_ink(gray) for gray in grays])
        for sample, gray, log_probs in zip(group, grays, found, strict=True):
            # A line of other height than the samples' is as wide as they when scaled.
            scale = sample.gray.shape[1] / gray.shape[1]
            words = (
                cut_words(gray, sample.text, log_probs, recognizer.charset)
                if fits(recognizer.charset.encode(sample.text), gray.shape[1])
                else []
            )
            yield (
                sample,
                [
                    CutWord(
                        word.text,
                        word.score,
                        round(word.start * scale),
                        round(word.end * scale),
                    )
                    for word in words
                ],
            )
        report(Progress(first + len(group), len(order), "cutting"))
