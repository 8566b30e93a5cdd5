"""Which pages a run of many files works on, and where their outputs go. No Qt."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hwocr_desktop.app.output_folder import (
    OutputFolder,
    is_no_folder,
    make_output_folder,
)
from hwocr_desktop.core.errors import (
    BadRequest,
    FileNotReadable,
    HwocrError,
    OutputNotWritable,
)
from hwocr_desktop.core.pixels.imaging import count_frames, find_scans
from hwocr_desktop.core.pixels.ink_files import has_tag
from hwocr_desktop.core.pixels.scan_files import in_plain_words
from hwocr_desktop.core.pixels.scan_folders import SUFFIXES as SCAN_SUFFIXES

_FILE_SUFFIXES = frozenset(
    {*SCAN_SUFFIXES, ".txt", ".xml", ".doc", ".docx", ".odt", ".rtf", ".md", ".htm"}
    | {".html", ".json", ".csv", ".tsv", ".svg", ".epub", ".hocr", ".zip", ".tei"}
)
"""What nobody ends the name of a folder in; other names with a dot may be dates."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One page of one file.

    Attributes
    ----------
    path : Path
        The file.
    index : int
        Which page of it, from 0.
    stem : Path or None
        Path of the output without its suffix; None where nothing is written.
    """

    path: Path
    index: int
    stem: Path | None


@dataclass(frozen=True, slots=True)
class Failure:
    """A file or folder that cannot be worked on at all."""

    path: Path
    error: HwocrError


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to work on, and its place below the output folder."""

    path: Path
    below: Path


class OutputPlan:
    """Where outputs go, and which files must not be written.

    Parameters
    ----------
    paths : sequence of Path
        Files and folders to work on.
    out : Path or None
        Folder for the outputs, or the file for a single page if it has the suffix
        of an output; None where nothing is written.
    suffix : str
        Of the outputs, with its dot.

    Raises
    ------
    BadRequest
        If a file is named for what may be several pages, or a file for a folder.

    Attributes
    ----------
    files, failures
        What to work on, and what cannot be worked on at all.
    folder : OutputFolder
        Made only when there is something to write.
    """

    def __init__(self, paths: Sequence[Path], out: Path | None, suffix: str) -> None:
        self._out = out
        self._is_file = out is not None and _names_a_file(out, suffix, paths)
        self.folder = OutputFolder(out.parent if out and self._is_file else out)
        self.files, self.failures = _expand(paths)
        self._inputs = {file.path.resolve() for file in self.files}
        self._written: dict[str, Path] = {}

    def frames(self, file: InputFile) -> list[Frame] | Failure:
        """Return the pages of a file; only its header is read."""
        try:
            count = count_frames(file.path)
        except HwocrError as error:
            return Failure(file.path, error)
        return [
            Frame(file.path, index, self._stem(file, index, count))
            for index in range(count)
        ]

    def has_pages(self) -> bool:
        """Whether there is anything to work on; files are opened up to the first."""
        return any(not isinstance(self.frames(file), Failure) for file in self.files)

    def _stem(self, file: InputFile, index: int, count: int) -> Path | None:
        if self._out is None:
            return None
        # `with_suffix` would take a part of a name such as "1890.05.02" away.
        if self._is_file:
            return self._out.with_name(self._out.stem)
        name = file.below.stem
        if count > 1:
            name += f"-{index + 1:0{max(3, len(str(count)))}}"
        return self._out / file.below.parent / name

    def claim(self, frame: Frame, suffix: str) -> Path:
        """Return the path of an output, whose folder is made, or refuse it.

        Raises
        ------
        BadRequest
            If it would replace an input, or what this run made of another scan.
        OutputNotWritable
            If its folder cannot be made, or its name is too long for the disk.
        """
        if frame.stem is None:
            raise ValueError("nothing is written in this run")
        output = frame.stem.with_name(frame.stem.name + suffix)
        make_output_folder(output.parent)
        _refuse_long(output, frame.path)
        if output.resolve() in self._inputs:
            raise _would_replace(output)
        # Windows and macOS do not tell capital from small letters in names.
        key = str(output.absolute()).casefold()
        first = self._written.setdefault(key, frame.path)
        if first != frame.path:
            # With their folders: scan and output may have one name.
            raise BadRequest(
                f"{first} was written to {output} already, and {frame.path} would "
                "replace it.",
                "Give one of them another name, or use another output folder for it.",
            )
        return output

    def is_known(self, path: Path) -> bool:
        """Whether a file is an input, or was written in this run."""
        key = str(path.absolute()).casefold()
        return key in self._written or path.resolve() in self._inputs

    def free(self, frame: Frame) -> None:
        """Give up what was claimed for a page that nothing was written of."""
        if frame.stem is None:
            return
        stem = str(frame.stem.absolute()).casefold()
        for key, first in list(self._written.items()):
            if first == frame.path and key.startswith(stem):
                del self._written[key]


