"""Draw a curve over numbers that double, with levels to compare it with."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean

from PIL import Image, ImageDraw

from hwocr_desktop.core.pixels.contact_sheet import encoded, fitting, sheet_font

WIDTH, HEIGHT = 960, 600
"""Size of the picture in pixels."""

# Drawn larger and reduced: Pillow's own lines have steps.
_SCALE = 3
_LEFT, _RIGHT, _TOP, _BOTTOM = 74, 168, 82, 66
_CURVE = (0, 114, 178)
# Colors that stay apart for color-blind people, as on the contact sheets; each level is
# named at its own end too.
_LEVELS = ((213, 94, 0), (0, 158, 115), (204, 121, 167), (150, 110, 0), (90, 90, 90))
_INK, _GRID, _SOFT = (40, 40, 40), (226, 226, 226), (100, 100, 100)
_LABEL_PX = 18


def draw_curve(
    points: Sequence[tuple[int, float]],
    levels: Mapping[str, float],
    *,
    title: str,
    across: str,
    up: str,
    name: str,
    logarithmic: bool = True,
) -> bytes:
    """Draw a curve through the means of points, with a dot for each point.

    Parameters
    ----------
    points : sequence of (count, value)
        Counts are at least 1 and may repeat.
    levels : mapping of str to float
        Values drawn as lines across, under their names.
    title, across, up, name : str
        What the picture is, what the axes are, and what the curve is.
    logarithmic : bool
        Whether counts stand as far apart as the ratio of one to the next.

    Returns
    -------
    bytes
        A PNG of `WIDTH` x `HEIGHT` pixels.

    Raises
    ------
    ValueError
        If there are no points.
    """
    if not points:
        raise ValueError("there is nothing to draw")
    return _Plot(points, levels, logarithmic).drawn(title, across, up, name)


def ticks(low: float, high: float) -> list[float]:
    """Return four to eleven round numbers that enclose a range.

    Parameters
    ----------
    low, high : float
        The range; it may be empty.
    """
    span = max(high - low, 1e-6)
    step = 10 ** math.floor(math.log10(span))
    for part in (0.1, 0.2, 0.5, 1.0):
        if span / (step * part) <= 8:
            step *= part
            break
    else:
        step *= 2
    first = math.floor(low / step + 1e-9)
    last = max(math.ceil(high / step - 1e-9), first + 1)
    return [number * step for number in range(first, last + 1)]


class _Plot:
    """Where things are on the picture."""

    def __init__(
        self,
        points: Sequence[tuple[int, float]],
        levels: Mapping[str, float],
        logarithmic: bool,
    ) -> None:
        self._place: Callable[[float], float] = math.log2 if logarithmic else float
        self._points, self._levels = points, levels
        values = [value for _, value in points] + list(levels.values())
        self._rows = ticks(min(values), max(values))
        self._counts = sorted({count for count, _ in points})
        self._canvas = Image.new("RGB", (WIDTH * _SCALE, HEIGHT * _SCALE), "white")
        self._pen = ImageDraw.Draw(self._canvas)

    def drawn(self, title: str, across: str, up: str, name: str) -> bytes:
        self._draw_axes(across, up)
        ends = self._draw_levels()
        self._draw_points()
        ends.append((self._y(self._means()[-1][1]), name, _CURVE))
        self._name_ends(ends)
        self._write((_LEFT, 18), title, 20, _INK)
        small = self._canvas.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        return encoded(small)

    def _x(self, count: float) -> float:
        low, high = self._place(self._counts[0]), self._place(self._counts[-1])
        share = 0.5 if low == high else (self._place(count) - low) / (high - low)
        room = WIDTH - _LEFT - _RIGHT
        return _LEFT + 20 + share * (room - 40)

    def _y(self, value: float) -> float:
        low, high = self._rows[0], self._rows[-1]
        share = (value - low) / (high - low)
        return HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM)

    def _means(self) -> list[tuple[int, float]]:
        return [
            (count, fmean(value for other, value in self._points if other == count))
            for count in self._counts
        ]

    def _draw_axes(self, across: str, up: str) -> None:
        right, bottom = WIDTH - _RIGHT, HEIGHT - _BOTTOM
        places = max(0, -math.floor(math.log10(self._rows[1] - self._rows[0]) + 1e-9))
        for value in self._rows:
            y = self._y(value)
            self._line([(_LEFT, y), (right, y)], _GRID, 1)
            self._write((_LEFT - 10, y), f"{value:.{places}f}", 14, _SOFT, "rm")
        free_from = -math.inf
        for count in self._counts:
            x = self._x(count)
            self._line([(x, bottom), (x, bottom + 5)], _SOFT, 1)
            if x >= free_from:
                self._write((x, bottom + 9), str(count), 14, _SOFT, "ma")
                free_from = x + 9 * len(str(count)) + 8
        self._line([(_LEFT, bottom), (right, bottom)], _SOFT, 1)
        middle = (_LEFT + right) / 2
        self._write((middle, bottom + 34), across, 15, _INK, "ma")
        self._write((_LEFT, _TOP - 12), up, 15, _INK, "ls")

    def _draw_levels(self) -> list[tuple[float, str, tuple[int, int, int]]]:
        ends = []
        for number, (name, value) in enumerate(self._levels.items()):
            color = _LEVELS[number % len(_LEVELS)]
            y = self._y(value)
            x: float = _LEFT
            # Dashes of differing length tell the levels apart without color too.
            dash = 8 + 6 * (number % len(_LEVELS))
            while x < WIDTH - _RIGHT:
                end = min(x + dash, WIDTH - _RIGHT)
                self._line([(x, y), (end, y)], color, 1.6)
                x += dash + 5
            ends.append((y, name, color))
        return ends

    def _draw_points(self) -> None:
        means = [(self._x(count), self._y(mean)) for count, mean in self._means()]
        self._line(means, _CURVE, 2.6)
        for count, value in self._points:
            self._dot(self._x(count), self._y(value), 3.2)
        for x, y in means:
            self._dot(x, y, 5.5)

    def _name_ends(self, ends: list[tuple[float, str, tuple[int, int, int]]]) -> None:
        """Write the names at the right, pushed apart where they would overlap."""
        ends.sort(key=lambda end: end[0])
        below = HEIGHT - _LABEL_PX * len(ends)
        free_from = 0.0
        for number, (y, name, color) in enumerate(ends):
            at = min(max(y, free_from), below + _LABEL_PX * number)
            x = WIDTH - _RIGHT
            self._line([(x, y), (x + 10, at)], color, 1)
            short = fitting(name, sheet_font(14 * _SCALE), (_RIGHT - 18) * _SCALE)
            self._write((x + 14, at), short, 14, color, "lm")
            free_from = at + _LABEL_PX

    def _line(
        self,
        points: Sequence[tuple[float, float]],
        color: tuple[int, int, int],
        width: float,
    ) -> None:
        scaled = [(x * _SCALE, y * _SCALE) for x, y in points]
        if len(scaled) > 1:
            self._pen.line(scaled, color, max(1, round(width * _SCALE)), "curve")

    def _dot(self, x: float, y: float, radius: float) -> None:
        box = ((x - radius) * _SCALE, (y - radius) * _SCALE)
        end = ((x + radius) * _SCALE, (y + radius) * _SCALE)
        self._pen.ellipse((*box, *end), fill=_CURVE)

    def _write(
        self,
        at: tuple[float, float],
        text: str,
        size: int,
        color: tuple[int, int, int],
        anchor: str = "la",
    ) -> None:
        font = sheet_font(size * _SCALE)
        x, y = at
        self._pen.text((x * _SCALE, y * _SCALE), text, color, font, anchor)
