"""Train the network that turns a page into ink, and write it as a model."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from hwocr_desktop.core.errors import HwocrError
from hwocr_desktop.core.pixels.image_metrics import InkScores, mean_scores, measure
from hwocr_desktop.core.progress import CancelToken, Progress, Report, ignore_progress
from hwocr_desktop.ml.binarizer import Binarizer
from hwocr_desktop.ml.registry import ModelCard, save_model, weights_of
from hwocr_desktop.ml.training.binarizer_data import (
    InkPage,
    InkPair,
    find_pairs,
    leave_out,
    load_pair,
    split_pairs,
)
from hwocr_desktop.ml.training.binarizer_fit import fit, open_with
from hwocr_desktop.ml.training.binarizer_request import TrainBinarizerRequest
from hwocr_desktop.ml.training.calibration import calibrate
from hwocr_desktop.ml.training.checkpoint import Checkpoint

__all__ = ["TrainBinarizerRequest", "train_binarizer"]

log = logging.getLogger(__name__)


def train_binarizer(
    request: TrainBinarizerRequest,
    *,
    cancel: CancelToken,
    report: Report = ignore_progress,
) -> ModelCard:
    """Train a network on pairs of scan and ink and write its model folder.

    Pairs that cannot be used are left out with a warning.

    A share of whole pages is held out by a fixed seed. The weights that are kept are
    the moving average that had the best mean F-measure there, shifted so that one half
    is the best cut there. A run that was
    cancelled or killed goes on from its checkpoint if ``request.resume`` is set.

    Returns
    -------
    ModelCard
        With the held-out figures of the weights kept.

    Raises
    ------
    TrainingDataMissing
        If there are too few pairs.
    HwocrError
        If none of the pairs to learn from, or to measure on, can be used.
    BadRequest
        If the request does not make sense, or the checkpoint is not of it.
    OutputNotWritable
        If the work folder or the model cannot be written.
    Cancelled
        If `cancel` was raised; what was reached is kept in the work folder.
    """
    config = request.config
    pairs = leave_out(find_pairs(request.data), request.without)
    if request.hold_out:
        kept = leave_out(pairs, request.hold_out)
        held = [pair for pair in pairs if pair not in kept]
    else:
        rng = np.random.default_rng(request.seed)
        kept, held = split_pairs(pairs, request.held_out, rng)
    pages = _load(kept, cancel, report)
    held_pages = _load(held, cancel, report)
    log.info("learning from %d pages, held out %d", len(pages), len(held_pages))
    checkpoint = fit(request, pages, held_pages, cancel=cancel, report=report)
    binarizer = open_with(request, checkpoint.best, request.orientations)
    cut = calibrate(binarizer, held_pages, cancel)
    card = ModelCard(
        id=request.out.name,
        task="binarize",
        title=request.title or request.out.name,
        summary=request.summary,
        licence=request.licence,
        bad_at=request.bad_at,
        trained_on=request.trained_on or request.data.name,
        command=request.command,
        architecture=config.to_dict(),
        input=config.card_input(request.orientations),
        metrics={
            f"{len(held_pages)} held-out training pages": _figures(
                binarizer, held_pages, cancel
            ),
            "training": {**_history(checkpoint), "cut_before_calibration": cut},
        },
    )
    return save_model(request.out, card, weights_of(binarizer.network))


def _load(
    pairs: Sequence[InkPair], cancel: CancelToken, report: Report
) -> list[InkPage]:
    pages: list[InkPage] = []
    for done, pair in enumerate(pairs):
        cancel.check()
        report(Progress(done, len(pairs), f"Opening {pair.name}"))
        try:
            pages.append(load_pair(pair))
        except HwocrError as error:
            if not pages and done + 1 == len(pairs):
                raise
            log.warning("left out %s: %s %s", pair.name, error.message, error.advice)
    return pages


def _figures(
    binarizer: Binarizer, pages: Sequence[InkPage], cancel: CancelToken
) -> dict[str, float]:
    """Measure all the contests' figures, and the speed, on pages."""
    scores: list[InkScores] = []
    seconds = 0.0
    for page in pages:
        started = time.perf_counter()
        ink = binarizer.ink_map(page.gray, cancel=cancel)
        seconds += time.perf_counter() - started
        scores.append(measure(ink.binary(), page.truth))
    pixels = sum(page.gray.size for page in pages)
    means = asdict(mean_scores(scores))
    return {
        **{name: round(value, 2) for name, value in means.items()},
        "megapixels_per_second": round(pixels / 1e6 / seconds, 2),
    }


def _history(checkpoint: Checkpoint) -> dict[str, Any]:
    return {
        "steps": checkpoint.step,
        "minutes": round(checkpoint.seconds / 60, 1),
        "best_step": checkpoint.best_step,
    }
