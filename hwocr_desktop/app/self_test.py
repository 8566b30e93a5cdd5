"""Whether the installed program works: the whole loop on a page drawn for the purpose.

No Qt; the window is tried by the caller, see `cli.self_test`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from hwocr_desktop.app.open_models import open_recognizer
from hwocr_desktop.app.page_work import with_readings
from hwocr_desktop.app.pipeline import ReadRequest, clean_page, read_page
from hwocr_desktop.core import atomic
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import Cleaning, Page, Project
from hwocr_desktop.core.document.history import History
from hwocr_desktop.core.document.project_file import create_project, open_project
from hwocr_desktop.core.errors import HwocrError
from hwocr_desktop.core.formats import page_xml, text
from hwocr_desktop.core.pixels.imaging import Scan, load_scan
from hwocr_desktop.core.pixels.segmentation import find_lines
from hwocr_desktop.core.progress import CancelToken, ignore_progress
from hwocr_desktop.ml import registry

log = logging.getLogger(__name__)

WRITING = ("My dear friend,", "your letter came today", "and gave me great joy.")
SEED = 1
WIDTH_PX, HEIGHT_PX, LINE_PX = 900, 420, 100

StepState = Literal["ok", "failed", "skipped"]


class NotInstalled(Exception):
    """A step has nothing to try, which is no failure."""


@dataclass(frozen=True, slots=True)
class StepResult:
    """How one step went; ``detail`` says what was found, or what went wrong."""

    name: str
    state: StepState
    seconds: float
    detail: str


@dataclass(slots=True)
class Trial:
    """What the steps hand on to those after them.

    Attributes
    ----------
    folder : Path
        An empty folder that is removed afterward.
    cancel : CancelToken
    scan : Scan
        Once loaded.
    project : Project
        With one page.
    """

    folder: Path
    cancel: CancelToken = field(default_factory=CancelToken)
    scan: Scan | None = None
    project: Project = field(default_factory=Project)

    @property
    def page(self) -> Page:
        """The page, as far as it has come."""
        return self.project.pages[0]

    def gray(self) -> npt.NDArray[np.uint8]:
        """Return the page's pixels."""
        _require(self.scan is not None, "the page could not be loaded")
        assert self.scan is not None
        return self.scan.gray


Step = Callable[[Trial], str]


def run_steps(
    folder: Path, more: tuple[tuple[str, Step], ...] = ()
) -> Iterator[StepResult]:
    """Try everything in turn; a step that fails does not keep the others from trying.

    Parameters
    ----------
    folder : Path
        An empty folder to work in.
    more : tuple of (name, step)
        Steps to try at the end.

    Yields
    ------
    StepResult
        As soon as each is done.
    """
    trial = Trial(folder)
    for name, step in (*STEPS, *more):
        started = time.perf_counter()
        state: StepState = "ok"
        try:
            detail = step(trial)
        except NotInstalled as nothing:
            state, detail = "skipped", str(nothing)
        except HwocrError as error:
            state, detail = "failed", str(error)
        except Exception as error:
            log.info("%s failed", name, exc_info=True)
            state, detail = "failed", f"{type(error).__name__}: {error}"
        yield StepResult(name, state, time.perf_counter() - started, detail)


def _require(is_so: bool, otherwise: str) -> None:
    """Fail the step; unlike `assert` in an optimized program too."""
    if not is_so:
        raise HwocrError(f"Unexpectedly, {otherwise}.")


