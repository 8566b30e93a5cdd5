"""Learning from a person's corrections: which lines, what is held out, the verdict.

No Qt: the training dialog and ``hwocr train lines --from`` call the same functions.
"""

from __future__ import annotations

import re
import shutil
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from hwocr_desktop.app import learning_runs
from hwocr_desktop.app.pipeline import load_page
from hwocr_desktop.core import paths
from hwocr_desktop.core.document.document import Line, Page, Project
from hwocr_desktop.core.errors import HwocrError, OutputNotWritable, TrainingDataMissing
from hwocr_desktop.core.pixels.crops import crop_line
from hwocr_desktop.core.plurals import counted
from hwocr_desktop.core.progress import CancelToken, Progress, Report
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.core.text.text_metrics import ErrorRate, cer, normalize
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.registry import ModelCard
from hwocr_desktop.ml.training.fine_tune import LineComparison, fine_tune, save_tuned
from hwocr_desktop.ml.training.line_data import LineSample

MIN_LINES = 12
"""Fewer checked lines than this teach nothing that could be measured."""

HELD_OUT_SHARE = 0.2
"""Share of the checked lines, about, that is kept for the verdict."""


MOST_HELD_OUT = 0.35
"""No page is held out that would bring the share above this, if others will do."""


@dataclass(frozen=True, slots=True)
class LearnSurvey:
    """What there is to learn from.

    Attributes
    ----------
    lines : int
        Checked lines with text.
    train_lines, held_out_lines : int
    split : "page" or "line"
        Whether whole pages are held out, or single lines because there is one page.
    new_characters : str
        Characters that the model does not know yet.
    pages : int
        Pages with such lines.
    new_in : int
        Lines to learn from that hold new characters.
    """

    lines: int
    train_lines: int
    held_out_lines: int
    split: Literal["page", "line"]
    new_characters: str
    pages: int
    new_in: int = 0

    @property
    def is_enough(self) -> bool:
        """Whether there are lines enough to start."""
        return self.lines >= MIN_LINES


@dataclass(frozen=True, slots=True)
class LearnRequest:
    """What to learn.

    Attributes
    ----------
    project : Project
    folder : Path
        Its folder.
    page_ids : tuple of str
        Pages to learn from; empty for all.
    model : str
        Id of the model to start from, one that reads or one that cleans.
    minutes : float
        Time for training.
    """

    project: Project
    folder: Path
    page_ids: tuple[str, ...]
    model: str
    minutes: float = 5.0


@dataclass(frozen=True, slots=True)
class LearnResult:
    """The verdict, and the new model, staged until a person keeps or discards it."""

    before: ErrorRate
    after: ErrorRate
    interval_before: tuple[float, float]
    interval_after: tuple[float, float]
    is_better: bool
    comparisons: tuple[LineComparison, ...]
    staged: Path
    card: ModelCard


def checked_lines(
    project: Project, page_ids: Sequence[str] = ()
) -> list[tuple[Page, Line]]:
    """Return the lines a person has called right, in page order."""
    return [
        (page, line)
        for page in project.pages
        if not page_ids or page.id in page_ids
        for line in page.lines
        if line.checked and line.text.strip()
    ]


def split_lines(
    lines: Sequence[tuple[Page, Line]],
) -> tuple[list[tuple[Page, Line]], list[tuple[Page, Line]]]:
    """Split lines into those to learn from and those to measure on.

    Whole pages are held out, spread over the project, until a fifth of the lines is
    reached; with a single page, every fifth line is.
    """
    sizes: dict[str, int] = {}
    for page, _ in lines:
        sizes[page.id] = sizes.get(page.id, 0) + 1
    if len(sizes) < 2:
        held = [item for i, item in enumerate(lines) if i % 5 == 2]
        return [item for i, item in enumerate(lines) if i % 5 != 2], held
    want, most = HELD_OUT_SHARE * len(lines), MOST_HELD_OUT * len(lines)
    ids = list(sizes)
    # Every fifth page first, so that the test is spread over the project.
    order = sorted(range(len(ids)), key=lambda i: ((i + 3) % 5, i))
    chosen: set[str] = set()
    count = 0
    for page_id in (ids[i] for i in order):
        if count < want and count + sizes[page_id] <= most:
            chosen.add(page_id)
            count += sizes[page_id]
    if not chosen:
        chosen = {min(ids, key=lambda page_id: sizes[page_id])}
    train = [item for item in lines if item[0].id not in chosen]
    return train, [item for item in lines if item[0].id in chosen]


def survey(project: Project, page_ids: Sequence[str], charset: Charset) -> LearnSurvey:
    """Say what there is to learn from; quick, touches no pixels."""
    lines = checked_lines(project, page_ids)
    train, held_out = split_lines(lines)
    pages = len({page.id for page, _ in lines})
    missing = [charset.missing(line.text) for _, line in train]
    new = "".join(sorted({c for one in missing for c in one}))
    return LearnSurvey(
        len(lines),
        len(train),
        len(held_out),
        "page" if pages > 1 else "line",
        new,
        pages,
        sum(bool(one) for one in missing),
    )


