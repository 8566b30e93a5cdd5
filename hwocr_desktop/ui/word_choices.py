"""What a word of a line might be as well, for a person to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hwocr_desktop.core.document.document import Line
from hwocr_desktop.core.document.reading_marks import aligned
from hwocr_desktop.core.text.suggestions import Suggester
from hwocr_desktop.core.text.words import find_runs

Source = Literal["reading", "checked", "list", "speller"]


@dataclass(frozen=True, slots=True)
class WordChoice:
    """Another text for a part of a line.

    Attributes
    ----------
    start, end : int
        Which part, in code points of the line's text, end exclusive.
    text : str
        What it might be.
    source : "reading", "checked", "list" or "speller"
        Another reading, a word of the project's checked lines or of its list, or a
        common word.
    probability : float
        Of a reading, 0..1; else 0.
    """

    start: int
    end: int
    text: str
    source: Source
    probability: float = 0.0


def word_choices(
    line: Line, position: int, suggester: Suggester | None = None
) -> tuple[WordChoice, ...]:
    """Return what the word at a place might be as well, if it stands as it was read.

    Parameters
    ----------
    line : Line
    position : int
        In code points of the line's text; the end of a word belongs to it.
    suggester : Suggester, optional

    Returns
    -------
    tuple of WordChoice
        The other readings, the likeliest first, and then what is suggested; each text
        once. Nothing for a word that a person typed.
    """
    reading = line.reading
    if reading is None or len(reading.text) != len(reading.characters):
        return ()
    text = line.text
    start, end = _run_at(text, position)
    places = aligned(reading.text, text)[start:end]
    if not places or places[0] is None:
        return ()
    first = places[0]
    last = first + end - start
    # All of it, and nothing of a longer word that was read.
    if places != tuple(range(first, last)) or (first, last) not in find_runs(
        reading.text
    ):
        return ()
    found = [
        WordChoice(start, end, other.text, "reading", other.probability)
        for word in reading.alternatives
        if (word.start, word.end) == (first, last)
        for other in word.others
    ]
    known = {one.text for one in found}
    word = text[start:end]
    for one in suggester.suggest(word) if suggester else ():
        # Signs around a word are no part of what is suggested, but of what is read.
        whole = word[: one.start] + one.text + word[one.end :]
        if whole not in known:
            found.append(WordChoice(start, end, whole, one.source))
    return tuple(found)


def _run_at(text: str, position: int) -> tuple[int, int]:
    """Return the word at a place; an empty one where there is none."""
    around = [run for run in find_runs(text) if run[0] <= position <= run[1]]
    return around[-1] if around else (position, position)