def draw_page(rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Draw a page with `WRITING` on spotted paper, (H, W) uint8."""
    page = np.full((HEIGHT_PX, WIDTH_PX), 215.0)
    for number, words in enumerate(WRITING):
        ink = np.zeros(page.shape, np.uint8)
        at = (60, 110 + number * LINE_PX)
        font = cv2.FONT_HERSHEY_SCRIPT_COMPLEX
        cv2.putText(ink, words, at, font, 1.9, 255, 3, cv2.LINE_AA)
        page -= ink * (140 / 255)
    page += rng.normal(0, 6, page.shape)
    return np.asarray(np.clip(page, 0, 255), np.uint8)


def _load(trial: Trial) -> str:
    path = trial.folder / "self test ö.png"
    packed = cv2.imencode(".png", draw_page(np.random.default_rng(SEED)))[1]
    atomic.write_bytes(path, packed.tobytes())
    trial.scan = load_scan(path)
    height, width = trial.scan.gray.shape
    _require((height, width) == (HEIGHT_PX, WIDTH_PX), f"it is {width} x {height}")
    trial.project = edits.add_page(Project("Self-test"), path.name, width, height)
    return f"{width} x {height} pixels"


def _clean(trial: Trial, method: str) -> str:
    ink = clean_page(trial.gray(), Cleaning(method=method), cancel=trial.cancel)
    binary = ink.binary()
    _require(binary.shape == trial.gray().shape, "the size changed")
    share = 100 * float(binary.mean())
    # The drawn ink covers some 5 %; a network that has learned little still sees it.
    _require(0.5 < share < 30, f"{share:.1f} % of the page is ink")
    return f"{share:.1f} % ink"


def _clean_otsu(trial: Trial) -> str:
    return _clean(trial, "otsu")


def _clean_network(trial: Trial) -> str:
    model = _installed("binarize")
    return f"{model}: {_clean(trial, model)}"


def _installed(task: str) -> str:
    models = [card.id for card in registry.find_models()[0] if card.task == task]
    if not models:
        raise NotInstalled("no such model is installed")
    return models[0]


def _check_models(trial: Trial) -> str:
    cards, broken = registry.find_models()
    for bad in broken:
        raise bad.error
    for card in cards:
        registry.check_weights(card)
    return f"{len(cards)} installed, none broken"


def _find_lines(trial: Trial) -> str:
    ink = clean_page(trial.gray(), Cleaning(method="otsu"), cancel=trial.cancel)
    shapes = find_lines(ink.binary(), cancel=trial.cancel)
    _require(len(shapes) == len(WRITING), f"{len(shapes)} lines are found")
    trial.project = edits.set_lines(trial.project, trial.page.id, shapes)
    return f"{len(shapes)} lines"


def _read(trial: Trial) -> str:
    model = _installed("recognize-lines")
    trial.gray()
    open_recognizer(model)
    request = ReadRequest(
        trial.page, trial.folder, model, find_lines=False, scan=trial.scan
    )
    result = read_page(request, cancel=trial.cancel, report=ignore_progress)
    trial.project = with_readings(trial.project, result.lines)
    _require(
        all(line.reading is not None for line in trial.page.lines),
        "a line has no reading",
    )
    return f"{model}: {len(result.lines)} lines"


def _correct_and_undo(trial: Trial) -> str:
    history = History(trial.project)
    for line, words in zip(trial.page.lines, WRITING, strict=True):
        project = edits.correct_line(
            history.project, trial.page.id, line.id, words + " ö"
        )
        project = edits.accept_line(project, trial.page.id, line.id)
        history.commit("Correct line", project)
    corrected = history.project
    while history.can_undo:
        history.undo()
    _require(history.project == trial.project, "undo does not lead back")
    while history.can_redo:
        history.redo()
    _require(history.project == corrected, "redo does not lead forward")
    trial.project = corrected
    return f"{len(WRITING)} steps back and forth"


def _export(trial: Trial) -> str:
    path = trial.folder / "page.xml"
    page_xml.save_page(path, trial.page, "self test ö.png")
    again = page_xml.read_page(path)
    read = [line.text for line in again.lines]
    _require(read == [line.text for line in trial.page.lines], "PAGE XML changed it")
    text.save_text(path.with_suffix(".txt"), trial.page)
    written = path.with_suffix(".txt").read_text(encoding="utf-8")
    _require(written.split("\n")[: len(read)] == read, "plain text changed it")
    return "PAGE XML and plain text"


def _keep(trial: Trial) -> str:
    folder = trial.folder / "project"
    with create_project(folder, trial.project.title) as file:
        file.save(trial.project)
    with open_project(folder) as file:
        _require(file.project == trial.project, "the project changed")
    return "saved and opened again"


def _recover(trial: Trial) -> str:
    folder = trial.folder / "crash"
    line = trial.page.lines[0]
    changed = edits.correct_line(trial.project, trial.page.id, line.id, "after")
    with create_project(folder, trial.project.title) as file:
        file.save(trial.project)
        file.append(trial.project, changed, "Correct line")
        # Closed without saving, as by a crash.
    with open_project(folder) as file:
        _require(file.has_leftover_journal, "nothing was left behind")
        _require(file.recover() == changed, "the change is not the one made")
    return "the unsaved change came back"


STEPS: tuple[tuple[str, Step], ...] = (
    ("Make and load a page", _load),
    ("Clean it (Otsu)", _clean_otsu),
    ("Check the models", _check_models),
    ("Clean it (network)", _clean_network),
    ("Find its lines", _find_lines),
    ("Read them", _read),
    ("Correct, undo, redo", _correct_and_undo),
    ("Export and read back", _export),
    ("Save and open again", _keep),
    ("Recover after a crash", _recover),
)
