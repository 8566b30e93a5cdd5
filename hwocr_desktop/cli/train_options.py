"""What the kinds of training have in common on the command line."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

from hwocr_desktop.core.errors import BadRequest
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.networks import crnn
from hwocr_desktop.ml.registry import ModelCard, Task

NOT_STATED = "Not stated; ask whoever made the model."

_Range = tuple[Callable[[float], bool], str]

_COUNT: _Range = (lambda number: number >= 1, "a whole number from 1 up")
_ABOVE_ZERO: _Range = (lambda number: number > 0, "a number above 0")
_FROM_ZERO: _Range = (lambda number: number >= 0, "a number of 0 or more")
_SHARE: _Range = (lambda number: 0 <= number <= 1, "a number from 0 to 1")

_RANGES: dict[str, _Range] = {
    "as_scanned": _SHARE,
    "augment": _SHARE,
    "batch": _COUNT,
    "columns": _COUNT,
    "ema": _SHARE,
    "epochs": _COUNT,
    "evaluate_every": _COUNT,
    "held_out": _SHARE,
    "hidden": _SHARE,
    "learning_rate": _ABOVE_ZERO,
    "measure_every": _FROM_ZERO,
    "minutes": _FROM_ZERO,
    "near": _FROM_ZERO,
    "of_base": _SHARE,
    "orientations": _COUNT,
    "patience": _FROM_ZERO,
    "seed": _FROM_ZERO,
    "shortcut": _FROM_ZERO,
    "spliced": _SHARE,
    "steps": _COUNT,
    "window": _COUNT,
}


def add_card_options(part: argparse.ArgumentParser, run_help: str) -> None:
    """Add where the model goes and what its card says."""
    part.add_argument(
        "--out", type=Path, metavar="DIR", help="the model folder to write"
    )
    part.add_argument("--run", type=Path, dest="work", metavar="DIR", help=run_help)
    part.add_argument(
        "--fresh",
        action="store_true",
        help="begin anew; an old checkpoint is kept under another name, with --from "
        "it is removed",
    )
    part.add_argument("--title", default="", help="name of the model in lists")
    part.add_argument("--licence", default="", help="terms for the weights, and why")
    part.add_argument("--summary", default="", help="what the model is good for")
    part.add_argument("--bad-at", default="", help="where it fails")
    part.add_argument("--trained-on", default="", help="the data, named")
    part.add_argument(
        "--log",
        type=Path,
        metavar="FILE",
        help="append progress and measurements to this file, a JSON object a line",
    )
    part.add_argument(
        "--plot",
        type=Path,
        metavar="FILE.png",
        help="draw how good the model is into this file at each measurement, with the "
        "numbers in FILE.csv beside it",
    )
    part.add_argument("--json", action="store_true", help="tell the card as JSON")


def add_numbers(
    part: argparse.ArgumentParser, request: type, about: dict[str, str]
) -> None:
    """Add an option for each field of a request that is a number; None if not given."""
    for item in fields(request):
        if item.name in about:
            part.add_argument(
                f"--{item.name.replace('_', '-')}",
                type=type(item.default),
                metavar="N",
                help=f"{about[item.name]} (default {item.default})",
            )


def given_numbers(options: argparse.Namespace, names: Iterable[str]) -> dict[str, Any]:
    """Return the numbers that were given, by the names of their fields.

    Raises
    ------
    BadRequest
        If one is out of its range, or not a number at all.
    """
    given = {name: getattr(options, name) for name in names}
    given = {name: number for name, number in given.items() if number is not None}
    for name, number in given.items():
        _check_number(name, number, _RANGES[name])
    return given


def minutes_to_teach(options: argparse.Namespace, usual: float) -> float:
    """Return for how many minutes to teach with --from.

    Raises
    ------
    BadRequest
        If that is no time.
    """
    if options.minutes is None:
        return usual
    _check_number("minutes", options.minutes, _ABOVE_ZERO)
    return float(options.minutes)


def _check_number(name: str, number: float, allowed: _Range) -> None:
    is_right, told = allowed
    if not (math.isfinite(number) and is_right(number)):
        raise BadRequest(
            f"--{name.replace('_', '-')} cannot be {number:g}.", f"Give {told}."
        )


def base_model(name: str, task: Task = "recognize-lines") -> ModelCard | None:
    """Return the card of the model to begin from, by its folder or its id."""
    if not name:
        return None
    if Path(name).is_dir():
        return registry.read_card(Path(name))
    return registry.card(name, task)


def set_factor(text: str) -> tuple[str, float]:
    """Read how much more often a set is to be seen, as in letters=5."""
    name, _, number = text.partition("=")
    try:
        return name, float(number)
    except ValueError as error:
        raise BadRequest(
            f"“{text}” does not say how much more often a set is to be seen.",
            "Write it like letters=5.",
        ) from error


def architecture(text: str) -> dict[str, Any]:
    """Read differences from the usual network, from JSON or a file of JSON."""
    if not text:
        return {}
    try:
        source = (
            text if text.lstrip().startswith("{") else Path(text).read_text("utf-8")
        )
        value = json.loads(source)
    except (OSError, ValueError, RecursionError) as error:
        raise BadRequest(
            f"The description of the network cannot be read ({error}).",
            'Give JSON such as {"units": 128}, or the name of a file that holds it.',
        ) from error
    unknown = set(value) - set(crnn.DEFAULT) if isinstance(value, dict) else {"?"}
    if unknown:
        raise BadRequest(
            f"The network has no property named {', '.join(sorted(unknown))}.",
            f"Properties are: {', '.join(crnn.DEFAULT)}.",
        )
    return dict(value)
