"""What the binarizer learns from: pairs of scan and truth, cut into varied windows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.errors import TrainingDataMissing
from hwocr_desktop.core.pixels.imaging import load_scan
from hwocr_desktop.core.pixels.writing_contrast import writing_contrast
from hwocr_desktop.core.pixels.writing_size import enlarged, enlargement
from hwocr_desktop.ml.training.degrade import BLEED_THROUGH, degrade
from hwocr_desktop.ml.training.ink_pairs import InkPair, find_pairs

__all__ = [
    "InkPage",
    "InkPair",
    "WindowSource",
    "find_pairs",
    "leave_out",
    "load_pair",
    "split_pairs",
]

WRITING_SPREAD = 0.1
"""Standard deviation of the logarithm by which a page's contrast is varied."""

_Planes = tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]


@dataclass(frozen=True, slots=True)
class InkPage:
    """The pixels of a pair: gray (H, W) uint8 and truth (H, W) bool, True = ink.

    Where it is only a part of a page, ``whole`` is the page, (H', W') uint8.
    """

    name: str
    gray: npt.NDArray[np.uint8]
    truth: npt.NDArray[np.bool_]
    whole: npt.NDArray[np.uint8] | None = None


def leave_out(pairs: Sequence[InkPair], names: Sequence[str]) -> list[InkPair]:
    """Return the pairs without some sets, or some pages of them.

    Parameters
    ----------
    pairs : sequence of InkPair
    names : sequence of str
        Sets, or single pages as ``SET/STEM``.

    Raises
    ------
    TrainingDataMissing
        If a name fits no pair, as a misspelled one would, or none is left.
    """
    kept = list(pairs)
    for name in names:
        left = [p for p in kept if name not in (p.name, p.name.rpartition("/")[0])]
        if len(left) == len(kept):
            raise TrainingDataMissing(
                f"There is no set or page {name} that could be left out.",
                "Give the name of a folder of the data, or FOLDER/PAGE.",
            )
        kept = left
    if not kept:
        raise TrainingDataMissing(
            "No page is left to learn from.", "Leave out fewer sets."
        )
    return kept


def load_pair(pair: InkPair) -> InkPage:
    """Read the pixels of a pair.

    Raises
    ------
    UnreadableImage, FileNotReadable
        If one of the files cannot be read.
    TrainingDataMissing
        If scan and truth are not of one size.
    """
    gray = load_scan(pair.scan, inverted=False).gray
    truth = load_scan(pair.truth, inverted=False).gray < 128
    if gray.shape != truth.shape:
        sizes = [f"{shape[1]} x {shape[0]}" for shape in (gray.shape, truth.shape)]
        raise TrainingDataMissing(
            f"The scan {pair.scan.name} ({sizes[0]} pixels) and the picture of its "
            f"ink {pair.truth.name} ({sizes[1]}) differ in size.",
            "Give both the same width and height, or take the pair out.",
        )
    return InkPage(pair.name, gray, truth)


def split_pairs(
    pairs: Sequence[InkPair], held_out: float, rng: np.random.Generator
) -> tuple[list[InkPair], list[InkPair]]:
    """Part the pairs into those to learn from and whole pages held out.

    Each set gives its share, and at least one page if it has four or more.

    Parameters
    ----------
    pairs : sequence of InkPair
        All of them.
    held_out : float
        Share to hold out, 0..1.
    rng : numpy.random.Generator
        Seeded by the caller; the same seed parts the same way.

    Raises
    ------
    TrainingDataMissing
        If there are fewer than two pairs, so that nothing could be measured.
    """
    if len(pairs) < 2:
        raise TrainingDataMissing(
            "One page is not enough to learn from and to measure on.",
            "Add at least one more pair of scan and ink.",
        )
    sets: dict[str, list[InkPair]] = {}
    for pair in pairs:
        sets.setdefault(pair.name.rpartition("/")[0], []).append(pair)
    kept, held = [], []
    for members in sets.values():
        count = max(round(held_out * len(members)), 1 if len(members) >= 4 else 0)
        order = rng.permutation(len(members))
        held += [members[i] for i in sorted(order[:count])]
        kept += [members[i] for i in sorted(order[count:])]
    if not held:
        held.append(kept.pop(int(rng.integers(len(kept)))))
    return kept, held


