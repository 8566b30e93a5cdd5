"""``hwocr models``: what is installed, and what of it is broken."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from hwocr_desktop.cli.terminal import Terminal
from hwocr_desktop.core.errors import HwocrError
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.registry import BrokenModel, ModelCard

_NAMES = {
    "cer": "CER",
    "wer": "WER",
    "f_measure": "F-measure",
    "pseudo_f_measure": "pseudo-F-measure",
    "psnr": "PSNR",
    "drd": "DRD",
}
_UNITS = {"cer": " %", "wer": " %", "psnr": " dB"}


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
        for name, figures in card.metrics.items():
            terminal.say(f"    {name}: {_figures(figures)}")
    for bad in broken:
        terminal.say(f"{bad.folder.name}  (cannot be used)")
        terminal.say(f"    {bad.error}")


def _figures(value: Any) -> str:
    """Return what was measured on one set, in words."""
    if not isinstance(value, dict):
        return str(value)
    parts = []
    for key, figure in value.items():
        name = _NAMES.get(key, key.replace("_", " "))
        if key == "how":
            continue
        if isinstance(figure, dict):
            parts.append(f"{name} ({_figures(figure)})")
        elif " per " in key:
            parts.append(f"{figure} {name}")
        else:
            parts.append(f"{name} {figure}{_UNITS.get(key, '')}")
    how = f" ({value['how']})" if value.get("how") else ""
    return ", ".join(parts) + how
