"""How well the program reads: measured by the code in use, on known text. No Qt."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from hwocr_desktop.app.frame_reading import read_frame
from hwocr_desktop.app.ink_evaluation import existing_folder
from hwocr_desktop.app.model_choice import usual_cleaning
from hwocr_desktop.app.open_models import forget_models, open_recognizer
from hwocr_desktop.app.page_truth import comparable, counted_text, find_page_truths
from hwocr_desktop.app.suggesting import language_of
from hwocr_desktop.app.text_report import TextCompared, TextReport
from hwocr_desktop.core.document.document import Cleaning, Reading
from hwocr_desktop.core.errors import TrainingDataMissing
from hwocr_desktop.core.pixels.crops import faint_shade
from hwocr_desktop.core.plurals import counted
from hwocr_desktop.core.progress import CancelToken, Progress, Report, ignore_progress
from hwocr_desktop.core.settings import Decoder, Settings
from hwocr_desktop.core.text.alternatives import measure_alternatives
from hwocr_desktop.core.text.calibration import (
    Calibration,
    calibrated,
    calibrated_reading,
    calibration_error,
    calibration_of,
    way_of_reading,
)
from hwocr_desktop.core.text.calibration_fit import (
    cross_calibrated,
    fit_calibration,
    joined,
)
from hwocr_desktop.core.text.confusions import right_characters
from hwocr_desktop.core.text.lexicon import Lexicon
from hwocr_desktop.core.text.suggestions import (
    KnownWords,
    Suggester,
    measure_suggestions,
)
from hwocr_desktop.core.text.text_metrics import cer, wer
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.training.line_checks import tell_unreadable
from hwocr_desktop.ml.training.line_data import LineSample, load_lines


@dataclass(frozen=True, slots=True)
class Decoding:
    """A way in which text is made: a decoder, and words for it."""

    decoder: Decoder = "greedy"
    lexicon: Lexicon | None = None
    lexicon_name: str = ""


GREEDY = Decoding()


LEAST_LINES = 20
"""Lines needed to fit a calibration: there are more errors in them than parameters."""


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A calibration that was fitted, and what it does for lines it has not seen.

    Attributes
    ----------
    parameters : Calibration
    before, after : float
        Expected calibration error in percent, of the network's confidences and of
        calibrated ones; the latter by maps that had not seen the lines.
    """

    parameters: Calibration
    before: float
    after: float


def compare_decodings(
    folder: Path,
    model: str,
    decodings: Sequence[Decoding],
    *,
    cancel: CancelToken,
    report: Report = ignore_progress,
) -> tuple[TextReport, ...]:
    """Read lines whose text is known in several ways and compare; a report for each.

    Suggestions are those that the window gives: a word of the list and of the speller,
    where what was read on a page, or in a folder of lines, is in its language. Those
    count that are for words which the window marks as doubtful unless the settings say
    otherwise, for these are the words that a person is led to ask about. There are no
    checked lines, whose words the window suggests, too.

    Parameters
    ----------
    folder : Path
        Holds line images with ``labels.tsv``, or page images with PAGE XML, whose
        lines are then taken as they are drawn; or several folders that do. Printed
        lines and lines without a text are left out.
    model : str
        Id of the line model.
    decodings : sequence of Decoding
    cancel, report
        See `progress`.

    Raises
    ------
    TrainingDataMissing
        If there is nothing to measure on.
    BadModel
        If the model cannot be used.
    """
    report(Progress(0, 0, "opening the lines"))
    samples = load_lines([existing_folder(folder)])
    if not samples:
        raise TrainingDataMissing(
            f"None of the lines in {folder} can be used.",
            "Check that the images named there exist and can be opened.",
        )
    recognizer = open_recognizer(model)
    tell_unreadable(samples, recognizer.charset, recognizer.height)
    calibrations = recognizer.calibrations
    # The same network and code; calibration, which changes no text, is applied to the
    # confidences after it, so that there are figures before and after.
    recognizer = copy(recognizer)
    recognizer.calibrations = {}
    cancel.check()
    crops = [sample.gray for sample in samples]
    results = []
    for way in decodings:
        read = partial(
            recognizer.read, decoder=way.decoder, lexicon=way.lexicon, cancel=cancel
        )
        read(crops[:1])
        started = time.perf_counter()
        readings = read(crops, report=report)
        seconds = time.perf_counter() - started
        calibration = calibration_of(
            calibrations, way.decoder, has_list=way.lexicon is not None
        )
        shown = [calibrated_reading(one, calibration) for one in readings]
        suggesters = _suggesters(samples, readings, way.lexicon)
        items = tuple(map(_compared, samples, readings, shown, suggesters))
        results.append(
            TextReport(
                model, way.decoder, items, seconds, way.lexicon_name, calibration
            )
        )
    return tuple(results)


