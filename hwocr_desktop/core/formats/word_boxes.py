"""Where each word of a line stands, from the places of the characters read in it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np

from hwocr_desktop.core.document.document import Line
from hwocr_desktop.core.formats.line_shapes import Points, as_points, band, clamp
from hwocr_desktop.core.pixels.geometry import LineShape

# A single space between two words; any other white space stays within them, so that
# words joined by single spaces are the text again.
_BETWEEN = re.compile(r"(?<=\S) (?=\S)")
_WORD = re.compile(r"\S+")

_LEAST_ROOM = 0.5
"""What a person's letters have to stand in, in usual letters of the line."""

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

    Where a person changed what was read, the words that stayed keep their places, and
    the others share the room that is left.

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
    return _changed_places(said, read, text)


def _changed_places(said: str, read: list[Place], text: str) -> list[Place]:
    """Return the places of a text that a person made of what was read.

    Words that stayed keep theirs. Changed ones share the room of those they replace,
    new ones the space between words; if that is too narrow for so many letters, they
    share the room of the words beside them, too.
    """
    before = [match.span() for match in _WORD.finditer(said)]
    after = [match.span() for match in _WORD.finditer(text)]
    places: list[Place | None] = [None] * len(text)
    steps = SequenceMatcher(
        None,
        [said[a:b] for a, b in before],
        [text[a:b] for a, b in after],
        autojunk=False,
    ).get_opcodes()
    for tag, i1, i2, j1, j2 in steps:
        if tag == "equal":
            for (a, b), (c, _) in zip(before[i1:i2], after[j1:j2], strict=True):
                places[c : c + b - a] = read[a:b]
    letters = max(sum(b - a for a, b in before), 1)
    usual = sum(read[b - 1][1] - read[a][0] for a, b in before) / letters
    for number, (tag, i1, i2, j1, j2) in enumerate(steps):
        if tag == "equal" or j1 == j2:
            continue
        left = _stayed(steps, number - 1)
        right = _stayed(steps, number + 1)
        least = _LEAST_ROOM * usual * (after[j2 - 1][1] - after[j1][0])
        room = _room(before, read, i1, i2)
        if room[1] - room[0] < least:
            room = _space(before, read, i1, i2)
        while room[1] - room[0] < least and (left or right):
            if left >= right:
                left, i1, j1 = left - 1, i1 - 1, j1 - 1
            else:
                right, i2, j2 = right - 1, i2 + 1, j2 + 1
            least = _LEAST_ROOM * usual * (after[j2 - 1][1] - after[j1][0])
            room = _room(before, read, i1, i2)
        start, end = after[j1][0], after[j2 - 1][1]
        places[start:end] = _spread(end - start, *room)
    return _filled(places)


def _stayed(steps: Sequence[tuple[str, int, int, int, int]], number: int) -> int:
    """Return how many words stayed as they were in a step; 0 where there is none."""
    if not 0 <= number < len(steps):
        return 0
    tag, i1, i2, _, _ = steps[number]
    return i2 - i1 if tag == "equal" else 0


def _room(
    words: Sequence[tuple[int, int]], read: Sequence[Place], first: int, last: int
) -> Place:
    """Return where some words of a reading stand, or where they would be if none."""
    if first == last:
        return _space(words, read, first, last)
    return read[words[first][0]][0], read[words[last - 1][1] - 1][1]


def _space(
    words: Sequence[tuple[int, int]], read: Sequence[Place], first: int, last: int
) -> Place:
    """Return where there is room between the words beside some of a reading."""
    start = read[words[first - 1][1] - 1][1] if first else 0.0
    end = read[words[last][0]][0] if last < len(words) else 1.0
    return start, max(start, end)


def _filled(places: Sequence[Place | None]) -> list[Place]:
    """Return places that never fall; white space takes what is between words."""
    filled: list[Place] = []
    last = 0.0
    for number, place in enumerate(places):
        if place is None:
            following = (other[0] for other in places[number:] if other is not None)
            start = filled[-1][1] if filled else 0.0
            place = start, max(start, next(following, start))
        start = min(max(place[0], last), 1.0)
        filled.append((start, min(max(start, place[1]), 1.0)))
        last = start
    return filled


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
