"""What a teaching would learn from if it began now: looked up beside the window. No Qt.

Ten thousand lines take a tenth of a second, and scans that were moved may take minutes
to search for: no window could wait for that.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from hwocr_desktop.app import teaching
from hwocr_desktop.app.learning_lines import LearnSurvey, choose_lines, survey_of
from hwocr_desktop.app.learning_request import LearnRequest
from hwocr_desktop.app.mended_places import InkSurvey, survey_ink, usual_ink_model
from hwocr_desktop.app.taught_lines import taught_lines
from hwocr_desktop.app.unchecked_lines import lines_to_read
from hwocr_desktop.core.document.document import Line, Page, Project
from hwocr_desktop.core.document.sources import resolve_source
from hwocr_desktop.core.errors import FileNotReadable
from hwocr_desktop.core.progress import CancelToken, Report, ignore_progress
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.registry import ModelCard

SEARCH_S = 0.2
"""How long scans are searched for at once: others need the thread too."""

_Key = tuple[Path, str, str]


@dataclass(frozen=True, slots=True)
class KnownScans:
    """Scans that were looked for, and whether they are there."""

    there: Mapping[_Key, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TeachingPlan:
    """What there is to learn from, and to go on with.

    Attributes
    ----------
    request : LearnRequest
        As it was asked about, with the model to start from.
    card : ModelCard
        Of that model.
    found : LearnSurvey or InkSurvey
        Of the pages whose scans are there.
    unseen : int
        Checked lines or mended places on the other pages.
    minutes_done, minutes_planned : float
        See `teaching`.
    scans : KnownScans
        For the next time.
    unread : sequence of (Page, Line)
        Lines that nobody has checked and that are learned from as well.
    """

    request: LearnRequest
    card: ModelCard
    found: LearnSurvey | InkSurvey
    unseen: int
    minutes_done: float
    minutes_planned: float
    scans: KnownScans
    unread: Sequence[tuple[Page, Line]] = ()


def plan_teaching(
    request: LearnRequest,
    known: KnownScans,
    *,
    cancel: CancelToken,
    report: Report = ignore_progress,
) -> TeachingPlan | KnownScans:
    """Look what there is to learn from, of lines or of mended places.

    Parameters
    ----------
    request : LearnRequest
        Of ink, the model may be left out: the one that cleans most mended pages.
    known : KnownScans
        Scans that need not be looked for again.
    cancel : CancelToken
    report : Report
        Gets nothing: it is quick, or comes in parts.

    Returns
    -------
    TeachingPlan or KnownScans
        The latter if the search for scans takes longer than `SEARCH_S`: ask again,
        with these.

    Raises
    ------
    BadModel
        If the model cannot be used.
    Cancelled
        If cancelled.
    """
    is_ink = request.subject == "ink"
    if is_ink and not request.model:
        request = replace(request, model=usual_ink_model(request.project))
    card = registry.card(request.model, "binarize" if is_ink else "recognize-lines")
    wanted = [page for page in request.project.pages if _is_wanted(page, request)]
    scans, is_known = _looked_for(wanted, request.folder, known, cancel)
    if not is_known:
        return scans
    there = [page for page in wanted if scans.there[_key(request.folder, page)]]
    gone = [page for page in wanted if not scans.there[_key(request.folder, page)]]
    found, unread = _found(there, request, card)
    cancel.check()
    # Without names, for no names of no pages would be all pages.
    left = replace(
        request, project=replace(request.project, pages=tuple(there)), page_ids=()
    )
    done = teaching.minutes_done(left)
    return TeachingPlan(
        request,
        card,
        found,
        _size(_found(gone, request, card)[0]) if gone else 0,
        done,
        teaching.minutes_planned(left) if done else 0.0,
        scans,
        unread,
    )


def _is_wanted(page: Page, request: LearnRequest) -> bool:
    """Whether there is anything to learn from on a page."""
    if request.page_ids and page.id not in request.page_ids:
        return False
    if request.subject == "ink":
        return bool(page.mending)
    return any(line.checked for line in page.lines)


def _looked_for(
    pages: list[Page], folder: Path, known: KnownScans, cancel: CancelToken
) -> tuple[KnownScans, bool]:
    """Return which scans are there, and whether all were looked for."""
    there = dict(known.there)
    began = time.monotonic()
    for page in pages:
        key = _key(folder, page)
        if key in there:
            continue
        if time.monotonic() - began > SEARCH_S:
            return KnownScans(there), False
        cancel.check()
        there[key] = _is_there(folder, page)
    return KnownScans(there), True


def _is_there(folder: Path, page: Page) -> bool:
    try:
        resolve_source(folder, page)
    except FileNotReadable:
        return False
    return True


def _key(folder: Path, page: Page) -> _Key:
    return folder, page.source, page.sha256


def _found(
    pages: list[Page], request: LearnRequest, card: ModelCard
) -> tuple[LearnSurvey | InkSurvey, list[tuple[Page, Line]]]:
    """Return what there is on pages, and lines of all that nobody has checked."""
    project = Project(pages=tuple(pages))
    if request.subject == "ink":
        return survey_ink(project), []
    taught = taught_lines(card)
    chosen = choose_lines(project, (), taught)
    unread = lines_to_read(request, chosen) if card.language else []
    return survey_of(chosen, Charset(card.charset), taught), unread


def _size(found: LearnSurvey | InkSurvey) -> int:
    return found.regions if isinstance(found, InkSurvey) else found.lines
