"""The text of a line that is cut in two, and of lines that become one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hwocr_desktop.core.document.document import Character, Line, Reading
from hwocr_desktop.core.document.reading_marks import position_at


def cut_line(line: Line, share: float, text_at: int | None = None) -> tuple[Line, Line]:
    """Divide what is known of a line's text; the shapes stay for the caller.

    A reading is divided where its characters stand, a person's text at the word
    boundary nearest to there. As nobody looked at the two parts, they are not checked.

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
    read_at = None if is_own else text_at
    readings = _cut_reading(line.reading, share, read_at)
    texts: tuple[str | None, str | None] = (None, None)
    if is_own and text_at is not None:
        texts = line.text[:text_at].strip(), line.text[text_at:].strip()
    elif is_own:
        known = position_at(line, share)
        texts = _cut_text(line.text, share * len(line.text) if known is None else known)
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
        Texts joined by a space. If a person wrote any of them, all is a person's
        text; checked if all were.
    """
    reading = _join_readings([line.reading for line in lines], lengths)
    correction = None
    if any(line.correction is not None or line.checked for line in lines):
        correction = " ".join(filter(None, (line.text.strip() for line in lines)))
    return replace(
        lines[0],
        reading=reading,
        correction=correction,
        checked=all(line.checked for line in lines),
        transcript="",
    )


def _cut_reading(
    reading: Reading | None, share: float, at: int | None
) -> tuple[Reading | None, Reading | None]:
    if reading is None:
        return None, None
    middles = [(c.start + c.end) / 2 for c in reading.characters]
    # The characters of a reading come one after another, but may overlap.
    at = sum(middle < share for middle in middles) if at is None else at
    ends = 0, at, len(middles)
    first, second = (
        _part(reading, *_trimmed(reading, start, end), low, high)
        for start, end, low, high in (
            (ends[0], ends[1], 0.0, share),
            (ends[1], ends[2], share, 1.0),
        )
    )
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
    readings: Sequence[Reading | None], lengths: Sequence[float]
) -> Reading | None:
    whole = sum(lengths) or 1.0
    characters: list[Character] = []
    words = []
    model: str | None = None
    start = 0.0
    for reading, length in zip(readings, lengths, strict=True):
        share = length / whole
        if reading is not None:
            model = reading.model if model is None else model
            if characters and reading.characters:
                characters.append(Character(" ", 1.0, start, start))
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
