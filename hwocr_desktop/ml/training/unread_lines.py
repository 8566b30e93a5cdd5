"""Learn from lines that nobody has checked, as the network itself reads them.

Self-training (Frinken and Bunke 2009, DOI 10.1109/ICDAR.2009.18). What it gives comes
from the language, which knows words where the network sees strokes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import fmean

from hwocr_desktop.core.progress import CancelToken, Progress, Report
from hwocr_desktop.core.text.language import Language
from hwocr_desktop.ml.decoding import Characters, decoding_with_language
from hwocr_desktop.ml.recognizer import Recognizer
from hwocr_desktop.ml.training.line_checks import picture_fault
from hwocr_desktop.ml.training.line_data import LineSample
from hwocr_desktop.ml.training.line_run import READING
from hwocr_desktop.ml.training.seen_lines import seen_ahead

SURER = 0.5
"""Share of the lines read that is learned from: those that it is surest of. More wrong
characters remained with all of them, and with single words of them; ADR 26."""


def surer_lines(
    recognizer: Recognizer,
    language: Language,
    lines: Sequence[LineSample],
    cancel: CancelToken,
    report: Report,
) -> list[LineSample]:
    """Read lines with a language; return the surer ones with the text that was read.

    Parameters
    ----------
    recognizer : Recognizer
    language : Language
    lines : sequence of LineSample
        Whatever text they have is not looked at. Nothing is read of those without
        writing, nor of those too long for a line.
    cancel, report
        ``report`` counts the lines.

    Returns
    -------
    list of LineSample
        Surest first, `SURER` of those that anything was read of. They can all be
        learned: no more is ever read of a line than it has room for.

    Raises
    ------
    Cancelled
        If cancelled.
    """
    read: list[tuple[float, LineSample]] = []
    written = [line for line in lines if not picture_fault(line.gray, "")]
    told = read_with_language(recognizer, language, written, cancel)
    for done, (line, characters) in enumerate(told):
        report(Progress(done, len(written), READING))
        text = "".join(character.text for character in characters).strip()
        if text:
            sure = fmean(character.confidence for character in characters)
            read.append((sure, replace(line, text=text)))
    read.sort(key=lambda item: -item[0])
    return [line for _, line in read[: round(SURER * len(read))]]


def read_with_language(
    recognizer: Recognizer,
    language: Language,
    lines: Sequence[LineSample],
    cancel: CancelToken,
    *,
    weighs: bool = True,
) -> Iterator[tuple[LineSample, Characters]]:
    """Yield each line with what is read of it with a language, near their order.

    ``weighs`` is whether confidences are wanted that tell wrong words from right ones.
    In this process, for a teaching runs in one of its own, which may start no others.

    Raises
    ------
    Cancelled
        If cancelled.
    """
    decode = decoding_with_language(
        recognizer.charset, lambda: language, None, weighs=weighs
    )
    for place, probs in seen_ahead(recognizer, lines):
        cancel.check()
        yield lines[place], decode(probs).characters
