"""A teaching that was interrupted: where it is kept, and whether it can go on.

One teaching is kept at a time. Other lines, texts or another model to start from make
another teaching, for what was learned so far may hold what is held out now.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from hwocr_desktop.core import paths
from hwocr_desktop.core.document.document import Line, Page
from hwocr_desktop.core.errors import OutputNotWritable
from hwocr_desktop.ml.registry import ModelCard
from hwocr_desktop.ml.training.checkpoint import CHECKPOINT

log = logging.getLogger(__name__)


def run_folder(card: ModelCard, lines: Sequence[tuple[Page, Line]]) -> Path:
    """Return the folder of a teaching; it need not be there.

    Parameters
    ----------
    card : ModelCard
        The model to start from.
    lines : sequence of (Page, Line)
        All lines, those held out too.
    """
    made_of = hashlib.sha256(card.sha256.encode())
    for page, line in lines:
        where = (page.source, page.frame, page.sha256, page.rotation, page.inverted)
        made_of.update(repr((where, line.shape, line.text)).encode())
    return _runs() / made_of.hexdigest()[:20]


def begin(folder: Path) -> Path:
    """Make the folder of a teaching, remove all others, and return its checkpoint.

    Raises
    ------
    OutputNotWritable
        If the folder cannot be made.
    """
    for other in _runs().iterdir() if _runs().is_dir() else ():
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputNotWritable(
            f"The folder {folder} for the training could not be made.",
            "Check that it may be written to and that the disk is not full.",
        ) from error
    return folder / CHECKPOINT


def is_any_kept() -> bool:
    """Return whether any teaching is kept; quick, whatever the project holds."""
    return _runs().is_dir() and any(_runs().iterdir())


def minutes_done(folder: Path) -> float:
    """Return how long a teaching has gone on already; 0 if there is none to go on with.

    A checkpoint that cannot be read is removed: it would only stop the next one.
    """
    path = folder / CHECKPOINT
    if not path.is_file():
        return 0.0
    try:
        with np.load(path, allow_pickle=False) as saved:
            return float(json.loads(str(saved["state"]))["minutes"])
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        log.warning("the checkpoint %s cannot be read", path, exc_info=True)
        forget(folder)
        return 0.0


def forget(folder: Path) -> None:
    """Remove a teaching; nothing happens if there is none."""
    shutil.rmtree(folder, ignore_errors=True)


def _runs() -> Path:
    return paths.user_data() / "teaching"
