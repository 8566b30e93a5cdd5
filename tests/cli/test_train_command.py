"""``hwocr train``: options, stopping, taking up again, the log."""

import csv
import json
import os
import signal
from dataclasses import asdict, fields
from itertools import product

import cv2
import numpy as np
import pytest

from hwocr_desktop.cli import teach as teach_module
from hwocr_desktop.cli import train as module
from hwocr_desktop.cli.main import build_parser
from hwocr_desktop.cli.training_log import TrainingLog
from hwocr_desktop.core.document.document import Line, Page, Project
from hwocr_desktop.core.document.project_file import create_project
from hwocr_desktop.core.errors import BadModel, BadRequest, TrainingDataMissing
from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.core.progress import Progress
from hwocr_desktop.core.text.text_metrics import ErrorRate
from hwocr_desktop.ml.registry import ModelCard, read_card
from hwocr_desktop.ml.training.binarizer_training import TrainBinarizerRequest
from hwocr_desktop.ml.training.line_fit import FitPoint, FitSettings
from hwocr_desktop.ml.training.line_training import TrainLinesRequest
from hwocr_desktop.ml.training.step_fit import Measurement
from tests.drawn_lines import TINY, samples, tiny_model, write_lines

CARD = ModelCard("made", "binarize", "Made", "", "CC0", {}, "", metrics={"x": {"y": 1}})


@pytest.fixture
def asked(monkeypatch):
    """Put a stand-in in the place of both trainings and return their requests."""
    requests = []

    def train(request, *, cancel, report):
        requests.append(request)
        report(Progress(1, 2, "CER 5.0", FitPoint(1, 10, 0.1, 2.0, {"all": 5.0})))
        return CARD

    monkeypatch.setattr(module, "train_lines", train)
    monkeypatch.setattr(module, "train_binarizer", train)
    return requests


def lines_arguments(tmp_path):
    return [
        *("train", "lines", "--data", tmp_path / "a", tmp_path / "b"),
        *("--held-out", tmp_path / "c", "--out", tmp_path / "model"),
    ]


def test_every_field_of_the_requests_has_an_option(hwocr):
    text = {k: hwocr("train", k, "--help").out.split() for k in ("lines", "binarizer")}
    other = {
        "settings": None,
        "architecture": "--arch",
        "work": "--run",
        "resume": "--fresh",
        "command": None,
        # Of teaching, which has its own options.
        "replay": None,
        "is_short": None,
    }
    for kind, request in (
        ("lines", TrainLinesRequest),
        ("lines", FitSettings),
        ("binarizer", TrainBinarizerRequest),
    ):
        for item in fields(request):
            option = other.get(item.name, "--" + item.name.replace("_", "-"))
            assert option is None or option in text[kind], item.name


def test_the_defaults_are_those_of_the_requests(asked, hwocr, tmp_path):
    assert hwocr(*lines_arguments(tmp_path)).code == 0
    arguments = ["--data", tmp_path, "--out", tmp_path / "ink"]
    assert hwocr("train", "binarizer", *arguments).code == 0
    lines, ink = asked
    assert lines.settings == FitSettings()
    assert lines.architecture == {}
    assert lines.data == (tmp_path / "a", tmp_path / "b")
    assert lines.held_out == (tmp_path / "c",)
    assert lines.run == tmp_path / "model.training"
    assert (lines.title, lines.trained_on) == ("model", "a, b")
    assert lines.command.startswith("hwocr train lines --data ")
    plain = TrainBinarizerRequest(tmp_path, tmp_path / "ink")
    for item in fields(plain):
        if item.name in ("steps", "batch", "window", "patience", "seed", "design"):
            assert getattr(ink, item.name) == getattr(plain, item.name)
    assert ink.resume


