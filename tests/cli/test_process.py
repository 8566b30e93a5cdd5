"""The program as a process of its own: clean streams, no Qt where none is needed."""

import json
import subprocess
import sys

import pytest

from tests.drawn_lines import draw_line
from tests.pages_drawn import write_image

START = [sys.executable, "-m", "hwocr_desktop"]


@pytest.mark.tf
@pytest.mark.slow
def test_standard_output_is_one_object(tmp_path, tiny):
    write_image(tmp_path / "set" / "0.png", draw_line("abc"))
    (tmp_path / "set" / "labels.tsv").write_text("0.png\tabc\n", encoding="utf-8")
    arguments = [
        "evaluate",
        "lines",
        "--data",
        str(tmp_path),
        "--model",
        tiny,
        "--json",
    ]
    done = subprocess.run(
        [*START, *arguments], capture_output=True, timeout=180, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["lines"] == 1
    # No bar, and nothing of what the networks' library says to itself.
    assert done.stderr == b""


IMPORTS = """
import sys
from hwocr_desktop.cli.main import main
code = main(["models", "--json"])
heavy = {"tensorflow", "keras", "PySide6"} & set(sys.modules)
sys.exit(f"loaded {heavy}" if heavy else code)
"""


def test_listing_models_loads_neither_networks_nor_windows():
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS], capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert set(json.loads(done.stdout)) == {"models", "broken"}


CHATTER = """
import os, sys
from hwocr_desktop.cli import models
from hwocr_desktop.cli.main import main

def run(options, terminal):
    os.write(1, b"chatter\\n")
    os.write(2, b"noise\\n")
    print("more chatter")
    terminal.say("result")
    terminal.note("remark")
    raise KeyboardInterrupt

models.run = run
code = main(sys.argv[1:])
print("after")
sys.exit(code)
"""


@pytest.mark.parametrize("is_verbose", [False, True])
def test_what_libraries_print_goes_to_the_log(is_verbose, hwocr_home):
    arguments = ["models", "-v"] if is_verbose else ["models"]
    done = subprocess.run(
        [sys.executable, "-c", CHATTER, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 130
    assert done.stdout == "result\nafter\n"
    log = hwocr_home / "logs" / "command.log"
    if is_verbose:
        assert sorted(done.stderr.split("\n")) == sorted(
            ["", "chatter", "more chatter", "noise", "remark", "Stopped."]
        )
        assert not log.exists()
    else:
        assert done.stderr == "remark\nStopped.\n"
        assert set(log.read_text().split("\n")) == {
            "",
            "chatter",
            "more chatter",
            "noise",
        }


WINDOW = """
import os, sys
from types import SimpleNamespace
import hwocr_desktop.ui
from hwocr_desktop.cli.main import main
from hwocr_desktop.core.errors import HwocrError

def run(paths, *, sample):
    os.write(1, b"chatter\\n")
    os.write(2, b"noise\\n")
    raise HwocrError("The window fell out of the wall.", "Put it back.")

hwocr_desktop.ui.start = SimpleNamespace(run=run)
sys.exit(main(["gui"]))
"""


def test_the_window_keeps_what_libraries_print_to_itself(hwocr_home):
    done = subprocess.run(
        [sys.executable, "-c", WINDOW],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    # Its own words reach the person.
    assert done.stderr == "The window fell out of the wall. Put it back.\n"
    log = hwocr_home / "logs" / "window.log"
    assert log.read_text() == "chatter\nnoise\n"


def test_a_reader_that_goes_away_ends_the_program_quietly():
    command = f"'{sys.executable}' -m hwocr_desktop models --json"
    done = subprocess.run(
        ["bash", "-c", f"{command} | true; echo ${{PIPESTATUS[0]}}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout in ("0\n", "141\n")


def test_ctrl_c_while_the_program_is_still_loading(monkeypatch, capsys):
    import builtins

    from hwocr_desktop.cli import entry

    real = builtins.__import__

    def interrupted(name, *rest):
        if name == "hwocr_desktop.cli.main":
            raise KeyboardInterrupt
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", interrupted)
    assert entry.main() == 130
    assert capsys.readouterr().err == "Stopped.\n"
