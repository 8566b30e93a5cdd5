"""Which files are scans, and what to say about those that cannot be read.

A file is judged by its first bytes, not by its name: scanners and mail programs
misname files. The suffix only chooses which files of a folder are worth a look.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import re
import struct
import zlib
from collections.abc import Iterable, Iterator
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

SUFFIXES: tuple[str, ...] = (
    ".png",
    ".jpg",
    ".jpeg",
    ".jpe",
    ".jfif",
    ".tif",
    ".tiff",
    ".bmp",
    ".webp",
    ".jp2",
    ".j2k",
    ".jpf",
    ".jpx",
    ".gif",
    ".pgm",
    ".ppm",
    ".pnm",
    ".avif",
    ".pdf",
)

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
        If the file is missing, a folder, or may not be read.
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
        raise _in_plain_words(path, error) from error


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


def _in_plain_words(path: Path, error: Exception) -> HwocrError:
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
        If the file is missing, a folder, or may not be read.
    """
    path = Path(path)
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        explained = _in_plain_words(path, error)
        if isinstance(explained, FileNotReadable):
            raise explained from error
        raise FileNotReadable(
            f"“{path.name}” could not be read ({error.strerror or error}).",
            "Check that it is a file, and that its drive is connected.",
        ) from error


def find_scans(paths: Iterable[Path]) -> list[Path]:
    """Expand folders into the scans they hold, and put all in natural order.

    A file is taken whatever its name. Of a folder and its subfolders the files with
    one of `SUFFIXES` are taken, hidden ones not. Nothing is listed twice.

    Parameters
    ----------
    paths : iterable of Path
        Files and folders.

    Returns
    -------
    list of Path
        Files, ``page2`` before ``page10``; those of one folder stay together.

    Raises
    ------
    FileNotReadable
        If a path does not exist or a folder may not be listed.
    """
    found: dict[Path, Path] = {}
    for path in map(Path, paths):
        for scan in _scans_below(path) if path.is_dir() else [path]:
            if not scan.exists():
                missing = FileNotFoundError(errno.ENOENT, "not found")
                raise _in_plain_words(scan, missing)
            found.setdefault(scan.absolute(), scan)
    return sorted(found.values(), key=_natural_key)


def _scans_below(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder, onerror=_raise_unlistable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if not name.startswith(".") and name.lower().endswith(SUFFIXES):
                yield Path(root) / name


def _raise_unlistable(error: OSError) -> None:
    folder = Path(error.filename)
    raise FileNotReadable(
        f"The folder “{folder.name}” may not be listed ({error.strerror}).",
        "Ask its owner for permission, or copy the scans to a folder of your own.",
    ) from error


def _natural_key(path: Path) -> tuple[tuple[tuple[int, int, str], ...], ...]:
    """Compare numbers in names as numbers, folder by folder, case apart."""
    absolute = path.absolute()
    # A folder's own files come before those of its subfolders: pad the name's level.
    folders, name = absolute.parts[:-1], absolute.name
    return (*(_words(part) for part in folders), ((-1, 0, ""),), _words(name))


def _words(text: str) -> tuple[tuple[int, int, str], ...]:
    pieces = re.findall(r"\d+|\D+", text.casefold())
    return tuple((0, int(p), p) if p.isdecimal() else (1, 0, p) for p in pieces)
