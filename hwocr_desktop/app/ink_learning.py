"""Learning to clean from what a person mended with the brush: regions and verdict.

No Qt. What a person painted, and what they left as it was around it, is the truth of a
mended region. So that the model does not forget the rest, it also learns to go on as it
did on other parts of the same pages.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hwocr_desktop.app.learning import LearnRequest
from hwocr_desktop.app.pipeline import clean_page, load_page
from hwocr_desktop.core import paths
from hwocr_desktop.core.document.document import Page
from hwocr_desktop.core.errors import HwocrError, TrainingDataMissing
from hwocr_desktop.core.pixels.mending import (
    Box,
    BrushStroke,
    clip_box,
    is_apart,
    join_boxes,
)
from hwocr_desktop.core.plurals import counted
from hwocr_desktop.core.progress import CancelToken, Progress, Report, ignore_progress
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.binarizer import Binarizer
from hwocr_desktop.ml.registry import ModelCard
from hwocr_desktop.ml.training.binarizer_data import InkPage
from hwocr_desktop.ml.training.binarizer_fit import fit, ink_scores, open_with
from hwocr_desktop.ml.training.binarizer_request import TrainBinarizerRequest

_Gray = npt.NDArray[np.uint8]

log = logging.getLogger(__name__)

MIN_REGIONS = 4
"""Mended regions below which nothing could be held out."""

MARGIN_PX = 128
"""What belongs to a mended region around its strokes: a network sees so far."""

KEPT_SIDE_PX = 512
"""Side of the parts of a page on which the model is to go on as it did."""

KEPT_A_PAGE = 2

LEARNING_RATE = 2e-4
"""A tenth of a first training's: what the model can do already is not to be lost."""

MOST_STEPS = 100_000
"""Batches learned from at most: the time that is given ends it before."""

CLEARLY = 0.5
"""F-measure, in percent, that must be gained on the held-out regions."""


@dataclass(frozen=True, slots=True)
class RegionCompared:
    """A held-out region, and its F-measure before and after, in percent."""

    name: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class LearnInkResult:
    """The verdict, and the new model, staged until a person keeps or discards it.

    Attributes
    ----------
    before, after : float
        Mean F-measure on the held-out regions, in percent.
    learned : int
        Regions that were learned from.
    regions : tuple of RegionCompared
        Those held out.
    staged : Path
    card : ModelCard
    """

    before: float
    after: float
    learned: int
    regions: tuple[RegionCompared, ...]
    staged: Path
    card: ModelCard

    @property
    def is_better(self) -> bool:
        """Whether it cleans clearly better."""
        return self.after >= self.before + CLEARLY


def mended_boxes(strokes: Iterable[BrushStroke], size: tuple[int, int]) -> list[Box]:
    """Return boxes around strokes, joined where they share pixels.

    Parameters
    ----------
    strokes : iterable of BrushStroke
    size : (width, height)
        Of the page.
    """
    boxes: list[Box] = []
    for stroke in strokes:
        x0, y0, x1, y1 = stroke.box
        grown = (x0 - MARGIN_PX, y0 - MARGIN_PX, x1 + MARGIN_PX, y1 + MARGIN_PX)
        box = clip_box(grown, size)
        while near := [other for other in boxes if not is_apart(box, other)]:
            boxes = [other for other in boxes if other not in near]
            box = join_boxes([box, *near]) or box
        boxes.append(box)
    return [box for box in boxes if box[0] < box[2] and box[1] < box[3]]


