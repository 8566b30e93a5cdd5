"""Train the network that turns a page into ink."""

from __future__ import annotations

import io
import json
import logging
import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core import atomic
from hwocr_desktop.core.errors import BadRequest
from hwocr_desktop.core.pixels.image_metrics import f_measure
from hwocr_desktop.core.pixels.tiles import blend_tiles
from hwocr_desktop.core.progress import CancelToken, Progress, Report, ignore_progress
from hwocr_desktop.ml import runtime
from hwocr_desktop.ml.networks.sae import DESIGNS, SaeConfig, build_sae
from hwocr_desktop.ml.training.binarizer_data import (
    InkPage,
    WindowSource,
    find_pairs,
    load_pair,
    split_pairs,
)

log = logging.getLogger(__name__)

Weights = list[npt.NDArray[Any]]

WARM_UP_STEPS = 100
EMA_DECAY = 0.995


@dataclass(frozen=True, slots=True)
class TrainBinarizerRequest:
    """What to train on, what to make, and for how long.

    Attributes
    ----------
    data : Path
        Folder of pairs: ``images/`` and ``gt/``, or several sets of these.
    out : Path
        Folder of the model to write.
    design : str
        A name in `hwocr_desktop.ml.networks.sae.DESIGNS`.
    work : Path or None
        Folder for checkpoints and the log; None for ``OUT.training`` beside `out`.
    resume : bool
        Whether to go on from the checkpoint in `work`, if there is one.
    steps : int
        Batches to learn from, at most.
    minutes : float
        Time to learn for, at most, over all resumed runs; 0 for no limit. The
        learning rate ends at zero at whichever of both limits comes first.
    batch, window : int
        Windows in a batch, and their side in pixels.
    learning_rate : float
        The highest one.
    held_out : float
        Share of pages to measure on and not to learn from, 0..1.
    evaluate_every, patience : int
        Steps between measurements, and measurements without gain before stopping.
    seed : int
        Decides the split, the first weights and every window.
    title, licence : str
        For the model's card.
    """

    data: Path
    out: Path
    design: str = "fast"
    work: Path | None = None
    resume: bool = False
    steps: int = 6000
    minutes: float = 0.0
    batch: int = 16
    window: int = 160
    learning_rate: float = 2e-3
    held_out: float = 0.12
    evaluate_every: int = 250
    patience: int = 10
    seed: int = 1
    title: str = ""
    licence: str = ""

    @property
    def config(self) -> SaeConfig:
        """The design asked for.

        Raises
        ------
        BadRequest
            If there is none of that name, or the window does not suit it.
        """
        if self.design not in DESIGNS:
            raise BadRequest(
                f"There is no design called {self.design}.",
                f"Choose one of: {', '.join(DESIGNS)}.",
            )
        config = DESIGNS[self.design]
        if self.window < 1 or self.window % config.multiple:
            raise BadRequest(
                f"Windows of {self.window} pixels do not suit the design {self.design}.",
                f"Choose a multiple of {config.multiple} pixels.",
            )
        return config

    @property
    def work_folder(self) -> Path:
        """Where checkpoints and the log are kept."""
        return self.work or self.out.with_name(f"{self.out.name}.training")


@dataclass(slots=True)
class Checkpoint:
    """Everything needed to go on with a run that was interrupted.

    Attributes
    ----------
    step, seconds : int, float
        Batches learned from, and the time they took.
    best_f, best_step, stale : float, int, int
        Best F-measure on the held-out pages in percent, when it was reached, and
        measurements since.
    weights, averaged, best, optimizer : list of arrays
        The network's weights, their moving average, the best average so far, and the
        optimizer's memory.
    """

    step: int = 0
    seconds: float = 0.0
    best_f: float = -1.0
    best_step: int = 0
    stale: int = 0
    weights: Weights = field(default_factory=list)
    averaged: Weights = field(default_factory=list)
    best: Weights = field(default_factory=list)
    optimizer: Weights = field(default_factory=list)

    def save(self, path: Path) -> None:
        """Write it, all or nothing."""
        arrays = {
            f"{name}/{i:04d}": array
            for name in _ARRAYS
            for i, array in enumerate(getattr(self, name))
        }
        numbers = json.dumps({name: getattr(self, name) for name in _NUMBERS})
        packed = io.BytesIO()
        np.savez(packed, numbers=np.array(numbers), **arrays)
        atomic.write_bytes(path, packed.getvalue())

    @classmethod
    def load(cls, path: Path) -> Checkpoint:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as packed:
            checkpoint = cls(**json.loads(str(packed["numbers"])))
            for name in _ARRAYS:
                keys = sorted(key for key in packed.files if key.startswith(f"{name}/"))
                setattr(checkpoint, name, [packed[key] for key in keys])
        return checkpoint


