"""What a person changes about the regions of a page, see `edits`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from hwocr_desktop.core.document.changing import on_page, with_fields
from hwocr_desktop.core.document.document import IGNORED, Page, Project, Region
from hwocr_desktop.core.document.keeping import region_at
from hwocr_desktop.core.pixels.geometry import Point

REGION_KINDS = ("paragraph", "marginalia", "header", IGNORED)
"""What a person can call a region; other kinds come from files."""

_OUR_REGION_ID = re.compile("r([0-9]+)")


def add_region(
    project: Project, page_id: str, polygon: Sequence[Point], kind: str = "paragraph"
) -> Project:
    """Add a region; its id is ``r`` and the next free number.

    Lines whose middle lies in it become its own, unless a smaller region has them.

    Raises
    ------
    ValueError
        If its border has fewer than three points.
    """

    def change(page: Page) -> Page:
        region = Region(_free_id(page), _border(polygon), kind, is_shaped=True)
        regions = (*page.regions, region)
        return _taken_in(replace(page, regions=regions), region)

    return on_page(project, page_id, change)


def reshape_region(
    project: Project, page_id: str, region_id: str, polygon: Sequence[Point]
) -> Project:
    """Give a region another border; lines that it no longer holds leave it.

    Raises
    ------
    KeyError
        If there is no such region.
    ValueError
        If its border has fewer than three points.
    """

    def change(page: Page) -> Page:
        region, border = find_region(page, region_id), _border(polygon)
        if border == region.polygon:
            return page
        region = replace(region, polygon=border, is_shaped=True)
        page = replace(
            page,
            regions=tuple(region if r.id == region_id else r for r in page.regions),
        )
        left = tuple(
            replace(line, region=region_at(page.regions, line.shape))
            if line.region == region_id
            else line
            for line in page.lines
        )
        return _taken_in(replace(page, lines=left), region)

    return on_page(project, page_id, change)


def remove_region(project: Project, page_id: str, region_id: str) -> Project:
    """Take a region away; its lines go to the smallest region around them, or none.

    Raises
    ------
    KeyError
        If there is no such region.
    """

    def change(page: Page) -> Page:
        gone = find_region(page, region_id)
        stay = tuple(region for region in page.regions if region is not gone)
        lines = tuple(
            replace(line, region=region_at(stay, line.shape))
            if line.region == region_id
            else line
            for line in page.lines
        )
        return replace(page, regions=stay, lines=lines)

    return on_page(project, page_id, change)


def retype_region(project: Project, page_id: str, region_id: str, kind: str) -> Project:
    """Say what a region is.

    Raises
    ------
    KeyError
        If there is no such region.
    """

    def change(page: Page) -> Page:
        old = find_region(page, region_id)
        if old.kind == kind:
            return page
        new = replace(old, kind=kind, is_shaped=True)
        regions = tuple(new if region is old else region for region in page.regions)
        return replace(page, regions=regions)

    return on_page(project, page_id, change)


def put_in_region(
    project: Project, page_id: str, line_ids: Sequence[str], region_id: str
) -> Project:
    """Put lines in a region wherever they lie, or in none for "".

    Raises
    ------
    KeyError
        If there is no such region or line.
    """

    def change(page: Page) -> Page:
        if region_id:
            find_region(page, region_id)
        chosen = {page.line(line_id).id for line_id in line_ids}
        return with_fields(
            page,
            lines=tuple(
                replace(line, region=region_id, is_placed=True)
                if line.id in chosen and line.region != region_id
                else line
                for line in page.lines
            ),
        )

    return on_page(project, page_id, change)


def find_region(page: Page, region_id: str) -> Region:
    """Return the region with that id.

    Raises
    ------
    KeyError
        If the page has no such region.
    """
    for region in page.regions:
        if region.id == region_id:
            return region
    raise KeyError(region_id)


def _taken_in(page: Page, region: Region) -> Page:
    """Return the page with the lines that lie in a region put into it."""
    lines = tuple(
        with_fields(line, region=region.id)
        if region_at(page.regions, line.shape) == region.id
        else line
        for line in page.lines
    )
    return with_fields(page, lines=lines)


def _border(polygon: Sequence[Point]) -> tuple[Point, ...]:
    if len(set(polygon)) < 3:
        raise ValueError("a region has three corners or more")
    return tuple(polygon)


def _free_id(page: Page) -> str:
    """Return an id that neither a region has nor a line names."""
    names = [*(r.id for r in page.regions), *(line.region for line in page.lines)]
    matches = (_OUR_REGION_ID.fullmatch(name) for name in names)
    used = [int(match[1]) for match in matches if match]
    return f"r{max(used, default=0) + 1}"
