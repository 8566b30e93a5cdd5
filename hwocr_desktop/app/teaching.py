"""Teaching, whatever is taught: to read, to clean or to find lines. No Qt."""

from __future__ import annotations

import logging
from pathlib import Path

from hwocr_desktop.app import ink_learning, layout_teaching, learning, learning_runs
from hwocr_desktop.app.learning_request import LearnRequest, Taught
from hwocr_desktop.core.errors import BadModel
from hwocr_desktop.core.progress import CancelToken, Report

log = logging.getLogger(__name__)


def learn(request: LearnRequest, *, cancel: CancelToken, report: Report) -> Taught:
    """Teach a copy of a model what a person corrected or mended.

    Raises
    ------
    HwocrError
        See `learning.learn_lines`, `ink_learning.learn_ink` and
        `layout_teaching.learn_finding`.
    Cancelled
        If cancelled.
    """
    if request.subject in ("ink", "pairs"):
        return ink_learning.learn_ink(request, cancel=cancel, report=report)
    if request.subject == "layout":
        return layout_teaching.learn_finding(request, cancel=cancel, report=report)
    return learning.learn_lines(request, cancel=cancel, report=report)


def minutes_done(request: LearnRequest) -> float:
    """Return how long the same teaching went on before it was interrupted; else 0."""
    # Asked after every keystroke: lines are not gone through for nothing.
    if not learning_runs.is_any_kept():
        return 0.0
    try:
        return learning_runs.minutes_done(run_of(request))
    except BadModel:  # it was removed meanwhile; who starts it will be told
        return 0.0


def minutes_planned(request: LearnRequest) -> float:
    """Return how long the same teaching was to go on in all; 0 if that is not known."""
    try:
        return learning_runs.minutes_planned(run_of(request))
    except BadModel:
        return 0.0


def give_up(request: LearnRequest) -> None:
    """Forget a teaching that was interrupted: the next one begins anew."""
    try:
        learning_runs.forget(run_of(request))
    except BadModel:
        log.warning("the model %s is gone", request.model)


def run_of(request: LearnRequest) -> Path:
    """Return where a teaching is kept until it is decided about; it need not be there.

    Raises
    ------
    BadModel
        If the model to start from cannot be used.
    """
    if request.subject in ("ink", "pairs"):
        return ink_learning.ink_run_of(request)
    if request.subject == "layout":
        return layout_teaching.layout_run_of(request)
    return learning.run_of(request)
