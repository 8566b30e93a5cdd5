"""What a pass of training goes through: own lines, some of others, some unread ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from hwocr_desktop.core.pixels.crops import fit_height
from hwocr_desktop.ml.training.line_data import LineSample
from hwocr_desktop.ml.training.splices import spliced

OWN_AGAIN = 2
"""How often a pass goes through the own lines where it has unread ones, too."""

UNREAD_SHARE = 3.0
"""Unread lines in a pass for each own one, at most: what a person says is right must
not be lost among what the network takes for right."""


class LineMix:
    """The lines of each pass.

    Parameters
    ----------
    own : sequence of LineSample
        All of them are in each pass.
    general : sequence of LineSample
        Lines of others; each pass has some of them, ever others.
    replay : float
        How many of these for each of the own lines.
    height : int
        Of what the network sees. Lines are loaded at the usual one; a network for
        words sees them smaller.
    share : float
        Of the own lines that are spliced with others of their set, once their gaps are
        known; see `FitSettings.spliced`.
    near : int
        See `FitSettings.near`.

    Attributes
    ----------
    width : int
        Pixels in a pass, about.
    """

    def __init__(
        self,
        own: Sequence[LineSample],
        general: Sequence[LineSample],
        replay: float,
        height: int,
        share: float = 0.0,
        near: int = 0,
    ) -> None:
        self._height, self._share, self._near = height, share, near
        self._own, self._general = self._fitted(own), self._fitted(general)
        self._replayed = min(len(general), round(replay * len(own)))
        self.learn_too([])

    def learn_too(self, unread: Sequence[LineSample]) -> None:
        """Take some of these lines in the next passes, too, ever others.

        They take the place of those before.

        Parameters
        ----------
        unread : sequence of LineSample
            With the text that the network read.
        """
        self._unread = self._fitted(unread)
        self._taken = min(len(unread), round(UNREAD_SHARE * len(self._own)))
        self._times = OWN_AGAIN if self._unread else 1
        self.width = (
            self._times * _width(self._own)
            + _share(self._general, self._replayed)
            + _share(self._unread, self._taken)
        )

    @property
    def own(self) -> list[LineSample]:
        """The own lines, at the height of the network."""
        return self._own

    def cut_at(self, own: Sequence[LineSample]) -> None:
        """Take the own lines with the gaps that were found in them."""
        self._own = list(own)

    def draw(self, rng: np.random.Generator) -> list[LineSample]:
        """Return the lines of the next pass."""
        general, unread = (
            [group[i] for i in rng.choice(len(group), number, replace=False)]
            for group, number in (
                (self._general, self._replayed),
                (self._unread, self._taken),
            )
        )
        return self._spliced(self._own * self._times, rng) + general + unread

    def _spliced(
        self, lines: list[LineSample], rng: np.random.Generator
    ) -> list[LineSample]:
        """Return the lines, some with the ends of others."""
        if not self._share:
            return lines
        sets: dict[str, list[int]] = {}
        for place, line in enumerate(lines):
            sets.setdefault(line.set, []).append(place)
        made = list(lines)
        for places in sets.values():
            for order, place in enumerate(places):
                if rng.random() >= self._share:
                    continue
                first = max(0, order - self._near) if self._near else 0
                last = order + self._near + 1 if self._near else len(places)
                other = places[int(rng.integers(first, min(last, len(places))))]
                made[place] = spliced(lines[place], lines[other], rng)
        return made

    def _fitted(self, lines: Sequence[LineSample]) -> list[LineSample]:
        return [replace(s, gray=fit_height(s.gray, self._height)) for s in lines]


def _width(lines: Sequence[LineSample]) -> int:
    return sum(sample.gray.shape[1] for sample in lines)


def _share(lines: Sequence[LineSample], taken: int) -> int:
    """Return the width of so many of the lines, about."""
    return _width(lines) * taken // max(1, len(lines))
