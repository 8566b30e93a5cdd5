"""Pictures of the lines that a person corrected, and of their words. No Qt."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hwocr_desktop.app.learning_lines import MIN_LINES, LineChoice, without_doubles
from hwocr_desktop.app.learning_request import LearnRequest
from hwocr_desktop.app.model_choice import choose_line_model
from hwocr_desktop.app.open_models import open_recognizer
from hwocr_desktop.app.pipeline import load_page
from hwocr_desktop.core.document.document import Line, Page
from hwocr_desktop.core.errors import HwocrError, TrainingDataMissing
from hwocr_desktop.core.pixels.crops import crop_to_read, is_blank
from hwocr_desktop.core.plurals import counted
from hwocr_desktop.core.progress import CancelToken, Progress, Report
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.core.text.text_metrics import normalize
from hwocr_desktop.ml.line_batch import fits
from hwocr_desktop.ml.registry import ModelCard
from hwocr_desktop.ml.training.line_data import LineSample
from hwocr_desktop.ml.training.word_cutting import word_samples

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LeftOutLines:
    """Checked lines that could not be used, by the reason that their pictures gave.

    Attributes
    ----------
    unreadable : int
        Their scan cannot be opened.
    blank : int
        There is no writing where they are said to be.
    too_long : int
        Their text does not fit into their picture.
    doubles : int
        Another line shows the same, with the same text or another one.
    contradictory : int
        Those among the doubles that have another text.
    """

    unreadable: int = 0
    blank: int = 0
    too_long: int = 0
    doubles: int = 0
    contradictory: int = 0

    @property
    def total(self) -> int:
        """How many are left out."""
        return self.unreadable + self.blank + self.too_long + self.doubles

    def __str__(self) -> str:
        reasons = (
            (self.unreadable, "the scan cannot be opened"),
            (self.blank, "there is no writing where the line is"),
            (self.too_long, "the text is too long for the line"),
            (self.doubles - self.contradictory, "another line shows the same"),
            (self.contradictory, "another line shows the same with another text"),
        )
        told = [f"{reason} ({number})" for number, reason in reasons if number]
        return f"{counted(self.total, 'line')} left out: {'; '.join(told)}"


def line_samples(
    folder: Path, chosen: LineChoice, card: ModelCard, cancel: CancelToken
) -> tuple[list[LineSample], list[LineSample], LeftOutLines]:
    """Cut the lines out of their scans, and leave out those that teach nothing.

    Returns
    -------
    train, held_out : list of LineSample
    left_out : LeftOutLines

    Raises
    ------
    TrainingDataMissing
        If too few are left.
    Cancelled
        If cancelled.
    """
    held_out, lost = crop_lines(folder, chosen.held_out, cancel)
    train, more_lost = crop_lines(folder, chosen.train, cancel)
    wanted = Charset(card.charset)
    wanted = wanted.grow("".join(wanted.missing(s.text) for s in train))
    written = [s for s in (*held_out, *train) if not is_blank(s.gray)]
    fitting = [sample for sample in written if is_fitting(sample, wanted)]
    # Those held out come first, and so nothing that is tested is learned from.
    kept, repeated, contradictory = without_doubles(
        fitting, lambda s: (s.gray.shape, s.gray.tobytes()), lambda s: s.text
    )
    left_out = LeftOutLines(
        lost + more_lost,
        len(held_out) + len(train) - len(written),
        len(written) - len(fitting),
        repeated + contradictory,
        contradictory,
    )
    if left_out.total:
        log.warning("%s", left_out)
    stay = {id(sample) for sample in kept}
    held_out = [sample for sample in held_out if id(sample) in stay]
    train = [sample for sample in train if id(sample) in stay]
    if len(kept) >= MIN_LINES and not (train and held_out):
        what = "tested on" if train else "learned from"
        raise TrainingDataMissing(
            f"Of {counted(len(chosen.lines), 'checked line')}, {len(kept)} can be "
            f"used, and none of those that were to be {what}. {left_out}.",
            "Set right where these lines are, or check lines on more pages; then try "
            "again.",
        )
    if len(kept) < MIN_LINES:
        raise TrainingDataMissing(
            f"Of {counted(len(chosen.lines), 'checked line')}, {len(kept) or 'none'} "
            f"can be learned from; at least {MIN_LINES} are needed. {left_out}.",
            "Put scans back that were moved, set right where the lines are, or check "
            "more lines; then try again.",
        )
    return train, held_out, left_out


def is_fitting(sample: LineSample, charset: Charset) -> bool:
    """Whether the text of a line is no longer than its picture has room for."""
    return fits(charset.encode(sample.text), sample.gray.shape[1])


def usable_lines(samples: Sequence[LineSample], charset: Charset) -> list[LineSample]:
    """Return those that show writing and have room for their text.

    Parameters
    ----------
    samples : sequence of LineSample
    charset : Charset
        To which what is new in their texts is added.
    """
    grown = charset.grow("".join(charset.missing(s.text) for s in samples))
    return [s for s in samples if not is_blank(s.gray) and is_fitting(s, grown)]


def crop_lines(
    folder: Path, lines: Sequence[tuple[Page, Line]], cancel: CancelToken
) -> tuple[list[LineSample], int]:
    """Crop the lines, opening each page once.

    Returns
    -------
    samples : list of LineSample
    lost : int
        Lines whose scan cannot be opened.

    Raises
    ------
    Cancelled
        If cancelled.
    """
    made: list[LineSample] = []
    lost = 0
    opened = ""
    gray: npt.NDArray[np.uint8] | None = None
    for page, line in lines:
        cancel.check()
        if page.id != opened:
            opened = page.id
            try:
                gray = load_page(folder, page).gray
            except HwocrError as error:
                log.warning("left out %s: %s", page.source, error.message)
                gray = None
        if gray is None:
            lost += 1
            continue
        crop = crop_to_read(gray, line.shape)
        name = f"{page.id}#{line.id}"
        made.append(LineSample(name, crop, normalize(line.text), "corrected"))
    return made, lost


def corrected_words(
    request: LearnRequest,
    parts: tuple[list[LineSample], list[LineSample]],
    cancel: CancelToken,
    report: Report,
) -> list[list[LineSample]]:
    """Cut the lines to learn from, and those to measure on, into words."""
    cutter = open_recognizer(choose_line_model(request.project.line_model))
    cut = [
        word_samples(part, cutter, cancel=cancel, report=_counting_nothing(report))
        for part in parts
    ]
    if not all(cut):
        raise TrainingDataMissing(
            "No word of the checked lines could be found in its line.",
            "Check that the texts are those of their lines, or choose a model that "
            "reads such hands as the project's.",
        )
    return cut


def _counting_nothing(report: Report) -> Report:
    """Return a report for what comes before learning, whose progress is another."""
    return lambda progress: report(Progress(0, 0, "cutting the lines into words"))


def too_few(
    usable: int, unseen: int, contradictory: int, printed: int
) -> TrainingDataMissing:
    """Return the error of so few usable lines, with the reason that matters most.

    Parameters
    ----------
    usable, contradictory, printed : int
        See `LineChoice`.
    unseen : int
        Lines whose scans cannot be opened.
    """
    if unseen:
        return TrainingDataMissing(
            f"The scans of {counted(unseen, 'checked line')} are not where they were, "
            f"or cannot be opened; of the others {usable or 'none'} can be learned "
            f"from, and at least {MIN_LINES} are needed.",
            "Put the scans back as they were and try again.",
        )
    if contradictory:
        return TrainingDataMissing(
            f"{contradictory} checked lines contradict each other and are left out: "
            "they show the same piece of a scan with different texts. Of the others "
            f"{usable or 'none'} can be learned from, and at least {MIN_LINES} are "
            "needed.",
            "Correct or remove those whose text is wrong, then try again.",
        )
    if printed:
        return TrainingDataMissing(
            f"Of {counted(usable + printed, 'checked line')}, {printed} count as "
            f"printed and teach no hand; at least {MIN_LINES} others are needed.",
            "If they are written, open their pages, click on them with the right "
            "button and take “Printed, not written” away; else correct more lines.",
        )
    return TrainingDataMissing(
        f"There {'is' if usable == 1 else 'are'} {counted(usable, 'checked line')}; at "
        f"least {MIN_LINES} are needed.",
        "Correct some more lines and accept each with Enter, then try again. What a "
        "program read and nobody checked does not count, in files of others either.",
    )