def test_options_reach_the_requests(asked, hwocr, tmp_path):
    network = tmp_path / "network.json"
    network.write_text('{"units": 64}', encoding="utf-8")
    options = ["--epochs", 3, "--minutes", 1.5, "--seed", 7, "--learning-rate", 0.01]
    options += ["--augment", 0.25, "--frozen", "conv", "--arch", network]
    options += ["--title", "My hand", "--licence", "CC0", "--bad-at", "print"]
    done = hwocr(*lines_arguments(tmp_path), *options)
    assert done.code == 0, done.err
    (request,) = asked
    assert request.settings == FitSettings(
        epochs=3, minutes=1.5, seed=7, learning_rate=0.01, augment=0.25, frozen="conv"
    )
    assert request.architecture == {"units": 64}
    assert (request.title, request.licence) == ("My hand", "CC0")
    assert request.bad_at == "print"
    hwocr(*lines_arguments(tmp_path), "--arch", '{"units": 32}')
    assert asked[1].architecture == {"units": 32}


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (
            "lines",
            "epochs minutes learning-rate columns shortcut ema augment patience "
            "measure-every seed",
        ),
        (
            "binarizer",
            "steps minutes batch window learning-rate as-scanned held-out "
            "evaluate-every patience orientations seed",
        ),
        ("layout", "steps minutes batch learning-rate evaluate-every patience seed"),
    ],
)
def test_numbers_out_of_range_are_refused(
    kind, names, asked, hwocr, tmp_path, monkeypatch
):
    monkeypatch.setattr(module, "learn_layout", module.train_lines)
    arguments = ["train", kind, *lines_arguments(tmp_path)[2:]]
    if kind == "binarizer":
        arguments = ["train", kind, "--data", tmp_path, "--out", tmp_path / "model"]
    for name, number in product(names.split(), ("nan", "-1")):
        done = hwocr(*arguments, f"--{name}={number}")
        assert done.code == 2, name
        by_parser = f"--{name}: invalid int value: 'nan'"
        assert f"--{name} cannot be {number}. Give a" in done.err or (
            number == "nan" and by_parser in done.err
        )
    assert asked == []
    assert hwocr(*arguments, "--learning-rate", 0).code == 2
    assert hwocr(*arguments, "--minutes", 0).code == 0  # no limit
    assert len(asked) == 1


@pytest.mark.parametrize(
    "text", ["{", '{"unit": 3}', "no-such-file.json", "[1]", '{"a":' + "[" * 99_999]
)
def test_a_network_that_cannot_be_understood(text, asked, hwocr, tmp_path):
    assert hwocr(*lines_arguments(tmp_path), "--arch", text).code == 2
    assert asked == []


@pytest.mark.parametrize(
    ("network", "told"),
    [
        ({"units": 10**9}, "units is no whole number from 1 to 4096"),
        ({"units": "many"}, "units is no whole number from 1 to 4096"),
        ({"step": 2.0}, "step is no whole number from 1 to 16"),
        ({"dropout": 1}, "dropout is no number from 0 to less than 1"),
        ({"stages": [[10**7]] * 4}, "a layer is far too large, or nothing"),
        ({"stages": [[4096] * 16] * 4}, "it would need far too much memory"),
        ({"stages": 3}, "it has far too many stages, or none"),
        ({"blocks": 3}, "blocks is no list with a whole number for each stage"),
        ({"blocks": [1]}, "blocks is no list with a whole number for each stage"),
        ({"height": 8}, "lines are not high enough for its stages"),
        ({"name": "Lambda"}, "it is no description of the network “crnn”"),
    ],
)
def test_a_network_that_no_model_may_have(network, told, asked, hwocr, tmp_path):
    checkpoint = tmp_path / "run" / "checkpoint.npz"
    checkpoint.parent.mkdir()
    checkpoint.write_bytes(b"old")
    arguments = [*lines_arguments(tmp_path), "--run", tmp_path / "run", "--fresh"]
    done = hwocr(*arguments, "--arch", json.dumps(network))
    assert done.code == BadRequest.exit_code
    assert f"A network cannot be built like that ({told})." in done.err
    assert asked == []
    assert checkpoint.read_bytes() == b"old"


