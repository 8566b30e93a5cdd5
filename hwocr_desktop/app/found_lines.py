"""Lines as the program finds them, with the text that is known of them. No Qt.

What a recognizer learns from is mostly cut by the lines that people drew; what it reads
later is cut by lines that were found, whose ends, heights and baselines are a little
different. It learns from these, too, if they get the text of the true lines.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hwocr_desktop.app.open_models import bodies_of_lines
from hwocr_desktop.app.page_truth import PageTruth, find_line_truths
from hwocr_desktop.app.pipeline import clean_page
from hwocr_desktop.core.document.document import Cleaning
from hwocr_desktop.core.errors import HwocrError
from hwocr_desktop.core.pixels.crops import crop_to_read
from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.core.pixels.imaging import load_scan
from hwocr_desktop.core.pixels.line_matching import match_outlines
from hwocr_desktop.core.pixels.segmentation import find_lines
from hwocr_desktop.core.progress import CancelToken, Progress, Report, ignore_progress
from hwocr_desktop.ml.training.line_files import LineFolder

MOST_AMISS = 0.6
"""How far an end of a found line may be from that of the true one, in its heights:
farther, and it lacks letters or has some of others."""


@dataclass(frozen=True, slots=True)
class PreparedFound:
    """What came of the pages.

    Attributes
    ----------
    pages : int
        Pages whose lines were found.
    true, found, kept : int
        Lines with a known text, lines found, and found lines that got a text.
    failures : tuple of (Path, HwocrError)
        Scans that could not be used.
    """

    pages: int
    true: int
    found: int
    kept: int
    failures: tuple[tuple[Path, HwocrError], ...] = ()


def prepare_found(
    folder: Path,
    out: Path,
    cleaning: Cleaning,
    *,
    cancel: CancelToken,
    report: Report = ignore_progress,
) -> PreparedFound:
    """Find the lines of pages and write those whose text is known as a data set.

    Parameters
    ----------
    folder : Path
        Scans with PAGE XML, below it too.
    out : Path
        A new folder: pictures with ``labels.tsv``, in folders as those of the scans.
    cleaning : Cleaning
        How the ink is found in which lines are found.
    cancel, report
        See `progress`.

    Raises
    ------
    TrainingDataMissing
        If no page has lines with a text.
    BadRequest, OutputNotWritable
        If the output cannot be used, see `LineFolder`.
    Cancelled
        If cancelled; what is written until then stays.
    """
    truths = find_line_truths(folder)
    true = found = kept = 0
    failures: list[tuple[Path, HwocrError]] = []
    with LineFolder(out, [folder]) as lines:
        for number, truth in enumerate(truths):
            cancel.check()
            report(Progress(number, len(truths), truth.name))
            try:
                gray = load_scan(truth.image, truth.frame).gray
                ink = clean_page(gray, cleaning, cancel=cancel)
            except HwocrError as error:
                failures.append((truth.image, error))
                continue
            shapes = find_lines(ink.binary(), bodies=bodies_of_lines(), cancel=cancel)
            true, found = true + len(truth.beside), found + len(shapes)
            group, _, stem = truth.name.rpartition("/")
            for place, text in same_lines(shapes, truth):
                crop = crop_to_read(gray, shapes[place])
                lines.add(group, f"{stem}-{place + 1:02}", crop, text)
                kept += 1
    report(Progress(len(truths), len(truths), ""))
    return PreparedFound(len(truths) - len(failures), true, found, kept, (*failures,))


def same_lines(
    shapes: Sequence[LineShape], truth: PageTruth
) -> Iterator[tuple[int, str]]:
    """Yield the found lines that are a true line from end to end, and its text.

    Parameters
    ----------
    shapes : sequence of LineShape
        The lines found on the page.
    truth : PageTruth

    Yields
    ------
    place : int
        Of the found line.
    text : str
    """
    rows = truth.text.split("\n")
    for place, row in match_outlines(shapes, truth.beside):
        one, other = shapes[place], truth.beside[row]
        reach = MOST_AMISS * (other.ascent + other.descent)
        ends = zip(
            (one.baseline[0], one.baseline[-1]),
            (other.baseline[0], other.baseline[-1]),
            strict=True,
        )
        if all(math.dist(a, b) <= reach for a, b in ends):
            yield place, rows[row]
