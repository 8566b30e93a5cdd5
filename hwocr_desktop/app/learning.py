"""Learning to read from a person's corrections: the lines' pictures and the verdict.

No Qt: the training dialog and ``hwocr train lines --from`` call the same functions.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from hwocr_desktop.app import learning_runs
from hwocr_desktop.app.corrected_lines import (
    LeftOutLines,
    corrected_words,
    crop_lines,
    line_samples,
    too_few,
)
from hwocr_desktop.app.general_lines import general_lines
from hwocr_desktop.app.held_out import Split
from hwocr_desktop.app.learning_lines import (
    MIN_LINES,
    LearnSurvey,
    LineChoice,
    checked_lines,
    choose_lines,
    survey,
)
from hwocr_desktop.app.learning_request import (
    LearnRequest,
    Taught,
    discard_model,
    keep_model,
    look_for_damage,
    staging_folder,
    without_lost_pages,
)
from hwocr_desktop.app.taught_lines import (
    TaughtLines,
    place,
    scan_key,
    taught_lines,
)
from hwocr_desktop.app.teaching_record import fingerprint, teaching_record
from hwocr_desktop.app.unchecked_lines import lines_to_read
from hwocr_desktop.core.document.document import Project
from hwocr_desktop.core.errors import BadModel, HwocrError
from hwocr_desktop.core.plurals import counted
from hwocr_desktop.core.progress import CancelToken, Progress, Report
from hwocr_desktop.core.text.bootstrap import LEAST_TO_TELL
from hwocr_desktop.core.text.language import Language, with_text
from hwocr_desktop.core.text.text_metrics import ErrorRate, cer
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.languages import install_language, open_language
from hwocr_desktop.ml.registry import ModelCard
from hwocr_desktop.ml.training.fine_tune import (
    FINE_TUNING,
    LineComparison,
    fine_tune,
    save_tuned,
)
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

OWN_TIMES = 3
"""How often a person's lines count among those that a language was counted in: on lines
of the same hand more wrong characters remained with once and with ten times."""


@dataclass(frozen=True, slots=True)
class LearnResult:
    """The verdict, and the new model, staged until a person keeps or discards it.

    Attributes
    ----------
    before, after, interval_before, interval_after, comparisons
        See `FineTuned`.
    is_better : bool
        Whether it is better beyond chance; never where that cannot be judged.
    staged, card, run
        See `Taught`.
    left_out : LeftOutLines
    mixed_in : int
        How many lines of other hands there were to mix in.
    unchecked : int
        How many lines that nobody has checked were read and, by half, learned from.
    split : "page", "line", "picture" or "known"
        What it was measured on, see `held_out.Split`.
    pages : int
        Pages of the lines that it was measured on.
    is_traced : bool
        Whether it is known of which lines the model had learned before.
    aided : (ErrorRate, ErrorRate) or None
        Before and after, with the languages that both read with; `before` and `after`
        are letter by letter. None without languages.
    """

    before: ErrorRate
    after: ErrorRate
    interval_before: tuple[float, float]
    interval_after: tuple[float, float]
    is_better: bool
    comparisons: tuple[LineComparison, ...]
    staged: Path
    card: ModelCard
    left_out: LeftOutLines = field(default_factory=LeftOutLines)
    run: Path | None = None
    mixed_in: int = 0
    unchecked: int = 0
    split: Split = "page"
    pages: int = 1
    is_traced: bool = True
    aided: tuple[ErrorRate, ErrorRate] | None = None

    @property
    def is_enough_to_tell(self) -> bool:
        """Whether it was measured on lines enough to tell more than chance."""
        return len(self.comparisons) >= LEAST_TO_TELL


def error_now(request: LearnRequest) -> float | None:
    """Return wrong characters in 100 on the lines that will be held out, as read now.

    None if they were not all read with the model that is to be taught, and where they
    may have been read with a language: learning is measured letter by letter.
    """
    try:
        card = registry.card(request.model, "recognize-lines")
    except BadModel:  # who starts it will be told
        return None
    if card.language:
        return None
    held_out = [line for _, line in _choose(request, taught_lines(card)).held_out]
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
    look_for_damage(request, cancel, report)
    request, gone = without_lost_pages(request)
    unseen = sum(len(checked_lines(Project(pages=(page,)))) for page in gone)
    usable = choose_lines(request.project, request.page_ids)
    if usable.usable < MIN_LINES:
        raise too_few(usable.usable, unseen, usable.contradictory, usable.printed)
    card = registry.card(request.model, "recognize-lines")
    taught = taught_lines(card)
    chosen = _choose(request, taught)
    with learning_runs.alone():
        report(Progress(0, 0, "collecting the corrected lines"))
        train, held_out, left_out = line_samples(request.folder, chosen, card, cancel)
        left_out = replace(left_out, unreadable=left_out.unreadable + unseen)
        if request.subject == "words":
            parts = train, held_out
            train, held_out = corrected_words(request, parts, cancel, report)
        run = _run_folder(card, chosen, request)
        tested = len({sample.name.partition("#")[0] for sample in held_out})
        general = general_lines(request.general)
        languages = _languages(card, train) if request.subject == "lines" else None
        unread: list[LineSample] = []
        if languages is not None:
            found = lines_to_read(request, chosen)
            unread, _ = crop_lines(request.folder, found, cancel)
        tuned = fine_tune(
            card,
            train,
            held_out,
            request.minutes,
            checkpoint=learning_runs.begin(run, request.minutes),
            general=general,
            unread=unread,
            languages=languages,
            cancel=cancel,
            report=report,
        )
        where = f"of “{request.project.title}”"
        if chosen.split != "picture":
            pages = len({page.id for page, _ in chosen.train})
            where = f"on {counted(pages, 'page')} {where}"
        new = save_tuned(
            staging_folder(card, run),
            card,
            tuned,
            taught_title(card.title),
            f"{_what(request, len(train))} {where}"
            + (f", mixed with {len(general)} of other hands" if general else "")
            + (f", and {tuned.unread} as it read them itself" if tuned.unread else ""),
            teaching_record(
                fingerprint(train, held_out),
                replace(FINE_TUNING, minutes=request.minutes),
                taught.with_lines(chosen.train, chosen.held_out),
            ),
        )
        if languages is not None:
            new = install_language(new, languages[1])
    return LearnResult(
        tuned.before,
        tuned.after,
        tuned.interval_before,
        tuned.interval_after,
        tuned.is_better and chosen.split != "known" and not _is_worse(tuned.aided),
        tuned.comparisons,
        new.folder,
        new,
        left_out,
        run,
        len(general),
        tuned.unread,
        chosen.split,
        tested,
        taught.is_complete,
        tuned.aided,
    )


def _choose(request: LearnRequest, taught: TaughtLines) -> LineChoice:
    return choose_lines(request.project, request.page_ids, taught)


def _run_folder(card: ModelCard, chosen: LineChoice, request: LearnRequest) -> Path:
    """Return the folder of a teaching, by the lines held out if these are single ones.

    What was learned from half the lines of some pages must not go on with other halves,
    nor what was learned from lines that nobody has checked without them.
    """
    subject: str = request.subject
    if not request.unchecked:
        subject += " checked only"
    if chosen.split != "page" and len({page.id for page, _ in chosen.lines}) > 1:
        lines = [(scan_key(page), place(page, line)) for page, line in chosen.held_out]
        subject += f" {hashlib.sha256(repr(lines).encode()).hexdigest()}"
    return learning_runs.run_folder(card, chosen, subject)


def taught_title(title: str) -> str:
    """Return the title to suggest for a copy of a model that was taught.

    One word says that it was taught, however often; a number tells it from others.
    """
    stem = re.sub(r"(, taught( \d+)?)+$", "", title)
    taken = {card.title for card in registry.find_models()[0]}
    suggested, number = f"{stem}, taught", 2
    while suggested in taken:
        suggested, number = f"{stem}, taught {number}", number + 1
    return suggested


def _languages(
    base: ModelCard, train: Sequence[LineSample]
) -> tuple[Language, Language] | None:
    """Return a model's language, and the same with the words that are taught.

    Before it is taught, for the model may be removed meanwhile.
    """
    try:
        language = open_language(base)
    except HwocrError as error:
        # It goes on with that of its base, which tells by itself what is wrong.
        log.warning("the language was not taught: %s", error.message)
        return None
    if language is None:
        return None
    text = "\n".join(sample.text for sample in train)
    return language, with_text(language, text, OWN_TIMES)


def _is_worse(aided: tuple[ErrorRate, ErrorRate] | None) -> bool:
    """Whether it reads worse with its language, as it reads pages."""
    return aided is not None and aided[1].errors > aided[0].errors


def _what(request: LearnRequest, count: int) -> str:
    if request.subject == "words":
        return f"{counted(count, 'word')} of corrected lines"
    return f"{counted(count, 'corrected line')}"


def run_of(request: LearnRequest) -> Path:
    """Return the folder of a teaching of lines; `BadModel` if its model is gone."""
    request, _ = without_lost_pages(request)
    card = registry.card(request.model, "recognize-lines")
    return _run_folder(card, _choose(request, taught_lines(card)), request)
