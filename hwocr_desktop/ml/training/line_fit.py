"""The training loop of a line network, for first training and for fine-tuning."""

from __future__ import annotations

import logging
import math
import time
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from hwocr_desktop.core.atomic import make_folder, remove_stale
from hwocr_desktop.core.progress import CancelToken, Progress, Report
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.ml import runtime
from hwocr_desktop.ml.networks.crnn import HEADS
from hwocr_desktop.ml.training.batches import ahead, epoch_batches
from hwocr_desktop.ml.training.checkpoint import (
    Keeper,
    StoppedEarly,
    Weights,
    unusable,
)
from hwocr_desktop.ml.training.ctc_trainer import ctc_trainer
from hwocr_desktop.ml.training.line_checkpoint import load_run, save_run
from hwocr_desktop.ml.training.line_data import LineSample
from hwocr_desktop.ml.training.line_mix import LineMix
from hwocr_desktop.ml.training.line_run import (
    FILLED,
    LOOKS_AT,
    FitPoint,
    FitSettings,
    FitState,
    measure,
    rates_in_words,
    shown_lines,
)
from hwocr_desktop.ml.training.optimizer import muon
from hwocr_desktop.ml.training.working_time import worked

log = logging.getLogger(__name__)

_GROUPS = ("now", "mean", "best", "opt")
"""What a checkpoint holds: weights that learn, their mean, the best, the optimizer."""

ReadLines = Callable[[Sequence[LineSample]], list[str]]
ReadUnread = Callable[[CancelToken, Report], Sequence[LineSample]]
FindGaps = Callable[[Sequence[LineSample], CancelToken], Sequence[LineSample]]


