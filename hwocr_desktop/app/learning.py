"""Learning to read from a person's corrections: the lines' pictures and the verdict.

No Qt: the training dialog and ``hwocr train lines --from`` call the same functions.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hwocr_desktop.app import learning_runs
from hwocr_desktop.app.general_lines import general_lines
from hwocr_desktop.app.learning_lines import (
    MIN_LINES,
    LearnSurvey,
    LineChoice,
    checked_lines,
    choose_lines,
    survey,
    without_doubles,
)
from hwocr_desktop.app.learning_request import (
    LearnRequest,
    Taught,
    discard_model,
    keep_model,
    staging_folder,
    without_lost_pages,
)
from hwocr_desktop.app.pipeline import load_page
from hwocr_desktop.core.document.document import Line, Page, Project
from hwocr_desktop.core.errors import HwocrError, TrainingDataMissing
from hwocr_desktop.core.pixels.crops import crop_line
from hwocr_desktop.core.plurals import counted
from hwocr_desktop.core.progress import CancelToken, Progress, Report
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.core.text.text_metrics import ErrorRate, cer, normalize
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.line_batch import fits
from hwocr_desktop.ml.registry import ModelCard
from hwocr_desktop.ml.training.fine_tune import LineComparison, fine_tune, save_tuned
from hwocr_desktop.ml.training.line_checks import LEAST_RANGE
from hwocr_desktop.ml.training.line_data import LineSample

__all__ = [
    "MIN_LINES",
    "LearnRequest",
    "LearnResult",
    "LearnSurvey",
    "LeftOutLines",
    "Taught",
    "checked_lines",
    "crop_lines",
    "discard_model",
    "error_now",
    "keep_model",
    "learn_lines",
    "line_samples",
    "run_of",
    "survey",
]

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
    """

    unreadable: int = 0
    blank: int = 0
    too_long: int = 0
    doubles: int = 0

    @property
    def total(self) -> int:
        """How many are left out."""
        return self.unreadable + self.blank + self.too_long + self.doubles

    def __str__(self) -> str:
        reasons = (
            (self.unreadable, "the scan cannot be opened"),
            (self.blank, "there is no writing where the line is"),
            (self.too_long, "the text is too long for the line"),
            (self.doubles, "another line shows the same"),
        )
        told = [f"{reason} ({number})" for number, reason in reasons if number]
        return f"{counted(self.total, 'line')} left out: {'; '.join(told)}"


@dataclass(frozen=True, slots=True)
class LearnResult:
    """The verdict, and the new model, staged until a person keeps or discards it.

    `mixed_in` is how many lines of other hands there were to mix in.
    """

    before: ErrorRate
    after: ErrorRate
    interval_before: tuple[float, float]
    interval_after: tuple[float, float]
    is_better: bool
    comparisons: tuple[LineComparison, ...]
    staged: Path
    card: ModelCard
    left_out: LeftOutLines = LeftOutLines()
    run: Path | None = None
    mixed_in: int = 0


def error_now(request: LearnRequest) -> float | None:
    """Return wrong characters in 100 on the lines that will be held out, as read now.

    None if they were not all read with the model that is to be taught.
    """
    held_out = [
        line for _, line in choose_lines(request.project, request.page_ids).held_out
    ]
    pairs = [
        (line.reading.text, line.text)
        for line in held_out
        if line.reading is not None and line.reading.model == request.model
    ]
    return cer(pairs).percent if pairs and len(pairs) == len(held_out) else None


