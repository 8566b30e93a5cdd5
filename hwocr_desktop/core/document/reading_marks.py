"""What a reading knows of the characters of a text: how sure it was, and where.

A person's text is aligned with the reading, so that what they left as it was keeps
its marks while they type elsewhere in the line.
"""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from hwocr_desktop.core.document.document import Character, Line

Span = tuple[int, int]


@lru_cache(maxsize=512)
def aligned(read: str, text: str) -> tuple[int | None, ...]:
    """Return, for each character of a text, which character of a reading it is.

    Parameters
    ----------
    read : str
        The text of a reading.
    text : str
        The text now.

    Returns
    -------
    tuple of int or None
        One entry for each code point of ``text``; None for what the reading does not
        have. Entries rise.

    Examples
    --------
    >>> aligned("Kem", "Kew!")
    (0, 1, None, None)
    """
    found: list[int | None] = [None] * len(text)
    for block in Levenshtein.opcodes(read, text):
        if block.tag == "equal":
            for offset in range(block.dest_end - block.dest_start):
                found[block.dest_start + offset] = block.src_start + offset
    return tuple(found)


def characters_of(line: Line) -> tuple[Character | None, ...]:
    """Return what the reading knows of each code point of the line's text."""
    if line.reading is None:
        return (None,) * len(line.text)
    characters = line.reading.characters
    read = line.reading.text
    if len(read) != len(characters):  # one code point each, or nothing can be said
        return (None,) * len(line.text)
    if line.correction is None:
        return characters
    return tuple(
        None if index is None else characters[index]
        for index in aligned(read, line.text)
    )


def place_of(line: Line, position: int) -> tuple[float, float] | None:
    """Return where along the line the character at a place of the text stands.

    Parameters
    ----------
    line : Line
    position : int
        In code points; the end of the text is the place after its last character.

    Returns
    -------
    (start, end) or None
        Fractions of the line's length, 0..1; None where the reading does not know.
        At the end of the text both are the last character's end.
    """
    characters = characters_of(line)
    if not characters or not 0 <= position <= len(characters):
        return None
    if position == len(characters):
        last = characters[-1]
        return None if last is None else (last.end, last.end)
    character = characters[position]
    return None if character is None else (character.start, character.end)


def position_at(line: Line, fraction: float) -> int | None:
    """Return the place in the text of what stands at a fraction of the line.

    Returns
    -------
    int or None
        In code points; None where no model has read the text.
    """
    best: tuple[float, int] | None = None
    for index, character in enumerate(characters_of(line)):
        if character is None:
            continue
        away = max(character.start - fraction, fraction - character.end, 0.0)
        if best is None or away < best[0]:
            best = (away, index)
    return None if best is None else best[1]


def utf16_index(text: str, position: int) -> int:
    """Return a place in a text as Qt counts it: rare characters count twice.

    Examples
    --------
    >>> utf16_index("a\U0001f600b", 2)
    3
    """
    if text.isascii():
        return position
    return position + sum(ord(c) > 0xFFFF for c in text[:position])


def code_point_index(text: str, position: int) -> int:
    """Return a place in a text, given as Qt counts it, in code points."""
    if text.isascii():
        return min(position, len(text))
    passed = 0
    for index, character in enumerate(text):
        if passed >= position:
            return index
        passed += 1 + (ord(character) > 0xFFFF)
    return len(text)
