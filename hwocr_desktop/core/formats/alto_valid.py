"""Keep ALTO of other programs valid by the schema of 4.4, whatever was done to it.

What an element refers to must be there, and some things that older versions did
without, or that other programs leave out, have to be said.
"""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from hwocr_desktop.core.formats.alto_names import NAMESPACE
from hwocr_desktop.core.formats.page_xml_names import name_for
from hwocr_desktop.core.formats.safe_xml import local_name

_Element = etree._Element
_REFERENCES = ("REF", "TAGREFS", "STYLEREFS", "PROCESSINGREFS", "IDNEXT")
_BLOCKS = ("TextBlock", "Illustration", "GraphicalElement", "ComposedBlock")
_GROUPS = ("OrderedGroup", "UnorderedGroup")
_NEED_ID = (*_BLOCKS, *_GROUPS, "Page", "ElementRef", "OCRProcessing", "Processing")


def rename(elements: Mapping[str, _Element], root: _Element) -> None:
    """Give elements other ids, and tell those that refer to them.

    Parameters
    ----------
    elements : mapping of str to lxml element
        By the ids that they are to have; one without an id stays without.
    root : lxml element
        The first element of the file.
    """
    new_names = {}
    for name, element in elements.items():
        old = element.get("ID", "")
        if not name or old == name:
            continue
        element.set("ID", name)
        # Of two with one name, the first keeps it, and is who is meant.
        if old not in elements:
            new_names[old] = name
    if not new_names:
        return
    for element in root.iter("*"):
        for attribute in _REFERENCES:
            names = element.get(attribute, "").split()
            if names:
                renamed = (new_names.get(name, name) for name in names)
                element.set(attribute, " ".join(renamed))


def make_valid(root: _Element) -> None:
    """Mend what a file lacks or refers to in vain.

    Parameters
    ----------
    root : lxml element
        ALTO in the namespace of version 4; it is changed.
    """
    names = {element.get("ID", "") for element in root.iter("*")}
    for element in list(root.iter("*")):
        if local_name(element) in _NEED_ID and not element.get("ID"):
            name = name_for(f"hwocr_{local_name(element).lower()}", "x_", names)
            names.add(name)
            element.set("ID", name)
        if local_name(element) == "Page" and not element.get("PHYSICAL_IMG_NR"):
            element.set("PHYSICAL_IMG_NR", "1")
        if local_name(element) == "TextLine":
            _give_string(element)
        if local_name(element) == "Description":
            _give_unit(element)
        for attribute in _REFERENCES:
            _drop_dead(element, attribute, names)
    _drop_empty_order(root)


def _give_string(line: _Element) -> None:
    """Let a line say something, and be it nothing."""
    parts = [local_name(part) for part in line]
    if "String" not in parts:
        text = etree.Element(f"{{{NAMESPACE}}}String", CONTENT="")
        line.insert(parts.index("Shape") + 1 if "Shape" in parts else 0, text)


def _give_unit(description: _Element) -> None:
    if not any(local_name(part) == "MeasurementUnit" for part in description):
        unit = etree.Element(f"{{{NAMESPACE}}}MeasurementUnit")
        unit.text = "pixel"
        description.insert(0, unit)


def _drop_dead(element: _Element, attribute: str, names: set[str]) -> None:
    """Take out of a reference what is not there any more."""
    wanted = element.get(attribute)
    if wanted is None:
        return
    stay = [name for name in wanted.split() if name in names]
    if not stay:
        del element.attrib[attribute]
    elif stay != wanted.split():
        element.set(attribute, " ".join(stay))


def _drop_empty_order(root: _Element) -> None:
    """Take out of the reading order what says nothing any more."""
    for order in [part for part in root if local_name(part) == "ReadingOrder"]:
        for part in list(order.iter("*"))[::-1]:
            is_reference = local_name(part) == "ElementRef"
            says = part.get("REF") if is_reference else any(map(local_name, part))
            parent = part.getparent()
            if not says and parent is not None:
                parent.remove(part)
