"""A run of training of a line network: its settings, its state, its measurements."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hwocr_desktop.core.text.text_metrics import ErrorRate, cer
from hwocr_desktop.ml.training.line_data import LineSample

FILLED = 1.08
"""Batches for each that would be quite full, for lines are not cut."""


LOOKS_AT = (0.35, 0.65)
"""Shares of the time to learn at which lines are looked at anew, to read those that are
unread and to see where words part: when so much is learned that it is of use, and once
more when it was learned from."""

READING = "reading lines that nobody has checked"
"""What is reported while a teaching does that, which is no time of learning."""


@dataclass(frozen=True, slots=True)
class FitSettings:
    """How a line network is trained.

    Attributes
    ----------
    epochs : int
        Passes over the samples at most.
    minutes : float
        Wall time at most, resumed runs added up; 0 for no limit. The learning rate
        follows whichever of the two ends first.
    learning_rate : float
        Highest rate; warm-up over the first 3 % and cosine decay to 1 % of it.
    columns : int
        Pixels of width in one batch.
    shortcut : float
        Weight of the shortcut head's loss.
    ema : float
        Decay a step of the running mean of weights that is measured and kept.
    augment : float
        How strongly lines are distorted, 0..1; see `distort`.
    hidden : float
        Share of the lines that pieces are taken out of, 0..1; see `hide_pieces`.
    spliced : float
        Share of the own lines that end as another one does, 0..1; see `splices`. A
        teaching splices none: ADR 28.
    near : int
        How many lines before it and after it may end a line; 0 for all of its set.
        Those near it are by the same hand.
    patience : int
        Measurements without a better one before stopping; 0 for never.
    frozen : str
        Prefixes, comma separated, of layer names that stay as they are.
    seed : int
        Of all randomness.
    measure_every : float
        Minutes of learning at least between two measurements; 0 measures after each
        pass. A pass over a few lines is over before they are read once.
    replay : float
        Lines of others that are mixed in for each line to be learned; see `LineFit`.
    of_base : float
        How much of the weights is taken in the end from the model it began from, 0..1.
        Between old and new weights less of the old is forgotten (Wortsman et al. 2022,
        DOI 10.1109/CVPR52688.2022.00780), and the mean of two runs reads better than
        either (Wortsman et al. 2022, arXiv:2203.05482).
    """

    epochs: int = 12
    minutes: float = 0.0
    learning_rate: float = 1.5e-3
    columns: int = 16000
    shortcut: float = 0.3
    ema: float = 0.998
    augment: float = 0.5
    hidden: float = 0.0
    spliced: float = 0.0
    near: int = 0
    patience: int = 0
    frozen: str = ""
    seed: int = 1
    measure_every: float = 0.0
    replay: float = 0.0
    of_base: float = 0.0


@dataclass(slots=True)
class FitState:
    """Where a run stands; all of it is in its checkpoint.

    ``has_read`` tells whether it learned from unread lines, too.
    """

    epoch: int = 0
    step: int = 0
    minutes: float = 0.0
    best: float = math.inf
    since_best: int = 0
    history: list[dict[str, Any]] = field(default_factory=list)
    has_read: bool = False


MOST_SHOWN = 6
"""Held-out lines that a measurement shows."""


@dataclass(frozen=True, slots=True)
class FitPoint:
    """One measurement during training.

    Attributes
    ----------
    epoch, step : int
    minutes : float
    loss : float
        Mean training loss of the last pass, nats a line; no number before the first.
    cer : dict of str to float
        Wrong characters per 100 on the held-out lines, by set and "all".
    examples : tuple of (read, truth)
        Some held-out lines as they are read now.
    """

    epoch: int
    step: int
    minutes: float
    loss: float
    cer: dict[str, float]
    examples: tuple[tuple[str, str], ...] = ()


def shown_lines(
    texts: Sequence[str], samples: Sequence[LineSample]
) -> tuple[tuple[str, str], ...]:
    """Return some lines as they are read, and what is right: the same ones always."""
    return tuple((t, x.text) for t, x in zip(texts, samples, strict=True))[:MOST_SHOWN]


def measure(samples: Sequence[LineSample], texts: Sequence[str]) -> dict[str, float]:
    """Return the character error rate by set, and "all" micro-averaged."""
    rates: dict[str, ErrorRate] = {}
    for sample, text in zip(samples, texts, strict=True):
        rate = cer([(text, sample.text)])
        rates[sample.set] = rates.get(sample.set, ErrorRate(0, 0)) + rate
        rates["all"] = rates.get("all", ErrorRate(0, 0)) + rate
    return {name: rate.percent for name, rate in sorted(rates.items())}


def rates_in_words(rates: dict[str, float]) -> str:
    """Say how many characters are wrong, in all and on each set if there are several.

    Parameters
    ----------
    rates : dict of str to float
        Wrong characters in 100, by set and "all".
    """
    sets = [f"{name} {rate:.1f}" for name, rate in rates.items() if name != "all"]
    by_set = f" ({', '.join(sets)})" if len(sets) > 1 else ""
    return f"{rates['all']:.1f} wrong characters in 100{by_set}"
