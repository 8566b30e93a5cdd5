"""The text of a line that is cut in two, and of lines that become one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from hwocr_desktop.core.document.document import Character, Line, Reading
from hwocr_desktop.core.document.reading_marks import aligned, position_at

_SHORT_OF_CUT = 0.001
"""So far from a cut between words both at least are, as a share of their line."""


def cut_line(line: Line, share: float, text_at: int | None = None) -> tuple[Line, Line]:
    """Divide what is known of a line's text; the shapes stay for the caller.

    A reading is divided where its characters stand, a person's text at the word
    boundary nearest to there. As nobody looked at the two parts, they are not checked.
    Where a word is cut, its characters reach up to the cut on both sides, by which
    `join_texts` knows that no space belongs there.

    Parameters
    ----------
    line : Line
    share : float
        Where the cut is, as a fraction of the line's length, 0..1.
    text_at : int or None
        Where in the text it is, in code points, if a person said so.

    Returns
    -------
    tuple of Line
        Beginning and end, both with the id of the line.
    """
    is_own = line.correction is not None or line.checked
    texts: tuple[str | None, str | None] = (None, None)
    read_at, is_in_word = text_at, True
    if is_own and text_at is not None:
        texts = line.text[:text_at].strip(), line.text[text_at:].strip()
        read_at, is_in_word = _read_at(line, text_at), _is_in_word(line.text, text_at)
    elif is_own:
        known = position_at(line, share)
        texts = _cut_text(line.text, share * len(line.text) if known is None else known)
        is_in_word = False
    readings = _cut_reading(line.reading, share, read_at, is_in_word=is_in_word)
    first, second = (
        replace(line, reading=reading, correction=text, checked=False, transcript="")
        for reading, text in zip(readings, texts, strict=True)
    )
    return first, second


def join_texts(lines: Sequence[Line], lengths: Sequence[float]) -> Line:
    """Return the first line with the text of all, in the order given.

    Parameters
    ----------
    lines : sequence of Line
        One or more.
    lengths : sequence of float
        Of their baselines, pixels; says where the characters stand in the whole.

    Returns
    -------
    Line
        Texts joined by a space, but a word that was cut to one word again. If a
        person wrote any of them, all is a person's text; checked if all were.
    """
    gaps = _gaps(lines)
    reading = _join_readings([line.reading for line in lines], lengths, gaps)
    correction = None
    if any(line.correction is not None or line.checked for line in lines):
        correction = ""
        for line, gap in zip(lines, gaps, strict=True):
            text = line.text.strip()
            correction += (gap if correction and text else "") + text
    return replace(
        lines[0],
        reading=reading,
        correction=correction,
        checked=all(line.checked for line in lines),
        transcript="",
    )


def _read_at(line: Line, position: int) -> int | None:
    """Return which character of the reading stands at a place of a person's text."""
    read = line.reading.text if line.reading else ""
    if line.reading is None or len(read) != len(line.reading.characters):
        return None
    behind = aligned(read, line.text)[position:]
    return next((index for index in behind if index is not None), None)


def _is_in_word(text: str, at: int) -> bool:
    """Whether a place in a text has letters on both sides."""
    around = text[at - 1 : at + 1] if 0 < at < len(text) else ""
    return len(around) == 2 and not any(map(str.isspace, around))


def _gaps(lines: Sequence[Line]) -> list[str]:
    """Return what belongs before the text of each line, in the order given."""
    gaps = [" "]
    before, is_touching = lines[0], True
    for one, other in pairwise(lines):
        if one.text.strip():
            before, is_touching = one, True
        # A cut may leave a part without text between two others.
        is_touching &= one.shape.baseline[-1] == other.shape.baseline[0]
        gaps.append("" if is_touching and _is_word_cut(before, other) else " ")
    return gaps


def _is_word_cut(one: Line, other: Line) -> bool:
    """Whether the last word of a line goes on in another, from which it was cut.

    Of a person's text that is known as long as the word is as it was read.
    """
    if one.reading is None or other.reading is None:
        return False
    last, first = one.reading.characters[-1:], other.reading.characters[:1]
    if not (last and first and last[0].end >= 1.0 and first[0].start <= 0.0):
        return False
    return (
        one.text.split()[-1:] == one.reading.text.split()[-1:]
        and other.text.split()[:1] == other.reading.text.split()[:1]
    )


