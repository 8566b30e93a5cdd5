"""``hwocr evaluate layout``: how well the lines of pages are found."""

from __future__ import annotations

import argparse
import csv
import io
from pathlib import Path
from typing import Any

from hwocr_desktop.app.layout_evaluation import (
    LayoutItem,
    LayoutReport,
    evaluate_layout,
)
from hwocr_desktop.app.model_choice import CLASSICAL, choose_cleaning, choose_layout
from hwocr_desktop.cli.evaluate_ink import PLACES
from hwocr_desktop.cli.side_files import check_picture, check_table, write_picture
from hwocr_desktop.cli.terminal import Terminal, stoppable
from hwocr_desktop.core import atomic
from hwocr_desktop.core.document.document import Cleaning
from hwocr_desktop.core.errors import BadRequest
from hwocr_desktop.core.pixels.imaging import load_scan
from hwocr_desktop.core.pixels.layout_sheet import PageShown, layout_sheet
from hwocr_desktop.core.settings import DECODERS, Decoder, load_settings
from hwocr_desktop.core.text.text_metrics import ErrorRate
from hwocr_desktop.ml import registry

ABOUT_LAYOUT = (
    "Find the lines of pages and compare them with those of PAGE XML beside them: "
    "baselines as the cBAD competitions do, outlines by an overlap of one half, and "
    "the order of lines. Lines marked as printed or without text count neither for "
    "nor against, nor does what is found in regions without lines; the figures near "
    "the truth leave out what is farther from its lines than a line. Figures are means "
    "over pages."
)

WORST = 12
"""Pages on a sheet."""


def add_layout_options(part: argparse.ArgumentParser) -> None:
    """Add how lines are found, and how the figures are shown."""
    part.add_argument(
        "--model",
        default="",
        metavar="ID|classical",
        help="what finds the lines: a model, or ridges of the ink alone; the default "
        "is what reading uses",
    )
    part.add_argument(
        "--clean",
        default="",
        metavar="METHOD|MODEL",
        help="how the ink is found in which lines are found",
    )
    part.add_argument(
        "--read-with",
        default="",
        metavar="ID",
        help="line model that reads each page on found and on true lines: the "
        "difference is what finding the lines costs",
    )
    part.add_argument(
        "--decoder",
        choices=DECODERS,
        help="how --read-with makes its text; the default is what reading uses",
    )
    part.add_argument(
        "--csv", type=Path, metavar="FILE", help="write the figures as a table too"
    )
    part.add_argument(
        "--sheet",
        type=Path,
        metavar="FILE",
        help=f"draw the worst {WORST} pages with true and found baselines on a PNG",
    )


def run_layout(options: argparse.Namespace, terminal: Terminal) -> int:
    """Measure the finding of lines and tell the figures."""
    model = choose_layout(options.model)
    clean = options.clean and choose_cleaning(options.clean)
    if options.write_card and model == CLASSICAL:
        raise BadRequest(
            "What finds the lines is a method, not a model, and has no card.",
            "Leave --write-card out.",
        )
    if options.decoder and not options.read_with:
        raise BadRequest(
            "Nothing is read, so that a decoder is of no use.",
            "Name a line model with --read-with, or leave --decoder away.",
        )
    decoder = options.decoder or load_settings().decoder
    check_table(options.csv)
    check_picture(options.sheet)
    with stoppable() as cancel:
        result = evaluate_layout(
            options.data,
            model=model,
            cleaning=Cleaning(clean) if clean else None,
            read_with=options.read_with,
            decoder=decoder,
            cancel=cancel,
            report=terminal.report,
        )
    terminal.clear_bar()
    if options.csv is not None:
        atomic.write_text(options.csv, _table(result))
    if options.sheet is not None:
        worst = sorted(result.items, key=lambda item: item.scores.f)[:WORST]
        write_picture(options.sheet, layout_sheet([_shown(i) for i in worst]))
    if options.write_card:
        figures = _flat(layout_entry(result, decoder))
        card = registry.card(model, "find-lines")
        registry.update_metrics(card, {options.write_card: figures})
    if options.json:
        terminal.json(layout_entry(result, decoder))
    else:
        _tell(result, terminal)
    return 0


def _flat(entry: dict[str, Any]) -> dict[str, Any]:
    """Return the figures of all pages with one name each, as cards have them."""
    flat: dict[str, Any] = {}
    for name, value in entry.items():
        if isinstance(value, dict):
            flat |= {f"{name}_{part}": number for part, number in value.items()}
        elif name != "per_page":
            flat[name] = value
    return flat


