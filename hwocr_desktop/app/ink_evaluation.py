"""How well pages are cleaned: measured by the code that is used, on known ink. No Qt.

Nothing is chosen here: each method is taken at its own cut, each model as it is.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hwocr_desktop.app.offline_cleaning import clean_offline
from hwocr_desktop.core.document.document import Cleaning
from hwocr_desktop.core.errors import (
    BadDocument,
    BadRequest,
    FileNotReadable,
    HwocrError,
)
from hwocr_desktop.core.pixels.image_metrics import InkScores, mean_scores, measure
from hwocr_desktop.core.pixels.imaging import load_scan
from hwocr_desktop.core.pixels.offline_methods import (
    OFFLINE_METHODS,
    check_offline_method,
)
from hwocr_desktop.core.pixels.thresholding import METHODS
from hwocr_desktop.core.progress import CancelToken, Progress, Report, ignore_progress
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.training.ink_pairs import InkPair, find_pairs

ALL = "all"
"""What stands for every quick threshold and every installed model."""


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
        return mean_scores([page.scores for page in self.pages])

    @property
    def megapixels_per_second(self) -> float:
        """Speed of cleaning, the model being open."""
        seconds = sum(page.seconds for page in self.pages)
        return sum(page.megapixels for page in self.pages) / max(seconds, 1e-9)


_HALF = 128
# A truth is black and white; where strokes are smoothed, their edges are gray.
_BETWEEN, _MOST_BETWEEN = (40, 215), 0.15
_MOST_INK = 0.5


@dataclass(frozen=True, slots=True)
class PairLeftOut:
    """Partial result: a pair that cannot be measured, whatever the method, and why."""

    name: str
    error: HwocrError


@dataclass(frozen=True, slots=True)
class TruthDoubted:
    """Partial result: a truth that hardly is one, and why; it counts all the same."""

    name: str
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class PageCleaned:
    """Partial result: a page with the ink that was found and the ink that is there.

    Attributes
    ----------
    model : str
    page : PageInk
    gray : (H, W) uint8
    binary, truth : (H, W) bool
    """

    model: str
    page: PageInk
    gray: npt.NDArray[np.uint8]
    binary: npt.NDArray[np.bool_]
    truth: npt.NDArray[np.bool_]


def chosen_methods(names: Sequence[str]) -> tuple[str, ...]:
    """Return the methods and models that are meant, each once, and all usable.

    Parameters
    ----------
    names : sequence of str
        Thresholds and ids of models; "all" stands for every one of both, but for the
        thresholds that are slow.

    Raises
    ------
    BadModel
        If a name is neither a threshold nor an installed model that cleans.
    BadRequest
        If a threshold needs a library that is not installed.
    """
    chosen: dict[str, None] = {}
    for name in names:
        if name == ALL:
            cards = [c for c in registry.find_models()[0] if c.task == "binarize"]
            chosen |= dict.fromkeys((*METHODS, *(card.id for card in cards)))
            continue
        if name in OFFLINE_METHODS:
            check_offline_method(name)
        elif name not in METHODS:
            registry.card(name, "binarize")
        chosen[name] = None
    return tuple(chosen)


def evaluate_binarizers(
    folder: Path,
    names: Sequence[str],
    *,
    cancel: CancelToken,
    report: Report = ignore_progress,
) -> tuple[InkReport, ...]:
    """Clean pages whose ink is known by several methods and compare.

    Parameters
    ----------
    folder : Path
        Pairs of scan and ink, see `find_pairs`.
    names : sequence of str
        Thresholds and ids of models, or "all", see `chosen_methods`; each is used at
        its own cut.
    cancel, report
        See `progress`; `report` gets a `PageCleaned` as a partial for each page and
        method, the pages of one method after the other, a `PairLeftOut` for each
        pair that cannot be measured, the rest goes on, and a `TruthDoubted`.

    Returns
    -------
    tuple of InkReport
        One for each method, in the order of `names`.

    Raises
    ------
    TrainingDataMissing
        If there is nothing to measure on.
    BadDocument, UnreadableImage, FileNotReadable
        If every page differs from its truth in size, or cannot be read.
    BadModel, BadRequest
        If a method cannot be used, or none is named.
    """
    if not names:
        raise BadRequest("No method is named.", "Name a method or a model.")
    pairs = find_pairs(existing_folder(folder))
    methods = chosen_methods(names)
    total = len(pairs) * len(methods)
    reports: list[InkReport] = []
    left_out: dict[str, HwocrError] = {}
    for number, method in enumerate(methods):
        cleaning = Cleaning(method=method)
        # Opening a model takes seconds, once; that is no part of its speed.
        clean_offline(np.full((32, 32), 255, np.uint8), cleaning, cancel=cancel)
        pages: list[PageInk] = []
        for at, pair in enumerate(pairs):
            cancel.check()
            if pair.name in left_out:
                continue
            done = number * len(pairs) + at
            label = pair.name if len(methods) == 1 else f"{method}: {pair.name}"
            report(Progress(done, total, label))
            try:
                gray, levels = _known(pair)
            except HwocrError as error:
                left_out[pair.name] = error
                fault = PairLeftOut(pair.name, error)
                report(Progress(done + 1, total, label, fault))
                continue
            if number == 0 and (why := _doubt(levels)):
                report(Progress(done, total, label, TruthDoubted(pair.name, why)))
            cleaned = _cleaned(pair.name, gray, levels < _HALF, cleaning, cancel)
            pages.append(cleaned.page)
            report(Progress(done + 1, total, label, cleaned))
        if not pages:
            raise next(iter(left_out.values()))
        reports.append(InkReport(method, tuple(pages)))
    return tuple(reports)


def evaluate_binarizer(
    folder: Path,
    method: str,
    *,
    cancel: CancelToken,
    report: Report = ignore_progress,
) -> InkReport:
    """Do as `evaluate_binarizers` does, with a single method."""
    return evaluate_binarizers(folder, (method,), cancel=cancel, report=report)[0]


def _known(pair: InkPair) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Return a scan and the picture of its ink, (H, W) both."""
    gray = load_scan(pair.scan).gray
    truth = load_scan(pair.truth, inverted=False).gray
    if gray.shape != truth.shape:
        sizes = [f"{w} x {h}" for h, w in (gray.shape, truth.shape)]
        raise BadDocument(
            f"The scan “{pair.scan.name}” has {sizes[0]} pixels, but its truth "
            f"“{pair.truth.name}” has {sizes[1]}.",
            "Take the pair out, or bring both to the same size.",
        )
    return gray, truth


