"""Lines of other hands that are mixed in while a model is taught. No Qt.

A model that learns one hand forgets others. Whoever keeps transcribed lines of other
hands names their folder in the settings; each pass of a teaching mixes in some of them.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from hwocr_desktop.core.errors import HwocrError
from hwocr_desktop.core.settings import load_settings
from hwocr_desktop.ml.training.line_data import LineSample, draw_lines

log = logging.getLogger(__name__)

MOST = 1500
"""Lines that are mixed in, drawn at random from all of the folder, so that a large one
costs neither memory nor minutes before the teaching begins."""


def usual_folder() -> Path | None:
    """Return the folder that the settings name, or None."""
    named = load_settings().general_lines
    return Path(named) if named else None


def general_lines(folder: Path | None) -> list[LineSample]:
    """Load the lines of other hands.

    A folder that cannot be used keeps nobody from being taught: it is logged, and
    nothing is mixed in.

    Parameters
    ----------
    folder : Path or None
        With line images and their labels, or pages with PAGE XML, below it too.

    Returns
    -------
    list of LineSample
        At most `MOST`; empty if there is no folder.
    """
    if folder is None:
        return []
    try:
        return lines_of_others([folder])
    except HwocrError as error:
        log.warning("no lines of other hands: %s %s", error.message, error.advice)
        return []


def lines_of_others(folders: Sequence[Path]) -> list[LineSample]:
    """Draw at most `MOST` lines of the folders, always the same.

    Raises
    ------
    TrainingDataMissing
        If a folder holds no lines.
    """
    return draw_lines(folders, MOST, np.random.default_rng(1))
