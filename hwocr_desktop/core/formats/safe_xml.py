"""Parse XML of strangers without letting it do anything."""

from __future__ import annotations

from pathlib import Path
from xml.parsers import expat

from lxml import etree

from hwocr_desktop.core.errors import BadDocument, FileNotReadable

# A page of a newspaper with every letter outlined has some 50 MB.
_MAX_BYTES = 200 * 1024 * 1024


class _DoctypeFound(Exception):
    """The file has a document type declaration."""


class _ElementReached(Exception):
    """The first element is reached; nothing can be declared behind it."""


def parse_xml(path: Path) -> etree._Element:
    """Read an XML file and return its root.

    Nothing is fetched and no entity is replaced. A file with a DOCTYPE is refused as a
    whole, because declarations can make a small file fill the memory.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    lxml element
        The root, without comments and processing instructions.

    Raises
    ------
    FileNotReadable
        If the file is missing or may not be read.
    BadDocument
        If it is empty, huge, no XML, or has a DOCTYPE.
    """
    return parse_data(read_xml_file(path), path.name)


def read_xml_file(path: Path) -> bytes:
    """Return the content of a file that may be the XML of a page.

    Raises
    ------
    FileNotReadable
        If the file is missing or may not be read.
    BadDocument
        If it is huge.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise BadDocument(
                f"“{path.name}” is far too large for a page.",
                "Choose the file of a single page.",
            )
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise FileNotReadable(
            f"“{path.name}” cannot be read ({reason}).",
            "Check that the file is there and that you may open it.",
        ) from error


def parse_data(
    data: bytes, file_name: str, *, keep_comments: bool = False
) -> etree._Element:
    """Return the root of XML as `parse_xml` does, from the content of a file.

    Parameters
    ----------
    data : bytes
        The content.
    file_name : str
        For what is told a person.
    keep_comments : bool
        Whether comments and processing instructions stay.

    Raises
    ------
    BadDocument
        See `parse_xml`.
    """
    if not data.strip():
        raise BadDocument(
            f"“{file_name}” is empty.",
            "Export the page again in the program it comes from.",
        )
    if _has_doctype(data):
        raise _refused(file_name)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=not keep_comments,
        remove_pis=not keep_comments,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise BadDocument(
            f"“{file_name}” is not whole XML (line {error.lineno}).",
            "Export the page again in the program it comes from.",
        ) from error
    except (ValueError, LookupError) as error:
        raise BadDocument(
            f"“{file_name}” is not XML.",
            "Export the page again in the program it comes from.",
        ) from error
    # Encodings that expat does not know have not been looked at above.
    if root.getroottree().docinfo.internalDTD is not None:
        raise _refused(file_name)
    return root


def local_name(element: etree._Element) -> str:
    """Return the name of an element without its namespace, "" for a comment."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _refused(file_name: str) -> BadDocument:
    return BadDocument(
        f"“{file_name}” has a DOCTYPE, which could carry harmful content.",
        "Open it in a text editor, delete the line that begins with <!DOCTYPE, and "
        "try again.",
    )


def _has_doctype(data: bytes) -> bool:
    """Whether a DOCTYPE comes before the first element, in any encoding."""

    def doctype(*_: object) -> None:
        raise _DoctypeFound

    def element(*_: object) -> None:
        raise _ElementReached

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = element
    try:
        parser.Parse(data, True)
    except _DoctypeFound:
        return True
    except (_ElementReached, expat.ExpatError, ValueError, LookupError):
        # Broken XML is the business of the real parser.
        return False
    return False
