"""Reading text files that people bring."""

from __future__ import annotations

from pathlib import Path

from hwocr_desktop.core.errors import BadDocument, FileNotReadable

_OTHER_MARKS = (b"\xff\xfe", b"\xfe\xff")
"""Beginnings of text in UTF-16 and UTF-32."""


def read_text(path: Path) -> str:
    r"""Return the text of a file in UTF-8, without a mark at its beginning.

    Lines end with ``\n``, however they end in the file.

    Raises
    ------
    FileNotReadable
        If the file is missing, a folder, or may not be read.
    BadDocument
        If it is no text, or in another encoding.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        if path.is_dir():
            raise FileNotReadable(
                f"“{path}” is a folder, not a text file.", "Name a file in it."
            ) from error
        raise FileNotReadable(
            f"The text “{path}” cannot be read.",
            "Check the name, and that you may read the file.",
        ) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if b"\0" in data and not data.startswith(_OTHER_MARKS):
            raise BadDocument(
                f"“{path.name}” is not a text file.",
                "Name a file of plain text in the encoding UTF-8.",
            ) from error
        line = data.count(b"\n", 0, error.start) + 1
        raise BadDocument(
            f"“{path.name}” is not a text in UTF-8; see line {line}.",
            "Open it in a text editor and save it with the encoding UTF-8.",
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")
