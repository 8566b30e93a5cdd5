"""Make lines and words to learn from: cut out of transcribed lines, or drawn. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hwocr_desktop.app.ink_evaluation import existing_folder
from hwocr_desktop.app.open_models import open_recognizer
from hwocr_desktop.core.errors import BadRequest, TrainingDataMissing
from hwocr_desktop.core.progress import CancelToken, Progress, Report, ignore_progress
from hwocr_desktop.core.text.text_metrics import ErrorRate, cer
from hwocr_desktop.ml.training.line_checks import LeftOut, tell
from hwocr_desktop.ml.training.line_data import learnable, sift_lines
from hwocr_desktop.ml.training.line_files import LineFolder
from hwocr_desktop.ml.training.synthetic_lines import check_fonts, draw_synthetic
from hwocr_desktop.ml.training.synthetic_texts import (
    Content,
    read_words,
    text_source,
)
from hwocr_desktop.ml.training.word_cutting import LEAST_SCORE, cut_lines


@dataclass(frozen=True, slots=True)
class PrepareWordsRequest:
    """Transcribed lines whose words are wanted by themselves.

    Attributes
    ----------
    data : tuple of Path
        Folders of lines, see `find_line_folders`.
    model : str
        Id of the line model that says where the letters stand.
    out : Path
        A new folder; the words of each set of lines get one below it.
    least : float
        Lowest score of a word that is kept, 0..1; see `CutWord`.
    check : bool
        Whether each word is read again by itself.
    """

    data: tuple[Path, ...]
    model: str
    out: Path
    least: float = LEAST_SCORE
    check: bool = False


@dataclass(frozen=True, slots=True)
class PreparedWords:
    """What became of the lines.

    Attributes
    ----------
    lines : int
        Lines that were cut.
    kept, dropped : int
        Words written, and words whose score was too low.
    left_out : tuple of LeftOut
        Lines that were not cut, and why.
    same : int
        Words that read, by themselves, as their text says; 0 without a check.
    characters : ErrorRate
        Of the words read by themselves, all together.
    """

    lines: int
    kept: int
    dropped: int
    left_out: tuple[LeftOut, ...]
    same: int
    characters: ErrorRate


def prepare_words(
    request: PrepareWordsRequest,
    *,
    cancel: CancelToken,
    report: Report = ignore_progress,
) -> PreparedWords:
    """Cut transcribed lines into words and write these with their texts.

    Raises
    ------
    TrainingDataMissing
        If no line can be cut.
    BadModel
        If the model cannot be used.
    BadRequest
        If the output folder holds something or lies in the data.
    OutputNotWritable
        If it cannot be written to.
    Cancelled
        If cancelled; the words written by then have their labels.
    """
    if not 0.0 <= request.least <= 1.0:
        raise BadRequest(
            f"A word's score cannot be {request.least}.", "Give a number from 0 to 1."
        )
    report(Progress(0, 0, "opening the lines"))
    found, left_out = sift_lines([existing_folder(folder) for folder in request.data])
    recognizer = open_recognizer(request.model)
    cancel.check()
    samples, unfit = learnable(found, recognizer.charset)
    left_out += unfit
    tell(left_out)
    if not samples:
        raise TrainingDataMissing(
            "None of the lines can be cut into words.",
            "Check that their pictures are there, and that the model knows their "
            "alphabet.",
        )
    kept = dropped = same = 0
    characters = ErrorRate(0, 0)
    with LineFolder(request.out, request.data) as folder:
        for sample, words in cut_lines(
            samples, recognizer, cancel=cancel, report=report
        ):
            good = [word for word in words if word.score >= request.least]
            grays = [sample.gray[:, word.start : word.end] for word in good]
            stem = sample.name.partition("/")[2] or sample.name
            for number, (word, gray) in enumerate(zip(good, grays, strict=True)):
                folder.add(sample.set, f"{stem}-{number:02d}", gray, word.text)
            if request.check and grays:
                readings = recognizer.read(grays, cancel=cancel)
                pairs = [
                    (reading.text.strip(), word.text)
                    for reading, word in zip(readings, good, strict=True)
                ]
                same += sum(read == text for read, text in pairs)
                characters += cer(pairs)
            kept += len(good)
            dropped += len(words) - len(good)
    return PreparedWords(len(samples), kept, dropped, tuple(left_out), same, characters)


@dataclass(frozen=True, slots=True)
class PrepareLinesRequest:
    """Lines that are to be drawn.

    Attributes
    ----------
    fonts : tuple of Path
        Fonts of handwriting.
    texts : tuple of Path
        Plain text in UTF-8; none are needed for names.
    out : Path
        A new folder.
    content : "lines", "words" or "names"
        What the lines say; see `text_source`.
    count, seed : int
        How many, and of all that is random: the same seed draws the same lines.
    """

    fonts: tuple[Path, ...]
    texts: tuple[Path, ...]
    out: Path
    content: Content = "lines"
    count: int = 1000
    seed: int = 1


def prepare_lines(
    request: PrepareLinesRequest,
    *,
    cancel: CancelToken,
    report: Report = ignore_progress,
) -> int:
    """Draw lines of handwriting and write them with their texts.

    Returns
    -------
    int
        Number of lines written.

    Raises
    ------
    BadRequest
        If there is nothing to draw, no text can be written with the fonts, or the
        output folder holds something.
    FileNotReadable, BadDocument
        If a font or text cannot be used.
    OutputNotWritable
        If the folder cannot be written to.
    Cancelled
        If cancelled; the lines written by then have their labels.
    """
    if request.count < 1:
        raise BadRequest("There are no lines to draw.", "Ask for one at least.")
    if request.content != "names" and not request.texts:
        raise BadRequest(
            "There is no text to write.", "Name files of text, or choose names."
        )
    check_fonts(request.fonts)
    source = text_source(read_words(request.texts), request.content)
    with LineFolder(request.out) as folder:
        for number in range(request.count):
            cancel.check()
            # A generator for each: more lines leave the first ones as they are.
            rng = np.random.default_rng([request.seed, number])
            line = draw_synthetic(source, request.fonts, rng)
            if line is None:
                raise BadRequest(
                    "The fonts lack characters of nearly all texts.",
                    "Name fonts of that alphabet.",
                )
            folder.add("", f"{number + 1:06d}", line.gray, line.text)
            report(Progress(number + 1, request.count, "drawing"))
    return request.count
