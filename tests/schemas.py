"""The schemas of the standards as their makers publish them, read without a network."""

from __future__ import annotations

import functools
from pathlib import Path

from lxml import etree

from hwocr_desktop.core.paths import bundled_resources

FOLDER = bundled_resources() / "schemas"
XLINK = "http://www.loc.gov/standards/xlink/xlink.xsd"


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
