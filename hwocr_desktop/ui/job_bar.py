"""What the program is doing, how far it is, and the button that stops it."""

from __future__ import annotations

import time

from PySide6.QtCore import (
    QT_TRANSLATE_NOOP,
    QCoreApplication,
    QObject,
    QPoint,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from hwocr_desktop.app.jobs import Job, JobRunner
from hwocr_desktop.app.session import Session
from hwocr_desktop.core.progress import Progress

SHOW_AFTER_S = 0.25
"""What is done sooner is not worth a flicker."""

FILES_AFTER_S = 1.5
"""The journal writes at every keystroke; it shows only where a drive is slow."""

# What jobs say of themselves, for translators.
KNOWN_WORDS = (
    QT_TRANSLATE_NOOP("progress", "opening"),
    QT_TRANSLATE_NOOP("progress", "finding lines"),
    QT_TRANSLATE_NOOP("progress", "warming up"),
)

ENDED_STAYS_MS = 5_000
_TICK_MS = 100


class JobWatch(QObject):
    """Follows one job and keeps what there is to say of it."""

    ended = Signal(object)

    def __init__(
        self, job: Job, runner: JobRunner, parent: QObject, *, can_stop: bool
    ) -> None:
        super().__init__(parent)
        self.job, self.runner = job, runner
        self._can_stop = can_stop
        self.began: float | None = None
        self.done = self.total = 0
        self.doing = ""
        self.outcome = ""
        job.started.connect(self._on_started)
        job.progressed.connect(self._on_progressed)
        job.succeeded.connect(self._on_succeeded)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._on_cancelled)
        job.finished.connect(self._on_finished)

    @property
    def is_stopping(self) -> bool:
        """Whether it has been told to stop."""
        return self.job.token.is_cancelled

    @property
    def can_stop(self) -> bool:
        """Whether there is a point in a button."""
        return self._can_stop and not self.is_stopping

    def seconds(self) -> float:
        """Return how long it has been running."""
        return 0.0 if self.began is None else time.monotonic() - self.began

    def siblings(self) -> list[Job]:
        """Return the jobs of the same kind that wait behind it."""
        return [
            job
            for job in self.runner.jobs
            if job is not self.job and job.title == self.job.title
        ]

    def text(self) -> str:
        """Say what it is doing, in one line."""
        if self.is_stopping:
            return self.tr("{0}: stopping…").format(self.job.title)
        parts = [self.job.title]
        if self.doing:
            parts.append(self.doing)
        if self.total > 1:
            parts.append(self.tr("{0} of {1}").format(self.done, self.total))
        said = ", ".join(parts)
        waiting = len(self.siblings())
        if waiting:
            said += self.tr(" ({0} more waiting)").format(waiting)
        return said

    @Slot()
    def stop(self) -> None:
        """Stop it and all of the same kind behind it."""
        for job in [*self.siblings(), self.job]:
            job.cancel()

    @Slot()
    def _on_started(self) -> None:
        self.began = time.monotonic()

    @Slot(object)
    def _on_progressed(self, progress: Progress) -> None:
        # Training counts the batches of one pass after the other and names its loss:
        # that is for its own dialog and for the log.
        if self.runner.name != "training":
            self.done, self.total = progress.done, progress.total
            self.doing = QCoreApplication.translate("progress", progress.text)

    @Slot(object)
    def _on_succeeded(self, _result: object) -> None:
        self.outcome = self.tr("{0}: done").format(self.job.title)

    @Slot(object)
    def _on_failed(self, _error: object) -> None:
        self.outcome = self.tr("{0}: failed").format(self.job.title)

    @Slot()
    def _on_cancelled(self) -> None:
        self.outcome = self.tr("{0}: stopped").format(self.job.title)

    @Slot()
    def _on_finished(self) -> None:
        self.ended.emit(self)


