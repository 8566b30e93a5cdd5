"""The log of a training: JSON for any program, and never in the way of the training."""

import errno
import io
import json
import math

import pytest

from hwocr_desktop.cli.terminal import Terminal
from hwocr_desktop.cli.training_log import LivePlot, TrainingLog
from hwocr_desktop.core.progress import Progress
from hwocr_desktop.ml.training.line_run import FitPoint


@pytest.fixture
def terminal():
    return Terminal(io.StringIO(), io.StringIO())


FIRST = FitPoint(0, 0, 0.0, math.nan, {"all": 9.0})


def refuse(word):
    raise ValueError(word)


def test_the_loss_before_anything_was_learned_is_null(tmp_path, terminal):
    path = tmp_path / "log.jsonl"
    with TrainingLog(terminal, path) as log:
        log.report(Progress(0, 0, "before", FIRST))
    entry = json.loads(path.read_text("utf-8"), parse_constant=refuse)
    assert entry["loss"] is None
    assert entry["cer"] == {"all": 9.0}


@pytest.mark.parametrize("loss", ["NaN", "null", "3.5"])
def test_a_curve_is_drawn_of_old_logs_and_new_ones(tmp_path, loss):
    history, plot = tmp_path / "log.jsonl", tmp_path / "curve.png"
    rows = [
        f'{{"step": {step}, "loss": {loss}, "cer": {{"all": {9 - step}}}}}\n'
        for step in range(3)
    ]
    cut = '{"step": 3, "lo'
    history.write_text("".join([*rows, cut]), encoding="utf-8")
    LivePlot(plot, history).draw()
    assert plot.stat().st_size > 0
    assert len(plot.with_suffix(".csv").read_text().splitlines()) == 4


def test_a_log_for_which_there_is_no_room_ends_no_training(tmp_path, terminal):
    path = tmp_path / "log.jsonl"
    with TrainingLog(terminal, path) as log:

        class Full:
            def write(self, text):
                raise OSError(errno.ENOSPC, "No space left on device")

            def close(self):
                raise OSError(errno.ENOSPC, "No space left on device")

        log._file.close()
        log._file = Full()
        for _ in range(3):
            log.report(Progress(1, 9, "measured", FIRST))
    assert terminal.err.getvalue().count("no room left") == 1


def test_a_curve_for_which_there_is_no_room_ends_no_training(tmp_path, caplog):
    history = tmp_path / "log.jsonl"
    history.write_text('{"step": 1, "loss": 2.0, "cer": {"all": 9}}\n')
    LivePlot(tmp_path / "none" / "curve.png", history).report(
        Progress(1, 9, "measured", FIRST)
    )
    assert "no curve now" in caplog.text
