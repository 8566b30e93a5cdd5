"""Lay written lines out on a page and know exactly where they are.

Ink is first written on a flat sheet, where a line's baseline is a curve ``y(x)``; then
the whole sheet is turned by one matrix. The same curve and matrix give the ground
truth, so that it is exact by construction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.document.document import Line, Page, Region
from hwocr_desktop.core.pixels.geometry import LineShape, Point
from hwocr_desktop.ml.training.handwriting import (
    OVERSAMPLE,
    Alpha,
    Hand,
    WrittenLine,
    line_length,
    raise_columns,
    smooth_curve,
    write_line,
)
from tools.sample_texts import Block

Matrix = npt.NDArray[np.float64]

# How high a line reaches above and below its baseline, in distances between lines.
ASCENT = 0.64
DESCENT = 0.30


@dataclass(frozen=True, slots=True)
class Sheet:
    """A piece of paper in page pixels, and how it lies on the scanner.

    Attributes
    ----------
    width, height : int
        Size of the scan.
    margins : (left, top, right, bottom)
        Distance from the scan's edges to the writing; the first baseline stands one
        distance between lines below the top margin.
    turn : float
        Degrees by which the sheet is turned counterclockwise.
    wave : float
        How far baselines swing up and down.
    drift : float
        How much baselines climb to the right, pixels per pixel; negative falls.
    """

    width: int
    height: int
    margins: tuple[int, int, int, int]
    turn: float = 0.0
    wave: float = 0.0
    drift: float = 0.0

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width."""
        return self.height, self.width

    @property
    def matrix(self) -> Matrix:
        """Turn of the sheet about its center, (2, 3), flat to scanned pixels."""
        center = (self.width / 2, self.height / 2)
        return np.asarray(cv2.getRotationMatrix2D(center, self.turn, 1.0), np.float64)


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """A line and where its baseline begins on the flat sheet."""

    text: str
    x: float
    y: float
    block: int
    tab: float = 0.0


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A written line: its text and its baseline on the flat sheet."""

    text: str
    baseline: npt.NDArray[np.float64]
    block: int


def break_lines(text: str, widths: Sequence[float], hand: Hand) -> list[str]:
    """Break a flowing text into lines.

    Parameters
    ----------
    widths : sequence of float
        Room for each line in pixels; the last counts for all that follow.
    """
    lines: list[str] = []
    current = ""
    for word in text.split():
        longer = f"{current} {word}" if current else word
        room = widths[min(len(lines), len(widths) - 1)]
        if current and line_length(longer, hand) > room:
            lines.append(current)
            longer = word
        current = longer
    return [*lines, current] if current else lines


def plan_lines(
    blocks: Sequence[Block], sheet: Sheet, hand: Hand, rng: np.random.Generator
) -> list[PlannedLine]:
    """Give each line of a text its place on the flat sheet."""
    left, top, right, _ = sheet.margins
    room = sheet.width - left - right
    planned: list[PlannedLine] = []
    y = float(top)
    for number, block in enumerate(blocks):
        indent = block.indent * hand.pitch
        if block.place == "flow":
            widths = [
                room - indent,
                *(room * rng.uniform(0.955, 1.0) for _ in range(60)),
            ]
            lines = break_lines(block.text, widths, hand)
        else:
            lines = block.text.split("\n")
        for row, text in enumerate(lines):
            y += hand.pitch * (1 + rng.normal(0, 0.018))
            spare = room - line_length(text, hand)
            x = {
                "flow": indent if row == 0 else 0.0,
                "left": indent,
                "center": spare / 2,
                "right": spare,
            }[block.place]
            wander = rng.normal(0, 0.06) * hand.pitch
            x = left + max(x + wander, -9.0)
            tab = block.tab * hand.pitch
            planned.append(PlannedLine(text, x, y, number, tab))
        y += hand.pitch * 0.22
    return planned


def write_sheet(
    planned: Sequence[PlannedLine], sheet: Sheet, hand: Hand, rng: np.random.Generator
) -> tuple[Alpha, list[PlacedLine]]:
    """Write planned lines on the flat sheet.

    Returns
    -------
    ink : (OVERSAMPLE * height, OVERSAMPLE * width) float32, 0..1
    lines : list of PlacedLine
        In the order of writing.
    """
    ink = np.zeros((sheet.height * OVERSAMPLE, sheet.width * OVERSAMPLE), np.float32)
    # Neighboring lines swing alike: the second follows the first.
    swing = sheet.wave * smooth_curve(sheet.width, sheet.width / 2.2, rng)
    placed = []
    for plan in planned:
        own = 0.25 * sheet.wave * smooth_curve(sheet.width, sheet.width / 3, rng)
        climb = sheet.drift + rng.normal(0, 0.0012)
        curve = swing + own - climb * (np.arange(sheet.width) - sheet.width / 2)
        written = write_line(plan.text, hand, rng, plan.tab)
        x = plan.x + (np.arange(written.ink.shape[1]) - written.origin[0]) / OVERSAMPLE
        offsets = OVERSAMPLE * np.interp(x, np.arange(sheet.width), curve)
        raised = raise_columns(written, offsets.astype(np.float32))
        _paste(ink, raised, plan)
        start, end = _extent(raised)
        points = np.linspace(
            plan.x + start, plan.x + end, max(3, round((end - start) / 90))
        )
        rise = np.interp(points, np.arange(sheet.width), curve)
        baseline = np.stack([points, plan.y + rise], axis=1)
        placed.append(PlacedLine(" ".join(plan.text.split()), baseline, plan.block))
    return ink, placed


def _extent(line: WrittenLine) -> tuple[float, float]:
    """Return where ink begins and ends, in page pixels from the line's origin."""
    inked = np.flatnonzero(line.ink.max(axis=0) > 0.3)
    first, last = (inked[0], inked[-1]) if inked.size else (0, line.length)
    return (
        float(first - line.origin[0]) / OVERSAMPLE,
        float(last - line.origin[0]) / OVERSAMPLE,
    )


