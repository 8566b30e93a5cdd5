"""A run of training as it is kept, so that it can be interrupted and taken up again."""

from __future__ import annotations

import io
import json
import logging
import math
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core import atomic
from hwocr_desktop.core.errors import BadRequest, OutputNotWritable
from hwocr_desktop.core.progress import Progress, Report
from hwocr_desktop.core.write_errors import is_for_want_of_room
from hwocr_desktop.ml import runtime

log = logging.getLogger(__name__)

Weights = list[npt.NDArray[Any]]

CHECKPOINT = "checkpoint.npz"
"""Its name in the folder of a run."""

WARM_UP_STEPS = 100

_NUMBERS = ("step", "seconds", "best_f", "best_step", "stale")
_ARRAYS = ("weights", "averaged", "best", "optimizer")


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
        save_arrays(path, {"numbers": np.array(numbers), **arrays})

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
            raise unusable(path) from error
        return checkpoint

    def put_into(self, model: Any, optimizer: Any, path: Path) -> None:
        """Give a network and its optimizer what they had learned.

        Parameters
        ----------
        model, optimizer : keras objects
            Of the same kind as those that the checkpoint is of; built.
        path : Path
            Where the checkpoint came from, for the error.

        Raises
        ------
        BadRequest
            If it is of another network.
        """
        try:
            model.set_weights(self.weights)
            for variable, value in zip(
                optimizer.variables, self.optimizer, strict=True
            ):
                variable.assign(value)
        except ValueError as error:
            raise unusable(path) from error

    def average(self, weights: Weights, decay: float) -> None:
        """Take the newest weights and move the average a little toward them."""
        share = np.float32(min(decay, (1 + self.step) / (10 + self.step)))
        self.weights = weights
        self.averaged = [
            share * old + (1 - share) * new
            for old, new in zip(self.averaged, weights, strict=True)
        ]

    def take_score(self, score: float, optimizer: Any) -> None:
        """Keep the averaged weights if they are the best so far, in percent."""
        if score > self.best_f:
            self.best, self.best_f = self.averaged, score
            self.best_step, self.stale = self.step, 0
        else:
            self.stale += 1
        self.take_optimizer(optimizer)

    def take_optimizer(self, optimizer: Any) -> None:
        """Keep the optimizer's memory as it is now."""
        ops = runtime.keras().ops
        self.optimizer = [ops.convert_to_numpy(v) for v in optimizer.variables]

    def done_share(self, steps: int, minutes: float) -> float:
        """Return how much of the allowed steps or time is used, 0..1."""
        share = self.step / steps
        if minutes:
            share = max(share, self.seconds / (60 * minutes))
        return min(share, 1.0)

    def learning_rate(self, highest: float, steps: int, minutes: float) -> float:
        """Rise in a line, then fall along half a cosine to zero."""
        warm = min(1.0, (self.step + 1) / WARM_UP_STEPS)
        fall = 0.5 + 0.5 * math.cos(math.pi * self.done_share(steps, minutes))
        return highest * warm * fall


class UnusableRun(BadRequest):
    """A checkpoint that cannot be gone on from; its advice is for ``hwocr train``."""


def unusable(path: Path) -> UnusableRun:
    """Return the error of a checkpoint that cannot be gone on from."""
    return UnusableRun(
        "What was learned so far cannot be gone on from: the file "
        f"{path} is damaged or belongs to another training.",
        "Begin anew with --fresh, which keeps that file under another name, or name "
        "another folder with --run.",
    )


def save_arrays(path: Path, arrays: Mapping[str, Any]) -> None:
    """Write the intermediate state of a training, all or nothing.

    Parameters
    ----------
    path : Path
    arrays : mapping of str to array

    Raises
    ------
    OutputNotWritable
        If the file cannot be written; nothing of it is left then.
    """
    packed = io.BytesIO()
    np.savez(packed, **arrays)
    try:
        atomic.write_bytes(path, packed.getvalue())
    except OutputNotWritable as error:
        if is_for_want_of_room(error):
            raise OutputNotWritable(
                "There is no room left on the disk to save the intermediate state of "
                f"the training in {path.parent}.",
                "Free some space.",
            ) from error.__cause__
        raise OutputNotWritable(
            "The intermediate state of the training could not be saved in "
            f"{path.parent}.",
            str(error),
        ) from error.__cause__


def json_line(values: Mapping[str, Any]) -> str:
    """Return a line of JSON; what is no number, such as a loss of nothing, is null."""
    return json.dumps(_plain(values), ensure_ascii=False, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


class Keeper:
    """Saves a run now and then; where that fails, the run goes on and says so once.

    Parameters
    ----------
    report : Report
        Gets a `NotKept` the first time that something cannot be saved.
    """

    def __init__(self, report: Report) -> None:
        self._report, self._has_told = report, False

    def keep(self, save: Callable[[], object]) -> None:
        """Call what saves."""
        try:
            save()
        except OutputNotWritable as error:
            log.warning("the run is not kept: %s", error)
            if not self._has_told:
                self._has_told = True
                self._report(NotKept(error.message).progress())


@dataclass(frozen=True, slots=True)
class NotKept:
    """A run goes on, but cannot be taken up again where it is now.

    Attributes
    ----------
    reason : str
        A sentence that says why.
    """

    reason: str

    @property
    def text(self) -> str:
        """What a person is told."""
        return (
            f"{self.reason} The training goes on; if it is interrupted, what it has "
            "learned since it was last saved is lost."
        )

    def progress(self) -> Progress:
        """Return what to report."""
        return Progress(0, 0, self.text, self)


@dataclass(frozen=True, slots=True)
class StoppedEarly:
    """A run that ended because it got no better.

    Attributes
    ----------
    step, best_step : int
        Where it ended, and where it was best.
    """

    step: int
    best_step: int

    def progress(self) -> Progress:
        """Return what to report."""
        text = (
            f"Stopped at step {self.step}: nothing measured since step "
            f"{self.best_step} was better."
        )
        return Progress(self.step, self.step, text, self)
