"""A run of training as it is kept, so that it can be interrupted and taken up again."""

from __future__ import annotations

import io
import json
import math
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core import atomic
from hwocr_desktop.core.errors import BadRequest
from hwocr_desktop.core.progress import Progress
from hwocr_desktop.ml import runtime

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


def unusable(path: Path) -> BadRequest:
    """Return the error of a checkpoint that cannot be gone on from."""
    return BadRequest(
        f"The checkpoint {path} is damaged or belongs to another training.",
        "Begin anew (on the command line with --fresh, which keeps the old one), or "
        "name another folder for the run.",
    )


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
