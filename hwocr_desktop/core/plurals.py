"""Numbers of things, in English; the window has translations of its own."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: “1 page”, “2 pages”.

    Parameters
    ----------
    number : int
        >= 0.
    noun : str
        One whose plural ends in s.
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
