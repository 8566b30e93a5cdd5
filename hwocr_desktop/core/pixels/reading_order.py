"""In which order the lines of a page are read: columns, margins, rows.

A page is cut where a gap runs between lines that stand side by side for a while: then
the left column is read before the right one, and a note in the margin after the text
beside it. Lines that reach across the gap (a heading, a full line) part it into bands
that are read from the top. What cannot be cut is read row by row, and so are tables.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from hwocr_desktop.core.pixels.geometry import LineShape, is_steep

_COLUMN_LINES = 3  # lines that make a column
_BESIDE = 0.5  # share of a column's height that must stand beside the other
_MARGIN_SHARE = 1 / 3  # a note has at most this share of the text's lines
_TABLE = 0.8  # share of lines in cells that makes a table of them
_SLACK = 0.25  # lines may reach into the gap between columns by this, in heights
_SAME_ROW = 0.5  # lines closer than this share of their height stand in one row


@dataclass(frozen=True, slots=True)
class _Box:
    """A line in a frame in which lines are level."""

    index: int
    x0: float
    x1: float
    y: float
    height: float
    is_entry: bool

    @property
    def middle(self) -> float:
        return (self.x0 + self.x1) / 2


def reading_order(
    shapes: Sequence[LineShape],
    gutter: float | None = None,
    entries: Collection[int] = (),
) -> list[int]:
    """Return the indices of the lines in the order in which they are read.

    Parameters
    ----------
    shapes : sequence of LineShape
        Lines of one page in any order.
    gutter : float, optional
        Where an opening of two pages is folded, x in page pixels: what has its middle
        to the left is read before what has it to the right.
    entries : collection of int, optional
        Indices of lines that stand in cells of a table.

    Returns
    -------
    list of int
        A permutation of the indices of `shapes`. Lines that run up or down the page
        come after the others of their page, from the left.
    """
    slope = _common_slope(shapes)
    boxes: list[_Box] = []
    steep: list[_Box] = []
    for index, shape in enumerate(shapes):
        xs = [x for x, _ in shape.baseline]
        ys = [y - slope * x for x, y in shape.baseline]
        height = max(shape.ascent + shape.descent, 1.0)
        y = float(np.median(ys))
        box = _Box(index, min(xs), max(xs), y, height, index in entries)
        (steep if is_steep(shape) else boxes).append(box)
    order: list[int] = []
    for is_right in (False, True):
        here, beside = (
            [b for b in some if is_right == (gutter is not None and b.middle >= gutter)]
            for some in (boxes, steep)
        )
        beside.sort(key=lambda b: (b.middle, b.y))
        order += [box.index for box in (*_ordered(here), *beside)]
    return order


def _common_slope(shapes: Sequence[LineShape]) -> float:
    """Return the median slope of the lines, the longer ones only."""
    slopes, lengths = [], []
    for shape in shapes:
        (xa, ya), (xb, yb) = shape.baseline[0], shape.baseline[-1]
        if abs(xb - xa) > abs(yb - ya):
            slopes.append((yb - ya) / (xb - xa))
            lengths.append(abs(xb - xa))
    if not slopes:
        return 0.0
    long = np.asarray(lengths) >= np.median(lengths)
    return float(np.median(np.asarray(slopes)[long]))


def _ordered(boxes: list[_Box]) -> list[_Box]:
    """Order lines, cutting at the gap that parts the most of them."""
    best: list[list[_Box]] | None = None
    most = 0
    for cut in _cuts(boxes):
        bands, parted = _bands(boxes, cut)
        if parted > most:
            best, most = bands, parted
    if best is None:
        return _by_rows(boxes)
    return [box for band in best for box in _ordered(band)]


def _cuts(boxes: Sequence[_Box]) -> list[float]:
    """Return where gaps between columns may be: between an end and the next start."""
    starts = np.sort([box.x0 for box in boxes])
    cuts: dict[int, float] = {}
    for box in boxes:
        later = starts[starts > box.x1 - _SLACK * box.height]
        if len(later):
            cut = (box.x1 + max(float(later[0]), box.x1)) / 2
            cuts.setdefault(int(cut / (_SLACK * box.height)), cut)
    return sorted(cuts.values())


def _bands(boxes: Sequence[_Box], cut: float) -> tuple[list[list[_Box]], int]:
    """Cut lines at x into blocks in reading order and count those parted by it."""
    blocks: list[list[_Box]] = []
    plain: list[_Box] = []
    sides: list[_Box] = []
    parted = 0
    for box in [*sorted(boxes, key=lambda b: b.y), None]:
        slack = 0.0 if box is None else _SLACK * box.height
        if box is not None and not box.x0 + slack < cut < box.x1 - slack:
            sides.append(box)
            continue
        left = [b for b in sides if (b.x0 + b.x1) / 2 < cut]
        right = [b for b in sides if (b.x0 + b.x1) / 2 >= cut]
        if _are_columns(left, right):
            blocks += (
                [plain, right, left] if _is_note(left, right) else [plain, left, right]
            )
            parted += len(sides)
            plain = []
        else:
            plain += sides
        sides = []
        if box is not None:
            plain.append(box)
    return [block for block in [*blocks, plain] if block], parted


def _are_columns(left: Sequence[_Box], right: Sequence[_Box]) -> bool:
    """Tell columns from the two halves of a few rows, or of a table."""
    few, many = sorted((left, right), key=len)
    if not few or _are_entries([*left, *right]):
        return False
    top, bottom = min(b.y for b in many), max(b.y for b in many)
    inside = sum(top - b.height / 2 <= b.y <= bottom + b.height / 2 for b in few)
    if len(few) >= _COLUMN_LINES:
        return inside >= _BESIDE * len(few)
    return len(many) > _COLUMN_LINES and all(
        top + b.height / 2 < b.y < bottom - b.height / 2 for b in few
    )


def _are_entries(boxes: Sequence[_Box]) -> bool:
    return sum(box.is_entry for box in boxes) >= _TABLE * len(boxes)


def _is_note(left: Sequence[_Box], right: Sequence[_Box]) -> bool:
    """Whether the left block is a note in the margin of the right one."""
    width_left = max(b.x1 for b in left) - min(b.x0 for b in left)
    width_right = max(b.x1 for b in right) - min(b.x0 for b in right)
    rows = len(_rows(right))  # for the right may hold several columns
    return len(left) <= _MARGIN_SHARE * rows and width_left < width_right / 2


def _by_rows(boxes: Sequence[_Box]) -> list[_Box]:
    """Order lines from top to bottom, those of one row from left to right."""
    return [box for row in _rows(boxes) for box in sorted(row, key=lambda b: b.x0)]


def _rows(boxes: Sequence[_Box]) -> list[list[_Box]]:
    """Group lines that stand beside each other, from top to bottom."""
    rows: list[list[_Box]] = []
    for box in sorted(boxes, key=lambda b: (b.y, b.x0)):
        row = rows[-1] if rows else []
        near = [
            b for b in row if abs(b.y - box.y) < _SAME_ROW * min(b.height, box.height)
        ]
        apart = all(b.x1 <= box.x0 or box.x1 <= b.x0 for b in row)
        if row and len(near) == len(row) and apart:
            row.append(box)
        else:
            rows.append([box])
    return rows
