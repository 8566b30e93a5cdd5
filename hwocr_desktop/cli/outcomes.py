"""How the commands that work on many files tell what became of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from textwrap import shorten
from typing import Any

from hwocr_desktop.app.batch import Outcome
from hwocr_desktop.app.import_notices import import_notices
from hwocr_desktop.cli.terminal import Terminal
from hwocr_desktop.core.document.doubt import page_trust
from hwocr_desktop.core.document.likeness import looks_written
from hwocr_desktop.core.errors import HwocrError, OutputNotWritable
from hwocr_desktop.core.plurals import counted
from hwocr_desktop.core.progress import Cancelled

_MOST_NAMED = 3
"""Pages, or words that were left out, named in one sentence."""

_MOST_LETTERS = 40
"""Of words that are named."""


def exit_code(outcomes: Sequence[Outcome]) -> int:
    """Return 0, or the highest code of all errors."""
    return max((o.error.exit_code for o in outcomes if o.error), default=0)


def note_outcome(terminal: Terminal, outcome: Outcome) -> None:
    """Tell what became of one page, while the others are still worked on."""
    if outcome.state == "left":
        return  # what stopped the run is told of the page that it came to light with
    if outcome.error is not None:
        terminal.note(explained(outcome.error, outcome.source))
        return
    if outcome.state == "skipped":
        return  # there may be thousands; the summary counts them
    where = ", ".join(str(path) for path in outcome.outputs)
    page = outcome.page
    lines = "" if page is None else f"{counted(len(page.lines), 'line')}, "
    if page is not None and (trust := page_trust(page, None)).words:
        lines += f"about {counted(round(trust.wrong), 'wrong word')}, "
    arrow = f" -> {where}" if where else ""
    terminal.note(f"{outcome.source}{arrow} ({lines}{outcome.seconds:.1f} s)")


def explained(error: HwocrError, source: Path) -> str:
    """Return an error as text that says once, and in full, which file it is about."""
    text, name = str(error), f"“{source.name}”"
    # As a whole: a file named "a" is not meant by every letter a.
    if re.search(rf"(?<![\w/\\-]){re.escape(str(source))}(?![\w/\\-])", text):
        return text
    # The file that cannot be written is another one, though its name may be the same.
    if name in text and not isinstance(error, OutputNotWritable):
        return text.replace(name, f"“{source}”", 1)
    return f"{source}: {text}"


def note_transcribed(terminal: Terminal, outcome: Outcome) -> None:
    """Tell how a transcription was spread over the lines of a page."""
    given = outcome.transcribed
    if given is None:
        return
    said = [f"{counted(given.placed, 'line')} got the text of the transcription"]
    for numbers, what in (
        (given.doubtful, "unlike what was read"),
        (given.empty, "without a text"),
    ):
        if numbers:
            said.append(f"{what}: {', '.join(map(str, numbers))}")
    for line, words in given.gaps[:_MOST_NAMED]:
        some = shorten(words, _MOST_LETTERS, placeholder=" …")
        said.append(f"behind line {line} the text has “{some}” as well")
    if given.words_left:
        # Those may be of the next page.
        after = f", {given.words_after} behind the last line" * (given.words_after > 0)
        said.append(f"{counted(given.words_left, 'word')} left over{after}")
    if given.guessed:
        said.append(
            f"the text is not in UTF-8 and was read as {given.guessed}, so look at its "
            "letters with accents"
        )
    terminal.note(f"{outcome.source}: {'; '.join(said)}.")


def note_turned(terminal: Terminal, outcomes: Sequence[Outcome]) -> None:
    """Tell which pages seem not to stand upright."""
    for outcome in outcomes:
        if outcome.turns:
            where = "head" if outcome.turns == 2 else "side"
            terminal.note(
                f"{outcome.source}: the writing of page {outcome.frame + 1} seems to "
                f"stand on its {where} and was read so; turn the scan "
                f"{_TURNED[outcome.turns]} to see it upright, too."
            )


def note_mended(terminal: Terminal, outcomes: Sequence[Outcome]) -> None:
    """Tell what files with lines say otherwise than they were taken."""
    for outcome in outcomes:
        for notice in import_notices([("", outcome.mended)] if outcome.mended else []):
            terminal.note(f"{outcome.source}: {notice.text}")


_TURNED = {1: "a quarter to the right", 2: "by a half", 3: "a quarter to the left"}


def note_pictures(terminal: Terminal, outcomes: Sequence[Outcome]) -> None:
    """Tell which pages are perhaps no writing."""
    for outcome in outcomes:
        if outcome.turns:
            continue  # that is told instead, for it would explain it
        lines = () if outcome.page is None else outcome.page.lines
        read = [(line.shape, line.reading) for line in lines if line.reading]
        if read and not looks_written(read):
            terminal.note(
                f"{outcome.source}: hardly any letters were read on page "
                f"{outcome.frame + 1}; perhaps it is a picture."
            )


def note_empty(terminal: Terminal, outcomes: Sequence[Outcome]) -> None:
    """Tell on which pages there were no lines to read: they may be blank, or not."""
    empty = [
        f"page {outcome.frame + 1} of {outcome.source}"
        for outcome in outcomes
        if outcome.page is not None and not outcome.page.lines
    ]
    if not empty:
        return
    named = ", ".join(empty[:_MOST_NAMED])
    if len(empty) > _MOST_NAMED:
        named += f" and {len(empty) - _MOST_NAMED} more"
    terminal.note(
        f"No lines of writing were found on {named}. What holds a single line is read "
        "with --whole; of other pages look at the ink (hwocr binarize) and try another "
        "--clean."
    )


def note_foreign(terminal: Terminal, outcomes: Sequence[Outcome]) -> None:
    """Tell what lies beside the outputs and is called as if it belonged to them."""
    foreign = [str(path) for outcome in outcomes for path in outcome.foreign]
    if not foreign:
        return
    named = ", ".join(foreign[:_MOST_NAMED])
    if len(foreign) > _MOST_NAMED:
        named += f" and {len(foreign) - _MOST_NAMED} more"
    what = (
        "is no ink map of the picture beside it"
        if len(foreign) == 1
        else "are no ink maps of the pictures beside them"
    )
    terminal.note(f"{named} {what}; look whether you still need what was made before.")


def note_summary(
    terminal: Terminal, outcomes: Sequence[Outcome], seconds: float
) -> None:
    """Tell what became of all."""
    terminal.note(f"{_in_words(outcomes)}, {seconds:.1f} s.")
    left = next((outcome for outcome in outcomes if outcome.state == "left"), None)
    if left is not None:
        terminal.note(
            f"The run was stopped: {left.error} The same command goes on with the rest."
        )


@contextmanager
def told_if_stopped(
    terminal: Terminal, outcomes: Sequence[Outcome], out: Path | None
) -> Iterator[None]:
    """Tell what is done, and how the rest is, where a run that writes is stopped."""
    try:
        yield
    except (Cancelled, KeyboardInterrupt):
        if out is not None and outcomes:
            terminal.note(
                f"{_in_words(outcomes)}; the same command goes on with the rest."
            )
        raise


def _in_words(outcomes: Sequence[Outcome]) -> str:
    counts = _counts(outcomes)
    parts = [f"{counts['done']} done"]
    if counts["skipped"]:
        parts.append(f"{counts['skipped']} there already (--force makes them anew)")
    if counts["failed"]:
        parts.append(f"{counts['failed']} failed")
    if counts["left"]:
        parts.append(f"{counts['left']} not begun")
    return ", ".join(parts)


def summary(
    outcomes: Sequence[Outcome], extra: Sequence[dict[str, Any]], seconds: float
) -> dict[str, Any]:
    """Return all outcomes as plain values, each with its extra entries."""
    pages = [
        {
            "source": str(outcome.source),
            "page": outcome.frame + 1,
            "state": outcome.state,
            "outputs": [str(path) for path in outcome.outputs],
            "seconds": round(outcome.seconds, 3),
            "error": None
            if outcome.error is None
            else {
                "message": outcome.error.message,
                "advice": outcome.error.advice,
                "exit_code": outcome.error.exit_code,
            },
            **more,
        }
        for outcome, more in zip(outcomes, extra, strict=True)
    ]
    return {**_counts(outcomes), "seconds": round(seconds, 3), "pages": pages}


def _counts(outcomes: Sequence[Outcome]) -> dict[str, int]:
    states = [outcome.state for outcome in outcomes]
    return {name: states.count(name) for name in ("done", "skipped", "failed", "left")}