class LineFit:
    """A run of training that can be stopped, saved and taken up again.

    Parameters
    ----------
    network : keras.Model
        From `build_crnn`; its weights are the starting point, and are those last
        measured while and after it learns.
    learner : keras.Model
        The same network once more, from `build_to_learn`: the one that learns.
    charset : Charset
    train, held_out : sequence of LineSample
        To learn from, and to measure and choose by; they share no page.
    settings : FitSettings
    read : callable
        Reads held-out lines with the network's weights, by the same code as in use.
    checkpoint : Path, optional
        File (.npz) in which the run is kept; taken up again if it exists.
    general : sequence of LineSample
        Lines of others, of which each pass mixes in some, ever others, so that what the
        network knew is not lost over what it learns; see `FitSettings.replay`.
    unread : callable, optional
        Reads lines that nobody has checked and returns those to learn from too.
    gaps : callable, optional
        Finds where the lines can be cut; needed for `FitSettings.spliced`.
    looks_at : tuple of float
        Shares of the time to learn, 0..1, at which both are called, with the running
        mean of the weights in ``network``.

    Raises
    ------
    BadRequest
        If the checkpoint is damaged or of another network.
    OutputNotWritable
        If its folder cannot be made.
    """

    def __init__(
        self,
        network: Any,
        learner: Any,
        charset: Charset,
        train: Sequence[LineSample],
        held_out: Sequence[LineSample],
        settings: FitSettings,
        read: ReadLines,
        checkpoint: Path | None = None,
        general: Sequence[LineSample] = (),
        unread: ReadUnread | None = None,
        gaps: FindGaps | None = None,
        looks_at: tuple[float, ...] = LOOKS_AT,
    ) -> None:
        self._network, self._learner, self._charset = network, learner, charset
        learner.set_weights(network.get_weights())
        height = int(network.inputs[0].shape[1])
        self._mix = LineMix(
            train, general, settings.replay, height, settings.spliced, settings.near
        )
        self._unread, self._looks_at, self._times_looked = unread, looks_at, 0
        self._gaps = gaps if settings.spliced else None
        self._settings, self._read, self._checkpoint = settings, read, checkpoint
        self._batches_an_epoch = self._count_batches()
        self._held_out = held_out
        prefixes = tuple(p for p in settings.frozen.split(",") if p)
        for layer in learner.layers:
            layer.trainable = not (prefixes and layer.name.startswith(prefixes))
        self._trainer = ctc_trainer()(learner, settings.shortcut)
        self._optimizer = muon(settings.learning_rate, HEADS, global_clipnorm=5.0)
        self._trainer.compile(optimizer=self._optimizer, jit_compile=False)
        runtime.trace_once(
            self._trainer,
            ((None, height, None, 1), "float32"),
            ((None,), "int32"),
            ((None, None), "int32"),
        )
        self._optimizer.build(learner.trainable_variables)
        self.state = FitState()
        self._first: Weights = [np.array(w) for w in network.get_weights()]
        self.mean: Weights = [w.copy() for w in self._first]
        self.best: Weights = [w.copy() for w in self.mean]
        if checkpoint is None:
            return
        make_folder(checkpoint.parent)
        remove_stale(checkpoint.parent)
        if checkpoint.is_file():
            self._load(checkpoint)

    def run(self, *, cancel: CancelToken, report: Report) -> FitState:
        """Train until the settings, the patience or ``cancel`` say stop.

        ``report`` gets a `Progress` after each batch, with a `FitPoint` as its partial
        after each measurement, a `NotKept` the first time that the checkpoint cannot
        be written, and a `StoppedEarly` at the end if it was the patience that said
        stop. `best` holds the best weights so far.

        Raises
        ------
        Cancelled
            If cancelled; the checkpoint is up to date, if there is one and it could be
            written.
        """
        s, keeper = self.state, Keeper(report)
        try:
            while not self._is_done():
                loss = self._one_epoch(cancel, report, keeper)
                if self._is_done() or self._is_due():
                    self._measure(loss, cancel, report, keeper)
            if not s.history:
                # Taken up after its last pass, which was stopped before measuring.
                self._measure(math.nan, cancel, report, keeper)
            if self._is_stale():
                best = min(s.history, key=lambda point: float(point["cer"]["all"]))
                report(StoppedEarly(s.step, best["step"]).progress())
        finally:
            if s.step:
                self._save(keeper)
        return s

    def _progress(self) -> float:
        s, limits = self.state, self._settings
        done = s.step / (limits.epochs * self._batches_an_epoch)
        if limits.minutes:
            done = max(done, s.minutes / limits.minutes)
        return min(1.0, done)

    def _is_done(self) -> bool:
        s, limits = self.state, self._settings
        return (
            s.epoch >= limits.epochs
            or bool(limits.minutes and s.minutes >= limits.minutes)
            or self._is_stale()
        )

    def _is_stale(self) -> bool:
        patience = self._settings.patience
        return bool(patience and self.state.since_best >= patience)

    def _is_due(self) -> bool:
        s = self.state
        measured: float = s.history[-1]["minutes"] if s.history else 0.0
        return s.minutes - measured >= self._settings.measure_every

    def _rate(self) -> float:
        at = self._progress()
        warm = min(1.0, (at + 1e-3) / 0.03)
        return (
            self._settings.learning_rate
            * warm
            * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * at)))
        )

    def _one_epoch(self, cancel: CancelToken, report: Report, keeper: Keeper) -> float:
        s, limits = self.state, self._settings
        self._look(cancel, report)
        rng = np.random.default_rng([limits.seed, s.epoch, s.step])
        batches = epoch_batches(
            self._mix.draw(rng),
            self._charset,
            rng,
            columns=limits.columns,
            augment=limits.augment,
            hidden=limits.hidden,
        )
        losses: list[float] = []
        clock, saved = time.monotonic(), time.monotonic()
        total = self._batches_an_epoch
        for number, batch in enumerate(ahead(batches)):
            cancel.check()
            self._optimizer.learning_rate = self._rate()
            loss = self._trainer.train_on_batch(
                [batch.lines, batch.frames], batch.labels
            )
            losses.append(float(np.asarray(loss).reshape(-1)[0]))
            s.step += 1
            now = time.monotonic()
            s.minutes += worked(now - clock) / 60.0
            clock = now
            if s.step % 4 == 0:
                self._average(4)
            recent = float(np.mean(losses[-50:]))
            report(
                Progress(number + 1, total, f"pass {s.epoch + 1}, loss {recent:.1f}")
            )
            if now - saved > 240:
                self._save(keeper)
                saved = now
            if limits.minutes and s.minutes >= limits.minutes:
                break
            if self._looks_next():
                # A long pass would be over too late.
                break
        if not self._looks_next():
            # Else it goes on, with other lines.
            s.epoch += 1
        return float(np.mean(losses)) if losses else math.nan

    def _look(self, cancel: CancelToken, report: Report) -> None:
        """Look at lines anew if it is time to; a run taken up again does so at once."""
        if not self._looks_next():
            return
        # Before there is more to learn, and so less of it done.
        self._times_looked = self._times_due()
        self._network.set_weights(self.mean)
        if self._gaps is not None:
            self._mix.cut_at(self._gaps(self._mix.own, cancel))
        if self._unread is not None:
            self._mix.learn_too(self._unread(cancel, report))
            self.state.has_read = True
        self._batches_an_epoch = self._count_batches()

    def _looks_next(self) -> bool:
        looks = self._unread is not None or self._gaps is not None
        return looks and self._times_due() > self._times_looked

    def _times_due(self) -> int:
        return bisect_right(self._looks_at, self._progress())

    def _count_batches(self) -> int:
        return max(1, math.ceil(self._mix.width / self._settings.columns * FILLED))

    def between(self) -> Weights:
        """Return what was learned in the end, as near to the start as was asked for.

        That is the running mean, and of the weights of the beginning so much as the
        settings say; see `FitSettings.of_base`.
        """
        share = self._settings.of_base
        return [
            learned + share * (first - learned)
            for first, learned in zip(self._first, self.mean, strict=True)
        ]

    def _average(self, steps: int) -> None:
        """Move the running mean of the weights toward the present ones."""
        decay = min(
            self._settings.ema**steps, (1 + self.state.step) / (10 + self.state.step)
        )
        for mean, weight in zip(self.mean, self._learner.get_weights(), strict=True):
            mean += (1.0 - decay) * (weight - mean)

    def _measure(
        self, loss: float, cancel: CancelToken, report: Report, keeper: Keeper
    ) -> None:
        cancel.check()
        s = self.state
        # What it would end as if this were the end.
        self._network.set_weights(self.between())
        texts = self._read(self._held_out)
        rates = measure(self._held_out, texts)
        examples = shown_lines(texts, self._held_out)
        point = FitPoint(s.epoch, s.step, s.minutes, loss, rates, examples)
        entry = asdict(point)
        del entry["examples"]
        s.history.append(entry)
        if rates["all"] < s.best:
            s.best, s.since_best = rates["all"], 0
            self.best = [w.copy() for w in self.mean]
        else:
            s.since_best += 1
        # Before it is told: whoever is told may look at the run's log.
        self._save(keeper)
        log.info("pass %d: loss %.2f, CER %s", s.epoch, loss, rates)
        told = rates_in_words(rates)
        report(Progress(s.epoch, self._settings.epochs, told, point))

    def _save(self, keeper: Keeper) -> None:
        path = self._checkpoint
        if path is None:
            return
        ops = runtime.keras().ops
        optimizer = [ops.convert_to_numpy(v) for v in self._optimizer.variables]
        groups = self._learner.get_weights(), self.mean, self.best, optimizer
        kept = dict(zip(_GROUPS, groups, strict=True))
        keeper.keep(lambda: save_run(path, self.state, kept))

    def _load(self, path: Path) -> None:
        state, (now, mean, best, optimizer) = load_run(path, *_GROUPS)
        shapes = [weights.shape for weights in self.mean]
        if any([w.shape for w in group] != shapes for group in (now, mean, best)):
            raise unusable(path)
        try:
            pairs = zip(self._optimizer.variables, optimizer, strict=True)
            for variable, value in pairs:
                variable.assign(value)
        except ValueError as error:
            raise unusable(path) from error
        self._learner.set_weights(now)
        self.state, self.mean, self.best = state, mean, best
        log.info("took up a run at pass %d, step %d", self.state.epoch, self.state.step)
