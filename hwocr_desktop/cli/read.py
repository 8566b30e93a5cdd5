"""``hwocr read``: scans in, text out."""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hwocr_desktop.app.batch import (
    Outcome,
    ReadFilesRequest,
    read_files,
)
from hwocr_desktop.app.model_choice import (
    CLASSICAL,
    choose_cleaning,
    choose_line_model,
    is_for_words,
)
from hwocr_desktop.app.reading_formats import FORMATS, LINES_FROM, SUFFIX, Format
from hwocr_desktop.app.sidecars import find_sidecar
from hwocr_desktop.app.transcribing import Transcribed
from hwocr_desktop.cli.finding import finder_of
from hwocr_desktop.cli.outcomes import (
    exit_code,
    note_empty,
    note_mended,
    note_outcome,
    note_pictures,
    note_summary,
    note_transcribed,
    note_turned,
    summary,
    told_if_stopped,
)
from hwocr_desktop.cli.terminal import Terminal, stoppable
from hwocr_desktop.core.document.document import Cleaning, Page, Reading
from hwocr_desktop.core.document.doubt import page_trust
from hwocr_desktop.core.errors import BadRequest, FileNotReadable
from hwocr_desktop.core.formats.text import page_text
from hwocr_desktop.core.pixels.thresholding import METHODS
from hwocr_desktop.core.plurals import counted
from hwocr_desktop.core.progress import Progress
from hwocr_desktop.core.settings import DECODERS, Decoder, load_settings
from hwocr_desktop.core.text.lexicon import LEXICON_USES, Lexicon, read_entries


def add_parser(commands: Any, name: str, common: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        name,
        parents=[common],
        help="read scans of handwriting",
        description="Find the lines of each page and read them. Of a TIFF or PDF of "
        "several pages each gives a text of its own, NAME-001 and so on. A file "
        "that cannot be read never stops the rest.",
    )
    parser.add_argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="FILE|FOLDER",
        help="scans, and folders of scans",
    )
    parser.add_argument(
        "-o",
        "--out",
        type=Path,
        metavar="OUT",
        help="folder for the texts, or the file for a single page; text that is there "
        "is replaced, and kept as NAME.bak1. Without it the text goes to the "
        "terminal",
    )
    parser.add_argument(
        "--format",
        choices=FORMATS,
        help="plain text, PAGE XML of 2019 or, for Transkribus, of 2013, or ALTO; the "
        "default is what the name after -o says, else txt",
    )
    parser.add_argument(
        "--lines",
        choices=LINES_FROM,
        help="given takes the lines of the PAGE XML or ALTO beside a scan (NAME.xml, "
        "page/NAME.xml, alto/NAME.xml) where there is any, and keeps what a person "
        "wrote there; found, the default, looks for lines in every scan",
    )
    add_reading_options(parser)
    parser.add_argument(
        "--find-with",
        default="",
        metavar="ID",
        help=f"the model that finds lines, see “hwocr models”, or {CLASSICAL} for "
        "none; else what a project chose whose folder is read, or the settings",
    )
    parser.add_argument(
        "--whole",
        action="store_true",
        help="each picture is a single line or word, as of a register or a card: no "
        "lines are looked for",
    )
    parser.add_argument(
        "--transcript",
        type=Path,
        metavar="FILE|FOLDER",
        help="a transcription that exists already, plain text or Word, of all pages in "
        "their order, or a folder with NAME.txt or NAME.docx: its words take the place "
        "of those read",
    )
    parser.add_argument("--json", action="store_true", help="tell the result as JSON")
    parser.set_defaults(run=run)


def add_reading_options(
    parser: argparse.ArgumentParser, *, is_model_required: bool = False
) -> None:
    """Add the options that say how a page is read."""
    parser.add_argument(
        "--model",
        default="",
        required=is_model_required,
        metavar="ID",
        help="line model, see “hwocr models”; a path to a model folder will do too",
    )
    parser.add_argument(
        "--decoder",
        choices=DECODERS,
        help="greedy is fast, beam weighs more readings, word-beam weighs the model's "
        "language too",
    )
    add_lexicon_options(parser)
    parser.add_argument(
        "--clean",
        default="",
        metavar="METHOD|MODEL",
        help="how the ink is found in which lines are found: "
        f"{', '.join(METHODS)}, or a model",
    )


