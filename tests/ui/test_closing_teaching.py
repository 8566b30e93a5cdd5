"""A window that closes begins no teaching and no trial of one, however late it ends."""

import threading
from dataclasses import replace

import pytest

from hwocr_desktop.app.session import Session
from hwocr_desktop.ui import learning_along, training_planner, training_trial
from hwocr_desktop.ui.learning_along import LearningAlong
from hwocr_desktop.ui.main_window import MainWindow
from tests.ui.test_training_dialog import put_model, put_scans, with_checked_lines

pytestmark = [
    pytest.mark.gui,
    pytest.mark.qt_log_ignore("plugin does not support", extend=True),
]


@pytest.fixture
def tried(monkeypatch):
    """Let nothing be tried, and note what would have been."""
    tried = []
    monkeypatch.setattr(training_trial, "_try", lambda *_, **__: tried.append("try"))
    monkeypatch.setattr(training_planner, "SETTLE_MS", 20)
    return tried


@pytest.fixture
def window(qtbot, tmp_path, tried):
    """Return a window with lines to learn from, whose plan is about to be tried."""
    model = put_model()
    made = MainWindow(Session())
    made.show()
    session = made.session
    session.create(tmp_path / "letters")
    put_scans(session.folder)
    project = with_checked_lines(with_checked_lines(session.project, 30), 30)
    session.commit("Lines", replace(project, line_model=model.id))
    made.dialogs.show_training()
    later = made.dialogs.training.planner.trial._later
    later.setInterval(60_000)
    qtbot.waitUntil(later.isActive)
    yield made
    if not made._may_close:
        with qtbot.waitSignal(made.closed, timeout=15_000):
            made.closing.begin()
    made.deleteLater()


def retitle(window, title):
    """Change the project, as work does that was stopped, with what it has by then."""
    session = window.session
    session.commit("x", replace(session.project, title=title))


def test_no_trial_begins_once_all_has_ended(window, tried, qtbot):
    window.dialogs.training.planner.trial._later.setInterval(100)
    with qtbot.waitSignal(window.closed, timeout=15_000):
        window.closing.begin()
    # Would be refused by a runner that has ended, and told as a fault.
    qtbot.wait(300)
    assert tried == []


@pytest.fixture
def slow_work(window, qtbot):
    """Keep the window from ending until it is let go."""
    gate = threading.Event()

    def slow(*, cancel, report):
        gate.wait(20)

    job = window.session.batch.submit("Slow work", slow)
    with qtbot.waitSignal(job.started):
        pass
    yield gate
    gate.set()


def test_no_trial_begins_while_other_work_is_still_stopping(
    window, slow_work, tried, qtbot
):
    window.dialogs.training.planner.trial._later.setInterval(100)
    window.closing.begin()
    retitle(window, "Other letters")
    qtbot.wait(400)
    assert tried == []
    assert not window.session.training.is_busy
    with qtbot.waitSignal(window.closed, timeout=15_000):
        slow_work.set()


@pytest.fixture
def looked(window, monkeypatch):
    """Let the window learn along, and note when it looks whether it is time to."""
    looked = []
    monkeypatch.setattr(learning_along, "PAUSE_MS", 20)
    monkeypatch.setattr(LearningAlong, "look", lambda self: looked.append(1))
    preferences = window.preferences
    preferences.replace(replace(preferences.settings, learn_along=True))
    return looked


def test_nothing_is_learned_along_while_other_work_is_still_stopping(
    window, slow_work, looked, qtbot
):
    window.closing.begin()
    looked.clear()
    retitle(window, "Other letters")
    qtbot.wait(150)
    assert looked == []
    with qtbot.waitSignal(window.closed, timeout=15_000):
        slow_work.set()


def test_it_is_learned_along_again_where_the_window_stays(
    window, looked, qtbot, monkeypatch
):
    with monkeypatch.context() as full_disk:
        full_disk.setattr(Session, "keep_all", lambda self: False)
        window.closing.begin()
        qtbot.waitUntil(lambda: window.closing.question is not None)
    assert not window.closing.is_ending
    looked.clear()
    retitle(window, "Other letters")
    qtbot.waitUntil(lambda: bool(looked))
    window.closing.question.reject()
