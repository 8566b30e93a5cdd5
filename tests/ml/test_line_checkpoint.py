"""Runs of training as they are kept: whole or not at all, and never in the way."""

import errno
import json
import math
import os

import numpy as np
import pytest

from hwocr_desktop.core.errors import OutputNotWritable
from hwocr_desktop.core.progress import Cancelled, CancelToken
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.ml import runtime
from hwocr_desktop.ml.training.checkpoint import (
    Checkpoint,
    Keeper,
    NotKept,
    UnusableRun,
    json_line,
    save_arrays,
)
from hwocr_desktop.ml.training.line_checkpoint import load_run, save_run
from hwocr_desktop.ml.training.line_fit import LineFit
from hwocr_desktop.ml.training.line_run import FitPoint, FitSettings, FitState
from hwocr_desktop.ml.training.step_fit import Learner, fit_in_steps
from tests.drawn_lines import samples, tiny_network

GROUPS = {
    "now": [np.arange(12, dtype=np.float32).reshape(3, 4), np.float32([])],
    "opt": [np.array(7)],
}


@pytest.fixture
def full(monkeypatch):
    """Let the disk be full from now on."""

    def fill():
        def sync(handle):
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(os, "fsync", sync)

    return fill


def state():
    history = [{"step": 0, "loss": math.nan, "cer": {"all": 5.0}}]
    return FitState(2, 30, 1.5, math.inf, 1, history)


def test_a_run_comes_back_as_it_was(tmp_path):
    path = tmp_path / "c.npz"
    save_run(path, state(), GROUPS)
    again, (now, opt, none) = load_run(path, "now", "opt", "none")
    assert (again.epoch, again.step, again.best) == (2, 30, math.inf)
    assert math.isnan(again.history[0]["loss"])
    assert none == []
    for ours, theirs in zip((now, opt), GROUPS.values(), strict=True):
        assert all(map(np.array_equal, ours, theirs))
        assert len(ours) == len(theirs)


def test_the_measurements_are_plain_json(tmp_path):
    save_run(tmp_path / "c.npz", state(), GROUPS)

    def refuse(word):
        raise ValueError(word)

    (row,) = (tmp_path / "log.jsonl").read_text("utf-8").splitlines()
    assert json.loads(row, parse_constant=refuse)["loss"] is None


def test_what_is_no_number_is_null_however_deep():
    line = json_line({"a": [math.inf, {"b": (math.nan, 1.5)}], "ž": -math.inf})
    assert line == '{"a": [null, {"b": [null, 1.5]}], "ž": null}\n'


def test_a_run_that_was_damaged_in_the_middle(tmp_path):
    path = tmp_path / "c.npz"
    noise = np.random.default_rng(1).random(50_000)
    save_run(path, state(), GROUPS | {"best": [noise]})
    data = bytearray(path.read_bytes())
    data[200_000:300_000] = bytes(100_000)
    path.write_bytes(data)
    with pytest.raises(UnusableRun, match="cannot be gone on from") as caught:
        load_run(path, "now", "opt", "best")
    assert str(path) in caught.value.message
    assert "--fresh, which keeps that file" in caught.value.advice


def test_a_full_disk_leaves_what_was_there_and_nothing_half(tmp_path, full):
    path = tmp_path / "run" / "c.npz"
    path.parent.mkdir()
    save_run(path, state(), GROUPS)
    before = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    full()
    with pytest.raises(OutputNotWritable) as caught:
        save_run(path, state(), GROUPS | {"best": [np.zeros(1000)]})
    assert {f.name: f.read_bytes() for f in path.parent.iterdir()} == before
    assert "no room left" in caught.value.message
    assert "the intermediate state of the training" in caught.value.message
    assert str(path.parent) in caught.value.message
    assert "checkpoint" not in str(caught.value)


def test_another_reason_is_told_with_what_it_was(tmp_path):
    with pytest.raises(OutputNotWritable, match=r"^The intermediate state") as caught:
        save_arrays(tmp_path / "none" / "c.npz", {"a": np.zeros(3)})
    assert "does not exist" in caught.value.advice


def test_what_cannot_be_kept_is_told_once():
    told = []
    keeper = Keeper(told.append)

    def fail():
        raise OutputNotWritable("There is no room.", "Free some.")

    for _ in range(3):
        keeper.keep(fail)
        keeper.keep(int)
    (progress,) = told
    assert progress.partial == NotKept("There is no room.")
    assert progress.text.startswith("There is no room. The training goes on")


def line_fit(path, epochs):
    group, charset = samples(6), Charset("abc")
    settings = FitSettings(epochs=epochs, columns=600, augment=0.0)
    network, learner = tiny_network(), runtime.to_learn(tiny_network)
    return LineFit(
        network, learner, charset, group, group[:2], settings, lambda g: [""] * 2, path
    )


@pytest.mark.tf
def test_lines_are_learned_to_the_end_on_a_full_disk(tmp_path, full):
    path = tmp_path / "run" / "checkpoint.npz"
    fit = line_fit(path, 2)
    told = []
    full()
    reached = fit.run(cancel=CancelToken(), report=told.append)
    assert reached.epoch == 2
    assert [type(p.partial) for p in told if p.partial] == [NotKept, FitPoint, FitPoint]
    assert list(path.parent.iterdir()) == []


@pytest.mark.tf
def test_a_stop_on_a_full_disk_is_a_stop_all_the_same(tmp_path, full):
    path = tmp_path / "run" / "checkpoint.npz"
    fit = line_fit(path, 2)
    token, told = CancelToken(), []

    def stop(progress):
        told.append(progress.partial)
        token.cancel()

    full()
    with pytest.raises(Cancelled):
        fit.run(cancel=token, report=stop)
    assert isinstance(told[-1], NotKept)


@pytest.mark.tf
def test_a_run_of_another_network_is_refused(tmp_path):
    path = tmp_path / "checkpoint.npz"
    save_run(path, FitState(), {"now": [np.zeros(3)], "mean": [], "best": []})
    with pytest.raises(UnusableRun, match="belongs to another training"):
        line_fit(path, 1)


def test_ink_is_learned_to_the_end_on_a_full_disk(tmp_path, monkeypatch, full):
    class Model:
        optimizer = type("Optimizer", (), {"variables": []})()

        def train_on_batch(self, *_):
            return 1.0

        def get_weights(self):
            return [np.zeros(2, np.float32)]

        def reset_metrics(self):
            pass

    class Limits:
        steps, minutes, learning_rate, evaluate_every, patience = 4, 0.0, 1.0, 2, 9

    monkeypatch.setattr(Checkpoint, "take_optimizer", lambda *_: None)
    model, told = Model(), []
    learner = Learner(model, model, lambda step: (), lambda weights: (50.0, {}))
    start = Checkpoint(averaged=model.get_weights())
    full()
    done = fit_in_steps(
        learner,
        start,
        Limits(),
        0.9,
        tmp_path,
        cancel=CancelToken(),
        report=told.append,
    )
    assert done.step == 4
    assert sum(isinstance(p.partial, NotKept) for p in told) == 1
    assert list(tmp_path.iterdir()) == []
