"""``hwocr train layout``: a model that finds lines."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from hwocr_desktop.app.layout_learning import LearnLayoutRequest
from hwocr_desktop.app.model_choice import choose_cleaning
from hwocr_desktop.cli.teach_layout import add_layout_teaching_options
from hwocr_desktop.cli.train_options import (
    NOT_STATED,
    add_card_options,
    add_numbers,
    base_model,
    given_numbers,
)
from hwocr_desktop.core.document.document import Cleaning
from hwocr_desktop.core.errors import BadRequest
from hwocr_desktop.ml.training.layout_training import (
    LayoutSettings,
    TrainLayoutRequest,
)

_NUMBERS = {
    "steps": "batches to learn from, at most",
    "minutes": "time, at most, over all resumed runs; 0 for no limit",
    "batch": "windows in a batch",
    "learning_rate": "the highest one",
    "evaluate_every": "batches between measurements",
    "patience": "measurements without gain before stopping",
    "seed": "of all randomness",
}


def add_layout_options(part: argparse.ArgumentParser) -> None:
    """Add what the network learns from and what its card says."""
    for name, what in (
        ("--data", "folders of page images with PAGE XML, to learn from"),
        ("--held-out", "the same to measure and choose by, of other pages"),
    ):
        part.add_argument(
            name, nargs="+", type=Path, default=[], metavar="DIR", help=what
        )
    part.add_argument(
        "--clean",
        default="",
        metavar="METHOD|MODEL",
        help="how pages become ink, as they will in use",
    )
    add_card_options(part, "where the checkpoint is kept; default OUT.training")
    add_numbers(part, LayoutSettings, _NUMBERS)
    part.add_argument(
        "--base",
        default="",
        metavar="MODEL",
        help="the model to start from; with --from the default is the one in use, "
        "with --data a model's folder will do too",
    )
    add_layout_teaching_options(part)


def layout_request(options: argparse.Namespace) -> LearnLayoutRequest:
    """Return what was asked for.

    Raises
    ------
    BadRequest
        If there are no data or no place for the model.
    BadModel
        If the model to begin from cannot be used.
    """
    if not (options.data and options.held_out and options.out):
        raise BadRequest(
            "Training needs data, held-out data and a place for the model.",
            "Give --data, --held-out and --out; or --from for a project whose lines "
            "were set right.",
        )
    work = options.work or options.out.with_name(f"{options.out.name}.training")
    names = ", ".join(folder.name for folder in options.data)
    return LearnLayoutRequest(
        tuple(options.data),
        tuple(options.held_out),
        TrainLayoutRequest(
            out=options.out,
            run=work,
            settings=LayoutSettings(**given_numbers(options, _NUMBERS)),
            title=options.title or options.out.name,
            summary=options.summary,
            licence=options.licence or NOT_STATED,
            bad_at=options.bad_at,
            trained_on=options.trained_on or names,
            command=shlex.join(options.command_line),
            base=base_model(options.base, "find-lines"),
        ),
        Cleaning(choose_cleaning(options.clean)) if options.clean else None,
    )
