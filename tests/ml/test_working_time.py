"""A computer that sleeps while it is taught has not learned in the meantime."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import pytest

from hwocr_desktop.core.progress import CancelToken, ignore_progress
from hwocr_desktop.ml.training import line_fit, step_fit
from hwocr_desktop.ml.training.step_fit import NEVER, Learner, begin, fit_in_steps
from hwocr_desktop.ml.training.working_time import LONGEST_STEP_S, worked
from tests.drawn_lines import tiny_model
from tests.ml.test_line_training import taught

LUNCH = 3600.0


def clock_that_sleeps(tick, after):
    """Return a clock that goes on by so much each time, and once by an hour."""
    gaps = (LUNCH if i == after else tick for i in itertools.count())
    times = itertools.accumulate(gaps)
    return SimpleNamespace(monotonic=lambda: next(times))


def test_a_step_is_counted_as_long_as_it_took_up_to_the_longest():
    assert worked(0.25) == 0.25
    assert worked(LUNCH) == LONGEST_STEP_S


@pytest.mark.tf
def test_lines_are_learned_from_after_lunch_too(tmp_path, monkeypatch):
    card = tiny_model(tmp_path / "tiny")
    monkeypatch.setattr(line_fit, "time", clock_that_sleeps(3.0, after=6))
    _, points = taught(card, epochs=10_000, minutes=5.0)
    # A hundred steps by the clock, of which sleeping took twenty.
    assert 50 < points[-1].step <= 100
    assert points[-1].minutes >= 5.0


@pytest.mark.tf
def test_what_learns_in_steps_learns_after_lunch_too(tmp_path, monkeypatch):
    monkeypatch.setattr(step_fit, "time", clock_that_sleeps(3.0, after=6))
    steps = []
    model = SimpleNamespace(
        optimizer=SimpleNamespace(variables=[], learning_rate=0.0),
        train_on_batch=lambda step: steps.append(step) or [1.0],
        get_weights=lambda: [],
        reset_metrics=lambda: None,
    )
    learner = Learner(model, model, lambda step: (step,), lambda weights: (50.0, {}))
    limits = SimpleNamespace(
        steps=10_000,
        learning_rate=1e-3,
        evaluate_every=1000,
        minutes=5.0,
        patience=NEVER,
    )
    done = fit_in_steps(
        learner,
        begin(tmp_path, learner),
        limits,
        0.9,
        tmp_path,
        cancel=CancelToken(),
        report=ignore_progress,
    )
    assert len(steps) == done.step
    assert 70 < done.step <= 81
    assert 300 <= done.seconds < 310