class JobList(QFrame):
    """All running jobs, each with its progress and its button, in a small list."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAccessibleName(self.tr("Running jobs"))
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(12, 10, 12, 10)
        self._grid.setHorizontalSpacing(12)
        self._rows: dict[JobWatch, tuple[QLabel, QProgressBar, QToolButton]] = {}

    def show_jobs(self, watches: list[JobWatch]) -> None:
        """Bring the list up to date."""
        for gone in [w for w in self._rows if w not in watches]:
            for widget in self._rows.pop(gone):
                self._grid.removeWidget(widget)
                widget.deleteLater()
        for watch in watches:
            if watch not in self._rows:
                self._rows[watch] = self._add_row(watch)
            label, bar, button = self._rows[watch]
            label.setText(watch.text())
            _show_progress(bar, watch)
            button.setEnabled(watch.can_stop)
        if not watches:
            self.hide()
        elif self.isVisible():
            self.adjustSize()

    def _add_row(self, watch: JobWatch) -> tuple[QLabel, QProgressBar, QToolButton]:
        row = self._grid.rowCount()
        label, bar = QLabel(self), _progress_bar(self)
        button = QToolButton(self)
        button.setText(self.tr("Stop"))
        button.setAccessibleName(self.tr("Stop {0}").format(watch.job.title))
        button.clicked.connect(watch.stop)
        for column, widget in enumerate((label, bar, button)):
            self._grid.addWidget(widget, row, column)
        return label, bar, button


class JobBar(QWidget):
    """One line in the status bar for all job runners of a session.

    The job that has been running longest has the line; a small button opens a list
    where there are more.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._watches: list[JobWatch] = []
        self._shown: JobWatch | None = None
        self._label = QLabel(self)
        self._label.setSizePolicy(
            QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred
        )
        self._label.setAccessibleName(self.tr("What the program is doing"))
        self._bar = _progress_bar(self)
        self._stop = QToolButton(self)
        self._stop.setText(self.tr("Stop"))
        self._stop.setToolTip(self.tr("Stop this work; what is done so far stays"))
        self._stop.setAccessibleName(self.tr("Stop this work"))
        self._stop.clicked.connect(self.stop_shown)
        self._others = QToolButton(self)
        self._others.setToolTip(self.tr("Show everything that is running"))
        self._others.clicked.connect(self._open_list)
        self._list = JobList(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._label, 1)
        # The button that stops comes last, so that nothing pushes it from the pointer.
        for widget in (self._others, self._bar, self._stop):
            row.addWidget(widget)
            widget.hide()
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._refresh)
        self._ended = QTimer(self)
        self._ended.setSingleShot(True)
        self._ended.setInterval(ENDED_STAYS_MS)
        self._ended.timeout.connect(self._label.clear)
        self._runners: list[JobRunner] = []
        for runner in session.runners:
            self.add_runner(runner)

    @property
    def text(self) -> str:
        """What the bar says now."""
        return self._label.text()

    @property
    def is_stoppable(self) -> bool:
        """Whether a running job is shown with its button."""
        return not self._stop.isHidden()

    def add_runner(self, runner: JobRunner) -> None:
        """Show the jobs of a runner that is not the session's, too."""
        self._runners.append(runner)
        runner.job_added.connect(self._on_job_added)

    def say(self, text: str) -> None:
        """Say something that is no job, for a while."""
        if self._shown is None:
            self._label.setText(text)
            self._ended.start()

    @Slot()
    def stop_shown(self) -> None:
        """Stop the job that has the line, and those of its kind behind it."""
        if self._shown is not None:
            self._shown.stop()
            self._refresh()

    @Slot(object)
    def _on_job_added(self, job: Job) -> None:
        runner = next((r for r in self._runners if job in r.jobs), None)
        if runner is None:
            return
        # To stop the journal would be to lose what it was about to keep.
        can_stop = runner is not self._session.files
        watch = JobWatch(job, runner, self, can_stop=can_stop)
        watch.ended.connect(self._on_ended)
        self._watches.append(watch)
        if not self._tick.isActive():
            self._tick.start()

    @Slot(object)
    def _on_ended(self, watch: JobWatch) -> None:
        self._watches.remove(watch)
        if watch is self._shown:
            self._label.setText(watch.outcome)
            self._ended.start()
        self._refresh()
        watch.deleteLater()

    def _visible(self) -> list[JobWatch]:
        files = self._session.files
        return [
            watch
            for watch in self._watches
            if watch.began is not None
            and watch.seconds()
            >= (FILES_AFTER_S if watch.runner is files else SHOW_AFTER_S)
        ]

    @Slot()
    def _refresh(self) -> None:
        visible = self._visible()
        if not self._watches:
            self._tick.stop()
        self._shown = visible[0] if visible else None
        self._bar.setVisible(self._shown is not None)
        stops = (
            self._shown is not None and self._shown.runner is not self._session.files
        )
        self._stop.setVisible(stops)
        self._others.setVisible(len(visible) > 1)
        if self._list.isVisible():
            self._list.show_jobs(visible)
        if self._shown is None:
            return
        self._ended.stop()
        self._label.setText(self._shown.text())
        self._label.setToolTip(self._shown.text())
        _show_progress(self._bar, self._shown)
        self._stop.setEnabled(self._shown.can_stop)
        if len(visible) > 1:
            self._others.setText(self.tr("+{0}").format(len(visible) - 1))
            self._others.setAccessibleName(
                self.tr("{0} more running").format(len(visible) - 1)
            )

    @Slot()
    def _open_list(self) -> None:
        self._list.show_jobs(self._visible())
        self._list.adjustSize()
        corner = self._others.mapToGlobal(QPoint(self._others.width(), 0))
        self._list.move(corner - QPoint(self._list.width(), self._list.height() + 4))
        self._list.show()


def _progress_bar(parent: QWidget) -> QProgressBar:
    bar = QProgressBar(parent)
    bar.setTextVisible(False)
    bar.setFixedSize(150, 12)
    bar.setAccessibleName(QCoreApplication.translate("JobBar", "Progress"))
    return bar


def _show_progress(bar: QProgressBar, watch: JobWatch) -> None:
    # Without a total the bar only shows that something moves.
    # A bar repaints at once, and with it all of the window that waits to be painted.
    # One that may not paint just now asks to be painted on the next turn.
    bar.setUpdatesEnabled(False)
    bar.setRange(0, watch.total)
    bar.setValue(min(watch.done, watch.total))
    bar.setUpdatesEnabled(True)
