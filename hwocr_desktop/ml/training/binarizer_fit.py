"""The loop that teaches a binarizing network, and how it is taken up again."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from hwocr_desktop.core import atomic
from hwocr_desktop.core.pixels.image_metrics import f_measure
from hwocr_desktop.core.progress import CancelToken, Progress, Report
from hwocr_desktop.ml import registry, runtime
from hwocr_desktop.ml.binarizer import Binarizer
from hwocr_desktop.ml.networks.sae import build_sae
from hwocr_desktop.ml.training.binarizer_data import InkPage, Windows, WindowSource
from hwocr_desktop.ml.training.binarizer_request import TrainBinarizerRequest
from hwocr_desktop.ml.training.checkpoint import Checkpoint, Weights

log = logging.getLogger(__name__)

EMA_DECAY = 0.998


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
            model.optimizer.learning_rate = checkpoint.learning_rate(
                request.learning_rate, request.steps, request.minutes
            )
            inputs = [windows.gray, windows.writing][: len(model.inputs)]
            loss = float(
                model.train_on_batch(
                    inputs if len(inputs) > 1 else inputs[0], windows.ink
                )
            )
            checkpoint.step += 1
            checkpoint.seconds = time.monotonic() - started
            checkpoint.average(model.get_weights(), EMA_DECAY)
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
    checkpoint.put_into(model, model.optimizer, request.checkpoint)
    log.info("going on from step %d", checkpoint.step)
    return checkpoint


def _is_over(request: TrainBinarizerRequest, checkpoint: Checkpoint) -> bool:
    exhausted = checkpoint.done_share(request.steps, request.minutes) >= 1
    return exhausted or checkpoint.stale >= request.patience


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
    checkpoint.take_score(mean, model.optimizer)
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
