"""Line samples to learn from or to measure on, read from folders."""

from __future__ import annotations

import csv
import logging
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.errors import HwocrError, TrainingDataMissing
from hwocr_desktop.core.formats.page_xml import read_page
from hwocr_desktop.core.pixels.crops import crop_line, fit_height
from hwocr_desktop.core.pixels.imaging import SUFFIXES, load_scan
from hwocr_desktop.core.text.text_metrics import normalize

log = logging.getLogger(__name__)


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
    """

    name: str
    gray: npt.NDArray[np.uint8]
    text: str
    set: str


def find_line_folders(folder: Path) -> list[Path]:
    """Return the folder and those below it that hold lines, sorted.

    A folder holds lines if it has a ``labels.tsv``, ``NAME.gt.txt`` files, or page
    images with PAGE XML (beside them or in ``page/``).

    Raises
    ------
    TrainingDataMissing
        If there is none.
    """
    found = [d for d in (folder, *_folders_below(folder)) if _holds_lines(d)]
    if not found:
        raise TrainingDataMissing(
            f"There are no transcribed lines in {folder}.",
            "Name a folder with labels.tsv, with NAME.gt.txt files, or with page "
            "images and their PAGE XML.",
        )
    return found


def _folders_below(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_dir() and p.name != "page")


def _holds_lines(folder: Path) -> bool:
    return (
        (folder / "labels.tsv").is_file()
        or any(folder.glob("*.gt.txt"))
        or any(True for _ in page_pairs(folder))
    )


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
        In a fixed order. A file that cannot be read is logged and left out.

    Raises
    ------
    TrainingDataMissing
        If a folder holds no lines.
    """
    found = [d for folder in folders for d in find_line_folders(folder)]
    with ThreadPoolExecutor(2) as pool:
        return [
            sample
            for part in pool.map(lambda d: list(_lines_of(d, keep_print)), found)
            for sample in part
        ]


def _lines_of(folder: Path, keep_print: bool) -> Iterator[LineSample]:
    if (folder / "labels.tsv").is_file():
        with (folder / "labels.tsv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
        pairs = [(folder / r[0], r[1]) for r in rows if len(r) >= 2]
        yield from _images(folder, pairs)
        return
    truths = sorted(folder.glob("*.gt.txt"))
    if truths:
        yield from _images(folder, list(_gt_pairs(truths)))
        return
    for image, xml in page_pairs(folder):
        yield from _page_lines(folder, image, xml, keep_print)


def _gt_pairs(truths: list[Path]) -> Iterator[tuple[Path, str]]:
    for truth in truths:
        stem = truth.name.removesuffix(".gt.txt")
        for suffix in sorted(SUFFIXES):
            image = truth.with_name(stem + suffix)
            if image.is_file():
                yield image, truth.read_text(encoding="utf-8").strip("\r\n")
                break


def _images(folder: Path, pairs: list[tuple[Path, str]]) -> Iterator[LineSample]:
    for path, text in pairs:
        try:
            gray = fit_height(load_scan(path, inverted=False).gray)
        except HwocrError as error:
            log.warning("left out %s: %s", path, error.message)
            continue
        yield LineSample(
            f"{folder.name}/{path.stem}", gray, normalize(text), folder.name
        )


def _page_lines(
    folder: Path, image: Path, xml: Path, keep_print: bool
) -> Iterator[LineSample]:
    try:
        page = read_page(xml)
        gray = load_scan(image, inverted=False).gray
    except HwocrError as error:
        log.warning("left out %s: %s", image, error.message)
        return
    for line in page.lines:
        # A machine's reading is no truth, not even its own.
        text = line.correction
        if text and (keep_print or line.kind != "printed"):
            crop = crop_line(gray, line.shape)
            name = f"{folder.name}/{image.stem}#{line.id}"
            yield LineSample(name, crop, normalize(text), folder.name)
