"""Where a project says that its scans lie, and where they are found.

A scan that lies near the project is named relative to it, so that a folder with scans
and project can be moved or copied to another computer as a whole.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from hwocr_desktop.core import atomic
from hwocr_desktop.core.document.document import Page, Project
from hwocr_desktop.core.errors import FileNotReadable
from hwocr_desktop.core.pixels.scan_files import file_sha256

log = logging.getLogger(__name__)

# Folders beside the project that are searched for a scan that was moved.
_NEIGHBORS = 500


def store_source(folder: Path, scan: Path) -> str:
    """Return how a project names a scan.

    Parameters
    ----------
    folder : Path
        The project folder.
    scan : Path
        The scan.

    Returns
    -------
    str
        With forward slashes: relative to the folder if the scan lies in it, beside
        it, or in a folder beside it; absolute otherwise.
    """
    home, path = _absolute(folder), _absolute(scan)
    if path.is_relative_to(home):
        return path.relative_to(home).as_posix()
    # Beside a folder at the root of a disk would be everything.
    if home.parent != home.parent.parent and path.is_relative_to(home.parent):
        return "../" + path.relative_to(home.parent).as_posix()
    return path.as_posix()


def expected_path(folder: Path, source: str) -> Path:
    """Return where a source says its scan is, whether it is there or not."""
    return _absolute(folder / source)


def resolve_source(folder: Path, page: Page) -> Path:
    """Find the scan of a page.

    If it is not where it was, a file of the same name is looked for in the project
    folder, beside it, and in the folders in both. Where the project knows the
    checksum of the scan, only the same content will do: "001.jpg" is in every folder.

    Parameters
    ----------
    folder : Path
        The project folder.
    page : Page
        The page.

    Returns
    -------
    Path
        An existing file.

    Raises
    ------
    FileNotReadable
        If the scan is not found.
    """
    expected = expected_path(folder, page.source)
    if _is_file(expected):
        return expected
    for candidate in _candidates(_absolute(folder), page.source):
        if _is_file(candidate) and page.sha256 in ("", _checksum(candidate)):
            return candidate
    name = page.scan_name
    raise FileNotReadable(
        f"The scan “{name}” is not where it was ({expected}).",
        "Put it back, or put it into the project folder or beside it.",
    )


def seen_from(folder: Path, project: Project, other: Path) -> Project:
    """Return a project of one folder as it is to be written to another.

    Parameters
    ----------
    folder : Path
        The project folder.
    project : Project
        The project.
    other : Path
        The other folder; the project returned names the scans as seen from there.
    """

    def moved(page: Page) -> Page:
        try:
            scan = resolve_source(folder, page)
        except FileNotReadable:
            scan = expected_path(folder, page.source)
        return replace(page, source=store_source(other, scan))

    return replace(project, pages=tuple(map(moved, project.pages)))


def copy_word_list(folder: Path, project: Project, other: Path) -> None:
    """Copy the project's list of words to another folder, where it has one.

    A list that is gone cannot be copied; whoever reads with it is told.

    Raises
    ------
    OutputNotWritable
        If the other folder cannot be written to.
    """
    if not project.word_list:
        return
    try:
        data = (folder / project.word_list).read_bytes()
    except OSError as error:
        log.warning("the list of words is not copied: %s", error)
        return
    atomic.write_bytes(other / project.word_list, data)


def _candidates(folder: Path, source: str) -> Iterator[Path]:
    """Yield the places where a moved scan may be, the likeliest first."""
    parts = [part for part in source.split("/") if part not in ("", ".", "..")]
    if not parts:
        return
    # The folder of the scans may have been moved along as a whole.
    for start in range(len(parts)):
        for place in (folder, folder.parent):
            yield place.joinpath(*parts[start:])
    for place in (folder, folder.parent):
        for neighbor in _folders(place):
            yield neighbor / parts[-1]


def _folders(place: Path) -> list[Path]:
    """Return the folders in a folder, not too many."""
    try:
        with os.scandir(place) as entries:
            names = [entry.name for entry in islice(entries, 20 * _NEIGHBORS)]
    except OSError:
        return []
    found = (place / name for name in sorted(names))
    return list(islice((path for path in found if _is_folder(path)), _NEIGHBORS))


def _absolute(path: Path) -> Path:
    # Not resolve(): a person who works through a link means the name of the link.
    return Path(os.path.normpath(path.absolute()))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _checksum(path: Path) -> str:
    """Return the SHA-256 of a file, or "" where it cannot be read."""
    try:
        return file_sha256(path)
    except FileNotReadable:
        return ""