def layout_entry(result: LayoutReport, decoder: Decoder) -> dict[str, Any]:
    """Return the figures under the keys that scripts rely on; shares are 0..1.

    Parameters
    ----------
    result : LayoutReport
    decoder : "greedy", "beam" or "word-beam"
        How pages were read, if they were.
    """
    scores, near, outlines = result.scores, result.near, result.outlines
    entry: dict[str, Any] = {
        "pages": len(result.items),
        "baseline": _three(scores.precision, scores.recall, scores.f),
        "baseline_near": _three(near.precision, near.recall, near.f),
        "polygon": _three(outlines.precision, outlines.recall, outlines.f),
        "merges": scores.merges,
        "splits": scores.splits,
        "order_tau": None if result.order is None else round(result.order, PLACES),
        "seconds_per_page": round(result.seconds_per_page, PLACES),
    }
    if result.read_found is not None and result.read_true is not None:
        entry["decoder"] = decoder
        entry["cer_found_lines"] = round(result.read_found.percent, PLACES)
        entry["cer_true_lines"] = round(result.read_true.percent, PLACES)
        entry["cer_found_lines_in_true_order"] = _percent(result.read_in_order)
        entry["cer_found_lines_described"] = _percent(result.read_described)
    entry["per_page"] = [_page_entry(item) for item in result.items]
    return entry


def _three(precision: float, recall: float, f: float) -> dict[str, float]:
    return {
        "precision": round(precision, PLACES),
        "recall": round(recall, PLACES),
        "f": round(f, PLACES),
    }


def _page_entry(item: LayoutItem) -> dict[str, Any]:
    return {
        "name": item.page.name,
        **_three(item.scores.precision, item.scores.recall, item.scores.f),
        "merges": item.scores.merges,
        "splits": item.scores.splits,
        "found": item.outlines.found,
        "true": item.outlines.true,
        "same_outline": item.outlines.matched,
        "order_tau": None if item.order is None else round(item.order, PLACES),
        "seconds": round(item.seconds, PLACES),
        "cer_found_lines": _percent(item.read_found),
        "cer_true_lines": _percent(item.read_true),
        "cer_found_lines_in_true_order": _percent(item.read_in_order),
        "cer_found_lines_described": _percent(item.read_described),
    }


def _percent(rate: ErrorRate | None) -> float | None:
    return None if rate is None else round(rate.percent, PLACES)


def _table(result: LayoutReport) -> str:
    rows = [_page_entry(item) for item in result.items]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _tell(result: LayoutReport, terminal: Terminal) -> None:
    head = ("page", "precision", "recall", "F", "merges", "splits", "found", "true")
    rows = [
        (
            item.page.name,
            *(
                f"{100 * value:.1f}"
                for value in (item.scores.precision, item.scores.recall, item.scores.f)
            ),
            str(item.scores.merges),
            str(item.scores.splits),
            str(item.outlines.found),
            str(item.outlines.true),
        )
        for item in result.items
    ]
    terminal.table(head, rows)
    scores, outlines = result.scores, result.outlines
    terminal.say(
        f"baselines: precision {100 * scores.precision:.1f} %, recall "
        f"{100 * scores.recall:.1f} %, F {100 * scores.f:.1f} %; "
        f"{scores.merges} merged, {scores.splits} split"
    )
    terminal.say(
        f"baselines near the truth: precision {100 * result.near.precision:.1f} %, "
        f"F {100 * result.near.f:.1f} %"
    )
    terminal.say(
        f"outlines: precision {100 * outlines.precision:.1f} %, recall "
        f"{100 * outlines.recall:.1f} %"
    )
    if result.order is not None:
        terminal.say(f"order: {result.order:.3f} (1 is the order of the truth)")
    rates = (
        result.read_found,
        result.read_in_order,
        result.read_described,
        result.read_true,
    )
    if None not in rates:
        found, in_order, described, true = (
            f"{rate.percent:.1f} %" for rate in rates if rate
        )
        terminal.say(
            f"wrong characters: {found} on found lines ({in_order} if they are put in "
            f"the order of the truth, {described} if those that it does not describe "
            f"are left out, too), {true} on true lines"
        )
    terminal.say(f"{result.seconds_per_page:.2f} seconds a page")


def _shown(item: LayoutItem) -> PageShown:
    return PageShown(
        f"{item.page.name}: precision {100 * item.scores.precision:.0f}, recall "
        f"{100 * item.scores.recall:.0f}",
        load_scan(item.page.image, item.page.frame).gray,
        [shape.baseline for shape in item.page.beside],
        [shape.baseline for shape in item.found],
        [shape.baseline for shape in item.aside],
    )
