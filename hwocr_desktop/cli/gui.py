"""``hwocr gui``: open the window."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from hwocr_desktop.cli.terminal import Terminal
from hwocr_desktop.core.errors import HwocrError


def add_parser(commands: Any, name: str, common: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        name,
        parents=[common],
        help="open the window (the same as no command)",
        description="Open the window, with a project, with scans, or empty.",
    )
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="PROJECT|FILE",
        help="a project folder, or scans and folders of scans to add",
    )
    parser.add_argument(
        "--sample", action="store_true", help="open the sample pages to try things"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """Open the window and return when it is closed."""
    try:
        # Only here: all other commands run where no display libraries are.
        from hwocr_desktop.ui import start
    except ImportError as error:
        raise HwocrError(
            f"The window cannot be opened: {error}.",
            "On Linux, install the libraries libegl1, libxkbcommon0 and "
            "libxcb-cursor0; the other commands work without them.",
        ) from error
    return int(start.run(tuple(options.paths), sample=options.sample))