class Windows(NamedTuple):
    """Windows to learn from.

    Attributes
    ----------
    gray : (N, S, S, 1) float32
        0 = black .. 1 = white.
    writing : (N, 1) float32
        The `writing_contrast` of each one's page, 0..1.
    ink : (N, S, S, 1) float32
        Truth, 0 = paper, 1 = ink.
    """

    gray: npt.NDArray[np.float32]
    writing: npt.NDArray[np.float32]
    ink: npt.NDArray[np.float32]


class WindowSource:
    """Draws varied windows from pages, without end.

    Parameters
    ----------
    pages : sequence of InkPage
        What to draw from, as large as a network in use sees them; a page counts by the
        square root of its area, so that one large scan does not drown the small ones.
    window : int
        Side of a window, in pixels.
    more : mapping of str to float
        How many times more often than others the pages of a set are drawn.
    as_scanned : float
        Share of windows that are only turned by right angles and mirrored, 0..1.
        Any other turn or scale mixes neighboring pixels, and what is learned from
        such windows alone is a little unsure of every stroke's edge.
    """

    def __init__(
        self,
        pages: Sequence[InkPage],
        window: int,
        more: Mapping[str, float] | None = None,
        as_scanned: float = 0.0,
    ) -> None:
        self._window = window
        self._as_scanned = as_scanned
        odds = np.sqrt([page.gray.size for page in pages])
        odds *= [(more or {}).get(page.name.rpartition("/")[0], 1.0) for page in pages]
        self._odds = odds / odds.sum()
        wholes = [page.gray if page.whole is None else page.whole for page in pages]
        self._writing = [writing_contrast(whole) for whole in wholes]
        times = map(enlargement, wholes, self._writing)
        self._full = list(map(_seen, pages, times))
        self._ink = [_some_ink(ink >= 128) for _, ink in self._full]
        self._half = [(_halved(gray), _halved(ink)) for gray, ink in self._full]

    def batch(self, count: int, rng: np.random.Generator) -> Windows:
        """Draw windows."""
        drawn = [self.draw(rng) for _ in range(count)]
        gray = np.stack([window for window, _, _ in drawn])[..., None]
        writing = np.array([[writing] for _, _, writing in drawn])
        ink = np.stack([truth for _, truth, _ in drawn])[..., None]
        return Windows(
            gray.astype(np.float32) / np.float32(255),
            writing.astype(np.float32) / np.float32(255),
            ink.astype(np.float32),
        )

    def draw(
        self, rng: np.random.Generator
    ) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_], float]:
        """Draw one window.

        Returns
        -------
        gray : (S, S) uint8
        ink : (S, S) bool
        writing : float
            The `writing_contrast` of its page, 0..255.
        """
        index = self._index(rng)
        center = self._center(index, rng)
        if self._as_scanned and rng.random() < self._as_scanned:
            turn = _right_turn(center, self._window, rng)
            whole, truth = (_take(p, turn, self._window) for p in self._full[index])
            return whole, truth >= 128, self._measured(index, rng)
        turn = _random_turn(center, self._window, rng)
        level, turn = self._level(index, turn)
        gray = _take(level[0], turn, self._window).astype(np.float32)
        ink = _take(level[1], turn, self._window) >= 128
        behind = None
        if rng.random() < BLEED_THROUGH:
            other = self._index(rng)
            back = _random_turn(self._center(other, rng), self._window, rng)
            behind = _take(self._full[other][0], back, self._window)[:, ::-1]
        window, writing = degrade(gray, ink, rng, behind, self._measured(index, rng))
        return window, ink, writing

    def _measured(self, index: int, rng: np.random.Generator) -> float:
        """Return a page's contrast, as another page's might have been measured."""
        return self._writing[index] * float(np.exp(rng.normal(0, WRITING_SPREAD)))

    def _index(self, rng: np.random.Generator) -> int:
        """Choose a page."""
        return int(rng.choice(len(self._full), p=self._odds))

    def _level(
        self, index: int, turn: npt.NDArray[np.float64]
    ) -> tuple[_Planes, npt.NDArray[np.float64]]:
        """Return the page, at half its size where the window shrinks it much.

        A page that is shrunk by taking every other pixel loses its thin strokes.
        """
        shrinks = np.hypot(turn[0, 0], turn[1, 0])
        if shrinks < 1.4:
            return self._full[index], turn
        halved = turn / 2
        halved[:, 2] -= 0.25  # a pixel's middle is half a pixel from its corner
        return self._half[index], halved

    def _center(self, index: int, rng: np.random.Generator) -> tuple[float, float]:
        """Choose a point: three times in four near ink, else anywhere."""
        height, width = self._full[index][0].shape
        ink = self._ink[index]
        if len(ink) and rng.random() < 0.75:
            y, x = ink[int(rng.integers(len(ink)))]
            reach = self._window / 2
            return x + rng.uniform(-reach, reach), y + rng.uniform(-reach, reach)
        return rng.uniform(0, width), rng.uniform(0, height)


