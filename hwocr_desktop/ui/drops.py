"""What was dropped onto the window: projects, lines and text, scans, models."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from hwocr_desktop.app.transcripts import SUFFIXES
from hwocr_desktop.core.document.backups import NAME, has_project
from hwocr_desktop.ml.model_archive import SUFFIX


@dataclass(frozen=True, slots=True)
class Dropped:
    """Paths by what is to be done with them."""

    projects: tuple[Path, ...] = ()
    documents: tuple[Path, ...] = ()
    scans: tuple[Path, ...] = ()
    models: tuple[Path, ...] = ()


def dropped_paths(data: QMimeData) -> list[Path]:
    """Return the files and folders of this computer in a drop."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def sort_paths(paths: Iterable[Path]) -> Dropped:
    """Tell projects, files with lines or text, and scans apart, by name and place.

    A folder is a project if it holds one, else scans are looked for in it. What is
    none of these is taken for a scan, so that the person is told what it is not.
    """
    projects: list[Path] = []
    documents: list[Path] = []
    scans: list[Path] = []
    models: list[Path] = []
    for path in paths:
        if path.name == NAME:
            projects.append(path.parent)
        elif path.suffix.lower() in (".xml", *SUFFIXES) and not path.is_dir():
            documents.append(path)
        elif path.suffix.lower() == SUFFIX and not path.is_dir():
            models.append(path)
        elif _is_project(path):
            projects.append(path)
        else:
            scans.append(path)
    return Dropped(tuple(projects), tuple(documents), tuple(scans), tuple(models))


def first_name(paths: Sequence[Path]) -> list[Path]:
    """Return the path that gives a new project its name, in a list.

    A single scan names it; of several scans their folder does.
    """
    if not paths:
        return []
    first = paths[0]
    if len(paths) == 1 or first.is_dir():
        return [first]
    # A folder at the root of a disk has no name.
    return [first.parent if first.parent.name else first]


def _is_project(path: Path) -> bool:
    try:
        return path.is_dir() and has_project(path)
    except OSError:
        return False


def leave_drops_to_the_window(window: QWidget) -> None:
    """Let files fall through to the window wherever they are dropped."""
    for area in window.findChildren(QAbstractScrollArea):
        area.setAcceptDrops(False)
        area.viewport().setAcceptDrops(False)
