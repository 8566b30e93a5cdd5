"""Learning to clean from what a person mended with the brush: training and verdict.

No Qt. So that the model does not forget the rest, it also learns to go on as it did on
other parts of the same pages.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from hwocr_desktop.app import learning_runs
from hwocr_desktop.app.ink_verdict import (
    CLEARLY,
    MOST_SHOWN,
    LearnInkResult,
    RegionCompared,
    RegionViews,
    region_views,
)
from hwocr_desktop.app.learning_request import (
    LearnRequest,
    look_for_damage,
    staging_folder,
    without_lost_pages,
)
from hwocr_desktop.app.mended_places import (
    MIN_REGIONS,
    MendedPlaces,
    gather_places,
    mended_pages,
    pair_places,
)
from hwocr_desktop.app.teaching_record import teaching_record
from hwocr_desktop.core.atomic import not_writable
from hwocr_desktop.core.errors import TrainingDataMissing
from hwocr_desktop.core.plurals import counted
from hwocr_desktop.core.progress import CancelToken, Progress, Report, ignore_progress
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.binarizer import Binarizer
from hwocr_desktop.ml.networks.sae import SaeConfig
from hwocr_desktop.ml.registry import ModelCard
from hwocr_desktop.ml.training.binarizer_fit import fit, ink_scores, open_with
from hwocr_desktop.ml.training.binarizer_request import TrainBinarizerRequest
from hwocr_desktop.ml.training.ink_pairs import InkPair, find_pairs
from hwocr_desktop.ml.training.step_fit import MOST_STEPS, NEVER, Measurement

__all__ = [
    "CLEARLY",
    "LearnInkResult",
    "RegionCompared",
    "RegionViews",
    "ink_run_of",
    "ink_training",
    "learn_ink",
]

log = logging.getLogger(__name__)

LEARNING_RATE = 2e-4
"""A tenth of a first training's: what the model can do already is not to be lost."""

BATCH = 8

WINDOW_PX = 160
"""Side of the windows learned from, at least."""

MEASURE_EVERY = 25
"""Batches between measurements."""


def learn_ink(
    request: LearnRequest, *, cancel: CancelToken, report: Report = ignore_progress
) -> LearnInkResult:
    """Teach a copy of a cleaning model what was mended in a project.

    ``report`` gets a `Measurement` as partial, the first one before anything was
    learned. Until the result is kept or discarded, the next call with the same pages
    and model goes on from where this one came to; `teaching.give_up` prevents that.

    Raises
    ------
    TrainingDataMissing
        If fewer than `MIN_REGIONS` regions were mended, or there are fewer than two
        pairs.
    ProjectInUse
        If another teaching goes on.
    BadModel, OutputNotWritable
        If the model cannot be used or the result not be written.
    Cancelled
        If cancelled.
    """
    card = registry.card(request.model, "binarize")
    with learning_runs.alone():
        base = Binarizer.open(card, 1)
        pairs = find_pairs(request.folder) if request.subject == "pairs" else []
        places = _gathered(request, pairs, base, cancel, report)
        run = ink_run_of(request, pairs)
        learning_runs.begin(run, request.minutes)
        training = ink_training(request, _own_copy(card, run), run, card)
        before = ink_scores(base, places.held_out, cancel)
        means = [_mean(before)]
        first = Measurement(0, 0.0, 0.0, means[0], before)
        report(Progress(0, 0, f"{means[0]:.2f} of 100 points before learning", first))
        learned = [*places.train, *places.kept]
        reached = fit(training, learned, places.held_out, cancel=cancel, report=report)
        tuned = open_with(training, reached.averaged)
        after = ink_scores(tuned, places.held_out, cancel)
        means.append(_mean(after))
        new = registry.save_model(
            training.out,
            replace(
                _taught_card(card, request, places, means),
                teaching=teaching_record(run.name, training),
            ),
            registry.weights_of(tuned.network),
        )
    shown = [page.name for page in places.held_out[:MOST_SHOWN]]
    compared = tuple(
        RegionCompared(
            page.name,
            before[page.name],
            after[page.name],
            region_views(page, base, tuned, cancel) if page.name in shown else None,
        )
        for page in places.held_out
    )
    return LearnInkResult(
        means[0],
        means[1],
        len(places.train),
        compared,
        training.out,
        new,
        places.lost,
        run,
        places.reasons,
    )


