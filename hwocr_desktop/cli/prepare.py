"""``hwocr prepare``: pictures to learn from, on disk: windows, words or lines."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from hwocr_desktop.cli.prepare_found import add_found
from hwocr_desktop.cli.prepare_lines import add_lines, add_out, add_words
from hwocr_desktop.cli.prepare_transcripts import add_transcripts
from hwocr_desktop.cli.terminal import Terminal, stoppable
from hwocr_desktop.core.progress import Progress
from hwocr_desktop.ml.training.window_cutting import WindowSettings
from hwocr_desktop.ml.training.window_files import (
    PageWindows,
    PrepareRequest,
    prepare_windows,
)

_DEFAULTS = {item.name: item.default for item in fields(WindowSettings)}


KINDS = ("windows", "words", "lines", "transcripts", "found")


def with_kind(arguments: Sequence[str]) -> list[str]:
    """Return a command line that says what to prepare: windows, if it does not.

    Parameters
    ----------
    arguments : sequence of str
        Of the whole program.
    """
    given = list(arguments)
    place = next((i for i, item in enumerate(given) if not item.startswith("-")), None)
    if place is None or given[place] != "prepare":
        return given
    if given[place + 1 : place + 2] not in [
        [item] for item in (*KINDS, "-h", "--help")
    ]:
        given.insert(place + 1, "windows")
    return given


def add_parser(commands: Any, name: str, common: argparse.ArgumentParser) -> None:
    """Describe the command and its kinds."""
    parser = commands.add_parser(
        name,
        parents=[common],
        help="make windows, words or lines to learn from",
        description="Make pictures to learn from. “hwocr prepare FOLDER” means "
        "“hwocr prepare windows FOLDER”; a folder named as one of the "
        "kinds is given as ./words.",
    )
    kinds = parser.add_subparsers(metavar="|".join(KINDS), required=True)
    _add_windows(kinds, common)
    add_words(kinds, common)
    add_lines(kinds, common)
    add_transcripts(kinds, common)
    add_found(kinds, common)


def _add_windows(kinds: Any, common: argparse.ArgumentParser) -> None:
    parser = kinds.add_parser(
        "windows",
        parents=[common],
        help="pages with known ink, cut into windows",
        description="Cut pairs of scan and ink into square windows and write them as "
        "pairs of PNG: OUT/images and OUT/gt, or OUT/SET/images and OUT/SET/gt. "
        "“hwocr train binarizer” does not need this, it draws its windows afresh; it "
        "is for other programs. Windows of one page are alike: keep whole pages aside "
        "to measure on. A run that was stopped goes on where it was.",
    )
    parser.add_argument(
        "data",
        type=Path,
        metavar="FOLDER",
        help="pairs of scan and ink, as for “hwocr evaluate binarizer”",
    )
    add_out(parser)
    parser.add_argument(
        "--size",
        type=int,
        default=_DEFAULTS["size"],
        metavar="PX",
        help=f"side of a window (default {_DEFAULTS['size']})",
    )
    places = parser.add_mutually_exclusive_group()
    places.add_argument(
        "--stride",
        type=int,
        default=0,
        metavar="PX",
        help="from one window of the grid to the next (default: the size)",
    )
    places.add_argument(
        "--count",
        type=int,
        default=0,
        metavar="N",
        help="so many windows of each page at random places, instead of a grid",
    )
    parser.add_argument(
        "--augment",
        action="store_true",
        help="turn, scale and age the windows at random, as in training",
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=_DEFAULTS["seed"],
        metavar="N",
        help=f"of all that is random (default {_DEFAULTS['seed']})",
    )
    parser.add_argument(
        "--jobs",
        type=int,
        default=0,
        metavar="N",
        help="processes at the same time (default: one on each core)",
    )
    parser.add_argument("--json", action="store_true", help="tell the result as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """Cut the pages and return the exit code."""
    numbers = {name: getattr(options, name) for name in _DEFAULTS}
    settings = WindowSettings(**numbers)
    request = PrepareRequest(options.data, options.out, settings, max(options.jobs, 0))

    def report(progress: Progress) -> None:
        done = progress.partial
        if isinstance(done, PageWindows) and done.error is not None:
            terminal.error(done.error, done.name)
        terminal.report(progress)

    started = time.monotonic()
    with stoppable() as cancel:
        results = prepare_windows(request, cancel=cancel, report=report)
    seconds = time.monotonic() - started
    failed = [result for result in results if result.error is not None]
    if options.json:
        terminal.json(_summary(results, seconds))
    parts = [f"{sum(r.made for r in results)} windows made"]
    kept = sum(r.kept for r in results)
    if kept:
        parts.append(f"{kept} there already")
    parts.append(f"{len(results) - len(failed)} pages")
    if failed:
        parts.append(f"{len(failed)} failed")
    terminal.note(f"{', '.join(parts)}, {seconds:.1f} s.")
    return max((r.error.exit_code for r in failed if r.error), default=0)


def _summary(results: Sequence[PageWindows], seconds: float) -> dict[str, Any]:
    pages = [
        {
            "name": result.name,
            "made": result.made,
            "kept": result.kept,
            "error": None if result.error is None else str(result.error),
        }
        for result in results
    ]
    total = {
        "made": sum(result.made for result in results),
        "kept": sum(result.kept for result in results),
        "failed": sum(result.error is not None for result in results),
    }
    return {**total, "seconds": round(seconds, 3), "pages": pages}
