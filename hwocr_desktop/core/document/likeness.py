"""Whether what was read on a page looks like writing at all.

In a picture (a photograph, a drawing, a map) the line finder sees rows here and there,
and the recognizer a letter here and there, which it doubts.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise

from hwocr_desktop.core.document.document import Reading
from hwocr_desktop.core.pixels.geometry import LineShape

_LEAST_LETTERS = 0.9
"""Letters on a stretch as long as the line is high. On 65 validation pages, French ones
read by an English model among them, there were 1.15 and more; on 16 photographs 0.28
and less letter by letter, 0.7 and less with a language, which knows short words."""

_LEAST_CONFIDENCE = 0.7
"""Mean of all letters. The same photographs had at most 0.69, most of the pages more;
who writes a word here and there on a page writes it to be read."""


def looks_written(lines: Iterable[tuple[LineShape, Reading]]) -> bool:
    """Tell a page of writing from a picture by what was read on it.

    Parameters
    ----------
    lines : iterable of (LineShape, Reading)
        The lines that were found, and what was read in each.

    Returns
    -------
    bool
        False where there are hardly any letters and these are doubtful, as where there
        are none. True without lines: of nothing nothing can be said.
    """
    lines = tuple(lines)
    stretch = letters = real = sure = 0.0
    for shape, reading in lines:
        stretch += _length(shape) / max(shape.ascent + shape.descent, 1.0)
        here = [c.confidence for c in reading.characters if not c.text.isspace()]
        letters += len(here)
        real += sum(c.text.isalnum() for c in reading.characters)
        sure += sum(here)
    # A single letter in a picture may be read with confidence, and dots easily are.
    is_sure = real >= len(lines) and sure >= _LEAST_CONFIDENCE * letters
    return is_sure or letters >= _LEAST_LETTERS * stretch


def _length(shape: LineShape) -> float:
    return sum(math.dist(a, b) for a, b in pairwise(shape.baseline))
