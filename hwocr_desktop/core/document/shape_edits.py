"""What a person changes about where lines are and in which order they are read.

Each is one function from project to project, see `edits`. Lines that come out of them
are the person's: automatic runs leave them alone, and read them as long as they have
no text of the person's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hwocr_desktop.core.document.changing import on_page, with_fields
from hwocr_desktop.core.document.document import Line, Page, Project
from hwocr_desktop.core.document.keeping import in_order, kind_of, region_at
from hwocr_desktop.core.document.line_edits import free_line_number
from hwocr_desktop.core.document.reading_marks import place_of
from hwocr_desktop.core.document.text_parts import cut_line, join_texts
from hwocr_desktop.core.pixels.geometry import LineShape, Point
from hwocr_desktop.core.pixels.line_drawing import (
    join_shapes,
    middle_of,
    point_along,
    split_shape,
)
from hwocr_desktop.core.pixels.rows import lengths_of, order_along, rows_of

_NEAR_ROWS = 4  # heights of lines within which one tells where a column is


def draw_line(project: Project, page_id: str, shape: LineShape) -> Project:
    """Add the line that a person drew, in its region and where it is to be read.

    Its id is ``l`` and the page's next free number.
    """

    def change(page: Page) -> Page:
        number = free_line_number(page)
        region = region_at(page.regions, shape)
        kind = kind_of(shape)
        line = Line(f"l{number}", shape, region=region, kind=kind, is_shaped=True)
        place = _place_for(page, line)
        lines = (*page.lines[:place], line, *page.lines[place:])
        return replace(page, lines=lines, next_line=number + 1)

    return on_page(project, page_id, change)


def reshape_lines(
    project: Project, page_id: str, shapes: dict[str, LineShape]
) -> Project:
    """Say where several lines are; their text stays.

    A line that leaves the region around it goes into the next one; one that a person
    put into a region elsewhere stays with that.
    """

    def change(page: Page) -> Page:
        for line_id in shapes:
            page.line(line_id)
        return with_fields(
            page,
            lines=tuple(
                _reshaped(page, line, shapes.get(line.id, line.shape))
                for line in page.lines
            ),
        )

    return on_page(project, page_id, change)


def split_line(project: Project, page_id: str, line_id: str, at: Point) -> Project:
    """Cut a line in two where it is nearest to a point, and its text with it.

    The beginning keeps the id. What was checked is not any more, as nobody looked
    at the two parts.

    Raises
    ------
    ValueError
        If there is too little line on one side of the cut.
    """
    return on_page(
        project, page_id, lambda page: _with_split(page, page.line(line_id), at)
    )


def split_line_in_text(
    project: Project, page_id: str, line_id: str, position: int
) -> Project:
    """Cut a line in two at a place of its text, in code points.

    On the page it is cut where the reading says that the text stands, or else where
    it would if all letters were equally wide.

    Raises
    ------
    ValueError
        If there is no text on one side, or too little line.
    """

    def change(page: Page) -> Page:
        line = page.line(line_id)
        text = line.text
        if not text[:position].strip() or not text[position:].strip():
            raise ValueError("there is too little text on one side of the cut")
        share = _share_of(line, position)
        at = point_along(line.shape.baseline, share)
        return _with_split(page, line, at, position)

    return on_page(project, page_id, change)


def join_lines(project: Project, page_id: str, line_ids: Sequence[str]) -> Project:
    """Make one line of several, in writing direction; texts are joined by a space.

    The line stands where the first of them was in reading order, and has its id. One
    line alone changes nothing.
    """
    return on_page(project, page_id, lambda page: _with_joined(page, [line_ids]))


def one_line_per_row(
    project: Project, page_id: str, line_ids: Sequence[str]
) -> Project:
    """Join those of some lines that are pieces of one row of writing.

    Parameters
    ----------
    project : Project
    page_id : str
    line_ids : sequence of str
        Lines of one column, such as those of a region.
    """

    def change(page: Page) -> Page:
        for line_id in line_ids:
            page.line(line_id)
        lines = [line for line in page.lines if line.id in set(line_ids)]
        rows = rows_of([line.shape for line in lines])
        return _with_joined(page, [[lines[i].id for i in row] for row in rows])

    return on_page(project, page_id, change)


def remove_lines(project: Project, page_id: str, line_ids: Sequence[str]) -> Project:
    """Take lines off their page; they are not found again, unless none is left."""

    def change(page: Page) -> Page:
        gone = {page.line(line_id).id for line_id in line_ids}
        if not gone:
            return page
        stay = tuple(line for line in page.lines if line.id not in gone)
        shapes = tuple(line.shape for line in page.lines if line.id in gone)
        # Who takes all lines off begins anew.
        removed = (*page.removed, *shapes) if stay else ()
        return replace(
            page, lines=stay, removed=removed, next_line=free_line_number(page)
        )

    return on_page(project, page_id, change)


def remove_line(project: Project, page_id: str, line_id: str) -> Project:
    """Take a line off its page, see `remove_lines`."""
    return remove_lines(project, page_id, [line_id])


def order_lines(project: Project, page_id: str, line_ids: Sequence[str]) -> Project:
    """Let lines be read one after another in the order given.

    The first stays where it is, each other comes right behind the one before it.
    """

    def change(page: Page) -> Page:
        chosen = [page.line(line_id) for line_id in dict.fromkeys(line_ids)]
        if not chosen:
            return page
        moving = {line.id for line in chosen[1:]}
        lines: list[Line] = []
        for line in page.lines:
            if line.id not in moving:
                lines.append(line)
            if line is chosen[0]:
                lines += chosen[1:]
        return with_fields(page, lines=in_order(page.lines, lines))

    return on_page(project, page_id, change)


def _with_split(page: Page, line: Line, at: Point, text_at: int | None = None) -> Page:
    first, second, share = split_shape(line.shape, at)
    begin, end = cut_line(line, share, text_at)
    number = free_line_number(page)
    begin = replace(begin, shape=first, is_shaped=True)
    end = replace(end, id=f"l{number}", shape=second, is_shaped=True)
    lines: list[Line] = []
    for one in page.lines:
        lines += [begin, end] if one is line else [one]
    return replace(page, lines=tuple(lines), next_line=number + 1)


def _share_of(line: Line, position: int) -> float:
    """Return where along a line a place of its text is, 0..1."""
    before, after = place_of(line, position - 1), place_of(line, position)
    if before is not None and after is not None:
        return (before[1] + after[0]) / 2
    known = after[0] if after is not None else before[1] if before is not None else None
    return position / len(line.text) if known is None else known


def _reshaped(page: Page, line: Line, shape: LineShape) -> Line:
    if shape == line.shape:
        return line
    region = line.region
    if region == region_at(page.regions, line.shape):
        region = region_at(page.regions, shape)
    kind = kind_of(shape) if line.kind == kind_of(line.shape) else line.kind
    return replace(line, shape=shape, region=region, kind=kind, is_shaped=True)


def _with_joined(page: Page, groups: Sequence[Sequence[str]]) -> Page:
    """Return the page with the lines of each group joined."""
    joined: dict[str, Line] = {}
    gone: set[str] = set()
    for group in groups:
        members = {page.line(line_id).id for line_id in group}
        if len(members) < 2:
            continue
        lines = [line for line in page.lines if line.id in members]
        joined[lines[0].id] = _joined(lines)
        gone.update(line.id for line in lines[1:])
    if not joined:
        return page
    stay = (line for line in page.lines if line.id not in gone)
    return replace(
        page,
        lines=tuple(joined.get(line.id, line) for line in stay),
        next_line=free_line_number(page),
    )


def _joined(lines: Sequence[Line]) -> Line:
    """Join lines given in reading order; the text follows the writing direction."""
    order = order_along([line.shape for line in lines])
    in_row = [lines[i] for i in order]
    shapes = [line.shape for line in in_row]
    text = join_texts(in_row, lengths_of(shapes))
    first = lines[0]
    return replace(
        text,
        id=first.id,
        shape=join_shapes(shapes),
        region=first.region,
        kind=first.kind,
        is_shaped=True,
        is_placed=any(line.is_placed for line in lines),
    )


def _place_for(page: Page, new: Line) -> int:
    """Return where in the reading order a new line belongs.

    Behind the piece of its row that it goes on, or before the one that goes on it; else
    behind the last line of its region that is above it in the same column, and behind
    lines of other regions that follow there and are above it, too; or else before the
    first below it. Where its region has no lines in its column, those of others tell.
    """
    x0, _, x1, _ = new.shape.bounds
    height = middle_of(new.shape)[1]

    def is_above(line: Line) -> bool | None:
        """Whether a line is above the new one; None if it is in another column."""
        left, _, right, _ = line.shape.bounds
        if min(x1, right) <= max(x0, left):
            return None
        return middle_of(line.shape)[1] <= height

    sides = [is_above(line) for line in page.lines]
    own = [line.region == new.region for line in page.lines]
    if not any(own[i] for i, side in enumerate(sides) if side is not None):
        own = [True] * len(own)
    row = _row_place([line.shape for line in page.lines], own, new.shape)
    if row is not None:
        return row
    after = max((i + 1 for i, side in enumerate(sides) if own[i] and side), default=0)
    if after:
        while after < len(sides) and not own[after] and sides[after]:
            after += 1
        return after
    below = [i for i, side in enumerate(sides) if own[i] and side is False]
    if not below:
        return len(sides)
    before = below[0]
    while before and not own[before - 1] and sides[before - 1] is False:
        before -= 1
    return before


def _row_place(
    shapes: Sequence[LineShape], own: Sequence[bool], new: LineShape
) -> int | None:
    """Return the place of what completes a row of writing; None if it does not.

    A row in the next column is another one, however well it goes on: a line above or
    below tells that both are in one column, or that there is hardly a gap.
    """
    kept = [i for i, is_own in enumerate(own) if is_own]
    rows = rows_of([*(shapes[i] for i in kept), new])
    row = next(row for row in rows if len(kept) in row)
    at = row.index(len(kept))
    around = [shapes[i] for i in kept]
    for beside, behind in ((row[at - 1 : at], 1), (row[at + 1 : at + 2], 0)):
        for piece in beside:
            if _in_one_column(around[piece], new, around):
                return kept[piece] + behind
    return None


def _in_one_column(
    one: LineShape, other: LineShape, around: Sequence[LineShape]
) -> bool:
    """Whether two pieces of a row are next to each other, or a line near spans both."""
    left, right = sorted((one.bounds, other.bounds))
    height = max(s.ascent + s.descent for s in (one, other))
    if right[0] - left[2] < height:
        return True
    level = middle_of(other)[1]
    return any(
        shape.bounds[0] < left[2] - height
        and shape.bounds[2] > right[0] + height
        and abs(middle_of(shape)[1] - level) < _NEAR_ROWS * height
        for shape in around
    )
