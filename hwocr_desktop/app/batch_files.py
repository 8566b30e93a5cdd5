"""Which pages a run of many files works on, and where their outputs go. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote

from hwocr_desktop.core import atomic
from hwocr_desktop.core.errors import (
    BadRequest,
    FileNotReadable,
    HwocrError,
    OutputNotWritable,
)
from hwocr_desktop.core.pixels.imaging import count_frames, find_scans
from hwocr_desktop.core.pixels.ink_files import has_tag, read_tag
from hwocr_desktop.core.pixels.scan_files import file_sha256, in_plain_words


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
    OutputNotWritable
        If the folder cannot be made.
    """

    def __init__(self, paths: Sequence[Path], out: Path | None, suffix: str) -> None:
        self._out = out
        self._is_file = out is not None and _names_a_file(out, suffix, paths)
        if out is not None:
            _make_folder(out.parent if self._is_file else out)
        self.files, self.failures = _expand(paths)
        self._inputs = {file.path.resolve() for file in self.files}
        self._written: dict[str, Path] = {}

    def frames(self, file: InputFile) -> list[Frame] | Failure:
        """Return the pages of a file; only its header is read."""
        try:
            count = count_frames(file.path)
            if self._is_file and count > 1:
                raise BadRequest(
                    f"“{file.path.name}” has {count} pages, which do not go into one "
                    "file.",
                    "Name a folder for the output.",
                )
        except HwocrError as error:
            return Failure(file.path, error)
        return [
            Frame(file.path, index, self._stem(file, index, count))
            for index in range(count)
        ]

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
            If its folder cannot be made.
        """
        if frame.stem is None:
            raise ValueError("nothing is written in this run")
        output = frame.stem.with_name(frame.stem.name + suffix)
        _make_folder(output.parent)
        if output.resolve() in self._inputs:
            raise BadRequest(
                f"The output would replace the scan {output}.",
                "Choose another folder for the output.",
            )
        # Windows and macOS do not tell capital from small letters in names.
        key = str(output.absolute()).casefold()
        first = self._written.setdefault(key, frame.path)
        if first != frame.path:
            raise BadRequest(
                f"“{first.name}” was written to “{output.name}” already, and "
                f"“{frame.path.name}” would replace it.",
                "Give one of them another name, or use another output folder for it.",
            )
        return output


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


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise BadRequest(
            f"{folder} is a file, not a folder.", "Name a folder for the output."
        ) from error
    except OSError as error:
        raise atomic.not_writable(folder, error) from error


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
            found = _scans(path)
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


def _scans(path: Path) -> list[Path]:
    """Return the scans of a folder, or the file itself."""
    check_there(path)
    found = find_scans([path])
    if path.is_dir():
        # What an earlier run made is no scan, should it lie among them.
        found = [scan for scan in found if not has_tag(scan)]
    if not found:
        raise BadRequest(
            f"There are no scans in the folder {path}.",
            "Name a folder that holds pictures (PNG, JPEG, TIFF, ...) or PDF files.",
        )
    return found


@dataclass(frozen=True, slots=True)
class Origin:
    """What a picture of ink was made of.

    Attributes
    ----------
    name : str
        The scan's name, for people.
    content : str
        Tells its pixels from all others: the checksum of the file and the page in it.
        No folder is part of it, so that scans may be moved.
    """

    name: str
    content: str

    def tag(self, settings: str) -> str:
        """Return what a picture of it, made in that way, says of itself."""
        # Names may hold anything, tags only ASCII.
        return f"{settings}{_OF}{quote(self.name, safe='')}{_CONTENT}{self.content}"


_OF, _CONTENT = " of=", " sha256="


def origin_of(frame: Frame) -> Origin:
    """Return what a picture of a page is made of; reads the whole file.

    Raises
    ------
    FileNotReadable
        If that is not possible.
    """
    digest = file_sha256(frame.path)
    return Origin(frame.path.name, f"{digest} page={frame.index + 1}")


def _origin_in(tag: str) -> Origin | None:
    """Return what a picture with that tag was made of, if it says so."""
    name, is_told, content = tag.partition(_OF)[2].partition(_CONTENT)
    return Origin(unquote(name), content) if is_told else None


def are_finished(outputs: Sequence[Path], origin: Origin, settings: str) -> bool:
    """Whether all outputs are there, made in the same way of the same scan.

    Parameters
    ----------
    outputs : sequence of Path
        Pictures of ink, there or not.
    origin : Origin
        The page they are to be made of.
    settings : str
        How they are to be made.

    Raises
    ------
    BadRequest
        If one is there that was not made by this program.
    OutputNotWritable
        If one is there that was made of another scan, or does not say of which.
    """
    tags = {output: read_tag(output) for output in outputs if output.exists()}
    for output, tag in tags.items():
        _check_is_of(output, tag, origin)
    # A scan under another name is the same if it is so byte by byte.
    wanted = (f"{settings}{_OF}", f"{_CONTENT}{origin.content}")
    return len(tags) == len(outputs) and all(
        tag is not None and tag.startswith(wanted[0]) and tag.endswith(wanted[1])
        for tag in tags.values()
    )


def _check_is_of(output: Path, tag: str | None, origin: Origin) -> None:
    """Refuse to replace what was not made of this scan."""
    advice = "Choose another folder for the output, or use --force to replace it."
    if tag is None:
        raise BadRequest(
            f"“{output.name}” is there already and was not made by this command.",
            advice,
        )
    of = _origin_in(tag)
    if of is None:
        raise OutputNotWritable(
            f"“{output.name}” is there already and does not say of which scan it was "
            "made.",
            advice,
        )
    if of.content == origin.content:
        return
    if of.name == origin.name:
        raise OutputNotWritable(
            f"“{output.name}” is there already and was made of another scan that is "
            f"called “{of.name}” too, or of this one before it was changed.",
            advice,
        )
    raise OutputNotWritable(
        f"“{output.name}” is there already and was made of another scan, “{of.name}”.",
        advice,
    )
