"""What is the matter with lines to learn from or to measure on, said in sentences."""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.pixels.crops import LEAST_RANGE, LINE_HEIGHT, is_blank
from hwocr_desktop.core.plurals import counted
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.ml.line_batch import fits

if TYPE_CHECKING:
    from hwocr_desktop.ml.training.line_data import LineSample

log = logging.getLogger(__name__)

MOST_TOLD = 20
"""Lines left out that are named one by one; of more, the number is told."""

MOST_ASPECT = 64
"""Widths to a height; what is wider is rather two pages' lines in one than a line, and
would fill a batch alone."""

TELLING = 15
"""Letters and digits of a text that two lines hardly share by chance."""

MOST_NEW = 40
"""Characters that are named one by one."""

MOST_RARE = 5
"""Lines that are named because of a character that no other line has."""

_UPRIGHT = 3.0
_SHORT = 3

# Control characters, parts of UTF-16, line and paragraph separators, what no version
# of Unicode has given a meaning, and private use.
_NO_WRITING = frozenset({"Cc", "Cs", "Zl", "Zp", "Cn", "Co"})

# But of private use this stays: letters and abbreviations of old hands that Unicode
# lacks stand here by agreement (Medieval Unicode Font Initiative), and people
# transcribe with them. A slip is told by `tell_alphabet`, as a character of one line.
_AGREED = range(0xE000, 0xF900)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line that is not used, and why.

    Attributes
    ----------
    file : Path
        The file that names it: a list of labels, a transcription or a picture.
    row : int
        Its line in that file, from 1; 0 where the whole file is meant.
    reason : str
        One sentence.
    """

    file: Path
    row: int
    reason: str

    def __str__(self) -> str:
        place = f"{self.file}, line {self.row}" if self.row else str(self.file)
        return f"{place}: {self.reason}"


def tell(left_out: Sequence[LeftOut]) -> None:
    """Log what was left out: the first ones each, of the others the number."""
    for item in left_out[:MOST_TOLD]:
        log.warning("left out %s", item)
    for item in left_out[MOST_TOLD:]:
        log.info("left out %s", item)
    if len(left_out) > MOST_TOLD:
        log.warning("left out %d lines in all; with -v each is named", len(left_out))


def known_texts(train: Iterable[str], held_out: Iterable[str]) -> list[str]:
    """Return the texts of held-out lines that are learned from, too.

    Only letters and digits are compared, and short texts are not. Many such texts mean
    that lines of one page are on both sides, and that whatever is measured is too good.
    """
    learned = {plain for text in train if len(plain := _plain(text)) >= TELLING}
    return [text for text in held_out if _plain(text) in learned]


def tell_known_texts(train: Iterable[str], held_out: Sequence[str]) -> None:
    """Log a warning if held-out lines have texts that are learned from."""
    known = known_texts(train, held_out)
    if known:
        log.warning(
            "%d of %d held-out lines have a text that is learned from, too, such as "
            "“%s”. If they are of the same pages, what is measured is too good: leave "
            "those pages out of the data.",
            len(known),
            len(held_out),
            known[0],
        )


def _plain(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def text_fault(text: str) -> str:
    """Return why a text cannot be the text of a line, or "".

    Parameters
    ----------
    text : str
        Without blanks around it.
    """
    if not text:
        return "There is no text."
    if "\n" in text or "\r" in text:
        return f"There are {len(text.splitlines())} lines of text, not one."
    if "\ufffd" in text:
        return "The text was damaged by a wrong encoding."
    hidden = sorted({c for c in text if _is_no_writing(c)})
    if hidden:
        codes = ", ".join(f"U+{ord(c):04X}" for c in hidden[:MOST_NEW])
        return f"The text holds what is no writing ({codes})."
    return ""


def _is_no_writing(character: str) -> bool:
    """Whether a character cannot stand on a line, whatever the script."""
    return (
        unicodedata.category(character) in _NO_WRITING and ord(character) not in _AGREED
    )


def picture_fault(gray: npt.NDArray[np.uint8], text: str) -> str:
    """Return why a picture cannot be that of a line with this text, or "".

    Parameters
    ----------
    gray : (H, W) uint8, 0 = black
        As it is in the file, before it is scaled.
    text : str

    Returns
    -------
    str
        The rest of a sentence that begins with the picture's name.
    """
    height, width = gray.shape
    size = f"{width} by {height} pixels"
    if is_blank(gray):
        shade = "black" if int(gray.max()) < LEAST_RANGE else "of one gray"
        return f"is all {shade}; there is no writing on it."
    if width > MOST_ASPECT * height:
        return (
            f"is {size}, more than {MOST_ASPECT} times as wide as high; that is not "
            "one line of writing."
        )
    if height > _UPRIGHT * width and len(text) > _SHORT:
        return (
            f"is {size}, too narrow for {len(text)} characters side by side; turn it "
            "if it is written downward."
        )
    return ""


def newcomers(new: str, lines: int) -> str:
    """Say which characters a model has never seen, and in how many lines they are.

    Parameters
    ----------
    new : str
        Each character once; blanks are not told.
    lines : int
        Lines to learn from that hold any of them.

    Returns
    -------
    str
        "" if there is none to tell.
    """
    named = characters_named(new)
    if not named:
        return ""
    count = len(new.replace(" ", ""))
    is_are = "is" if count == 1 else "are"
    return (
        f"{counted(count, 'character')} {is_are} new to the model: {named}; learned "
        f"from {counted(lines, 'line')}. It needs some ten examples of each."
    )


def characters_named(characters: str, between: str = " ") -> str:
    """Return characters so that each can be seen, blanks left out, of many the first.

    Returns
    -------
    str
        "" if there is none to name.
    """
    seen = characters.replace(" ", "")
    more = " …" if len(seen) > MOST_NEW else ""
    return between.join(map(shown, seen[:MOST_NEW])) + more


def shown(character: str) -> str:
    """Return a character so that it can be seen, if need be as its number."""
    if unicodedata.combining(character):
        return f"\u25cc{character}"
    is_seen = character.isprintable() and not character.isspace()
    return character if is_seen else f"U+{ord(character):04X}"


def tell_alphabet(samples: Sequence[LineSample], known: Charset | None) -> None:
    """Log which characters an alphabet gains, and which of them one line alone has.

    Of thousands of lines, one with other letters is often a slip: a row of another
    data set, a wrong key. It makes the alphabet larger all the same.

    Parameters
    ----------
    samples : sequence of LineSample
        Lines to learn from.
    known : Charset or None
        Of the model they teach; None for a new model, to which all is new.
    """
    holders = _holders(samples, known)
    if known is not None and "".join(holders).strip():
        told = newcomers("".join(holders), len(set().union(*holders.values())))
        log.warning("%s Lines with each: %s.", told, _line_counts(holders))
    rare: dict[int, list[str]] = {}
    for character, lines in holders.items():
        if len(lines) == 1:
            rare.setdefault(lines[0], []).append(shown(character))
    if rare:
        places = [
            f"{' '.join(rare[at][:MOST_NEW])} ({place_of(samples[at])})"
            for at in sorted(rare)[:MOST_RARE]
        ]
        if len(rare) > MOST_RARE:
            places.append(f"and of {counted(len(rare) - MOST_RARE, 'line')} more")
        log.warning(
            "Characters that no other line has can hardly be learned; if they are "
            "slips, correct them or take the line out: %s",
            "; ".join(places),
        )


def tell_unreadable(
    samples: Sequence[LineSample], charset: Charset, height: int = LINE_HEIGHT
) -> None:
    """Log how many lines a model can never read as their texts say, and why.

    Such lines are measured all the same: to the reader they are errors like others.

    Parameters
    ----------
    samples : sequence of LineSample
        Lines to measure on.
    charset : Charset
    height : int
        Of the lines that the model is given, pixels.
    """
    holders = _holders(samples, charset)
    if holders:
        lines = set().union(*holders.values())
        log.warning(
            "%d of %s hold characters that the model does not know, and which count as "
            "errors. Lines with each: %s.",
            len(lines),
            counted(len(samples), "line"),
            _line_counts(holders),
        )
    long = [s for s in samples if not _has_room(s, charset, height)]
    if long:
        log.warning(
            "%d of %s have more text than a model can read in so narrow a picture, "
            "which counts as errors, such as %s.",
            len(long),
            counted(len(samples), "line"),
            place_of(long[0]),
        )


def _has_room(sample: LineSample, charset: Charset, height: int) -> bool:
    width = round(sample.gray.shape[1] * height / sample.gray.shape[0])
    labels = charset.encode(sample.text)
    return not labels or fits(labels, width)


def place_of(sample: LineSample) -> str:
    """Return where the text of a line stands: file and row, or file and line of it."""
    _, mark, line = sample.name.rpartition("#")
    if sample.file is None:
        return sample.name
    if sample.row:
        return f"{sample.file}, line {sample.row}"
    return f"{sample.file}, {line}" if mark else str(sample.file)


def _holders(
    samples: Sequence[LineSample], known: Charset | None
) -> dict[str, list[int]]:
    """Return the characters outside an alphabet, and the numbers of their lines."""
    found: dict[str, list[int]] = {}
    for at, sample in enumerate(samples):
        for character in set(sample.text):
            if known is None or character not in known:
                found.setdefault(character, []).append(at)
    return dict(sorted(found.items()))


def _line_counts(holders: dict[str, list[int]]) -> str:
    """Return characters with the number of their lines, those of most lines first."""
    counts = sorted(holders.items(), key=lambda item: -len(item[1]))
    told = [f"{shown(c)} {len(lines)}" for c, lines in counts[:MOST_NEW]]
    return ", ".join(told) + (", …" if len(counts) > MOST_NEW else "")
