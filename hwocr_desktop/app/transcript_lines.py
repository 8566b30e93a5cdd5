"""Make lines to learn from of pages that have a plain transcript. No Qt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hwocr_desktop.app.batch import Outcome, each_page
from hwocr_desktop.app.batch_files import Frame, OutputPlan
from hwocr_desktop.app.frame_reading import DEFAULT_CLEANING
from hwocr_desktop.app.ink_evaluation import existing_folder
from hwocr_desktop.app.open_models import bodies_of_lines, open_recognizer
from hwocr_desktop.app.pipeline import clean_page
from hwocr_desktop.app.transcripts import find_transcript, transcript_stems
from hwocr_desktop.core.document.document import Cleaning
from hwocr_desktop.core.errors import (
    BadDocument,
    BadRequest,
    FileNotReadable,
)
from hwocr_desktop.core.pixels.crops import crop_to_read, stretch_ink
from hwocr_desktop.core.pixels.imaging import load_scan
from hwocr_desktop.core.pixels.segmentation import find_lines
from hwocr_desktop.core.progress import CancelToken, Progress, Report, ignore_progress
from hwocr_desktop.core.text import ctc
from hwocr_desktop.core.text.charset import BLANK, Charset
from hwocr_desktop.core.text.transcript_alignment import (
    PlacedText,
    TranscriptRow,
    align_transcript,
    transcript_rows,
)
from hwocr_desktop.core.text_files import read_text
from hwocr_desktop.ml.line_batch import fits
from hwocr_desktop.ml.recognizer import MAX_BATCH, Recognizer
from hwocr_desktop.ml.training.line_files import LineFolder
from hwocr_desktop.ml.training.word_cutting import cut_words

Gray = npt.NDArray[np.uint8]

LEAST_FIT = 0.01
"""What the worst word of a line must reach for the line to be kept, 0..1; see
`CutWord.score`."""

MOST_DOUBT = 6.0
"""By how much, as a natural logarithm, a text that lacks two or more characters at an
end may suit a line better than the whole text, and empty paper beside the text may be
less likely than writing: beyond it text or writing lacks the other."""

NO_TEXT = "without a text in the transcript"
SHARED = "that share a line of the transcript, or hold two"
MARKED = "with brackets in their text"
ALPHABET = "with characters that the model does not know"
NO_FIT = "whose words do not all fit"
OTHER_ENDS = "that begin or end elsewhere than their text"


@dataclass(frozen=True, slots=True)
class PrepareTranscriptsRequest:
    """Pages with a plain transcript, of which lines are to be made.

    Attributes
    ----------
    folder : Path
        Scans, with ``STEM.txt`` beside ``STEM.jpg``; of a file with several pages
        ``STEM-001.txt`` and so on. In UTF-8, line breaks as on the page.
    model : str
        Id of the line model that reads the pages.
    out : Path
        A new folder.
    least : float
        Lowest score of a line's worst word, 0..1; see `LEAST_FIT`.
    cleaning : Cleaning
        How a page becomes the ink in which lines are found.
    """

    folder: Path
    model: str
    out: Path
    least: float = LEAST_FIT
    cleaning: Cleaning = DEFAULT_CLEANING


@dataclass(frozen=True, slots=True)
class PageLines:
    """What became of the lines of one page.

    Attributes
    ----------
    rows : int
        Rows of the transcript that hold text.
    found : int
        Lines found on the page.
    kept : int
        Lines written with their text.
    left_out : mapping of str to int
        Found lines that were not, by why: `NO_TEXT`, `SHARED`,
        `MARKED`, `ALPHABET`, `NO_FIT`, `OTHER_ENDS`.
    unplaced : int
        Rows of the transcript for which no line was found.
    """

    rows: int
    found: int
    kept: int
    left_out: Mapping[str, int]
    unplaced: int


@dataclass(frozen=True, slots=True)
class PreparedTranscripts:
    """What became of all pages.

    Attributes
    ----------
    outcomes : tuple of Outcome
        One for each page, and one for each file that could not be opened.
    pages : tuple of PageLines or None
        Of each outcome; None where it failed.
    """

    outcomes: tuple[Outcome, ...]
    pages: tuple[PageLines | None, ...]


def prepare_transcripts(
    request: PrepareTranscriptsRequest,
    *,
    cancel: CancelToken,
    report: Report = ignore_progress,
) -> PreparedTranscripts:
    """Find and read the lines of pages, and write those whose text is known.

    `report` gets each `Outcome` as a partial; a page that cannot be used stops no
    other.

    Raises
    ------
    FileNotReadable
        If the folder is missing.
    BadModel
        If a model cannot be used.
    BadRequest
        If there are no scans, or the output folder holds something or lies in the
        data.
    OutputNotWritable
        If it cannot be written to.
    Cancelled
        If cancelled; the lines written by then have their labels.
    """
    if not 0.0 <= request.least <= 1.0:
        raise BadRequest(
            f"A line's score cannot be {request.least}.", "Give a number from 0 to 1."
        )
    plan = OutputPlan([existing_folder(request.folder)], None, "")
    if not plan.files:
        raise plan.failures[0].error
    report(Progress(0, 0, "opening the model"))
    recognizer = open_recognizer(request.model)
    done: dict[tuple[Path, int], PageLines] = {}
    with LineFolder(request.out, [request.folder]) as folder:

        def work(frame: Frame, report: Report) -> Outcome:
            transcript = _transcript_of(frame)
            rows = _rows_of(transcript)
            report(Progress(0, 0, "finding lines"))
            page_gray = load_scan(frame.path, frame.index).gray
            ink = clean_page(page_gray, request.cleaning, cancel=cancel)
            shapes = find_lines(ink.binary(), bodies=bodies_of_lines(), cancel=cancel)
            crops = [
                crop_to_read(page_gray, shape, recognizer.height) for shape in shapes
            ]
            report(Progress(0, len(crops), "reading"))
            seen = _log_probs(crops, recognizer, cancel)
            page, good = _sifted(rows, crops, seen, recognizer.charset, request.least)
            group = frame.path.parent.relative_to(request.folder).as_posix()
            for placed in good:
                name = f"{transcript.stem}-{placed.line + 1:02}"
                gray = crops[placed.line]
                folder.add("" if group == "." else group, name, gray, placed.text)
            done[frame.path, frame.index] = page
            return Outcome(frame.path, frame.index, "done", (request.out,))

        outcomes = each_page(plan, work, cancel, report)
    pages = tuple(done.get((item.source, item.frame)) for item in outcomes)
    return PreparedTranscripts(outcomes, pages)


def _transcript_of(frame: Frame) -> Path:
    """Return the transcript that lies beside a page."""
    stems = transcript_stems(frame.path, frame.index)
    path = find_transcript(stems, frame.path.parent, (".txt",))
    if path is not None:
        return path
    raise FileNotReadable(
        f"“{frame.path.name}” has no transcript “{stems[-1]}.txt” beside it.",
        "Put the text of the page there, in UTF-8, line breaks as on the page.",
    )


def _rows_of(transcript: Path) -> list[TranscriptRow]:
    rows = transcript_rows(read_text(transcript))
    if not rows:
        raise BadDocument(
            f"The transcript “{transcript.name}” is empty.",
            "Write the text of the page into it, or take the page away.",
        )
    return rows


def _log_probs(
    crops: Sequence[Gray], recognizer: Recognizer, cancel: CancelToken
) -> list[ctc.LogProbs]:
    """Return what the network says of each line, lines of similar width at once."""
    order = sorted(range(len(crops)), key=lambda i: crops[i].shape[1])
    seen: dict[int, ctc.LogProbs] = {}
    for first in range(0, len(order), MAX_BATCH):
        cancel.check()
        group = order[first : first + MAX_BATCH]
        inks = [stretch_ink(crops[i]) for i in group]
        seen.update(zip(group, recognizer.log_probs(inks), strict=True))
    return [seen[i] for i in range(len(crops))]


def _sifted(
    rows: Sequence[TranscriptRow],
    crops: Sequence[Gray],
    seen: Sequence[ctc.LogProbs],
    charset: Charset,
    least: float,
) -> tuple[PageLines, list[PlacedText]]:
    """Place the rows in the found lines; return what fits, and what became of all."""
    readings = [
        "".join(character.text for character in ctc.greedy(log_probs, charset)).strip()
        for log_probs in seen
    ]
    placed = align_transcript(readings, [row.text for row in rows])
    good: list[PlacedText] = []
    left_out = Counter({NO_TEXT: len(crops) - len(placed)})
    uses = Counter(row for item in placed for row in item.rows)
    for item in placed:
        why = _fault(item, uses, rows, charset) or _misfit(
            item.text, crops[item.line], seen[item.line], charset, least
        )
        if why:
            left_out[why] += 1
        else:
            good.append(item)
    page = PageLines(len(rows), len(crops), len(good), +left_out, len(rows) - len(uses))
    return page, good


def _fault(
    item: PlacedText,
    uses: Mapping[int, int],
    rows: Sequence[TranscriptRow],
    charset: Charset,
) -> str:
    """Return why a text cannot be that of its line whatever the network says, or ""."""
    if any(rows[row].is_marked for row in item.rows):
        return MARKED
    if len(item.rows) > 1 or uses[item.rows[0]] > 1:
        return SHARED
    return ALPHABET if charset.missing(item.text) else ""


def _misfit(
    text: str, crop: Gray, log_probs: ctc.LogProbs, charset: Charset, least: float
) -> str:
    """Return why a line does not look as if it said the text, or "".

    Words that a line end parts are joined in transcripts, so that one half of such a
    word is not in its line, and the other is in a line of which it is not the text.
    Among the many frames of a line that is easily missed: both ends are looked at.
    """
    labels = tuple(charset.encode(text))
    if not fits(labels, crop.shape[1]):
        return NO_FIT
    if min(word.score for word in cut_words(crop, text, log_probs, charset)) < least:
        return NO_FIT
    spans = ctc.align(log_probs, labels)
    written = log_probs.max(axis=1) - log_probs[:, BLANK]
    beside = max(written[: spans[0][0]].sum(), written[spans[-1][1] :].sum())
    if max(beside, _missing(log_probs, labels)) > MOST_DOUBT:
        return OTHER_ENDS
    return ""


def _missing(log_probs: ctc.LogProbs, labels: tuple[int, ...]) -> float:
    """Return by how much the text suits better without one of its ends."""
    return max(
        float(scores[:-2].max(initial=-np.inf) - scores[-1])
        for scores in (
            ctc.prefix_scores(log_probs, labels),
            ctc.prefix_scores(log_probs[::-1], labels[::-1]),
        )
    )