def _suggesters(
    samples: Sequence[LineSample],
    readings: Sequence[Reading],
    lexicon: Lexicon | None,
) -> list[Suggester]:
    """Return for each line what would suggest words on its page."""
    listed = KnownWords(lexicon.words if lexicon is not None else ())
    pages = [_page_of(sample) for sample in samples]
    texts = defaultdict(list)
    for page, reading in zip(pages, readings, strict=True):
        texts[page].append(reading.text)
    made = {
        page: Suggester({"list": listed}, language_of("\n".join(read)))
        for page, read in texts.items()
    }
    return [made[page] for page in pages]


def _page_of(sample: LineSample) -> str:
    """Return what tells lines of a page from others; a folder of lines is like one."""
    is_of_page = sample.file is not None and sample.file.suffix.lower() == ".xml"
    return str(sample.file) if is_of_page else sample.set


def _compared(
    sample: LineSample, reading: Reading, shown: Reading, suggester: Suggester
) -> TextCompared:
    """Compare a line; ``shown`` is its reading with calibrated confidences."""
    pair = (reading.text, sample.text)
    characters = [character.text for character in reading.characters]
    confidences = tuple(character.confidence for character in reading.characters)
    return TextCompared(
        sample.name,
        sample.text,
        reading.text,
        cer([pair]),
        wer([pair]),
        sample.set,
        judged=(confidences, right_characters(characters, sample.text)),
        suggested=measure_suggestions(
            suggester, [(shown.characters, sample.text)], Settings().doubt_threshold
        ),
        beside=measure_alternatives([(reading, sample.text)]),
        gray=sample.gray,
    )


def calibrate(result: TextReport) -> Calibrated:
    """Fit the calibration of a model's decoder to measured lines; write its card.

    Parameters
    ----------
    result : TextReport
        Of lines that the model did not learn from, and that no figure of it will be
        reported on.

    Raises
    ------
    TrainingDataMissing
        If there are fewer than `LEAST_LINES` lines in which anything was read.
    OutputNotWritable
        If the card cannot be written.
    """
    lines = [item.judged for item in result.items if item.judged[0]]
    if len(lines) < LEAST_LINES:
        raise TrainingDataMissing(
            f"Text was read in {counted(len(lines), 'line')} only, too few to "
            "calibrate by.",
            f"Use at least {LEAST_LINES} lines that the model did not learn from.",
        )
    sure, right = joined(lines)
    parameters = fit_calibration(sure, right)
    before = calibration_error(calibrated(sure, None), right)
    after = calibration_error(cross_calibrated(lines), right)
    card = registry.card(result.model, "recognize-lines")
    way = way_of_reading(result.decoder, has_list=bool(result.lexicon))
    sets = ", ".join(sorted({item.set for item in result.items}))
    lines_named = f"{counted(len(lines), 'line')} of {sets}"
    registry.update_calibration(card, way, parameters, lines_named)
    forget_models()
    return Calibrated(parameters, 100.0 * before, 100.0 * after)


def evaluate_pages(
    folder: Path,
    model: str,
    *,
    decoding: Decoding = GREEDY,
    cleaning: Cleaning | None = None,
    cancel: CancelToken,
    report: Report = ignore_progress,
) -> TextReport:
    """Read whole pages, lines found by the program, and compare with their text.

    Lines are joined by single spaces and words parted by a line end are joined, on
    both sides. The order of lines counts: the truth's is that of its document. Where
    the truth is PAGE XML, what is read on lines that are print or have no text in it
    counts neither for nor against.

    Parameters
    ----------
    folder : Path
        Page images with PAGE XML or ``.txt``; see `find_page_truths`.
    model : str
        Id of the line model.
    decoding : Decoding
    cleaning : Cleaning, optional
        How the ink is found in which lines are found.
    cancel, report
        See `progress`.

    Raises
    ------
    HwocrError
        If a page, its text or a model cannot be used.
    """
    truths = find_page_truths(folder)
    recognizer = open_recognizer(model)
    recognizer.read(
        [faint_shade(recognizer.height)],
        decoder=decoding.decoder,
        lexicon=decoding.lexicon,
        cancel=cancel,
    )
    items = []
    for number, truth in enumerate(truths):
        cancel.check()
        report(Progress(number, len(truths), truth.name))
        started = time.perf_counter()
        page = read_frame(
            truth.image,
            truth.frame,
            model,
            decoder=decoding.decoder,
            lexicon=decoding.lexicon,
            cleaning=cleaning or Cleaning(usual_cleaning()),
            cancel=cancel,
        )
        seconds = time.perf_counter() - started
        right = comparable(truth.text)
        read = comparable(counted_text(page.lines, truth))
        items.append(
            TextCompared(
                truth.name,
                right,
                read,
                cer([(read, right)]),
                wer([(read, right)]),
                truth.name.rpartition("/")[0],
                seconds,
                len(page.lines),
            )
        )
    report(Progress(len(truths), len(truths), ""))
    total = sum(item.seconds for item in items)
    return TextReport(
        model, decoding.decoder, tuple(items), total, decoding.lexicon_name
    )
