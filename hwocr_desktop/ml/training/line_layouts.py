"""Folders of line pictures: ``labels.tsv``, ``NAME.gt.txt``, and the lists of IAM."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hwocr_desktop.core.pixels.imaging import SUFFIXES
from hwocr_desktop.core.text.text_metrics import normalize
from hwocr_desktop.ml.training.line_checks import LeftOut, text_fault

LABELS = "labels.tsv"

IAM_LISTS = ("lines.txt", "words.txt")
"""Of lines and of words; where pictures of lines are there, words are not read too."""

# What stands before the text: 8 fields both in lines.txt (id, status, gray level,
# components, box) and in words.txt (id, status, gray level, box, part of speech).
_IAM_FIELDS = 8
_IAM_ROW = re.compile(rb"^\w+-\w+-\d+(-\d+)? (ok|err) -?\d+ ", re.MULTILINE)
_HEAD_BYTES = 1 << 16

_ZEROS = 16
"""Bytes to a zero byte, at most, in text of two bytes a character: names of files and
blanks have one each. A damaged row of UTF-8 has fewer."""

_MOST_ROWS = 5
"""Rows that contradict each other and are numbered."""


@dataclass(frozen=True, slots=True)
class LineEntry:
    """A picture of a line and what is written there.

    Attributes
    ----------
    image : Path
    text : str
        As it stands in the file, without blanks around it.
    file, row : Path, int
        Which file says so, and in which line, from 1; 0 for the whole file.
    """

    image: Path
    text: str
    file: Path
    row: int = 0


Found = LineEntry | LeftOut
Pictures = dict[Path, dict[str, Path]]
Reader = Callable[[Path], Iterator[Found]]


def find_layout(folder: Path) -> Reader | None:
    """Return what reads the line pictures of a folder, or None if it holds none."""
    if (folder / LABELS).is_file():
        return read_labels
    if _iam_list(folder) is not None:
        return read_iam
    if any(folder.glob("*.gt.txt")):
        return read_text_files
    return None


def read_labels(folder: Path) -> Iterator[Found]:
    """Read ``labels.tsv``: in each row a picture's name, a tab and the text.

    Parameters
    ----------
    folder : Path
        Names are below it.

    Yields
    ------
    LineEntry or LeftOut
        In the order of the rows; empty rows and further columns are passed over.
        Pictures elsewhere are left out: a list that comes with its pictures has no
        business there.
    """
    file = folder / LABELS
    for row, line in _rows(file):
        if isinstance(line, LeftOut):
            yield line
            continue
        name, tab, rest = line.partition("\t")
        if not tab:
            yield LeftOut(file, row, "There is no tab between a picture and its text.")
            continue
        name = name.strip()
        fault = _name_fault(name)
        # A name may take a way round, sub/../a.png, and name the same picture again.
        image = folder / os.path.normpath(name)
        if fault:
            yield LeftOut(file, row, fault)
        else:
            yield _entry(image, rest.split("\t")[0], file, row)


def _name_fault(name: str) -> str:
    """Return why a name cannot be that of a picture in the folder or below, or ""."""
    if not name:
        return "No picture is named before the tab."
    # Where links lead is the affair of who made them.
    if Path(name).anchor or Path(os.path.normpath(name)).parts[:1] == ("..",):
        return (
            f"The picture “{name}” does not lie in the folder of this list or below it."
        )
    return ""


def read_text_files(folder: Path) -> Iterator[Found]:
    """Read pairs of ``NAME.gt.txt`` and a picture ``NAME`` with any suffix.

    Where several pictures have the name, the first by its suffix is used; the others
    are left out.
    """
    pictures = _pictures(folder, {})
    others = _other_pictures(folder, pictures)
    for file in sorted(folder.glob("*.gt.txt")):
        stem = file.name.removesuffix(".gt.txt")
        if stem not in pictures:
            yield LeftOut(file, 0, f"There is no picture named {stem} beside it.")
            continue
        lines = [line for _, line in _rows(file)]
        bad = next((line for line in lines if isinstance(line, LeftOut)), None)
        if bad is not None:
            yield bad
            continue
        yield _entry(pictures[stem], "\n".join(map(str, lines)), file, 0)
        for other in others.get(stem, ()):
            yield LeftOut(
                other,
                0,
                f"{pictures[stem].name} beside it has the same text, and is used.",
            )


def _other_pictures(folder: Path, used: dict[str, Path]) -> dict[str, list[Path]]:
    """Return the pictures that have the name of one in use, by that name."""
    others: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in SUFFIXES and used.get(path.stem) != path:
            others.setdefault(path.stem, []).append(path)
    return others


def read_iam(folder: Path) -> Iterator[Found]:
    """Read the list of lines or words of the IAM database.

    Rows that IAM marks as badly cut (``err``) are passed over. Pictures lie as they
    are distributed (``lines/a01/a01-000u/a01-000u-00.png``) below the folder or
    beside it, or all in one folder.

    Parameters
    ----------
    folder : Path
        Holds ``lines.txt`` or ``words.txt``.
    """
    file = _iam_list(folder)
    if file is None:
        return
    root, seen = _iam_root(folder, file), Pictures()
    for row, line in _rows(file):
        if isinstance(line, LeftOut):
            yield line
            continue
        if line.startswith("#"):
            continue
        fields = line.split(" ", _IAM_FIELDS)
        if len(fields) <= _IAM_FIELDS or fields[1] not in ("ok", "err"):
            yield LeftOut(file, row, "This is not a row of IAM's list.")
        elif fields[1] == "ok":
            image = root and _iam_picture(root, fields[0], seen)
            text = join_tokens(fields[_IAM_FIELDS].split("|"))
            yield _entry(image or folder / f"{fields[0]}.png", text, file, row)


def join_tokens(tokens: list[str]) -> str:
    """Join IAM's tokens as they are written: no blank before a comma.

    A quotation mark alone opens and closes in turn; what follows an opening one, and
    what precedes a closing one, stands close to it.
    """
    text, is_open, glue = "", {'"': False, "'": False}, True
    for token in tokens:
        closes = bool(re.fullmatch(r"[.,;:!?)]+|\.\.\.|'(s|t|d|m|ll|re|ve)", token))
        opens = token == "("
        if token in is_open:
            closes, opens = is_open[token], not is_open[token]
            is_open[token] = opens
        text += token if glue or closes else f" {token}"
        glue = opens
    return text


def _iam_list(folder: Path) -> Path | None:
    """Return the list of a folder whose pictures are there, else any that is one."""
    lists = [folder / n for n in IAM_LISTS if _is_iam(folder / n)]
    return next((f for f in lists if _iam_root(folder, f)), lists[0] if lists else None)


def _is_iam(file: Path) -> bool:
    """Whether a file is such a list: many a transcription is named lines.txt."""
    if not file.is_file():
        return False
    try:
        with file.open("rb") as stream:
            return _IAM_ROW.search(stream.read(_HEAD_BYTES)) is not None
    except OSError:
        return False


def _iam_root(folder: Path, file: Path) -> Path | None:
    """Return the folder below which the pictures of a list lie."""
    with file.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    rows = (match[0].split(b" ")[0] for match in _IAM_ROW.finditer(head))
    names = [row.decode("ascii", "replace") for row in rows]
    seen = Pictures()
    for root in (folder / file.stem, folder.parent / file.stem, folder):
        if any(_iam_picture(root, name, seen) for name in names):
            return root
    return None


def _iam_picture(root: Path, name: str, seen: Pictures) -> Path | None:
    """Return the picture of a line or word by its name such as a01-000u-00."""
    form = "-".join(name.split("-")[:2])
    for place in (root / form.split("-")[0] / form, root / form, root):
        picture = _pictures(place, seen).get(name)
        if picture is not None:
            return picture
    return None


def _pictures(folder: Path, seen: Pictures) -> dict[str, Path]:
    """Return the pictures of a folder by their names without suffix; read once."""
    if folder not in seen:
        files = sorted(folder.iterdir(), reverse=True) if folder.is_dir() else []
        seen[folder] = {p.stem: p for p in files if p.suffix.lower() in SUFFIXES}
    return seen[folder]


def _entry(image: Path, text: str, file: Path, row: int) -> Found:
    text = text.replace("\t", " ").strip()
    fault = text_fault(text) or _picture_missing(image)
    return LeftOut(file, row, fault) if fault else LineEntry(image, text, file, row)


def without_doubles(found: Iterable[Found]) -> Iterator[Found]:
    """Leave out entries of one folder that repeat or contradict another.

    Of entries with the same picture and the same text the first one stays. Where the
    texts differ, nobody can say which is right, and none stays.
    """
    found = list(found)
    groups: dict[str, list[LineEntry]] = {}
    for item in found:
        if isinstance(item, LineEntry):
            groups.setdefault(_key(item), []).append(item)
    clashes = {key: _clash(group) for key, group in groups.items() if len(group) > 1}
    for item in found:
        if isinstance(item, LeftOut):
            yield item
            continue
        first, reason = groups[_key(item)][0], clashes.get(_key(item), "")
        if not reason and item is not first:
            reason = (
                f"Line {first.row} has the picture “{item.image.name}” with the same "
                "text already; it is used once."
            )
        yield LeftOut(item.file, item.row, reason) if reason else item


def _key(entry: LineEntry) -> str:
    """Return the same for the same picture: Windows knows no capitals in names."""
    return os.path.normcase(entry.image)


def _clash(group: list[LineEntry]) -> str:
    """Say which rows give a picture different texts; "" if there are none."""
    if len({normalize(entry.text) for entry in group}) == 1:
        return ""
    rows = [str(entry.row) for entry in group[:_MOST_ROWS]]
    last = "others" if len(group) > _MOST_ROWS else rows.pop()
    return (
        f"Lines {', '.join(rows)} and {last} give the picture "
        f"“{group[0].image.name}” different texts; none of them is used."
    )


def _picture_missing(path: Path) -> str:
    """Return why there is no picture at a place, or ""."""
    try:
        if path.is_file():
            return ""
        if path.is_dir():
            return f"“{path.name}” is a folder, not a picture."
    except OSError:  # a damaged list may name anything, thousands of letters long
        pass
    return f"The picture “{path.name}” is not there."


def _rows(file: Path) -> Iterator[tuple[int, str | LeftOut]]:
    """Yield the lines of a text file that are not empty, with their numbers.

    UTF-8, or UTF-16 with a byte order mark; each line of UTF-8 is decoded by itself,
    so that one damaged line costs no other.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        yield 0, LeftOut(file, 0, f"The file cannot be read ({error.strerror}).")
        return
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        data = data.decode("utf-16", "replace").encode()
    if data.count(0) * _ZEROS > len(data):
        yield 0, LeftOut(file, 0, "The file is not UTF-8; save it as UTF-8.")
        return
    data = data.removeprefix(codecs.BOM_UTF8)
    for row, line in enumerate(data.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield row, line.decode("utf-8")
        except UnicodeDecodeError:
            yield row, LeftOut(file, row, "The text is not UTF-8; save it as UTF-8.")
