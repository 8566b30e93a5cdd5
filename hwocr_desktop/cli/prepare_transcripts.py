"""``hwocr prepare transcripts``: pages with a plain transcript, cut into lines."""

from __future__ import annotations

import argparse
import time
from collections import Counter
from pathlib import Path
from typing import Any

from hwocr_desktop.app.batch import Outcome
from hwocr_desktop.app.model_choice import choose_cleaning, choose_line_model
from hwocr_desktop.app.transcript_lines import (
    LEAST_FIT,
    PageLines,
    PreparedTranscripts,
    PrepareTranscriptsRequest,
    prepare_transcripts,
)
from hwocr_desktop.cli.outcomes import exit_code, explained, summary
from hwocr_desktop.cli.prepare_lines import add_out
from hwocr_desktop.cli.terminal import Terminal, stoppable
from hwocr_desktop.core.document.document import Cleaning
from hwocr_desktop.core.errors import TrainingDataMissing
from hwocr_desktop.core.plurals import counted
from hwocr_desktop.core.progress import Progress


def add_transcripts(kinds: Any, common: argparse.ArgumentParser) -> None:
    """Describe ``hwocr prepare transcripts``."""
    parser = kinds.add_parser(
        "transcripts",
        parents=[common],
        help="pages with a plain transcript, cut into lines",
        description="Find the lines of pages, see with a line model which line of the "
        "transcript stands in each, and write the lines that fit, with labels.tsv. The "
        "transcript of NAME.jpg is NAME.txt beside it, in UTF-8, line breaks as on the "
        "page; [x] is struck out, [?] unreadable, and such lines are left out.",
    )
    parser.add_argument(
        "folder",
        type=Path,
        metavar="FOLDER",
        help="scans with their transcripts, also in folders below",
    )
    add_out(parser)
    parser.add_argument(
        "--model",
        default="",
        metavar="ID",
        help="line model that reads such hands, see “hwocr models”",
    )
    parser.add_argument(
        "--least",
        type=float,
        default=LEAST_FIT,
        metavar="S",
        help="leave lines out of which a word has a lower score, 0 to 1; 1 keeps only "
        f"what the model reads right anyway (default {LEAST_FIT})",
    )
    parser.add_argument("--json", action="store_true", help="tell the result as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """Make the lines and return the exit code."""
    request = PrepareTranscriptsRequest(
        options.folder,
        choose_line_model(options.model),
        options.out,
        options.least,
        Cleaning(method=choose_cleaning()),
    )

    def report(progress: Progress) -> None:
        outcome = progress.partial
        if isinstance(outcome, Outcome) and outcome.error is not None:
            terminal.note(explained(outcome.error, outcome.source))
        terminal.report(progress)

    started = time.monotonic()
    with stoppable() as cancel:
        result = prepare_transcripts(request, cancel=cancel, report=report)
    seconds = time.monotonic() - started
    total = _total(result)
    if options.json:
        extra = [{} if page is None else _told(page) for page in result.pages]
        told = summary(result.outcomes, extra, seconds)
        terminal.json({"model": request.model, **_told(total), **told})
    terminal.note(_sentence(total, result, seconds))
    code = exit_code(result.outcomes)
    if total.kept:
        return code
    return max(code, TrainingDataMissing.exit_code)


def _total(result: PreparedTranscripts) -> PageLines:
    pages = [page for page in result.pages if page is not None]
    left_out: Counter[str] = Counter()
    for page in pages:
        left_out.update(page.left_out)
    return PageLines(
        sum(page.rows for page in pages),
        sum(page.found for page in pages),
        sum(page.kept for page in pages),
        left_out,
        sum(page.unplaced for page in pages),
    )


def _told(page: PageLines) -> dict[str, Any]:
    return {
        "rows": page.rows,
        "found": page.found,
        "kept": page.kept,
        "left_out": dict(page.left_out),
        "unplaced": page.unplaced,
    }


def _sentence(total: PageLines, result: PreparedTranscripts, seconds: float) -> str:
    done = sum(page is not None for page in result.pages)
    parts = [
        counted(done, "page"),
        f"{counted(total.found, 'line')} found for {total.rows} of the transcripts",
        f"{total.kept} kept",
    ]
    parts += [f"{count} left out {why}" for why, count in total.left_out.items()]
    if total.unplaced:
        parts.append(f"{total.unplaced} of the transcripts not found")
    if done < len(result.pages):
        parts.append(f"{counted(len(result.pages) - done, 'page')} failed")
    return f"{', '.join(parts)}, {seconds:.1f} s."
