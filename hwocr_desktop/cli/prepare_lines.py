"""``hwocr prepare words`` and ``hwocr prepare lines``: to learn reading from."""

from __future__ import annotations

import argparse
import time
from dataclasses import fields
from pathlib import Path
from typing import Any

from hwocr_desktop.app.line_preparation import (
    PrepareLinesRequest,
    PrepareWordsRequest,
    prepare_lines,
    prepare_words,
)
from hwocr_desktop.app.model_choice import choose_line_model
from hwocr_desktop.cli.terminal import Terminal, stoppable
from hwocr_desktop.ml.training.synthetic_texts import CONTENTS
from hwocr_desktop.ml.training.word_cutting import LEAST_SCORE

_DEFAULTS = {item.name: item.default for item in fields(PrepareLinesRequest)}


def add_words(kinds: Any, common: argparse.ArgumentParser) -> None:
    """Describe ``hwocr prepare words``."""
    parser = kinds.add_parser(
        "words",
        parents=[common],
        help="transcribed lines, cut into words",
        description="Cut transcribed lines into words where a line model sees their "
        "letters stand, and write the words of each set of lines with labels.tsv to "
        "OUT/SET. Words that the model cannot find in their line are dropped. Words "
        "to measure on come from other pages than words to learn from.",
    )
    parser.add_argument(
        "--data",
        nargs="+",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="transcribed lines, as for “hwocr train lines”",
    )
    parser.add_argument(
        "--model",
        default="",
        metavar="ID",
        help="line model that reads such hands, see “hwocr models”",
    )
    add_out(parser)
    parser.add_argument(
        "--least",
        type=float,
        default=LEAST_SCORE,
        metavar="S",
        help="drop words of a lower score, 0 to 1; 1 keeps only what the model reads "
        f"right anyway (default {LEAST_SCORE})",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="read each word again by itself and tell how many read as their text",
    )
    parser.add_argument("--json", action="store_true", help="tell the result as JSON")
    parser.set_defaults(run=_run_words)


def add_lines(kinds: Any, common: argparse.ArgumentParser) -> None:
    """Describe ``hwocr prepare lines``."""
    parser = kinds.add_parser(
        "lines",
        parents=[common],
        help="lines, words or names drawn with handwriting fonts",
        description="Draw lines of handwriting with fonts, 64 pixels high as lines cut "
        "out of pages are, and write them with labels.tsv. The same options and fonts "
        "draw the same lines. Mind the licenses of fonts and texts.",
    )
    parser.add_argument(
        "--fonts",
        nargs="+",
        type=Path,
        required=True,
        metavar="FILE",
        help="handwriting fonts: TrueType, OpenType or WOFF",
    )
    parser.add_argument(
        "--text",
        nargs="+",
        type=Path,
        default=[],
        metavar="FILE",
        help="plain texts in UTF-8 that are written; not needed for names",
    )
    parser.add_argument(
        "--content",
        choices=CONTENTS,
        default=_DEFAULTS["content"],
        help="pieces of the texts, single words of them, or names of people and "
        f"places (default {_DEFAULTS['content']})",
    )
    add_out(parser)
    parser.add_argument(
        "--count",
        type=int,
        default=_DEFAULTS["count"],
        metavar="N",
        help=f"lines to draw (default {_DEFAULTS['count']})",
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=_DEFAULTS["seed"],
        metavar="N",
        help=f"of all that is random (default {_DEFAULTS['seed']})",
    )
    parser.add_argument("--json", action="store_true", help="tell the result as JSON")
    parser.set_defaults(run=_run_lines)


def add_out(parser: argparse.ArgumentParser) -> None:
    """Add where the pictures go."""
    parser.add_argument(
        "-o", "--out", type=Path, required=True, metavar="OUT", help="a new folder"
    )


def _run_words(options: argparse.Namespace, terminal: Terminal) -> int:
    request = PrepareWordsRequest(
        tuple(options.data),
        choose_line_model(options.model),
        options.out,
        options.least,
        options.check,
    )
    started = time.monotonic()
    with stoppable() as cancel:
        result = prepare_words(request, cancel=cancel, report=terminal.report)
    seconds = time.monotonic() - started
    if options.json:
        told: dict[str, Any] = {
            "lines": result.lines,
            "left_out": [str(item) for item in result.left_out],
            "kept": result.kept,
            "dropped": result.dropped,
            "seconds": round(seconds, 3),
        }
        if options.check:
            told |= {"same": result.same, "cer": round(result.characters.percent, 2)}
        terminal.json(told)
    parts = [
        f"{result.kept} words of {result.lines} lines",
        f"{result.dropped} dropped",
    ]
    if result.left_out:
        parts.append(f"{len(result.left_out)} lines left out")
    if options.check:
        share = 100 * result.same / max(result.kept, 1)
        parts.append(f"{share:.1f} % read as their text")
    terminal.note(f"{', '.join(parts)}, {seconds:.1f} s.")
    return 0


def _run_lines(options: argparse.Namespace, terminal: Terminal) -> int:
    request = PrepareLinesRequest(
        tuple(options.fonts),
        tuple(options.text),
        options.out,
        options.content,
        options.count,
        options.seed,
    )
    started = time.monotonic()
    with stoppable() as cancel:
        made = prepare_lines(request, cancel=cancel, report=terminal.report)
    seconds = time.monotonic() - started
    if options.json:
        terminal.json({"made": made, "seconds": round(seconds, 3)})
    terminal.note(f"{made} lines drawn, {seconds:.1f} s.")
    return 0
