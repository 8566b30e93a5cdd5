"""Train the network that sees the bodies of lines, and write it as a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from hwocr_desktop.core.errors import TrainingDataMissing
from hwocr_desktop.core.progress import CancelToken, Report
from hwocr_desktop.ml import runtime
from hwocr_desktop.ml.layout import LayoutFinder
from hwocr_desktop.ml.networks.layout import DEFAULT, build_layout
from hwocr_desktop.ml.registry import ModelCard, save_model, weights_of
from hwocr_desktop.ml.training.checkpoint import Checkpoint, Weights
from hwocr_desktop.ml.training.layout_data import LayoutPage, draw_windows
from hwocr_desktop.ml.training.optimizer import adamw
from hwocr_desktop.ml.training.step_fit import Learner, begin, fit_in_steps

EMA_DECAY = 0.995

Judge = Callable[[LayoutFinder], float]


@dataclass(frozen=True, slots=True)
class LayoutSettings:
    """How a layout network is trained.

    Attributes
    ----------
    steps : int
        Batches to learn from, at most.
    minutes : float
        Time to learn for, at most, over all resumed runs; 0 for no limit.
    batch : int
        Windows in a batch.
    learning_rate : float
        The highest one; it ends at zero.
    evaluate_every, patience : int
        Batches between measurements, and measurements without gain before stopping.
    seed : int
        Of all randomness.
    """

    steps: int = 4000
    minutes: float = 0.0
    batch: int = 8
    learning_rate: float = 2e-3
    evaluate_every: int = 250
    patience: int = 8
    seed: int = 1


@dataclass(frozen=True, slots=True)
class TrainLayoutRequest:
    """What to write, and where.

    Attributes
    ----------
    out : Path
        The model folder.
    run : Path
        Folder for checkpoint and log; a run found there is taken up again.
    settings : LayoutSettings
    architecture : dict
        Differences from `networks.layout.DEFAULT`.
    title, summary, licence, bad_at, trained_on, command : str
        For the card.
    base : ModelCard, optional
        A model whose network and weights to begin from.
    """

    out: Path
    run: Path
    settings: LayoutSettings = field(default_factory=LayoutSettings)
    architecture: dict[str, Any] = field(default_factory=dict)
    title: str = ""
    summary: str = ""
    licence: str = ""
    bad_at: str = ""
    trained_on: str = ""
    command: str = ""
    base: ModelCard | None = None

    @property
    def config(self) -> dict[str, Any]:
        """What the network is built from."""
        known = {} if self.base is None else self.base.architecture
        return DEFAULT | known | self.architecture


def train_layout(
    request: TrainLayoutRequest,
    pages: Sequence[LayoutPage],
    judge: Judge,
    *,
    cancel: CancelToken,
    report: Report,
) -> ModelCard:
    """Train a network on pages and write its model folder.

    Parameters
    ----------
    request : TrainLayoutRequest
    pages : sequence of LayoutPage
        To learn from.
    judge : callable
        Returns the F of baselines on held-out pages, in percent.
    cancel, report
        See `progress`; ``report`` gets a `Measurement` as partial.

    Raises
    ------
    TrainingDataMissing
        If there is nothing to learn from.
    BadModel
        If the model to begin from cannot be used.
    BadRequest
        If there is a checkpoint that does not belong to this request.
    OutputNotWritable
        If the run's folder or the model cannot be written.
    Cancelled
        If cancelled; what was reached is kept in ``request.run``.
    """
    if not pages:
        raise TrainingDataMissing(
            "There are no pages with lines to learn from.",
            "Name folders with page images and PAGE XML beside them.",
        )
    start = None
    if request.base is not None:
        start = LayoutFinder.open(request.base).network.get_weights()
    checkpoint = fit(request, pages, judge, start=start, cancel=cancel, report=report)
    config = request.config
    network = build_layout(config)
    network.set_weights(checkpoint.best)
    card = ModelCard(
        id=request.out.name,
        task="find-lines",
        title=request.title or request.out.name,
        summary=request.summary,
        licence=request.licence,
        bad_at=request.bad_at,
        trained_on=request.trained_on,
        command=request.command,
        architecture=config,
        input={"pitch": config["pitch"], "polarity": "ink=1", "range": [0, 1]},
        metrics={
            "held out, while training": {
                "baseline_f": round(checkpoint.best_f, 2),
                "step": checkpoint.best_step,
            }
        },
        parent="" if request.base is None else request.base.id,
    )
    return save_model(request.out, card, weights_of(network))


def fit(
    request: TrainLayoutRequest,
    pages: Sequence[LayoutPage],
    judge: Judge,
    *,
    start: Weights | None = None,
    cancel: CancelToken,
    report: Report,
) -> Checkpoint:
    """Learn from pages; leaves a checkpoint in the run's folder.

    Parameters
    ----------
    request : TrainLayoutRequest
    pages : sequence of LayoutPage
        At least one.
    judge : callable
        See `train_layout`.
    start : list of arrays, optional
        Weights to begin from where there is no checkpoint.
    cancel, report
        See `progress`.

    Raises
    ------
    BadRequest
        If there is a checkpoint that does not belong to this request.
    OutputNotWritable
        If the run's folder cannot be written.
    Cancelled
        If cancelled; the checkpoint is up to date.
    """
    settings, config = request.settings, request.config
    trainer = _trainer(config, settings)
    if start is not None:
        trainer.network.set_weights(start)
    finder = LayoutFinder(build_layout(config), config)

    def draw(step: int) -> tuple[Any, ...]:
        rng = np.random.default_rng((settings.seed, step))
        return (list(draw_windows(pages, settings.batch, rng)),)

    def judged(weights: Weights) -> tuple[float, dict[str, float]]:
        finder.network.set_weights(weights)
        return judge(finder), {}

    learner = Learner(trainer, trainer.network, draw, judged)
    return fit_in_steps(
        learner,
        begin(request.run, learner),
        settings,
        EMA_DECAY,
        request.run,
        cancel=cancel,
        report=report,
    )


def weighted_loss(truth: Any, found: Any, weights: Any) -> Any:
    """Return cross-entropy plus one minus Dice, each pixel by its weight.

    References
    ----------
    F. Milletari, N. Navab, S.-A. Ahmadi, 2016, DOI 10.1109/3DV.2016.79.
    """
    ops = runtime.keras().ops
    sure = ops.clip(found, 1e-6, 1 - 1e-6)
    entropy = -(truth * ops.log(sure) + (1 - truth) * ops.log(1 - sure))
    mean = ops.sum(entropy * weights) / (ops.sum(weights) + 1)
    overlap = 2 * ops.sum(truth * found * weights) + 1
    total = ops.sum((truth + found) * weights) + 1
    return mean + 1 - overlap / total


@cache
def _trainer_class() -> Any:
    keras = runtime.keras()

    class Trainer(keras.Model):  # type: ignore[misc, name-defined]
        """The network, taught by a loss that takes a weight for each pixel."""

        def __init__(self, network: Any) -> None:
            super().__init__()
            self.network = network

        def call(self, planes: Any, training: bool = False) -> Any:
            return self.network(planes[0], training=training)

        def compute_loss(self, x: Any, y: Any, y_pred: Any, *_: Any, **__: Any) -> Any:
            return weighted_loss(x[1], y_pred, x[2])

    return Trainer


def _trainer(config: dict[str, Any], settings: LayoutSettings) -> Any:
    """Build a network and what teaches it."""
    keras = runtime.keras()
    keras.utils.set_random_seed(settings.seed)
    trainer = _trainer_class()(runtime.to_learn(lambda: build_layout(config)))
    optimizer = adamw(settings.learning_rate, clipnorm=1.0)
    trainer.compile(optimizer, jit_compile=False)
    optimizer.build(trainer.network.trainable_variables)
    return trainer
