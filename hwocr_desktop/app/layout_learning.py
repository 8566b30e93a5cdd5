"""Teach a network to find lines, on pages whose lines are known. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hwocr_desktop.app.model_choice import usual_cleaning
from hwocr_desktop.app.page_truth import PageTruth, find_page_truths, is_aside
from hwocr_desktop.app.pipeline import clean_page
from hwocr_desktop.core.document.document import Cleaning
from hwocr_desktop.core.errors import TrainingDataMissing
from hwocr_desktop.core.pixels.imaging import load_scan
from hwocr_desktop.core.pixels.layout_metrics import (
    BaselineScores,
    baseline_scores,
    mean_scores,
)
from hwocr_desktop.core.pixels.segmentation import find_lines
from hwocr_desktop.core.progress import CancelToken, Progress, Report, ignore_progress
from hwocr_desktop.ml.layout import LayoutFinder
from hwocr_desktop.ml.registry import ModelCard
from hwocr_desktop.ml.training.layout_data import LayoutPage, layout_page
from hwocr_desktop.ml.training.layout_training import TrainLayoutRequest, train_layout

MOST_JUDGED = 24
"""Held-out pages that are looked at in each measurement, spread over all."""


@dataclass(frozen=True, slots=True)
class LearnLayoutRequest:
    """What to learn from, and what to make.

    Attributes
    ----------
    data, held_out : tuple of Path
        Folders of page images with PAGE XML; they share no page.
    training : TrainLayoutRequest
    cleaning : Cleaning, optional
        How pages become ink; as it will be in use.
    """

    data: tuple[Path, ...]
    held_out: tuple[Path, ...]
    training: TrainLayoutRequest
    cleaning: Cleaning | None = None


def learn_layout(
    request: LearnLayoutRequest,
    *,
    cancel: CancelToken,
    report: Report = ignore_progress,
) -> ModelCard:
    """Clean the pages, train a network on their ink, and write its model folder.

    Raises
    ------
    TrainingDataMissing
        If no page has known lines.
    HwocrError
        If a page, its truth, the checkpoint or an output cannot be used.
    Cancelled
        If cancelled; the run can be taken up again.
    """
    cleaning = request.cleaning or Cleaning(usual_cleaning())
    held = _truths(request.held_out)
    held = held[:: max(1, len(held) // MOST_JUDGED)]
    inks = [_ink(truth, cleaning, cancel) for truth in held]
    pages = _pages(_truths(request.data), cleaning, cancel, report)

    def judge(finder: LayoutFinder) -> float:
        scores = [
            find_and_score(ink, truth, finder, cancel)
            for truth, ink in zip(held, inks, strict=True)
        ]
        return 100.0 * mean_scores(scores).f

    return train_layout(request.training, pages, judge, cancel=cancel, report=report)


def find_and_score(
    binary: npt.NDArray[np.bool_],
    truth: PageTruth,
    finder: LayoutFinder,
    cancel: CancelToken,
) -> BaselineScores:
    """Find the lines of a page as reading does, and compare them with the true ones.

    Parameters
    ----------
    binary : (H, W) bool, True = ink
    truth : PageTruth
    finder : LayoutFinder
    cancel : CancelToken
    """
    shapes = find_lines(binary, bodies=finder.bodies, cancel=cancel)
    found = [s.baseline for s in shapes if not is_aside(s, truth)]
    return baseline_scores(found, [s.baseline for s in truth.beside])


def _truths(folders: Sequence[Path]) -> list[PageTruth]:
    truths = [truth for folder in folders for truth in find_page_truths(folder)]
    truths = [truth for truth in truths if truth.beside]
    if not truths:
        raise TrainingDataMissing(
            f"No page in {', '.join(map(str, folders))} has lines with a text.",
            "Name folders with page images and PAGE XML beside them.",
        )
    return truths


def _ink(
    truth: PageTruth, cleaning: Cleaning, cancel: CancelToken
) -> npt.NDArray[np.bool_]:
    scan = load_scan(truth.image, truth.frame)
    return clean_page(scan.gray, cleaning, cancel=cancel).binary()


def _pages(
    truths: Sequence[PageTruth],
    cleaning: Cleaning,
    cancel: CancelToken,
    report: Report,
) -> list[LayoutPage]:
    pages = []
    for number, truth in enumerate(truths):
        cancel.check()
        report(Progress(number, len(truths), f"Cleaning {truth.name}"))
        ink = _ink(truth, cleaning, cancel)
        page = layout_page(truth.name, ink, truth.beside, truth.aside)
        if page is not None:
            pages.append(page)
    return pages
