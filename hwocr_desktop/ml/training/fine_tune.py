"""Fine-tune a line model on a few lines, and say honestly whether it helped.

The held-out lines are used for the verdict alone: nothing is chosen by them, neither
the moment to stop nor the weights kept.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from hwocr_desktop.core.document.document import Reading
from hwocr_desktop.core.progress import CancelToken, Progress, Report
from hwocr_desktop.core.text.bootstrap import interval, is_fewer, resampled_rates
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.core.text.language import Language
from hwocr_desktop.core.text.text_metrics import ErrorRate, cer
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.networks.crnn import build_to_learn
from hwocr_desktop.ml.networks.growth import grow_network
from hwocr_desktop.ml.recognizer import Recognizer
from hwocr_desktop.ml.registry import ModelCard
from hwocr_desktop.ml.training.line_data import LineSample
from hwocr_desktop.ml.training.line_fit import LineFit
from hwocr_desktop.ml.training.line_run import (
    FitPoint,
    FitSettings,
    measure,
    shown_lines,
)
from hwocr_desktop.ml.training.unread_lines import read_with_language, surer_lines

log = logging.getLogger(__name__)

FINE_TUNING = FitSettings(
    epochs=1000,
    learning_rate=1e-3,
    columns=4000,
    ema=0.98,
    shortcut=0.3,
    augment=1.0,
    replay=1.0,
    of_base=0.15,
)
"""Small batches, so that cancelling is quick and a hundred lines make many steps. A few
lines are soon known by heart, so they are distorted as strongly as can be; ADR 18. A
little of the base costs this hand nothing and keeps more of the others; ADR 26."""

MEASURED = 20
"""Times that it is measured at most, if it goes through the lines as often."""


@dataclass(frozen=True, slots=True)
class LineComparison:
    """A held-out line: what is right, and how it was read before and after."""

    truth: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class FineTuned:
    """A fine-tuned network and what it did to the held-out lines.

    Attributes
    ----------
    network : keras.Model
    charset : Charset
        The base model's, grown by what was new.
    before, after : ErrorRate
        Of characters on the held-out lines.
    interval_before, interval_after : (float, float)
        95 % bootstrap intervals over lines, wrong characters per 100.
    is_better : bool
        Whether fewer errors remain, beyond chance; never of very few lines.
    comparisons : tuple of LineComparison
    aided : (ErrorRate, ErrorRate) or None
        Before and after, as both read with their languages; all else is letter by
        letter. None without languages.
    unread : int
        Lines that nobody has checked and that it read, to learn from some of them.
    """

    network: Any
    charset: Charset
    before: ErrorRate
    after: ErrorRate
    interval_before: tuple[float, float]
    interval_after: tuple[float, float]
    is_better: bool
    comparisons: tuple[LineComparison, ...]
    aided: tuple[ErrorRate, ErrorRate] | None = None
    unread: int = 0


def fine_tune(
    card: ModelCard,
    train: Sequence[LineSample],
    held_out: Sequence[LineSample],
    minutes: float,
    *,
    checkpoint: Path | None = None,
    general: Sequence[LineSample] = (),
    unread: Sequence[LineSample] = (),
    languages: tuple[Language, Language] | None = None,
    cancel: CancelToken,
    report: Report,
    settings: FitSettings = FINE_TUNING,
) -> FineTuned:
    """Train a copy of a model on some lines and compare on others.

    Parameters
    ----------
    card : ModelCard
        The model to start from; its folder is not changed.
    train, held_out : sequence of LineSample
        They share no line, and no page where there are pages enough.
    minutes : float
        Time to spend on training.
    checkpoint : Path, optional
        File in which the run is kept, and taken up from if it is there.
    general : sequence of LineSample
        Lines of other hands, mixed in as the settings say.
    unread : sequence of LineSample
        Lines of the same hand whose text nobody has checked. The copy reads them while
        it learns, and learns from those that it is surest of; see `surer_lines`. Of no
        use without ``languages``.
    languages : (Language, Language), optional
        What the model reads with, and what the copy will read with.
    cancel, report
        ``report`` gets a `FitPoint` as partial, some twenty times; the first, of step
        0, is the model as it was.
    settings : FitSettings
        Their ``minutes`` and ``measure_every`` do not matter.

    Raises
    ------
    BadModel
        If the model cannot be opened.
    Cancelled
        If cancelled; but for the checkpoint nothing is left behind.
    """
    base = Recognizer.open(card)
    cancel.check()
    extra = "".join(base.charset.missing(sample.text) for sample in train)
    charset = base.charset.grow(extra)
    before = _read(base, held_out, cancel)
    first = FitPoint(
        0, 0, 0.0, math.nan, measure(held_out, before), shown_lines(before, held_out)
    )
    report(Progress(0, 0, "before learning", first))
    # The base may be removed before the end.
    aided = languages and _aided(base, languages[0], held_out, cancel)
    cancel.check()
    network = grow_network(base.network, card.architecture, charset)
    tuned = Recognizer(network, charset, card.id)
    read_unread = None
    if unread and languages is not None:
        read_unread = partial(surer_lines, tuned, languages[1], unread)
    cancel.check()
    learner = build_to_learn(card.architecture, charset.size)
    cancel.check()
    fit = LineFit(
        network,
        learner,
        charset,
        train,
        held_out,
        replace(settings, minutes=minutes, measure_every=minutes / MEASURED),
        lambda samples: _read(tuned, samples, cancel),
        checkpoint,
        [s for s in general if not charset.missing(s.text)],
        read_unread,
    )
    fit.run(cancel=cancel, report=report)
    network.set_weights(fit.between())
    after = _read(tuned, held_out, cancel)
    truths = [sample.text for sample in held_out]
    old = [cer([pair]) for pair in zip(before, truths, strict=True)]
    new = [cer([pair]) for pair in zip(after, truths, strict=True)]
    old_rates, new_rates = resampled_rates(old, new)
    return FineTuned(
        network,
        charset,
        sum(old, ErrorRate(0, 0)),
        sum(new, ErrorRate(0, 0)),
        interval(old_rates),
        interval(new_rates),
        is_fewer(old, new),
        tuple(map(LineComparison, truths, before, after)),
        None
        if aided is None or languages is None
        else (aided, _aided(tuned, languages[1], held_out, cancel)),
        len(unread) if fit.state.has_read else 0,
    )


def _read(
    recognizer: Recognizer, samples: Sequence[LineSample], cancel: CancelToken
) -> list[str]:
    readings = recognizer.read([s.gray for s in samples], cancel=cancel)
    return [reading.text for reading in readings]


def _aided(
    recognizer: Recognizer,
    language: Language,
    samples: Sequence[LineSample],
    cancel: CancelToken,
) -> ErrorRate:
    """Return how many characters are wrong when read with a language."""
    read = read_with_language(recognizer, language, samples, cancel, weighs=False)
    return cer(
        (Reading(characters, recognizer.name).text, sample.text)
        for sample, characters in read
    )


def save_tuned(
    folder: Path,
    card: ModelCard,
    tuned: FineTuned,
    title: str,
    trained_on: str,
    teaching: Mapping[str, Any] = MappingProxyType({}),
) -> ModelCard:
    """Write a fine-tuned network as a model folder of its own.

    Parameters
    ----------
    folder : Path
        New folder; its name becomes the id.
    card : ModelCard
        The model it grew from.
    tuned : FineTuned
    title, trained_on : str
        For the new card.
    teaching : mapping
        What the card keeps of the teaching.

    Raises
    ------
    OutputNotWritable
        If it cannot be written.
    """
    (low, high), (least, most) = tuned.interval_after, tuned.interval_before
    figures = {
        "CER before": round(tuned.before.percent, 2),
        "CER before, 95 % interval": f"{least:.1f} to {most:.1f}",
        "CER after": round(tuned.after.percent, 2),
        "CER after, 95 % interval": f"{low:.1f} to {high:.1f}",
        "lines": len(tuned.comparisons),
    }
    new = replace(
        card,
        title=title,
        version="1.0.0",
        parent=card.id,
        charset=tuned.charset.characters,
        summary=f"{card.title}, taught on this collection's corrected lines.",
        trained_on=f"{trained_on}; before that: {card.trained_on}",
        metrics={"lines held out of the teaching": figures},
        command="",
        teaching=dict(teaching),
    )
    return registry.save_model(folder, new, registry.weights_of(tuned.network))
