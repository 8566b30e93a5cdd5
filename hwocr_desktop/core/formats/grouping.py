"""The lines of a page by region, as the formats of other programs want them."""

from __future__ import annotations

from hwocr_desktop.core.document.document import Line, Page, Region
from hwocr_desktop.core.formats.line_shapes import Points, clamp, hull
from hwocr_desktop.core.formats.page_xml_names import NO_REGION

Group = tuple[Region | None, list[Line]]


def group_lines(page: Page) -> list[Group]:
    """Return the regions in the order of their first lines, with their lines.

    None is the region of lines that have none. Regions without lines come last, those
    without lines and outline not at all, as nothing is known of them.
    """
    known = {region.id: region for region in page.regions if region.id != NO_REGION}
    lines: dict[str, list[Line]] = {}
    for line in page.lines:
        key = line.region if line.region in known else ""
        lines.setdefault(key, []).append(line)
    groups: list[Group] = [(known.get(key), members) for key, members in lines.items()]
    empty: list[Group] = [
        (region, [])
        for key, region in known.items()
        if key not in lines and len(region.polygon) >= 3
    ]
    return [*groups, *empty]


def is_in_order(page: Page, groups: list[Group]) -> bool:
    """Whether the lines, region by region, are in the page's reading order."""
    return [line for _, lines in groups for line in lines] == list(page.lines)


def group_outline(page: Page, group: Group) -> Points:
    """Return the outline of a region, or what surrounds its lines if it has none."""
    region, lines = group
    polygon = region.polygon if region is not None else ()
    if len(polygon) >= 3:
        return polygon
    shapes = [line.shape for line in lines]
    points = [p for shape in shapes for p in (*shape.polygon, *shape.baseline)]
    return hull(clamp(points, page.width, page.height))
