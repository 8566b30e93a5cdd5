"""``hwocr prepare found``: lines as they are found, with the text that is known."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from hwocr_desktop.app.found_lines import prepare_found
from hwocr_desktop.app.model_choice import choose_cleaning
from hwocr_desktop.cli.outcomes import explained
from hwocr_desktop.cli.prepare_lines import add_out
from hwocr_desktop.cli.terminal import Terminal, stoppable
from hwocr_desktop.core.document.document import Cleaning
from hwocr_desktop.core.errors import TrainingDataMissing
from hwocr_desktop.core.plurals import counted


def add_found(kinds: Any, common: argparse.ArgumentParser) -> None:
    """Describe ``hwocr prepare found``."""
    parser = kinds.add_parser(
        "found",
        parents=[common],
        help="lines as the program finds them, where their text is known",
        description="Find the lines of pages with PAGE XML, and write those that are a "
        "line of it from end to end, with its text, as labels.tsv. A model that learns "
        "from these and from the lines as they were drawn reads found lines better.",
    )
    parser.add_argument(
        "folder",
        type=Path,
        metavar="FOLDER",
        help="scans with PAGE XML, also in folders below",
    )
    add_out(parser)
    parser.add_argument(
        "--clean",
        default="",
        metavar="METHOD|MODEL",
        help="how the ink is found in which lines are found",
    )
    parser.add_argument("--json", action="store_true", help="tell the result as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """Make the lines and return the exit code."""
    cleaning = Cleaning(choose_cleaning(options.clean))
    started = time.monotonic()
    with stoppable() as cancel:
        made = prepare_found(
            options.folder,
            options.out,
            cleaning,
            cancel=cancel,
            report=terminal.report,
        )
    seconds = time.monotonic() - started
    terminal.clear_bar()
    for path, error in made.failures:
        terminal.note(explained(error, path))
    if options.json:
        terminal.json(
            {
                "pages": made.pages,
                "true": made.true,
                "found": made.found,
                "kept": made.kept,
                "failed": [str(path) for path, _ in made.failures],
                "seconds": round(seconds, 3),
            }
        )
    terminal.note(
        f"{counted(made.pages, 'page')}, {counted(made.found, 'line')} found, "
        f"{made.kept} of them are one of {made.true} with a text, {seconds:.1f} s."
    )
    if not made.kept:
        return TrainingDataMissing.exit_code
    return max((error.exit_code for _, error in made.failures), default=0)
