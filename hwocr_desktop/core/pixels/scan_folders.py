"""Find the scans in folders."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from hwocr_desktop.core.errors import FileNotReadable
from hwocr_desktop.core.pixels.scan_files import in_plain_words

# Only chooses which files of a folder are worth a look; what a file is, its content
# says.
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


def find_scans(paths: Iterable[Path]) -> list[Path]:
    """Expand folders into the scans they hold, and put all in natural order.

    A file is taken whatever its name. Of a folder and its subfolders the files with
    one of `SUFFIXES` are taken, hidden ones not; links to folders are followed. Nothing
    is listed twice.

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
                raise in_plain_words(scan, missing)
            found.setdefault(scan.absolute(), scan)
    return sorted(found.values(), key=_natural_key)


def _scans_below(folder: Path) -> Iterator[Path]:
    seen: set[tuple[int, int]] = set()
    walk = os.walk(folder, onerror=_raise_unlistable, followlinks=True)
    for root, folders, files in walk:
        # Links may lead in a circle, or twice to one folder.
        status = Path(root).stat()
        place = status.st_dev, status.st_ino
        if place in seen:
            folders.clear()
            continue
        seen.add(place)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
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
