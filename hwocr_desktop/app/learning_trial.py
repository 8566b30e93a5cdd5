"""How long a teaching will take here, and how much memory: tried on a few lines. No Qt.

Computers differ a hundredfold, and so do lines; so a few batches are learned from with
the very network and the very lines, and the rest is arithmetic.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import fmean, median

from hwocr_desktop.app.corrected_lines import crop_lines, usable_lines
from hwocr_desktop.app.ink_learning import ink_training
from hwocr_desktop.app.learning_lines import choose_lines, survey_of
from hwocr_desktop.app.learning_request import LearnRequest, without_lost_pages
from hwocr_desktop.app.mended_places import (
    gather_places,
    mended_pages,
    survey_ink,
)
from hwocr_desktop.app.teaching_forecast import (
    Forecast,
    Trial,
    forecast_ink,
    forecast_lines,
)
from hwocr_desktop.app.unchecked_lines import lines_to_read
from hwocr_desktop.core.document.document import Line, Page
from hwocr_desktop.core.errors import HwocrError, TrainingDataMissing
from hwocr_desktop.core.memory import most_memory_used
from hwocr_desktop.core.progress import CancelToken, Progress, Report, ignore_progress
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.binarizer import Binarizer
from hwocr_desktop.ml.languages import open_language
from hwocr_desktop.ml.recognizer import Recognizer
from hwocr_desktop.ml.registry import ModelCard
from hwocr_desktop.ml.training.binarizer_fit import fit
from hwocr_desktop.ml.training.fine_tune import (
    FINE_TUNING,
    FineTuned,
    fine_tune,
)
from hwocr_desktop.ml.training.line_data import LineSample
from hwocr_desktop.ml.training.unread_lines import surer_lines

TRIED_LINES, TRIED_HELD_OUT = 12, 4
"""Lines that a trial learns from, and measures on."""

TRIED_STEPS = 5
"""Batches of a trial of ink."""


class Clock:
    """Notes when reports come, by whether they bring a measurement."""

    def __init__(self, report: Report) -> None:
        self._pass_on = report
        self.times: list[tuple[float, bool]] = []

    def report(self, progress: Progress) -> None:
        """Take note of a report, and pass on that something is tried."""
        if progress.total:
            self.times.append((time.monotonic(), progress.partial is not None))
        # Whoever listens takes what is measured in a trial for the real thing.
        self._pass_on(Progress(0, 0, "trying how long it takes"))

    def batch_s(self) -> float:
        """Return the usual time from one batch to the next, in seconds."""
        steps = [
            (now - before, was_point)
            for (before, was_point), (now, is_point) in self._pairs()
            if not is_point
        ]
        plain = [seconds for seconds, was_point in steps if not was_point]
        return median(plain or [seconds for seconds, _ in steps] or [0.0])

    def point_s(self) -> float:
        """Return what the last measurement took, in seconds."""
        taken = [b[0] - a[0] for a, b in self._pairs() if b[1]]
        return taken[-1] if taken else 0.0

    def _pairs(self) -> zip[tuple[tuple[float, bool], tuple[float, bool]]]:
        return zip(self.times, self.times[1:], strict=False)


def try_out(
    request: LearnRequest, *, cancel: CancelToken, report: Report = ignore_progress
) -> Forecast | None:
    """Try a teaching shortly and say what all of it will need.

    That of lines' places has a trial of its own, `layout_trial.try_out_finding`.

    Returns
    -------
    Forecast or None
        None if there is too little to learn from, or nothing that could be tried.

    Raises
    ------
    TrainingDataMissing, BadModel, Cancelled
        See `try_lines`.
    """
    if request.subject in ("layout", "pairs"):
        return None
    # As the teaching does: what is not there takes no time.
    request, _ = without_lost_pages(request)
    here = request.project, request.page_ids
    if request.subject == "ink":
        places = survey_ink(*here)
        if not places.is_enough:
            return None
        trial = try_ink(request, cancel=cancel, report=report)
        return forecast_ink(trial, places, request.minutes)
    chosen = choose_lines(*here)
    lines = survey_of(chosen, Charset(""))
    if not lines.is_enough:
        return None
    try:
        trial = try_lines(request, cancel=cancel, report=report)
    except TrainingDataMissing:
        return None  # the teaching itself will say why, of all lines
    return forecast_lines(
        trial,
        lines,
        request.minutes,
        is_mixed=request.general is not None,
        unread=lines_to_read(request, chosen) if trial.read_s else (),
    )


def try_lines(
    request: LearnRequest, *, cancel: CancelToken, report: Report = ignore_progress
) -> Trial:
    """Learn from a few of the checked lines, and say what that took.

    Nothing of it is kept.

    Raises
    ------
    TrainingDataMissing
        If there are no lines whose scans can be opened.
    BadModel
        If the model cannot be used.
    Cancelled
        If cancelled.
    """
    card = registry.card(request.model, "recognize-lines")
    request, _ = without_lost_pages(request)
    chosen = choose_lines(request.project, request.page_ids)
    started = time.monotonic()
    first = partial(_first, request.folder, Charset(card.charset), cancel)
    train = first(chosen.train, TRIED_LINES)
    if not train:
        raise _nothing("lines")
    held_out = first(chosen.held_out, TRIED_HELD_OUT) or train
    cut = time.monotonic()
    clock = Clock(report)
    tuned = fine_tune(
        card,
        train,
        held_out[:TRIED_HELD_OUT],
        0.0,
        cancel=cancel,
        report=clock.report,
        settings=replace(FINE_TUNING, epochs=2),
    )
    read_s = _reading(card, tuned, train, cancel)
    memory = most_memory_used()
    pages = len({s.name.partition("#")[0] for s in (*train, *held_out)})
    return Trial(
        clock.times[0][0] - cut,
        (cut - started) / pages,
        clock.batch_s(),
        clock.point_s() / len(held_out[:TRIED_HELD_OUT]),
        fmean(sample.gray.shape[1] for sample in train),
        memory,
        read_s,
    )


def _reading(
    card: ModelCard,
    tuned: FineTuned,
    lines: Sequence[LineSample],
    cancel: CancelToken,
) -> float:
    """Return how long reading a line with the model's language takes, in seconds."""
    try:
        language = open_language(card)
    except HwocrError:  # the teaching goes on without it as well
        return 0.0
    if language is None:
        return 0.0
    recognizer = Recognizer(tuned.network, tuned.charset, card.id)
    # The first ones take longer, until all is ready.
    began = 0.0
    for part in (lines[:1], lines):
        began = time.monotonic()
        surer_lines(recognizer, language, part, cancel, ignore_progress)
    return (time.monotonic() - began) / len(lines)


