"""``hwocr binarize``: scans in, black and white pictures out."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from hwocr_desktop.app.batch import Outcome
from hwocr_desktop.app.batch_ink import KIND_OF, BinarizeFilesRequest, binarize_files
from hwocr_desktop.app.model_choice import choose_cleaning
from hwocr_desktop.app.offline_cleaning import NO_MODELS
from hwocr_desktop.cli.outcomes import (
    exit_code,
    note_foreign,
    note_outcome,
    note_summary,
    summary,
    told_if_stopped,
)
from hwocr_desktop.cli.terminal import Terminal, stoppable
from hwocr_desktop.core.document.document import Cleaning
from hwocr_desktop.core.errors import BadRequest
from hwocr_desktop.core.pixels.ink_files import INK_FORMATS, InkFormat
from hwocr_desktop.core.pixels.offline_methods import OFFLINE_METHODS
from hwocr_desktop.core.pixels.thresholding import LOCAL_METHODS, METHODS
from hwocr_desktop.core.progress import Progress
from hwocr_desktop.ml.binarizer import ORIENTATIONS

MOST_WINDOW = 999
"""As in the window: larger neighborhoods only take longer."""

# Which methods of doxapy listen to what.
_OFFLINE_WITH_K = ("niblack", "gatos", "trsingh", "wan")
_OFFLINE_WITH_WINDOW = (*_OFFLINE_WITH_K, "bernsen", "su")


def add_parser(commands: Any, name: str, common: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        name,
        parents=[common],
        help="clean scans into black and white",
        description="Turn scans into PNG or TIFF of 1 bit, ink black, with the scan's "
        "resolution. Folders within folders are kept. Scans are never changed. "
        "A run that was stopped goes on where it was: what is there already, made in "
        "the same way of the same scan, is skipped. A picture of another scan, or of "
        "the scan before it was changed, is replaced with --force only.",
    )
    parser.add_argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="FILE|FOLDER",
        help="scans, and folders of scans",
    )
    parser.add_argument(
        "-o",
        "--out",
        type=Path,
        required=True,
        metavar="OUT",
        help="folder for the pictures, or the PNG or TIFF file for a single page",
    )
    parser.add_argument(
        "--model",
        default="",
        metavar="ID|METHOD",
        help=f"{', '.join(METHODS)}, or a model, see “hwocr models”; the default is "
        "what the window's settings say; also, slowly and with the library doxapy: "
        f"{', '.join(OFFLINE_METHODS)}",
    )
    parser.add_argument(
        "--cut",
        type=int,
        metavar="N",
        help="ink is what the ink map calls N or more, 1 (much ink) to 255 (little); "
        "the default is the method's own",
    )
    parser.add_argument(
        "--window",
        type=int,
        metavar="PX",
        help=f"side of the neighborhood of {', '.join(LOCAL_METHODS)}, 3 to "
        f"{MOST_WINDOW}; also of {', '.join(_OFFLINE_WITH_WINDOW)}",
    )
    parser.add_argument(
        "--k",
        type=float,
        metavar="K",
        help=f"sensitivity of {', '.join(LOCAL_METHODS)}, -1 to 1; also of "
        f"{', '.join(_OFFLINE_WITH_K)}",
    )
    parser.add_argument(
        "--orientations",
        type=int,
        choices=ORIENTATIONS,
        default=0,
        metavar="N",
        help="in how many ways a model looks at the page, 1, 4 or 8: the more, the "
        "slower and the better; the default is the model's own",
    )
    parser.add_argument(
        "--format",
        choices=INK_FORMATS,
        help="tiff is compressed as CCITT Group 4; the default is what the name of a "
        "single file says, else png",
    )
    parser.add_argument(
        "--ink-map",
        action="store_true",
        help="write the ink map too, NAME.ink.png: the darker the surer",
    )
    parser.add_argument(
        "--force", action="store_true", help="make anew what is there already"
    )
    parser.add_argument("--json", action="store_true", help="tell the result as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """Clean the files and return the exit code."""
    if options.cut is not None and not 1 <= options.cut <= 255:
        raise BadRequest(
            f"The cut {options.cut} is out of range.", "Choose a cut from 1 to 255."
        )
    method = choose_cleaning(options.model, methods=NO_MODELS)
    _check_parameters(options, method)
    request = BinarizeFilesRequest(
        tuple(options.paths),
        options.out,
        Cleaning(
            method,
            options.cut,
            options.window or 0,
            options.k,
            options.orientations,
        ),
        options.ink_map,
        options.force,
        _format(options),
    )

    seen: list[Outcome] = []

    def report(progress: Progress) -> None:
        if isinstance(progress.partial, Outcome):
            seen.append(progress.partial)
            note_outcome(terminal, progress.partial)
        else:
            terminal.report(progress)

    started = time.monotonic()
    with told_if_stopped(terminal, seen, options.out), stoppable() as cancel:
        outcomes = binarize_files(request, cancel=cancel, report=report)
    seconds = time.monotonic() - started
    if options.json:
        nothing: list[dict[str, Any]] = [{} for _ in outcomes]
        terminal.json({"model": method, **summary(outcomes, nothing, seconds)})
    note_foreign(terminal, outcomes)
    note_summary(terminal, outcomes, seconds)
    if not options.model and any(outcome.error is None for outcome in outcomes):
        terminal.note(f"Cleaned with {method}; --model takes another.")
    return exit_code(outcomes)


def _check_parameters(options: argparse.Namespace, method: str) -> None:
    """Refuse what the method does not know, and what is out of range.

    Raises
    ------
    BadRequest
        Rather than to do another thing than was asked for.
    """
    with_window = (*LOCAL_METHODS, *_OFFLINE_WITH_WINDOW)
    if options.window is not None and method not in with_window:
        raise _without_effect("--window", method, ", ".join(with_window))
    with_k = (*LOCAL_METHODS, *_OFFLINE_WITH_K)
    if options.k is not None and method not in with_k:
        raise _without_effect("--k", method, ", ".join(with_k))
    if options.orientations and method in NO_MODELS:
        raise _without_effect("--orientations", method, "models")
    if options.k is not None and not -1 <= options.k <= 1:
        raise BadRequest(
            f"The sensitivity {options.k:g} is out of range.",
            "Choose a sensitivity between -1 and 1.",
        )
    # The others have a range of their own, and tell it.
    is_local = options.window is not None and method in LOCAL_METHODS
    if is_local and not 3 <= options.window <= MOST_WINDOW:
        raise BadRequest(
            f"The window {options.window} is out of range.",
            f"Choose a window of 3 to {MOST_WINDOW} pixels.",
        )


def _without_effect(option: str, method: str, for_whom: str) -> BadRequest:
    return BadRequest(
        f"The option {option} means nothing to {method}.",
        f"Leave it out, or choose what it is for with --model: {for_whom}.",
    )


def _format(options: argparse.Namespace) -> InkFormat:
    """Return the format that was asked for, by name or by the name of a file."""
    named = None if options.out.is_dir() else KIND_OF.get(options.out.suffix.lower())
    wanted: InkFormat | None = options.format
    if wanted is not None and named is not None and wanted != named:
        raise BadRequest(
            f"“{options.out.name}” is no name for a file of the format {wanted}.",
            "Give the file another ending, or leave --format out.",
        )
    return wanted or named or "png"
