"""``hwocr evaluate``: how good a method or model is, on data with a truth.

With ``--json`` one object goes to standard output and nothing else; scripts rely on
its keys. Percentages are 0 to 100 (error rates may go beyond).
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from hwocr_desktop.cli.evaluate_ink import ABOUT_INK, add_ink_options, run_ink
from hwocr_desktop.cli.evaluate_layout import (
    ABOUT_LAYOUT,
    add_layout_options,
    run_layout,
)
from hwocr_desktop.cli.evaluate_text import (
    ABOUT_LINES,
    ABOUT_PAGES,
    ABOUT_WORDS,
    add_lines_options,
    add_pages_options,
    run_lines,
    run_pages,
)
from hwocr_desktop.cli.learning_curve import add_curve_parser

_KINDS = {
    "binarizer": (ABOUT_INK, add_ink_options, run_ink),
    "lines": (ABOUT_LINES, add_lines_options, run_lines),
    "words": (ABOUT_WORDS, add_lines_options, run_lines),
    "pages": (ABOUT_PAGES, add_pages_options, run_pages),
    "layout": (ABOUT_LAYOUT, add_layout_options, run_layout),
}

_HELP = {"binarizer": "measure cleaning", "layout": "measure the finding of lines"}


def add_parser(commands: Any, name: str, common: argparse.ArgumentParser) -> None:
    """Describe the command and its kinds."""
    parser = commands.add_parser(
        name,
        parents=[common],
        help="measure methods and models",
        description="Measure a method or a model on data whose truth is known.",
    )
    kinds = parser.add_subparsers(
        metavar="binarizer|lines|words|pages|layout|learning-curve", required=True
    )
    for kind, (about, add_options, run) in _KINDS.items():
        part = kinds.add_parser(
            kind,
            parents=[common],
            help=_HELP.get(kind, f"measure on {kind}"),
            description=about,
        )
        part.add_argument(
            "--data", type=Path, required=True, metavar="FOLDER", help="what to use"
        )
        add_options(part)
        part.add_argument(
            "--write-card",
            default="",
            metavar="NAME",
            help="write the figures into the model's card under this name of the data",
        )
        part.add_argument("--json", action="store_true", help="tell it as JSON")
        part.set_defaults(run=run)
    add_curve_parser(kinds, common)
