"""Learning in the background: when it begins, what it offers, what it leaves alone."""

from __future__ import annotations

import shutil
import threading
import time
from dataclasses import replace

import pytest
from PySide6.QtTest import QSignalSpy

from hwocr_desktop.app import learned_along, learning, learning_runs
from hwocr_desktop.app.learning_lines import choose_lines
from hwocr_desktop.app.taught_lines import KEY, TaughtLines
from hwocr_desktop.core import paths
from hwocr_desktop.core.errors import OutputNotWritable, ProjectInUse
from hwocr_desktop.core.progress import Progress
from hwocr_desktop.core.settings import LEARN_EVERY as EVERY
from hwocr_desktop.core.settings import Settings
from hwocr_desktop.core.text.text_metrics import ErrorRate
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.training.checkpoint import NotKept
from hwocr_desktop.ui import teaching_run
from hwocr_desktop.ui.learning_along import LearningAlong
from hwocr_desktop.ui.training_dialog import TrainingDialog
from tests.ui.test_training_dialog import (
    put_model,
    put_scans,
    result,
    with_checked_lines,
)

pytestmark = pytest.mark.gui

ON = Settings(learn_along=True)


class Learner:
    """Stands in for the engine; waits, if it is to, until it is let go or stopped."""

    def __init__(self, outcome):
        self.outcome, self.requests = outcome, []
        self.reported = []
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, request, *, cancel, report):
        self.requests.append(request)
        report(Progress(1, 100, "pass"))
        for progress in self.reported:
            report(progress)
        while not self.gate.is_set():
            cancel.check()
            time.sleep(0.01)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        self.outcome.staged.mkdir(parents=True, exist_ok=True)
        return self.outcome


@pytest.fixture
def learner(monkeypatch):
    put_model()

    def here(function, *arguments, grace, **rest):
        return function(*arguments, **rest)

    made = Learner(result())
    monkeypatch.setattr(teaching_run, "in_own_process", here)
    monkeypatch.setattr(learning, "learn_lines", made)
    return made


@pytest.fixture
def dialog(session, qtbot, learner):
    put_scans(session.folder)
    made = TrainingDialog(session)
    qtbot.addWidget(made)
    return made


@pytest.fixture
def along(session, dialog):
    made = LearningAlong(session, lambda: "lines", lambda: dialog)
    dialog.starting.connect(made.stop)
    made.apply_settings(ON)
    made.look()  # as it does a moment after the project was opened
    return made