def _gathered(
    request: LearnRequest,
    pairs: Sequence[InkPair],
    base: Binarizer,
    cancel: CancelToken,
    report: Report,
) -> MendedPlaces:
    """Return what there is to learn from, if it is enough."""
    if request.subject == "pairs":
        places = pair_places(pairs, cancel, report)
        if not places.held_out:
            told = "".join(f" ({why.rstrip('.')})" for why in places.reasons[:1])
            raise TrainingDataMissing(
                f"Only {counted(len(places.train), 'pair')} of scan and ink in "
                f"{request.folder} can be learned from{told}; two are the least.",
                "Put more pairs there.",
            )
        return places
    look_for_damage(request, cancel, report)
    request, gone = without_lost_pages(request)
    pages = mended_pages(request.project, request.page_ids)
    places = gather_places(pages, request.folder, base, cancel, report)
    lost = places.lost + len([page for page in gone if page.mending])
    _check_enough(places, lost)
    return replace(places, lost=lost)


def ink_training(
    request: LearnRequest, base: Path, run: Path, card: ModelCard
) -> TrainBinarizerRequest:
    """Return how a copy of a cleaning model is taught.

    Parameters
    ----------
    request : LearnRequest
    base : Path
        Folder of the model to begin from, which nobody removes meanwhile.
    run : Path
        Folder of the run.
    card : ModelCard
        The model's card on the shelf.
    """
    multiple = SaeConfig.from_dict(card.architecture).multiple
    return TrainBinarizerRequest(
        data=request.folder,
        out=staging_folder(card, run),
        base=base,
        work=run,
        resume=True,
        steps=MOST_STEPS,
        minutes=request.minutes,
        batch=BATCH,
        window=-(-WINDOW_PX // multiple) * multiple,
        learning_rate=LEARNING_RATE,
        is_short=True,
        # The held-out regions choose nothing: the last weights are taken.
        evaluate_every=MEASURE_EVERY,
        patience=NEVER,
        as_scanned=0.5,
        more=(("mended", 2.0),),
    )


def ink_run_of(request: LearnRequest, pairs: Sequence[InkPair] = ()) -> Path:
    """Return the folder of a teaching of ink; `BadModel` if its model is gone.

    Parameters
    ----------
    request : LearnRequest
    pairs : sequence of InkPair
        Those of the request's folder, if they have been looked up already.
    """
    card = registry.card(request.model, "binarize")
    if request.subject == "pairs":
        found = pairs or find_pairs(request.folder)
        return learning_runs.pairs_run_folder(card, found)
    request, _ = without_lost_pages(request)
    pages = mended_pages(request.project, request.page_ids)
    return learning_runs.ink_run_folder(card, pages)


def _check_enough(places: MendedPlaces, lost: int) -> None:
    count = len(places.train) + len(places.held_out)
    if count >= MIN_REGIONS and places.train and places.held_out:
        return
    told = f" ({counted(lost, 'page')} could not be opened)" if lost else ""
    raise TrainingDataMissing(
        f"{counted(count, 'place')} mended with the brush can be learned from{told}; "
        f"at least {MIN_REGIONS} are needed.",
        "Mend the ink in some more places (Ctrl+B), best on several pages.",
    )


def _own_copy(card: ModelCard, run: Path) -> Path:
    """Copy a model into the run, so that it may be removed from the shelf meanwhile."""
    copy = run / "base"
    try:
        shutil.copytree(card.folder, copy, dirs_exist_ok=True)
    except OSError as error:
        raise not_writable(copy, error) from error
    return copy


def _mean(scores: dict[str, float]) -> float:
    return float(np.mean(list(scores.values())))


def _taught_card(
    card: ModelCard, request: LearnRequest, places: MendedPlaces, means: Sequence[float]
) -> ModelCard:
    is_mended = request.subject == "ink"
    count = len(places.train)
    learned = (
        counted(count, "mended place")
        if is_mended
        else f"{counted(count, 'pair')} of scan and ink"
    )
    return replace(
        card,
        title=f"{card.title}, taught",
        version="1.0.0",
        parent=card.id,
        summary=f"{card.title}, taught on {learned}.",
        trained_on=f"{learned} of “{request.project.title}”; before that: "
        f"{card.trained_on}",
        metrics={
            "places held out of the teaching": {
                "F before": round(means[0], 2),
                "F after": round(means[1], 2),
                "places": len(places.held_out),
            }
        },
        command="",
    )
