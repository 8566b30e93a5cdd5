"""What the binarizer learns from: pairs of scan and truth, cut into varied windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.errors import TrainingDataMissing
from hwocr_desktop.core.pixels.imaging import SUFFIXES, load_scan

# Kinds of paper in a window; the rest of what varies is drawn continuously.
BLEED_THROUGH, UNEVEN_LIGHT, BLACK_BORDER = 0.25, 0.3, 0.06
FADED, BLURRED, NOISY, COMPRESSED = 0.3, 0.3, 0.3, 0.25


Window = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class InkPair:
    """A page whose ink is known.

    Attributes
    ----------
    name : str
        ``SET/STEM``, or ``STEM`` where the data is one set.
    scan, truth : Path
        The scan, and the picture of its ink (black = ink).
    """

    name: str
    scan: Path
    truth: Path


@dataclass(frozen=True, slots=True)
class InkPage:
    """The pixels of a pair: gray (H, W) uint8 and truth (H, W) bool, True = ink."""

    name: str
    gray: npt.NDArray[np.uint8]
    truth: npt.NDArray[np.bool_]


def find_pairs(folder: Path) -> list[InkPair]:
    """List the pairs of a folder, in the order of their names.

    Parameters
    ----------
    folder : Path
        Holds ``images/`` and ``gt/`` (``STEM.png``, black = ink), or such folders.

    Raises
    ------
    TrainingDataMissing
        If there is no pair at all.
    """
    pairs = []
    for images in sorted([folder / "images", *folder.glob("*/images")]):
        group = "" if images.parent == folder else f"{images.parent.name}/"
        scans = images.iterdir() if images.is_dir() else ()
        for scan in sorted(scans):
            truth = images.parent / "gt" / f"{scan.stem}.png"
            if scan.suffix.lower() in SUFFIXES and truth.is_file():
                pairs.append(InkPair(f"{group}{scan.stem}", scan, truth))
    if not pairs:
        raise TrainingDataMissing(
            f"There are no pairs of scan and ink in {folder}.",
            "Put the scans into a folder images/ and, beside it, pictures of their ink "
            "with the same names, black on white, into gt/.",
        )
    return pairs


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
        raise TrainingDataMissing(
            f"The scan {pair.scan.name} and the picture of its ink differ in size.",
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


class WindowSource:
    """Draws varied windows from pages, without end.

    Parameters
    ----------
    pages : sequence of InkPage
        What to draw from; a page counts by the square root of its area, so that one
        large scan does not drown the small ones.
    window : int
        Side of a window, in pixels.
    """

    def __init__(self, pages: Sequence[InkPage], window: int) -> None:
        self._pages = list(pages)
        self._window = window
        areas = np.sqrt([page.gray.size for page in pages])
        self._odds = areas / areas.sum()
        self._ink = [_some_ink(page.truth) for page in pages]

    def batch(
        self, count: int, rng: np.random.Generator
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Draw windows.

        Returns
        -------
        gray, ink : (count, S, S, 1) float32
            Gray 0 = black .. 1 = white, and truth 0 = paper, 1 = ink.
        """
        drawn = [self._draw(rng) for _ in range(count)]
        gray = np.stack([window for window, _ in drawn])[..., None]
        ink = np.stack([truth for _, truth in drawn])[..., None]
        return gray.astype(np.float32) / np.float32(255), ink.astype(np.float32)

    def _draw(
        self, rng: np.random.Generator
    ) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_]]:
        index = int(rng.choice(len(self._pages), p=self._odds))
        page = self._pages[index]
        turn = _random_turn(self._center(index, rng), self._window, rng)
        gray = _take(page.gray, turn, self._window).astype(np.float32)
        ink = (
            _take(page.truth.view(np.uint8) * np.uint8(255), turn, self._window) >= 128
        )
        if rng.random() < BLEED_THROUGH:
            other = int(rng.choice(len(self._pages), p=self._odds))
            back = _random_turn(self._center(other, rng), self._window, rng)
            behind = _take(self._pages[other].gray, back, self._window)
            gray = _bleed_through(gray, behind[:, ::-1], rng)
        gray = _degrade(gray, rng)
        if rng.random() < BLACK_BORDER:
            _blacken_border(gray, ink, rng)
        return _age(gray, rng), ink

    def _center(self, index: int, rng: np.random.Generator) -> tuple[float, float]:
        """Choose a point: three times in four near ink, else anywhere."""
        height, width = self._pages[index].gray.shape
        ink = self._ink[index]
        if len(ink) and rng.random() < 0.75:
            y, x = ink[int(rng.integers(len(ink)))]
            reach = self._window / 2
            return x + rng.uniform(-reach, reach), y + rng.uniform(-reach, reach)
        return rng.uniform(0, width), rng.uniform(0, height)


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
    """Return the 2x3 map from window to page: turn, mirror, scale 0.7 to 1.4."""
    angle = rng.uniform(-8, 8) + (90 * rng.integers(4) if rng.random() < 0.3 else 0)
    scale = np.exp(rng.uniform(np.log(0.7), np.log(1.4)))
    cos, sin = np.cos(np.radians(angle)) / scale, np.sin(np.radians(angle)) / scale
    turn = np.array([[cos, -sin], [sin, cos]])
    turn[:, 0] *= rng.choice((-1, 1))
    turn[:, 1] *= rng.choice((-1, 1))
    middle = turn @ np.full(2, (window - 1) / 2)
    return np.column_stack([turn, np.asarray(center) - middle])


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


