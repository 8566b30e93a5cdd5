"""How good the program is: measured by the code that is used, on data with a truth.

No Qt. Nothing is chosen here: each method is taken at its own cut, each model as it is.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import numpy as np

from hwocr_desktop.app.batch import read_frame
from hwocr_desktop.app.page_truth import comparable, counted_text, find_page_truths
from hwocr_desktop.app.pipeline import clean_page, open_recognizer
from hwocr_desktop.core.document.document import Cleaning
from hwocr_desktop.core.errors import BadDocument, FileNotReadable, TrainingDataMissing
from hwocr_desktop.core.pixels.image_metrics import InkScores, measure
from hwocr_desktop.core.pixels.imaging import load_scan
from hwocr_desktop.core.progress import CancelToken, Progress, Report, ignore_progress
from hwocr_desktop.core.text.text_metrics import ErrorRate, cer, wer
from hwocr_desktop.ml.recognizer import Decoder
from hwocr_desktop.ml.training.binarizer_data import InkPair, find_pairs
from hwocr_desktop.ml.training.line_data import load_lines


@dataclass(frozen=True, slots=True)
class PageInk:
    """How near one cleaned page is to its truth; seconds are for cleaning alone."""

    name: str
    scores: InkScores
    megapixels: float
    seconds: float


@dataclass(frozen=True, slots=True)
class InkReport:
    """The figures of a cleaning method or model."""

    model: str
    pages: tuple[PageInk, ...]

    @property
    def mean(self) -> InkScores:
        """Mean over the pages, each counting the same, as in the contests."""
        return InkScores(
            fmean(page.scores.f_measure for page in self.pages),
            fmean(page.scores.pseudo_f_measure for page in self.pages),
            fmean(page.scores.psnr for page in self.pages),
            fmean(page.scores.drd for page in self.pages),
        )

    @property
    def megapixels_per_second(self) -> float:
        """Speed of cleaning, the model being open."""
        seconds = sum(page.seconds for page in self.pages)
        return sum(page.megapixels for page in self.pages) / max(seconds, 1e-9)


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


def evaluate_binarizer(
    folder: Path,
    method: str,
    *,
    cancel: CancelToken,
    report: Report = ignore_progress,
) -> InkReport:
    """Clean pages whose ink is known and compare.

    Parameters
    ----------
    folder : Path
        Holds ``images/`` and ``gt/``, or several folders that do.
    method : str
        A threshold's name, or the id of a model; used at its own cut.
    cancel, report
        See `progress`.

    Raises
    ------
    TrainingDataMissing
        If there is nothing to measure on.
    BadDocument
        If a page and its truth differ in size.
    UnreadableImage, FileNotReadable
        If a picture cannot be read.
    BadModel
        If the model cannot be used.
    """
    pairs = find_pairs(_existing(folder))
    cleaning = Cleaning(method=method)
    # Opening a model takes seconds, once; that is no part of its speed.
    clean_page(np.full((32, 32), 255, np.uint8), cleaning, cancel=cancel)
    pages = []
    for number, pair in enumerate(pairs):
        cancel.check()
        report(Progress(number, len(pairs), pair.name))
        pages.append(_page_ink(pair, cleaning, cancel))
    report(Progress(len(pairs), len(pairs), ""))
    return InkReport(method, tuple(pages))


def _page_ink(pair: InkPair, cleaning: Cleaning, cancel: CancelToken) -> PageInk:
    gray = load_scan(pair.scan).gray
    truth = load_scan(pair.truth, inverted=False).gray < 128
    if gray.shape != truth.shape:
        sizes = [f"{w} x {h}" for h, w in (gray.shape, truth.shape)]
        raise BadDocument(
            f"The scan “{pair.scan.name}” has {sizes[0]} pixels, but its truth "
            f"“{pair.truth.name}” has {sizes[1]}.",
            "Take the pair out, or bring both to the same size.",
        )
    started = time.perf_counter()
    binary = clean_page(gray, cleaning, cancel=cancel).binary()
    seconds = time.perf_counter() - started
    return PageInk(pair.name, measure(binary, truth), gray.size / 1e6, seconds)


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
    samples = load_lines([_existing(folder)])
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
            0,
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


def _existing(folder: Path) -> Path:
    if not folder.is_dir():
        raise FileNotReadable(
            f"The folder {folder} does not exist.", "Check the name of the folder."
        )
    return folder
