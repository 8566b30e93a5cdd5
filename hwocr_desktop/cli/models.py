"""``hwocr models``: what is installed, what of it is broken; models as files."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hwocr_desktop.cli.model_figures import measured
from hwocr_desktop.cli.side_files import check_ending
from hwocr_desktop.cli.terminal import Terminal, stoppable
from hwocr_desktop.core.errors import BadRequest, HwocrError
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.model_archive import SUFFIX
from hwocr_desktop.ml.model_file import export_model, import_model
from hwocr_desktop.ml.registry import BrokenModel, ModelCard


def add_parser(commands: Any, name: str, common: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        name,
        parents=[common],
        help="list the models that are installed, pass one on, add one",
        description="List the models that are installed, the person's own and those "
        "that came with the program, and say which cannot be used. A model is passed "
        "on as one file, which holds no code and is checked before it is added.",
    )
    parser.add_argument(
        "--export", default="", metavar="ID", help="write a model into one file"
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help=f"with --export: the file, or the folder for it; ID{SUFFIX} if left out",
    )
    parser.add_argument(
        "--import",
        dest="added",
        type=Path,
        metavar="FILE",
        help="add the model of such a file; where its id is taken, it gets another",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="compare the weights with their checksums too; the exit code is 6 if any "
        "model is broken",
    )
    parser.add_argument(
        "--json", action="store_true", help="tell it as JSON, with every figure"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """List the models, write one into a file, or add one from a file."""
    if options.output is not None and not options.export:
        raise BadRequest(
            "-o names the file of a model that is written.",
            "Say with --export which model.",
        )
    if options.export and options.added is not None:
        raise BadRequest(
            "A model is either written into a file or added from one.",
            "Use --export and --import one after the other.",
        )
    if options.export:
        return _export(options, terminal)
    if options.added is not None:
        return _import(options, terminal)
    cards, broken = registry.find_models()
    if options.check:
        cards, altered = _checked(cards)
        broken = [*broken, *altered]
    problems = {card.id: _problem(card) for card in cards}
    if options.json:
        terminal.json(
            {
                "models": [
                    {**card_entry(card), "problem": problems[card.id]} for card in cards
                ],
                "broken": [
                    {
                        "folder": str(bad.folder),
                        "message": bad.error.message,
                        "advice": bad.error.advice,
                    }
                    for bad in broken
                ],
            }
        )
    else:
        _print(terminal, cards, broken, problems)
    return broken[0].error.exit_code if options.check and broken else 0


def _export(options: argparse.Namespace, terminal: Terminal) -> int:
    card = registry.card(options.export)
    path = options.output or Path()
    if path.is_dir():
        path /= card.id + SUFFIX
    if path.exists():  # what is replaced shall be a model
        check_ending(path, SUFFIX)
    export_model(card, path)
    if options.json:
        terminal.json({"id": card.id, "file": str(path), "bytes": path.stat().st_size})
    else:
        terminal.say(f"The model “{card.title}” was written to {path}.")
    return 0


def _import(options: argparse.Namespace, terminal: Terminal) -> int:
    with stoppable() as cancel:
        added = import_model(options.added, cancel=cancel, report=terminal.report)
    terminal.clear_bar()
    card = added.card
    if options.json:
        terminal.json({**card_entry(card), "named": added.named})
        return 0
    terminal.say(f"The model “{card.title}” was added as {card.id}.")
    if card.id != added.named:
        terminal.say(f"Another model is called {added.named} already.")
    return 0


def card_entry(card: ModelCard) -> dict[str, Any]:
    """Return what a card says as plain values."""
    return {**asdict(card), "folder": str(card.folder)}


def _checked(cards: list[ModelCard]) -> tuple[list[ModelCard], list[BrokenModel]]:
    """Part the models by whether their weights are those of their cards."""
    good, broken = [], []
    for card in cards:
        try:
            registry.check_weights(card)
        except HwocrError as error:
            broken.append(BrokenModel(card.folder, error))
        else:
            good.append(card)
    return good, broken


def _problem(card: ModelCard) -> str:
    """Return why a model that is listed cannot be used, or ""."""
    try:
        registry.check_weights(card)
    except HwocrError as error:
        return str(error)
    return ""


def _print(
    terminal: Terminal,
    cards: list[ModelCard],
    broken: list[BrokenModel],
    problems: dict[str, str],
) -> None:
    if not cards:
        terminal.say("No models are installed.")
    for card in cards:
        problem = problems[card.id]
        mark = ", cannot be used" if problem else ""
        terminal.say(f"{card.id}  ({card.task}, version {card.version}{mark})")
        for text in (problem, card.title, card.summary):
            if text:
                terminal.say(f"    {text}")
        terminal.say(f"    Licence: {card.licence}")
        for sentence in measured(card.metrics):
            terminal.say(f"    {sentence}")
    for bad in broken:
        terminal.say(f"{bad.folder.name}  (cannot be used)")
        terminal.say(f"    {bad.error}")
