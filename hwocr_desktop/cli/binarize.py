"""``hwocr binarize``: scans in, black and white pictures out."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from hwocr_desktop.app.batch import Outcome
from hwocr_desktop.app.batch_ink import KIND_OF, BinarizeFilesRequest, binarize_files
from hwocr_desktop.app.model_choice import choose_cleaning
from hwocr_desktop.cli.outcomes import exit_code, note_outcome, note_summary, summary
from hwocr_desktop.cli.terminal import Terminal, stoppable
from hwocr_desktop.core.document.document import Cleaning
from hwocr_desktop.core.errors import BadRequest
from hwocr_desktop.core.pixels.ink_files import INK_FORMATS, InkFormat
from hwocr_desktop.core.pixels.offline_methods import OFFLINE_METHODS
from hwocr_desktop.core.pixels.thresholding import LOCAL_METHODS, METHODS
from hwocr_desktop.core.progress import Progress
from hwocr_desktop.ml.binarizer import ORIENTATIONS


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
        help=f"{', '.join(METHODS)}, or a model; the default is an installed model, "
        "see “hwocr models”; also, slowly and with the library doxapy: "
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
        default=0,
        metavar="PX",
        help=f"side of the neighborhood of {', '.join(LOCAL_METHODS)}",
    )
    parser.add_argument(
        "--k",
        type=float,
        metavar="K",
        help=f"sensitivity of {', '.join(LOCAL_METHODS)}",
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
    method = choose_cleaning(options.model, prefer_network=True)
    request = BinarizeFilesRequest(
        tuple(options.paths),
        options.out,
        Cleaning(method, options.cut, options.window, options.k, options.orientations),
        options.ink_map,
        options.force,
        _format(options),
    )

    def report(progress: Progress) -> None:
        if isinstance(progress.partial, Outcome):
            note_outcome(terminal, progress.partial)
        else:
            terminal.report(progress)

    started = time.monotonic()
    with stoppable() as cancel:
        outcomes = binarize_files(request, cancel=cancel, report=report)
    seconds = time.monotonic() - started
    if options.json:
        nothing: list[dict[str, Any]] = [{} for _ in outcomes]
        terminal.json({"model": method, **summary(outcomes, nothing, seconds)})
    note_summary(terminal, outcomes, seconds)
    return exit_code(outcomes)


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