def _bleed_through(
    gray: Window,
    behind: npt.NDArray[np.uint8],
    rng: np.random.Generator,
) -> Window:
    """Let the writing of a page's other side shine through, soft and pale."""
    back = cv2.GaussianBlur(behind.astype(np.float32), (0, 0), rng.uniform(0.8, 2.5))
    darkness = np.clip(1 - back / max(float(np.percentile(back, 80)), 1), 0, 1)
    return np.asarray(gray * (1 - rng.uniform(0.15, 0.6) * darkness), np.float32)


def _degrade(gray: Window, rng: np.random.Generator) -> Window:
    """Vary contrast, tone and light as writing and photographs do."""
    if rng.random() < FADED:
        paper = float(np.percentile(gray, 85))
        gray = paper + (gray - paper) * np.float32(rng.uniform(0.35, 1))
    gray = 255 * (np.clip(gray, 0, 255) / 255) ** np.float32(
        np.exp(rng.normal(0, 0.25))
    )
    if rng.random() < UNEVEN_LIGHT:
        nodes = rng.uniform(0.65, 1.15, (4, 4)).astype(np.float32)
        gray = gray * cv2.resize(nodes, gray.shape[::-1], interpolation=cv2.INTER_CUBIC)
    middle = float(gray.mean())
    contrast, light = rng.uniform(0.75, 1.2), rng.uniform(-25, 15)
    return np.asarray((gray - middle) * contrast + middle + light, np.float32)


def _blacken_border(
    gray: Window,
    ink: npt.NDArray[np.bool_],
    rng: np.random.Generator,
) -> None:
    """Cover one side with the dark of a scanner's bed, which is not ink; in place."""
    side = int(rng.integers(4))
    width = int(rng.integers(4, gray.shape[0] // 2))
    dark = np.rot90(gray, side)[:width]
    dark[...] = rng.uniform(0, 70) + rng.normal(0, 4, dark.shape)
    np.rot90(ink, side)[:width] = False


def _age(gray: Window, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Blur, add grain and compress as copies of copies are."""
    if rng.random() < BLURRED:
        gray = cv2.GaussianBlur(gray, (0, 0), rng.uniform(0.4, 1.3))
    if rng.random() < NOISY:
        gray = gray + rng.normal(0, rng.uniform(1, 10), gray.shape)
    levels = np.clip(np.rint(gray), 0, 255).astype(np.uint8)
    if rng.random() < COMPRESSED:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 95))]
        packed = cv2.imencode(".jpg", levels, quality)[1]
        levels = np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)
    return levels
