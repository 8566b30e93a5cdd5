"""A run of training of a line network as it is kept: written whole, read with care."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from itertools import count, takewhile
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from hwocr_desktop.core.atomic import write_text
from hwocr_desktop.ml.training.checkpoint import (
    Weights,
    json_line,
    save_arrays,
    unusable,
)
from hwocr_desktop.ml.training.line_run import FitState

_STATE = "state"

LOG_NAME = "log.jsonl"
"""The measurements, beside the checkpoint: for people and plots."""


def save_run(path: Path, state: FitState, groups: Mapping[str, Weights]) -> None:
    """Write a run, all or nothing, and its measurements beside it.

    Parameters
    ----------
    path : Path
        The file (.npz); its folder must exist.
    state : FitState
    groups : mapping of str to list of arrays
        Weights and the like, by names without digits.

    Raises
    ------
    OutputNotWritable
        If that cannot be written; an older one is there as it was.
    """
    arrays = {
        f"{name}{i}": value
        for name, group in groups.items()
        for i, value in enumerate(group)
    }
    save_arrays(path, arrays | {_STATE: np.array(json.dumps(asdict(state)))})
    rows = "".join(json_line(point) for point in state.history)
    write_text(path.with_name(LOG_NAME), rows)


def load_run(path: Path, *names: str) -> tuple[FitState, list[Weights]]:
    """Read what `save_run` wrote.

    Parameters
    ----------
    path : Path
    *names : str
        Of groups.

    Raises
    ------
    UnusableRun
        If the file is damaged.
    """
    try:
        # Opened here: NumPy leaves a file open that it cannot read.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as saved:

            def group(name: str) -> Weights:
                keys = takewhile(saved.__contains__, (f"{name}{i}" for i in count()))
                return [saved[key] for key in keys]

            state = FitState(**json.loads(str(saved[_STATE])))
            return state, [group(name) for name in names]
    except (OSError, EOFError, ValueError, KeyError, TypeError, BadZipFile) as error:
        raise unusable(path) from error
