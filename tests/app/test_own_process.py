"""Work in a process of its own: its reports, its errors, and its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from hwocr_desktop.app import own_process
from hwocr_desktop.app.own_process import in_own_process
from hwocr_desktop.core import paths
from hwocr_desktop.core.errors import HwocrError, OutOfMemory, TrainingDataMissing
from hwocr_desktop.core.processes import MODEST_NICE, is_running
from hwocr_desktop.core.progress import Cancelled, CancelToken, Progress

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and nice are POSIX")


@dataclass(frozen=True)
class Answer:
    pid: int
    nice: int
    total: int


def add(numbers, *, cancel, report):
    total = 0
    for count, number in enumerate(numbers, start=1):
        total += number
        report(Progress(count, len(numbers), "adding", total))
    nice = os.nice(0) if sys.platform != "win32" else 0
    return Answer(os.getpid(), nice, total)


def fail(error, *, cancel, report):
    raise error


def fail_oddly(*, cancel, report):
    class Local(Exception):
        """Cannot be pickled."""

    raise Local("odd")


def run_until_told(folder, *, cancel, report):
    report(Progress(1, 0, "", os.getpid()))
    while not cancel.is_cancelled:
        time.sleep(0.01)
    (folder / "told").touch()
    cancel.check()


def never_look(*, cancel, report):
    report(Progress(1, 0, "", os.getpid()))
    time.sleep(60)


def die(number, *, cancel, report):
    os.kill(os.getpid(), number)
    time.sleep(60)


def print_words(*, cancel, report):
    os.write(2, b"a library's chatter\n")
    sys.stderr.write("and ours\n")
    sys.stderr.flush()


def here(function, *args, cancel=None, report=lambda progress: None):
    return in_own_process(
        function, *args, cancel=cancel or CancelToken(), report=report
    )


def test_reports_come_in_order_and_then_the_result():
    reports = []
    answer = here(add, [3, 4, 5], report=reports.append)
    assert [r.partial for r in reports] == [3, 7, 12]
    assert answer.total == 12
    assert answer.pid != os.getpid()
    assert not is_running(answer.pid)


@posix
def test_it_yields_to_the_rest():
    assert here(add, [1]).nice == max(os.nice(0), MODEST_NICE)


@pytest.mark.parametrize(
    "error",
    [TrainingDataMissing("Too few lines.", "Correct more."), ValueError("strange")],
)
def test_errors_arrive_whole(error):
    with pytest.raises(type(error)) as raised:
        here(fail, error)
    assert str(raised.value) == str(error)
    assert getattr(raised.value, "advice", "") == getattr(error, "advice", "")


def test_an_error_that_cannot_travel_is_told():
    with pytest.raises(RuntimeError, match=r"Local.*odd"):
        here(fail_oddly)


def test_it_stops_when_told_to(tmp_path):
    token = CancelToken()
    with pytest.raises(Cancelled):
        here(run_until_told, tmp_path, cancel=token, report=lambda _: token.cancel())
    assert (tmp_path / "told").exists()


def test_what_does_not_listen_is_ended():
    token, began = CancelToken(), []

    def cancel(progress):
        began.append((time.monotonic(), progress.partial))
        token.cancel()

    with pytest.raises(Cancelled):
        here(never_look, cancel=token, report=cancel)
    assert time.monotonic() - began[0][0] < 5  # and not 60
    assert not is_running(began[0][1])


@posix
def test_an_end_without_a_word_is_told():
    with pytest.raises(OutOfMemory, match="memory ran short"):
        here(die, signal.SIGKILL)
    with pytest.raises(HwocrError, match="ended unexpectedly") as raised:
        here(die, signal.SIGTERM)
    assert "own-process.log" in raised.value.advice


def test_what_it_prints_goes_into_a_file(capfd):
    here(print_words)
    assert capfd.readouterr().err == ""
    text = (paths.user_logs() / "own-process.log").read_text("utf-8")
    assert "a library's chatter" in text
    assert "and ours" in text


ORPHAN = """
import sys
sys.path.insert(0, {folder!r})
from test_own_process import here, never_look
here(never_look, report=lambda p: print(p.partial, flush=True))
"""


@posix
def test_it_does_not_outlive_the_program():
    code = ORPHAN.format(folder=str(Path(__file__).parent))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as run:
        child = int(run.stdout.readline())
        assert is_running(child)
        run.kill()
        run.wait()
    until = time.monotonic() + 10
    while _lives(child) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _lives(child)


def _lives(pid):
    """Whether a process runs; one that has ended may still be in the table."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return Path("/proc/1").exists() is False and is_running(pid)
    return state != "Z"


def test_no_file_for_the_chatter_is_no_reason_to_stop(monkeypatch, tmp_path):
    blocked = tmp_path / "file"
    blocked.touch()
    monkeypatch.setenv(paths.HOME_VARIABLE, str(blocked / "below"))
    assert here(add, [2]).total == 2
    assert own_process.GRACE_S < 1
