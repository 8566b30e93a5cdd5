"""Train a line network from folders of transcribed lines, and write it as a model."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from hwocr_desktop.core.errors import BadRequest, TrainingDataMissing
from hwocr_desktop.core.progress import CancelToken, Report
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.ml import registry, runtime
from hwocr_desktop.ml.network_shapes import weight_shapes
from hwocr_desktop.ml.networks import crnn
from hwocr_desktop.ml.networks.growth import grow_network, larger
from hwocr_desktop.ml.recognizer import Recognizer
from hwocr_desktop.ml.registry import ModelCard, save_model, weights_of
from hwocr_desktop.ml.training.checkpoint import CHECKPOINT
from hwocr_desktop.ml.training.line_checks import (
    tell,
    tell_alphabet,
    tell_known_texts,
    tell_unreadable,
)
from hwocr_desktop.ml.training.line_data import LineSample, learnable, load_lines
from hwocr_desktop.ml.training.line_fit import LineFit
from hwocr_desktop.ml.training.line_run import LOOKS_AT, FitSettings, measure
from hwocr_desktop.ml.training.splices import with_gaps

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TrainLinesRequest:
    """What to train.

    Attributes
    ----------
    data : tuple of Path
        Folders to learn from; see `load_lines`.
    held_out : tuple of Path
        Folders to measure and choose by; they must share no page with ``data``.
    out : Path
        The model folder to write.
    run : Path
        Folder for the checkpoint; a run found there is taken up again.
    title, summary, licence, trained_on, bad_at, command : str
        For the card.
    settings : FitSettings
    architecture : dict
        Differences from `crnn.DEFAULT`; from ``base`` only such as make
        it larger, see `larger`.
    base : ModelCard, optional
        A line model whose network, alphabet and weights to begin from; the alphabet
        grows by what the data has more.
    """

    data: tuple[Path, ...]
    held_out: tuple[Path, ...]
    out: Path
    run: Path
    title: str
    licence: str
    trained_on: str
    summary: str = ""
    bad_at: str = ""
    command: str = ""
    settings: FitSettings = field(default_factory=FitSettings)
    architecture: dict[str, Any] = field(default_factory=dict)
    base: ModelCard | None = None


def train_lines(
    request: TrainLinesRequest, *, cancel: CancelToken, report: Report
) -> ModelCard:
    """Train a line network and write its model folder.

    Returns
    -------
    ModelCard
        With the held-out figures of the weights kept: those that were best, or those
        of the end, mixed with the base's if the settings say so.

    Raises
    ------
    TrainingDataMissing
        If a folder holds no transcribed lines.
    BadModel
        If the base cannot be opened.
    BadRequest
        If the network cannot be what is asked for; see `network_to_train`.
    Cancelled
        If cancelled; what was reached is kept in ``request.run``.
    """
    config = network_to_train(request)
    found, held_out = load_lines(request.data), load_lines(request.held_out)
    known = Charset(request.base.charset) if request.base is not None else None
    train, unfit = learnable(found, _charset(found, known))
    tell(unfit)
    if not train or not held_out:
        raise TrainingDataMissing(
            "There are no lines with a transcription to learn from.",
            "Name folders with line images and labels.tsv, or pages with PAGE XML.",
        )
    # Only of what is learned from: a line left out teaches no letters.
    charset = _charset(train, known)
    _check_network(config, charset)
    tell_alphabet(train, known)
    tell_known_texts([s.text for s in train], [s.text for s in held_out])
    log.info("learning from %d lines, held out %d", len(train), len(held_out))
    runtime.keras().utils.set_random_seed(request.settings.seed)
    if request.base is None:
        network = _fresh(config, charset.size)
    else:
        base = Recognizer.open(request.base)
        network = grow_network(base.network, request.base.architecture, charset, config)
    recognizer = Recognizer(network, charset, request.out.name)
    tell_unreadable(held_out, charset, recognizer.height)

    def read(samples: Sequence[LineSample]) -> list[str]:
        readings = recognizer.read([s.gray for s in samples], cancel=cancel)
        return [reading.text for reading in readings]

    fit = LineFit(
        network,
        crnn.build_to_learn(config, charset.size),
        charset,
        train,
        held_out,
        request.settings,
        read,
        request.run / CHECKPOINT,
        gaps=partial(with_gaps, recognizer, report=report),
        # From the start, if it can read already.
        looks_at=LOOKS_AT if request.base is None else (0.0, *LOOKS_AT),
    )
    state = fit.run(cancel=cancel, report=report)
    if request.settings.of_base:
        network.set_weights(fit.between())
        rates = measure(held_out, read(held_out))
    else:
        network.set_weights(fit.best)
        rates = _best_rates(state.history)
    card = ModelCard(
        id=request.out.name,
        task="recognize-lines",
        title=request.title,
        summary=request.summary,
        licence=request.licence,
        bad_at=request.bad_at,
        trained_on=_all_trained_on(request),
        command=request.command,
        architecture=config,
        input={"height": config["height"], "polarity": "ink=1", "range": [0, 1]},
        charset=charset.characters,
        metrics={
            "held out, while training": {
                f"CER {name}": round(rate, 2) for name, rate in rates.items()
            }
        },
    )
    return save_model(request.out, card, weights_of(network))


def network_to_train(request: TrainLinesRequest) -> dict[str, Any]:
    """Return the description of the network that a request asks for.

    Nothing is opened or built for it: it costs no time and no memory.

    Returns
    -------
    dict
        See `crnn.DEFAULT`.

    Raises
    ------
    BadRequest
        If the network cannot be what is asked for, or would be far too large.
    BadModel
        If the card of the base describes no network that reads lines.
    """
    base = request.base
    if base is None:
        if request.settings.of_base:
            raise BadRequest(
                "There is no model of whose weights some could be taken.",
                "Name it with --base, or leave --of-base out.",
            )
        config, known = crnn.DEFAULT | request.architecture, Charset("")
    else:
        registry.expect_task(base, "recognize-lines")
        # What is wrong with the base is not to be blamed on what is asked for.
        known = registry.build(base, lambda: Charset(base.charset))
        config = larger(base.architecture, request.architecture)
    _check_network(config, known)
    return config


def _check_network(config: dict[str, Any], charset: Charset) -> None:
    """Refuse what no model may be: it could not be opened once it was trained."""
    card = ModelCard(
        id="asked-for",
        task="recognize-lines",
        title="",
        summary="",
        licence="",
        architecture=config,
        trained_on="",
        charset=charset.characters,
    )
    try:
        weight_shapes(card)
    except registry.NOT_BUILT as error:
        raise _not_built(error) from error


def _fresh(config: dict[str, Any], outputs: int) -> Any:
    try:
        return crnn.build_crnn(config, outputs)
    except registry.NOT_BUILT as error:
        raise _not_built(error) from error


def _not_built(error: Exception) -> BadRequest:
    return BadRequest(
        f"A network cannot be built like that ({error}).",
        f"Describe it as the usual one is described: {json.dumps(crnn.DEFAULT)}.",
    )


def _charset(samples: Sequence[LineSample], known: Charset | None) -> Charset:
    """Return the alphabet of the samples, after that of the base."""
    if known is None:
        return Charset.of(sample.text for sample in samples)
    return known.grow("".join(known.missing(sample.text) for sample in samples))


def _all_trained_on(request: TrainLinesRequest) -> str:
    """Return what the weights come from: this data, and that of the base."""
    base = request.base
    if base is None:
        return request.trained_on
    if base.trained_on.startswith(request.trained_on):
        return base.trained_on  # more of the same
    return f"{request.trained_on}; begun from “{base.title}”: {base.trained_on}"


def _best_rates(history: list[dict[str, Any]]) -> dict[str, float]:
    """Return the error rates of the best measurement."""
    best = min(history, key=lambda point: float(point["cer"]["all"]))
    return {name: float(rate) for name, rate in best["cer"].items()}
