"""New lines out of the lines there are: the beginning of one, the end of another.

A network that goes through a few lines again and again learns their texts by heart
and looks at the strokes no more. Pieces of lines that are put together anew, as words
were to recognize speech (Lam et al. 2021, arXiv:2104.01393), have the same strokes in
another text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from hwocr_desktop.core.document.document import Character
from hwocr_desktop.core.pixels.crops import stretch_ink
from hwocr_desktop.core.progress import CancelToken, Progress, Report, ignore_progress
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.core.text.ctc import LogProbs, align, characters_at
from hwocr_desktop.ml.line_batch import fits
from hwocr_desktop.ml.recognizer import Recognizer
from hwocr_desktop.ml.training.line_data import Gap, LineSample
from hwocr_desktop.ml.training.seen_lines import seen_ahead

SURE = 0.5
"""How sure the network is of the space in a gap at least, 0..1: a line that is cut
through a word teaches what is wrong."""

LEEWAY = 8
"""Characters by which a line that is put together is longer or shorter than the one it
begins with, about, if there are gaps enough to choose from."""


def gaps_in(characters: Sequence[Character], text: str) -> tuple[Gap, ...]:
    """Return where a line can be cut: in the midst of its sure spaces.

    Parameters
    ----------
    characters : sequence of Character
        Where they stand in the line; not calibrated.
    text : str
        The line's. If it is not that of the characters, there are no gaps.
    """
    if "".join(c.text for c in characters) != text:
        return ()
    return tuple(
        Gap(at, (space.start + space.end) / 2)
        for at, space in enumerate(characters)
        if space.text == " " and space.confidence >= SURE and 0 < at < len(text) - 1
    )


def with_gaps(
    recognizer: Recognizer,
    lines: Sequence[LineSample],
    cancel: CancelToken,
    report: Report = ignore_progress,
) -> list[LineSample]:
    """Find the gaps of lines whose text is known, where the network sees them.

    Parameters
    ----------
    recognizer : Recognizer
    lines : sequence of LineSample
        Single words are not looked at.
    cancel, report
        ``report`` counts the lines that were looked at.

    Returns
    -------
    list of LineSample
        In their order. A line too narrow for its text has no gaps, and neither has one
        with characters that the network does not know.

    Raises
    ------
    Cancelled
        If cancelled.
    """
    found = list(lines)
    several = [i for i, line in enumerate(lines) if " " in line.text]
    seen = seen_ahead(recognizer, [lines[i] for i in several])
    for done, (place, probs) in enumerate(seen, 1):
        cancel.check()
        line = lines[several[place]]
        gaps = _gaps_of(probs, line.text, recognizer.charset)
        found[several[place]] = replace(line, gaps=gaps)
        report(Progress(done, len(several), "looking where words part"))
    return found


def _gaps_of(log_probs: LogProbs, text: str, charset: Charset) -> tuple[Gap, ...]:
    if charset.missing(text):
        return ()
    labels = charset.encode(text)
    try:
        spans = align(log_probs, tuple(labels))
    except ValueError:  # too narrow
        return ()
    return gaps_in(characters_at(log_probs, charset, list(labels), spans), text)


def spliced(
    first: LineSample, second: LineSample, rng: np.random.Generator
) -> LineSample:
    """Put the beginning of one line and the end of another together.

    Parameters
    ----------
    first, second : LineSample
        Of one height.
    rng : numpy Generator

    Returns
    -------
    LineSample
        Named as the first, without gaps, with its ink stretched; the first itself if
        one of them cannot be cut, or if the text would not fit.
    """
    if not first.gaps or not second.gaps:
        return first
    cut = first.gaps[int(rng.integers(len(first.gaps)))]
    wanted = len(first.text) - cut.at

    def strangeness(gap: Gap) -> float:
        return abs(len(second.text) - gap.at - wanted) + LEEWAY * float(rng.random())

    other = min(second.gaps, key=strangeness)
    text = first.text[: cut.at] + second.text[other.at :]
    # Each stretched by itself, or the seam would show.
    begins, ends = stretch_ink(first.gray), stretch_ink(second.gray)
    ink = np.hstack(
        [
            begins[:, : round(cut.x * begins.shape[1])],
            ends[:, round(other.x * ends.shape[1]) :],
        ]
    )
    if not fits([ord(c) for c in text], ink.shape[1]):
        return first
    return replace(first, gray=255 - ink, text=text, gaps=())
