"""Files that a command writes beside its work: tables, pictures of figures, logs.

They replace what an earlier run wrote under the same name, and nothing else: who gives
the name of a scan by mistake must not lose the scan.
"""

from __future__ import annotations

import zlib
from pathlib import Path

from hwocr_desktop.core import atomic
from hwocr_desktop.core.errors import BadRequest, OutputNotWritable

_MARK = b"tEXtSoftware\0hwocr_desktop; figures"
_HEAD = 33
"""Bytes of a PNG's signature and first chunk; the mark follows them."""


def check_table(path: Path | None) -> None:
    """Refuse a place where no table may be written, before there is work lost.

    Raises
    ------
    BadRequest
        If the name does not end in .csv.
    OutputNotWritable
        See `refuse_unwritable`.
    """
    if path is not None:
        check_ending(path, ".csv")
        atomic.refuse_unwritable(path)


def check_picture(path: Path | None) -> None:
    """Refuse a place where no picture of figures may be written.

    Raises
    ------
    BadRequest
        If the name does not end in .png.
    OutputNotWritable
        If a picture that `write_picture` did not make has the name, or the folder
        takes no files.
    """
    if path is None:
        return
    check_ending(path, ".png")
    atomic.refuse_unwritable(path)
    if path.exists() and not _is_own(path):
        raise _is_anothers(path)


def check_plot(path: Path | None) -> None:
    """Refuse a place where no plot, with its table beside it, may be written.

    Raises
    ------
    BadRequest, OutputNotWritable
        See `check_picture`; also if a table is there without its plot.
    """
    check_picture(path)
    if path is not None and not path.exists():
        table = path.with_suffix(".csv")
        if table.exists():
            raise _is_anothers(table)


def check_log(path: Path | None) -> None:
    """Refuse a file that is no log of a training: lines would be added to it.

    Raises
    ------
    OutputNotWritable
        If there is such a file.
    """
    if path is None or not path.is_file():
        return
    try:
        with path.open("rb") as stream:
            first = stream.read(1)
    except OSError as error:
        raise atomic.not_writable(path, error) from error
    if first not in (b"", b"{"):
        raise _is_anothers(path)


def check_ending(path: Path, suffix: str) -> None:
    """Refuse a name with another ending.

    Raises
    ------
    BadRequest
        If it has one.
    """
    if path.suffix.lower() != suffix:
        raise BadRequest(
            f"“{path.name}” is no name for a file that ends in {suffix}, which is what "
            "would be written.",
            "Give it that ending.",
        )


def write_picture(path: Path, png: bytes) -> None:
    """Write a PNG, marked so that a later run may replace it.

    Raises
    ------
    OutputNotWritable
        See `atomic.write_bytes`; also if a picture is there that it did not write.
    """
    if path.exists() and not _is_own(path):
        raise _is_anothers(path)
    length = (len(_MARK) - 4).to_bytes(4, "big")
    mark = length + _MARK + zlib.crc32(_MARK).to_bytes(4, "big")
    atomic.write_bytes(path, png[:_HEAD] + mark + png[_HEAD:])


def _is_own(path: Path) -> bool:
    """Whether `write_picture` wrote a file."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD + 4 + len(_MARK))
    except OSError:
        return False
    return head.endswith(_MARK)


def _is_anothers(path: Path) -> OutputNotWritable:
    return OutputNotWritable(
        f"There is a file “{path}” already, which was not made by such a command.",
        "Give another name, or move that file away.",
    )
