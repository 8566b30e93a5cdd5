"""Write a page into the ALTO that it was imported from: nothing else there is lost.

Styles, illustrations, tags and attributes of other programs stay. What a line says or
where it is changes only where the page says otherwise than the file did.
"""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from hwocr_desktop.core.document.document import Line, Original, Page, Region
from hwocr_desktop.core.formats.alto import alto_tree, our_tag, to_bytes
from hwocr_desktop.core.formats.alto_names import (
    LOCATION,
    NAMESPACE,
    OUR_TYPE,
    SCHEMA_VERSION,
)
from hwocr_desktop.core.formats.alto_places import (
    BOX,
    is_on_page,
    keep_on_page,
    move_places,
)
from hwocr_desktop.core.formats.alto_read import AltoTree, read_alto_tree
from hwocr_desktop.core.formats.alto_valid import make_valid, rename
from hwocr_desktop.core.formats.page_xml_names import name_for, xml_text
from hwocr_desktop.core.formats.page_xml_years import in_namespace
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

_Element = etree._Element
_WORDS = ("String", "SP", "HYP")
_PLAIN = ("Shape", "TextLine")
_AFTER_TAGS = ("ReadingOrder", "Layout")


def update_alto(data: bytes, page: Page, original: Original, image_name: str) -> bytes:
    """Return ALTO of a page that keeps all else that a file of it says.

    Parameters
    ----------
    data : bytes
        The file that the lines of the page were imported from.
    page : Page
        The page as it is now.
    original : Original
        What the page was like when the file was imported.
    image_name : str
        Name of the image file, without folders.

    Returns
    -------
    bytes
        ALTO in pixels and valid against version 4.4, whatever version and unit the
        file had.

    Raises
    ------
    BadDocument
        If the file is no ALTO.
    """
    root = parse_data(data, original.name, keep_comments=True)
    root = in_namespace(root, NAMESPACE, LOCATION)
    tree = read_alto_tree(root, original.name)
    turns = (page.rotation - original.rotation) // 90 % 4
    known = fitted(tree.document, page, turns)
    move_places(tree, page, turns)
    rename({**tree.regions, **tree.lines}, root)
    root.set("SCHEMAVERSION", SCHEMA_VERSION)
    for element in root.iter("{*}MeasurementUnit"):
        element.text = "pixel"
    for element in root.iter("{*}fileName"):
        element.text = xml_text(image_name)
    ids = {element.get("ID", "") for element in root.iter("*")}
    own_ids = {e.get("ID", "") for e in (*tree.lines.values(), *tree.regions.values())}
    fresh = alto_tree(page, image_name, taken=ids - own_ids)
    before = (list(tree.regions), [line.id for line in known.lines])
    is_changed = _update_regions(root, tree, fresh, known.regions, page, ids)
    lines = {line.id: line for line in known.lines}
    for line in page.lines:
        if line.id not in tree.lines:
            _set_kind(root, _untagged(fresh.lines[line.id]), "", line.kind, ids)
            is_changed = True
            continue
        own_line, new_line = tree.lines[line.id], fresh.lines[line.id]
        is_there = is_on_page(own_line, page)
        is_changed |= _update_line(
            own_line, new_line, lines[line.id], line, is_there=is_there
        )
        if not is_there:
            keep_on_page(own_line, page)
        _set_kind(root, own_line, lines[line.id].kind, line.kind, ids)
    spaces = [part for part in tree.page if local_name(part) == "PrintSpace"]
    if not spaces:
        spaces = [etree.SubElement(tree.page, f"{{{NAMESPACE}}}PrintSpace")]
    own = WrittenTree(root, spaces[0], tree.lines, tree.regions)
    how = Placing("TextLine", "Block", (), _PLAIN, lambda line, place: None)
    is_changed |= bool(place_lines(own, fresh, page, how))
    # What goes into another block comes to another place, whatever its number.
    is_moved = any(
        line.id in lines and lines[line.id].region != line.region for line in page.lines
    )
    _update_order(own, fresh, None if is_moved else before, page)
    _update_ours(own, fresh, page, ids, is_changed=is_changed)
    make_valid(root)
    return to_bytes(root)


def _update_regions(
    root: _Element,
    tree: AltoTree,
    fresh: WrittenTree,
    known: Sequence[Region],
    page: Page,
    ids: set[str],
) -> bool:
    """Bring regions up to date; return whether one changed or is new."""
    before = {region.id: region for region in known}
    is_changed = False
    for region in page.regions:
        own, new = tree.regions.get(region.id), fresh.regions.get(region.id)
        if new is None:
            continue
        if own is None:
            _set_kind(root, _untagged(new), "", region.kind, ids)
            is_changed = True
        elif region.id in before:
            _set_kind(root, own, before[region.id].kind, region.kind, ids)
            if not has_same_outline(region, before[region.id]):
                _replace_places(own, new)
                is_changed = True
    return is_changed


