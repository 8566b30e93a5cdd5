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

# A digit, and the letters that are written like it.
LOOK_ALIKES = {"0": "Oo", "1": "lI", "5": "Ss", "8": "B", "2": "Zz"}

TORN = math.log(20.0)
"""A character may be exchanged for one that the network finds no less likely than by
this factor."""

SURE = 0.9
"""Confidence from which a neighbour counts although it has look-alikes itself."""

_ALIKE = {c: digit for digit, letters in LOOK_ALIKES.items() for c in digit + letters}
_ORDINALS = {"st", "nd", "rd", "th", "d"}


def settle_look_alikes(
    characters: Sequence[Character],
    log_probs: LogProbs,
    charset: Charset,
    torn: float = TORN,
) -> tuple[Character, ...]:
    """Make look-alikes digits among digits and letters among letters.

    What counts are the nearest characters of the same word, to the left and the
    right, that have no look-alike or are read surely; where they disagree, or there
    are none, nothing is changed. A digit before the ending of an ordinal number
    ("5th") stays.

    Parameters
    ----------
    characters : sequence of Character
        Their spans are fractions of the frames.
    log_probs : (T, C) float32, <= 0
        From which they were read.
    charset : Charset
    torn : float
        By how much less likely, in nats, the other character may be in its best frame.

    Returns
    -------
    tuple of Character
        As many, at the same places; an exchanged one has the confidence the network
        gives it.
    """
    settled = list(characters)
    for i, character in enumerate(characters):
        digit = _ALIKE.get(character.text)
        if digit is None:
            continue
        wants_digit = _wants_digit(settled, i)
        if wants_digit is None or wants_digit == (character.text == digit):
            continue
        choices = digit if wants_digit else _letters(digit, characters, i)
        best = max(
            (_best(character, choice, log_probs, charset) for choice in choices),
            key=lambda one: one.confidence,
        )
        now = _best(character, character.text, log_probs, charset)
        if best.confidence > 0.0 and best.confidence >= now.confidence * math.exp(
            -torn
        ):
            settled[i] = best
    return tuple(settled)


def _wants_digit(characters: Sequence[Character], place: int) -> bool | None:
    """Return whether the neighbours are digits; None if they do not say."""
    start = end = place
    while start > 0 and not characters[start - 1].text.isspace():
        start -= 1
    while end + 1 < len(characters) and not characters[end + 1].text.isspace():
        end += 1
    left, right = characters[start:place], characters[place + 1 : end + 1]
    votes = {
        vote for side in (left[::-1], right) if (vote := _nearest(side)) is not None
    }
    if len(votes) != 1:
        return None
    wants = votes.pop()
    ending = "".join(c.text for c in right).rstrip(".,;:").lower()
    is_number = all(c.text.isdigit() or c.text in _ALIKE for c in left)
    return None if is_number and ending in _ORDINALS and not wants else wants


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
