"""What can change in the lines of a page and in their text, see `edits`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from hwocr_desktop.core.document.changing import (
    inserted,
    moved,
    on_line,
    on_page,
    with_fields,
)
from hwocr_desktop.core.document.document import (
    Line,
    Page,
    Project,
    Reading,
    Region,
)
from hwocr_desktop.core.document.keeping import (
    found_regions,
    has_own_text,
    in_order,
    is_ignored,
    kind_of,
    known_kind,
    merge_found,
    region_at,
    wanted_shapes,
)
from hwocr_desktop.core.document.plain import one_line
from hwocr_desktop.core.pixels.geometry import LineShape

_OUR_LINE_ID = re.compile("l([0-9]+)")


def set_lines(
    project: Project,
    page_id: str,
    shapes: Sequence[LineShape],
    regions: Sequence[Region] = (),
    printed: Collection[LineShape] = (),
) -> Project:
    """Replace the lines by found ones, except those a person has worked on.

    Parameters
    ----------
    project : Project
        The project as it is.
    page_id : str
        The page.
    shapes : sequence of LineShape
        What was found, in reading order. A shape that covers a line which a person
        has drawn, corrected or checked is left out, and so is one in a region that a
        person said to ignore, and one that a person took off the page.
    regions : sequence of Region
        What else was found. Each line goes into the smallest region around its
        middle. If empty, the regions of kept lines stay. Those that a person drew
        stay in any case.
    printed : collection of LineShape
        Those of the shapes that hold type and no writing.

    Returns
    -------
    Project
        With new ids for all new lines. They are of the kind of a line that was there
        before, for a person may have chosen it, or else "printed", or "vertical" where
        they run up or down.
    """

    def change(page: Page) -> Page:
        number = free_line_number(page)
        lines: list[Line] = []
        stay = found_regions(page, regions)
        drawn = [region for region in stay if region.is_shaped]
        for item in merge_found(page.lines, wanted_shapes(page, shapes)):
            if isinstance(item, LineShape):
                if is_ignored(drawn, item):
                    continue
                region = region_at(stay if regions else drawn, item)
                kind = "printed" if item in printed else kind_of(item)
                kind = known_kind(page.lines, item, kind)
                item = Line(f"l{number}", item, region=region, kind=kind)
                number += 1
            elif regions and all(item.region != region.id for region in drawn):
                item = with_fields(item, region=region_at(stay, item.shape))
            lines.append(item)
        used = {line.region for line in lines}
        stay = [r for r in stay if regions or r.is_shaped or r.id in used]
        return with_fields(
            page,
            lines=tuple(lines),
            regions=tuple(stay),
            next_line=number,
            is_searched=True,
        )

    return on_page(project, page_id, change)


def replace_lines(
    project: Project,
    page_id: str,
    lines: Sequence[Line],
    regions: Sequence[Region] | None = None,
) -> Project:
    """Put other lines, imported ones for instance, in the place of all lines.

    Parameters
    ----------
    project : Project
        The project as it is.
    page_id : str
        The page.
    lines : sequence of Line
        The lines, in reading order, with ids that are unique among them.
    regions : sequence of Region or None
        Their regions; None keeps those of the page.

    Raises
    ------
    ValueError
        If two lines or two regions have the same id.
    """
    _refuse_twins(line.id for line in lines)
    _refuse_twins(region.id for region in regions or ())

    def change(page: Page) -> Page:
        stay = page.regions if regions is None else tuple(regions)
        changed = with_fields(page, lines=tuple(lines), regions=stay, removed=())
        number = max(free_line_number(page), free_line_number(changed))
        return with_fields(changed, next_line=number)

    return on_page(project, page_id, change)


def add_line(
    project: Project,
    page_id: str,
    shape: LineShape,
    *,
    index: int | None = None,
    region: str = "",
    kind: str = "",
) -> Project:
    """Add one line; its id is ``l`` and the page's next free number.

    Parameters
    ----------
    project : Project
        The project as it is.
    page_id : str
        The page.
    shape : LineShape
        Where the line is.
    index : int or None
        Where in the reading order, from 0; None puts it at the end.
    region, kind : str
        As in `Line`.
    """

    def change(page: Page) -> Page:
        number = free_line_number(page)
        line = Line(f"l{number}", shape, region=region, kind=kind)
        lines = inserted(page.lines, line, index)
        return replace(page, lines=lines, next_line=number + 1)

    return on_page(project, page_id, change)


def move_line(project: Project, page_id: str, line_id: str, index: int) -> Project:
    """Move a line so that it becomes number ``index`` in reading order, from 0."""
    return on_page(
        project,
        page_id,
        lambda page: with_fields(
            page,
            lines=in_order(page.lines, moved(page.lines, page.line(line_id), index)),
        ),
    )


def reshape_line(
    project: Project, page_id: str, line_id: str, shape: LineShape
) -> Project:
    """Say, as a person, where a line is; its text stays."""

    def change(line: Line) -> Line:
        if shape == line.shape:
            return line
        return replace(line, shape=shape, is_shaped=True)

    return on_line(project, page_id, line_id, change)


def set_readings(
    project: Project, page_id: str, readings: Mapping[str, Reading]
) -> Project:
    """Store what a model read; a person's text stays as it is.

    A corrected line gets the new reading beneath its correction, which wins. A
    checked line without a correction keeps its reading, which is its text. Lines
    that are gone by now are passed over.
    """

    def read(line: Line) -> Line:
        reading = readings.get(line.id)
        is_only_text = has_own_text(line) and line.correction is None
        if reading is None or is_only_text:
            return line
        return with_fields(line, reading=reading)

    return on_page(
        project,
        page_id,
        lambda page: with_fields(page, lines=tuple(read(line) for line in page.lines)),
    )


def correct_line(project: Project, page_id: str, line_id: str, text: str) -> Project:
    """Write a person's text for a line, which is then not checked any more.

    Text equal to what the line shows already changes nothing.
    """
    text = one_line(text)

    def change(line: Line) -> Line:
        if text == line.text and line.state != "unread":
            return line
        return with_fields(line, correction=text, checked=False)

    return on_line(project, page_id, line_id, change)


def transcribe_line(project: Project, page_id: str, line_id: str, text: str) -> Project:
    """Give a line what a transcription says; a person's text stays as it is.

    The text counts as a person's, for so it is, but is not checked: whether it stands
    in this line was found by a machine.
    """
    text = one_line(text)

    def change(line: Line) -> Line:
        if has_own_text(line):
            return with_fields(line, transcript=text)
        return with_fields(line, correction=text, transcript=text)

    return on_line(project, page_id, line_id, change)


def accept_line(project: Project, page_id: str, line_id: str) -> Project:
    """Call the text of a line right; it becomes, or stays, the person's text."""
    return on_line(
        project,
        page_id,
        line_id,
        lambda line: with_fields(line, correction=one_line(line.text), checked=True),
    )


