"""Find the lines of writing on a binary page, with image processing alone.

The page is reduced until lines are `WORKING_PITCH` pixels apart; borders, ruled lines
and specks are taken out; ridges of the smoothed ink are followed from left to right,
trimmed to their ink, joined and parted; each gets a baseline, a height and an outline.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.core.pixels.gutters import find_gutter
from hwocr_desktop.core.pixels.ink_cleaning import CleanInk, keep_writing
from hwocr_desktop.core.pixels.inverted_lines import turn_inverted
from hwocr_desktop.core.pixels.line_belief import (
    LEAST_BELIEF,
    LIKELY,
    MIDDLE,
    SMALLER,
    belief,
    falls,
    suited,
    sureness,
)
from hwocr_desktop.core.pixels.line_ends import lengthened
from hwocr_desktop.core.pixels.line_joins import join_ends, part_columns
from hwocr_desktop.core.pixels.line_paths import (
    BODY,
    Path,
    covered,
    settle_ownership,
    trim_to_ink,
)
from hwocr_desktop.core.pixels.line_ridges import Ridges, find_ridges, trace_crests
from hwocr_desktop.core.pixels.line_scale import PageScale, measure_scale, shrink
from hwocr_desktop.core.pixels.line_shapes import (
    fit_baseline,
    local_pitches,
    outlines,
    to_page,
)
from hwocr_desktop.core.pixels.line_sieve import keep_written
from hwocr_desktop.core.pixels.openings import part_at, without_neighbor
from hwocr_desktop.core.pixels.page_tilt import find_tilted, measure_tilt
from hwocr_desktop.core.pixels.reading_order import reading_order
from hwocr_desktop.core.pixels.steep_lines import (
    find_steep,
    keep_seen,
    outside_steep,
    steep_letters,
    steep_shapes,
    turned_ink,
    without,
)
from hwocr_desktop.core.pixels.table_cells import in_cell
from hwocr_desktop.core.progress import CancelToken

log = logging.getLogger(__name__)

WORKING_PITCH = 32.0  # pixels between lines on the reduced page

_MOST_PIXELS = 8_000_000  # of the reduced page
_LARGEST_FACTOR = 4.0  # small pages are enlarged, but not beyond all measure
_SMALLEST_SIDE = 4  # a page narrower than this holds no line


Bodies = Callable[[npt.NDArray[np.float32], float], npt.NDArray[np.float32]]
"""Takes the share of ink (H, W) and the line pitch in pixels; returns, 0..1, where
bodies of lines are."""


def find_lines(
    binary: npt.NDArray[np.bool_],
    *,
    bodies: Bodies | None = None,
    cancel: CancelToken | None = None,
) -> tuple[LineShape, ...]:
    """Find the lines of writing on a page.

    Parameters
    ----------
    binary : (H, W) bool, True = ink
        The page upright, writing running from left to right; any size from 1x1.
    bodies : callable, optional
        A learned opinion of where bodies of lines are, against which the lines found
        are held; without it ridges of the ink alone decide. Of lines that run up or
        down the page it is asked on the page as it is turned.
    cancel : CancelToken, optional
        Looked at between the steps.

    Returns
    -------
    tuple of LineShape
        In reading order, in page pixels; empty where there is no writing. Lines that
        run up or down the page, such as notes in the margin, come last, and after them
        such as stand on their heads; these run from right to left.

    Raises
    ------
    Cancelled
        If the token was cancelled.
    """
    cancel = cancel or CancelToken()
    cancel.check()
    if tilt := measure_tilt(binary):
        return find_tilted(
            binary, tilt, lambda straight: _level(straight, bodies, cancel)
        )
    return _level(binary, bodies, cancel)


def _level(
    binary: npt.NDArray[np.bool_], bodies: Bodies | None, cancel: CancelToken
) -> tuple[LineShape, ...]:
    """Find the lines of a page that is hardly tilted."""
    shapes = _found(binary, bodies, cancel)
    upright, inverted = turn_inverted(
        binary, shapes, lambda turned: _found(turned, bodies, cancel)
    )
    return (*upright, *inverted)


def _found(
    binary: npt.NDArray[np.bool_], bodies: Bodies | None, cancel: CancelToken
) -> tuple[LineShape, ...]:
    """Find the lines of a page, whichever way up they stand."""
    cancel.check()
    height, width = binary.shape
    if min(height, width) < _SMALLEST_SIDE or not binary.any():
        return ()
    scale = measure_scale(binary)
    if scale is None:
        return ()
    cancel.check()
    density, pitch, seen = _reduced(binary, scale, bodies, cancel)
    ink = keep_writing(density, pitch, scale.slope, cancel)
    cancel.check()
    ridges = find_ridges(ink.density, pitch, scale.slope, cancel)
    paths = _find_paths(ink, ridges, pitch, seen, cancel)
    cancel.check()
    turned = turned_ink(ink)
    steep = find_steep(
        turned,
        ridges,
        pitch,
        lambda ink, ridges: _find_paths(ink, ridges, pitch, None, cancel),
        cancel,
    )
    if bodies is None or seen is None:
        steep = [each for each in steep if each.is_plain]
    else:
        steep = keep_seen(
            turned,
            steep,
            seen,
            lambda density: bodies(density, pitch),
            lambda ink, paths: _shapes(
                ink, paths, pitch, (1.0, 1.0), density.shape, cancel
            ),
        )
    if steep:
        letters = steep_letters(ink, steep, pitch)
        paths = outside_steep(ink, paths, steep, letters, pitch, seen)
        if seen is not None:
            seen = np.where(letters, np.float32(0), seen)
        level = covered(density.shape, paths, BODY * pitch) & ~letters
        turned = turned_ink(without(ink, level))
        ink = without(ink, letters)
    gutter = find_gutter(ink, paths, pitch)
    if gutter is not None:
        paths = part_at(ink, paths, gutter, pitch)
    per_pixel = width / density.shape[1], height / density.shape[0]
    log.debug(
        "pitch %.1f px, measured %.1f, slope %.3f, %d lines",
        *(pitch * per_pixel[1], scale.pitch, scale.slope, len(paths)),
    )
    shapes = _shapes(ink, paths, pitch, per_pixel, (width, height), cancel)
    if seen is not None:
        shapes = _as_seen(
            paths,
            shapes,
            seen,
            ink.density,
            per_pixel,
            remake=lambda paths: _shapes(
                ink, paths, pitch, per_pixel, (width, height), cancel
            ),
            is_entry=lambda path: in_cell(ink.upright, path, pitch),
        )
        cancel.check()
    cells = [i for i, s in enumerate(shapes) if _is_entry(s, ink, per_pixel, pitch)]
    across = per_pixel[1], per_pixel[0]
    shapes += steep_shapes(
        binary,
        turned,
        steep,
        lambda ink, paths: _shapes(ink, paths, pitch, across, (height, width), cancel),
    )
    middle = None if gutter is None else gutter.x * per_pixel[0]
    return tuple(shapes[i] for i in reading_order(shapes, middle, cells))


def _is_entry(
    shape: LineShape, ink: CleanInk, per_pixel: tuple[float, float], pitch: float
) -> bool:
    """Whether a line that was found stands in a cell of a table."""
    path = (np.array(shape.baseline) - (0, MIDDLE * shape.ascent)) / per_pixel
    return in_cell(ink.upright, path.astype(np.float32), pitch)


def _reduced(
    binary: npt.NDArray[np.bool_],
    scale: PageScale,
    bodies: Bodies | None,
    cancel: CancelToken,
) -> tuple[npt.NDArray[np.float32], float, npt.NDArray[np.float32] | None]:
    """Return the page reduced by its line pitch, the pitch then, and its bodies.

    Where the pitch could not be measured, the network decides among smaller ones.
    """
    area = binary.shape[0] * binary.shape[1]
    tried: list[
        tuple[npt.NDArray[np.float32], float, npt.NDArray[np.float32] | None]
    ] = []
    sure: list[float] = []
    is_doubtful = bodies is not None and scale.likeness < LIKELY
    for share in SMALLER if is_doubtful else SMALLER[:1]:
        factor = min(
            WORKING_PITCH / (share * scale.pitch),
            _LARGEST_FACTOR,
            (_MOST_PIXELS / area) ** 0.5,
        )
        density, working = shrink(binary, factor), share * scale.pitch * factor
        cancel.check()
        seen = None if bodies is None else bodies(density, working)
        cancel.check()
        tried.append((density, working, seen))
        sure.append(1.0 if seen is None else sureness(seen))
    return tried[suited(sure)]


def _find_paths(
    ink: CleanInk,
    ridges: Ridges,
    pitch: float,
    seen: npt.NDArray[np.float32] | None,
    cancel: CancelToken,
) -> list[Path]:
    """Turn ridges into the middles of lines."""
    crests = trace_crests(ridges, pitch)
    cancel.check()
    paths = [p for crest in crests for p in trim_to_ink(ink.density, crest, pitch)]
    paths = settle_ownership(ink, paths, pitch, seen, cancel)
    cancel.check()
    paths = part_columns(ink, join_ends(paths, pitch), pitch)
    paths = keep_written(ink, paths, pitch, ridges.typical, seen)
    return without_neighbor(ink, paths, pitch)


def _as_seen(
    paths: Sequence[Path],
    shapes: list[LineShape],
    bodies: npt.NDArray[np.float32],
    density: npt.NDArray[np.float32],
    per_pixel: tuple[float, float],
    *,
    remake: Callable[[Sequence[Path]], list[LineShape]],
    is_entry: Callable[[Path], bool],
) -> list[LineShape]:
    """Hold lines against the bodies that a network sees: move, drop and lengthen them.

    Parameters
    ----------
    paths, shapes
        The lines as they were found.
    bodies, density : (H, W) float32, 0..1
        What the network sees, and the ink.
    per_pixel : (x, y)
        Page pixels for each pixel of the map.
    remake : callable
        Gives paths their shapes.
    is_entry : callable
        Whether a path is an entry of a table: the network knows letters better.
    """
    down = falls(shapes, bodies, per_pixel)
    if any(down):
        paths = [
            _lowered(*each, per_pixel) if each[2] else each[0]
            for each in zip(paths, shapes, down, strict=True)
        ]
        shapes = remake(paths)
    believed = [
        i
        for i, (shape, path) in enumerate(zip(shapes, paths, strict=True))
        if belief(shape, bodies, per_pixel) >= LEAST_BELIEF or is_entry(path)
    ]
    longer = lengthened(paths, shapes, believed, bodies, density, per_pixel)
    if any(new is not old for new, old in zip(longer, paths, strict=True)):
        shapes = remake(longer)
    return [shapes[i] for i in believed]


def _lowered(
    path: Path, shape: LineShape, down: float, per_pixel: tuple[float, float]
) -> Path:
    """Return the middle of a line whose baseline is so many page pixels too high."""
    baseline = np.array(shape.baseline) / per_pixel
    lowered = path.copy()
    lowered[:, 1] = np.interp(path[:, 0], *baseline.T)
    lowered[:, 1] += (down - MIDDLE * shape.ascent) / per_pixel[1]
    return lowered


def _shapes(
    ink: CleanInk,
    paths: Sequence[Path],
    pitch: float,
    scale: tuple[float, float],
    size: tuple[int, int],
    cancel: CancelToken,
) -> list[LineShape]:
    """Give each line its baseline, outline and height, in page pixels."""
    baselines = []
    for path in paths:
        cancel.check()
        baselines.append(fit_baseline(ink.density, path, pitch))
    pitches = local_pitches(baselines, pitch)
    cancel.check()
    outer = outlines(ink, paths, baselines, pitch)
    return [
        to_page(baseline, outline, float(local), scale, size)
        for baseline, outline, local in zip(baselines, outer, pitches, strict=True)
    ]
