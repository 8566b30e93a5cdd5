"""The runner: order, signals, cancelling, errors, shutdown."""

import os
import sys
import threading

import pytest
from PySide6.QtCore import QThread

from hwocr_desktop.app.jobs import JobRunner
from hwocr_desktop.core.progress import Progress

pytestmark = pytest.mark.gui


@pytest.fixture
def runner(qapp):
    made = JobRunner("test")
    yield made
    assert made.shutdown()


def test_a_result_arrives_in_the_windows_thread_and_finished_comes_last(runner, qtbot):
    events = []

    def work(a, *, b, cancel, report):
        events.append(("work", QThread.currentThread()))
        return a + b

    job = runner.submit("add", work, 1, b=2)
    job.succeeded.connect(lambda r: events.append((r, QThread.currentThread())))
    with qtbot.waitSignal(job.finished):
        pass
    here = QThread.currentThread()
    assert events[0][0] == "work"
    assert events[0][1] is not here
    assert events[1] == (3, here)


def test_python_sees_one_thread_for_all_jobs(runner, qtbot):
    # What a library remembers of its thread must hold in the next job. (TensorFlow
    # remembers Python's thread state, and crashed when each job had its own.)
    kept = threading.local()

    def remember(**_):
        kept.value = 7

    first = runner.submit("remember", remember)
    with qtbot.waitSignal(first.finished):
        pass
    second = runner.submit("recall", lambda **_: getattr(kept, "value", None))
    with qtbot.waitSignal(second.succeeded) as caught:
        pass
    assert caught.args == [7]


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no nice elsewhere")
def test_work_and_the_threads_it_starts_yield_to_the_window(runner, qtbot):
    def niceness(*, cancel, report):
        mine = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
        found = []
        inner = threading.Thread(
            target=lambda: found.append(
                os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
            )
        )
        inner.start()
        inner.join()
        return mine, found[0]

    here = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    with qtbot.waitSignal(runner.submit("ask", niceness).succeeded) as caught:
        pass
    # There is nothing below the least priority, should the tests run with that.
    assert all(value > here or value == 19 for value in caught.args[0])
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == here


def test_jobs_run_in_order_and_busy_changes_once_each_way(runner, qtbot):
    done, busy = [], []
    runner.busy_changed.connect(busy.append)
    jobs = [runner.submit(str(i), lambda i=i, **_: done.append(i)) for i in range(20)]
    with qtbot.waitSignal(jobs[-1].finished):
        pass
    qtbot.waitUntil(lambda: not runner.is_busy)
    assert done == list(range(20))
    assert busy == [True, False]


def test_an_error_is_handed_over_and_the_next_job_runs(runner, qtbot):
    def fail(**_):
        raise ValueError("broken")

    failed = runner.submit("fail", fail)
    errors = []
    failed.failed.connect(errors.append)
    after = runner.submit("after", lambda **_: 7)
    with qtbot.waitSignal(after.succeeded) as caught:
        pass
    assert caught.args == [7]
    assert isinstance(errors[0], ValueError)


def test_cancelling_a_running_job(runner, qtbot):
    begun = threading.Event()

    def work(*, cancel, report):
        begun.set()
        while True:
            cancel.check()

    job = runner.submit("endless", work)
    outcomes = []
    job.succeeded.connect(lambda _: outcomes.append("succeeded"))
    job.cancelled.connect(lambda: outcomes.append("cancelled"))
    qtbot.waitUntil(begun.is_set)
    with qtbot.waitSignal(job.finished):
        job.cancel()
    assert outcomes == ["cancelled"]


def test_a_job_cancelled_before_its_turn_never_works(runner, qtbot):
    worked = []
    job = runner.submit("never", lambda **_: worked.append(1))
    job.cancel()
    with qtbot.waitSignal(job.finished):
        pass
    assert worked == []


def test_partial_results_all_arrive_and_bare_progress_is_thinned(runner, qtbot):
    def work(*, cancel, report):
        for i in range(500):
            report(Progress(i, 1000, "bare"))
        for i in range(50):
            report(Progress(i, 1000, "part", partial=i))

    job = runner.submit("report", work)
    seen = []
    job.progressed.connect(seen.append)
    with qtbot.waitSignal(job.finished):
        pass
    assert [p.partial for p in seen if p.partial is not None] == list(range(50))
    assert len([p for p in seen if p.partial is None]) < 100


def test_shutdown_cancels_and_refuses_more(qapp, qtbot):
    runner = JobRunner("test")
    begun = threading.Event()

    def work(*, cancel, report):
        begun.set()
        while True:
            cancel.check()

    runner.submit("endless", work)
    qtbot.waitUntil(begun.is_set)
    assert runner.shutdown(2000)
    with pytest.raises(RuntimeError, match="closed"):
        runner.submit("late", work)


def test_many_runners_come_and_go(qapp, qtbot):
    for _ in range(30):
        runner = JobRunner("brief")
        job = runner.submit("one", lambda **_: 1)
        with qtbot.waitSignal(job.succeeded):
            pass
        assert runner.shutdown(2000)


def test_the_end_reaches_all_its_slots_at_once(runner, qtbot):
    # Else the runner may be idle while what the job brought is not taken yet. Of slots
    # that are called by one emission, one that is disconnected meanwhile is left out;
    # what waits as an event of its own comes all the same.
    told = []
    job = runner.submit("none", lambda **_: None)

    def second():
        told.append("second")

    def first():
        told.append("first")
        job.finished.disconnect(second)

    job.finished.connect(first)
    job.finished.connect(second)
    with qtbot.waitSignal(job.finished):
        pass
    qtbot.wait(50)
    assert told == ["first"]


def test_a_job_that_nobody_keeps_tells_all_the_same(runner, qtbot):
    told = []

    def ask(number):
        job = runner.submit("none", lambda **_: number)
        job.succeeded.connect(told.append)
        job.finished.connect(lambda: told.append("finished"))

    for number in range(3):
        ask(number)
    qtbot.waitUntil(lambda: len(told) >= 6, timeout=2000)
    assert told == [0, "finished", 1, "finished", 2, "finished"]