def check(session, count):
    """Let a person check so many lines, on two pages."""
    project = with_checked_lines(session.project, count - count // 2)
    session.commit("x", with_checked_lines(project, count // 2))


def settle(along, qtbot, session):
    qtbot.waitUntil(lambda: not along.run.is_running and not session.training.is_busy)


def test_it_begins_when_enough_lines_are_new(along, session, learner, qtbot):
    check(session, EVERY - 1)
    along.look()
    assert not along.run.is_running
    check(session, 2)
    along.look()
    assert along.run.is_running
    settle(along, qtbot, session)
    along.look()
    assert len(learner.requests) == 1
    assert learner.requests[0].model == "lines"
    assert learner.requests[0].page_ids == ()


def test_it_looks_by_itself_a_while_after_a_change(along, session, qtbot):
    along._later.setInterval(10)
    check(session, EVERY)
    qtbot.waitUntil(lambda: along.run.is_running)
    settle(along, qtbot, session)


def test_what_was_checked_before_it_came_to_know_the_project_is_not_new(
    along, session, learner
):
    learned_along.remember(session.folder, -1)
    check(session, EVERY)
    along._known = -1  # as after opening
    along.look()
    assert learner.requests == []
    assert learned_along.known_lines(session.folder) == EVERY


def reopened(along):
    """Return another one that knows only what was kept, as after a restart."""
    along.apply_settings(Settings())
    other = LearningAlong(along._session, lambda: "lines", along._dialog)
    other.apply_settings(ON)
    return other


def test_a_few_lines_each_day_add_up(along, session, learner, qtbot):
    check(session, EVERY - 2)
    along.look()
    other = reopened(along)
    check(session, 1)
    other.look()
    assert learner.requests == []
    last = reopened(other)
    check(session, 1)
    last.look()
    qtbot.waitUntil(lambda: len(learner.requests) == 1)
    settle(last, qtbot, session)
    # What was learned from is known the day after, too.
    assert learned_along.known_lines(session.folder) == EVERY
    reopened(last).look()
    assert len(learner.requests) == 1


def test_what_was_stopped_by_closing_goes_on_the_next_day(
    along, session, learner, qtbot
):
    learner.gate.clear()
    check(session, EVERY)
    along.look()
    qtbot.waitUntil(lambda: bool(learner.requests))
    session.training.cancel_all()
    settle(along, qtbot, session)
    other = reopened(along)
    learner.gate.set()
    other.look()
    qtbot.waitUntil(lambda: len(learner.requests) == 2)
    settle(other, qtbot, session)


def test_lines_that_are_gone_do_not_count_forever(along, session, learner, qtbot):
    learned_along.remember(session.folder, 10 * EVERY)
    along._known = -1
    check(session, EVERY)
    along.look()
    assert learner.requests == []
    check(session, EVERY)
    along.look()
    qtbot.waitUntil(lambda: len(learner.requests) == 1)
    settle(along, qtbot, session)


def test_a_clearly_better_model_is_offered(along, session, dialog, learner, qtbot):
    noticed = QSignalSpy(along.noticed)
    check(session, EVERY)
    along.look()
    settle(along, qtbot, session)
    (notice,) = noticed.at(0)
    assert "from 10 to 5 wrong characters in 100" in notice.text
    assert notice.action == "show-training"
    assert dialog.has_undecided_model
    # Another one has to wait until this one is decided about.
    check(session, EVERY)
    along.look()
    assert len(learner.requests) == 1
    dialog.show()
    dialog.buttons.discard.click()
    qtbot.waitUntil(lambda: not dialog.has_undecided_model)
    along.look()
    qtbot.waitUntil(lambda: len(learner.requests) == 2)
    settle(along, qtbot, session)


@pytest.mark.parametrize(
    "outcome",
    [{"is_better": False}, {"after": ErrorRate(95, 1000)}],
)
def test_others_go_without_a_word(along, session, dialog, learner, qtbot, outcome):
    learner.outcome = replace(learner.outcome, **outcome)
    noticed = QSignalSpy(along.noticed)
    check(session, EVERY)
    along.look()
    settle(along, qtbot, session)
    qtbot.waitUntil(lambda: not learner.outcome.staged.exists())
    assert noticed.count() == 0
    assert not dialog.has_undecided_model


def test_a_failure_disturbs_nobody(along, session, dialog, learner, qtbot):
    learner.outcome = OSError("the scans are gone")
    noticed = QSignalSpy(along.noticed)
    failed = QSignalSpy(along.run.failed)
    check(session, EVERY)
    along.look()
    settle(along, qtbot, session)
    assert failed.count() == 1
    assert noticed.count() == 0


def test_that_it_cannot_be_saved_is_said_once_and_quietly(
    along, session, dialog, learner, qtbot
):
    learner.outcome = result(better=False)
    reason = "There is no room left on the disk to save it in /home/a."
    learner.reported = [NotKept(reason).progress()]
    notices = []
    for source in (along, dialog):
        source.noticed.connect(notices.append)
    for _ in range(2):
        check(session, EVERY)
        along.look()
        settle(along, qtbot, session)
    assert len(learner.requests) == 2
    (notice,) = notices
    assert notice.text.endswith(f"cannot be saved for now. {reason}")
    # It goes away by itself, and there is nothing to decide.
    assert (notice.kind, notice.action) == ("information", "")
    assert not dialog.isVisible()
    assert not dialog.message.text()


def test_on_one_page_it_waits_for_another(along, session, learner, qtbot):
    session.commit("x", with_checked_lines(session.project, 2 * EVERY))
    along.look()
    assert not along.run.is_running
    session.commit("x", with_checked_lines(session.project, EVERY))
    along.look()
    settle(along, qtbot, session)
    assert len(learner.requests) == 1


def test_lines_of_pages_that_it_learned_from_offer_nothing(
    along, session, dialog, learner, qtbot
):
    learner.outcome = replace(learner.outcome, split="line")
    noticed = QSignalSpy(along.noticed)
    check(session, EVERY)
    along.look()
    settle(along, qtbot, session)
    assert noticed.count() == 0
    assert not dialog.has_undecided_model


def test_what_the_model_has_learned_measures_nothing(along, session, learner):
    check(session, EVERY)
    known = TaughtLines().with_lines(learning.checked_lines(session.project), [])
    card = replace(dialog_card(), teaching={KEY: known.to_plain()})
    registry.save_model(
        paths.user_models() / "taught", card, lambda path: path.write_bytes(b"")
    )
    along._model = lambda: "taught"
    along.look()
    along._model = lambda: "gone"
    along.look()
    assert learner.requests == []


@pytest.mark.parametrize(
    "error", [ProjectInUse("Another one runs.", ""), OutputNotWritable("Full.", "")]
)
def test_what_was_in_the_way_is_tried_again_later(
    along, session, learner, qtbot, error
):
    before = learned_along.known_lines(session.folder)
    along._again.setInterval(3_600_000)
    better, learner.outcome = learner.outcome, error
    check(session, EVERY)
    along.look()
    settle(along, qtbot, session)
    assert len(learner.requests) == 1
    assert learned_along.known_lines(session.folder) == before
    # Not at each line, but in a while, and then it is done.
    check(session, 1)
    along.look()
    assert len(learner.requests) == 1
    learner.outcome = better
    along._again.start(1)
    qtbot.waitUntil(lambda: len(learner.requests) == 2)
    settle(along, qtbot, session)
    assert learned_along.known_lines(session.folder) == EVERY + 1


def test_off_it_does_nothing(along, session, learner):
    along.apply_settings(Settings())
    check(session, EVERY)
    along.look()
    assert learner.requests == []


@pytest.mark.parametrize("way", ["off", "start", "close"])
def test_stopped_it_keeps_what_it_learned(along, session, dialog, learner, qtbot, way):
    learner.gate.clear()
    check(session, EVERY)
    along.look()
    qtbot.waitUntil(lambda: bool(learner.requests))
    (job,) = session.training.jobs
    assert not job.is_asked_for
    run = learning_runs.run_folder(dialog_card(), choose_lines(session.project))
    learning_runs.begin(run)
    if way == "off":
        along.apply_settings(Settings())
    elif way == "start":
        dialog.set_card(dialog_card())
        dialog.show()
        qtbot.waitUntil(dialog.buttons.start.isEnabled)
        dialog.buttons.start.click()
        qtbot.waitUntil(lambda: len(learner.requests) == 2)
        learner.gate.set()
        qtbot.waitUntil(lambda: dialog.has_undecided_model)
    else:
        session.training.cancel_all()
    qtbot.waitUntil(lambda: not along.run.is_running)
    assert run.exists()
    shutil.rmtree(run)
    qtbot.waitUntil(lambda: not session.training.is_busy)


def dialog_card():
    return registry.card("lines")
