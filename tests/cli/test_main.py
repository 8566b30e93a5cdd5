"""The frame of all commands: codes, streams, help."""

import logging
import os
import re
import signal
import sys
from ctypes.util import find_library
from types import SimpleNamespace

import pytest

import hwocr_desktop.ui
from hwocr_desktop.cli import gui, models
from hwocr_desktop.cli.main import COMMANDS
from hwocr_desktop.core import errors
from hwocr_desktop.core.progress import Cancelled

CLASSES = [
    item
    for item in vars(errors).values()
    if isinstance(item, type) and issubclass(item, errors.HwocrError)
]


def raising(error):
    def run(options, terminal):
        raise error

    return run


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_the_class_of_an_error_is_the_exit_code(kind, hwocr, monkeypatch):
    monkeypatch.setattr(models, "run", raising(kind("It broke.", "Mend it.")))
    done = hwocr("models")
    assert done.code == kind.exit_code != 0
    assert done.out == ""
    assert done.err == "It broke. Mend it.\n"


def test_every_exit_code_is_explained(hwocr):
    text = hwocr("--help").out
    listed = {int(n) for n in re.findall(r"(?<!\S)(\d+) [a-zA-Z]", text)}
    assert {kind.exit_code for kind in CLASSES} | {0, 130} <= listed


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "Stopped."),
        (Cancelled(), 130, "Stopped."),
        (BrokenPipeError(), 141, ""),
        (MemoryError(), 10, "not enough memory"),
        (ZeroDivisionError("division by zero"), 1, "ZeroDivisionError"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_error_of_ours_has_a_code_too(error, code, said, hwocr, monkeypatch):
    monkeypatch.setattr(models, "run", raising(error))
    done = hwocr("models")
    assert done.code == code
    assert said in done.err
    assert "Traceback" not in done.err
    assert done.out == ""


def test_a_traceback_is_shown_to_those_who_ask(hwocr, monkeypatch):
    monkeypatch.setattr(models, "run", raising(errors.BadModel("Bad.", "Good.")))
    for arguments in (["-v", "models"], ["models", "-v"]):
        done = hwocr(*arguments)
        assert done.code == errors.BadModel.exit_code
        assert "Traceback" in done.err
        assert done.err.endswith("Bad. Good.\n")


def test_version(hwocr):
    done = hwocr("--version")
    assert done.code == 0
    assert done.out == f"hwocr {hwocr_desktop.__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["paint"],
        ["read"],
        ["evaluate", "lines"],
        ["evaluate"],
        ["train"],
        ["binarize", "a.png"],
        ["read", "a.png", "--format", "docx"],
        ["--paint"],
    ],
)
def test_a_mistake_in_the_command(arguments, hwocr):
    done = hwocr(*arguments)
    assert done.code == 2
    assert "usage: hwocr" in done.err
    assert done.out == ""


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command, hwocr):
    done = hwocr(command, "--help")
    assert done.code == 0
    assert f"usage: hwocr {command}" in done.out


@pytest.mark.parametrize(
    "arguments",
    [
        ["train", "lines"],
        ["train", "binarizer"],
        ["evaluate", "binarizer"],
        ["evaluate", "lines"],
        ["evaluate", "pages"],
    ],
)
def test_every_kind_explains_itself(arguments, hwocr):
    done = hwocr(*arguments, "--help")
    assert done.code == 0
    assert "usage: hwocr " + " ".join(arguments) in done.out


def test_nothing_but_results_reaches_standard_output(hwocr, monkeypatch):
    def run(options, terminal):
        sys.stdout.write("a library's chatter\n")
        sys.stdout.write("more of it\n")
        logging.getLogger("hwocr_desktop.somewhere").warning("a warning")
        terminal.json({"a": "ö"})
        return 0

    monkeypatch.setattr(models, "run", run)
    done = hwocr("models")
    assert done.json == {"a": "ö"}
    assert "chatter" in done.err
    assert "more of it" in done.err
    assert "WARNING: a warning" in done.err


def test_the_log_is_shown_as_far_as_asked(hwocr, monkeypatch):
    def run(options, terminal):
        log = logging.getLogger("hwocr_desktop.somewhere")
        log.debug("all of it")
        log.info("some of it")
        return 0

    monkeypatch.setattr(models, "run", run)
    assert hwocr("models").err == ""
    assert hwocr("models", "-v").err == "INFO: some of it\n"
    assert "DEBUG: all of it" in hwocr("models", "-vv").err


def test_no_command_opens_the_window(hwocr, monkeypatch, tmp_path):
    seen = []

    def run(options, terminal):
        seen.append((tuple(options.paths), options.sample))
        return 0

    monkeypatch.setattr(gui, "run", run)
    scan = tmp_path / "scan.png"
    scan.touch()
    assert hwocr().code == 0
    assert hwocr(scan).code == 0
    assert hwocr("gui", scan, "--sample").code == 0
    assert seen == [((), False), ((scan,), False), ((scan,), True)]


def test_ctrl_c_ends_the_work_at_its_next_check(hwocr, monkeypatch):
    from hwocr_desktop.cli.terminal import stoppable

    steps = []

    def run(options, terminal):
        with stoppable() as cancel:
            steps.append("before")
            os.kill(os.getpid(), signal.SIGINT)
            steps.append("not yet")
            cancel.check()
            steps.append("never")
        return 0

    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(models, "run", run)
    assert hwocr("models").code == 130
    assert steps == ["before", "not yet"]
    assert signal.getsignal(signal.SIGINT) is before


def test_a_second_ctrl_c_ends_it_at_once(hwocr, monkeypatch):
    from hwocr_desktop.cli.terminal import stoppable

    def run(options, terminal):
        with stoppable():
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)
            return 0

    monkeypatch.setattr(models, "run", run)
    assert hwocr("models").code == 130


@pytest.mark.parametrize("display", ["", ":4711", "nonsense"])
def test_without_a_display_there_is_a_sentence(hwocr, monkeypatch, display):
    if display and find_library("xcb") is None:
        pytest.skip("libxcb is not there to ask the display")
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", display)
    done = hwocr("gui")
    assert done.code == 2
    assert "no display" in done.err


def test_a_wrong_name_is_told_before_the_display_is_missed(
    hwocr, monkeypatch, tmp_path
):
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    done = hwocr("gui", tmp_path / "nosuchproject")
    assert done.code == 4
    assert str(tmp_path / "nosuchproject") in done.err
    assert "display" not in done.err


def test_the_window_gets_what_was_named(hwocr, monkeypatch, tmp_path):
    seen = []

    def start(paths, *, sample):
        seen.append((paths, sample))
        return 7

    stand_in = SimpleNamespace(run=start)
    monkeypatch.setattr(hwocr_desktop.ui, "start", stand_in, raising=False)
    assert hwocr("gui", tmp_path, "--sample").code == 7
    assert seen == [((tmp_path,), True)]