def _cut_reading(
    reading: Reading | None, share: float, at: int | None, *, is_in_word: bool
) -> tuple[Reading | None, Reading | None]:
    if reading is None:
        return None, None
    middles = [(c.start + c.end) / 2 for c in reading.characters]
    # The characters of a reading come one after another, but may overlap.
    at = sum(middle < share for middle in middles) if at is None else at
    sides = [c.text for c in reading.characters[max(0, at - 1) : at + 1]]
    is_in_word &= 0 < at < len(middles) and not any(map(str.isspace, sides))
    first = _part(reading, *_trimmed(reading, 0, at), 0.0, share)
    second = _part(reading, *_trimmed(reading, at, len(middles)), share, 1.0)
    if first.characters:
        *begin, last = first.characters
        end = max(last.start, min(last.end, 1.0 - _SHORT_OF_CUT))
        # Of a part without text the other one's word is known only by its own end.
        was_cut = not second.characters and reading.characters[-1].end >= 1.0
        if is_in_word or was_cut:
            end = 1.0
        first = replace(first, characters=(*begin, replace(last, end=end)))
    if second.characters:
        follower, *rest = second.characters
        start = min(follower.end, max(follower.start, _SHORT_OF_CUT))
        was_cut = not first.characters and reading.characters[0].start <= 0.0
        if is_in_word or was_cut:
            start = 0.0
        second = replace(second, characters=(replace(follower, start=start), *rest))
    return first, second


def _trimmed(reading: Reading, start: int, end: int) -> tuple[int, int]:
    """Return a part without the spaces at its ends."""
    while start < end and reading.characters[start].text.isspace():
        start += 1
    while start < end and reading.characters[end - 1].text.isspace():
        end -= 1
    return start, end


def _part(reading: Reading, start: int, end: int, low: float, high: float) -> Reading:
    """Return some characters of a reading, placed in the part of the line they fill."""
    width = max(high - low, 1e-9)

    def placed(at: float) -> float:
        return min(1.0, max(0.0, (at - low) / width))

    return Reading(
        tuple(
            replace(c, start=placed(c.start), end=placed(c.end))
            for c in reading.characters[start:end]
        ),
        reading.model,
        # Of a word that was cut, nothing is known any more.
        tuple(
            replace(word, start=word.start - start, end=word.end - start)
            for word in reading.alternatives
            if start <= word.start and word.end <= end
        ),
    )


def _cut_text(text: str, wanted: float) -> tuple[str, str]:
    """Cut a text at the word boundary nearest to a place in it."""
    bounds = [0, len(text)]
    bounds += [i for i in range(1, len(text)) if text[i].isspace()]
    if len(bounds) == 2 and text.strip():
        at = round(wanted)  # a single word goes where most of it stands
        at = len(text) if at * 2 >= len(text) else 0
    else:
        at = min(bounds, key=lambda bound: (abs(bound - wanted), bound))
    return text[:at].strip(), text[at:].strip()


def _join_readings(
    readings: Sequence[Reading | None], lengths: Sequence[float], gaps: Sequence[str]
) -> Reading | None:
    whole = sum(lengths) or 1.0
    characters: list[Character] = []
    words = []
    model: str | None = None
    start = 0.0
    for reading, length, gap in zip(readings, lengths, gaps, strict=True):
        share = length / whole
        if reading is not None:
            model = reading.model if model is None else model
            if characters and reading.characters and gap:
                characters.append(Character(gap, 1.0, start, start))
            words += [
                replace(
                    word,
                    start=word.start + len(characters),
                    end=word.end + len(characters),
                )
                for word in reading.alternatives
            ]
            characters += [
                replace(c, start=start + c.start * share, end=start + c.end * share)
                for c in reading.characters
            ]
        start += share
    return None if model is None else Reading(tuple(characters), model, tuple(words))
