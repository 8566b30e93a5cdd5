"""``hwocr train``: make a model, or teach one a person's corrections.

Ctrl+C ends a run where it can be taken up again: the same command goes on. What is
taught with ``--from`` yields the processor to other programs, as in the window: it is
done beside a person's work. What is trained with ``--data`` does not: it is a machine's
only work for hours, and who wants otherwise has ``nice``.
"""

from __future__ import annotations

import argparse
import json
import shlex
from contextlib import ExitStack
from dataclasses import fields
from pathlib import Path
from typing import Any

from hwocr_desktop.app.layout_learning import learn_layout
from hwocr_desktop.cli.models import card_entry
from hwocr_desktop.cli.side_files import check_log, check_plot
from hwocr_desktop.cli.teach import add_teaching_options, teach
from hwocr_desktop.cli.teach_checks import check_training
from hwocr_desktop.cli.teach_ink import add_ink_teaching_options, teach_ink
from hwocr_desktop.cli.teach_layout import teach_layout
from hwocr_desktop.cli.terminal import Terminal, stoppable
from hwocr_desktop.cli.train_language import add_language_parser
from hwocr_desktop.cli.train_layout import add_layout_options, layout_request
from hwocr_desktop.cli.train_options import (
    NOT_STATED,
    add_card_options,
    add_numbers,
    architecture,
    base_model,
    given_numbers,
    set_factor,
)
from hwocr_desktop.cli.training_log import LivePlot, TrainingLog, told_if_stopped
from hwocr_desktop.core.errors import BadRequest
from hwocr_desktop.core.processes import be_modest
from hwocr_desktop.core.progress import Progress
from hwocr_desktop.ml.networks import crnn
from hwocr_desktop.ml.networks.sae import DESIGNS
from hwocr_desktop.ml.registry import ModelCard
from hwocr_desktop.ml.training.binarizer_training import (
    TrainBinarizerRequest,
    train_binarizer,
)
from hwocr_desktop.ml.training.checkpoint import CHECKPOINT
from hwocr_desktop.ml.training.line_run import FitSettings
from hwocr_desktop.ml.training.line_training import (
    TrainLinesRequest,
    network_to_train,
    train_lines,
)

# Of all options that are plain numbers: what they say, by the name of the field.
_LINE_NUMBERS = {
    "epochs": "passes over the lines, at most",
    "minutes": "time, at most, over all resumed runs; 0 for no limit",
    "learning_rate": "the highest one",
    "columns": "pixels of width in a batch",
    "shortcut": "weight of the second output's loss",
    "ema": "decay a step of the mean of the weights that is kept",
    "augment": "how strongly lines are distorted, 0 to 1",
    "hidden": "share of lines that pieces are taken out of, 0 to 1",
    "spliced": "share of lines that are given the end of another one, 0 to 1, once the "
    "model sees where their words part",
    "near": "lines before and after one that may end it: most likely by the same hand; "
    "0 for all of its folder",
    "of_base": "share of the weights that is taken from --base in the end, 0 to 1; the "
    "mean of both (0.5) often reads better than either",
    "patience": "measurements without gain before stopping; 0 for never",
    "measure_every": "minutes of learning at least between two measurements; 0 "
    "measures after each pass",
    "seed": "of all randomness",
}
_INK_NUMBERS = {
    "steps": "batches to learn from, at most",
    "minutes": "time, at most, over all resumed runs; 0 for no limit",
    "batch": "windows in a batch",
    "window": "side of a window in pixels",
    "learning_rate": "the highest one",
    "as_scanned": "share of windows that are neither scaled nor damaged, 0 to 1",
    "held_out": "share of pages to measure on and not to learn from",
    "evaluate_every": "steps between measurements",
    "patience": "measurements without gain before stopping",
    "orientations": "in how many ways the model looks at each window: 1, 4 or 8",
    "seed": "of the split, the first weights and every window",
}

_DEFAULTS = {item.name: item.default for item in fields(TrainBinarizerRequest)}


