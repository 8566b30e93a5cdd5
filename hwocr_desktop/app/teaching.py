"""Teaching, whatever is taught: lines to read, or ink to find. No Qt."""

from __future__ import annotations

from hwocr_desktop.app import ink_learning, learning
from hwocr_desktop.app.learning_request import LearnRequest, Taught
from hwocr_desktop.core.progress import CancelToken, Report


def learn(request: LearnRequest, *, cancel: CancelToken, report: Report) -> Taught:
    """Teach a copy of a model what a person corrected or mended.

    Raises
    ------
    HwocrError
        See `learning.learn_lines` and `ink_learning.learn_ink`.
    Cancelled
        If cancelled.
    """
    if request.subject == "ink":
        return ink_learning.learn_ink(request, cancel=cancel, report=report)
    return learning.learn_lines(request, cancel=cancel, report=report)


def minutes_done(request: LearnRequest) -> float:
    """Return how long the same teaching went on before it was interrupted; else 0."""
    if request.subject == "ink":
        return ink_learning.ink_minutes_done(request)
    return learning.minutes_done(request)


def give_up(request: LearnRequest) -> None:
    """Forget a teaching that was interrupted: the next one begins anew."""
    if request.subject == "ink":
        ink_learning.give_up_ink(request)
    else:
        learning.give_up(request)