def check_output(paths: Sequence[Path], out: Path | None, suffix: str) -> None:
    """See whether a name will do for the output, before anything is opened or made.

    Parameters
    ----------
    paths, out, suffix
        See `OutputPlan`.

    Raises
    ------
    BadRequest
        If it is the name of the scan itself, or of another kind of file, or of one
        file for several pages.
    """
    if out is None:
        return
    if _names_a_file(out, suffix, paths):
        if out.resolve() == paths[0].resolve():
            raise _would_replace(out)
        _refuse_several_pages(paths[0])
    elif out.is_file():
        raise is_no_folder(out)
    elif out.suffix.lower() in _FILE_SUFFIXES and not out.exists():
        raise BadRequest(
            f"“{out.name}” is no name for a file that ends in {suffix}, which is what "
            "would be written.",
            "Give it that ending, choose another format, or name a folder for the "
            "output.",
        )


def _refuse_several_pages(scan: Path) -> None:
    try:
        count = count_frames(scan)
    except HwocrError:
        return  # told with what becomes of each file
    if count > 1:
        raise BadRequest(
            f"“{scan.name}” has {count} pages, which do not go into one file.",
            "Name a folder for the output.",
        )


def _refuse_long(output: Path, scan: Path) -> None:
    """Refuse a name that the disk of the output cannot take."""
    try:
        output.lstat()
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise OutputNotWritable(
                f"“{output.name}” could not be saved because the name is too long.",
                f"Rename the scan “{scan.name}” to something shorter, or choose a "
                "folder with a shorter path.",
            ) from error


def _would_replace(scan: Path) -> BadRequest:
    return BadRequest(
        f"The output would replace the scan {scan}.",
        "Choose another folder for the output.",
    )


def _names_a_file(out: Path, suffix: str, paths: Sequence[Path]) -> bool:
    """Whether the output is a file for one page rather than a folder."""
    if out.suffix.lower() != suffix or out.is_dir():
        return False
    if len(paths) > 1 or paths[0].is_dir():
        raise BadRequest(
            f"“{out.name}” is the name of one file, but there may be several pages.",
            "Name a folder for the output.",
        )
    return True


def _expand(paths: Sequence[Path]) -> tuple[list[InputFile], list[Failure]]:
    """Return the files with their place below the output folder, and failures.

    A file lies at the top of the output folder; what a folder holds keeps its place
    in it, under the folder's name if several were given.
    """
    files: dict[Path, InputFile] = {}
    failures: list[Failure] = []
    many = sum(path.is_dir() for path in paths) > 1
    for path in paths:
        try:
            found = _scans(path, failures)
        except HwocrError as error:
            failures.append(Failure(path, error))
            continue
        for scan in found:
            below = Path(scan.name)
            if path.is_dir():
                below = scan.relative_to(path)
                below = Path(path.absolute().name) / below if many else below
            files.setdefault(scan.absolute(), InputFile(scan, below))
    return list(files.values()), failures


def check_there(path: Path) -> None:
    """Make sure that there is something at a path that a person has typed.

    Raises
    ------
    FileNotReadable
        If there is nothing.
    """
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileNotReadable(
            f"There is no file or folder {path}.", "Check the name."
        ) from error
    except OSError as error:
        raise in_plain_words(path, error) from error


def _scans(path: Path, failures: list[Failure]) -> list[Path]:
    """Return the scans of a folder, or the file itself; note what cannot be opened."""
    check_there(path)
    known = len(failures)
    found = find_scans([path], lambda at, error: failures.append(Failure(at, error)))
    if path.is_dir():
        # What an earlier run made is no scan, should it lie among them.
        found = [scan for scan in found if not has_tag(scan)]
    if not found and len(failures) == known:
        raise BadRequest(
            f"There are no scans in the folder {path}.",
            "Name a folder that holds pictures (PNG, JPEG, TIFF, ...) or PDF files.",
        )
    return found
