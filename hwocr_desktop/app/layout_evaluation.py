"""Measure how well lines are found, on pages whose lines are known. No Qt."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hwocr_desktop.app.model_choice import usual_cleaning
from hwocr_desktop.app.open_models import bodies_of_lines, open_recognizer
from hwocr_desktop.app.page_truth import (
    PageTruth,
    comparable,
    find_line_truths,
    is_aside,
    is_described,
    is_near,
)
from hwocr_desktop.app.pipeline import clean_page, read_shapes
from hwocr_desktop.core.document.document import Cleaning
from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.core.pixels.imaging import Scan, load_scan
from hwocr_desktop.core.pixels.layout_metrics import (
    BaselineScores,
    baseline_scores,
    mean_scores,
)
from hwocr_desktop.core.pixels.line_matching import (
    MatchCounts,
    in_true_order,
    match_outlines,
    order_tau,
)
from hwocr_desktop.core.pixels.segmentation import Bodies, find_lines
from hwocr_desktop.core.progress import CancelToken, Progress, Report, ignore_progress
from hwocr_desktop.core.settings import Decoder
from hwocr_desktop.core.text.text_metrics import ErrorRate, cer
from hwocr_desktop.ml.recognizer import Recognizer


@dataclass(frozen=True, slots=True)
class LayoutItem:
    """How well the lines of one page were found.

    Attributes
    ----------
    page : PageTruth
        The page and its true lines.
    scores : BaselineScores
    near : BaselineScores
        Without the found lines that are farther from every known line than lines are
        high: perhaps the truth does not describe that part.
    outlines : MatchCounts
        By overlap of outlines.
    order : float or None
        Kendall's tau of matched lines.
    seconds : float
        From the grey page to its lines, cleaning included.
    found, aside : tuple of LineShape
        The lines found that were counted; and those, found or true, that were not.
    read_found, read_true : ErrorRate or None
        Of the page read on found and on true lines, if it was read.
    read_in_order : ErrorRate or None
        Of the found lines put in the order of the truth: what lies between it and
        `read_found` is a different order. Truths have lines in odd orders too.
    read_described : ErrorRate or None
        Of these without the lines that lie on none of the truth. Many truths leave
        notes and stamps out; what is found of them is counted in `scores`.
    """

    page: PageTruth
    scores: BaselineScores
    near: BaselineScores
    outlines: MatchCounts
    order: float | None
    seconds: float
    found: tuple[LineShape, ...]
    aside: tuple[LineShape, ...]
    read_found: ErrorRate | None = None
    read_true: ErrorRate | None = None
    read_in_order: ErrorRate | None = None
    read_described: ErrorRate | None = None


@dataclass(frozen=True, slots=True)
class LayoutReport:
    """How well the lines of pages were found; figures are means over pages.

    Attributes
    ----------
    items : tuple of LayoutItem
    """

    items: tuple[LayoutItem, ...]

    @property
    def scores(self) -> BaselineScores:
        """Precision, recall and F of baselines; merges and splits summed up."""
        return mean_scores([item.scores for item in self.items])

    @property
    def near(self) -> BaselineScores:
        """The same figures without what was found far from the truth."""
        return mean_scores([item.near for item in self.items])

    @property
    def outlines(self) -> MatchCounts:
        """Outlines matched, over all pages."""
        return sum((item.outlines for item in self.items), MatchCounts())

    @property
    def order(self) -> float | None:
        """Mean of the pages' agreement in order, without pages of a single line."""
        taus = [item.order for item in self.items if item.order is not None]
        return sum(taus) / len(taus) if taus else None

    @property
    def seconds_per_page(self) -> float:
        """Mean seconds from the grey page to its lines."""
        return sum(item.seconds for item in self.items) / len(self.items)

    @property
    def read_found(self) -> ErrorRate | None:
        """Character errors on found lines, over all pages that were read."""
        return _total(item.read_found for item in self.items)

    @property
    def read_true(self) -> ErrorRate | None:
        """Character errors on true lines, over the same pages."""
        return _total(item.read_true for item in self.items)

    @property
    def read_in_order(self) -> ErrorRate | None:
        """Character errors on found lines in the order of the truth."""
        return _total(item.read_in_order for item in self.items)

    @property
    def read_described(self) -> ErrorRate | None:
        """Character errors on these, but for lines that lie on none of the truth."""
        return _total(item.read_described for item in self.items)