def add_parser(commands: Any, name: str, common: argparse.ArgumentParser) -> None:
    """Describe the command and its two kinds."""
    parser = commands.add_parser(
        name,
        parents=[common],
        help="train models, or teach one your corrections",
        description="Train a model. Ctrl+C stops the run; the same command takes it up "
        "again.",
    )
    kinds = parser.add_subparsers(
        metavar="lines|words|binarizer|layout|language", required=True
    )
    _add_lines(
        kinds.add_parser(
            "lines",
            parents=[common],
            help="a model that reads lines",
            description="Train a model that reads lines: from folders of transcribed "
            "lines (--data), or from a project's corrections (--from).",
        ),
        "lines",
    )
    _add_lines(
        kinds.add_parser(
            "words",
            parents=[common],
            help="a model that reads single words and names",
            description="Train a model that reads single words: from folders of "
            "transcribed words (--data), or from a project's corrections (--from), "
            "whose lines are cut into words.",
        ),
        "words",
    )
    _add_binarizer(
        kinds.add_parser(
            "binarizer",
            parents=[common],
            help="a model that cleans pages",
            description="Train a model that turns pages into ink, from pairs of scan "
            "and ink (--data): images/ and gt/, or folders that hold these; or from "
            "what was mended with the brush in a project (--from).",
        )
    )
    layout = kinds.add_parser(
        "layout",
        parents=[common],
        help="a model that finds lines",
        description="Train a model that sees where the small letters of lines stand: "
        "from folders of pages whose lines are known (--data), or from the pages of a "
        "project whose lines a person set right (--from).",
    )
    add_layout_options(layout)
    layout.set_defaults(run=_run_layout)
    add_language_parser(kinds, common)


def _add_lines(part: argparse.ArgumentParser, subject: str) -> None:
    part.add_argument(
        "--data",
        nargs="+",
        type=Path,
        default=[],
        metavar="DIR",
        help="folders to learn from: line images with labels.tsv, or pages with PAGE "
        "XML, below them too",
    )
    part.add_argument(
        "--held-out",
        nargs="+",
        type=Path,
        default=[],
        metavar="DIR",
        help="folders to measure and choose by, without a page in common with --data",
    )
    add_card_options(part, "where the checkpoint is kept; default OUT.training")
    part.add_argument(
        "--arch",
        default="",
        metavar="JSON",
        help="differences from the usual network, as JSON or the name of a JSON file; "
        f"the usual one is {json.dumps(crnn.DEFAULT)}; with --base only more "
        "filters or blocks, which change nothing before they have learned",
    )
    part.add_argument(
        "--frozen",
        default="",
        metavar="NAMES",
        help="beginnings of layer names that stay as they are, with commas between",
    )
    add_numbers(part, FitSettings, _LINE_NUMBERS)
    add_teaching_options(part)
    part.set_defaults(run=_run_lines, subject=subject)


def _add_binarizer(part: argparse.ArgumentParser) -> None:
    part.add_argument("--data", type=Path, metavar="DIR", help="pairs of scan and ink")
    add_card_options(part, "where the checkpoint is kept; default OUT.training")
    part.add_argument(
        "--design",
        choices=sorted(DESIGNS),
        help=f"shape of the network (default {_DEFAULTS['design']})",
    )
    part.add_argument(
        "--base",
        type=Path,
        metavar="DIR",
        help="the model folder whose network and weights to begin from; with --from "
        "a model's id",
    )
    part.add_argument(
        "--more",
        nargs="+",
        default=[],
        metavar="SET=N",
        help="sets of --data to be seen N times more often than the others",
    )
    part.add_argument(
        "--hold-out",
        nargs="+",
        default=[],
        metavar="SET",
        help="sets of --data, or pages as SET/NAME, to measure on, instead of a share "
        "of all",
    )
    part.add_argument(
        "--without",
        nargs="+",
        default=[],
        metavar="SET",
        help="sets of --data, or pages as SET/NAME, to leave out altogether",
    )
    add_numbers(part, TrainBinarizerRequest, _INK_NUMBERS)
    add_ink_teaching_options(part)
    part.set_defaults(run=_run_binarizer)


