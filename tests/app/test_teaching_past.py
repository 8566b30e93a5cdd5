"""What a teaching has done before it goes on."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from hwocr_desktop.app import learning, learning_runs, teaching
from hwocr_desktop.app.teaching_past import (
    TeachingPast,
    learn_from_there,
    logged_points,
    past_of,
)
from hwocr_desktop.core.errors import BadModel
from hwocr_desktop.core.progress import CancelToken
from hwocr_desktop.ml.training.step_fit import Measurement
from tests.app.test_learning import drawn as drawn

LINE = {"epoch": 2, "step": 9, "minutes": 1.5, "cer": {"all": 20.0, "a": 20.0}}


def interrupt(request):
    """Leave what a teaching leaves that was interrupted after two minutes."""
    run = teaching.run_of(request)
    state = np.array(json.dumps({"minutes": 2.0}))
    np.savez(learning_runs.begin(run), state=state)
    return run


def test_measurements_come_back_whatever_the_loss(tmp_path):
    rows = [json.dumps(LINE | {"loss": loss}) for loss in (math.nan, None, 3.0)]
    (tmp_path / "log.jsonl").write_text("\n".join(rows) + "\n")
    points = logged_points(tmp_path)
    assert [point.cer["all"] for point in points] == [20.0] * 3
    assert [math.isnan(point.loss) for point in points] == [True, True, False]
    assert (points[2].epoch, points[2].step, points[2].minutes) == (2, 9, 1.5)
    ink = {"step": 25, "seconds": 60.0, "loss": 0.4, "f_measure": 75.0, "pages": {}}
    (tmp_path / "log.jsonl").write_text(json.dumps(ink))
    assert logged_points(tmp_path) == (Measurement(25, 60.0, 0.4, 75.0),)


@pytest.mark.parametrize("text", ["{", "[]", '{"step": 1}', "\x00\n"])
def test_a_log_that_cannot_be_read_shows_nothing(tmp_path, text):
    assert logged_points(tmp_path) == ()
    (tmp_path / "log.jsonl").write_text(text)
    assert logged_points(tmp_path) == ()


def test_the_past_is_told_before_it_learns_and_forgotten_if_asked(drawn, monkeypatch):
    run = interrupt(drawn)
    (run / "log.jsonl").write_text(json.dumps(LINE | {"loss": 3.0}))
    monkeypatch.setattr(learning, "learn_lines", lambda request, **_: "learned")
    for is_anew, minutes, count in ((False, 2.0, 1), (True, 0.0, 0)):
        told = []
        done = learn_from_there(
            drawn, is_anew, cancel=CancelToken(), report=told.append
        )
        assert done == "learned"
        (past,) = (progress.partial for progress in told if progress.partial)
        assert isinstance(past, TeachingPast)
        assert (past.run, past.minutes, len(past.points)) == (run, minutes, count)
    assert not run.exists()


def test_a_model_that_is_gone_is_told_by_the_teaching(drawn, monkeypatch):
    gone = replace(drawn, model="gone")
    with pytest.raises(BadModel):
        past_of(gone)
    with pytest.raises(BadModel, match="no model named"):
        learn_from_there(gone, False, cancel=CancelToken(), report=lambda _: None)
