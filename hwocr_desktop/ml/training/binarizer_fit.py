"""The loop that teaches a binarizing network, and how it is taken up again."""

from __future__ import annotations

import io
import json
import logging
import math
import time
import zipfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core import atomic
from hwocr_desktop.core.errors import BadRequest
from hwocr_desktop.core.pixels.image_metrics import f_measure
from hwocr_desktop.core.progress import CancelToken, Progress, Report
from hwocr_desktop.ml import registry, runtime
from hwocr_desktop.ml.binarizer import Binarizer
from hwocr_desktop.ml.networks.sae import build_sae
from hwocr_desktop.ml.training.binarizer_data import InkPage, Windows, WindowSource
from hwocr_desktop.ml.training.binarizer_request import TrainBinarizerRequest

log = logging.getLogger(__name__)

Weights = list[npt.NDArray[Any]]

WARM_UP_STEPS = 100
EMA_DECAY = 0.998

_NUMBERS = ("step", "seconds", "best_f", "best_step", "stale")
_ARRAYS = ("weights", "averaged", "best", "optimizer")


@dataclass(frozen=True, slots=True)
class InkMeasurement:
    """How good the network was at some step.

    Attributes
    ----------
    step, seconds : int, float
        Batches learned from, and the time they took.
    loss : float
        Mean over the batches since the last measurement.
    f_measure : float
        Mean over the held-out pages, in percent.
    pages : dict
        F-measure of each held-out page.
    """

    step: int
    seconds: float
    loss: float
    f_measure: float
    pages: dict[str, float]


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
        """Write it, all or nothing.

        Raises
        ------
        OutputNotWritable
            If the file cannot be written.
        """
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
        """Read what `save` wrote.

        Raises
        ------
        BadRequest
            If the file is damaged.
        """
        try:
            # Opened here: NumPy leaves a file open that it cannot read.
            with path.open("rb") as file, np.load(file) as packed:
                checkpoint = cls(**json.loads(str(packed["numbers"])))
                for name in _ARRAYS:
                    keys = sorted(k for k in packed.files if k.startswith(f"{name}/"))
                    setattr(checkpoint, name, [packed[key] for key in keys])
        except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
            raise _unusable(path) from error
        return checkpoint


def fit(
    request: TrainBinarizerRequest,
    pages: Sequence[InkPage],
    held: Sequence[InkPage],
    *,
    cancel: CancelToken,
    report: Report,
) -> Checkpoint:
    """Learn from pages, measuring on others; leaves a checkpoint in the work folder.

    Returns
    -------
    Checkpoint
        The last one; its ``best`` are the weights to keep.

    Raises
    ------
    BadRequest
        If there is a checkpoint that does not belong to this request.
    OutputNotWritable
        If the work folder cannot be written.
    Cancelled
        If `cancel` was raised; the last checkpoint stays.
    """
    source = WindowSource(pages, request.window, dict(request.more), request.as_scanned)
    model = _trainable(request)
    checkpoint = _begin(request, model)
    judge = open_with(request, checkpoint.averaged)
    started = time.monotonic() - checkpoint.seconds

    def draw(step: int) -> Windows:
        # Seeded by the step, so that a resumed run draws what it would have drawn.
        return source.batch(request.batch, np.random.default_rng((request.seed, step)))

    with ThreadPoolExecutor(1, "windows") as pool:
        upcoming = pool.submit(draw, checkpoint.step)
        while not _is_over(request, checkpoint):
            cancel.check()
            windows = upcoming.result()
            upcoming = pool.submit(draw, checkpoint.step + 1)
            model.optimizer.learning_rate = _learning_rate(request, checkpoint)
            inputs = [windows.gray, windows.writing][: len(model.inputs)]
            loss = float(
                model.train_on_batch(
                    inputs if len(inputs) > 1 else inputs[0], windows.ink
                )
            )
            checkpoint.step += 1
            checkpoint.seconds = time.monotonic() - started
            _average(checkpoint, model.get_weights())
            report(Progress(checkpoint.step, request.steps, f"Loss {loss:.3f}"))
            due = checkpoint.step % request.evaluate_every == 0
            if due or _is_over(request, checkpoint):
                judge.network.set_weights(checkpoint.averaged)
                scores = _scores(judge, held, cancel)
                checkpoint.seconds = time.monotonic() - started
                _note(request, checkpoint, model, loss, scores, report)
                model.reset_metrics()
    return checkpoint


