"""Which scan belongs to which picture of its ink, in the folders that people have.

Sets of pairs come as ``images/`` and ``gt/``, as the contests distribute them
(``OriginalImages/HW01.bmp`` and ``GTimages/HW01_estGT.tiff``, ``H01.png`` and
``H01_GT.tif``, ``Dataset/1.bmp`` and ``GT/1_gt.bmp``) and as plain pairs in one folder
(``NAME.png`` and ``NAME_gt.png``). One rule reads them all: a file is a truth if its
name or its folder says so, and its scan is what has the same name otherwise, in the
same folder or in the one beside it that is named most alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hwocr_desktop.core.errors import TrainingDataMissing
from hwocr_desktop.core.pixels.imaging import SUFFIXES

# The end of a truth's name: H01_GT, HW01_estGT, page.gt, page-gt, 7_gt.
_TRUTH_NAME = re.compile(
    r"[-_. ]+(?:est)?[-_ ]?(?:gt|ground[-_ ]?truth|truth)$", re.IGNORECASE
)
# A word of a truth folder's name: GT, GTimages, groundtruth.
_TRUTH_WORD = re.compile(
    r"(?i:gts?|(?:ground)?truths?|gt(?:im(?:ag)?e?s?|imgs?))|[A-Za-z]*[a-z]GT"
)
# "gr" alone may be a language; as this ending it is the contests' truth.
_TRUTH_END = "_GR"
_WORD = re.compile(r"[A-Za-z]+")
_SCAN_FOLDER = re.compile(
    r"images?|imgs?|orig(?:inals?)?|original_?images|inputs?|scans?|dataset|pages",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class InkPair:
    """A page whose ink is known.

    Attributes
    ----------
    name : str
        ``SET/STEM``, or ``STEM`` where the data is one set.
    scan, truth : Path
        The scan, and the picture of its ink (black = ink).
    """

    name: str
    scan: Path
    truth: Path


def find_pairs(folder: Path) -> list[InkPair]:
    """List the pairs of a folder, in the order of their scans.

    Parameters
    ----------
    folder : Path
        Holds ``images/`` and ``gt/`` (black = ink), another layout that the module
        describes, or folders with one of these; nothing deeper is looked at.

    Raises
    ------
    TrainingDataMissing
        If there is no pair at all.
    """
    if not folder.is_dir():
        raise TrainingDataMissing(
            f"The folder {folder} does not exist.", "Check the name of the folder."
        )
    truths: dict[Path, Path] = {}
    for place in (folder, *_folders(folder)):
        has_scans_elsewhere = any(
            truth.parent == place != scan.parent for scan, truth in truths.items()
        )
        if has_scans_elsewhere and _is_truth_folder(place.name):
            continue
        for scan, truth in _pairs_of_set(place):
            truths.setdefault(scan, truth)
    if not truths:
        raise TrainingDataMissing(
            f"There are no pairs of scan and ink in {folder}.",
            "Put the scans into a folder images/ and, beside it, pictures of their ink "
            "with the same names, black on white, into gt/; or name them NAME.png and "
            "NAME_gt.png.",
        )
    names: set[str] = set()
    pairs = []
    for scan in sorted(truths):
        name = _name(scan, folder)
        if name in names:
            name = scan.relative_to(folder).as_posix()
        names.add(name)
        pairs.append(InkPair(name, scan, truths[scan]))
    return pairs


def _name(scan: Path, folder: Path) -> str:
    group = scan.parent.relative_to(folder)
    if _SCAN_FOLDER.fullmatch(group.name):
        group = group.parent
    return (group / scan.stem).as_posix()


def _folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    found = (path for path in folder.iterdir() if not path.name.startswith("."))
    return sorted(path for path in found if path.is_dir())


def _pictures(folder: Path) -> list[Path]:
    """Return the pictures of a folder; of those that differ in kind only, PNG first."""
    if not folder.is_dir():
        return []
    found = (p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES)
    shown = (p for p in found if not p.name.startswith(".") and p.is_file())
    return sorted(shown, key=lambda p: (p.stem, p.suffix.lower() != ".png", p.name))


def _pairs_of_set(place: Path) -> Iterator[tuple[Path, Path]]:
    """Yield scan and truth of what a folder and those right below it hold."""
    pictures = {folder: _pictures(folder) for folder in (place, *_folders(place))}
    # What was asked for by name holds scans, whatever it is called.
    scans = {
        folder: {picture.stem.casefold(): picture for picture in reversed(found)}
        for folder, found in pictures.items()
        if folder == place or not _is_truth_folder(folder.name)
    }
    used: set[Path] = set()
    for folder, found in pictures.items():
        if folder in scans:
            continue
        near = _most_alike_first(folder, list(scans), place)
        for truth in found:
            match = _scan_of(truth, [scans[other] for other in near])
            if match is not None and match not in used:
                used |= {match, truth}
                yield match, truth
    for found in pictures.values():
        # A folder of truths that found their scans holds nothing else.
        if not used.isdisjoint(found) and found[0].parent not in scans:
            continue
        yield from _pairs_within([path for path in found if path not in used])


def _pairs_within(pictures: Sequence[Path]) -> Iterator[tuple[Path, Path]]:
    """Yield scan and truth that lie in the same folder."""
    by_stem = {picture.stem.casefold(): picture for picture in reversed(pictures)}
    taken: set[Path] = set()
    for truth in pictures:
        stem = _TRUTH_NAME.sub("", truth.stem)
        scan = by_stem.get(stem.casefold())
        if stem != truth.stem and scan is not None and scan not in taken:
            taken.add(scan)
            yield scan, truth


def _scan_of(truth: Path, places: Sequence[dict[str, Path]]) -> Path | None:
    """Return the first scan that has a truth's name, without what marks it as one."""
    for stem in (truth.stem, _TRUTH_NAME.sub("", truth.stem)):
        for scans in places:
            if stem.casefold() in scans:
                return scans[stem.casefold()]
    return None


def _is_truth_folder(name: str) -> bool:
    words = _WORD.findall(name)
    return name.endswith(_TRUTH_END) or any(map(_TRUTH_WORD.fullmatch, words))


def _words(name: str) -> set[str]:
    """Return the words of a folder's name that do not mark it as holding truths."""
    found = _WORD.findall(name.removesuffix(_TRUTH_END))
    return {word.casefold() for word in found if not _TRUTH_WORD.fullmatch(word)}


def _most_alike_first(truth: Path, folders: list[Path], place: Path) -> list[Path]:
    """Order folders by how likely they hold the scans of a folder of truths."""
    wanted = _words(truth.name)

    def likeness(folder: Path) -> tuple[int, bool, bool]:
        if folder == place:
            return 0, False, True
        shared = len(wanted & _words(folder.name))
        return shared, bool(_SCAN_FOLDER.fullmatch(folder.name)), False

    return sorted(folders, key=likeness, reverse=True)