def learn_lines(
    request: LearnRequest, *, cancel: CancelToken, report: Report
) -> LearnResult:
    """Teach a copy of a line model the project's checked lines.

    ``report`` gets a `FitPoint` as partial after each pass over the lines. Until the
    result is kept or discarded, the next call with the same lines and model goes on
    from where this one came to; `teaching.give_up` prevents that.

    Raises
    ------
    TrainingDataMissing
        If too few lines are checked, or can be used.
    ProjectInUse
        If another teaching goes on.
    BadModel, OutputNotWritable
        If the model cannot be used, or the result cannot be written.
    Cancelled
        If cancelled.
    """
    request, gone = without_lost_pages(request)
    unseen = sum(len(checked_lines(Project(pages=(page,)))) for page in gone)
    chosen = choose_lines(request.project, request.page_ids)
    if chosen.usable < MIN_LINES:
        raise _too_few(chosen.usable, unseen)
    card = registry.card(request.model, "recognize-lines")
    with learning_runs.alone():
        report(Progress(0, 0, "collecting the corrected lines"))
        train, held_out, left_out = line_samples(request.folder, chosen, card, cancel)
        left_out = replace(left_out, unreadable=left_out.unreadable + unseen)
        run = learning_runs.run_folder(card, chosen.lines)
        general = general_lines(request.general)
        tuned = fine_tune(
            card,
            train,
            held_out,
            request.minutes,
            checkpoint=learning_runs.begin(run),
            general=general,
            cancel=cancel,
            report=report,
        )
        pages = counted(len({page.id for page, _ in chosen.lines}), "page")
        new = save_tuned(
            staging_folder(card, run),
            card,
            tuned,
            f"{card.title}, taught",
            f"{len(train)} corrected lines on {pages} of “{request.project.title}”"
            + (f", mixed with {len(general)} of other hands" if general else ""),
        )
    return LearnResult(
        tuned.before,
        tuned.after,
        tuned.interval_before,
        tuned.interval_after,
        tuned.is_better,
        tuned.comparisons,
        new.folder,
        new,
        left_out,
        run,
        len(general),
    )


def _too_few(usable: int, unseen: int) -> TrainingDataMissing:
    if unseen:
        return TrainingDataMissing(
            f"The scans of {counted(unseen, 'checked line')} are not where they were; "
            f"of the others {usable or 'none'} can be learned from, and at least "
            f"{MIN_LINES} are needed.",
            "Put the scans back where they were and try again.",
        )
    return TrainingDataMissing(
        f"The project has {counted(usable, 'checked line')}; at least {MIN_LINES} are "
        "needed.",
        "Correct some more lines and accept each with Enter, then try again.",
    )


def run_of(request: LearnRequest) -> Path:
    """Return the folder of a teaching of lines; `BadModel` if its model is gone."""
    request, _ = without_lost_pages(request)
    chosen = choose_lines(request.project, request.page_ids)
    card = registry.card(request.model, "recognize-lines")
    return learning_runs.run_folder(card, chosen.lines)


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
    written = [s for s in (*held_out, *train) if not _is_blank(s.gray)]
    fitting = [s for s in written if fits(wanted.encode(s.text), s.gray.shape[1])]
    # Those held out come first, and so nothing that is tested is learned from.
    kept, repeated, contradictory = without_doubles(
        fitting, lambda s: (s.gray.shape, s.gray.tobytes()), lambda s: s.text
    )
    left_out = LeftOutLines(
        lost + more_lost,
        len(held_out) + len(train) - len(written),
        len(written) - len(fitting),
        repeated + contradictory,
    )
    if left_out.total:
        log.warning("%s", left_out)
    stay = {id(sample) for sample in kept}
    held_out = [sample for sample in held_out if id(sample) in stay]
    train = [sample for sample in train if id(sample) in stay]
    if not train or not held_out or len(kept) < MIN_LINES:
        raise TrainingDataMissing(
            f"Of {counted(len(chosen.lines), 'checked line')}, {len(kept) or 'none'} "
            f"can be learned from; at least {MIN_LINES} are needed. {left_out}.",
            "Put scans back that were moved, set right where the lines are, or check "
            "more lines; then try again.",
        )
    return train, held_out, left_out


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
        crop = crop_line(gray, line.shape)
        name = f"{page.id}#{line.id}"
        made.append(LineSample(name, crop, normalize(line.text), "corrected"))
    return made, lost


def _is_blank(crop: npt.NDArray[np.uint8]) -> bool:
    return int(crop.max()) - int(crop.min()) < LEAST_RANGE