def add_lexicon_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that name a list of words."""
    parser.add_argument(
        "--lexicon",
        type=Path,
        metavar="FILE",
        help="list of words, names or places, one a line, UTF-8; needs word-beam and "
        "chooses it",
    )
    parser.add_argument(
        "--lexicon-use",
        choices=LEXICON_USES,
        help="rerank prefers words of the list, constrain allows no others; digits and "
        "signs are free (default rerank)",
    )


def read_lexicon(options: argparse.Namespace) -> Lexicon | None:
    """Return the list that was asked for; None for none.

    Raises
    ------
    FileNotReadable, BadDocument
        If the list cannot be used.
    """
    if options.lexicon is None:
        return None
    return Lexicon(read_entries(options.lexicon), options.lexicon_use or "rerank")


def choose_decoder(options: argparse.Namespace, usual: Decoder) -> Decoder:
    """Return the decoder asked for, or the one that a list needs, or the usual one.

    Raises
    ------
    BadRequest
        If a list is to be used with a decoder that knows no words.
    """
    if options.lexicon is None and options.lexicon_use:
        raise BadRequest(
            "There is no list of words that could be used.",
            "Name it with --lexicon, or leave --lexicon-use away.",
        )
    if options.lexicon is None:
        return options.decoder or usual
    if options.decoder not in (None, "word-beam"):
        raise BadRequest(
            f"The decoder {options.decoder} knows no words, so that a list is of no "
            "use to it.",
            "Leave --decoder away, or take word-beam.",
        )
    return "word-beam"


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """Read the files and return the exit code."""
    if options.whole and (options.clean or options.find_with):
        raise BadRequest(
            "Where no lines are looked for, no ink is needed.",
            "Leave --clean and --find-with away, or --whole.",
        )
    if options.transcript is not None and not options.transcript.exists():
        raise FileNotReadable(
            f"There is no transcription {options.transcript}.", "Check the path."
        )
    if options.whole and options.lines == "given":
        raise BadRequest(
            "Where each picture is a line, there are no others that could be given.",
            "Leave --lines away, or --whole.",
        )
    request = ReadFilesRequest(
        tuple(options.paths),
        choose_line_model(options.model),
        options.out,
        _format(options),
        choose_decoder(options, load_settings().decoder),
        Cleaning(method=choose_cleaning(options.clean)),
        read_lexicon(options),
        options.whole,
        options.lines or "found",
        options.transcript,
        None if options.whole else finder_of(options, terminal),
    )
    if is_for_words(request.model) and not options.whole:
        terminal.note(
            f"The model “{request.model}” reads single words, not lines: name one for "
            "lines with --model, or give --whole for pictures of single words."
        )
    is_text_wanted = options.out is None and not options.json
    is_first = True
    seen: list[Outcome] = []

    def report(progress: Progress) -> None:
        nonlocal is_first
        outcome = progress.partial
        if not isinstance(outcome, Outcome):
            terminal.report(progress)
            return
        seen.append(outcome)
        if is_text_wanted and outcome.page is not None:
            if not is_first:
                terminal.say()
            is_first = False
            terminal.say(page_text(outcome.page).rstrip("\n"))
        if not is_text_wanted or outcome.error:
            note_outcome(terminal, outcome)
        note_transcribed(terminal, outcome)

    started = time.monotonic()
    with told_if_stopped(terminal, seen, options.out), stoppable() as cancel:
        outcomes = read_files(request, cancel=cancel, report=report)
    seconds = time.monotonic() - started
    if options.json:
        entries = [_entry(outcome) for outcome in outcomes]
        terminal.json({"model": request.model, **summary(outcomes, entries, seconds)})
    note_mended(terminal, outcomes)
    note_turned(terminal, outcomes)
    note_pictures(terminal, outcomes)
    note_empty(terminal, outcomes)
    if len(outcomes) > 1 or options.out is not None:
        note_summary(terminal, outcomes, seconds)
    if options.lines is None and not options.whole:
        _note_given_lines(terminal, outcomes)
    return exit_code(outcomes)


def _note_given_lines(terminal: Terminal, outcomes: Sequence[Outcome]) -> None:
    """Tell whose scans have lines beside them that they could be read with."""
    counts = Counter(outcome.source for outcome in outcomes)
    besides = (
        (find_sidecar(one.source, one.frame, counts[one.source]), one.outputs)
        for one in outcomes
    )
    number = sum(path is not None and path not in made for path, made in besides)
    if number:
        pages = "has" if number == 1 else "have"
        terminal.note(
            f"{counted(number, 'page')} {pages} lines in PAGE XML or ALTO beside the "
            "scan; --lines given reads those."
        )


def _format(options: argparse.Namespace) -> Format:
    """Return the format asked for, by name or by the name of the output."""
    ending = options.out.suffix.lower() if options.out else ""
    named = next((f for f in FORMATS if SUFFIX[f] == ending), None)
    wanted: Format = options.format or named or "txt"
    if options.out is None and wanted != "txt" and not options.json:
        raise BadRequest(
            "PAGE XML and ALTO go to files, not to the terminal.",
            "Name a folder or a file with -o.",
        )
    return wanted


def _entry(outcome: Outcome) -> dict[str, Any]:
    page = outcome.page
    if page is None:
        return {}
    return {
        "text": page_text(page),
        "turns": outcome.turns,
        "wrong_words_expected": round(page_trust(page, None).wrong, 1),
        **_transcribed(outcome.transcribed),
        "lines": _lines(page),
    }


def _transcribed(given: Transcribed | None) -> dict[str, Any]:
    if given is None:
        return {}
    return {
        "transcribed": {
            "lines": given.placed,
            "unlike_their_text": list(given.doubtful),
            "without_text": list(given.empty),
            "words_left_out": [
                {"behind_line": line, "words": words} for line, words in given.gaps
            ],
            "words_left": given.words_left,
            "words_after": given.words_after,
            "guessed_encoding": given.guessed or None,
        }
    }


def _lines(page: Page) -> list[dict[str, Any]]:
    return [
        {
            "text": line.text,
            "confidence": round(line.reading.confidence if line.reading else 0.0, 4),
            "box": [round(side, 1) for side in line.shape.bounds],
            "alternatives": _alternatives(line.reading),
        }
        for line in page.lines
    ]


def _alternatives(reading: Reading | None) -> list[dict[str, Any]]:
    """Return the doubtful words of a reading; places are those of its characters."""
    if reading is None:
        return []
    return [
        {
            "start": word.start,
            "end": word.end,
            "text": reading.text[word.start : word.end],
            "probability": word.probability,
            "others": [
                {"text": other.text, "probability": other.probability}
                for other in word.others
            ],
        }
        for word in reading.alternatives
    ]
