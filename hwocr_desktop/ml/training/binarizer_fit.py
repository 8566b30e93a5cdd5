"""Teach a binarizing network, judged by the ink of held-out pages."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from hwocr_desktop.core.pixels.image_metrics import f_measure
from hwocr_desktop.core.progress import CancelToken, Report
from hwocr_desktop.ml import registry, runtime
from hwocr_desktop.ml.binarizer import Binarizer
from hwocr_desktop.ml.networks.sae import build_sae
from hwocr_desktop.ml.training.binarizer_data import InkPage, WindowSource
from hwocr_desktop.ml.training.binarizer_request import TrainBinarizerRequest
from hwocr_desktop.ml.training.checkpoint import Checkpoint, Weights
from hwocr_desktop.ml.training.optimizer import adamw, muon
from hwocr_desktop.ml.training.step_fit import Learner, begin, fit_in_steps

EMA_DECAY = 0.998


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
    resume = request.resume and request.checkpoint.exists()
    model = _trainable(request)
    if request.base is not None and not resume:
        registry.load_weights(model, registry.read_card(request.base))
    judged = open_with(request, model.get_weights())

    def draw(step: int) -> tuple[Any, ...]:
        rng = np.random.default_rng((request.seed, step))
        windows = source.batch(request.batch, rng)
        inputs = [windows.gray, windows.writing][: len(model.inputs)]
        return inputs if len(inputs) > 1 else inputs[0], windows.ink

    def judge(weights: Weights) -> tuple[float, dict[str, float]]:
        judged.network.set_weights(weights)
        scores = ink_scores(judged, held, cancel)
        return sum(scores.values()) / len(scores), scores

    learner = Learner(model, model, draw, judge)
    checkpoint = begin(request.work_folder, learner, resume=resume)
    return fit_in_steps(
        learner,
        checkpoint,
        request,
        EMA_DECAY,
        request.work_folder,
        cancel=cancel,
        report=report,
    )


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
    model = runtime.to_learn(lambda: build_sae(request.config))
    # The last kernel, which alone answers, has one filter: no matrix to Muon.
    make = adamw if request.is_short else partial(muon, heads=())
    optimizer = make(request.learning_rate, clipnorm=1.0)
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    model.compile(optimizer, dice_and_cross_entropy, jit_compile=False)
    optimizer.build(model.trainable_variables)
    return model


def ink_scores(
    binarizer: Binarizer, held: Sequence[InkPage], cancel: CancelToken
) -> dict[str, float]:
    """Return the F-measure of each held-out page, in percent."""
    scores = {}
    for page in held:
        ink = binarizer.ink_map(page.gray, whole=page.whole, cancel=cancel)
        binary = ink.binary()
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
