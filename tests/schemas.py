"""The schemas of the standards as their makers publish them, read without a network."""

from __future__ import annotations

import functools
from pathlib import Path

from lxml import etree

from hwocr_desktop.core.paths import bundled_resources

FOLDER = bundled_resources() / "schemas"
XLINK = "http://www.loc.gov/standards/xlink/xlink.xsd"
_XSD = "{http://www.w3.org/2001/XMLSchema}"
# What PAGE XML got after 2013: elements, and the types that had them before.
_NEW_ELEMENTS = {
    "AlternativeImage": ("PageType",),
    "TextStyle": ("TextRegionType", "TextLineType", "WordType", "GlyphType"),
    **dict.fromkeys(["UserDefined", "MetadataItem", "Labels", "Roles", "Grid"], ()),
    **dict.fromkeys(["Graphemes", "MapRegion", "CustomRegion"], ()),
}
_NEW_GROUP = "regionRef type continuation custom comments"
_NEW_ATTRIBUTES = {
    "MetadataType": "externalRef",
    "PageType": "imageXResolution imageYResolution imageResolutionUnit orientation "
    "primaryLanguage secondaryLanguage primaryScript secondaryScript "
    "readingDirection textLineOrder conf",
    "TextRegionType": "textLineOrder",
    "CoordsType": "conf",
    "BaselineType": "conf",
    "TextLineType": "primaryScript secondaryScript readingDirection index",
    "WordType": "primaryScript secondaryScript readingDirection",
    "GlyphType": "script",
    "TextEquivType": "index dataType dataTypeDetails comments",
    "ReadingOrderType": "conf",
    "OrderedGroupType": _NEW_GROUP,
    "UnorderedGroupType": _NEW_GROUP,
    "OrderedGroupIndexedType": _NEW_GROUP,
    "UnorderedGroupIndexedType": _NEW_GROUP,
    "TextStyleType": "xHeight textColourRgb bgColourRgb underlineStyle",
    "RegionType": "continuation",
    "AlternativeImageType": "conf",
}


class AskedNetwork(Exception):
    """A schema names an address that no file of ours stands for."""


class OnlyHere(etree.Resolver):
    """Files of ours stand for addresses; any other address is refused."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def resolve(self, url: str, public_id: str | None, context: object) -> object:
        """Give the file that stands for an address; nothing is ever fetched."""
        if url == XLINK:
            return self.resolve_filename(str(FOLDER / "xlink.xsd"), context)
        if url == str(self._path):
            return None
        raise AskedNetwork(url)


def parse_schema(path: Path) -> etree.XMLSchema:
    """Return a schema, and never ask the network for one that it imports."""
    parser = etree.XMLParser(no_network=True, load_dtd=False)
    parser.resolvers.add(OnlyHere(path))
    return etree.XMLSchema(etree.parse(path, parser))


@functools.cache
def schema(name: str) -> etree.XMLSchema:
    """Return one of our schemas by its name, without the ending."""
    return parse_schema(FOLDER / f"{name}.xsd")


@functools.cache
def page_2013() -> etree.XMLSchema:
    """Return what the schema of PAGE XML of 2013 demands of what we write.

    Made of that of 2019: in the namespace of 2013 and without the elements,
    attributes, kinds of region and second texts that came later. Not told apart are
    the values of languages, scripts and kinds of page, and Relations, none of which
    we write.
    """
    text = (FOLDER / "pagecontent-2019-07-15.xsd").read_bytes()
    root = etree.fromstring(text.replace(b"2019-07-15", b"2013-07-15"))
    for kind in root.iter(f"{_XSD}complexType"):
        name = kind.get("name")
        new = _NEW_ATTRIBUTES.get(name, "").split()
        for part in list(kind.iter(f"{_XSD}element", f"{_XSD}attribute")):
            known = part.get("name")
            is_element = part.tag == f"{_XSD}element"
            if known == "TextEquiv" and is_element:
                part.set("maxOccurs", "1")
            is_new = (
                known in _NEW_ELEMENTS and name not in _NEW_ELEMENTS[known]
                if is_element
                else known in new
            )
            if is_new:
                part.getparent().remove(part)
                if not is_element:
                    new.remove(known)
        assert not new, f"2019 has no {new} in {name}"
    for value in root.iter(f"{_XSD}enumeration"):
        if value.get("value") == "list-label":
            value.getparent().remove(value)
    return etree.XMLSchema(root)


def assert_alto(data: bytes) -> etree._Element:
    """Fail unless a file is ALTO by its official schema, and return its root.

    What the schema demands and libxml2 does not look at is looked at as well: that
    whatever an element refers to is there. Beyond the schema, which takes any text
    for points, they must be whole pixels.
    """
    root = etree.fromstring(data)
    schema("alto-4-4").assertValid(root)
    assert root.get("SCHEMAVERSION") == "4.4"
    names = set(root.xpath("//@ID"))
    for name in ("REF", "TAGREFS", "STYLEREFS", "PROCESSINGREFS", "IDNEXT"):
        for refs in root.xpath(f"//@{name}"):
            assert set(refs.split()) <= names, f"{name}={refs}"
    for points in root.xpath("//@POINTS | //@BASELINE"):
        for point in points.split():
            assert all(part.isdecimal() for part in point.split(",")), points
    return root
