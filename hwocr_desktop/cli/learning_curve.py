"""``hwocr evaluate learning-curve``: how many pages a cleaning network needs."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path
from typing import Any

from hwocr_desktop.app.learning_curve import (
    CurvePoint,
    CurveRequest,
    curve_entry,
    learn_curve,
)
from hwocr_desktop.cli.terminal import Terminal, stoppable
from hwocr_desktop.core.pixels.thresholding import METHODS
from hwocr_desktop.core.plurals import counted
from hwocr_desktop.core.progress import Progress
from hwocr_desktop.ml.networks.sae import DESIGNS

_NUMBERS = {
    "steps": "batches each network learns from",
    "batch": "windows in a batch",
    "window": "side of a window in pixels",
    "learning_rate": "the highest one",
    "seed": "of the choice of pages, the first weights and every window",
    "repeats": "networks for each number, with other pages each time",
}
_DEFAULTS = {item.name: item.default for item in fields(CurveRequest)}


def add_curve_parser(kinds: Any, common: argparse.ArgumentParser) -> None:
    """Describe this kind of measurement."""
    part = kinds.add_parser(
        "learning-curve",
        parents=[common],
        help="measure how many pages a cleaning network needs",
        description="Train a small network on 1, 2, 4, ... pages, always for the same "
        "number of steps, measure each on other pages, and compare with thresholds. "
        "OUT gets curve.png, curve.csv, curve.json and the networks. A run that was "
        "stopped goes on after the last finished network.",
    )
    part.add_argument(
        "--data", type=Path, required=True, metavar="FOLDER", help="to learn from"
    )
    part.add_argument(
        "--test", type=Path, required=True, metavar="FOLDER", help="to measure on"
    )
    part.add_argument(
        "-o", "--out", type=Path, required=True, metavar="OUT", help="folder to write"
    )
    part.add_argument(
        "--pages",
        type=int,
        nargs="+",
        default=[],
        metavar="N",
        help="numbers of pages (default: 1, 2, 4, ... and all)",
    )
    part.add_argument(
        "--model",
        nargs="+",
        default=list(METHODS),
        metavar="ID|METHOD",
        help=f"to compare with (default: {' '.join(METHODS)})",
    )
    part.add_argument(
        "--design",
        choices=sorted(DESIGNS),
        default=_DEFAULTS["design"],
        help=f"shape of the network (default {_DEFAULTS['design']})",
    )
    for name, about in _NUMBERS.items():
        default = _DEFAULTS[name]
        part.add_argument(
            f"--{name.replace('_', '-')}",
            type=type(default),
            default=default,
            metavar="N",
            help=f"{about} (default {default})",
        )
    part.add_argument("--json", action="store_true", help="tell it as JSON")
    part.set_defaults(run=run)


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """Train, measure and tell the figures."""
    request = CurveRequest(
        options.data,
        options.test,
        options.out,
        tuple(options.pages),
        tuple(options.model),
        design=options.design,
        **{name: getattr(options, name) for name in _NUMBERS},
    )

    def report(progress: Progress) -> None:
        point = progress.partial
        if isinstance(point, CurvePoint):
            f_measure = point.scores["f_measure"]
            pages = counted(point.pages, "page")
            terminal.note(f"{pages}: F-measure {f_measure:.2f}")
        terminal.report(progress)

    with stoppable() as cancel:
        curve = learn_curve(request, cancel=cancel, report=report)
    terminal.clear_bar()
    if options.json:
        terminal.json(curve_entry(request, curve))
        return 0
    rows = [(name, "", *_cells(scores)) for name, scores in curve.levels.items()]
    rows += [
        (
            f"{request.design}, seed {point.seed}",
            str(point.pages),
            *_cells(point.scores),
        )
        for point in curve.points
    ]
    head = ("method", "pages", "F %", "pseudo-F %", "PSNR dB", "DRD")
    terminal.table(head, rows)
    terminal.note(f"{request.out / 'curve.png'}")
    return 0


def _cells(scores: dict[str, float]) -> tuple[str, ...]:
    return tuple(f"{value:.2f}" for value in scores.values())