def _paste(ink: Alpha, line: WrittenLine, plan: PlannedLine) -> None:
    """Add a line to a sheet in place; what hangs over the edge is cut."""
    x0 = round(plan.x * OVERSAMPLE - line.origin[0])
    y0 = round(plan.y * OVERSAMPLE - line.origin[1])
    height, width = line.ink.shape
    top, left = max(0, y0), max(0, x0)
    bottom, right = min(ink.shape[0], y0 + height), min(ink.shape[1], x0 + width)
    if top >= bottom or left >= right:
        return
    part = line.ink[top - y0 : bottom - y0, left - x0 : right - x0]
    place = ink[top:bottom, left:right]
    np.maximum(place, part, out=place)


def turn_layer(layer: Alpha, sheet: Sheet, outside: float = 0.0) -> Alpha:
    """Turn a flat layer as the sheet is turned and reduce it to the scan's size.

    Parameters
    ----------
    layer : (H, W) or (2H, 2W) float32
        Of the sheet's size, or ``OVERSAMPLE`` times that.
    outside : float
        Value where the sheet does not reach.
    """
    scale = layer.shape[1] / sheet.width
    matrix = sheet.matrix
    matrix[:, 2] *= scale
    size = (layer.shape[1], layer.shape[0])
    turned = cv2.warpAffine(
        layer, matrix, size, flags=cv2.INTER_LINEAR, borderValue=outside
    )
    if scale != 1:
        turned = cv2.resize(
            turned, (sheet.width, sheet.height), interpolation=cv2.INTER_AREA
        )
    return np.asarray(turned, dtype=np.float32)


def line_shape(
    baseline: npt.NDArray[np.float64], sheet: Sheet, pitch: float
) -> LineShape:
    """Return a line's shape on the scan from its baseline on the flat sheet.

    Parameters
    ----------
    baseline : (N, 2) float
        From left to right.
    pitch : float
        Distance between lines; the shape takes in ``ASCENT`` of it above the
        baseline and ``DESCENT`` below.
    """
    aside = np.zeros_like(baseline)
    aside[0, 0], aside[-1, 0] = -0.06 * pitch, 0.06 * pitch
    above = baseline + aside - (0, ASCENT * pitch)
    below = baseline + aside + (0, DESCENT * pitch)
    outline = np.concatenate([above, below[::-1]])
    return LineShape(
        baseline=_turned(baseline, sheet),
        polygon=_turned(outline, sheet),
        ascent=ASCENT * pitch,
        descent=DESCENT * pitch,
    )


def _turned(points: npt.NDArray[np.float64], sheet: Sheet) -> tuple[Point, ...]:
    matrix = sheet.matrix
    moved = points @ matrix[:, :2].T + matrix[:, 2]
    moved = np.clip(moved, 0, (sheet.width - 1, sheet.height - 1))
    return tuple((float(x), float(y)) for x, y in moved)


def truth(
    placed: Sequence[PlacedLine],
    blocks: Sequence[Block],
    sheet: Sheet,
    hand: Hand,
    name: str,
    dpi: float,
) -> Page:
    """Return the page as a person would have transcribed it, without fault."""
    lines: list[Line] = []
    regions: list[Region] = []
    for number, block in enumerate(blocks):
        mine = [line for line in placed if line.block == number]
        if not mine:
            continue
        region = f"r{number + 1}"
        for line in mine:
            shape = line_shape(line.baseline, sheet, hand.pitch)
            lines.append(
                Line(
                    id=f"l{len(lines) + 1}",
                    shape=shape,
                    correction=line.text,
                    checked=True,
                    region=region,
                )
            )
        shapes = [line.shape for line in lines if line.region == region]
        regions.append(Region(region, _hull(shapes), block.kind))
    return Page(
        id="p1",
        source=name,
        width=sheet.width,
        height=sheet.height,
        dpi=dpi,
        regions=tuple(regions),
        lines=tuple(lines),
        next_line=len(lines) + 1,
    )


def _hull(shapes: Sequence[LineShape]) -> tuple[Point, ...]:
    """Return the convex outline of some lines."""
    points = np.array([p for s in shapes for p in s.polygon], dtype=np.float32)
    hull = cv2.convexHull(points)[:, 0, :]
    return tuple((float(x), float(y)) for x, y in hull)
