"""``hwocr evaluate``: how good a method or model is, on data with a truth.

With ``--json`` one object goes to standard output and nothing else; scripts rely on
its keys. Percentages are 0 to 100 (error rates may go beyond).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hwocr_desktop.app.evaluation import (
    TextCompared,
    TextReport,
    evaluate_lines,
    evaluate_pages,
)
from hwocr_desktop.cli.evaluate_ink import ABOUT_INK, add_ink_options, run_ink
from hwocr_desktop.cli.learning_curve import add_curve_parser
from hwocr_desktop.cli.read import add_reading_options
from hwocr_desktop.cli.terminal import Terminal, stoppable
from hwocr_desktop.core.document.document import Cleaning
from hwocr_desktop.core.progress import CancelToken
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.recognizer import DECODERS
from hwocr_desktop.ml.registry import Task

PLACES = 4
"""Decimal places of figures."""

_ABOUT = {
    "binarizer": ABOUT_INK,
    "lines": "Read lines and compare with their text. FOLDER holds line images with "
    "labels.tsv (file, tab, text), or page images with PAGE XML, whose lines are then "
    "taken as they are drawn. Printed lines and lines without text are left out. Error "
    "rates are sums of errors over sums of true characters or words.",
    "pages": "Read whole pages, the lines found by the program, and compare with their "
    "text: PAGE XML in the order of the document, or plain .txt, where [?] and what is "
    "struck out [so] are left out. Lines are joined by single spaces, and words that a "
    "line end parts are joined. In PAGE XML, what is read on lines marked as printed "
    "or without text counts neither for nor against.",
}


def add_parser(commands: Any, name: str, common: argparse.ArgumentParser) -> None:
    """Describe the command and its kinds."""
    parser = commands.add_parser(
        name,
        parents=[common],
        help="measure methods and models",
        description="Measure a method or a model on data whose truth is known.",
    )
    kinds = parser.add_subparsers(
        metavar="binarizer|lines|pages|learning-curve", required=True
    )
    for kind, run in _RUN.items():
        part = kinds.add_parser(
            kind,
            parents=[common],
            help=f"measure on {kind}" if kind != "binarizer" else "measure cleaning",
            description=_ABOUT[kind],
        )
        part.add_argument(
            "--data", type=Path, required=True, metavar="FOLDER", help="what to use"
        )
        if kind == "pages":
            add_reading_options(part, is_model_required=True)
        elif kind == "lines":
            part.add_argument("--model", required=True, metavar="ID", help="line model")
            part.add_argument("--decoder", choices=DECODERS, help="how text is made")
        else:
            add_ink_options(part)
        part.add_argument(
            "--write-card",
            default="",
            metavar="NAME",
            help="write the figures into the model's card under this name of the data",
        )
        part.add_argument("--json", action="store_true", help="tell it as JSON")
        part.set_defaults(run=run)
    add_curve_parser(kinds, common)


def _run_lines(options: argparse.Namespace, terminal: Terminal) -> int:
    def measure(cancel: CancelToken) -> TextReport:
        return evaluate_lines(
            options.data,
            options.model,
            decoder=options.decoder or "greedy",
            cancel=cancel,
            report=terminal.report,
        )

    return _run_text(options, terminal, measure, lines_entry, "lines")


def _run_pages(options: argparse.Namespace, terminal: Terminal) -> int:
    # Not what the settings say: figures must not depend on who measures.
    cleaning = Cleaning(method=options.clean) if options.clean else Cleaning()

    def measure(cancel: CancelToken) -> TextReport:
        return evaluate_pages(
            options.data,
            options.model,
            decoder=options.decoder or "greedy",
            cleaning=cleaning,
            cancel=cancel,
            report=terminal.report,
        )

    return _run_text(options, terminal, measure, pages_entry, "pages")


_RUN = {"binarizer": run_ink, "lines": _run_lines, "pages": _run_pages}


def _run_text(
    options: argparse.Namespace,
    terminal: Terminal,
    measure: Callable[[CancelToken], TextReport],
    entry: Callable[[TextReport], dict[str, Any]],
    what: str,
) -> int:
    """Measure a line model and tell the figures."""
    with stoppable() as cancel:
        result = measure(cancel)
    terminal.clear_bar()
    figures: dict[str, Any] = {"cer": round(result.cer.percent, 2)}
    figures |= {"wer": round(result.wer.percent, 2), what: len(result.items)}
    if result.decoder != "greedy":
        figures["decoder"] = result.decoder
    _write_card(options, "recognize-lines", figures)
    if options.json:
        terminal.json(entry(result))
        return 0
    parts = {**result.by_set(), "all": result}
    rows = [
        (
            name or ".",
            str(len(part.items)),
            str(part.cer.total),
            f"{part.cer.percent:.2f}",
            f"{part.wer.percent:.2f}",
        )
        for name, part in parts.items()
    ]
    terminal.table(("set", what, "characters", "CER %", "WER %"), rows)
    count = len(result.items)
    if what == "lines":
        terminal.say(f"{count / max(result.seconds, 1e-9):.1f} lines a second")
    else:
        terminal.say(f"{result.seconds / count:.1f} seconds a page")
    return 0


def lines_entry(result: TextReport) -> dict[str, Any]:
    """Return the figures of reading lines under the keys that scripts rely on."""
    speed = len(result.items) / max(result.seconds, 1e-9)
    return {
        "model": result.model,
        "decoder": result.decoder,
        "lines": len(result.items),
        **_rates(result),
        "lines_per_second": round(speed, PLACES),
        "sets": {
            name: {"lines": len(part.items), **_rates(part)}
            for name, part in result.by_set().items()
        },
        "per_line": [_compared(item) for item in result.items],
    }


def pages_entry(result: TextReport) -> dict[str, Any]:
    """Return the figures of reading pages under the keys that scripts rely on."""
    return {
        "model": result.model,
        "decoder": result.decoder,
        "pages": len(result.items),
        **_rates(result),
        "seconds_per_page": round(result.seconds / len(result.items), PLACES),
        "per_page": [
            {
                **_compared(item),
                "lines": item.lines,
                "seconds": round(item.seconds, PLACES),
            }
            for item in result.items
        ],
    }


def _rates(result: TextReport) -> dict[str, Any]:
    return {
        "characters": result.cer.total,
        "words": result.wer.total,
        "cer": round(result.cer.percent, PLACES),
        "wer": round(result.wer.percent, PLACES),
    }


def _compared(item: TextCompared) -> dict[str, Any]:
    return {
        "name": item.name,
        "truth": item.truth,
        "read": item.read,
        "errors": item.characters.errors,
        "characters": item.characters.total,
    }


def _write_card(
    options: argparse.Namespace, task: Task, figures: dict[str, Any]
) -> None:
    if options.write_card:
        card = registry.card(options.model, task)
        registry.update_metrics(card, {options.write_card: figures})
