"""Confidences that say how often a character is right: measured, and put right.

The largest probability that a network gives is not how often it is right (C. Guo et al.
2017, arXiv:1706.04599). A map with three parameters (`calibration_fit`) corrects that;
it keeps the order of confidences and touches no text.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.document.document import Reading

BINS = 15
"""Of the calibration error; each holds as many characters."""

DECIMALS = 4
"""Of a confidence as it is kept."""

_LEAST = 0.5 * 10.0**-DECIMALS

Figures = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Calibration:
    """A map of confidences: beta calibration.

    The logit of the result is ``low * ln p - high * ln(1 - p) + shift`` (M. Kull, T.
    Silva Filho, P. Flach 2017, DOI 10.1214/17-EJS1338SI). With ``low`` and ``high``
    at least 0 it never turns the order of two confidences round.

    Attributes
    ----------
    low, high : float, >= 0
        How much differences count near 0 and near 1; both 1 and ``shift`` 0 change
        nothing.
    shift : float
    """

    low: float = 1.0
    high: float = 1.0
    shift: float = 0.0

    def __post_init__(self) -> None:
        values = (self.low, self.high, self.shift)
        if not all(math.isfinite(value) for value in values) or min(values[:2]) < 0:
            raise ValueError(f"no map of confidences: {values}")

    @classmethod
    def from_plain(cls, plain: Any) -> Calibration:
        """Return the map that a model's card describes.

        Raises
        ------
        ValueError
            If it is not one.
        """
        try:
            return cls(**{name: float(value) for name, value in plain.items()})
        except (TypeError, AttributeError) as error:
            raise ValueError(f"no map of confidences: {plain}") from error

    def to_plain(self) -> dict[str, float]:
        """Return what a model's card keeps."""
        return {name: round(value, 6) for name, value in asdict(self).items()}


def calibrated(
    confidence: npt.ArrayLike, parameters: Calibration | None
) -> npt.NDArray[np.float64]:
    """Return confidences that say how often such characters are right.

    Parameters
    ----------
    confidence : (N,) or number, 0..1
        As the network gives them.
    parameters : Calibration or None
        None changes nothing.

    Returns
    -------
    float64 array of the same shape, 0..1
        Rounded to `DECIMALS`.
    """
    raw: Figures = np.asarray(confidence, np.float64).round(DECIMALS)
    if parameters is None:
        return raw
    weights = np.array([parameters.low, parameters.high, parameters.shift])
    mapped: Figures = sigmoid(features(raw) @ weights)
    return mapped.round(DECIMALS)


def calibrated_reading(reading: Reading, parameters: Calibration | None) -> Reading:
    """Return a reading with calibrated confidences; the text stays as it is."""
    if parameters is None or not reading.characters:
        return reading
    confidences = calibrated([c.confidence for c in reading.characters], parameters)
    return replace(
        reading,
        characters=tuple(
            replace(character, confidence=confidence)
            for character, confidence in zip(
                reading.characters, confidences.tolist(), strict=True
            )
        ),
    )


def calibration_error(
    confidences: Sequence[float] | Figures,
    right: Sequence[bool] | npt.NDArray[np.bool_],
    bins: int = BINS,
) -> float:
    """Return the expected calibration error: how far confidence is from being right.

    Characters are sorted by confidence and cut into bins of equal size (but equal
    confidences stay together); the error is the mean distance between how sure the
    model is in a bin and how often it is right there, weighted by the bins' sizes
    (M. Naeini, G. Cooper, M. Hauskrecht 2015, DOI 10.1609/aaai.v29i1.9602).

    Parameters
    ----------
    confidences : (N,) 0..1
    right : (N,) bool
    bins : int

    Returns
    -------
    float
        0..1.

    Raises
    ------
    ValueError
        If there are no characters.
    """
    sure = np.asarray(confidences, np.float64)
    if not len(sure):
        raise ValueError("no characters")
    order = np.argsort(sure, kind="stable")
    sure, hits = sure[order], np.asarray(right, np.float64)[order]
    wanted = np.arange(1, bins + 1) * len(sure) // bins
    # Each bin ends behind the last of its equals, so that order among them is nothing.
    ends = np.unique(np.searchsorted(sure, sure[np.maximum(wanted - 1, 0)], "right"))
    starts = np.concatenate([[0], ends[:-1]])
    gaps = np.add.reduceat(sure, starts) - np.add.reduceat(hits, starts)
    return float(np.abs(gaps).sum() / len(sure))


def features(confidences: Figures) -> Figures:
    """Return what a map weighs, (N, 3): ln p, -ln(1 - p) and 1 of each confidence."""
    p = np.clip(confidences, _LEAST, 1.0 - _LEAST)
    return np.stack([np.log(p), -np.log1p(-p), np.ones_like(p)], axis=-1)


def sigmoid(logits: Figures) -> Figures:
    """Return the probabilities of logits."""
    return 0.5 * (1.0 + np.tanh(0.5 * logits))


def way_of_reading(decoder: str, *, has_list: bool) -> str:
    """Return under which name a card keeps the map of a way of reading.

    With a list of words far fewer characters are wrong, and they are others.
    """
    return f"{decoder} with a list" if has_list else decoder


def calibration_of(
    known: Mapping[str, Calibration], decoder: str, *, has_list: bool
) -> Calibration | None:
    """Return the map for a way of reading, that of its decoder, or None."""
    way = way_of_reading(decoder, has_list=has_list)
    return known.get(way, known.get(decoder))
