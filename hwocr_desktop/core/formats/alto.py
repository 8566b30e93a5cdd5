"""Write a page as ALTO 4.4: lines with baselines and outlines, words with boxes.

ALTO has no place for what a line's crop takes in and for who wrote its text. Both
stand in a tag of our own, whose content the standard leaves free; other programs pass
over it. Reading is in `alto_read`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from hwocr_desktop import __version__
from hwocr_desktop.core.document.document import Line, Page
from hwocr_desktop.core.formats.alto_names import (
    LOCATION,
    NAMESPACE,
    OUR_LABEL,
    OUR_NAMESPACE,
    OUR_TYPE,
    SCHEMA_VERSION,
)
from hwocr_desktop.core.formats.grouping import (
    Group,
    group_lines,
    group_outline,
    is_in_order,
)
from hwocr_desktop.core.formats.line_shapes import Points, clamp
from hwocr_desktop.core.formats.line_texts import text_state
from hwocr_desktop.core.formats.page_xml_names import (
    NO_REGION,
    XSI,
    name_for,
    xml_text,
)
from hwocr_desktop.core.formats.tree_update import WrittenTree
from hwocr_desktop.core.formats.word_boxes import word_boxes

_Element = etree._Element


def write_alto(page: Page, image_name: str) -> bytes:
    """Return a page as ALTO.

    Parameters
    ----------
    page : Page
        The page; coordinates are written as they are, after a person's turns, in
        whole pixels.
    image_name : str
        Name of the image file, without folders.

    Returns
    -------
    bytes
        XML in UTF-8, valid against version 4.4. A line that nobody has read has one
        empty String; any other has one for each word, with ``WC`` where a model read
        it, and ``CS`` at the line where the text is a person's.
    """
    return to_bytes(alto_tree(page, image_name).root)


def to_bytes(root: _Element) -> bytes:
    """Return a tree as the content of a file."""
    data: bytes = etree.tostring(
        root, encoding="UTF-8", xml_declaration=True, pretty_print=True
    )
    return data


def alto_tree(
    page: Page, image_name: str, *, taken: Collection[str] = ()
) -> WrittenTree:
    """Return a page as the elements of ALTO, see `write_alto`.

    Parameters
    ----------
    page, image_name
        See `write_alto`.
    taken : collection of str
        Ids that no element must have.
    """
    # The stubs do not know that None is the default namespace.
    names_of: Any = {None: NAMESPACE, "xsi": XSI}
    root = etree.Element(_tag("alto"), nsmap=names_of)
    root.set(f"{{{XSI}}}schemaLocation", LOCATION)
    root.set("SCHEMAVERSION", SCHEMA_VERSION)
    groups = group_lines(page)
    ids = _Ids(groups, taken)
    _write_description(root, image_name, ids.new("hwocr_desktop"))
    _write_tags(root, page, groups, ids)
    _write_order(root, page, groups, ids)
    layout = _add(root, "Layout")
    element = _add(
        layout,
        "Page",
        ID=ids.new("hwocr_page"),
        PHYSICAL_IMG_NR=str(page.frame + 1),
        WIDTH=str(page.width),
        HEIGHT=str(page.height),
    )
    corners = ((0.0, 0.0), (page.width, page.height))
    space = _add(element, "PrintSpace", ID=ids.new("hwocr_space"), **_box(corners))
    lines: dict[str, _Element] = {}
    blocks: dict[str, _Element] = {}
    for group, name in zip(groups, ids.regions, strict=True):
        block = _write_block(space, page, group, name, ids, lines)
        blocks["" if group[0] is None else group[0].id] = block
    return WrittenTree(root, space, lines, blocks)


class _Ids:
    """The ids of a file; those of regions and lines come first and stay as they are."""

    def __init__(self, groups: Sequence[Group], taken: Collection[str]) -> None:
        self._taken: set[str] = {NO_REGION, *taken}
        self.regions = [
            NO_REGION if region is None else self.new(region.id, "r_")
            for region, _ in groups
        ]
        self.lines = {
            id(line): self.new(line.id, "l_") for _, lines in groups for line in lines
        }
        self.kinds: dict[str, str] = {}

    def new(self, wanted: str, prefix: str = "x_") -> str:
        """Return a free id as near to the wanted one as can be."""
        name = name_for(wanted, prefix, self._taken)
        self._taken.add(name)
        return name

    def of_kind(self, kind: str) -> dict[str, str]:
        """Return the attribute that gives an element its kind."""
        return {"TAGREFS": self.kinds[kind]} if kind in self.kinds else {}


def _write_description(root: _Element, image_name: str, name: str) -> None:
    description = _add(root, "Description")
    _add(description, "MeasurementUnit").text = "pixel"
    source = _add(description, "sourceImageInformation")
    _add(source, "fileName").text = xml_text(image_name)
    processing = _add(description, "Processing", ID=name)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    _add(processing, "processingDateTime").text = now
    software = _add(processing, "processingSoftware")
    _add(software, "softwareName").text = "hwocr_desktop"
    _add(software, "softwareVersion").text = __version__


def _write_tags(root: _Element, page: Page, groups: list[Group], ids: _Ids) -> None:
    kinds = [region.kind for region, _ in groups if region is not None]
    kinds += [line.kind for line in page.lines]
    wanted = [kind for kind in dict.fromkeys(kinds) if xml_text(kind)]
    if not wanted and not page.lines:
        return
    tags = _add(root, "Tags")
    for kind in wanted:
        ids.kinds[kind] = ids.new(f"type_{kind}")
        _add(tags, "OtherTag", ID=ids.kinds[kind], LABEL=xml_text(kind))
    if page.lines:
        tags.append(our_tag(page.lines, ids.lines, ids.new("hwocr_lines")))


def our_tag(lines: Sequence[Line], names: dict[int, str], name: str) -> _Element:
    """Return the tag that says what ALTO has no place for.

    Parameters
    ----------
    lines : sequence of Line
    names : dict of int to str
        ``id()`` of a line to its id in the file.
    name : str
        Id of the tag.
    """
    tag = etree.Element(_tag("OtherTag"), ID=name, TYPE=OUR_TYPE, LABEL=OUR_LABEL)
    data = _add(tag, "XmlData")
    ours: Any = {None: OUR_NAMESPACE}
    table = etree.SubElement(data, f"{{{OUR_NAMESPACE}}}lines", nsmap=ours)
    for line in lines:
        etree.SubElement(
            table,
            f"{{{OUR_NAMESPACE}}}line",
            {
                "id": names[id(line)],
                "ascent": f"{line.shape.ascent:g}",
                "descent": f"{line.shape.descent:g}",
                **text_state(line),
            },
        )
    return tag


def _write_order(root: _Element, page: Page, groups: list[Group], ids: _Ids) -> None:
    """Write the order: of the regions, or of the lines where regions alternate."""
    if is_in_order(page, groups):
        names = ids.regions
    else:
        names = [ids.lines[id(line)] for line in page.lines]
    if not names:
        return
    order = _add(root, "ReadingOrder")
    group = _add(order, "OrderedGroup", ID=ids.new("hwocr_order"))
    for number, name in enumerate(names):
        _add(group, "ElementRef", ID=ids.new(f"hwocr_order_{number}"), REF=name)


def _write_block(
    parent: _Element,
    page: Page,
    group: Group,
    name: str,
    ids: _Ids,
    written: dict[str, _Element],
) -> _Element:
    region, lines = group
    outline = _whole(group_outline(page, group), page)
    kind = ids.of_kind(region.kind if region is not None else "")
    block = _add(parent, "TextBlock", ID=name, **_box(outline), **kind)
    _write_shape(block, outline)
    for line in lines:
        kind = ids.of_kind(line.kind)
        written[line.id] = _line_element(page, line, ids.lines[id(line)], kind)
        block.append(written[line.id])
    return block


def _line_element(page: Page, line: Line, name: str, kind: dict[str, str]) -> _Element:
    """Return a line as a TextLine.

    Parameters
    ----------
    page : Page
        For its size.
    line : Line
    name : str
        Id in the file.
    kind : dict of str to str
        The attribute that gives it its kind, or none.
    """
    outline = _whole(line.shape.polygon, page)
    baseline = _whole(line.shape.baseline, page)
    attributes = {"ID": name, **_box(outline), "BASELINE": _points(baseline), **kind}
    state = text_state(line)
    if state.get("text") == "person":
        attributes["CS"] = "true"
    element = etree.Element(_tag("TextLine"), attributes)
    _write_shape(element, outline)
    for number, word in enumerate(word_boxes(line, page.width, page.height)):
        if number:
            _add(element, "SP")
        box = _box(_whole(word.polygon, page))
        string = _add(element, "String", CONTENT=xml_text(word.text), **box)
        if word.confidence is not None:
            string.set("WC", f"{word.confidence:.4f}")
    return element


def _write_shape(parent: _Element, outline: Points) -> None:
    _add(_add(parent, "Shape"), "Polygon", POINTS=_points(outline))


def _whole(points: Points, page: Page) -> Points:
    """Return points in whole pixels on the page; one at least."""
    on_page = clamp(points, page.width, page.height)
    return tuple((round(x), round(y)) for x, y in on_page) or ((0, 0),)


def _points(points: Points) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)


def _box(points: Points) -> dict[str, str]:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return {
        "HPOS": f"{min(xs):.0f}",
        "VPOS": f"{min(ys):.0f}",
        "WIDTH": f"{max(xs) - min(xs):.0f}",
        "HEIGHT": f"{max(ys) - min(ys):.0f}",
    }


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _add(parent: _Element, name: str, **attributes: str) -> _Element:
    return etree.SubElement(parent, _tag(name), attributes)
