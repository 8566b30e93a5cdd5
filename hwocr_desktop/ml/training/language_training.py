"""Make a language file: count texts, and weigh them on lines kept aside."""

from __future__ import annotations

import csv
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from hwocr_desktop.core.errors import HwocrError, TrainingDataMissing
from hwocr_desktop.core.folders import files_below
from hwocr_desktop.core.formats.page_xml import read_page
from hwocr_desktop.core.pixels.crops import stretch_ink
from hwocr_desktop.core.progress import CancelToken, Progress, Report, ignore_progress
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.core.text.ctc import LogProbs
from hwocr_desktop.core.text.language import (
    ORDER,
    Language,
    Weights,
    build_language,
    build_on,
    save_language,
)
from hwocr_desktop.core.text.text_metrics import cer
from hwocr_desktop.core.text.word_beam import WordBeam
from hwocr_desktop.core.text_files import read_text
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.recognizer import MAX_BATCH, Recognizer
from hwocr_desktop.ml.training.line_data import load_lines

log = logging.getLogger(__name__)

STEPS = {"characters": 0.2, "words": 0.2, "length": 0.4}
"""By how much a weight is moved when weights are chosen, at first."""

_TEXT_SUFFIXES = {".txt", ".tsv", ".xml"}


@dataclass(frozen=True, slots=True)
class TrainLanguageRequest:
    """What a language is to be counted in.

    Attributes
    ----------
    texts : tuple of Path
        Texts, ``labels.tsv``, PAGE XML, and folders of these.
    out : Path, optional
        The file to write; none if it is not given.
    order : int
        Characters of the longest n-grams, 1..8.
    weights : Weights
        How much it counts, or where choosing begins.
    model : str
        Id of the line model by which weights are chosen.
    held_out : tuple of Path
        Folders of lines to choose weights on; without them they stay as given.
    background : tuple of Path
        Many more texts, such as books, of which only what is not rare is counted.
    """

    texts: tuple[Path, ...]
    out: Path | None = None
    order: int = ORDER
    weights: Weights = field(default_factory=Weights)
    model: str = ""
    held_out: tuple[Path, ...] = ()
    background: tuple[Path, ...] = ()


def train_language(
    request: TrainLanguageRequest,
    *,
    cancel: CancelToken,
    report: Report = ignore_progress,
) -> Language:
    """Count the texts, choose the weights, write the file and return the language.

    Raises
    ------
    HwocrError
        If texts, lines or the model cannot be used, or the file cannot be written.
    Cancelled
        If cancelled; nothing is written then.
    """
    report(Progress(0, 0, "counting"))
    text, order = gather_text(request.texts, cancel), request.order
    if request.background:
        background = gather_text(request.background, cancel)
        language = build_on(background, text, order=order)
    else:
        language = build_language(text, order=order)
    language = replace(language, weights=request.weights)
    if request.held_out:
        recognizer = Recognizer.open(registry.card(request.model, "recognize-lines"))
        lines = list(_seen(recognizer, request.held_out, cancel, report))
        weights = choose_weights(
            language, recognizer.charset, lines, cancel=cancel, report=report
        )
        language = replace(language, weights=weights)
    cancel.check()
    if request.out is not None:
        save_language(request.out, language)
    return language


def gather_text(paths: Sequence[Path], cancel: CancelToken | None = None) -> str:
    """Return the texts of files and folders, in the order of their names.

    Of PAGE XML the corrections count, print left out; of ``labels.tsv`` the second
    column. A file in a folder that cannot be read is logged and left out.

    Raises
    ------
    FileNotReadable, BadDocument
        If a file that is named itself cannot be read.
    TrainingDataMissing
        If there is no text.
    """
    parts = []
    for path in paths:
        if not path.is_dir():
            parts.append(_text_of(path))
            continue
        for file in files_below(path):
            if cancel is not None:
                cancel.check()
            if file.suffix.lower() not in _TEXT_SUFFIXES:
                continue
            try:
                parts.append(_text_of(file))
            except HwocrError as error:
                log.warning("left out %s: %s", file, error.message)
    text = "\n".join(part for part in parts if part.strip())
    if not text.strip():
        raise TrainingDataMissing(
            "There is no text in what was named to count.",
            "Name text files, or folders with labels.tsv, PAGE XML or .txt files.",
        )
    return text


def _text_of(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix == ".xml":
        lines = read_page(path).lines
        return "\n".join(
            line.correction
            for line in lines
            if line.correction and line.kind != "printed"
        )
    text = read_text(path)
    if suffix != ".tsv":
        return text
    rows = csv.reader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return "\n".join(row[1] for row in rows if len(row) >= 2)


def choose_weights(
    language: Language,
    charset: Charset,
    lines: Sequence[tuple[LogProbs, str]],
    *,
    rounds: int = 2,
    cancel: CancelToken | None = None,
    report: Report = ignore_progress,
) -> Weights:
    """Choose weights that read lines with the fewest wrong characters.

    Each weight in turn is moved up or down as long as that helps; the steps are halved
    from round to round.

    Parameters
    ----------
    language : Language
        With the weights to begin from.
    charset : Charset
    lines : sequence of ((T_i, C) float32, str)
        Log-probabilities and true text of lines that neither network nor counts
        learned from.
    rounds : int
        How often all weights are gone through.
    cancel, report
        See `progress`.
    """
    known: dict[Weights, int] = {}

    def errors(weights: Weights) -> int:
        if weights not in known:
            search = WordBeam(charset, replace(language, weights=weights))
            wrong = 0
            for log_probs, truth in lines:
                if cancel is not None:
                    cancel.check()
                found = search.search(log_probs)
                read = charset.decode(found[0].labels) if found else ""
                wrong += cer([(read, truth)]).errors
            known[weights] = wrong
            report(Progress(len(known), 0, f"{weights}: {wrong} wrong characters"))
        return known[weights]

    best = language.weights
    for number in range(rounds):
        for name, step in STEPS.items():
            best = _moved(best, name, step / 2**number, errors)
    return best


def _moved(
    best: Weights, name: str, step: float, errors: Callable[[Weights], int]
) -> Weights:
    """Move one weight up, else down, as long as that helps."""
    for way in (step, -step):
        start = best
        while True:
            value = round(getattr(best, name) + way, 3)
            moved = replace(best, **{name: value})
            if value < 0.0 or errors(moved) >= errors(best):
                break
            best = moved
        if best is not start:
            break
    return best


def _seen(
    recognizer: Recognizer,
    folders: Sequence[Path],
    cancel: CancelToken,
    report: Report,
) -> Iterator[tuple[LogProbs, str]]:
    """Yield what the network sees in lines kept aside, and their texts."""
    samples = sorted(load_lines(folders), key=lambda sample: sample.gray.shape[1])
    for first in range(0, len(samples), MAX_BATCH):
        cancel.check()
        report(Progress(first, len(samples), "looking at the lines kept aside"))
        part = samples[first : first + MAX_BATCH]
        inks = [stretch_ink(sample.gray) for sample in part]
        for sample, probs in zip(part, recognizer.log_probs(inks), strict=True):
            yield probs.copy(), sample.text
