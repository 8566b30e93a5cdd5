"""Many scans in a row: reading files without a project. No Qt.

One bad file never stops the rest, every output is whole or absent, and a run that was
stopped can be started again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from hwocr_desktop.app.batch_files import Failure, Frame, OutputPlan, check_output
from hwocr_desktop.app.frame_reading import DEFAULT_CLEANING, read_frame
from hwocr_desktop.app.open_models import open_binarizer, open_recognizer
from hwocr_desktop.app.pipeline import LinesFound
from hwocr_desktop.app.reading_formats import (
    SUFFIX,
    Format,
    LinesFrom,
    page_content,
)
from hwocr_desktop.app.sidecars import find_sidecar
from hwocr_desktop.app.spreading import Spread, spread
from hwocr_desktop.app.transcribing import Transcribed, transcribe
from hwocr_desktop.app.transcripts import Transcript, text_beside
from hwocr_desktop.core import atomic
from hwocr_desktop.core.document.document import Cleaning, Page, Project
from hwocr_desktop.core.errors import HwocrError, OutOfMemory
from hwocr_desktop.core.formats.page_document import Mended
from hwocr_desktop.core.pixels.imaging import count_frames
from hwocr_desktop.core.pixels.thresholding import METHODS
from hwocr_desktop.core.progress import (
    Cancelled,
    CancelToken,
    Progress,
    Report,
    ignore_progress,
)
from hwocr_desktop.core.settings import Decoder
from hwocr_desktop.core.text.lexicon import Lexicon

log = logging.getLogger(__name__)

State = Literal["done", "skipped", "failed", "left"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one page of one file, or of a file that could not be opened.

    Attributes
    ----------
    source : Path
        The file.
    frame : int
        Which page of it, from 0.
    state : "done", "skipped", "failed" or "left"
        Skipped is what was there already; left is what was not begun, because nothing
        can be written any more.
    outputs : tuple of Path
        The files written, or found to be there.
    error : HwocrError or None
        Why it failed, or was not begun.
    page : Page or None
        What was read.
    seconds : float
    turns : int
        Clockwise quarter turns that would set its writing upright.
    transcribed : Transcribed or None
        How a transcription was spread over its lines.
    mended : Mended or None
        What the file with its lines says otherwise than it was taken.
    foreign : tuple of Path
        Files beside the outputs that are called as if they belonged to them.
    """

    source: Path
    frame: int
    state: State
    outputs: tuple[Path, ...] = ()
    error: HwocrError | None = None
    page: Page | None = None
    seconds: float = 0.0
    turns: int = 0
    transcribed: Transcribed | None = None
    mended: Mended | None = None
    foreign: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadFilesRequest:
    """Scans to be read.

    Attributes
    ----------
    paths : tuple of Path
        Files, and folders of which all scans are taken.
    model : str
        Id of the line model.
    out : Path or None
        Folder for the texts, made if need be; or, for a single page, the file to
        write. None writes nothing.
    format : "txt", "page", "page2013" or "alto"
        Plain text, PAGE XML of 2019 or 2013, or ALTO. What stood under the
        name is kept as ``NAME.bak1``.
    decoder : "greedy", "beam" or "word-beam"
    cleaning : Cleaning
        How a page becomes the ink in which lines are found.
    lexicon : Lexicon, optional
        Words to prefer, or that alone are allowed; for "word-beam".
    whole : bool
        Whether each picture is a line or a word by itself, so that no lines are
        looked for.
    lines : "found" or "given"
        Given lines are those of the PAGE XML or ALTO beside a scan, if there is any;
        a text of them that a person wrote stays, and so does what else is there.
    transcript : Path or None
        A transcription that exists already, whose words take the place of those read:
        a file, for a single page, or a folder with ``NAME.txt`` or ``NAME.docx``.
    layout : str, optional
        Id of the model that finds lines, or "classical"; without it the usual one.
    """

    paths: tuple[Path, ...]
    model: str
    out: Path | None = None
    format: Format = "txt"
    decoder: Decoder = "greedy"
    cleaning: Cleaning = DEFAULT_CLEANING
    lexicon: Lexicon | None = None
    whole: bool = False
    lines: LinesFrom = "found"
    transcript: Path | None = None
    layout: str | None = None


PageWork = Callable[[Frame, Report], Outcome]