def dice_and_cross_entropy(truth: Any, ink: Any) -> Any:
    """Return cross-entropy plus one minus the Dice coefficient of the whole batch.

    Cross-entropy keeps the probabilities honest; Dice is a soft F-measure, so that a
    batch of mostly empty paper counts by its ink.

    References
    ----------
    F. Milletari, N. Navab, S.-A. Ahmadi, 2016, DOI 10.1109/3DV.2016.79; here with
    plain sums in the denominator.
    """
    keras = runtime.keras()
    ops = keras.ops
    entropy = ops.mean(keras.losses.binary_crossentropy(truth, ink))
    overlap = 2 * ops.sum(truth * ink) + 1
    dice = overlap / (ops.sum(truth) + ops.sum(ink) + 1)
    return entropy + 1 - dice


def _trainable(request: TrainBinarizerRequest) -> Any:
    """Build the network with its loss and optimizer."""
    keras = runtime.keras()
    keras.utils.set_random_seed(request.seed)
    model = build_sae(request.config)
    optimizer = keras.optimizers.AdamW(
        request.learning_rate, weight_decay=1e-4, clipnorm=1.0
    )
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    model.compile(optimizer, dice_and_cross_entropy, jit_compile=False)
    optimizer.build(model.trainable_variables)
    return model


def _begin(request: TrainBinarizerRequest, model: Any) -> Checkpoint:
    """Return the checkpoint to go on from, loaded into the model, or a fresh one."""
    if not (request.resume and request.checkpoint.exists()):
        atomic.make_folder(request.work_folder)
        if request.base is not None:
            registry.load_weights(model, registry.read_card(request.base))
        weights = model.get_weights()
        return Checkpoint(weights=weights, averaged=weights, best=weights)
    checkpoint = Checkpoint.load(request.checkpoint)
    try:
        model.set_weights(checkpoint.weights)
        for variable, value in zip(
            model.optimizer.variables, checkpoint.optimizer, strict=True
        ):
            variable.assign(value)
    except ValueError as error:
        raise _unusable(request.checkpoint) from error
    log.info("going on from step %d", checkpoint.step)
    return checkpoint


def _unusable(path: Path) -> BadRequest:
    return BadRequest(
        f"The checkpoint {path} is damaged or belongs to another training.",
        "Begin anew, or name another folder for the run.",
    )


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


def _scores(
    binarizer: Binarizer, held: Sequence[InkPage], cancel: CancelToken
) -> dict[str, float]:
    """Return the F-measure of each held-out page, in percent."""
    scores = {}
    for page in held:
        binary = binarizer.ink_map(page.gray, cancel=cancel).binary()
        scores[page.name] = f_measure(binary, page.truth)
    return scores


def open_with(
    request: TrainBinarizerRequest, weights: Weights, orientations: int = 1
) -> Binarizer:
    """Return the network of a request with the given weights, in use."""
    config = request.config
    network = build_sae(config)
    network.set_weights(weights)
    return Binarizer(network, config.window, config.overlap, orientations)


def _note(
    request: TrainBinarizerRequest,
    checkpoint: Checkpoint,
    model: Any,
    loss: float,
    scores: dict[str, float],
    report: Report,
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
    checkpoint.save(request.checkpoint)
    point = InkMeasurement(checkpoint.step, checkpoint.seconds, loss, mean, scores)
    path = request.work_folder / "log.jsonl"
    try:
        with path.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(asdict(point), ensure_ascii=False) + "\n")
    except OSError as error:
        raise atomic.not_writable(path, error) from error
    text = f"Step {checkpoint.step}: F-measure {mean:.2f}"
    report(Progress(checkpoint.step, request.steps, text, point))
    log.info("%s", text)
