"""What synthetic lines say: pieces of given texts, single words of them, or names."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from hwocr_desktop.core.errors import BadDocument
from hwocr_desktop.core.text.text_metrics import normalize
from hwocr_desktop.core.text_files import read_text
from hwocr_desktop.ml.training.names import name

Content = Literal["lines", "words", "names"]
CONTENTS: tuple[Content, ...] = ("lines", "words", "names")

SHORTEST, LONGEST = 8, 64
"""Characters of a line: a short last line of a paragraph, and a full narrow hand."""

# Typographic signs that nobody writes by hand, and that few alphabets hold.
_BY_HAND = str.maketrans("\u2018\u2019\u201c\u201d\u2013\u2014", "''\"\"--")


def read_words(files: Sequence[Path]) -> list[str]:
    """Return the words of text files, in their order.

    Raises
    ------
    FileNotReadable
        If a file is missing or may not be read.
    BadDocument
        If a file is not text in UTF-8, or there is not one word in all of them.
    """
    words: list[str] = []
    for file in files:
        plain = re.sub(r"[^\S ]+|[\x00-\x1f\x7f]", " ", read_text(file))
        words += normalize(plain).translate(_BY_HAND).split()
    if files and not words:
        raise BadDocument("There is not one word in the texts.", "Name other texts.")
    return words


def text_source(
    words: Sequence[str], content: Content
) -> Callable[[np.random.Generator], str]:
    """Return a function that gives the text of a line.

    Parameters
    ----------
    words : sequence of str
        From `read_words`; not looked at for names.
    content : "lines", "words" or "names"
        Pieces of the texts of `SHORTEST` to `LONGEST` characters; single words, rare
        ones as often as frequent ones; names of people and places.
    """
    if content == "names":
        return name
    if content == "words":
        different = sorted({word for word in words if any(map(str.isalnum, word))})
        return lambda rng: different[int(rng.integers(len(different)))]
    return lambda rng: _piece(words, rng)


def _piece(words: Sequence[str], rng: np.random.Generator) -> str:
    room = int(rng.integers(SHORTEST, LONGEST + 1))
    at = int(rng.integers(len(words)))
    line = words[at]
    for word in words[at + 1 : at + LONGEST]:
        if len(line) + 1 + len(word) > room:
            break
        line += f" {word}"
    return line
