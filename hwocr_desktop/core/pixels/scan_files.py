"""Open files that shall be scans, and say plainly why one cannot be read.

A file is judged by its first bytes, not by its name: scanners and mail programs
misname files.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import re
import stat
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal

from hwocr_desktop.core.errors import (
    FileNotReadable,
    HwocrError,
    OutOfMemory,
    UnreadableImage,
)

log = logging.getLogger(__name__)

Kind = Literal[
    "png", "jpeg", "tiff", "bmp", "webp", "jpeg2000", "gif", "pnm", "avif", "pdf"
]

# A0 at 500 dpi. In color its pixels fill 1.6 GB of memory, and the work on them
# more than that again; what is larger is a mistake or an attack more often than a page.
MAX_PIXELS = 400_000_000
# Less than this cannot hold one letter.
MIN_SIDE = 4

# What the libraries raise on damaged files, collected by feeding them damaged files.
# None of them promises a common ancestor; RuntimeError covers pdfium and imagecodecs.
DAMAGE_ERRORS: tuple[type[Exception], ...] = (
    OSError,  # Pillow: truncated, unidentified
    SyntaxError,  # Pillow: broken PNG and WebP
    ValueError,  # Pillow, numpy, tifffile.TiffFileError
    EOFError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,  # resolutions such as 1/0
    AssertionError,
    RuntimeError,
    struct.error,
    zlib.error,
)

_ABSENT = {errno.ENOENT, errno.ENOTDIR}
_FORBIDDEN = {errno.EACCES, errno.EPERM}
# Trouble with the drive or the network, not with the file.
_DEVICE = {errno.EIO, errno.ENXIO, errno.ENODEV, errno.ETIMEDOUT, errno.ESTALE}

_NO_FILES = {
    stat.S_IFIFO: "a pipe of another program",
    stat.S_IFSOCK: "a socket of another program",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}

_GOOD_FORMATS = "PNG, JPEG, TIFF, BMP, WebP, JPEG 2000 or PDF"
_HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"}
_BMP_HEADER_SIZES = {12, 16, 40, 52, 56, 64, 108, 124}


@contextmanager
def opened(path: Path) -> Iterator[tuple[BinaryIO, Kind]]:
    """Open a scan for reading and turn whatever goes wrong into plain words.

    Parameters
    ----------
    path : Path
        The file.

    Yields
    ------
    stream : BinaryIO
        The file, at its beginning; closed when the block ends.
    kind : Kind
        What the file is by its content.

    Raises
    ------
    FileNotReadable
        If the file is missing, a folder or a pipe, or may not be read.
    UnreadableImage
        If it is empty, of an unknown kind, or if the code in the block meets damage.
    OutOfMemory
        If the code in the block needs more memory than there is.
    """
    path = Path(path)
    if path.is_dir():
        raise FileNotReadable(
            f"“{path.name}” is a folder, not a scan.",
            "Open the files in it, or add the whole folder.",
        )
    try:
        refuse_pipes(path)
        with path.open("rb") as stream:
            kind = kind_of(path.name, stream.read(1024))
            stream.seek(0)
            yield stream, kind
    except MemoryError as error:
        raise OutOfMemory(
            f"There is not enough memory to open “{path.name}”.",
            "Close other programs, or scan the page at a lower resolution.",
        ) from error
    except DAMAGE_ERRORS as error:
        raise in_plain_words(path, error) from error


def refuse_pipes(path: Path) -> None:
    """Refuse what is no ordinary file, before opening it waits for ever.

    Parameters
    ----------
    path : Path
        A file, a folder or a link to one, there or not.

    Raises
    ------
    FileNotReadable
        If it is a pipe, a socket or a device.
    OSError
        If the system does not say what it is.
    """
    kind = _NO_FILES.get(stat.S_IFMT(path.stat().st_mode))
    if kind:
        raise FileNotReadable(
            f"“{path.name}” is {kind}, not a file with a scan.",
            "Take it out of the folder, or save the picture as a file and open that.",
        )


def kind_of(name: str, head: bytes) -> Kind:
    """Tell by its first bytes what a file is.

    Parameters
    ----------
    name : str
        The file's name, for the message.
    head : bytes
        Its first bytes, 1024 or all there are.

    Raises
    ------
    UnreadableImage
        If the file is empty or of no kind that can be read.
    """
    if not head:
        raise UnreadableImage(
            f"“{name}” is empty (0 bytes).",
            "Copy or scan it again; the copying was probably interrupted.",
        )
    kind = _known_kind(head)
    if kind is not None:
        return kind
    stranger = _known_stranger(head)
    if stranger:
        raise UnreadableImage(
            f"“{name}” is a {stranger} file, which this program cannot read.",
            f"Save it as {_GOOD_FORMATS} in another program and open that file.",
        )
    raise UnreadableImage(
        f"“{name}” is not a picture that this program can read.",
        f"Choose a {_GOOD_FORMATS} file; the end of a name does not make it one.",
    )


def _known_kind(head: bytes) -> Kind | None:
    starts: tuple[tuple[bytes, Kind], ...] = (
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"\xff\xd8\xff", "jpeg"),
        (b"II*\0", "tiff"),
        (b"MM\0*", "tiff"),
        (b"II+\0", "tiff"),
        (b"MM\0+", "tiff"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "jpeg2000"),
        (b"\xff\x4f\xff\x51", "jpeg2000"),
        (b"GIF87a", "gif"),
        (b"GIF89a", "gif"),
    )
    for magic, kind in starts:
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:12] in (b"ftypavif", b"ftypavis"):
        return "avif"
    # Two letters are little evidence: a text may begin with them.
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADER_SIZES:
        return "bmp"
    if re.match(rb"P[1-6]\s", head):
        return "pnm"
    # Readers accept some bytes before the header.
    if b"%PDF-" in head:
        return "pdf"
    return None


def _known_stranger(head: bytes) -> str:
    """Name a format that people take for a scan, or ""."""
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return "HEIC"
    if head.startswith(b"AT&TFORM"):
        return "DjVu"
    if head.startswith(b"8BPS"):
        return "Photoshop"
    if head.startswith((b"\xff\x0a", b"\0\0\0\x0cJXL ")):
        return "JPEG XL"
    if head.startswith(b"PK\x03\x04"):
        return "ZIP or office"
    return ""


def check_size(name: str, width: int, height: int) -> None:
    """Refuse a picture by its header, before memory is spent on it.

    Raises
    ------
    UnreadableImage
        If it has more pixels than `MAX_PIXELS` or a side shorter than `MIN_SIDE`.
    """
    if width * height > MAX_PIXELS:
        raise UnreadableImage(
            f"“{name}” has {width} x {height} pixels, more than the "
            f"{MAX_PIXELS // 1_000_000} million that can be opened at once.",
            "Scan it at a lower resolution, or cut it into parts with an image "
            "program and open those.",
        )
    if min(width, height) < MIN_SIDE:
        raise UnreadableImage(
            f"“{name}” has only {width} x {height} pixels, too few to hold writing.",
            "Look for the full-size scan; this is a placeholder or a thumbnail.",
        )


def check_frame(name: str, frame: int, frames: int) -> None:
    """Refuse a page that a file does not have.

    Raises
    ------
    UnreadableImage
        If ``frame`` is not in 0..frames - 1.
    """
    if not 0 <= frame < frames:
        there = {0: "no pages", 1: "only one page"}.get(frames, f"only {frames} pages")
        raise UnreadableImage(
            f"“{name}” has {there}; page {frame + 1} does not exist.",
            "The file has probably been replaced; remove the page and add it again.",
        )


def in_plain_words(path: Path, error: Exception) -> HwocrError:
    """Say what is wrong with a scan that a library or the system has refused.

    Parameters
    ----------
    path : Path
        The file.
    error : Exception
        One of `DAMAGE_ERRORS`.

    Returns
    -------
    FileNotReadable or UnreadableImage
        The error to raise.
    """
    number = error.errno if isinstance(error, OSError) else None
    if number in _ABSENT:
        return FileNotReadable(
            f"“{path.name}” is not there any more ({path}).",
            "Reconnect the drive, or tell the program where the file is now.",
        )
    if number in _FORBIDDEN:
        return FileNotReadable(
            f"“{path.name}” may not be read by you.",
            "Ask its owner for permission, or copy it to a folder of your own.",
        )
    if number in _DEVICE:
        return FileNotReadable(
            f"“{path.name}” could not be read from its drive ({error}).",
            "Check the cable or the network, and try again.",
        )
    log.info("cannot decode %s: %s: %s", path, type(error).__name__, error)
    return UnreadableImage(
        f"“{path.name}” is damaged or incomplete.",
        "Copy it again from its source, or open it in another program and save it "
        "anew as PNG or TIFF.",
    )


def file_sha256(path: Path) -> str:
    """Return the SHA-256 checksum of a file, 64 hexadecimal digits.

    Raises
    ------
    FileNotReadable
        If the file is missing, a folder or a pipe, or may not be read.
    """
    path = Path(path)
    try:
        refuse_pipes(path)
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        explained = in_plain_words(path, error)
        if isinstance(explained, FileNotReadable):
            raise explained from error
        raise FileNotReadable(
            f"“{path.name}” could not be read ({error.strerror or error}).",
            "Check that it is a file, and that its drive is connected.",
        ) from error
