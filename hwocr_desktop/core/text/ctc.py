"""CTC decoding in numpy: from per-frame probabilities to characters with spans.

A network gives for each of T frames the log-probabilities of C labels; label 0 is the
blank. A labeling's probability is the sum over all frame paths that collapse to it
(Graves et al. 2006, DOI 10.1145/1143844.1143891).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.document.document import Character
from hwocr_desktop.core.text.charset import BLANK, Charset

LogProbs = npt.NDArray[np.float32]

_LEAST = -10.0
"""Labels less likely than e to this in a frame are not tried by the beam."""


def greedy(log_probs: LogProbs, charset: Charset) -> tuple[Character, ...]:
    """Read the best label of each frame, collapse repeats and drop blanks.

    Parameters
    ----------
    log_probs : (T, C) float32, <= 0
        Log-probabilities; T may be 0.
    charset : Charset
        The alphabet; C is its size.

    Returns
    -------
    tuple of Character
        Confidence is the highest probability among the character's frames.
    """
    best = log_probs.argmax(axis=1) if len(log_probs) else np.zeros(0, int)
    labels: list[int] = []
    spans: list[tuple[int, int]] = []
    start = 0
    for t in range(1, len(best) + 1):
        if t == len(best) or best[t] != best[start]:
            if best[start] != BLANK:
                labels.append(int(best[start]))
                spans.append((start, t))
            start = t
    return characters_at(log_probs, charset, labels, spans)


def beam(
    log_probs: LogProbs, charset: Charset, width: int = 16
) -> tuple[Character, ...]:
    """Read by prefix beam search: the labeling whose paths together weigh most.

    Each prefix keeps two weights, ending in a blank and not (Hannun et al. 2014,
    arXiv:1408.2873). Labels less likely than e**-10 in a frame are not tried there.

    Parameters
    ----------
    log_probs : (T, C) float32, <= 0
    charset : Charset
    width : int
        Prefixes kept after each frame.

    Returns
    -------
    tuple of Character
        With the spans of the labeling's best path.
    """
    labels = beam_labels(log_probs, width)
    if not labels:
        return ()
    return characters_at(log_probs, charset, list(labels), align(log_probs, labels))


def beam_labels(log_probs: LogProbs, width: int = 16) -> tuple[int, ...]:
    """Return the labels that prefix beam search finds; see `beam`.

    Plain floats rather than arrays: a frame has a handful of likely labels, and for so
    few the calls of numpy cost more than the sums.
    """
    nothing = -math.inf
    prefixes: dict[tuple[int, ...], tuple[float, float]] = {(): (0.0, nothing)}
    for frame in log_probs.astype(np.float64):
        likely = np.flatnonzero(frame > min(_LEAST, float(frame.max()) - 1e-9))
        tried = [(c, float(frame[c])) for c in likely.tolist() if c != BLANK]
        blank_here = float(frame[BLANK])
        grown: dict[tuple[int, ...], tuple[float, float]] = {}
        for prefix, (blank, label) in prefixes.items():
            both = _sum(blank, label)
            last = prefix[-1] if prefix else BLANK
            again = label + float(frame[last]) if prefix else nothing
            _add(grown, prefix, both + blank_here, again)
            for c, weight in tried:
                # The same letter twice needs a blank between.
                _add(
                    grown,
                    (*prefix, c),
                    nothing,
                    (blank if c == last else both) + weight,
                )
        ranked = sorted(grown.items(), key=_weight, reverse=True)
        prefixes = dict(ranked[:width])
    return max(prefixes.items(), key=_weight)[0]


def _sum(a: float, b: float) -> float:
    """Return log(exp(a) + exp(b))."""
    if a < b:
        a, b = b, a
    return a if b == -math.inf else a + math.log1p(math.exp(b - a))


def _weight(item: tuple[tuple[int, ...], tuple[float, float]]) -> float:
    return _sum(*item[1])


def _add(
    grown: dict[tuple[int, ...], tuple[float, float]],
    prefix: tuple[int, ...],
    blank: float,
    label: float,
) -> None:
    old = grown.get(prefix)
    if old is not None:
        blank, label = _sum(old[0], blank), _sum(old[1], label)
    grown[prefix] = (blank, label)


def align(log_probs: LogProbs, labels: tuple[int, ...]) -> list[tuple[int, int]]:
    """Find the frames of each label on the labeling's best path (Viterbi).

    Parameters
    ----------
    log_probs : (T, C) float32
    labels : tuple of int
        Without blanks; T must suffice (one frame a label, one more between equals).

    Returns
    -------
    list of (start, end)
        Frames, end exclusive, one pair a label.

    Raises
    ------
    ValueError
        If there are too few frames for the labels.
    """
    states = np.zeros(2 * len(labels) + 1, dtype=int)
    states[1::2] = labels
    skips = np.zeros(len(states), dtype=bool)
    skips[3::2] = states[3::2] != states[1:-2:2]
    score = np.full(len(states), -np.inf)
    if len(log_probs) == 0:
        if labels:
            raise ValueError("too few frames for the labels")
        return []
    score[:2] = log_probs[0, states[:2]]
    back = np.zeros((len(log_probs), len(states)), dtype=np.int8)
    for t in range(1, len(log_probs)):
        one = np.concatenate([[-np.inf], score[:-1]])
        two = np.where(
            skips, np.concatenate([[-np.inf] * 2, score[:-2]])[: len(score)], -np.inf
        )
        choices = np.stack([score, one, two])
        back[t] = choices.argmax(axis=0)
        score = choices.max(axis=0) + log_probs[t, states]
    state = len(states) - 1
    if len(states) > 1 and score[-2] > score[-1]:
        state -= 1
    if not np.isfinite(score[state]):
        raise ValueError("too few frames for the labels")
    path = np.zeros(len(log_probs), dtype=int)
    for t in range(len(log_probs) - 1, -1, -1):
        path[t] = state
        state -= int(back[t, state])
    spans = []
    for i in range(len(labels)):
        frames = np.flatnonzero(path == 2 * i + 1)
        spans.append((int(frames[0]), int(frames[-1]) + 1))
    return spans


def prefix_scores(
    log_probs: LogProbs, labels: tuple[int, ...]
) -> npt.NDArray[np.float64]:
    """Return how likely the best path of each beginning of a labeling is.

    Parameters
    ----------
    log_probs : (T, C) float32
        T > 0.
    labels : tuple of int
        Without blanks.

    Returns
    -------
    (L + 1,) float64, <= 0
        Log-probabilities of the best paths that spell none, the first, the first two,
        ... and all of the labels in all frames; -inf where there are too few.
    """
    states = np.zeros(2 * len(labels) + 1, dtype=int)
    states[1::2] = labels
    # The step over a blank, closed between equal labels and onto blanks.
    skips = np.full(len(states), -np.inf)
    skips[3::2][states[3::2] != states[1:-2:2]] = 0.0
    score = np.full(len(states), -np.inf)
    score[:2] = log_probs[0, states[:2]]
    for frame in log_probs[1:].astype(np.float64):
        grown = score.copy()
        np.maximum(grown[1:], score[:-1], out=grown[1:])
        grown[2:] = np.maximum(grown[2:], score[:-2] + skips[2:])
        score = grown + frame[states]
    last = score[::2].copy()
    np.maximum(last[1:], score[1::2], out=last[1:])
    return last


def characters_at(
    log_probs: LogProbs,
    charset: Charset,
    labels: list[int],
    spans: list[tuple[int, int]],
) -> tuple[Character, ...]:
    """Return the characters of labels that stand in the given frames.

    Confidence is the highest probability that the network gave the character in one
    of its frames. Spaces at both ends and after another space are left out: they
    stand for nothing that is written, but for words that a list does not allow.
    """
    frames = max(len(log_probs), 1)
    characters: list[Character] = []
    for label, (start, end) in zip(labels, spans, strict=True):
        text = charset.decode([label])
        if text.isspace() and (not characters or characters[-1].text.isspace()):
            continue
        sure = float(min(1.0, np.exp(log_probs[start:end, label].max())))
        characters.append(Character(text, sure, start / frames, end / frames))
    if characters and characters[-1].text.isspace():
        characters.pop()
    return tuple(characters)
