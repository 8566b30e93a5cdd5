"""What a teaching will need, as a short trial lets expect. No Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hwocr_desktop.app.learning_lines import LearnSurvey
from hwocr_desktop.app.mended_places import InkSurvey
from hwocr_desktop.core.document.document import Line, Page
from hwocr_desktop.core.memory import free_memory
from hwocr_desktop.core.pixels.crops import LINE_HEIGHT
from hwocr_desktop.ml.training.fine_tune import FINE_TUNING, MEASURED
from hwocr_desktop.ml.training.line_mix import OWN_AGAIN, UNREAD_SHARE
from hwocr_desktop.ml.training.line_run import FILLED, LOOKS_AT
from hwocr_desktop.ml.training.unread_lines import SURER

FEW_PASSES = 3.0
"""Who sees each line fewer times learns little of it."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a short trial took.

    Attributes
    ----------
    start_s : float
        Before the first batch: opening the model, making it ready to learn.
    page_s : float
        A page, for opening it and cutting out of it.
    batch_s : float
        A batch to learn from.
    measure_s : float
        Measuring a line, a megapixel of mended places, or a page's lines.
    read_s : float
        Reading a line with the model's language; 0 without one.
    width_px : float
        Mean width of a line's picture; 0 for ink and pages.
    memory : int or None
        Bytes needed at most, without the pictures of the lines; None if unknown.
    """

    start_s: float
    page_s: float
    batch_s: float
    measure_s: float
    width_px: float
    memory: int | None
    read_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a teaching will need.

    Attributes
    ----------
    expected_s : float
        From its start to the verdict.
    passes : float
        How often it sees each checked line; 0 for ink, of which it sees parts.
    memory_needed, memory_free : int or None
        Bytes; None if unknown.
    """

    expected_s: float
    passes: float
    memory_needed: int | None
    memory_free: int | None

    @property
    def is_short_of_time(self) -> bool:
        """Whether it sees each line too few times to learn much of it."""
        return 0.0 < self.passes < FEW_PASSES

    @property
    def is_short_of_memory(self) -> bool:
        """Whether it needs more memory than is free, as far as that is known."""
        if self.memory_needed is None or self.memory_free is None:
            return False
        return self.memory_needed > self.memory_free

    def __str__(self) -> str:
        minutes = self.expected_s / 60.0
        told = f"about {minutes:.1f} minutes until the verdict, by a short trial"
        if self.passes:
            told += f"; {self.passes:.1f} times through the lines"
        if self.memory_needed is not None:
            told += f"; {self.memory_needed / 1e9:.1f} GB of memory"
            if self.memory_free is not None:
                told += f", {self.memory_free / 1e9:.1f} GB are free"
        return told


def forecast_lines(
    trial: Trial,
    found: LearnSurvey,
    minutes: float,
    *,
    is_mixed: bool = False,
    unread: Sequence[tuple[Page, Line]] = (),
) -> Forecast:
    """Say what teaching these lines for so many minutes will need.

    Parameters
    ----------
    trial : Trial
    found : LearnSurvey
    minutes : float
        Of learning.
    is_mixed : bool
        Whether lines of other hands are mixed in.
    unread : sequence of (Page, Line)
        Lines that nobody has checked and that are learned from, too.
    """
    own = found.train_lines
    others = FINE_TUNING.replay * own * is_mixed
    passes = 60.0 * minutes / _pass_s(trial, own + others)
    if unread:
        learned = min(SURER * len(unread), UNREAD_SHARE * own)
        later = _pass_s(trial, OWN_AGAIN * own + others + learned) / OWN_AGAIN
        passes *= LOOKS_AT[0]
        passes += (1.0 - LOOKS_AT[0]) * 60.0 * minutes / later
    measure_s = found.held_out_lines * trial.measure_s
    seconds = trial.start_s + found.pages * trial.page_s + 60.0 * minutes
    # Before, after, and meanwhile.
    seconds += (2 + min(math.ceil(passes), MEASURED)) * measure_s
    seconds += 2 * found.held_out_lines * trial.read_s
    seconds += len(LOOKS_AT) * len(unread) * trial.read_s
    seconds += len({page.id for page, _ in unread}) * trial.page_s
    lines = found.train_lines + found.held_out_lines + len(unread)
    pictures = round(lines * trial.width_px * LINE_HEIGHT)
    return forecast(trial, seconds, passes, pictures)


def _pass_s(trial: Trial, lines: float) -> float:
    """Return how long it takes to learn from so many lines once, in seconds."""
    width = lines * trial.width_px
    batches = max(1, math.ceil(width / FINE_TUNING.columns * FILLED))
    return max(1e-6, batches * trial.batch_s)


def forecast_ink(trial: Trial, found: InkSurvey, minutes: float) -> Forecast:
    """Say what teaching these mended places for so many minutes will need."""
    measure_s = found.held_out_px / 1e6 * trial.measure_s
    seconds = trial.start_s + found.pages * trial.page_s + 60.0 * minutes
    # Before, after, and for the pictures of both; the others are part of the time.
    return forecast(trial, seconds + 4 * measure_s, 0.0, 0)


def forecast(trial: Trial, seconds: float, passes: float, more: int) -> Forecast:
    """Return what is needed in so many seconds, with bytes beyond those of a trial."""
    needed = None if trial.memory is None else trial.memory + more
    return Forecast(seconds, passes, needed, free_memory())