_NUMBERS = ("step", "seconds", "best_f", "best_step", "stale")
_ARRAYS = ("weights", "averaged", "best", "optimizer")


def learn(
    request: TrainBinarizerRequest,
    *,
    cancel: CancelToken,
    report: Report = ignore_progress,
) -> Checkpoint:
    """Learn from pairs of scan and ink; leaves checkpoints in the work folder.

    Returns
    -------
    Checkpoint
        The last one; its ``best`` are the weights to keep.

    Raises
    ------
    TrainingDataMissing, UnreadableImage, FileNotReadable
        If the data cannot be used.
    BadRequest
        If the request does not make sense.
    OutputNotWritable
        If the work folder cannot be written.
    Cancelled
        If `cancel` was raised; the last checkpoint stays.
    """
    config = request.config
    kept, held = _split(request)
    pages = _load(kept, cancel, report)
    held_pages = _load(held, cancel, report)
    source = WindowSource(pages, request.window)
    model = _trainable(request, config)
    checkpoint = _begin(request, model)
    measure = _measurer(config, held_pages)
    started = time.monotonic() - checkpoint.seconds

    def draw(step: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        # Seeded by the step, so that a resumed run draws what it would have drawn.
        return source.batch(request.batch, np.random.default_rng((request.seed, step)))

    with ThreadPoolExecutor(1, "windows") as pool:
        upcoming = pool.submit(draw, checkpoint.step)
        while not _is_over(request, checkpoint):
            cancel.check()
            gray, ink = upcoming.result()
            upcoming = pool.submit(draw, checkpoint.step + 1)
            model.optimizer.learning_rate = _learning_rate(request, checkpoint)
            loss = model.train_on_batch(gray, ink)
            checkpoint.step += 1
            checkpoint.seconds = time.monotonic() - started
            _average(checkpoint, model.get_weights())
            report(Progress(checkpoint.step, request.steps, f"Loss {float(loss):.4f}"))
            if checkpoint.step % request.evaluate_every == 0 or _is_over(
                request, checkpoint
            ):
                scores = measure(checkpoint.averaged, cancel)
                checkpoint.seconds = time.monotonic() - started
                _note(request, checkpoint, model, float(loss), scores)
                model.reset_metrics()
    return checkpoint


def _split(request: TrainBinarizerRequest) -> tuple[Any, Any]:
    rng = np.random.default_rng(request.seed)
    return split_pairs(find_pairs(request.data), request.held_out, rng)


def _load(pairs: Sequence[Any], cancel: CancelToken, report: Report) -> list[InkPage]:
    pages = []
    for done, pair in enumerate(pairs):
        cancel.check()
        report(Progress(done, len(pairs), f"Opening {pair.name}"))
        pages.append(load_pair(pair))
    return pages


def _trainable(request: TrainBinarizerRequest, config: SaeConfig) -> Any:
    """Build the network with its loss and optimizer."""
    keras = runtime.keras()
    keras.utils.set_random_seed(request.seed)
    model = build_sae(config)
    optimizer = keras.optimizers.AdamW(
        request.learning_rate, weight_decay=1e-4, clipnorm=1.0
    )
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    model.compile(optimizer, dice_and_cross_entropy, jit_compile=False)
    optimizer.build(model.trainable_variables)
    return model


def dice_and_cross_entropy(truth: Any, ink: Any) -> Any:
    """Return cross-entropy plus one minus the Dice coefficient of the whole batch.

    Cross-entropy keeps the probabilities honest; Dice is a soft F-measure, so that a
    batch of mostly empty paper counts by its ink.

    References
    ----------
    F. Milletari, N. Navab, S.-A. Ahmadi, "V-Net", 3DV 2016,
    DOI 10.1109/3DV.2016.79, equation 2 (with plain sums in the denominator).
    """
    keras = runtime.keras()
    ops = keras.ops
    entropy = ops.mean(keras.losses.binary_crossentropy(truth, ink))
    overlap = 2 * ops.sum(truth * ink) + 1
    dice = overlap / (ops.sum(truth) + ops.sum(ink) + 1)
    return entropy + 1 - dice


def _begin(request: TrainBinarizerRequest, model: Any) -> Checkpoint:
    """Return the checkpoint to go on from, loaded into the model, or a fresh one."""
    path = request.work_folder / "checkpoint.npz"
    if not (request.resume and path.exists()):
        atomic_folder(request.work_folder)
        weights = model.get_weights()
        return Checkpoint(weights=weights, averaged=weights, best=weights)
    checkpoint = Checkpoint.load(path)
    model.set_weights(checkpoint.weights)
    for variable, value in zip(
        model.optimizer.variables, checkpoint.optimizer, strict=True
    ):
        variable.assign(value)
    log.info("going on from step %d", checkpoint.step)
    return checkpoint


def atomic_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)


