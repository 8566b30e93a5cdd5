"""Reading text files that people bring."""

from __future__ import annotations

import codecs
from pathlib import Path

from hwocr_desktop.core.errors import BadDocument, FileNotReadable

# In this order: the mark of UTF-32 begins like that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GUESS = "cp1252"
WINDOWS = "Windows-1252"
"""What `read_any_text` calls the encoding that it guesses."""

_BETWEEN_LETTERS = frozenset("\u2019\u2013\u2014\u00b7\u00ac\u00a0\u00ad")
_SIGNS = _BETWEEN_LETTERS | frozenset("€\u201a„…\u2018“”•¡¢£¥§«»°²³¹ªº¼½¾¿")
"""What Western Europe writes beside letters; the first also within words."""

# One odd character of so many is a slip.
_ODD_OF = 20


def read_text(path: Path) -> str:
    r"""Return the text of a file in UTF-8, or in UTF-16 or UTF-32 with its mark.

    Lines end with ``\n``, however they end in the file; the mark is left out.

    Raises
    ------
    FileNotReadable
        If the file is missing, a folder, or may not be read.
    BadDocument
        If it is no text, or in another encoding.
    """
    return _with_line_feeds(_decoded(_data_of(path), path.name))


def read_any_text(path: Path) -> tuple[str, str]:
    """Return the text of a file as `read_text` does, or by a guess at its encoding.

    Old programs for Windows save in Windows-1252, which does not say so. It is taken
    for that if it is text then as Western Europe writes it, and is no damaged UTF-8.

    Returns
    -------
    (str, str)
        The text, and the encoding if it is a guess: `WINDOWS`, else "".

    Raises
    ------
    FileNotReadable, BadDocument
        See `read_text`.
    """
    data = _data_of(path)
    try:
        return _with_line_feeds(_decoded(data, path.name)), ""
    except BadDocument:
        text = None if _mark(data) else _windows_text(data)
        if text is None:
            raise
        return _with_line_feeds(text), WINDOWS


def _data_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        if path.is_dir():
            raise FileNotReadable(
                f"“{path}” is a folder, not a text file.", "Name a file in it."
            ) from error
        raise FileNotReadable(
            f"The text “{path}” cannot be read.",
            "Check the name, and that you may read the file.",
        ) from error


def _mark(data: bytes) -> str:
    """Return the encoding that a mark at the beginning tells; "" for none."""
    return next((name for mark, name in _MARKS if data.startswith(mark)), "")


def _decoded(data: bytes, name: str) -> str:
    marked = _mark(data)
    try:
        return data.decode(marked or "utf-8-sig")
    except UnicodeDecodeError as error:
        if marked:
            raise BadDocument(
                f"“{name}” begins like a text in {marked.upper()} and is none.",
                "Open it in a text editor and save it with the encoding UTF-8.",
            ) from error
        if b"\0" in data:
            raise BadDocument(
                f"“{name}” is not a text file.",
                "Name a file of plain text in the encoding UTF-8.",
            ) from error
        line = data.count(b"\n", 0, error.start) + 1
        raise BadDocument(
            f"“{name}” is not a text in UTF-8; see line {line}.",
            "Open it in a text editor and save it with the encoding UTF-8.",
        ) from error


def _with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _windows_text(data: bytes) -> str | None:
    """Return text in Windows-1252, or None if that is not what it looks like."""
    try:
        text = data.decode(_GUESS)
    except UnicodeDecodeError:
        return None
    if any(one < " " and one not in "\t\n\v\f\r" for one in text):
        return None
    as_utf8 = data.decode("utf-8", "replace")
    valid = sum(one > "\x7f" and one != "\ufffd" for one in as_utf8)
    if valid >= as_utf8.count("\ufffd"):
        # UTF-8 that was damaged in places: guessing would spoil all the rest.
        return None
    foreign = [at for at, one in enumerate(text) if one > "\x7f"]
    odd = sum(_is_odd(text, at) for at in foreign)
    letters = [one for one in text if one.isalpha()]
    # Of another alphabet most letters are foreign ones.
    is_other = 2 * sum(one > "\x7f" for one in letters) > len(letters)
    return None if is_other or odd * _ODD_OF > len(foreign) else text


def _is_odd(text: str, at: int) -> bool:
    """Whether a character stands where Windows-1252 would not put it.

    Letters of the alphabets of DOS, of the Macintosh or of Eastern Europe become
    signs within words, and capitals behind small letters.
    """
    one, before, behind = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    if one in _SIGNS:
        is_within = before.isalpha() and behind.isalpha()
        return is_within and one not in _BETWEEN_LETTERS
    return not one.isalpha() or (one.isupper() and before.islower())
