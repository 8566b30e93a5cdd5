"""How well the program reads: measured by the code in use, on known text. No Qt."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hwocr_desktop.app.batch import read_frame
from hwocr_desktop.app.ink_evaluation import existing_folder
from hwocr_desktop.app.page_truth import comparable, counted_text, find_page_truths
from hwocr_desktop.app.pipeline import open_recognizer
from hwocr_desktop.core.document.document import Cleaning
from hwocr_desktop.core.errors import TrainingDataMissing
from hwocr_desktop.core.progress import CancelToken, Progress, Report, ignore_progress
from hwocr_desktop.core.text.text_metrics import ErrorRate, cer, wer
from hwocr_desktop.ml.recognizer import Decoder
from hwocr_desktop.ml.training.line_data import load_lines


@dataclass(frozen=True, slots=True)
class TextCompared:
    """A line or page as it was read and as it should have been.

    ``seconds`` is the time it took, 0 where it was not taken by itself; ``lines`` the
    number of lines found.
    """

    name: str
    truth: str
    read: str
    characters: ErrorRate
    words: ErrorRate
    set: str = ""
    seconds: float = 0.0
    lines: int = 0


@dataclass(frozen=True, slots=True)
class TextReport:
    """The figures of a line model; ``seconds`` is the time for reading them all."""

    model: str
    decoder: Decoder
    items: tuple[TextCompared, ...]
    seconds: float

    @property
    def cer(self) -> ErrorRate:
        """Errors over true characters, summed over all."""
        return sum((item.characters for item in self.items), ErrorRate(0, 0))

    @property
    def wer(self) -> ErrorRate:
        """Errors over true words, summed over all."""
        return sum((item.words for item in self.items), ErrorRate(0, 0))

    def by_set(self) -> dict[str, TextReport]:
        """Return a report for each folder of the data; no times of their own."""
        names = sorted({item.set for item in self.items})
        return {
            name: TextReport(
                self.model,
                self.decoder,
                tuple(item for item in self.items if item.set == name),
                0.0,
            )
            for name in names
        }


def evaluate_lines(
    folder: Path,
    model: str,
    *,
    decoder: Decoder = "greedy",
    cancel: CancelToken,
    report: Report = ignore_progress,
) -> TextReport:
    """Read lines whose text is known and compare.

    Parameters
    ----------
    folder : Path
        Holds line images with ``labels.tsv``, or page images with PAGE XML, whose
        lines are then taken as they are drawn; or several folders that do. Printed
        lines and lines without a text are left out.
    model : str
        Id of the line model.
    decoder : "greedy" or "beam"
    cancel, report
        See `progress`.

    Raises
    ------
    TrainingDataMissing
        If there is nothing to measure on.
    BadModel
        If the model cannot be used.
    """
    report(Progress(0, 0, "opening the lines"))
    samples = load_lines([existing_folder(folder)])
    if not samples:
        raise TrainingDataMissing(
            f"None of the lines in {folder} can be used.",
            "Check that the images named there exist and can be opened.",
        )
    recognizer = open_recognizer(model)
    cancel.check()
    crops = [sample.gray for sample in samples]
    recognizer.read(crops[:1], decoder=decoder, cancel=cancel)
    started = time.perf_counter()
    readings = recognizer.read(crops, decoder=decoder, cancel=cancel, report=report)
    seconds = time.perf_counter() - started
    items = tuple(
        TextCompared(
            sample.name,
            sample.text,
            reading.text,
            cer([(reading.text, sample.text)]),
            wer([(reading.text, sample.text)]),
            sample.set,
        )
        for sample, reading in zip(samples, readings, strict=True)
    )
    return TextReport(model, decoder, items, seconds)


def evaluate_pages(
    folder: Path,
    model: str,
    *,
    decoder: Decoder = "greedy",
    cleaning: Cleaning | None = None,
    cancel: CancelToken,
    report: Report = ignore_progress,
) -> TextReport:
    """Read whole pages, lines found by the program, and compare with their text.

    Lines are joined by single spaces and words parted by a line end are joined, on
    both sides. The order of lines counts: the truth's is that of its document. Where
    the truth is PAGE XML, what is read on lines that are print or have no text in it
    counts neither for nor against.

    Parameters
    ----------
    folder : Path
        Page images with PAGE XML or ``.txt``; see `find_page_truths`.
    model : str
        Id of the line model.
    decoder : "greedy" or "beam"
    cleaning : Cleaning, optional
        How the ink is found in which lines are found.
    cancel, report
        See `progress`.

    Raises
    ------
    HwocrError
        If a page, its text or a model cannot be used.
    """
    truths = find_page_truths(folder)
    recognizer = open_recognizer(model)
    blank = np.full((recognizer.height, 4 * recognizer.height), 255, np.uint8)
    recognizer.read([blank], decoder=decoder, cancel=cancel)
    items = []
    for number, truth in enumerate(truths):
        cancel.check()
        report(Progress(number, len(truths), truth.name))
        started = time.perf_counter()
        page = read_frame(
            truth.image,
            truth.frame,
            model,
            decoder=decoder,
            cleaning=cleaning or Cleaning(),
            cancel=cancel,
        )
        seconds = time.perf_counter() - started
        right = comparable(truth.text)
        read = comparable(counted_text(page.lines, truth))
        items.append(
            TextCompared(
                truth.name,
                right,
                read,
                cer([(read, right)]),
                wer([(read, right)]),
                truth.name.rpartition("/")[0],
                seconds,
                len(page.lines),
            )
        )
    report(Progress(len(truths), len(truths), ""))
    total = sum(item.seconds for item in items)
    return TextReport(model, decoder, tuple(items), total)
