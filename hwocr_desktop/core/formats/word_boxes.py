"""Where each word of a line stands, from the places of the characters read in it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np

from hwocr_desktop.core.document.document import Line
from hwocr_desktop.core.formats.line_shapes import Points, as_points, band, clamp
from hwocr_desktop.core.pixels.geometry import LineShape

# A single space between two words; any other white space stays within them, so that
# words joined by single spaces are the text again.
_BETWEEN = re.compile(r"(?<=\S) (?=\S)")

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class WordBox:
    """One word of a line.

    Attributes
    ----------
    text : str
        The word.
    start, end : float
        Where it stands along the baseline, as fractions of its length, 0..1.
    confidence : float or None
        Mean over its characters, 0..1; None where a person says what it is.
    polygon : tuple of (x, y)
        Its outline on the page.
    """

    text: str
    start: float
    end: float
    confidence: float | None
    polygon: Points


def word_boxes(line: Line, width: int, height: int) -> tuple[WordBox, ...]:
    """Return the words of a line in writing order, with an outline for each.

    Where a person changed what was read, the characters that stayed keep their
    places, and those between share the room that is left.

    Parameters
    ----------
    line : Line
    width, height : int
        Size of the page, on which all points are.

    Returns
    -------
    tuple of WordBox
        Joined by single spaces they are the line's text; one empty word for a line
        without text.
    """
    text = line.text
    places = character_places(line)
    is_read = line.correction is None and line.reading is not None
    sure = _confidences(line)
    words = []
    at = 0
    for word in _BETWEEN.split(text):
        own = places[at : at + len(word)]
        start, end = (own[0][0], own[-1][1]) if own else (0.0, 1.0)
        known = sure[at : at + len(word)]
        words.append(
            WordBox(
                word,
                start,
                max(start, end),
                (sum(known) / len(known) if known else 0.0) if is_read else None,
                word_polygon(line.shape, start, max(start, end), width, height),
            )
        )
        at += len(word) + 1
    return tuple(words)


def character_places(line: Line) -> list[Place]:
    """Return where each code point of a line's text stands along the baseline.

    Returns
    -------
    list of (start, end)
        Fractions of the baseline's length, 0..1, never falling.
    """
    text = line.text
    if line.reading is None:
        return _spread(len(text), 0.0, 1.0)
    read: list[Place] = []
    last = 0.0
    for character in line.reading.characters:
        start = max(_fraction(character.start, last), last)
        end = max(_fraction(character.end, start), start)
        read += _spread(len(character.text), start, end)
        last = start
    said = line.reading.text
    if said == text:
        return read
    places: list[Place] = []
    # The last match is empty and stands at both ends.
    matches = SequenceMatcher(None, said, text, autojunk=False).get_matching_blocks()
    for match in matches:
        missing = match.b - len(places)
        left = places[-1][1] if places else 0.0
        right = read[match.a][0] if match.a < len(read) else 1.0
        places += _spread(missing, left, max(left, right))
        places += read[match.a : match.a + match.size]
    return places


def word_polygon(
    shape: LineShape, start: float, end: float, width: int, height: int
) -> Points:
    """Return the band along a part of a baseline.

    Parameters
    ----------
    shape : LineShape
    start, end : float
        Fractions of the baseline's length, 0..1.
    width, height : int
        Size of the page.

    Returns
    -------
    tuple of (x, y)
        Four points or more, on the page; none if the line is nowhere.
    """
    baseline = clamp(shape.baseline, width, height)
    if len(baseline) < 2:
        corners = clamp(shape.polygon, width, height)
        if not corners:
            return ()
        bottom = max(y for _, y in corners)
        baseline = (
            (min(x for x, _ in corners), bottom),
            (max(x for x, _ in corners), bottom),
        )
    ascent, descent = (
        min(max(side, 1.0), float(height)) if math.isfinite(side) else 1.0
        for side in (shape.ascent, shape.descent)
    )
    part = _part(baseline, start, end)
    return clamp(band(part, ascent, descent), width, height)


def _part(baseline: Points, start: float, end: float) -> Points:
    """Return the part of a polyline between two fractions of its length."""
    points = np.asarray(baseline, float)
    lengths = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    if along[-1] <= 0:
        return baseline
    ends = np.array([start, end]) * along[-1]
    inner = points[(along > ends[0]) & (along < ends[1])]
    x = np.interp(ends, along, points[:, 0])
    y = np.interp(ends, along, points[:, 1])
    first, last = np.array([x[0], y[0]]), np.array([x[1], y[1]])
    return as_points([first, *inner, last])


def _confidences(line: Line) -> list[float]:
    """Return how sure the model is of each code point that it read."""
    if line.reading is None:
        return []
    return [
        _fraction(character.confidence, 0.0)
        for character in line.reading.characters
        for _ in character.text
    ]


def _spread(count: int, start: float, end: float) -> list[Place]:
    """Share a stretch among characters."""
    step = (end - start) / max(count, 1)
    return [(start + i * step, start + (i + 1) * step) for i in range(count)]


def _fraction(value: float, default: float) -> float:
    return default if math.isnan(value) else min(max(value, 0.0), 1.0)
