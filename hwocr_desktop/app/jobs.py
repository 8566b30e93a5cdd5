"""Long work off the window's thread: one job, and the runner that does jobs in turn.

The objects that own the signals live in the window's thread and are never moved; only
the function runs elsewhere. So slots always run in the window's thread, lambdas too.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal, Slot

from hwocr_desktop.core.progress import Cancelled, CancelToken, Progress

log = logging.getLogger(__name__)

REPORT_INTERVAL_S = 0.05
"""Progress without a partial result is passed on at most this often."""

NICE, NICE_TRAINING = 5, 12
"""How far work yields to the window, and training to other work, on Linux (nice)."""

STACK_BYTES = 8 * 1024 * 1024
"""macOS gives other threads 512 KB, which linear algebra libraries overflow."""


class Job(QObject):
    """One run of a function ``f(*args, cancel=..., report=..., **kwargs)``.

    Attributes
    ----------
    title : str
        What it is, in the person's language.
    token : CancelToken
    is_asked_for : bool
        Whether a person asked for it, and so has to be asked before it is stopped.
    is_waited_for : bool
        Whether the program waits for its end before it ends; what is not waited for is
        not asked about either.

    Signals
    -------
    started, cancelled, finished
        ``finished`` always comes last.
    progressed : Progress
    succeeded : whatever the function returned
    failed : the exception
    """

    started = Signal()
    progressed = Signal(object)
    succeeded = Signal(object)
    failed = Signal(object)
    cancelled = Signal()
    finished = Signal()
    _ended = Signal()

    def __init__(
        self,
        title: str,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> None:
        super().__init__()
        self.title = title
        self.token = CancelToken()
        self.is_asked_for = self.is_waited_for = True
        self._call = (function, args, kwargs)
        self._reported = 0.0
        # Emitted in the runner's thread, `finished` would reach each of its slots by
        # an event of its own, and the runner could be idle before the rest is done.
        self._ended.connect(self.finished, Qt.ConnectionType.QueuedConnection)

    @Slot()
    def cancel(self) -> None:
        """Ask the work to stop; `cancelled` and `finished` follow."""
        self.token.cancel()

    def execute(self) -> None:
        """Do the work, in the runner's thread."""
        function, args, kwargs = self._call
        try:
            self.token.check()
            self.started.emit()
            result = function(*args, cancel=self.token, report=self._report, **kwargs)
        except Cancelled:
            self.cancelled.emit()
        except Exception as error:
            log.exception("job failed: %s", self.title)
            self.failed.emit(error)
        else:
            self.succeeded.emit(result)
        finally:
            self._call = (_nothing, (), {})  # frees the arguments' arrays
            self._ended.emit()

    def _report(self, progress: Progress) -> None:
        now = time.monotonic()
        is_last = progress.total and progress.done >= progress.total
        if (
            progress.partial is not None
            or is_last
            or now - self._reported >= REPORT_INTERVAL_S
        ):
            self._reported = now
            self.progressed.emit(progress)


def _nothing(**_: Any) -> None:
    return None


class _Thread(QThread):
    """A Qt thread that stays one and the same thread to Python.

    Qt calls each slot of a plain QThread with a Python thread state made for that call
    and freed after it. TensorFlow's bindings remember the first one they meet in a
    thread and would use it in the next job: a crash now and then. With ``run`` in
    Python the state lives as long as the thread.
    """

    def __init__(self, nice: int) -> None:
        super().__init__()
        self._nice = nice

    def run(self) -> None:
        if sys.platform == "linux":
            # There QThread's priorities do nothing. The threads that TensorFlow
            # starts from this one inherit it, and so leave the window its share of
            # a processor with two cores. Counted from the window's own: no thread
            # may ask for more than that again.
            me = threading.get_native_id()
            nice = os.getpriority(os.PRIO_PROCESS, me) + self._nice
            os.setpriority(os.PRIO_PROCESS, me, min(19, nice))
        self.exec()


class _Worker(QObject):
    """Lives in the runner's thread and does what is handed to it."""

    @Slot(object)
    def work(self, job: Job) -> None:
        job.execute()


class JobRunner(QObject):
    """Does jobs one after another in a thread of its own.

    Parameters
    ----------
    name : str
        For the log.
    low_priority : bool
        Whether the thread yields to others, as training should.
    """

    busy_changed = Signal(bool)
    job_added = Signal(object)
    _handed = Signal(object)

    def __init__(self, name: str, *, low_priority: bool = False) -> None:
        super().__init__()
        self.name = name
        self._thread = _Thread(NICE_TRAINING if low_priority else NICE)
        self._thread.setObjectName(name)
        self._thread.setStackSize(STACK_BYTES)
        self._worker = _Worker()
        self._worker.moveToThread(self._thread)
        self._handed.connect(self._worker.work, Qt.ConnectionType.QueuedConnection)
        self._waiting: deque[Job] = deque()
        self._current: Job | None = None
        self._last: Job | None = None
        self._is_closed = False
        self._thread.start(
            QThread.Priority.LowPriority
            if low_priority
            else QThread.Priority.InheritPriority
        )

    @property
    def is_busy(self) -> bool:
        """Whether a job runs or waits."""
        return self._current is not None or bool(self._waiting)

    @property
    def jobs(self) -> tuple[Job, ...]:
        """The job that runs and those that wait, in order."""
        first = () if self._current is None else (self._current,)
        return (*first, *self._waiting)

    def submit(
        self, title: str, function: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> Job:
        """Queue a job. It starts on a later turn of the event loop.

        So the caller may connect to its signals first and lose none.

        Raises
        ------
        RuntimeError
            After `shutdown`.
        """
        if self._is_closed:
            raise RuntimeError(f"the runner {self.name} is closed")
        job = Job(title, function, args, kwargs)
        job.finished.connect(self._on_finished)
        was_busy = self.is_busy
        self._waiting.append(job)
        self.job_added.emit(job)
        if not was_busy:
            self.busy_changed.emit(True)
        QTimer.singleShot(0, self, self._start_next)
        return job

    def cancel_all(self) -> None:
        """Ask all jobs to stop."""
        for job in self.jobs:
            job.cancel()

    def shutdown(self, timeout_ms: int = 10_000) -> bool:
        """Cancel everything and end the thread.

        Returns
        -------
        bool
            False if the work did not stop in time.
        """
        self._is_closed = True
        self.cancel_all()
        self._thread.quit()  # before wait: a queued quit could never arrive
        return self._thread.wait(timeout_ms)

    @Slot()
    def _start_next(self) -> None:
        if self._current is None and self._waiting and not self._is_closed:
            self._current = self._waiting.popleft()
            self._handed.emit(self._current)

    @Slot()
    def _on_finished(self) -> None:
        # Others are told after this: a job that nobody keeps must live until then.
        self._last, self._current = self._current, None
        if self._waiting:
            self._start_next()
        else:
            self.busy_changed.emit(False)