def _seen(page: InkPage, times: int) -> _Planes:
    """Return gray and ink, enlarged as in use; ink is 0 or 255 if it is not."""
    ink = page.truth.view(np.uint8) * np.uint8(255)
    return enlarged(page.gray, times), enlarged(ink, times)


def _halved(plane: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    height, width = plane.shape
    size = (max(1, width // 2), max(1, height // 2))
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.uint8)


def _some_ink(
    truth: npt.NDArray[np.bool_], most: int = 20_000
) -> npt.NDArray[np.int32]:
    """Return (N, 2) rows and columns of evenly chosen ink pixels."""
    flat = np.flatnonzero(truth)
    flat = flat[:: max(1, len(flat) // most)]
    return np.stack(np.divmod(flat, truth.shape[1]), axis=1).astype(np.int32)


def _random_turn(
    center: tuple[float, float], window: int, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Return the 2x3 map from window to page: turn, mirror, scale 0.5 to 1.5."""
    angle = rng.uniform(-8, 8) + (90 * rng.integers(4) if rng.random() < 0.3 else 0)
    scale = np.exp(rng.uniform(np.log(0.5), np.log(1.5)))
    cos, sin = np.cos(np.radians(angle)) / scale, np.sin(np.radians(angle)) / scale
    turn = np.array([[cos, -sin], [sin, cos]])
    turn[:, 0] *= rng.choice((-1, 1))
    turn[:, 1] *= rng.choice((-1, 1))
    middle = turn @ np.full(2, (window - 1) / 2)
    return np.column_stack([turn, np.asarray(center) - middle])


def _right_turn(
    center: tuple[float, float], window: int, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Return a map from window to page that moves whole pixels onto whole pixels."""
    turn = np.eye(2)[:: int(rng.choice((-1, 1)))]
    turn = turn * rng.choice((-1.0, 1.0), (2, 1))
    middle = turn @ np.full(2, (window - 1) / 2)
    return np.column_stack([turn, np.rint(np.asarray(center) - middle)])


def _take(
    plane: npt.NDArray[np.uint8], turn: npt.NDArray[np.float64], window: int
) -> npt.NDArray[np.uint8]:
    """Cut a window out of a plane, mirrored at its borders."""
    taken = cv2.warpAffine(
        plane,
        turn,
        (window, window),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REFLECT_101,
    )
    return np.asarray(taken, np.uint8)
