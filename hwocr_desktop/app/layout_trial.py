"""How long teaching where lines are will take here, and how much memory. No Qt."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hwocr_desktop.app.layout_teaching import (
    MOST_WATCHED,
    chosen_pages,
    gather_pages,
    layout_training,
    score_pages,
)
from hwocr_desktop.app.learning_request import LearnRequest, without_lost_pages
from hwocr_desktop.app.learning_trial import TRIED_STEPS, Clock
from hwocr_desktop.app.settled_lines import MIN_PAGES, SettledPage, settled_pages
from hwocr_desktop.app.teaching_forecast import Forecast, Trial, forecast
from hwocr_desktop.core.memory import most_memory_used
from hwocr_desktop.core.progress import CancelToken, Report, ignore_progress
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.layout import LayoutFinder
from hwocr_desktop.ml.training.layout_training import fit


@dataclass(frozen=True, slots=True)
class TriedPage:
    """What a trial took by one page; bytes that it holds as long as it is used.

    Attributes
    ----------
    trial : Trial
        Its ``measure_s`` is for a page.
    learned_bytes, held_bytes : int
        Of a page to learn from, and of one that is held out.
    """

    trial: Trial
    learned_bytes: int
    held_bytes: int


def try_out_finding(
    request: LearnRequest, *, cancel: CancelToken, report: Report = ignore_progress
) -> Forecast | None:
    """Try a teaching of lines' places shortly and say what all of it will need.

    Nothing of it is kept.

    Returns
    -------
    Forecast or None
        None if there is too little to learn from, as the teaching itself will say.

    Raises
    ------
    BadModel
        If the model cannot be used.
    Cancelled
        If cancelled.
    """
    request, _ = without_lost_pages(request)
    pages = settled_pages(request.project, request.page_ids)
    if len(pages) < MIN_PAGES:
        return None
    train, held_out = chosen_pages(pages)
    tried = _try_page(request, [*train, *held_out], cancel, report)
    if tried is None:
        return None
    return forecast_finding(tried, len(train), len(held_out), request.minutes)


def forecast_finding(
    tried: TriedPage, learned: int, held_out: int, minutes: float
) -> Forecast:
    """Say what teaching so many pages for so many minutes will need."""
    trial = tried.trial
    seconds = trial.start_s + (learned + held_out) * trial.page_s + 60.0 * minutes
    # Before and after; while it learns, only the last time comes on top.
    measured = 2 * held_out + min(held_out, MOST_WATCHED)
    more = (learned - 1) * tried.learned_bytes + (held_out - 1) * tried.held_bytes
    return forecast(trial, seconds + measured * trial.measure_s, 0.0, more)


def _try_page(
    request: LearnRequest,
    pages: Sequence[SettledPage],
    cancel: CancelToken,
    report: Report,
) -> TriedPage | None:
    """Learn from the first page that can be used, and measure on it."""
    card = registry.card(request.model, "find-lines")
    began = time.monotonic()
    base = LayoutFinder.open(card)
    folder = request.folder
    for page in pages:
        _, held = gather_pages(folder, [], [page], cancel, ignore_progress)
        if held:
            break
    else:
        return None
    # Again: the first time, the model that cleans was opened.
    started = time.monotonic()
    learned, _ = gather_pages(folder, [page], [], cancel, ignore_progress)
    gathered = time.monotonic()
    clock = Clock(report)
    with tempfile.TemporaryDirectory(prefix="hwocr-trial-") as run:
        training = layout_training(request, Path(run), card)
        training = replace(
            training,
            settings=replace(
                training.settings,
                steps=TRIED_STEPS,
                minutes=0.0,
                evaluate_every=TRIED_STEPS,
            ),
        )
        fit(
            training,
            learned,
            lambda finder: score_pages(finder, held, cancel)[page.page.id].f,
            start=base.network.get_weights(),
            cancel=cancel,
            report=clock.report,
        )
    trial = Trial(
        # The first batch takes longer, but is part of the minutes.
        started - began,
        gathered - started,
        clock.batch_s(),
        clock.point_s(),
        0.0,
        most_memory_used(),
    )
    one = learned[0]
    maps = one.ink.nbytes + one.bodies.nbytes + one.weights.nbytes
    return TriedPage(trial, maps, held[0].binary.nbytes)
