"""Find the scans in folders."""

from __future__ import annotations

import errno
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from hwocr_desktop.core.errors import FileNotReadable, HwocrError
from hwocr_desktop.core.folders import folders_below
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


Tell = Callable[[Path, HwocrError], object]


def find_scans(paths: Iterable[Path], tell: Tell | None = None) -> list[Path]:
    """Expand folders into the scans they hold, and put all in natural order.

    A file is taken whatever its name. Of a folder and its subfolders the files with
    one of `SUFFIXES` are taken, hidden ones not; links to folders are followed. Nothing
    is listed twice.

    Parameters
    ----------
    paths : iterable of Path
        Files and folders.
    tell : callable, optional
        Is told of what cannot be looked at in a folder, a link that leads nowhere or
        a folder that may not be listed, and why; the rest is listed then.

    Returns
    -------
    list of Path
        Files, ``page2`` before ``page10``; those of one folder stay together.

    Raises
    ------
    FileNotReadable
        If a path does not exist or may not be listed; without `tell`, also if that
        is so of anything below it.
    """
    found: dict[Path, Path] = {}

    def refuse(place: Path, error: HwocrError) -> None:
        if tell is None or place in named:
            raise error
        tell(place, error)

    named = [Path(path) for path in paths]
    for path in named:
        for scan in _scans_below(path, refuse) if path.is_dir() else [path]:
            if scan.exists():
                found.setdefault(scan.absolute(), scan)
            else:
                missing = FileNotFoundError(errno.ENOENT, "not found")
                refuse(scan, in_plain_words(scan, missing))
    return sorted(found.values(), key=_natural_key)


def _scans_below(folder: Path, refuse: Tell) -> Iterator[Path]:
    def unlistable(error: OSError) -> None:
        place = Path(error.filename)
        refuse(place, _may_not_be_listed(place, error))

    for place in folders_below(folder, with_hidden=False, on_error=unlistable):
        for path in place.iterdir():
            name = path.name
            is_scan = not name.startswith(".") and name.lower().endswith(SUFFIXES)
            if is_scan and not path.is_dir():
                yield path


def _may_not_be_listed(folder: Path, error: OSError) -> FileNotReadable:
    return FileNotReadable(
        f"The folder “{folder.name}” may not be listed ({error.strerror}).",
        "Ask its owner for permission, or copy the scans to a folder of your own.",
    )


def _natural_key(path: Path) -> tuple[tuple[tuple[int, int, str], ...], ...]:
    """Compare numbers in names as numbers, folder by folder, case apart."""
    absolute = path.absolute()
    # A folder's own files come before those of its subfolders: pad the name's level.
    folders, name = absolute.parts[:-1], absolute.name
    return (*(_words(part) for part in folders), ((-1, 0, ""),), _words(name))


def _words(text: str) -> tuple[tuple[int, int, str], ...]:
    pieces = re.findall(r"\d+|\D+", text.casefold())
    return tuple((0, int(p), p) if p.isdecimal() else (1, 0, p) for p in pieces)