def _first(
    folder: Path,
    charset: Charset,
    cancel: CancelToken,
    lines: Sequence[tuple[Page, Line]],
    most: int,
) -> list[LineSample]:
    """Return the first lines that can be used; none if there are none."""
    for start in range(0, len(lines), most):
        samples, _ = crop_lines(folder, lines[start : start + most], cancel)
        if found := usable_lines(samples, charset):
            return found
    return []


def try_ink(
    request: LearnRequest, *, cancel: CancelToken, report: Report = ignore_progress
) -> Trial:
    """Learn from the mended places of one page, and say what that took.

    Raises
    ------
    TrainingDataMissing
        If there is no mended page that can be opened.
    BadModel
        If the model cannot be used.
    Cancelled
        If cancelled.
    """
    card = registry.card(request.model, "binarize")
    request, _ = without_lost_pages(request)
    began = time.monotonic()
    base = Binarizer.open(card, 1)
    opened = time.monotonic()
    for page in mended_pages(request.project, request.page_ids):
        started = time.monotonic()
        places = gather_places([page], request.folder, base, cancel, ignore_progress)
        found = [*places.train, *places.held_out]
        if found:
            break
    else:
        raise _nothing("places")
    gathered = time.monotonic()
    clock = Clock(report)
    with tempfile.TemporaryDirectory(prefix="hwocr-trial-") as folder:
        training = replace(
            ink_training(request, card.folder, Path(folder), card),
            steps=TRIED_STEPS,
            minutes=0.0,
            evaluate_every=TRIED_STEPS,
        )
        fit(
            training,
            [*found, *places.kept],
            found[:1],
            cancel=cancel,
            report=clock.report,
        )
    return Trial(
        clock.times[0][0] - gathered + (opened - began),
        gathered - started,
        clock.batch_s(),
        clock.point_s() / (found[0].gray.size / 1e6),
        0.0,
        most_memory_used(),
    )


def _nothing(what: str) -> TrainingDataMissing:
    return TrainingDataMissing(
        f"None of the {what} to learn from can be used: their scans cannot be opened, "
        "or show no writing there.",
        "Put the scans back as they were, or set right what was drawn on them.",
    )
