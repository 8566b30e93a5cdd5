"""The job bar: what runs, how far it is, and a button that works at once."""

import threading
import time

import pytest

from hwocr_desktop.app.session import Session
from hwocr_desktop.core.progress import Progress
from hwocr_desktop.ui import job_bar
from hwocr_desktop.ui.job_bar import JobBar

pytestmark = pytest.mark.gui


@pytest.fixture
def session(qapp, monkeypatch):
    monkeypatch.setattr(job_bar, "SHOW_AFTER_S", 0.0)
    made = Session()
    yield made
    assert made.shutdown()


@pytest.fixture
def bar(session, qtbot):
    made = JobBar(session)
    qtbot.addWidget(made)
    return made


def count_up(*, cancel, report):
    for i in range(1000):
        cancel.check()
        report(Progress(i, 1000, "page.png"))
        time.sleep(0.005)


def quick(*, cancel, report):
    return None


def broken(*, cancel, report):
    time.sleep(0.15)
    raise ValueError("no")


def test_shows_title_progress_and_what_waits(session, bar, qtbot):
    jobs = [session.networks.submit("Reading", count_up) for _ in range(3)]
    qtbot.waitUntil(lambda: "of 1000" in bar.text)
    assert bar.text.startswith("Reading, page.png")
    assert "2 more waiting" in bar.text
    assert bar._bar.maximum() == 1000
    for job in jobs:
        job.cancel()
    qtbot.waitUntil(lambda: not session.networks.is_busy)


def test_the_button_stops_it_and_those_of_its_kind_within_200_ms(session, bar, qtbot):
    for _ in range(3):
        session.networks.submit("Reading", count_up)
    qtbot.waitUntil(lambda: bar.is_stoppable)
    started = time.monotonic()
    bar._stop.click()
    assert "stopping" in bar.text
    qtbot.waitUntil(lambda: not session.networks.is_busy)
    assert time.monotonic() - started < 0.2
    assert bar.text == "Reading: stopped"
    qtbot.waitUntil(lambda: not bar.is_stoppable)


@pytest.mark.qt_log_ignore("plugin does not support", extend=True)
def test_several_runners_are_listed_each_with_its_button(session, bar, qtbot):
    session.networks.submit("Reading", count_up)
    training = session.training.submit("Training", count_up)
    qtbot.waitUntil(lambda: bar._others.text() == "+1")
    bar._open_list()
    rows = {watch.job.title: row for watch, row in bar._list._rows.items()}
    assert set(rows) == {"Reading", "Training"}
    rows["Training"][2].click()
    assert training.token.is_cancelled
    qtbot.waitUntil(lambda: not session.training.is_busy)
    assert session.networks.is_busy
    bar.stop_shown()
    qtbot.waitUntil(lambda: not session.networks.is_busy)
    bar._list.hide()


def test_failure_is_said(session, bar, qtbot):
    session.pixels.submit("Cleaning", broken)
    qtbot.waitUntil(lambda: bar.text == "Cleaning: failed")


def test_the_journal_is_neither_shown_nor_stoppable(session, bar, qtbot, monkeypatch):
    gate = threading.Event()

    def slow(*, cancel, report):
        gate.wait(5)

    session.files.submit("Journal", slow)
    qtbot.wait(250)
    assert bar.text == ""
    monkeypatch.setattr(job_bar, "FILES_AFTER_S", 0.0)
    qtbot.waitUntil(lambda: bar.text == "Journal")
    assert not bar.is_stoppable
    gate.set()
    qtbot.waitUntil(lambda: not session.files.is_busy)


def test_what_is_done_at_once_is_not_shown(session, bar, qtbot, monkeypatch):
    monkeypatch.setattr(job_bar, "SHOW_AFTER_S", 5.0)
    with qtbot.waitSignal(session.pixels.busy_changed, check_params_cb=lambda b: not b):
        session.pixels.submit("Cleaning", quick)
    qtbot.wait(150)
    assert bar.text == ""


def test_training_s_own_numbers_are_not_shown(session, bar, qtbot):
    session.training.submit("Training", count_up)
    qtbot.waitUntil(lambda: bar.is_stoppable)
    qtbot.wait(150)
    assert bar.text == "Training"
    bar.stop_shown()
    qtbot.waitUntil(lambda: not session.training.is_busy)
