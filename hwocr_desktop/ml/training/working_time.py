"""How long a training has worked, of the time that has passed."""

from __future__ import annotations

LONGEST_STEP_S = 60.0
"""No step takes longer, on whatever computer; one that did, slept."""


def worked(seconds: float) -> float:
    """Return how long a step has worked of the time that passed while it was taken.

    On some systems the clock goes on while a notebook is closed or the program is
    held. A teaching of five minutes that slept over lunch would be over at its next
    step, with nothing learned.

    Parameters
    ----------
    seconds : float
        By the clock.

    Returns
    -------
    float
        Seconds, at most `LONGEST_STEP_S`.
    """
    return min(seconds, LONGEST_STEP_S)
