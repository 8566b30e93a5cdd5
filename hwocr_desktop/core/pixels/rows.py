"""Which pieces of lines stand in one row of writing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from hwocr_desktop.core.pixels.geometry import LineShape, Point
from hwocr_desktop.core.pixels.line_drawing import along_of, length_of

_DRIFT = 0.3  # of the line's height: how far a piece may lie above or below its row
_STACKED = 0.5  # of the height: from when lines above each other are two
_SHARED = 0.25  # of the shorter one: how far two pieces of one row may overlap


@dataclass(frozen=True, slots=True)
class _Piece:
    """A line, laid so that writing runs to the right: along u, downward v."""

    number: int
    start: Point
    end: Point
    height: float


def rows_of(shapes: Sequence[LineShape]) -> list[list[int]]:
    """Group pieces of lines into rows.

    Two pieces are of one row if the second goes on about where the first ends, along
    the direction in which all of them run, and they do not stand above each other.

    Parameters
    ----------
    shapes : sequence of LineShape
        Of one column of writing.

    Returns
    -------
    list of list of int
        Indices of the shapes of each row in writing direction; rows in the order of
        their first piece in ``shapes``. Each shape is in exactly one row; one that
        runs across the others is a row of its own.
    """
    ux, uy = along_of(shapes)

    def laid(point: Point) -> Point:
        x, y = point
        return x * ux + y * uy, y * ux - x * uy

    pieces = []
    for number, shape in enumerate(shapes):
        start, end = laid(shape.baseline[0]), laid(shape.baseline[-1])
        if start[0] > end[0]:
            start, end = end, start
        pieces.append(_Piece(number, start, end, shape.ascent + shape.descent))
    rows: list[list[_Piece]] = []
    # From the left; of pieces that begin together the longest first.
    for piece in sorted(pieces, key=lambda p: (p.start[0], -p.end[0], p.number)):
        fitting = [(_drift(row[-1], piece), n) for n, row in enumerate(rows)]
        fitting = [
            (drift, n)
            for drift, n in fitting
            if drift <= _DRIFT
            and not _is_across(rows[n][0])
            and not any(_is_over(o, piece) for o in rows[n])
        ]
        if fitting and not _is_across(piece):
            rows[min(fitting)[1]].append(piece)
        else:
            rows.append([piece])
    numbered = [[piece.number for piece in row] for row in rows]
    return sorted(numbered, key=min)


def are_stacked(shapes: Sequence[LineShape]) -> bool:
    """Whether two of some lines stand above each other, so that joining loses one."""
    ux, uy = along_of(shapes)
    pieces = []
    for number, shape in enumerate(shapes):
        (x0, y0), (x1, y1) = shape.baseline[0], shape.baseline[-1]
        ends = sorted(
            (x * ux + y * uy, y * ux - x * uy) for x, y in ((x0, y0), (x1, y1))
        )
        height = shape.ascent + shape.descent
        pieces.append(_Piece(number, ends[0], ends[1], height))
    return any(
        _is_over(one, other)
        and abs(one.start[1] + one.end[1] - other.start[1] - other.end[1]) / 2
        > _STACKED * max(one.height, other.height)
        for one, other in combinations(pieces, 2)
    )


def order_along(shapes: Sequence[LineShape]) -> list[int]:
    """Return indices of lines by where their middles are in their common direction."""
    ux, uy = along_of(shapes)
    middles = [_middle(shape.baseline) for shape in shapes]
    return sorted(
        range(len(shapes)), key=lambda i: (middles[i][0] * ux + middles[i][1] * uy, i)
    )


def _middle(baseline: Sequence[Point]) -> Point:
    (x0, y0), (x1, y1) = baseline[0], baseline[-1]
    return (x0 + x1) / 2, (y0 + y1) / 2


def lengths_of(shapes: Sequence[LineShape]) -> list[float]:
    """Return the lengths of the baselines, pixels."""
    return [length_of(shape.baseline) for shape in shapes]


def _drift(left: _Piece, right: _Piece) -> float:
    """Return how far a piece is from where another goes on, in line heights."""
    height = max((left.height + right.height) / 2, 1.0)
    return abs(right.start[1] - left.end[1]) / height


def _is_across(piece: _Piece) -> bool:
    """Whether a piece runs across the others, such as a note up the margin."""
    (u0, v0), (u1, v1) = piece.start, piece.end
    return abs(v1 - v0) > abs(u1 - u0)


def _is_over(one: _Piece, other: _Piece) -> bool:
    """Whether two pieces stand above each other rather than beside."""
    shared = min(one.end[0], other.end[0]) - max(one.start[0], other.start[0])
    shorter = min(one.end[0] - one.start[0], other.end[0] - other.start[0])
    return shared > _SHARED * max(shorter, 1.0)
