"""Learning to find lines from pages that a person worked through: training, verdict.

No Qt. Beside `layout_learning`, which makes models from folders of transcribed pages.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from hwocr_desktop.app import learning_runs
from hwocr_desktop.app.layout_learning import find_and_score
from hwocr_desktop.app.layout_verdict import LearnLayoutResult, PageCompared
from hwocr_desktop.app.learning_request import (
    LearnRequest,
    look_for_damage,
    staging_folder,
    without_lost_pages,
)
from hwocr_desktop.app.model_choice import (
    CLASSICAL,
    layout_models,
    layout_or_usual,
)
from hwocr_desktop.app.pipeline import clean_page, load_page
from hwocr_desktop.app.settled_lines import (
    MIN_LINES,
    MIN_PAGES,
    SettledPage,
    settled_pages,
    shapes_aside,
    split_settled,
)
from hwocr_desktop.app.teaching_record import teaching_record
from hwocr_desktop.core.document.document import Project
from hwocr_desktop.core.errors import BadModel, HwocrError, TrainingDataMissing
from hwocr_desktop.core.pixels.layout_metrics import BaselineScores, mean_scores
from hwocr_desktop.core.plurals import counted
from hwocr_desktop.core.progress import CancelToken, Progress, Report, ignore_progress
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.layout import LayoutFinder
from hwocr_desktop.ml.networks.layout import build_layout
from hwocr_desktop.ml.registry import ModelCard
from hwocr_desktop.ml.training.layout_data import LayoutPage, layout_page
from hwocr_desktop.ml.training.layout_training import (
    LayoutSettings,
    TrainLayoutRequest,
    fit,
)
from hwocr_desktop.ml.training.step_fit import MOST_STEPS, NEVER, Measurement

log = logging.getLogger(__name__)

Item = TypeVar("Item")

LEARNING_RATE = 5e-4
"""A quarter of a first training's: what the model can do already is not to be lost."""

BATCH = 4

MEASURE_EVERY = 50
"""Batches between measurements."""

MOST_LEARNED, MOST_MEASURED, MOST_WATCHED = 120, 24, 6
"""Pages to learn from, for the verdict, and for each measurement, at most."""


@dataclass(frozen=True, slots=True)
class HeldPage:
    """A page to measure on: its ink, (H, W) bool, and what is known of its lines."""

    settled: SettledPage
    binary: npt.NDArray[np.bool_]


def usual_layout_model(chosen: str = "") -> str:
    """Return the id of the model that is taught where none was named.

    Parameters
    ----------
    chosen : str
        What finds the lines of the project; a model if it is installed.

    Raises
    ------
    BadModel
        If none is installed.
    """
    usual = layout_or_usual(chosen)
    if usual == CLASSICAL:
        usual = next(iter(layout_models()), "")
    if not usual:
        raise BadModel(
            "No model that finds lines is installed.",
            "Install the program again, or train a model with “hwocr train layout”.",
        )
    return usual


def learn_finding(
    request: LearnRequest, *, cancel: CancelToken, report: Report = ignore_progress
) -> LearnLayoutResult:
    """Teach a copy of a model that finds lines the pages a person worked through.

    ``report`` gets a `Measurement` as partial, the first one before anything was
    learned. Until the result is kept or discarded, the next call with the same pages
    and model goes on from where this one came to; `teaching.give_up` prevents that.

    Raises
    ------
    TrainingDataMissing
        If there are fewer than `MIN_PAGES` such pages.
    ProjectInUse
        If another teaching goes on.
    BadModel, OutputNotWritable
        If the model cannot be used or the result not be written.
    Cancelled
        If cancelled.
    """
    card = registry.card(request.model, "find-lines")
    look_for_damage(request, cancel, report)
    request, gone = without_lost_pages(request)
    lost = len(settled_pages(Project(pages=tuple(gone))))
    pages = settled_pages(request.project, request.page_ids)
    if len(pages) < MIN_PAGES:
        raise _too_few(len(pages), lost)
    train, held_out = chosen_pages(pages)
    with learning_runs.alone():
        base = LayoutFinder.open(card)
        learned, held = gather_pages(request.folder, train, held_out, cancel, report)
        lost += len(train) + len(held_out) - len(learned) - len(held)
        if not learned or not held:
            raise _too_few(len(learned) + len(held), lost)
        run = learning_runs.layout_run_folder(card, ((p.page, p.truth) for p in pages))
        learning_runs.begin(run, request.minutes)
        before = score_pages(base, held, cancel)
        watched = _every(held, MOST_WATCHED)
        first = _f([before[one.settled.page.id] for one in watched])
        point = Measurement(0, 0.0, 0.0, first)
        report(Progress(0, 0, f"{first:.2f} of 100 points before learning", point))
        training = layout_training(request, run, card)
        reached = fit(
            training,
            learned,
            lambda finder: _f([*score_pages(finder, watched, cancel).values()]),
            start=base.network.get_weights(),
            cancel=cancel,
            report=report,
        )
        network = build_layout(training.config)
        # The held-out pages choose nothing: the last weights are taken.
        network.set_weights(reached.averaged)
        after = score_pages(LayoutFinder(network, training.config), held, cancel)
        result = LearnLayoutResult(
            len(learned),
            tuple(
                PageCompared(
                    one.settled.page.id,
                    len(one.settled.truth.beside),
                    before[one.settled.page.id],
                    after[one.settled.page.id],
                )
                for one in held
            ),
            training.out,
            card,
            lost,
            run,
        )
        new = replace(
            _taught_card(card, request, result),
            teaching=teaching_record(run.name, training.settings),
        )
        saved = registry.save_model(training.out, new, registry.weights_of(network))
        return replace(result, card=saved)


