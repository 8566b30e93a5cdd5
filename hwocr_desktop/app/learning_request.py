"""What a teaching is asked to do, and what may become of the model it makes. No Qt."""

from __future__ import annotations

import re
import shutil
import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol

from hwocr_desktop.app import learning_runs
from hwocr_desktop.app.damaged_scans import is_damaged, look_at_scans
from hwocr_desktop.app.learning_lines import choose_lines
from hwocr_desktop.core import paths
from hwocr_desktop.core.document.document import Page, Project
from hwocr_desktop.core.document.sources import resolve_source
from hwocr_desktop.core.errors import FileNotReadable, OutputNotWritable
from hwocr_desktop.core.progress import CancelToken, Report
from hwocr_desktop.core.text.language import LANGUAGE_NAME
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.registry import ModelCard

Subject = Literal["lines", "words", "ink", "pairs", "layout"]
"""What is taught: to read lines or single words, to clean pages (by what was mended, or
by pairs of scan and ink), or to find lines."""


@dataclass(frozen=True, slots=True)
class LearnRequest:
    """What to learn.

    Attributes
    ----------
    project : Project
    folder : Path
        Its folder, or that with the pairs.
    page_ids : tuple of str
        Pages to learn from; empty for all.
    model : str
        Id of the model to start from, of those that do what is taught.
    minutes : float
        Time for training.
    subject : "lines", "words", "ink", "pairs" or "layout"
    general : Path, optional
        Folder with lines of other hands to mix in; see `general_lines`.
    unchecked : bool
        Whether to learn from lines, too, that nobody has checked; see
        `unchecked_lines`.
    """

    project: Project
    folder: Path
    page_ids: tuple[str, ...]
    model: str
    minutes: float = 5.0
    subject: Subject = "lines"
    general: Path | None = None
    unchecked: bool = True


def without_lost_pages(request: LearnRequest) -> tuple[LearnRequest, list[Page]]:
    """Leave out pages whose scans are not there, so that none of them is held out.

    Nor are those whose scans were found to be damaged, by `look_for_damage`.

    Returns
    -------
    request : LearnRequest
        The same one if all scans are where they should be.
    lost : list of Page
    """
    wanted = set(request.page_ids)
    lost = [
        page
        for page in request.project.pages
        if (not wanted or page.id in wanted) and not _is_there(request.folder, page)
    ]
    if not lost:
        return request, lost
    gone = {page.id for page in lost}
    pages = tuple(page for page in request.project.pages if page.id not in gone)
    ids = tuple(page_id for page_id in request.page_ids if page_id not in gone)
    if wanted and not ids:
        pages = ()  # no names would mean all pages
    return replace(
        request, project=replace(request.project, pages=pages), page_ids=ids
    ), lost


def _is_there(folder: Path, page: Page) -> bool:
    try:
        resolve_source(folder, page)
    except FileNotReadable:
        return False
    return not is_damaged(folder, page)


def look_for_damage(request: LearnRequest, cancel: CancelToken, report: Report) -> None:
    """Try to open the scans that are learned from, before it is chosen from which.

    Raises
    ------
    Cancelled
        If cancelled.
    """
    wanted = set(request.page_ids)
    pages = [p for p in request.project.pages if not wanted or p.id in wanted]
    if request.subject in ("lines", "words"):
        chosen = choose_lines(request.project, request.page_ids)
        used = {page.id for page, _ in chosen.lines}
        pages = [page for page in pages if page.id in used]
    elif request.subject == "ink":
        pages = [page for page in pages if page.mending]
    else:
        pages = [page for page in pages if page.lines]
    look_at_scans(request.folder, pages, cancel, report)


class Taught(Protocol):
    """What came of a teaching: a model that waits to be kept or discarded."""

    @property
    def staged(self) -> Path:
        """Its folder."""

    @property
    def card(self) -> ModelCard:
        """Its card."""

    @property
    def is_better(self) -> bool:
        """Whether it is better beyond chance or doubt."""

    @property
    def run(self) -> Path | None:
        """Where the run is kept until it is decided about."""


def staging_folder(card: ModelCard, run: Path) -> Path:
    """Return where the model of a run waits; no other run's waits there."""
    return (
        paths.user_data()
        / "staging"
        / f"{card.id}-taught-{run.name[: learning_runs.NAMED]}"
    )


def keep_model(result: Taught, title: str) -> ModelCard:
    """Install a taught model under a title and return its card.

    It is a folder of its own beside the others, never an overwrite.

    Raises
    ------
    OutputNotWritable
        If it cannot be written.
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "taught"
    staged = registry.read_card(result.staged)

    def copy(target: Path) -> None:
        shutil.copyfile(staged.weights, target)
        language = staged.folder / LANGUAGE_NAME
        if language.is_file():
            shutil.copyfile(language, target.with_name(LANGUAGE_NAME))

    card = registry.save_model(
        registry.free_folder(stem), registry.renamed(staged, title), copy
    )
    discard_model(result)
    return card


def discard_model(result: Taught) -> None:
    """Remove a taught model that is not wanted; the others are untouched.

    Raises
    ------
    OutputNotWritable
        If its folder cannot be removed.
    """
    try:
        if result.staged.exists():
            shutil.rmtree(result.staged)
    except OSError as error:
        raise OutputNotWritable(
            f"The folder {result.staged} could not be removed.",
            "Remove it by hand; no model in use is affected.",
        ) from error
    if result.run is not None:
        learning_runs.forget(result.run)
