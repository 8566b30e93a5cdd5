"""A teaching with a network and a process of its own, tiny, beside a window in use."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy

from hwocr_desktop.app import learning_runs, teaching
from hwocr_desktop.core.document.document import Project
from hwocr_desktop.core.paths import user_models
from hwocr_desktop.ml import registry
from hwocr_desktop.ui.training_dialog import TrainingDialog
from tests.app.test_learning import drawn as drawn
from tests.drawn_lines import tiny_model

pytestmark = [pytest.mark.gui, pytest.mark.tf]

START_MS = 240_000
"""For a process that has TensorFlow to load, on a machine that has other work."""


@pytest.fixture
def learning(session, drawn, qtbot):
    """Return a dialog whose training has begun to learn."""
    tiny_model(user_models() / "tiny")
    pages = tuple(replace(p, source=f"../{p.source}") for p in drawn.project.pages)
    session.commit("x", Project("Letters", pages, line_model="tiny"))
    dialog = TrainingDialog(session)
    qtbot.addWidget(dialog)
    dialog.set_card(registry.card("tiny"))
    dialog.show()
    qtbot.waitUntil(dialog.buttons.start.isEnabled)
    dialog.buttons.start.click()
    run = dialog.run
    qtbot.waitUntil(lambda: run.is_learning or not run.is_running, timeout=START_MS)
    assert run.is_learning, dialog.message.text()
    yield dialog
    session.training.cancel_all()
    qtbot.waitUntil(lambda: not session.training.is_busy, timeout=20_000)


def test_lines_are_corrected_while_it_learns(learning, session, open_text, qtbot):
    measured = QSignalSpy(learning.run.measured)
    session.select_page("p0")
    text = open_text(session)
    assert not learning.isModal()
    for line in session.page.lines[:3]:
        text.select_line(line.id)
        before = measured.count()
        editor = text._list.editor
        qtbot.keyClick(editor, Qt.Key.Key_End)
        qtbot.keyClicks(editor, "z")
        qtbot.keyClick(editor, Qt.Key.Key_Return)
        now = session.page.line(line.id)
        assert now.checked
        assert now.text == f"{line.text}z"
        # And it goes on, whatever is typed.
        qtbot.waitUntil(lambda n=before: measured.count() > n, timeout=START_MS)
        assert learning.is_running
    assert learning.run_page.chart.points


def test_a_teaching_in_its_own_process_is_cancelled_within_a_second(
    learning, session, qtbot
):
    qtbot.waitUntil(lambda: bool(learning.run_page.chart.points), timeout=START_MS)
    assert learning_runs.is_any_kept()
    started = time.monotonic()
    learning.buttons.cancel.click()
    qtbot.waitUntil(lambda: not learning.is_running, timeout=20_000)
    assert time.monotonic() - started < 1.0
    assert "cancelled" in learning.message.text()
    qtbot.waitUntil(learning.buttons.start.isEnabled)
    assert teaching.minutes_done(learning.planner.request) == 0.0
    assert not learning_runs.is_any_kept()
