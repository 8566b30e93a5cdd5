"""``hwocr evaluate binarizer``: how well methods and models clean.

With ``--json`` one method gives one object, whose keys scripts rely on; several give
``{"models": [...]}`` with such an object for each.
"""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hwocr_desktop.app.ink_evaluation import (
    InkReport,
    PageCleaned,
    PairLeftOut,
    TruthDoubted,
    evaluate_binarizers,
)
from hwocr_desktop.app.offline_cleaning import NO_MODELS
from hwocr_desktop.cli.side_files import check_picture, check_table, write_picture
from hwocr_desktop.cli.terminal import Terminal, stoppable
from hwocr_desktop.core import atomic
from hwocr_desktop.core.errors import BadRequest
from hwocr_desktop.core.pixels.contact_sheet import ContactSheet
from hwocr_desktop.core.pixels.image_metrics import InkScores
from hwocr_desktop.core.pixels.offline_methods import OFFLINE_METHODS
from hwocr_desktop.core.pixels.thresholding import METHODS
from hwocr_desktop.core.progress import Progress
from hwocr_desktop.ml import registry

PLACES = 4
"""Decimal places of figures."""

ABOUT_INK = (
    "Compare cleaned pages with pictures of their ink, each method at its own cut. "
    "FOLDER holds pairs of scan and ink: images/ and gt/ with the same names, folders "
    "that hold these, the contests' own folders, or NAME.png beside NAME_gt.png. The "
    "mean counts each page the same."
)

_HEAD = ("F %", "pseudo-F %", "PSNR dB", "DRD")


def add_ink_options(part: argparse.ArgumentParser) -> None:
    """Add what is to be measured and how it is shown."""
    part.add_argument(
        "--model",
        required=True,
        nargs="+",
        metavar="ID|METHOD",
        help=f"one or more of {', '.join(METHODS)}, and models; “all” for every one; "
        f"also, slowly and with the library doxapy: {', '.join(OFFLINE_METHODS)}",
    )
    part.add_argument(
        "--csv", type=Path, metavar="FILE", help="write the figures as a table too"
    )
    part.add_argument(
        "--contact-sheet",
        type=Path,
        metavar="FILE",
        help="draw scans, truths, results and errors on one PNG, or on several "
        "(FILE-2.png, ...) for very many pages",
    )


def run_ink(options: argparse.Namespace, terminal: Terminal) -> int:
    """Measure and tell the figures."""
    if options.write_card and all(name in NO_MODELS for name in options.model):
        raise BadRequest(
            f"{options.model[0]} is a method, not a model, and has no card.",
            "Leave --write-card out, or name a model.",
        )
    check_table(options.csv)
    check_picture(options.contact_sheet)
    sheet = ContactSheet()
    left_out: list[PairLeftOut] = []

    def report(progress: Progress) -> None:
        terminal.report(progress)
        done = progress.partial
        if isinstance(done, PairLeftOut):
            left_out.append(done)
            terminal.note(f"{done.name} is left out: {done.error}")
        if isinstance(done, TruthDoubted):
            terminal.note(f"The truth of {done.name} {done.why}")
        if options.contact_sheet is not None and isinstance(done, PageCleaned):
            f_measure = done.page.scores.f_measure
            pixels = (done.gray, done.binary, done.truth)
            sheet.add(done.page.name, done.model, f_measure, *pixels)

    with stoppable() as cancel:
        results = evaluate_binarizers(
            options.data, options.model, cancel=cancel, report=report
        )
    terminal.clear_bar()
    for result in results:
        if options.write_card and result.model not in NO_MODELS:
            card = registry.card(result.model, "binarize")
            figures = {**_rounded(asdict(result.mean)), "images": len(result.pages)}
            registry.update_metrics(card, {options.write_card: figures})
    if options.csv is not None:
        atomic.write_text(options.csv, ink_csv(results))
    if options.contact_sheet is not None:
        _write_sheets(options.contact_sheet, sheet)
    if options.json:
        entries = [binarizer_entry(result) for result in results]
        # What several were asked for gives a list, even if "all" is just one.
        is_one = len(options.model) == 1 and len(entries) == 1
        terminal.json(entries[0] if is_one else {"models": entries})
    else:
        _tell(results, terminal)
    return max((fault.error.exit_code for fault in left_out), default=0)


def _tell(results: Sequence[InkReport], terminal: Terminal) -> None:
    """Print a table: by page, then the means."""
    if len(results) == 1:
        (result,) = results
        rows = [(page.name, *_score_cells(page.scores)) for page in result.pages]
        rows.append(("mean", *_score_cells(result.mean)))
        terminal.table(("page", *_HEAD), rows)
        terminal.say(f"{result.megapixels_per_second:.2f} megapixels a second")
        return
    # All methods of a page below each other: that is what is compared.
    table = [
        (page.name, result.model, *_score_cells(page.scores), "")
        for pages in zip(*(result.pages for result in results), strict=True)
        for page, result in zip(pages, results, strict=True)
    ]
    table += [
        (
            "mean",
            result.model,
            *_score_cells(result.mean),
            f"{result.megapixels_per_second:.2f}",
        )
        for result in results
    ]
    terminal.table(("page", "model", *_HEAD, "Mpx/s"), table)


def binarizer_entry(result: InkReport) -> dict[str, Any]:
    """Return the figures of cleaning under the keys that scripts rely on."""
    return {
        "model": result.model,
        "images": len(result.pages),
        "mean": _rounded(asdict(result.mean)),
        "per_image": [
            {
                "name": page.name,
                **_rounded(asdict(page.scores)),
                "megapixels": round(page.megapixels, PLACES),
                "seconds": round(page.seconds, PLACES),
            }
            for page in result.pages
        ],
        "megapixels_per_second": round(result.megapixels_per_second, PLACES),
    }


def ink_csv(results: Sequence[InkReport]) -> str:
    """Return the figures as CSV: a row for each model and page, one for each mean.

    The rows of means have “mean” in the column ``kind``, the others “page”.
    """
    rows: list[dict[str, Any]] = []
    for result in results:
        entry = binarizer_entry(result)
        first = {"model": result.model}
        rows += [{**first, "kind": "page", **page} for page in entry["per_image"]]
        rows.append({**first, "kind": "mean", "name": "", **entry["mean"]})
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _write_sheets(path: Path, sheet: ContactSheet) -> None:
    for number, data in enumerate(sheet.sheets(), 1):
        name = path.name if number == 1 else f"{path.stem}-{number}{path.suffix}"
        write_picture(path.with_name(name), data)


def _rounded(figures: dict[str, float]) -> dict[str, float]:
    return {name: round(value, PLACES) for name, value in figures.items()}


def _score_cells(scores: InkScores) -> tuple[str, ...]:
    return tuple(f"{value:.2f}" for value in asdict(scores).values())