def layout_training(
    request: LearnRequest, run: Path, card: ModelCard
) -> TrainLayoutRequest:
    """Return how a copy of a model that finds lines is taught."""
    return TrainLayoutRequest(
        out=staging_folder(card, run),
        run=run,
        settings=LayoutSettings(
            steps=MOST_STEPS,
            minutes=request.minutes,
            batch=BATCH,
            learning_rate=LEARNING_RATE,
            evaluate_every=MEASURE_EVERY,
            patience=NEVER,
        ),
        base=card,
    )


def layout_run_of(request: LearnRequest) -> Path:
    """Return the folder of such a teaching; `BadModel` if its model is gone."""
    card = registry.card(request.model, "find-lines")
    request, _ = without_lost_pages(request)
    pages = settled_pages(request.project, request.page_ids)
    return learning_runs.layout_run_folder(card, ((p.page, p.truth) for p in pages))


def _too_few(count: int, lost: int) -> TrainingDataMissing:
    told = f" ({counted(lost, 'page')} could not be used)" if lost else ""
    return TrainingDataMissing(
        f"There is {counted(count, 'page') if count else 'no page'} whose lines a "
        f"person has set right{told}; at least {MIN_PAGES} are needed.",
        "Draw the lines right (F4) on some more pages and check every line that has a "
        f"text with Enter, {MIN_LINES} lines a page at least; then try again.",
    )


def chosen_pages(
    pages: Sequence[SettledPage],
) -> tuple[list[SettledPage], list[SettledPage]]:
    """Return which of two pages or more are learned from, and which are held out."""
    train, held_out = split_settled(pages)
    return _every(train, MOST_LEARNED), _every(held_out, MOST_MEASURED)


def _every(items: Sequence[Item], most: int) -> list[Item]:
    """Return so many at most, evenly spread over all."""
    return list(items[:: max(1, -(-len(items) // most))])


def gather_pages(
    folder: Path,
    train: Sequence[SettledPage],
    held_out: Sequence[SettledPage],
    cancel: CancelToken,
    report: Report,
) -> tuple[list[LayoutPage], list[HeldPage]]:
    """Open pages to learn from and others, and clean them as in use.

    What cannot be opened, or shows no writing, is left out.
    """
    learned: list[LayoutPage] = []
    held: list[HeldPage] = []
    total = len(train) + len(held_out)
    for number, one in enumerate((*train, *held_out)):
        cancel.check()
        report(Progress(0, 0, f"cleaning the pages, {number + 1} of {total}"))
        page, truth = one.page, one.truth
        try:
            gray = load_page(folder, page).gray
        except HwocrError as error:
            log.warning("left out %s: %s", page.source, error.message)
            continue
        ink = clean_page(gray, page.cleaning, page.mending, cancel=cancel).binary()
        made = layout_page(page.id, ink, truth.beside, shapes_aside(truth))
        if made is None:
            log.warning("left out %s: it shows no writing", page.source)
        elif number < len(train):
            learned.append(made)
        else:
            held.append(HeldPage(one, ink))
    return learned, held


def score_pages(
    finder: LayoutFinder, held: Sequence[HeldPage], cancel: CancelToken
) -> dict[str, BaselineScores]:
    """Return how well the lines of pages are found, by the ids of the pages."""
    return {
        one.settled.page.id: find_and_score(
            one.binary, one.settled.truth, finder, cancel
        )
        for one in held
    }


def _f(scores: Sequence[BaselineScores]) -> float:
    """Return the F of some pages, in percent."""
    return 100.0 * mean_scores(scores).f


def _taught_card(
    card: ModelCard, request: LearnRequest, result: LearnLayoutResult
) -> ModelCard:
    learned = counted(result.learned, "page")
    return replace(
        card,
        title=f"{card.title}, taught",
        version="1.0.0",
        parent=card.id,
        summary=f"{card.title}, taught on pages whose lines a person set right.",
        trained_on=f"{learned} of “{request.project.title}” whose lines a person set "
        f"right; before that: {card.trained_on}",
        metrics={
            "pages held out of the teaching": {
                "F before": round(100.0 * result.before.f, 2),
                "F after": round(100.0 * result.after.f, 2),
                "pages": len(result.pages),
            }
        },
        command="",
    )
