"""``hwocr models``: what is installed, and what of it is broken."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from hwocr_desktop.cli.terminal import Terminal
from hwocr_desktop.core.errors import HwocrError
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.registry import BrokenModel, ModelCard


def add_parser(commands: Any, name: str, common: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        name,
        parents=[common],
        help="list the models that are installed",
        description="List the models that are installed, the person's own and those "
        "that came with the program, and say which cannot be used.",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="compare the weights with their checksums too; the exit code is 6 if any "
        "model is broken",
    )
    parser.add_argument("--json", action="store_true", help="tell it as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """List the models."""
    cards, broken = registry.find_models()
    if options.check:
        cards, altered = _checked(cards)
        broken = [*broken, *altered]
    if options.json:
        terminal.json(
            {
                "models": [card_entry(card) for card in cards],
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
        _print(terminal, cards, broken)
    return broken[0].error.exit_code if options.check and broken else 0


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


def _print(
    terminal: Terminal, cards: list[ModelCard], broken: list[BrokenModel]
) -> None:
    if not cards:
        terminal.say("No models are installed.")
    for card in cards:
        terminal.say(f"{card.id}  ({card.task}, version {card.version})")
        for text in (card.title, card.summary):
            if text:
                terminal.say(f"    {text}")
        terminal.say(f"    Licence: {card.licence}")
        for name, figures in card.metrics.items():
            if isinstance(figures, dict):
                figures = ", ".join(f"{key} {value}" for key, value in figures.items())
            terminal.say(f"    {name}: {figures}")
    for bad in broken:
        terminal.say(f"{bad.folder.name}  (cannot be used)")
        terminal.say(f"    {bad.error}")
