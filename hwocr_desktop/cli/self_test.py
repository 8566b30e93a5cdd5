"""``hwocr self-test``: whether the installed program works."""

from __future__ import annotations

import argparse
import importlib.util
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hwocr_desktop.app.self_test import NotInstalled, Trial, run_steps
from hwocr_desktop.cli.terminal import Terminal
from hwocr_desktop.core.errors import HwocrError
from hwocr_desktop.core.paths import HOME_VARIABLE


def add_parser(commands: Any, name: str, common: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        name,
        parents=[common],
        help="try whether the program works",
        description="Draw a page, clean and read it, correct, export, save, recover "
        "it, and open and close a window. The exit code is 0 if everything works.",
    )
    parser.add_argument("--json", action="store_true", help="tell it as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """Try every step and tell how it went."""
    results = []
    with tempfile.TemporaryDirectory(
        prefix="hwocr-", ignore_cleanup_errors=True
    ) as name:
        more = (("Open and close a window", _try_window),)
        for result in run_steps(Path(name), more):
            results.append(result)
            if not options.json:
                terminal.say(
                    f"{result.name:24} {result.state:8} {result.seconds:6.2f} s  "
                    f"{result.detail}"
                )
    is_good = all(result.state != "failed" for result in results)
    if options.json:
        steps = [asdict(result) for result in results]
        terminal.json({"ok": is_good, "steps": steps})
    else:
        terminal.say("Everything works." if is_good else "Something does not work.")
    return 0 if is_good else HwocrError.exit_code


def _try_window(trial: Trial) -> str:
    """Open a window where nobody sees it, paint it, and close it."""
    if importlib.util.find_spec("PySide6") is None:
        raise NotInstalled("the library for windows is not installed")
    # Without a display Qt would end the whole process instead of failing.
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from hwocr_desktop.ui import start

    with _home(trial.folder / "home"):
        start.try_window()
    return "painted off screen"


@contextmanager
def _home(folder: Path) -> Iterator[None]:
    """Keep a window away from the settings and projects of the person."""
    before = os.environ.get(HOME_VARIABLE)
    os.environ[HOME_VARIABLE] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ[HOME_VARIABLE]
        else:
            os.environ[HOME_VARIABLE] = before