def _run_lines(options: argparse.Namespace, terminal: Terminal) -> int:
    if options.project is not None:
        be_modest()
        return teach(options, terminal)
    check_training(options)
    if not (options.data and options.held_out and options.out):
        raise BadRequest(
            "Training needs data, held-out data and a place for the model.",
            "Give --data, --held-out and --out; or --from for a project's corrections.",
        )
    numbers = given_numbers(options, _LINE_NUMBERS)
    settings = FitSettings(**numbers, frozen=options.frozen)
    work = options.work or options.out.with_name(f"{options.out.name}.training")
    request = TrainLinesRequest(
        data=tuple(options.data),
        held_out=tuple(options.held_out),
        out=options.out,
        run=work,
        title=options.title or options.out.name,
        licence=options.licence or NOT_STATED,
        trained_on=options.trained_on or ", ".join(d.name for d in options.data),
        summary=options.summary,
        bad_at=options.bad_at,
        command=shlex.join(options.command_line),
        settings=settings,
        architecture=architecture(options.arch),
        base=base_model(options.base),
    )
    network_to_train(request)  # refuses before --fresh puts an old checkpoint away
    return _train(options, terminal, work, train_lines, request)


def _run_binarizer(options: argparse.Namespace, terminal: Terminal) -> int:
    if options.project is not None:
        be_modest()
        return teach_ink(options, terminal)
    check_training(options)
    if not (options.out and options.data):
        raise BadRequest(
            "Training needs data and a place for the model.",
            "Give --data and --out; or --from for what was mended in a project.",
        )
    work = options.work or options.out.with_name(f"{options.out.name}.training")
    request = TrainBinarizerRequest(
        data=options.data,
        out=options.out,
        design=str(options.design or _DEFAULTS["design"]),
        base=options.base,
        without=tuple(options.without),
        hold_out=tuple(options.hold_out),
        more=tuple(set_factor(text) for text in options.more),
        work=work,
        resume=not options.fresh,
        title=options.title or options.out.name,
        licence=options.licence or NOT_STATED,
        summary=options.summary,
        bad_at=options.bad_at,
        trained_on=options.trained_on or options.data.name,
        command=shlex.join(options.command_line),
        **given_numbers(options, _INK_NUMBERS),
    )
    return _train(options, terminal, work, train_binarizer, request)


def _run_layout(options: argparse.Namespace, terminal: Terminal) -> int:
    if options.project is not None:
        be_modest()
        return teach_layout(options, terminal)
    check_training(options)
    request = layout_request(options)
    return _train(options, terminal, request.training.run, learn_layout, request)


def _train(
    options: argparse.Namespace,
    terminal: Terminal,
    work: Path,
    train: Any,
    request: Any,
) -> int:
    """Run a training, note its progress, and tell what came of it."""
    check_plot(options.plot)
    check_log(options.log)
    checkpoint = work / CHECKPOINT
    if options.fresh and checkpoint.exists():
        checkpoint.replace(checkpoint.with_name("checkpoint.old.npz"))
    elif checkpoint.exists():
        terminal.note(f"Going on from {checkpoint}.")
    with ExitStack() as stack:
        log = stack.enter_context(TrainingLog(terminal, options.log))
        cancel = stack.enter_context(stoppable())
        reports = [log.report]
        plot = LivePlot(options.plot, work / "log.jsonl") if options.plot else None
        if plot is not None:
            reports.append(plot.report)

        def report(progress: Progress) -> None:
            for take in reports:
                take(progress)

        with told_if_stopped(terminal, checkpoint.exists):
            card: ModelCard = train(request, cancel=cancel, report=report)
        if plot is not None:
            plot.draw()
    if options.json:
        terminal.json(card_entry(card))
    else:
        terminal.say(f"{card.folder}: {_figures(card)}")
    return 0


def _figures(card: ModelCard) -> str:
    parts = []
    for name, figures in card.metrics.items():
        if isinstance(figures, dict):
            figures = ", ".join(f"{key} {value}" for key, value in figures.items())
        parts.append(f"{name}: {figures}")
    return "; ".join(parts) or card.title
