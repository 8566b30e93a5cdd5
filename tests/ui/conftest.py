"""A session without files, threads and networks, for one widget at a time."""

from __future__ import annotations

import gc
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject, Signal

from hwocr_desktop.app.jobs import JobRunner
from hwocr_desktop.app.requests import InkShown, ProjectChange, ScanShown
from hwocr_desktop.app.session import Session
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import (
    Character,
    Page,
    Project,
    Reading,
)
from hwocr_desktop.core.document.history import History
from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.core.pixels.imaging import Scan
from hwocr_desktop.core.pixels.thresholding import Ink, ink_by_threshold
from hwocr_desktop.ui.transcription import Transcription
from tests.quick_ink import quick_ink

__all__ = ["quick_ink"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Overlook what the offscreen platform says of each window and menu."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            mark = pytest.mark.qt_log_ignore(
                r"propagateSizeHints|support raise\(\)|grabbing the keyboard",
                extend=True,
            )
            item.add_marker(mark)


class StubSession(QObject):
    """Has the signals, the document and the undo of the real session, and no more."""

    project_changed = Signal(object)
    page_selected = Signal(str)
    scan_loaded = Signal(object)
    scan_failed = Signal(str)
    ink_ready = Signal(object)
    ink_begun = Signal(str)
    ink_part = Signal(object)
    ink_stopped = Signal(object)
    noticed = Signal(object)
    saved_changed = Signal(bool)

    def __init__(self, project: Project) -> None:
        super().__init__()
        self.history = History(project)
        self.folder: Path | None = None
        self.scan: Scan | None = None
        self.ink: Ink | None = None
        self.visible = None
        self._page_id = project.pages[0].id if project.pages else ""

    @property
    def project(self) -> Project:
        return self.history.project

    @property
    def page(self) -> Page | None:
        return self.find_page(self._page_id)

    def find_page(self, page_id: str) -> Page | None:
        return next((p for p in self.project.pages if p.id == page_id), None)

    def commit(self, label, project, merge_key=None):
        before = self.project
        if project != before:
            self.history.commit(label, project, merge_key)
            self._announce(before, label)

    def undo(self):
        before, label = self.project, self.history.undo_label
        if self.history.can_undo:
            self.history.undo()
            self._announce(before, label)

    def redo(self):
        before, label = self.project, self.history.redo_label
        if self.history.can_redo:
            self.history.redo()
            self._announce(before, label)

    def _announce(self, before: Project, label: str) -> None:
        self.project_changed.emit(ProjectChange(self.project, before, label))
        if self.page is None:
            pages = self.project.pages
            self.select_page(pages[0].id if pages else "")

    def select_page(self, page_id):
        self._page_id = page_id
        # Pixels and ink are those of the page before until the next are on their way.
        self.page_selected.emit(page_id)
        self.scan = self.ink = None

    def note_visible(self, rect):
        self.visible = rect

    def clean_again(self):
        self.ink_begun.emit(self._page_id)

    def set_cleaning(self, cleaning, page_ids=()):
        ids = page_ids or ((self._page_id,) if self.page else ())
        project = self.project
        for page_id in ids:
            project = edits.set_cleaning(project, page_id, cleaning)
        self.commit("Clean", project, f"cut:{','.join(ids)}:{cleaning.method}")

    def edit_line(self, label, edit, line, *args, merge_key=None):
        project = edit(self.project, self._page_id, line.id, *args)
        self.commit(label, project, merge_key)

    def correct_line(self, line_id, text):
        project = edits.correct_line(self.project, self._page_id, line_id, text)
        self.commit("Typing", project, f"type:{self._page_id}:{line_id}")

    def accept_line(self, line_id):
        project = edits.accept_line(self.project, self._page_id, line_id)
        self.commit("Accept line", project)

    # What the real one does in the background is done at once.

    def show_scan(self, gray, color=None):
        self.scan = Scan(gray, color, 0.0, Path("scan.png"), 0, False)
        self.scan_loaded.emit(ScanShown(self._page_id, self.scan))

    def show_ink(self, ink: Ink | None = None):
        page = self.page
        assert page is not None
        if ink is None:
            assert self.scan is not None
            ink = ink_by_threshold(self.scan.gray, "otsu")
        if page.cleaning.cut is not None:
            ink = Ink(ink.map, page.cleaning.cut)
        self.ink = ink
        self.ink_ready.emit(InkShown(self._page_id, ink, page.cleaning))