def read_files(
    request: ReadFilesRequest,
    *,
    cancel: CancelToken,
    report: Report = ignore_progress,
) -> tuple[Outcome, ...]:
    """Read scans and write their text; `report` gets each `Outcome` as a partial.

    Returns
    -------
    tuple of Outcome
        One for each page, and one for each file or folder that could not be opened.

    Raises
    ------
    BadModel, OutputNotWritable, BadRequest
        If the model or the output folder cannot be used at all.
    Cancelled
        If cancelled; what is written by then is whole.
    """
    suffix = SUFFIX[request.format]
    check_output(request.paths, request.out, suffix)
    plan = OutputPlan(request.paths, request.out, suffix)
    if plan.has_pages():
        # It takes seconds, for which a wrong name need not wait.
        _open_models(request)

    rest: Transcript | None = None

    def spread_on(page: Page, text: Transcript) -> Spread:
        """Spread what pages before have left of one text for all, or else all of it."""
        nonlocal rest
        if rest is not None:
            given = spread(page, rest)
            if given.is_of_page:
                rest = given.rest
                return given
        given = spread(page, text)
        if rest is None and given.is_of_page:
            rest = given.rest
        return given

    def work(frame: Frame, report: Report) -> Outcome:
        beside, turns, mended = None, 0, Mended()
        # Before the work, so that what cannot be written is not read first.
        output = None if frame.stem is None else plan.claim(frame, suffix)

        def noting(part: Progress) -> None:
            nonlocal turns, mended
            if isinstance(part.partial, LinesFound):
                turns = part.partial.turns
            if isinstance(part.partial, Mended):
                mended = part.partial
            report(part)

        if request.lines == "given":
            beside = find_sidecar(frame.path, frame.index, count_frames(frame.path))
        page = read_frame(
            frame.path,
            frame.index,
            request.model,
            decoder=request.decoder,
            cleaning=request.cleaning,
            lexicon=request.lexicon,
            whole=request.whole,
            beside=beside,
            layout=request.layout,
            cancel=cancel,
            report=noting,
        )
        done = Outcome(
            frame.path, frame.index, "done", page=page, turns=turns, mended=mended
        )
        if request.transcript is not None:
            text = text_beside(frame, request.transcript)
            spreading = spread if request.transcript.is_dir() else spread_on
            given = transcribe(Project(pages=(page,)), spreading(page, text))
            page = given.project.pages[0]
            done = replace(done, page=page, transcribed=given)
        if output is None:
            return done
        data = page_content(page, frame.path, request.format, beside)
        # The text that is there may be one that a person has corrected.
        atomic.write_bytes(output, data, backups=1)
        return replace(done, outputs=(output,))

    return each_page(plan, work, cancel, report)


def _open_models(request: ReadFilesRequest) -> None:
    """Open what the pages are read with, to be told of it before any work."""
    open_recognizer(request.model)
    if request.cleaning.method not in METHODS and not request.whole:
        open_binarizer(request.cleaning.method)


def each_page(
    plan: OutputPlan, work: PageWork, cancel: CancelToken, report: Report
) -> tuple[Outcome, ...]:
    """Do the work on every page of every file, whatever becomes of each.

    Only where nothing can be written any more the rest is left: a night's work whose
    results have no place helps nobody. Its files are not opened to count their pages.

    Parameters
    ----------
    plan : OutputPlan
        The files, and those that cannot be opened.
    work : callable
        Does the work on one page and returns its outcome; what it raises becomes one.
    cancel, report
        See `progress`; `report` gets each `Outcome` as a partial.

    Raises
    ------
    OutputNotWritable, BadRequest
        If the output folder takes no files, before any work.
    Cancelled
        If cancelled.
    """
    trouble: HwocrError | None = None
    outcomes: list[Outcome] = []
    total = len(plan.files)

    def note(outcome: Outcome, at: int) -> None:
        outcomes.append(outcome)
        report(Progress(at, total, outcome.source.name, outcome))

    for failure in plan.failures:
        note(Outcome(failure.path, 0, "failed", error=failure.error), 0)
    for number, file in enumerate(plan.files):
        cancel.check()
        if trouble is not None:
            note(Outcome(file.path, 0, "left", error=trouble), number + 1)
            continue
        frames = plan.frames(file)
        if isinstance(frames, Failure):
            note(Outcome(file.path, 0, "failed", error=frames.error), number + 1)
            continue
        for frame in frames:
            cancel.check()
            if trouble is not None:
                left = Outcome(frame.path, frame.index, "left", error=trouble)
                note(left, number + 1)
                continue
            plan.folder.prepare()
            label = file.path.name
            if len(frames) > 1:
                label += f" page {frame.index + 1} of {len(frames)}"

            def inner(part: Progress, label: str = label, at: int = number) -> None:
                of = f" {part.done}/{part.total}" if part.total else ""
                report(Progress(at, total, f"{label}: {part.text}{of}"))

            outcome = _tried(frame, work, inner)
            if outcome.state == "failed":
                plan.free(frame)
            trouble = plan.folder.trouble(outcome.error)
            note(outcome, number + 1)
    return tuple(outcomes)


def _tried(frame: Frame, work: PageWork, report: Report) -> Outcome:
    """Do the work on one page and turn any failure into an outcome."""
    started = time.monotonic()
    try:
        report(Progress(0, 0, "opening"))
        done = work(frame, report)
    except Cancelled:
        raise
    except HwocrError as failure:
        error: HwocrError = failure
    except MemoryError:
        error = OutOfMemory(
            f"There is not enough memory for “{frame.path.name}”.",
            "Close other programs, or scan the page at a lower resolution.",
        )
    except Exception as failure:
        # Whatever it is, the files after this one are none the worse for it.
        log.exception("%s, page %d", frame.path, frame.index + 1)
        error = HwocrError(
            f"Something went wrong inside the program with “{frame.path.name}” "
            f"({type(failure).__name__}).",
            "The other files are not affected; send the log to the program's makers.",
        )
    else:
        return replace(done, seconds=time.monotonic() - started)
    seconds = time.monotonic() - started
    return Outcome(frame.path, frame.index, "failed", error=error, seconds=seconds)