def _total(rates: Iterable[ErrorRate | None]) -> ErrorRate | None:
    known = [rate for rate in rates if rate is not None]
    return sum(known, ErrorRate(0, 0)) if known else None


def evaluate_layout(
    folder: Path,
    *,
    model: str = "",
    cleaning: Cleaning | None = None,
    read_with: str = "",
    decoder: Decoder = "greedy",
    cancel: CancelToken,
    report: Report = ignore_progress,
) -> LayoutReport:
    """Find the lines of pages and compare them with the true ones.

    Lines that the truth marks as print, or that it gives no text (struck out,
    unreadable), count neither way, nor do its regions without lines (stamps, drawings,
    notes that were outlined but not transcribed): what is found there is set aside
    before anything is counted. What is found where the truth has nothing at all counts
    as wrong, which on pages with stamps or later notes that nobody marked is too
    strict. So `LayoutItem.near` leaves out, besides, what lies farther from every line
    of the truth than lines are apart.

    Parameters
    ----------
    folder : Path
        Page images with PAGE XML; pages that have plain text only are left out.
    model : str
        Id of a model that finds lines, or "classical"; "" for the usual one.
    cleaning : Cleaning, optional
        How the ink is found in which lines are found.
    read_with : str
        Id of a line model that reads each page twice, on found and on true lines:
        what the difference is, the line finding costs. "" reads nothing.
    decoder : "greedy", "beam" or "word-beam"
        How `read_with` makes its text.
    cancel, report
        See `progress`.

    Raises
    ------
    TrainingDataMissing
        If no page has known lines.
    HwocrError
        If a page, its truth or the model cannot be used.
    """
    truths = find_line_truths(folder)
    way = _Way(
        cleaning or Cleaning(usual_cleaning()),
        bodies_of_lines(model or None),
        open_recognizer(read_with) if read_with else None,
        decoder,
    )
    items = []
    for number, truth in enumerate(truths):
        cancel.check()
        report(Progress(number, len(truths), truth.name))
        items.append(_evaluate_page(truth, way, cancel))
    report(Progress(len(truths), len(truths), ""))
    return LayoutReport(tuple(items))


@dataclass(frozen=True, slots=True)
class _Way:
    """How lines are found, and what reads them."""

    cleaning: Cleaning
    bodies: Bodies | None
    recognizer: Recognizer | None
    decoder: Decoder


def _evaluate_page(truth: PageTruth, way: _Way, cancel: CancelToken) -> LayoutItem:
    scan = load_scan(truth.image, truth.frame)
    started = time.perf_counter()
    ink = clean_page(scan.gray, way.cleaning, cancel=cancel)
    everything = find_lines(ink.binary(), bodies=way.bodies, cancel=cancel)
    seconds = time.perf_counter() - started
    found = tuple(s for s in everything if not is_aside(s, truth))
    pairs = match_outlines(found, truth.beside)
    rates: list[ErrorRate | None] = [None] * 4
    if way.recognizer is not None:
        texts, on_true = (
            _read(scan, shapes, way.recognizer, way.decoder, cancel)
            for shapes in (found, truth.beside)
        )
        right = comparable(truth.text)
        order = in_true_order(len(texts), pairs)
        in_order = [texts[i] for i in order]
        described = [texts[i] for i in order if is_described(found[i], truth)]
        rates = [
            cer([(comparable("\n".join(lines)), right)])
            for lines in (texts, on_true, in_order, described)
        ]
    return LayoutItem(
        truth,
        _scores(found, truth),
        _scores([s for s in found if is_near(s, truth)], truth),
        MatchCounts(len(pairs), len(found), len(truth.beside)),
        order_tau(pairs),
        seconds,
        found,
        truth.aside + tuple(s for s in everything if s not in found),
        *rates,
    )


def _scores(found: Sequence[LineShape], truth: PageTruth) -> BaselineScores:
    return baseline_scores(
        [s.baseline for s in found], [s.baseline for s in truth.beside]
    )


def _read(
    scan: Scan,
    shapes: tuple[LineShape, ...],
    recognizer: Recognizer,
    decoder: Decoder,
    cancel: CancelToken,
) -> list[str]:
    """Return the text of each of the given lines of a page."""
    lines = read_shapes("", scan, shapes, recognizer, decoder, cancel=cancel)
    return [line.reading.text for line in lines]