def _done_share(request: TrainBinarizerRequest, checkpoint: Checkpoint) -> float:
    """Return how much of the allowed steps or time is used, 0..1."""
    share = checkpoint.step / request.steps
    if request.minutes:
        share = max(share, checkpoint.seconds / (60 * request.minutes))
    return min(share, 1.0)


def _is_over(request: TrainBinarizerRequest, checkpoint: Checkpoint) -> bool:
    exhausted = _done_share(request, checkpoint) >= 1
    return exhausted or checkpoint.stale >= request.patience


def _learning_rate(request: TrainBinarizerRequest, checkpoint: Checkpoint) -> float:
    """Rise in a line, then fall along half a cosine to zero."""
    warm = min(1.0, (checkpoint.step + 1) / WARM_UP_STEPS)
    fall = 0.5 + 0.5 * math.cos(math.pi * _done_share(request, checkpoint))
    return request.learning_rate * warm * fall


def _average(checkpoint: Checkpoint, weights: Weights) -> None:
    """Move the average a little toward the newest weights."""
    step = checkpoint.step
    decay = np.float32(min(EMA_DECAY, (1 + step) / (10 + step)))
    checkpoint.weights = weights
    checkpoint.averaged = [
        decay * old + (1 - decay) * new
        for old, new in zip(checkpoint.averaged, weights, strict=True)
    ]


def _measurer(
    config: SaeConfig, pages: Sequence[InkPage]
) -> Callable[[Weights, CancelToken], dict[str, float]]:
    """Return what measures weights: F-measure of each held-out page, at a cut of 1/2."""
    model = build_sae(config)
    size = config.window
    infer = runtime.compiled(model, ((None, size, size, 1), "float32"))

    def measure(weights: Weights, cancel: CancelToken) -> dict[str, float]:
        model.set_weights(weights)
        return {
            page.name: f_measure(
                blend_tiles(
                    page.gray,
                    lambda tiles: infer(tiles[..., None])[..., 0],
                    size=size,
                    overlap=size // 8,
                    batch=8,
                    cancel=cancel,
                )
                >= 128,
                page.truth,
            )
            for page in pages
        }

    return measure


def _note(
    request: TrainBinarizerRequest,
    checkpoint: Checkpoint,
    model: Any,
    loss: float,
    scores: dict[str, float],
) -> None:
    """Keep the weights if they are the best so far; write checkpoint and log."""
    mean = sum(scores.values()) / len(scores)
    if mean > checkpoint.best_f:
        checkpoint.best, checkpoint.best_f = checkpoint.averaged, mean
        checkpoint.best_step, checkpoint.stale = checkpoint.step, 0
    else:
        checkpoint.stale += 1
    ops = runtime.keras().ops
    checkpoint.optimizer = [ops.convert_to_numpy(v) for v in model.optimizer.variables]
    checkpoint.save(request.work_folder / "checkpoint.npz")
    entry = {
        "step": checkpoint.step,
        "seconds": round(checkpoint.seconds, 1),
        "loss": round(loss, 5),
        "learning_rate": _learning_rate(request, checkpoint),
        "f_measure": round(mean, 3),
        "pages": {name: round(score, 2) for name, score in scores.items()},
    }
    with (request.work_folder / "log.jsonl").open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(entry) + "\n")
    log.info("step %d: F %.2f", checkpoint.step, mean)