def learn_ink(
    request: LearnRequest, *, cancel: CancelToken, report: Report = ignore_progress
) -> LearnInkResult:
    """Teach a copy of a cleaning model what was mended in a project.

    Raises
    ------
    TrainingDataMissing
        If fewer than `MIN_REGIONS` regions were mended.
    BadModel, OutputNotWritable
        If the model cannot be used or the result not be written.
    Cancelled
        If cancelled; nothing is left behind.
    """
    card = registry.card(request.model, "binarize")
    base = Binarizer.open(card, 1)
    regions, kept = _gather(request, base, cancel, report)
    if len(regions) < MIN_REGIONS:
        raise TrainingDataMissing(
            f"{counted(len(regions), 'place')} mended with the brush can be learned "
            f"from; at least {MIN_REGIONS} are needed.",
            "Mend the ink in some more places (Ctrl+B), best on several pages.",
        )
    held = regions[2::4] or regions[-1:]
    train = [region for region in regions if region not in held]
    work = paths.user_data() / "teaching-ink"
    shutil.rmtree(work, ignore_errors=True)
    training = TrainBinarizerRequest(
        data=request.folder,
        out=paths.user_data() / "staging" / f"{card.id}-taught",
        base=card.folder,
        work=work,
        steps=MOST_STEPS,
        minutes=request.minutes,
        batch=8,
        learning_rate=LEARNING_RATE,
        # The held-out regions choose nothing: they are looked at once, at the end.
        evaluate_every=1_000_000,
        as_scanned=0.5,
        more=(("mended", 2.0),),
    )
    before = ink_scores(base, held, cancel)
    try:
        reached = fit(training, [*train, *kept], held, cancel=cancel, report=report)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    tuned = open_with(training, reached.averaged)
    after = ink_scores(tuned, held, cancel)
    compared = tuple(RegionCompared(name, before[name], after[name]) for name in before)
    means = [float(np.mean(list(scores.values()))) for scores in (before, after)]
    new = registry.save_model(
        training.out,
        replace(
            card,
            title=f"{card.title}, taught",
            version="1.0.0",
            parent=card.id,
            summary=f"{card.title}, taught on places mended by hand.",
            trained_on=f"{len(train)} places of “{request.project.title}” mended by "
            f"hand; before that: {card.trained_on}",
            metrics={
                "places held out of the teaching": {
                    "F before": round(means[0], 2),
                    "F after": round(means[1], 2),
                    "places": len(held),
                }
            },
            command="",
        ),
        tuned.network.save_weights,
    )
    return LearnInkResult(means[0], means[1], len(train), compared, training.out, new)


def _gather(
    request: LearnRequest, base: Binarizer, cancel: CancelToken, report: Report
) -> tuple[list[InkPage], list[InkPage]]:
    """Return the mended regions, and parts of the pages to go on as before on."""
    regions: list[InkPage] = []
    kept: list[InkPage] = []
    pages = [
        page
        for page in request.project.pages
        if page.mending and (not request.page_ids or page.id in request.page_ids)
    ]
    for number, page in enumerate(pages):
        cancel.check()
        report(Progress(number, len(pages), "collecting the mended places"))
        try:
            gray = load_page(request.folder, page).gray
        except HwocrError as error:
            log.warning("left out %s: %s", page.source, error.message)
            continue
        size = (gray.shape[1], gray.shape[0])
        boxes = mended_boxes(page.mending, size)
        regions += _regions(page, gray, boxes, cancel)
        for part, box in enumerate(_elsewhere(boxes, size, seed=number)):
            cut = _cut(gray, box)
            ink = base.ink_map(cut, whole=gray, cancel=cancel).binary()
            kept.append(InkPage(f"kept/{page.id}-{part}", cut, ink, gray))
    return regions, kept


def _regions(
    page: Page,
    gray: _Gray,
    boxes: Sequence[Box],
    cancel: CancelToken,
) -> Iterator[InkPage]:
    for number, box in enumerate(boxes):
        x0, y0, _, _ = box
        moved = tuple(
            replace(stroke, points=tuple((x - x0, y - y0) for x, y in stroke.points))
            for stroke in page.mending
        )
        cut = _cut(gray, box)
        ink = clean_page(cut, page.cleaning, moved, whole=gray, cancel=cancel)
        yield InkPage(f"mended/{page.id}-{number}", cut, ink.binary(), gray)


def _elsewhere(boxes: Sequence[Box], size: tuple[int, int], seed: int) -> list[Box]:
    """Return boxes on a page that share nothing with the mended ones."""
    rng = np.random.default_rng(seed)
    found: list[Box] = []
    for _ in range(20):
        x, y = (int(rng.integers(max(1, side - KEPT_SIDE_PX))) for side in size)
        box = clip_box((x, y, x + KEPT_SIDE_PX, y + KEPT_SIDE_PX), size)
        if all(is_apart(box, other) for other in (*boxes, *found)):
            found.append(box)
        if len(found) == KEPT_A_PAGE:
            break
    return found


def _cut(gray: _Gray, box: Box) -> _Gray:
    x0, y0, x1, y1 = box
    return np.ascontiguousarray(gray[y0:y1, x0:x1])
