"""Folders of line pictures: ``labels.tsv``, ``NAME.gt.txt``, and the lists of IAM."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hwocr_desktop.core.pixels.imaging import SUFFIXES
from hwocr_desktop.ml.training.line_checks import LeftOut, text_fault

LABELS = "labels.tsv"

IAM_LISTS = ("lines.txt", "words.txt")
"""Of lines and of words; where pictures of lines are there, words are not read too."""

# What stands before the text: 8 fields both in lines.txt (id, status, gray level,
# components, box) and in words.txt (id, status, gray level, box, part of speech).
_IAM_FIELDS = 8
_IAM_ROW = re.compile(rb"^\w+-\w+-\d+(-\d+)? (ok|err) -?\d+ ", re.MULTILINE)
_HEAD_BYTES = 1 << 16


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
        yield _entry(folder / name.strip(), rest.split("\t")[0], file, row)


def read_text_files(folder: Path) -> Iterator[Found]:
    """Read pairs of ``NAME.gt.txt`` and a picture ``NAME`` with any suffix."""
    pictures = _pictures(folder, {})
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
            yield _entry(image or Path(f"{fields[0]}.png"), text, file, row)


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
    fault = text_fault(text)
    if fault:
        return LeftOut(file, row, fault)
    if not _is_file(image):
        return LeftOut(file, row, f"The picture “{image.name}” is not there.")
    return LineEntry(image, text, file, row)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a damaged list may name anything, thousands of letters long
        return False


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
    data = data.removeprefix(codecs.BOM_UTF8)
    for row, line in enumerate(data.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield row, line.decode("utf-8")
        except UnicodeDecodeError:
            yield row, LeftOut(file, row, "The text is not UTF-8; save it as UTF-8.")
