"""O or 0, l or 1, S or 5: decided by the company a character keeps.

Only where the network itself is torn: what it is sure of stays.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from hwocr_desktop.core.document.document import Character
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.core.text.ctc import LogProbs
from hwocr_desktop.core.text.lexicon import Lexicon
from hwocr_desktop.core.text.words import find_words

# A digit, and the letters that are written like it.
LOOK_ALIKES = {"0": "Oo", "1": "lI", "5": "Ss", "8": "B", "2": "Zz"}

AMID = 20.0
"""Between two neighbors that agree, a character may be exchanged for one that the
network finds no less likely than by this factor."""

AT_EDGE = 3.0
"""The same for one at the beginning or end of a word, where one neighbor alone says
what is wanted: "10s" are ten shillings, and house number "12B" has a letter."""

SURE = 0.9
"""Confidence from which a neighbour counts although it has look-alikes itself."""

_ALIKE = {c: digit for digit, letters in LOOK_ALIKES.items() for c in digit + letters}
_MARKS = ".,;:"
_UNITS = {"st", "nd", "rd", "th", "d", "s", "l", "lb", "lbs", "oz", "ft"}
"""What follows a number without making its digits letters: endings of ordinal numbers,
and money, weights and lengths as account books have them."""

_NEVER_DIGITS = "sB"
"""Letters that stand behind a number in their own right, as shillings and in house
numbers, and never for its last digit."""


def settle_look_alikes(
    characters: Sequence[Character],
    log_probs: LogProbs,
    charset: Charset,
    lexicon: Lexicon | None = None,
) -> tuple[Character, ...]:
    """Make look-alikes digits among digits and letters among letters.

    What counts are the nearest characters of the same word, to the left and the
    right, that have no look-alike or are read surely; where they disagree, or there
    are none, nothing is changed. Digits before the ending of an ordinal number or
    before a unit ("5th", "5s") stay, and so does a shilling's "s" behind a number.

    Parameters
    ----------
    characters : sequence of Character
        Their spans are fractions of the frames.
    log_probs : (T, C) float32, <= 0
        From which they were read.
    charset : Charset
    lexicon : Lexicon, optional
        One that constrains has the last word: no word is made that it forbids.

    Returns
    -------
    tuple of Character
        As many, at the same places; an exchanged one has the confidence the network
        gives it.
    """
    settled = list(characters)
    is_free = lexicon is None or lexicon.use != "constrain"
    for i, character in enumerate(characters):
        digit = _ALIKE.get(character.text)
        if digit is None:
            continue
        wants_digit, factor = _wanted(settled, i)
        if wants_digit is None or wants_digit == (character.text == digit):
            continue
        choices = digit if wants_digit else _letters(digit, characters, i)
        best = max(
            (_best(character, choice, log_probs, charset) for choice in choices),
            key=lambda one: one.confidence,
        )
        now = _best(character, character.text, log_probs, charset)
        if best.confidence > 0.0 and factor * best.confidence >= now.confidence:
            other = [*settled[:i], best, *settled[i + 1 :]]
            if is_free or _is_allowed(other, i, lexicon):
                settled = other
    return tuple(settled)


def _is_allowed(
    characters: Sequence[Character], place: int, lexicon: Lexicon | None
) -> bool:
    """Return whether a list allows the words that touch a character."""
    text = "".join(c.text for c in characters)
    return lexicon is None or all(
        math.isfinite(lexicon.weight(text[start:end]))
        for start, end in find_words(text)
        if start - 1 <= place <= end
    )


def _wanted(characters: Sequence[Character], place: int) -> tuple[bool | None, float]:
    """Return whether the neighbors are digits, and how far they are to be believed.

    Returns
    -------
    bool or None
        None if they do not say.
    float
        How many times likelier the character may be that is exchanged.
    """
    start = end = place
    while start > 0 and not characters[start - 1].text.isspace():
        start -= 1
    while end + 1 < len(characters) and not characters[end + 1].text.isspace():
        end += 1
    left, right = characters[start:place], characters[place + 1 : end + 1]
    votes = [
        vote for side in (left[::-1], right) if (vote := _nearest(side)) is not None
    ]
    if len(set(votes)) != 1:
        return None, AT_EDGE
    wants, factor = votes[0], AMID if len(votes) == 2 else AT_EDGE
    ending = "".join(c.text for c in right).rstrip(_MARKS).lower()
    is_number = all(c.text.isdigit() or c.text in _ALIKE for c in left)
    is_counted = is_number and ending in _UNITS and not wants
    is_unit = characters[place].text in _NEVER_DIGITS and wants and not ending
    return (None if is_counted or is_unit else wants), factor


def _nearest(side: Sequence[Character]) -> bool | None:
    """Return whether the first character that can say is a digit."""
    return next((vote for c in side if (vote := _vote(c)) is not None), None)


def _letters(digit: str, characters: Sequence[Character], place: int) -> str:
    """Return the letters that look like a digit; behind a small letter small ones."""
    letters = LOOK_ALIKES[digit]
    if place and characters[place - 1].text.islower():
        return "".join(c for c in letters if c.islower()) or letters
    return letters


def _vote(character: Character) -> bool | None:
    text = character.text
    if text in _ALIKE and character.confidence < SURE:
        return None
    if text.isdigit():
        return True
    return False if text.isalpha() else None


def _best(
    character: Character, text: str, log_probs: LogProbs, charset: Charset
) -> Character:
    """Return the character with another text, as sure as the network is of it."""
    frames = len(log_probs)
    start = round(character.start * frames)
    end = max(start + 1, round(character.end * frames))
    labels = charset.encode(text)
    if not labels:
        return replace(character, text=text, confidence=0.0)
    best = float(log_probs[start:end, labels[0]].max())
    return replace(character, text=text, confidence=min(1.0, math.exp(best)))
