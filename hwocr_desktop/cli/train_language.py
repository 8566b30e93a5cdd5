"""``hwocr train language``: count a language for the decoder word-beam."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from hwocr_desktop.app.batch_files import check_there
from hwocr_desktop.app.open_models import forget_models
from hwocr_desktop.cli.side_files import check_ending
from hwocr_desktop.cli.terminal import Terminal, stoppable
from hwocr_desktop.core.errors import BadRequest
from hwocr_desktop.core.plurals import counted
from hwocr_desktop.core.text.language import LANGUAGE_NAME, ORDER, Weights
from hwocr_desktop.core.text.ngram import MAX_ORDER
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.languages import install_language
from hwocr_desktop.ml.model_cards import CHOSEN, COUNTED
from hwocr_desktop.ml.training.language_training import (
    TrainLanguageRequest,
    train_language,
)

_WEIGHTS = {
    "characters": "of how likely characters are after those before them",
    "words": "of what is gained by words that are known",
    "length": "what each character is preferred by",
}


def add_language_parser(kinds: Any, common: argparse.ArgumentParser) -> None:
    """Describe what a language is counted in and where it goes."""
    part = kinds.add_parser(
        "language",
        parents=[common],
        help="what the decoder word-beam knows of a language",
        description="Count characters and words of texts for the decoder word-beam.",
    )
    part.add_argument(
        "--text",
        nargs="+",
        type=Path,
        required=True,
        metavar="FILE|FOLDER",
        help="texts in UTF-8, labels.tsv, PAGE XML, and folders of these",
    )
    part.add_argument(
        "--background",
        nargs="+",
        type=Path,
        default=[],
        metavar="FILE|FOLDER",
        help="many more texts of the language, such as books: what is rare in them is "
        "left out, so that the language stays small",
    )
    part.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help=f"the file to write; default {LANGUAGE_NAME} in the folder of --model",
    )
    part.add_argument(
        "--model",
        default="",
        metavar="ID",
        help="line model that gets the language, unless --out is given, and by which "
        "weights are chosen",
    )
    part.add_argument(
        "--held-out",
        nargs="+",
        type=Path,
        default=[],
        metavar="DIR",
        help="folders of lines on which weights are chosen, without a line in common "
        "with --text and with what the model learned from",
    )
    part.add_argument(
        "--order",
        type=int,
        default=ORDER,
        metavar="N",
        help=f"characters of the longest n-grams, 1 to {MAX_ORDER} (default {ORDER})",
    )
    for item in fields(Weights):
        part.add_argument(
            f"--{item.name}",
            type=float,
            default=item.default,
            metavar="X",
            help=f"weight {_WEIGHTS[item.name]} (default {item.default})",
        )
    part.add_argument("--json", action="store_true", help="tell the figures as JSON")
    part.set_defaults(run=run_language)


def run_language(options: argparse.Namespace, terminal: Terminal) -> int:
    """Count the texts, write the language and tell its size and weights."""
    weights = Weights(
        **{item.name: getattr(options, item.name) for item in fields(Weights)}
    )
    sound = all(math.isfinite(w) and w >= 0 for w in asdict(weights).values())
    if not (1 <= options.order <= MAX_ORDER and sound):
        raise BadRequest(
            "The order or a weight is out of range.",
            f"Give an order of 1 to {MAX_ORDER}, and no weight below 0.",
        )
    if options.out is not None:
        check_ending(options.out, Path(LANGUAGE_NAME).suffix)
    if not (options.model or options.out):
        raise BadRequest(
            "A language needs a place.",
            "Give --out, or --model for the folder of a model.",
        )
    if options.held_out and not options.model:
        raise BadRequest(
            "Weights are chosen by what a model reads.", "Name it with --model."
        )
    for folder in options.held_out:
        check_there(folder)
    card = registry.card(options.model, "recognize-lines") if options.model else None
    request = TrainLanguageRequest(
        tuple(options.text),
        options.out,
        options.order,
        weights,
        options.model,
        tuple(options.held_out),
        tuple(options.background),
    )
    with stoppable() as cancel:
        language = train_language(request, cancel=cancel, report=terminal.report)
    terminal.clear_bar()
    out = options.out
    if out is None and card is not None:
        install_language(card, language, _sources(request, language.weights))
        out = card.folder / LANGUAGE_NAME
        forget_models()
    figures = {
        "file": str(out),
        "bytes": out.stat().st_size,
        "ngrams": sum(map(len, language.ngram.codes)),
        "words": len(language.words.single),
        "pairs": len(language.words.pairs),
        "weights": asdict(language.weights),
    }
    if options.json:
        terminal.json(figures)
    else:
        shown = ", ".join(f"{k} {v}" for k, v in asdict(language.weights).items())
        terminal.say(
            f"{out}: {counted(figures['ngrams'], 'n-gram')}, "
            f"{counted(figures['words'], 'word')}, "
            f"{counted(figures['pairs'], 'pair')}, "
            f"{figures['bytes'] / 1e6:.1f} MB; weights "
            f"{shown}"
        )
    return 0


def _sources(request: TrainLanguageRequest, weights: Weights) -> dict[str, str]:
    """Return what a card says of how its language was made."""
    shown = ", ".join(f"{name} {value}" for name, value in asdict(weights).items())
    if request.held_out:
        chosen = f"{shown}; chosen on {_names(request.held_out)}"
    else:
        chosen = f"{shown}; as given"
    return {COUNTED: _names((*request.texts, *request.background)), CHOSEN: chosen}


def _names(paths: Sequence[Path]) -> str:
    """Name files and folders, with the folder that each is in."""
    return ", ".join("/".join(path.parts[-2:]) for path in paths)