def reopen_line(project: Project, page_id: str, line_id: str) -> Project:
    """Take back that a line was called right; its text stays."""
    return on_line(
        project, page_id, line_id, lambda line: with_fields(line, checked=False)
    )


def revert_line(project: Project, page_id: str, line_id: str) -> Project:
    """Drop a person's text, so that the model's reading shows again."""
    return on_line(
        project,
        page_id,
        line_id,
        lambda line: with_fields(line, correction=None, checked=False),
    )


def free_line_number(page: Page) -> int:
    """Return a number above that of any line the page has or had."""
    matches = (_OUR_LINE_ID.fullmatch(line.id) for line in page.lines)
    used = [int(match[1]) for match in matches if match]
    return max([page.next_line, *(number + 1 for number in used)])


def _refuse_twins(ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            raise ValueError(f"the id {one} is there twice")
        seen.add(one)


def mark_print(project: Project, page_id: str, line_id: str, is_print: bool) -> Project:
    """Say that a line is printed or typewritten, or that it is written by hand.

    A line written by hand that is of some kind, a heading say, stays of it.
    """

    def change(line: Line) -> Line:
        if (line.kind == "printed") == is_print:
            return line
        return with_fields(line, kind="printed" if is_print else kind_of(line.shape))

    return on_line(project, page_id, line_id, change)