def test_a_base_cannot_grow_beyond_what_a_model_may_have(asked, hwocr, tmp_path):
    base = tiny_model(tmp_path / "tiny")
    large = json.dumps({"blocks": [0, 10**9]})
    done = hwocr(*lines_arguments(tmp_path), "--base", base.folder, "--arch", large)
    assert done.code == BadRequest.exit_code
    assert "A network cannot be built like that" in done.err
    # A base that is none itself is told as that, not as what was asked for.
    (base.folder / "model.json").write_text(
        (base.folder / "model.json").read_text("utf-8").replace('"stages"', '"stage"'),
        encoding="utf-8",
    )
    done = hwocr(*lines_arguments(tmp_path), "--base", base.folder)
    assert done.code == BadModel.exit_code
    assert "does not say properly how to build it" in done.err
    assert asked == []


@pytest.mark.parametrize("left_out", ["--data", "--held-out", "--out"])
def test_what_training_cannot_do_without(left_out, asked, hwocr, tmp_path):
    given = {"--data": tmp_path, "--held-out": tmp_path, "--out": tmp_path / "m"}
    del given[left_out]
    arguments = [part for pair in given.items() for part in pair]
    done = hwocr("train", "lines", *arguments)
    assert done.code == 2
    assert left_out in done.err
    assert asked == []


def test_measurements_are_shown_and_logged(asked, hwocr, tmp_path):
    log = tmp_path / "logs" / "log.jsonl"
    for _ in range(2):
        done = hwocr(*lines_arguments(tmp_path), "--log", log, "--json")
        assert "CER 5.0" in done.err
        assert done.json["id"] == "made"
    first, second = map(json.loads, log.read_text("utf-8").splitlines())
    assert first["cer"] == second["cer"] == {"all": 5.0}
    assert {"time", "done", "total", "text", "epoch", "step", "loss"} <= set(first)


def test_the_curve_is_drawn_at_each_measurement(hwocr, tmp_path, monkeypatch):
    run, plot = tmp_path / "run", tmp_path / "curve.png"
    run.mkdir()
    sizes = []

    def train(request, *, cancel, report):
        for step, f in ((10, 50.0), (20, 80.0), (30, 78.0)):
            point = Measurement(step, 1.0, 0.5, f, {"a/p": f - 1, "a/q": f + 1})
            with (run / "log.jsonl").open("a") as lines:
                lines.write(json.dumps(asdict(point)) + "\n")
            report(Progress(step, 30, "measured", point))
            report(Progress(step, 30, "no measurement"))
            sizes.append(plot.read_bytes())
        return CARD

    monkeypatch.setattr(module, "train_binarizer", train)
    arguments = ["train", "binarizer", "--data", tmp_path, "--out", tmp_path / "model"]
    assert hwocr(*arguments, "--run", run, "--plot", plot).code == 0
    assert len(set(sizes)) == 3
    picture = cv2.imread(str(plot))
    assert picture.shape[0] > 300
    # Curve and axes, and not only the ground.
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 5
    rows = list(csv.DictReader(plot.with_suffix(".csv").read_text().splitlines()))
    assert [row["F a/q"] for row in rows] == ["51.0", "81.0", "79.0"]


