"""Write a page into the PAGE XML that it was imported from: nothing else there is lost.

Tables, pictures, words, remarks and attributes of other programs stay. What a line
says or where it is changes only where the page says otherwise than the file did.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from lxml import etree

from hwocr_desktop.core.document.document import Line, Original, Page, Region
from hwocr_desktop.core.formats.custom import read_custom, replace_groups
from hwocr_desktop.core.formats.page_xml import ORDER_ID, page_tree, to_bytes
from hwocr_desktop.core.formats.page_xml_names import xml_text
from hwocr_desktop.core.formats.page_xml_points import has_valid_places, mend_places
from hwocr_desktop.core.formats.page_xml_read import PageTree, read_page_tree
from hwocr_desktop.core.formats.page_xml_years import Year, in_year, main_text
from hwocr_desktop.core.formats.safe_xml import local_name, parse_data
from hwocr_desktop.core.formats.tree_update import (
    Placing,
    WrittenTree,
    fitted,
    has_same_outline,
    has_same_shape,
    has_same_text,
    insert_before,
    place_lines,
)
from hwocr_desktop.core.pixels.geometry import turn_point

_Element = etree._Element
_PLAIN = ("Coords", "TextLine", "TextEquiv", "TextStyle")
_BEHIND_TEXT = ("TextStyle", "UserDefined", "Labels")


def update_page(
    data: bytes,
    page: Page,
    original: Original,
    image_name: str,
    *,
    year: Year = 2019,
    has_words: bool = False,
) -> bytes:
    """Return PAGE XML of a page that keeps all else that a file of it says.

    Parameters
    ----------
    data : bytes
        The file that the lines of the page were imported from.
    page : Page
        The page as it is now.
    original : Original
        What the page was like when the file was imported.
    image_name, year, has_words
        See `page_xml.write_page`; lines that say what the file says keep its words.

    Raises
    ------
    BadDocument
        If the file is no PAGE XML.
    """
    root = in_year(parse_data(data, original.name, keep_comments=True), 2019)
    tree = read_page_tree(root, original.name)
    turns = (page.rotation - original.rotation) // 90 % 4
    known = fitted(tree.document, page, turns)
    _move_points(tree, page, turns)
    tree.page.set("imageFilename", xml_text(image_name))
    tree.page.set("imageWidth", str(page.width))
    tree.page.set("imageHeight", str(page.height))
    for element in root.iter("{*}LastChange"):
        element.text = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    fresh = page_tree(page, image_name, taken=_other_ids(tree), has_words=has_words)
    _update_regions(tree, fresh, known.regions, page)
    lines = {line.id: line for line in known.lines}
    resaid = {
        line.region
        for line in page.lines
        if line.id not in lines or not has_same_text(line, lines[line.id])
    }
    for line in page.lines:
        if line.id in tree.lines:
            _update_line(
                tree.lines[line.id], fresh.lines[line.id], lines[line.id], line, page
            )
    own = WrittenTree(root, tree.page, tree.lines, tree.regions)
    before = list(tree.regions)
    how = Placing("TextLine", "Region", ("TextEquiv", "TextStyle"), _PLAIN, _number)
    moved = place_lines(own, fresh, page, how)
    for key in {*resaid, *moved} & set(own.regions):
        said = [line.text for line in page.lines if _region_key(line, fresh) == key]
        _update_region_text(own.regions[key], said)
    _update_order(own, fresh, before)
    mend_places(tree.page, page.width, page.height)
    return to_bytes(in_year(root, year))


def _region_key(line: Line, fresh: WrittenTree) -> str:
    return line.region if line.region in fresh.regions else ""


def _other_ids(tree: PageTree) -> set[str]:
    """Return the ids of what are neither lines nor regions that we know."""
    known = {id(element) for element in (*tree.lines.values(), *tree.regions.values())}
    return {
        element.get("id", "")
        for element in tree.page.iter("*")
        if id(element) not in known
    } - {"", ORDER_ID}


def _move_points(tree: PageTree, page: Page, turns: int) -> None:
    """Bring all places of the file to the size and the turn of the page."""
    document = tree.document
    width, height = page.width, page.height
    if turns % 2:
        width, height = height, width
    size = (document.width, document.height)
    if not all(size):
        size = (width, height)  # the file does not say of what size its picture is
    if not turns and size == (width, height):
        return
    across, down = width / size[0], height / size[1]
    for element in tree.page.iter("*"):
        pairs = [pair.split(",") for pair in element.get("points", "").split()]
        try:
            points = [(float(x) * across, float(y) * down) for x, y in pairs]
        except ValueError:
            continue
        if points:
            there = [turn_point(point, turns, width, height) for point in points]
            element.set("points", " ".join(f"{x:.0f},{y:.0f}" for x, y in there))


def _update_regions(
    tree: PageTree, fresh: WrittenTree, known: Sequence[Region], page: Page
) -> None:
    before = {region.id: region for region in known}
    for region in page.regions:
        own, new = tree.regions.get(region.id), fresh.regions.get(region.id)
        if own is None or new is None or region.id not in before:
            continue
        if own.get("id") != region.id:
            own.set("id", region.id)  # two had the same
        is_moved = not has_same_outline(region, before[region.id])
        if is_moved or not has_valid_places(own, page.width, page.height):
            _replace_places(own, new)
        if region.kind != before[region.id].kind:
            if new.get("type"):
                own.set("type", new.get("type", ""))
            structure = read_custom(new.get("custom", "")).get("structure", {})
            _set_groups(own, {"structure": structure})


def _update_line(
    own: _Element, new: _Element, known: Line, line: Line, page: Page
) -> None:
    if own.get("id") != line.id:
        own.set("id", line.id)  # it had none, or two had the same
    is_moved = not has_same_shape(line.shape, known.shape)
    is_resaid = not has_same_text(line, known)
    if is_moved or not has_valid_places(own, page.width, page.height):
        _replace_places(own, new)
    if is_resaid:
        _update_text(own, new, line.text)
    theirs = read_custom(own.get("custom", ""))
    ours = read_custom(new.get("custom", ""))
    groups = {}
    if line.kind != known.kind:
        groups["structure"] = ours.get("structure", {})
    if is_moved or is_resaid or "hwocr" in theirs or "order" in ours["hwocr"]:
        groups["hwocr"] = ours["hwocr"]
    if groups:
        _set_groups(own, groups)


def _set_groups(element: _Element, groups: dict[str, dict[str, str]]) -> None:
    text = replace_groups(element.get("custom", ""), groups)
    if text:
        element.set("custom", text)
    else:
        _forget(element, "custom")


def _forget(element: _Element, attribute: str) -> None:
    if attribute in element.attrib:
        del element.attrib[attribute]


def _replace_places(own: _Element, new: _Element) -> None:
    """Take outline and baseline from the page."""
    for name in ("Coords", "Baseline"):
        there = next((part for part in new if local_name(part) == name), None)
        if there is None:
            continue
        here = next((part for part in own if local_name(part) == name), None)
        if here is None:
            behind = {local_name(part) for part in own} - {"AlternativeImage", "Coords"}
            here = etree.Element(there.tag)
            insert_before(own, here, behind)
        for child in list(here):
            here.remove(child)  # as points were written until 2010
        here.set("points", there.get("points", ""))


def _update_text(own: _Element, new: _Element, text: str) -> None:
    """Take the text from the page; what other programs say beside it stays."""
    texts = [part for part in own if local_name(part) == "TextEquiv"]
    main = main_text(texts)
    there = next((part for part in new if local_name(part) == "TextEquiv"), None)
    if there is None:
        if main is not None:
            own.remove(main)
    elif main is None:
        insert_before(own, there, _BEHIND_TEXT)
    else:
        _forget(main, "conf")
        if there.get("conf") is not None:
            main.set("conf", there.get("conf", ""))
        for part in list(main):
            main.remove(part)
        main.extend(list(there))
    _update_words(own, new, text)


def _update_words(own: _Element, new: _Element, text: str) -> None:
    """Keep the places of words if they are as many as before; else they go.

    In their place come those of the page, if it is written with words.
    """
    words = [part for part in own if local_name(part) == "Word"]
    said = text.split()
    if len(said) != len(words):
        for word in [part for part in new if local_name(part) == "Word"]:
            insert_before(own, word, ("TextEquiv", *_BEHIND_TEXT))
    for number, word in enumerate(words):
        if len(said) != len(words):
            own.remove(word)
            continue
        main = main_text([part for part in word if local_name(part) == "TextEquiv"])
        parts = [] if main is None else [p for p in main if local_name(p) == "Unicode"]
        if main is None or not parts or parts[0].text == said[number]:
            continue
        _forget(main, "conf")
        for part in list(main):
            if part is not parts[0]:
                main.remove(part)
        parts[0].text = xml_text(said[number])
        for glyph in [part for part in word if local_name(part) == "Glyph"]:
            word.remove(glyph)


def _update_region_text(region: _Element, said: list[str]) -> None:
    """Say at the region what its lines say, where the file says it there, too."""
    main = main_text([part for part in region if local_name(part) == "TextEquiv"])
    for part in [] if main is None else list(main):
        if local_name(part) == "Unicode":
            part.text = "\n".join(xml_text(text) for text in said)
        elif main is not None and local_name(part):
            main.remove(part)


def _number(line: _Element, place: int) -> None:
    """Say where a line is in its region, wherever the file says it."""
    _set_groups(line, {"readingOrder": {"index": str(place)}})
    if line.get("index") is not None:
        line.set("index", str(place))


def _update_order(own: WrittenTree, fresh: WrittenTree, before: list[str]) -> None:
    """Write another order of regions where it is not the one of the file."""
    there = {element.get("id", "") for element in own.space.iter("*")}
    orders = [part for part in own.space if local_name(part) == "ReadingOrder"]
    if list(fresh.regions) == [key for key in before if key in fresh.regions]:
        for order in orders:
            for reference in list(order.iter("*")):
                parent = reference.getparent()
                name = reference.get("regionRef")
                if name is not None and name not in there and parent is not None:
                    parent.remove(reference)
        return
    others = [
        reference.get("regionRef", "")
        for order in orders
        for reference in order.iter("*")
        if reference.get("regionRef")
    ]
    for order in orders:
        own.space.remove(order)
    names = [own.regions[key].get("id", "") for key in fresh.regions]
    names += [name for name in others if name in there and name not in names]
    (new,) = (part for part in fresh.space if local_name(part) == "ReadingOrder")
    group = new[0]
    for reference in list(group):
        group.remove(reference)
    for number, name in enumerate(names):
        attributes = {"index": str(number), "regionRef": name}
        etree.SubElement(
            group, f"{{{etree.QName(group).namespace}}}RegionRefIndexed", attributes
        )
    insert_before(own.space, new, _behind_order(own.space))


def _behind_order(space: _Element) -> set[str]:
    before = {"AlternativeImage", "Border", "PrintSpace", "UserDefined", "Labels", ""}
    return {local_name(part) for part in space} - before
