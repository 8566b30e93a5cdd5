"""The text of a Word file (.docx), paragraph by paragraph."""

from __future__ import annotations

import zipfile
from pathlib import Path

from lxml import etree

from hwocr_desktop.core.errors import BadDocument, FileNotReadable
from hwocr_desktop.core.formats.safe_xml import parse_data

_BODY = "word/document.xml"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_PARAGRAPH = f"{_W}p"
_MOST_BYTES = 50 * 1024 * 1024
_BREAKS = {f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}tab": " "}


def read_docx(path: Path) -> str:
    r"""Return the text of a Word file.

    Parameters
    ----------
    path : Path

    Returns
    -------
    str
        A paragraph a line, breaks within one as ``\n``; those of a text box follow
        the paragraph that it is tied to. Text that was struck out by tracked changes,
        notes and headers are left out.

    Raises
    ------
    FileNotReadable
        If the file is missing or may not be read.
    BadDocument
        If it is no Word file, damaged, or far too large.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            if packed.getinfo(_BODY).file_size > _MOST_BYTES:
                raise BadDocument(
                    f"“{path.name}” holds far too much text.",
                    "Save the pages you need as a file of their own.",
                )
            body = packed.read(_BODY)
    except OSError as error:
        raise FileNotReadable(
            f"The text “{path}” cannot be read.",
            "Check the name, and that you may read the file.",
        ) from error
    except (zipfile.BadZipFile, KeyError, ValueError, NotImplementedError) as error:
        raise _no_word_file(path) from error
    except RuntimeError as error:  # what zipfile says of a password
        raise BadDocument(
            f"“{path.name}” is protected by a password.",
            "Save it without one, or as plain text.",
        ) from error
    root = parse_data(body, path.name)
    if root.tag != f"{_W}document":
        raise _no_word_file(path)
    _leave_one_way(root)
    return "\n".join(map(_text, root.iter(_PARAGRAPH)))


def _leave_one_way(root: etree._Element) -> None:
    """Of what is there in several ways, for older programs too, leave the first."""
    for ways in list(root.iter(f"{_MC}AlternateContent")):
        for other in list(ways)[1:]:
            ways.remove(other)


def _text(paragraph: etree._Element) -> str:
    """Return the text of a paragraph without that of paragraphs in it: text boxes."""
    return "".join(
        _BREAKS.get(str(item.tag), item.text or "")
        for item in paragraph.iter(f"{_W}t", *_BREAKS)
        if next(item.iterancestors(_PARAGRAPH)) is paragraph
    )


def _no_word_file(path: Path) -> BadDocument:
    return BadDocument(
        f"“{path.name}” is not a Word file, or it is damaged.",
        "Open it in a word processor and save it as .docx or as plain text.",
    )