def test_the_curve_of_a_line_model_has_a_column_for_each_set(
    hwocr, tmp_path, monkeypatch
):
    run, plot = tmp_path / "run", tmp_path / "curve.png"
    run.mkdir()
    points = [
        FitPoint(1, 10, 0.5, 9.0, {"all": 50.0, "a": 40.0, "b": 60.0}),
        FitPoint(2, 20, 1.0, 5.0, {"all": 30.0, "a": 25.0, "b": 35.0}),
    ]

    def train(request, *, cancel, report):
        (run / "log.jsonl").write_text(
            "".join(json.dumps(asdict(point)) + "\n" for point in points)
        )
        return CARD

    monkeypatch.setattr(module, "train_lines", train)
    arguments = lines_arguments(tmp_path)
    assert hwocr(*arguments, "--run", run, "--plot", plot).code == 0
    assert cv2.imread(str(plot)).shape[0] > 300
    with plot.with_suffix(".csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["CER b"] for row in rows] == ["60.0", "35.0"]
    assert [row["step"] for row in rows] == ["10", "20"]


@pytest.mark.tf
def test_a_real_training_draws_each_measurement(hwocr, tmp_path):
    write_lines(tmp_path / "a" / "set", 6, 0)
    write_lines(tmp_path / "c" / "set", 2, 1)
    plot = tmp_path / "curve.png"
    arguments = (
        *("train", "lines", "--data", tmp_path / "a", "--held-out", tmp_path / "c"),
        *("--out", tmp_path / "model", "--epochs", 2, "--plot", plot),
        *("--arch", json.dumps(TINY)),
    )
    assert hwocr(*arguments).code == 0
    rows = list(csv.DictReader(plot.with_suffix(".csv").read_text().splitlines()))
    assert [row["epoch"] for row in rows] == ["1", "2"]
    # The same run with another network.
    other = hwocr(*arguments[:-1], json.dumps(TINY | {"units": 8}), "--epochs", 3)
    assert other.code == 2
    assert "belongs to another training" in other.err
    # A folder that cannot be made.
    (tmp_path / "file").touch()
    blocked = hwocr(*arguments, "--run", tmp_path / "file" / "run")
    assert blocked.code == 5
    assert "pass" not in blocked.err


def test_a_curve_with_no_place_is_said_before_the_training(asked, hwocr, tmp_path):
    plot = tmp_path / "nowhere" / "curve.png"
    assert hwocr(*lines_arguments(tmp_path), "--plot", plot).code == 5
    assert asked == []


def test_a_model_to_begin_from(asked, hwocr, tmp_path):
    base = tiny_model(tmp_path / "tiny")
    arguments = lines_arguments(tmp_path)
    assert hwocr(*arguments, "--base", base.folder).code == 0
    assert asked[0].base.id == "tiny"
    deeper = ["--base", base.folder, "--arch", '{"blocks": [0, 1]}']
    assert hwocr(*arguments, *deeper).code == 0
    assert asked[1].architecture == {"blocks": [0, 1]}
    assert hwocr(*arguments, "--base", "nowhere").code != 0


def test_a_log_that_cannot_be_written(asked, hwocr, tmp_path):
    (tmp_path / "file").touch()
    done = hwocr(*lines_arguments(tmp_path), "--log", tmp_path / "file" / "log")
    assert done.code == 5
    assert asked == []


def test_beginning_anew_keeps_the_old_checkpoint(asked, hwocr, tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    (run / "checkpoint.npz").write_bytes(b"old")
    done = hwocr(*lines_arguments(tmp_path), "--run", run)
    assert "Going on from" in done.err
    assert (run / "checkpoint.npz").exists()
    hwocr(*lines_arguments(tmp_path), "--run", run, "--fresh")
    assert not (run / "checkpoint.npz").exists()
    assert (run / "checkpoint.old.npz").read_bytes() == b"old"


@pytest.mark.tf
@pytest.mark.slow
def test_ctrl_c_and_the_same_command_again(hwocr, tmp_path, monkeypatch):
    write_lines(tmp_path / "a" / "set", 4, 0)
    write_lines(tmp_path / "c" / "set", 1, 1)
    arguments = [
        "train",
        "lines",
        "--data",
        tmp_path / "a",
        "--held-out",
        tmp_path / "c",
    ]
    arguments += [
        "--out",
        tmp_path / "model",
        "--epochs",
        2,
        "--arch",
        json.dumps(TINY),
    ]
    real = TrainingLog.report

    def interrupt(self, progress):
        real(self, progress)
        if "pass 1" in progress.text:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(TrainingLog, "report", interrupt)
    done = hwocr(*arguments)
    assert done.code == 130
    assert "the same command, without --fresh, goes on" in done.err
    assert not (tmp_path / "model").exists()
    work = tmp_path / "model.training"
    assert {path.name for path in work.iterdir()} == {"checkpoint.npz", "log.jsonl"}
    monkeypatch.setattr(TrainingLog, "report", real)
    done = hwocr(*arguments)
    assert done.code == 0
    assert "Going on from" in done.err
    card = read_card(tmp_path / "model")
    assert card.task == "recognize-lines"
    assert "train lines" in card.command


@pytest.fixture
def letters(tmp_path):
    """Write a project with one corrected line."""
    shape = LineShape(((10, 60), (180, 60)), ((10, 20), (180, 20), (180, 70)), 40, 20)
    line = Line("l1", shape, correction="abc", checked=True)
    page = Page("p1", "a.png", 200, 100, lines=(line,))
    with create_project(tmp_path / "letters", "Letters") as file:
        file.save(Project("Letters", (page,), "base-model", 2))
    return tmp_path / "letters"


@pytest.mark.parametrize(
    ("keep", "is_better", "is_kept"),
    [
        ("better", True, True),
        ("better", False, False),
        ("always", False, True),
        ("never", True, False),
    ],
)
def test_a_taught_model_is_kept_as_asked(
    keep, is_better, is_kept, hwocr, letters, tmp_path, monkeypatch
):
    seen = {}

    def learn(request, *, cancel, report):
        seen["request"] = request
        rates = ErrorRate(20, 100), ErrorRate(10, 100)
        bounds = (15.0, 25.0), (6.0, 14.0)
        return teach_module.LearnResult(
            *rates, *bounds, is_better, (), tmp_path / "staged", CARD
        )

    def keep_model(result, title):
        seen["kept"] = title
        return CARD

    monkeypatch.setattr(teach_module, "learn_lines", learn)
    monkeypatch.setattr(teach_module, "keep_model", keep_model)
    monkeypatch.setattr(teach_module, "discard_model", lambda r: seen.update(gone=True))
    monkeypatch.setattr(teach_module, "minutes_done", lambda request: 1.25)
    monkeypatch.setattr(teach_module, "give_up", lambda r: seen.update(anew=True))
    arguments = ["train", "lines", "--from", letters, "--keep", keep]
    done = hwocr(*arguments, "--title", "My hand", "--minutes", 2, "--json")
    assert done.code == 0
    assert "after 1.2 minutes" in done.err
    assert "anew" not in seen
    request = seen["request"]
    assert (request.model, request.minutes) == ("base-model", 2)
    assert request.project.page("p1").lines[0].text == "abc"
    assert ("kept" in seen, "gone" in seen) == (is_kept, not is_kept)
    assert seen.get("kept", "My hand") == "My hand"
    told = done.json
    assert (told["before"]["cer"], told["after"]["cer"]) == (20, 10)
    assert (told["model"] is not None) == is_kept
    assert "before: 20.0 % of characters" in hwocr(*arguments, "--fresh").out
    assert seen["anew"]


@pytest.mark.parametrize(
    ("kind", "base", "model"),
    [
        ("lines", "", "usual-lines"),
        ("words", "", "usual-words"),
        ("words", "mine", "mine"),
    ],
)
def test_a_folder_teaches_as_a_project_does(
    kind, base, model, hwocr, tmp_path, monkeypatch
):
    requests = []

    def learn(request, *, cancel, report):
        requests.append(request)
        raise TrainingDataMissing("Too few.", "More.")

    choose = {
        "choose_line_model": lambda wanted: wanted or "usual-lines",
        "choose_word_model": lambda wanted: wanted or "usual-words",
    }
    for name, function in choose.items():
        monkeypatch.setattr(teach_module, name, function)
    monkeypatch.setattr(teach_module, "learn_lines", learn)
    monkeypatch.setattr(teach_module, "minutes_done", lambda request: 0.0)
    for number, sample in enumerate(samples(3)):
        cv2.imwrite(str(tmp_path / f"{number}.png"), sample.gray)
        (tmp_path / f"{number}.gt.txt").write_text(sample.text, encoding="utf-8")
    named = ["--base", base] if base else []
    done = hwocr("train", kind, "--from", tmp_path, *named)
    assert "Too few. More." in done.err
    (request,) = requests
    assert (request.subject, request.model) == (kind, model)
    assert request.folder == tmp_path.resolve()
    texts = [line.text for page in request.project.pages for line in page.lines]
    assert texts == [sample.text for sample in samples(3)]
    assert not (tmp_path / "project.json").exists()


def test_the_parser_can_be_built_twice():
    assert build_parser().prog == build_parser().prog
