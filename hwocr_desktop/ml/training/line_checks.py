"""What keeps a line out of training and measuring, each said in a sentence."""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.pixels.crops import LINE_HEIGHT, MAX_WIDTH

log = logging.getLogger(__name__)

MOST_TOLD = 20
"""Lines left out that are named one by one; of more, the number is told."""

LEAST_RANGE = 16
"""Gray values between the darkest and the lightest pixel, at least."""

MOST_ASPECT = MAX_WIDTH // LINE_HEIGHT
"""Widths to a height; what is wider would have to be squeezed."""

TELLING = 15
"""Letters and digits of a text that two lines hardly share by chance."""

_UPRIGHT = 3.0
_SHORT = 3


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
    hidden = sorted({c for c in text if unicodedata.category(c) == "Cc"})
    if hidden:
        codes = ", ".join(f"U+{ord(c):04X}" for c in hidden)
        return f"The text holds control characters ({codes})."
    return ""


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
    if int(gray.max()) - int(gray.min()) < LEAST_RANGE:
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