def _doubt(levels: npt.NDArray[np.uint8]) -> str:
    """Say why a picture, (H, W), hardly is one of ink in black on white, or ""."""
    low, high = _BETWEEN
    if np.mean((levels > low) & (levels < high)) > _MOST_BETWEEN:
        return "is not black and white"
    share = np.mean(levels < _HALF)
    if share == 0:
        return "has no ink at all"
    return "has more ink than paper: is it white on black?" if share > _MOST_INK else ""


def _cleaned(
    name: str,
    gray: npt.NDArray[np.uint8],
    truth: npt.NDArray[np.bool_],
    cleaning: Cleaning,
    cancel: CancelToken,
) -> PageCleaned:
    started = time.perf_counter()
    binary = clean_offline(gray, cleaning, cancel=cancel).binary()
    seconds = time.perf_counter() - started
    page = PageInk(name, measure(binary, truth), gray.size / 1e6, seconds)
    return PageCleaned(cleaning.method, page, gray, binary, truth)


def existing_folder(folder: Path) -> Path:
    """Return the folder, or say that there is none.

    Raises
    ------
    FileNotReadable
        If it is not there.
    """
    if not folder.is_dir():
        raise FileNotReadable(
            f"The folder {folder} does not exist.", "Check the name of the folder."
        )
    return folder
