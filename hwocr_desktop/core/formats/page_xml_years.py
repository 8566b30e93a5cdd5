"""PAGE XML of one year as PAGE XML of another."""

from __future__ import annotations

import copy
from typing import Any, Literal

from lxml import etree

from hwocr_desktop.core.formats.page_xml_names import NAMESPACE, REGION_TYPES, XSI
from hwocr_desktop.core.formats.safe_xml import local_name

Year = Literal[2013, 2019]
_Element = etree._Element
_NAMESPACES: dict[Year, str] = {
    2013: NAMESPACE.replace("2019", "2013"),
    2019: NAMESPACE,
}
# The schema of 2013 has no name for it yet.
_NEW_TYPES = frozenset({"list-label"})


def in_year(root: _Element, year: Year) -> _Element:
    """Return PAGE XML in the namespace of a year, which becomes the default one.

    What the year does not know stays as it is, but for this: 2013 has one text a
    line, and programs that read it take no empty one.

    Parameters
    ----------
    root : lxml element
        PcGts of any year, which stays as it is.
    year : 2013 or 2019

    Returns
    -------
    lxml element
        A new tree; elements of other namespaces keep theirs.
    """
    new = _NAMESPACES[year]
    made = in_namespace(root, new, f"{new} {new}/pagecontent.xsd")
    if year == 2013:
        for element in list(made.iter(f"{{{new}}}TextLine", f"{{{new}}}Word")):
            _keep_one_text(element)
        for element in made.iter(f"{{{new}}}TextRegion"):
            if element.get("type") in _NEW_TYPES & REGION_TYPES:
                element.set("type", "other")
    return made


def in_namespace(root: _Element, new: str, location: str) -> _Element:
    """Return a copy of a tree in another namespace, which becomes the default one.

    Parameters
    ----------
    root : lxml element
        Elements of its namespace change it, those of others keep theirs.
    new : str
        The namespace.
    location : str
        Where its schema is, to be said if the tree says it.
    """
    old = etree.QName(root).namespace
    others = {key: uri for key, uri in root.nsmap.items() if key and uri != old}
    names_of: Any = {None: new, **others}
    made = etree.Element(
        f"{{{new}}}{local_name(root)}", _attributes(root), nsmap=names_of
    )
    if f"{{{XSI}}}schemaLocation" in made.attrib:
        made.set(f"{{{XSI}}}schemaLocation", location)
    _copy(root, made, old, new)
    return made


def _attributes(element: _Element) -> dict[str, str]:
    return {str(name): str(value) for name, value in element.attrib.items()}


def _copy(source: _Element, target: _Element, old: str | None, new: str) -> None:
    target.text = source.text
    for child in source:
        if isinstance(child.tag, str) and etree.QName(child).namespace == old:
            tag = f"{{{new}}}{local_name(child)}"
            made = etree.SubElement(target, tag, _attributes(child))
            _copy(child, made, old, new)
            made.tail = child.tail
        else:
            target.append(copy.deepcopy(child))


def _keep_one_text(element: _Element) -> None:
    """Leave the main text of a line or word, if there is anything in it."""
    texts = [child for child in element if local_name(child) == "TextEquiv"]
    main = main_text(texts)
    for text in texts:
        is_empty = not any((part.text or "").strip() for part in text)
        if text is not main or is_empty:
            element.remove(text)


def main_text(texts: list[_Element]) -> _Element | None:
    """Return the TextEquiv that counts: the one of the lowest index, or without."""

    def index(text: _Element) -> float:
        try:
            return float(text.get("index", "-1"))
        except ValueError:
            return -1.0

    return min(texts, key=index, default=None)
