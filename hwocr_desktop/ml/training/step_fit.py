"""The loop of a training that counts its steps and is judged by an F-measure."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from hwocr_desktop.core import atomic
from hwocr_desktop.core.progress import Cancelled, CancelToken, Progress, Report
from hwocr_desktop.ml.training.checkpoint import (
    CHECKPOINT,
    Checkpoint,
    Keeper,
    StoppedEarly,
    Weights,
    json_line,
)
from hwocr_desktop.ml.training.working_time import worked

log = logging.getLogger(__name__)


MOST_STEPS = 100_000
"""Batches for a training that the time given ends before."""

NEVER = 1_000_000
"""Patience of a training that no measurement is to stop."""


class Limits(Protocol):
    """How long a network learns, and how often it is judged."""

    @property
    def steps(self) -> int:
        """Batches to learn from, at most."""

    @property
    def minutes(self) -> float:
        """Time to learn for, at most, over all resumed runs; 0 for no limit."""

    @property
    def learning_rate(self) -> float:
        """The highest one."""

    @property
    def evaluate_every(self) -> int:
        """Batches between measurements."""

    @property
    def patience(self) -> int:
        """Measurements without gain before stopping."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """How good the network was at some step.

    Attributes
    ----------
    step, seconds : int, float
        Batches learned from, and the time they took.
    loss : float
        Mean over the batches since the last measurement.
    f_measure : float
        Mean over the held-out pages, in percent; of ink or of baselines.
    pages : dict
        F-measure of each held-out page, where pages are told apart.
    """

    step: int
    seconds: float
    loss: float
    f_measure: float
    pages: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Learner:
    """A network that learns from batches, and what judges it.

    Attributes
    ----------
    model : keras.Model
        Compiled; learns.
    network : keras.Model
        The one whose weights are kept: the model itself, or what it teaches.
    draw : callable
        Returns the arguments of ``model.train_on_batch`` for a step. Called in another
        thread. The same step gives the same batch, so that a resumed run draws what it
        would have drawn.
    judge : callable
        Returns the F-measure with given weights, in percent, and that of each page
        where pages are told apart.
    """

    model: Any
    network: Any
    draw: Callable[[int], tuple[Any, ...]]
    judge: Callable[[Weights], tuple[float, dict[str, float]]]


def begin(folder: Path, learner: Learner, *, resume: bool = True) -> Checkpoint:
    """Return the checkpoint to go on from, loaded into the network, or a fresh one.

    Raises
    ------
    BadRequest
        If there is a checkpoint that does not belong to this network.
    OutputNotWritable
        If the folder cannot be made.
    """
    path = folder / CHECKPOINT
    if folder.is_dir():
        atomic.remove_stale(folder)
    if not (resume and path.exists()):
        atomic.make_folder(folder)
        weights = learner.network.get_weights()
        return Checkpoint(weights=weights, averaged=weights, best=weights)
    checkpoint = Checkpoint.load(path)
    checkpoint.put_into(learner.network, learner.model.optimizer, path)
    log.info("going on from step %d", checkpoint.step)
    return checkpoint


def fit_in_steps(
    learner: Learner,
    checkpoint: Checkpoint,
    limits: Limits,
    decay: float,
    folder: Path,
    *,
    cancel: CancelToken,
    report: Report,
) -> Checkpoint:
    """Learn until the limits or the patience say stop.

    Parameters
    ----------
    learner : Learner
        Already as far as the checkpoint.
    checkpoint : Checkpoint
        Where the run stands; it moves on.
    limits : Limits
    decay : float
        A step, of the moving average of weights that is judged and kept.
    folder : Path
        Gets checkpoint and log after each measurement.
    cancel, report
        See `progress`; ``report`` gets a `Measurement` as partial, a `NotKept` the
        first time that the folder cannot be written, and at the end a `StoppedEarly`
        if it was the patience that said stop.

    Raises
    ------
    Cancelled
        If cancelled; the checkpoint is up to date, if it could be written.
    """
    model, keeper = learner.model, Keeper(report)
    clock = time.monotonic()
    with (
        _kept_if_cancelled(learner, checkpoint, folder, keeper),
        ThreadPoolExecutor(1) as pool,
    ):
        upcoming = pool.submit(learner.draw, checkpoint.step)
        while not _is_over(limits, checkpoint):
            cancel.check()
            batch = upcoming.result()
            upcoming = pool.submit(learner.draw, checkpoint.step + 1)
            model.optimizer.learning_rate = checkpoint.learning_rate(
                limits.learning_rate, limits.steps, limits.minutes
            )
            loss = float(np.asarray(model.train_on_batch(*batch)).reshape(-1)[0])
            checkpoint.step += 1
            now = time.monotonic()
            checkpoint.seconds += worked(now - clock)
            clock = now
            checkpoint.average(learner.network.get_weights(), decay)
            report(Progress(checkpoint.step, limits.steps, f"Loss {loss:.3f}"))
            due = checkpoint.step % limits.evaluate_every == 0
            if due or _is_over(limits, checkpoint):
                score, pages = learner.judge(checkpoint.averaged)
                checkpoint.take_score(score, model.optimizer)
                clock = time.monotonic()
                # Judging a page in eight ways may take minutes.
                checkpoint.seconds += clock - now
                point = Measurement(
                    checkpoint.step, checkpoint.seconds, loss, score, pages
                )
                keeper.keep(partial(_keep, folder, checkpoint, point))
                text = f"Step {point.step}: {score:.2f} of 100 points"
                log.info("%s", text)
                report(Progress(point.step, limits.steps, text, point))
                model.reset_metrics()
    if not _is_exhausted(limits, checkpoint):
        report(StoppedEarly(checkpoint.step, checkpoint.best_step).progress())
    return checkpoint


@contextmanager
def _kept_if_cancelled(
    learner: Learner, checkpoint: Checkpoint, folder: Path, keeper: Keeper
) -> Iterator[None]:
    """Write down how far it has come where it is cancelled."""
    try:
        yield
    except Cancelled:
        if checkpoint.step:
            checkpoint.take_optimizer(learner.model.optimizer)
            keeper.keep(partial(checkpoint.save, folder / CHECKPOINT))
        raise


def _is_exhausted(limits: Limits, checkpoint: Checkpoint) -> bool:
    return checkpoint.done_share(limits.steps, limits.minutes) >= 1


def _is_over(limits: Limits, checkpoint: Checkpoint) -> bool:
    return _is_exhausted(limits, checkpoint) or checkpoint.stale >= limits.patience


def _keep(folder: Path, checkpoint: Checkpoint, point: Measurement) -> None:
    """Write checkpoint and log."""
    checkpoint.save(folder / CHECKPOINT)
    path = folder / "log.jsonl"
    try:
        with path.open("a", encoding="utf-8") as lines:
            lines.write(json_line(asdict(point)))
    except OSError as error:
        raise atomic.not_writable(path, error) from error