def reading_of(text: str, confidence: float = 0.9, doubtful: str = "") -> Reading:
    """Return a reading; the characters named in `doubtful` have confidence 0.3."""
    count = max(1, len(text))
    return Reading(
        tuple(
            Character(
                c, 0.3 if c in doubtful else confidence, i / count, (i + 1) / count
            )
            for i, c in enumerate(text)
        ),
        "some-model",
    )


def shape_at(index: int, *, width: float = 300.0, pitch: float = 40.0) -> LineShape:
    """Return a straight line of writing, `pitch` below the one before."""
    y = 40.0 + pitch * index
    box = ((20.0, y - 24), (20 + width, y - 24), (20 + width, y + 10), (20.0, y + 10))
    return LineShape(((20.0, y), (20 + width, y)), box, 24.0, 12.0)


@pytest.fixture(scope="session")
def frozen_heap():
    """Set aside what is loaded already, so that collecting garbage is quick."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def garbage_is_collected_here(frozen_heap):
    """Take a test's widgets away in the window's thread.

    Windows hold on to themselves in circles. Left alone, Python would free them in
    whatever thread happens to allocate next, and Qt does not bear that.
    """
    yield
    gc.collect()


@pytest.fixture
def session(qapp, tmp_path):
    """Return a real session with an empty project."""
    made = Session()
    made.create(tmp_path / "project")
    yield made
    assert made.shutdown()


@pytest.fixture
def open_text(qtbot):
    """Return a function that shows the text of a session and gives it the keyboard."""

    def open_(session, **kwargs) -> Transcription:
        text = Transcription(session, **kwargs)
        qtbot.addWidget(text)
        text.resize(420, 600)
        with qtbot.waitExposed(text):
            text.show()
        text.activateWindow()
        text.focus_text()
        return text

    return open_


@pytest.fixture
def make_session(qapp):
    """Return a function that makes a stub session with pages of lines."""

    def make(
        texts: tuple[str | None, ...] = ("first line", "second", "third"),
        *,
        pages: int = 1,
        doubtful: str = "",
        size: tuple[int, int] = (360, 480),
    ) -> StubSession:
        project = Project("Test")
        for number in range(pages):
            project = edits.add_page(project, f"scan{number + 1}.png", *size)
            page_id = project.pages[-1].id
            shapes = [shape_at(i) for i in range(len(texts))]
            if shapes:
                project = edits.set_lines(project, page_id, shapes)
            readings = {
                line.id: reading_of(text, doubtful=doubtful)
                for line, text in zip(project.pages[-1].lines, texts, strict=True)
                if text is not None
            }
            project = edits.set_readings(project, page_id, readings)
        return StubSession(project)

    return make


@pytest.fixture
def gray_page():
    """Return a light page with dark strokes, (480, 360) uint8."""
    gray = np.full((480, 360), 220, np.uint8)
    for y in range(30, 440, 40):
        gray[y : y + 8, 20:320:3] = 40
    return gray


@pytest.fixture(autouse=True)
def no_thread_left(monkeypatch):
    """Fail a test that leaves the thread of a job runner behind."""
    runners = []
    make = JobRunner.__init__

    def remember(self, *args, **kwargs):
        make(self, *args, **kwargs)
        runners.append(self)

    monkeypatch.setattr(JobRunner, "__init__", remember)
    yield
    left = [runner.name for runner in runners if runner._thread.isRunning()]
    for runner in runners:
        runner.shutdown()
    assert not left, f"threads still run: {left}"