def error_now(request: LearnRequest) -> float | None:
    """Return wrong characters in 100 on the lines that will be held out, as read now.

    None if they were not all read with the model that is to be taught.
    """
    lines = checked_lines(request.project, request.page_ids)
    held_out = [line for _, line in split_lines(lines)[1]]
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

    ``report`` gets a `FitPoint` as partial after each pass over the lines. If it does
    not come to its end, the next call with the same lines and model goes on from
    there; `give_up` prevents that.

    Raises
    ------
    TrainingDataMissing
        If too few lines are checked.
    BadModel, FileNotReadable, UnreadableImage, OutputNotWritable
        If the model or all scans cannot be used, or the result cannot be written.
    Cancelled
        If cancelled.
    """
    lines = checked_lines(request.project, request.page_ids)
    if len(lines) < MIN_LINES:
        raise TrainingDataMissing(
            f"The project has {counted(len(lines), 'checked line')}; at least "
            f"{MIN_LINES} are needed.",
            "Correct some more lines and accept each with Enter, then try again.",
        )
    card = registry.card(request.model, "recognize-lines")
    report(Progress(0, 0, "collecting the corrected lines"))
    train, held_out = (
        list(_samples(request.folder, part, cancel)) for part in split_lines(lines)
    )
    if not train or not held_out:
        raise TrainingDataMissing(
            "The corrected lines are all on pages whose scans cannot be opened.",
            "Put the scans back where they were and try again.",
        )
    run = learning_runs.run_folder(card, lines)
    tuned = fine_tune(
        card,
        train,
        held_out,
        request.minutes,
        checkpoint=learning_runs.begin(run),
        cancel=cancel,
        report=report,
    )
    pages = counted(len({page.id for page, _ in lines}), "page")
    staged = paths.user_data() / "staging" / f"{card.id}-taught"
    new = save_tuned(
        staged,
        card,
        tuned,
        f"{card.title}, taught",
        f"{len(train)} corrected lines on {pages} of “{request.project.title}”",
    )
    learning_runs.forget(run)
    return LearnResult(
        tuned.before,
        tuned.after,
        tuned.interval_before,
        tuned.interval_after,
        tuned.is_better,
        tuned.comparisons,
        staged,
        new,
    )


def minutes_done(request: LearnRequest) -> float:
    """Return how long the same teaching went on before it was interrupted; else 0."""
    # Asked after every keystroke: lines are not gone through for nothing.
    if not learning_runs.is_any_kept():
        return 0.0
    return learning_runs.minutes_done(_run_of(request))


def give_up(request: LearnRequest) -> None:
    """Forget a teaching that was interrupted: the next one begins anew."""
    learning_runs.forget(_run_of(request))


def _run_of(request: LearnRequest) -> Path:
    lines = checked_lines(request.project, request.page_ids)
    card = registry.card(request.model, "recognize-lines")
    return learning_runs.run_folder(card, lines)


def _samples(
    folder: Path, lines: Sequence[tuple[Page, Line]], cancel: CancelToken
) -> Iterator[LineSample]:
    """Crop the lines, opening each page once; unreadable pages are left out."""
    opened = ""
    gray = None
    for page, line in lines:
        cancel.check()
        if page.id != opened:
            opened = page.id
            try:
                gray = load_page(folder, page).gray
            except HwocrError:
                gray = None
        if gray is not None:
            name = f"{page.id}#{line.id}"
            crop = crop_line(gray, line.shape)
            yield LineSample(name, crop, normalize(line.text), "corrected")


class Taught(Protocol):
    """What came of a teaching: a model that waits to be kept or discarded."""

    @property
    def staged(self) -> Path:
        """Its folder."""

    @property
    def card(self) -> ModelCard:
        """Its card."""

    @property
    def is_better(self) -> bool:
        """Whether it is better beyond chance or doubt."""


def keep_model(result: Taught, title: str) -> ModelCard:
    """Install a taught model under a title and return its card.

    It is a folder of its own beside the others, never an overwrite.

    Raises
    ------
    OutputNotWritable
        If it cannot be written.
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "taught"
    staged = registry.read_card(result.staged)
    card = registry.save_model(
        registry.free_folder(stem),
        registry.renamed(staged, title),
        lambda target: shutil.copyfile(staged.weights, target),
    )
    discard_model(result)
    return card


def discard_model(result: Taught) -> None:
    """Remove a taught model that is not wanted; the others are untouched.

    Raises
    ------
    OutputNotWritable
        If its folder cannot be removed.
    """
    try:
        if result.staged.exists():
            shutil.rmtree(result.staged)
    except OSError as error:
        raise OutputNotWritable(
            f"The folder {result.staged} could not be removed.",
            "Remove it by hand; no model in use is affected.",
        ) from error
