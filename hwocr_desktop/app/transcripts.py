"""Files with the text of pages that somebody has transcribed already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hwocr_desktop.app.batch_files import Frame
from hwocr_desktop.core.errors import BadDocument, FileNotReadable
from hwocr_desktop.core.folders import first_file
from hwocr_desktop.core.formats.docx import read_docx
from hwocr_desktop.core.text_files import read_any_text

SUFFIXES = (".txt", ".docx")


@dataclass(frozen=True, slots=True)
class Transcript:
    """A text that somebody has.

    Attributes
    ----------
    text : str
    guessed : str
        The encoding of its file, if that had to be guessed; else "".
    """

    text: str
    guessed: str = ""


def read_transcript(path: Path) -> Transcript:
    """Return the text of a file of plain text or Word.

    Raises
    ------
    FileNotReadable
        If the file is missing or may not be read.
    BadDocument
        If it is neither, damaged, or empty.
    """
    if path.suffix.lower() == ".docx":
        text, guessed = read_docx(path), ""
    else:
        text, guessed = read_any_text(path)
    if not text.strip():
        raise BadDocument(
            f"The transcription “{path.name}” is empty.",
            "Choose the file with the text of the page.",
        )
    return Transcript(text, guessed)


def transcript_stems(scan: Path, index: int) -> list[str]:
    """Return what the file with the text of a page may be called, the best first.

    The text of a whole file says nothing of where its later pages begin.

    Parameters
    ----------
    scan : Path
    index : int
        Which page of it, from 0.
    """
    of_page = f"{scan.stem}-{index + 1:03}"
    return [of_page, scan.stem] if index == 0 else [of_page]


def find_transcript(
    stems: Sequence[str], folder: Path, suffixes: Sequence[str]
) -> Path | None:
    """Return the first file there is with one of the names; None if there is none."""
    paths = (folder / f"{stem}{suffix}" for stem in stems for suffix in suffixes)
    return first_file(paths)


def text_beside(frame: Frame, where: Path) -> Transcript:
    """Return the transcription of a page.

    Parameters
    ----------
    frame : Frame
        The page.
    where : Path
        The text itself, or a folder with ``STEM.txt`` or ``STEM.docx``; of a file of
        several pages ``STEM-001.txt`` and so on.

    Raises
    ------
    FileNotReadable, BadDocument
        If there is none, or it cannot be used.
    """
    if not where.is_dir():
        return read_transcript(where)
    stems = transcript_stems(frame.path, frame.index)
    path = find_transcript(stems, where, SUFFIXES)
    if path is not None:
        return read_transcript(path)
    raise FileNotReadable(
        f"“{frame.path.name}” has no transcription “{stems[-1]}.txt” in {where}.",
        "Put the text of the page there, plain in UTF-8 or as a Word file.",
    )
