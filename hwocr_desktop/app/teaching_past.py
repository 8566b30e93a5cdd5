"""What a teaching has done before it begins or goes on, and teaching from there. No Qt.

It is told from the process that learns: there it holds up nobody.
"""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hwocr_desktop.app import learning, learning_runs, teaching
from hwocr_desktop.app.learning_request import (
    LearnRequest,
    Taught,
    look_for_damage,
    without_lost_pages,
)
from hwocr_desktop.core.errors import BadModel
from hwocr_desktop.core.progress import CancelToken, Progress, Report
from hwocr_desktop.ml.training.line_run import FitPoint
from hwocr_desktop.ml.training.step_fit import Measurement

log = logging.getLogger(__name__)

_LOG = "log.jsonl"


@dataclass(frozen=True, slots=True)
class TeachingPast:
    """What is known before the first batch.

    Attributes
    ----------
    run : Path
        Where the teaching is kept until it is decided about.
    minutes : float
        How long it went on before it was interrupted.
    wrong_now : float or None
        Wrong characters in 100 as the lines kept back were read last, if that is known.
    points : tuple of FitPoint or Measurement
        What was measured before it was interrupted, in order.
    """

    run: Path
    minutes: float = 0.0
    wrong_now: float | None = None
    points: tuple[FitPoint | Measurement, ...] = ()


def learn_from_there(
    request: LearnRequest, is_anew: bool, *, cancel: CancelToken, report: Report
) -> Taught:
    """Teach, and first report the `TeachingPast` as a partial.

    Parameters
    ----------
    request : LearnRequest
    is_anew : bool
        Whether to forget what was interrupted of the same teaching.
    cancel, report
        See `teaching.learn`.

    Raises
    ------
    HwocrError, Cancelled
        See `teaching.learn`.
    """
    look_for_damage(request, cancel, report)
    try:
        past = past_of(request, is_anew=is_anew)
    except BadModel:
        log.warning("the model %s is gone", request.model)  # who learns will tell
    else:
        report(Progress(0, 0, "collecting", past))
    return teaching.learn(request, cancel=cancel, report=report)


def past_of(request: LearnRequest, *, is_anew: bool = False) -> TeachingPast:
    """Return what is known of a teaching; forget what it did if it is to begin anew.

    Raises
    ------
    BadModel
        If the model cannot be used.
    """
    request, _ = without_lost_pages(request)
    run = teaching.run_of(request)
    if is_anew:
        learning_runs.forget(run)
    wrong = learning.error_now(request) if request.subject == "lines" else None
    minutes = learning_runs.minutes_done(run)
    # What nobody goes on with is written anew.
    return TeachingPast(run, minutes, wrong, logged_points(run) if minutes else ())


def logged_points(run: Path) -> tuple[FitPoint | Measurement, ...]:
    """Return what a teaching measured so far; nothing of a log that cannot be read."""
    try:
        rows = (run / _LOG).read_text(encoding="utf-8").splitlines()
        return tuple(_point(json.loads(row)) for row in rows)
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        # It is for people only; the checkpoint is what the teaching goes on from.
        log.warning("the log of %s cannot be read", run, exc_info=True)
        return ()


def _point(row: Mapping[str, Any]) -> FitPoint | Measurement:
    loss = math.nan if row.get("loss") is None else float(row["loss"])
    step = int(row["step"])
    if "f_measure" in row:
        pages = {name: float(value) for name, value in row["pages"].items()}
        seconds = float(row["seconds"])
        return Measurement(step, seconds, loss, float(row["f_measure"]), pages)
    rates = {name: float(value) for name, value in row["cer"].items()}
    return FitPoint(int(row["epoch"]), step, float(row["minutes"]), loss, rates)
