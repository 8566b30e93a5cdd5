"""What a search for a reading leaves out, so that it ends in time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from hwocr_desktop.core.text.charset import BLANK
from hwocr_desktop.core.text.ctc import LogProbs


class Pruning(NamedTuple):
    """What a search leaves out.

    Attributes
    ----------
    width : int
        Prefixes kept after each frame.
    least_share : float
        Prefixes that weigh less than this share of the best are dropped, 0..1.
    least_prob : float
        Labels less likely than this in a frame are not tried there, 0..1.
    sure_blank : float
        Frames in a row that are blanks with this probability are taken as one.
    """

    width: int = 16
    least_share: float = 1e-4
    least_prob: float = 1e-3
    sure_blank: float = 0.995


NARROW = Pruning()
"""Where the network is sure of a line."""

WIDE = Pruning(48, 1e-6)
"""Where it is not: what the language makes of a line is often among what looked
unlikely at its beginning. ADR 25 has what it gives, for three times the time."""

AMONG_FEW = Pruning(64, 1e-6, 1e-5)
"""Where a list alone is allowed: the letters of its words may all be unlikely, and a
search that drops them ends with a word that is too short."""

SURE = 0.9
"""Mean probability of the letters seen, 0..1, from which on a narrow search finds what
a wide one finds."""


def suited(log_probs: LogProbs) -> Pruning:
    """Return what a search of a line leaves out, by how sure the network is of it.

    Parameters
    ----------
    log_probs : (T, C) float32, <= 0
        T may be 0.
    """
    letters = log_probs.max(axis=1)[log_probs.argmax(axis=1) != BLANK]
    is_sure = not letters.size or float(np.exp(letters.mean())) >= SURE
    return NARROW if is_sure else WIDE


def steps(
    log_probs: LogProbs, least_prob: float, sure_blank: float
) -> Iterator[tuple[float, list[float], list[tuple[int, float]]]]:
    """Yield the blank's probability, those of all labels, and the labels to try.

    Blanks in a row that are almost sure come as one step without labels; see
    `Pruning`.
    """
    probs = np.exp(log_probs.astype(np.float64))
    blanks = probs[:, BLANK].tolist()
    run = 1.0
    is_run = False
    for frame, blank in zip(probs, blanks, strict=True):
        if blank >= sure_blank:
            run *= blank
            is_run = True
            continue
        if is_run:
            yield run, [], []
            run, is_run = 1.0, False
        likely = np.flatnonzero(frame >= min(least_prob, float(frame.max())))
        row = frame.tolist()
        tried = [(c, row[c]) for c in likely.tolist() if c != BLANK]
        if tried:
            yield blank, row, tried
        else:
            yield blank, [], []
    if is_run:
        yield run, [], []