def _update_line(
    own: _Element, new: _Element, known: Line, line: Line, *, is_there: bool
) -> bool:
    is_moved = not is_there or not has_same_shape(line.shape, known.shape)
    is_resaid = not has_same_text(line, known)
    if is_moved:
        _replace_places(own, new)
    if is_resaid:
        for part in [part for part in own if local_name(part) in _WORDS]:
            own.remove(part)
        for part in [part for part in new if local_name(part) in _WORDS]:
            own.append(part)
        if new.get("CS") is not None:
            own.set("CS", "true")
        elif "CS" in own.attrib:
            del own.attrib["CS"]
    return is_moved or is_resaid


def _replace_places(own: _Element, new: _Element) -> None:
    for name in (*BOX, "BASELINE"):
        if new.get(name) is not None:
            own.set(name, new.get(name, ""))
    for part in [part for part in own if local_name(part) == "Shape"]:
        own.remove(part)
    for part in [part for part in new if local_name(part) == "Shape"]:
        own.insert(0, part)


# --- kinds, order, and what ALTO has no place for ----------------------------------


def _tags(root: _Element) -> _Element:
    """Return the list of tags; make it where there is none."""
    found = next((part for part in root if local_name(part) == "Tags"), None)
    if found is None:
        found = etree.Element(f"{{{NAMESPACE}}}Tags")
        insert_before(root, found, _AFTER_TAGS)
    return found


def _set_kind(
    root: _Element, element: _Element, old: str, kind: str, ids: set[str]
) -> None:
    """Give a line or region another kind: by a tag that is there, or a new one."""
    label = xml_text(kind)
    if old == kind:
        return
    tags = {
        tag.get("ID", ""): tag.get("LABEL")
        for part in root
        if local_name(part) == "Tags"
        for tag in part
        if tag.get("TYPE") != OUR_TYPE
    }
    refs = element.get("TAGREFS", "").split()
    stay = [name for name in refs if not old or tags.get(name) != old]
    if label:
        name = next((name for name, known in tags.items() if known == label), None)
        if name is None:
            name = name_for(f"type_{kind}", "x_", ids)
            ids.add(name)
            attributes = {"ID": name, "LABEL": label}
            etree.SubElement(_tags(root), f"{{{NAMESPACE}}}OtherTag", attributes)
        stay.insert(0, name)
    if stay:
        element.set("TAGREFS", " ".join(stay))
    elif "TAGREFS" in element.attrib:
        del element.attrib["TAGREFS"]


def _untagged(element: _Element) -> _Element:
    """Take the tags of another tree off a new element."""
    if "TAGREFS" in element.attrib:
        del element.attrib["TAGREFS"]
    return element


def _update_order(
    own: WrittenTree,
    fresh: WrittenTree,
    before: tuple[list[str], list[str]] | None,
    page: Page,
) -> None:
    """Write another order where it is not the one of the file.

    ``before`` are the ids of the file's regions and lines in order; None if they do
    not tell its order any more.
    """
    orders = [part for part in own.root if local_name(part) == "ReadingOrder"]
    regions, lines = before or ([], [])
    names = [line.id for line in page.lines]
    is_same = before is not None
    is_same &= list(fresh.regions) == [key for key in regions if key in fresh.regions]
    is_same &= names == [name for name in lines if name in set(names)]
    if is_same:
        return
    for order in orders:
        own.root.remove(order)
    mine = {
        new.get("ID", ""): own.regions[key].get("ID", "")
        for key, new in fresh.regions.items()
    }
    mine |= {
        new.get("ID", ""): own.lines.get(key, new).get("ID", "")
        for key, new in fresh.lines.items()
    }
    for order in [part for part in fresh.root if local_name(part) == "ReadingOrder"]:
        for reference in order.iter("{*}ElementRef"):
            reference.set("REF", mine[reference.get("REF", "")])
        insert_before(own.root, order, ("Layout",))


def _update_ours(
    own: WrittenTree, fresh: WrittenTree, page: Page, ids: set[str], *, is_changed: bool
) -> None:
    """Say what ALTO has no place for, if there is anything new to be said."""
    old = [tag for tag in own.root.iter("{*}OtherTag") if tag.get("TYPE") == OUR_TYPE]
    if not old and not is_changed:
        return
    for tag in old:
        parent = tag.getparent()
        if parent is not None:
            parent.remove(tag)
    names = {
        id(line): own.lines.get(line.id, fresh.lines[line.id]).get("ID", "")
        for line in page.lines
    }
    tags = _tags(own.root)
    if page.lines:
        tags.append(our_tag(page.lines, names, name_for("hwocr_lines", "x_", ids)))
    elif not len(tags):
        own.root.remove(tags)
