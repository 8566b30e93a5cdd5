"""Line samples to learn from or to measure on, read from folders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.errors import HwocrError, TrainingDataMissing
from hwocr_desktop.core.folders import folders_below
from hwocr_desktop.core.formats.page_xml import read_page
from hwocr_desktop.core.pixels.crops import crop_to_read, fit_height
from hwocr_desktop.core.pixels.imaging import SUFFIXES, load_scan
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.core.text.text_metrics import normalize
from hwocr_desktop.ml.line_batch import fits
from hwocr_desktop.ml.training.line_checks import (
    LeftOut,
    picture_fault,
    tell,
    text_fault,
)
from hwocr_desktop.ml.training.line_layouts import (
    LineEntry,
    find_layout,
    without_doubles,
)

_Piece = LineEntry | LeftOut | tuple[Path, Path]
"""A picture of a line, or a page and its PAGE XML; or what is the matter with one."""

_DRAWN_AT_ONCE = 8


class Gap(NamedTuple):
    """Where two words of a line part.

    Attributes
    ----------
    at : int
        Place of the space in the line's text.
    x : float
        The middle of the gap, in the line's width, 0..1.
    """

    at: int
    x: float


@dataclass(frozen=True, slots=True)
class LineSample:
    """A line crop with its true text.

    Attributes
    ----------
    name : str
        Where it comes from: SET/STEM or SET/STEM#line-id.
    gray : (64, W) uint8, 0 = black
        The crop as the recognizer gets it.
    text : str
        NFC.
    set : str
        Name of the folder it was found in.
    file, row : Path or None, int
        The file that says so, and its line there, from 1; 0 for the whole file.
    gaps : tuple of Gap
        Where the line can be cut, if that was looked for; see `splices`.
    """

    name: str
    gray: npt.NDArray[np.uint8]
    text: str
    set: str
    file: Path | None = None
    row: int = 0
    gaps: tuple[Gap, ...] = ()


def find_line_folders(folder: Path) -> list[Path]:
    """Return the folder and those below it that hold lines, sorted.

    A folder holds lines if it has a ``labels.tsv``, ``NAME.gt.txt`` files, the
    ``lines.txt`` or ``words.txt`` of IAM, or page images with PAGE XML (beside them or
    in ``page/``); of several, the first counts.

    Raises
    ------
    TrainingDataMissing
        If there is none.
    """
    searched = folders_below(folder)
    found = [
        d for d in searched if (d == folder or d.name != "page") and _holds_lines(d)
    ]
    if not found:
        raise TrainingDataMissing(
            f"There are no transcribed lines in {folder}.",
            "Name a folder with labels.tsv, with NAME.gt.txt files, with IAM's "
            "lines.txt or words.txt, or with page images and their PAGE XML.",
        )
    return found


def _holds_lines(folder: Path) -> bool:
    return find_layout(folder) is not None or any(True for _ in page_pairs(folder))


def page_pairs(folder: Path) -> Iterator[tuple[Path, Path]]:
    """Yield (image, PAGE XML) of a folder, by name."""
    for image in sorted(folder.iterdir()):
        if image.suffix.lower() in SUFFIXES:
            for xml in (
                image.with_suffix(".xml"),
                folder / "page" / f"{image.stem}.xml",
            ):
                if xml.is_file():
                    yield image, xml
                    break


def load_lines(
    folders: Iterable[Path], *, keep_print: bool = False
) -> list[LineSample]:
    """Load all transcribed lines below the given folders.

    Parameters
    ----------
    folders : iterable of Path
        Each is searched for line folders; see `find_line_folders`.
    keep_print : bool
        Whether lines marked as printed are wanted too.

    Returns
    -------
    list of LineSample
        In a fixed order. What cannot be used is logged and left out.

    Raises
    ------
    TrainingDataMissing
        If a folder holds no lines.
    """
    samples, left_out = sift_lines(folders, keep_print=keep_print)
    tell(left_out)
    return samples


def sift_lines(
    folders: Iterable[Path], *, keep_print: bool = False
) -> tuple[list[LineSample], list[LeftOut]]:
    """Load lines as `load_lines` does; return them, and what was left out and why."""
    found = [d for folder in folders for d in find_line_folders(folder)]
    samples: list[LineSample] = []
    left_out: list[LeftOut] = []
    with ThreadPoolExecutor(2) as pool:
        for part in pool.map(lambda d: list(_lines_of(d, keep_print)), found):
            for item in part:
                if isinstance(item, LeftOut):
                    left_out.append(item)
                else:
                    samples.append(item)
    return samples, left_out


def draw_lines(
    folders: Iterable[Path], most: int, rng: np.random.Generator
) -> list[LineSample]:
    """Load some of the transcribed lines below the given folders, drawn at random.

    Pages are drawn whole, as many as are needed: only their scans are opened.

    Parameters
    ----------
    folders : iterable of Path
    most : int
        Lines wanted; fewer if there are not so many.
    rng : numpy Generator

    Returns
    -------
    list of LineSample
        In the order of `load_lines`. What was drawn and cannot be used is logged.

    Raises
    ------
    TrainingDataMissing
        If a folder holds no lines.
    """
    pieces = [
        (d, piece)
        for folder in folders
        for d in find_line_folders(folder)
        for piece in _pieces(d)
    ]
    drawn: dict[int, list[LineSample | LeftOut]] = {}
    left = most
    order = rng.permutation(len(pieces)).tolist()
    with ThreadPoolExecutor(2) as pool:
        for start in range(0, len(order), _DRAWN_AT_ONCE):
            some = order[start : start + _DRAWN_AT_ONCE]
            for at, items in zip(
                some,
                pool.map(lambda at: list(_load_piece(*pieces[at], False)), some),
                strict=True,
            ):
                drawn[at] = items
                left -= sum(isinstance(item, LineSample) for item in items)
            if left <= 0:
                break
    items = [item for at in sorted(drawn) for item in drawn[at]]
    tell([item for item in items if isinstance(item, LeftOut)])
    samples = [item for item in items if isinstance(item, LineSample)]
    if len(samples) <= most:
        return samples
    kept = rng.choice(len(samples), most, replace=False)
    return [samples[at] for at in sorted(kept.tolist())]


def learnable(
    samples: Sequence[LineSample], charset: Charset
) -> tuple[list[LineSample], list[LeftOut]]:
    """Part the samples that a network with this alphabet can learn from the others.

    Parameters
    ----------
    samples : sequence of LineSample
    charset : Charset

    Returns
    -------
    list of LineSample, list of LeftOut
        Left out are texts with characters outside the alphabet, and those longer than
        the network has steps for a line of that width.
    """
    good: list[LineSample] = []
    left_out: list[LeftOut] = []
    for sample in samples:
        reason = _not_learnable(sample, charset)
        if reason:
            file = sample.file or Path(sample.name)
            if sample.file and not sample.row and "#" in sample.name:
                # Of a page, which line of it.
                reason = f"{sample.name.rpartition('#')[2]}: {reason}"
            left_out.append(LeftOut(file, sample.row, reason))
        else:
            good.append(sample)
    return good, left_out


def _not_learnable(sample: LineSample, charset: Charset) -> str:
    missing = charset.missing(sample.text)
    if missing:
        return f"The model's alphabet lacks characters of the text: {missing}"
    width = sample.gray.shape[1]
    if not fits(charset.encode(sample.text), width):
        return (
            f"The text has {len(sample.text)} characters, too many for a line that is "
            f"{width} pixels wide when it is {sample.gray.shape[0]} high."
        )
    return ""


def _lines_of(folder: Path, keep_print: bool) -> Iterator[LineSample | LeftOut]:
    for piece in _pieces(folder):
        yield from _load_piece(folder, piece, keep_print)


def _pieces(folder: Path) -> Iterator[_Piece]:
    """Yield what holds the lines of a folder, without opening a picture."""
    read = find_layout(folder)
    yield from page_pairs(folder) if read is None else without_doubles(read(folder))


def _load_piece(
    folder: Path, piece: _Piece, keep_print: bool
) -> Iterator[LineSample | LeftOut]:
    if isinstance(piece, LineEntry):
        yield _load(folder, piece)
    elif isinstance(piece, LeftOut):
        yield piece
    else:
        yield from _page_lines(folder, *piece, keep_print)


def _load(folder: Path, entry: LineEntry) -> LineSample | LeftOut:
    try:
        gray = load_scan(entry.image, inverted=False).gray
    except HwocrError as error:
        return LeftOut(entry.file, entry.row, error.message)
    text = normalize(entry.text)
    fault = picture_fault(gray, text)
    if fault:
        reason = f"The picture “{entry.image.name}” {fault}"
        return LeftOut(entry.file, entry.row, reason)
    return LineSample(
        f"{folder.name}/{entry.image.stem}",
        fit_height(gray),
        text,
        folder.name,
        entry.file,
        entry.row,
    )


def _page_lines(
    folder: Path, image: Path, xml: Path, keep_print: bool
) -> Iterator[LineSample | LeftOut]:
    try:
        page = read_page(xml)
    except HwocrError as error:
        yield LeftOut(xml, 0, error.message)
        return
    try:
        gray = load_scan(image, inverted=False).gray
    except HwocrError as error:
        yield LeftOut(image, 0, error.message)
        return
    for line in page.lines:
        # A machine's reading is no truth, not even its own.
        text = normalize((line.correction or "").strip())
        if not text or (line.kind == "printed" and not keep_print):
            continue
        crop = crop_to_read(gray, line.shape)
        fault = text_fault(text)
        hidden = picture_fault(crop, text)
        if fault:
            yield LeftOut(xml, 0, f"{line.id}: {fault}")
        elif hidden:
            yield LeftOut(xml, 0, f"The line {line.id} {hidden}")
        else:
            name = f"{folder.name}/{image.stem}#{line.id}"
            yield LineSample(name, crop, text, folder.name, xml)
