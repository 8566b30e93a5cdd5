"""Start the program with its window, and end it in order."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import (
    QCoreApplication,
    QEventLoop,
    QLibraryInfo,
    QLocale,
    QObject,
    QSocketNotifier,
    QTimer,
    QTranslator,
    Slot,
)
from PySide6.QtWidgets import QApplication, QWidget

from hwocr_desktop import __version__
from hwocr_desktop.app import projects
from hwocr_desktop.app.requests import Notice
from hwocr_desktop.app.session import Session
from hwocr_desktop.app.warmup import import_teaching, warm_up
from hwocr_desktop.core.paths import bundled_resources, user_logs
from hwocr_desktop.core.settings import load_settings
from hwocr_desktop.ui.crash_log import CrashLog
from hwocr_desktop.ui.drops import sort_paths
from hwocr_desktop.ui.garbage import GarbageCollection
from hwocr_desktop.ui.icons import program_icon
from hwocr_desktop.ui.main_window import MainWindow
from hwocr_desktop.ui.theme import Theme

log = logging.getLogger(__name__)

_PAINT_MS = 10_000

SWITCH_S = 0.0005
"""A tenth of Python's own; with that, the window stood still up to 0.2 s at a time
while a page was read."""
_TICK_MS = 100
_MOST_TICKS = 20


@dataclass(frozen=True, slots=True)
class StartRequest:
    """What to begin with.

    Attributes
    ----------
    paths : tuple of Path
        A project, scans, folders of scans, or PAGE XML.
    sample : bool
        Whether to open the pages that come with the program.
    """

    paths: tuple[Path, ...] = ()
    sample: bool = False


def run(
    request: StartRequest | Sequence[Path | str] = (), *, sample: bool = False
) -> int:
    """Open the window and return once it is closed.

    Parameters
    ----------
    request : StartRequest, or sequence of paths
        What to begin with.
    sample : bool
        As in `StartRequest`, where paths are given.

    Returns
    -------
    int
        Exit code, 0 if all went well.
    """
    if not isinstance(request, StartRequest):
        paths = tuple(Path(path) for path in request)
        request = StartRequest(paths, sample)
    crash_log = CrashLog(user_logs())
    crashed = crash_log.start()
    app = make_application()
    garbage = GarbageCollection()
    theme = Theme(app, load_settings().theme)
    translators = load_translations(app, load_settings().language)
    session = Session()
    window = MainWindow(session, theme)
    start = Start(window, request, crashed)
    crash_log.faults.caught.connect(start.on_fault)
    window.show()
    with closing_on_signals(window):
        code = app.exec()
    in_time = start.in_time
    for translator in translators:
        app.removeTranslator(translator)
    del start, window, session
    garbage.stop()
    if not in_time:
        # Something cannot be interrupted. Everything is saved, and to wait for it
        # would only look like a crash.
        log.warning("some work did not stop; leaving without it")
        crash_log.flush()
        crash_log.stop()
        logging.shutdown()
        os._exit(code)
    crash_log.stop()
    return code


class Start(QObject):
    """What happens right after the first painting, and at the end.

    Parameters
    ----------
    window : MainWindow
    request : StartRequest
    crashed : Path or None
        The trace that a crash of an earlier run left.
    """

    def __init__(
        self, window: MainWindow, request: StartRequest, crashed: Path | None
    ) -> None:
        super().__init__(window)
        self._window, self._request, self._crashed = window, request, crashed
        self.in_time = True
        self._ticks = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._on_tick)
        window.closing.stopping.connect(self._timer.stop)
        window.painted.connect(self._on_painted)
        window.closed.connect(self._on_closed)

    @Slot()
    def _on_painted(self) -> None:
        window, request = self._window, self._request
        if window.closing.is_ending:
            return  # closed before it was ever seen
        if self._crashed is not None:
            window.notices.add(self._crash_notice())
        if request.paths:
            window.project_commands.take(sort_paths(request.paths))
        elif request.sample:
            window.project_commands.open_sample()
        else:
            window.recovery.look()
        self._timer.start()

    @Slot()
    def _on_tick(self) -> None:
        """Load what takes time once the first page is there, or after two seconds.

        While the system loads a library for one thread, it loads none for another:
        whatever opens the first scan would wait, and the window with it.
        """
        session = self._window.session
        self._ticks += 1
        first = (session.pixels, session.batch, session.files)
        if self._ticks < _MOST_TICKS and any(runner.is_busy for runner in first):
            return
        self._timer.stop()
        # Before the networks, which take seconds: the dialog may be opened by then.
        job = session.networks.submit(
            self.tr("Loading what trainings need"), import_teaching
        )
        job.succeeded.connect(self._window.dialogs.import_training)
        job.failed.connect(self.on_fault)
        job.is_asked_for = False
        if self._window.preferences.settings.warm_up:
            self._load_networks()

    def _load_networks(self) -> None:
        session = self._window.session
        job = session.networks.submit(
            self.tr("Loading the networks"),
            warm_up,
            self._window.picker.model_id,
            self._window.preferences.settings.decoder,
        )
        job.succeeded.connect(self._window.dialogs.take_report)
        job.failed.connect(self.on_fault)
        job.is_waited_for = False

    def _crash_notice(self) -> Notice:
        return Notice(
            self.tr("The program ended unexpectedly the last time."),
            self.tr(
                "Your work was kept as you typed it. If this happens again, send the "
                "newest files of the log folder to its makers."
            ),
            "warning",
            "open-logs",
        )

    @Slot(object)
    def on_fault(self, error: Exception) -> None:
        """Tell the person of an error that nobody expected."""
        self._window.notices.add(projects.failure_notice(error))

    @Slot(bool)
    def _on_closed(self, in_time: bool) -> None:
        self.in_time = in_time
        # Never from inside a nested loop, such as that of a native dialog.
        QTimer.singleShot(0, QCoreApplication.quit)


@contextlib.contextmanager
def closing_on_signals(window: QWidget) -> Iterator[None]:
    """Let Ctrl+C in a terminal, or the end of a session, close the window in order.

    Python handles signals only while it runs, which it does not while Qt waits. So a
    signal writes a byte into a pipe that Qt looks at. Windows has no such pipes; there
    the terminal ends the program, and the journal has everything.
    """
    if sys.platform == "win32" or threading.current_thread() != threading.main_thread():
        yield
        return
    reader, writer = os.pipe()
    for end in (reader, writer):
        os.set_blocking(end, False)
    notifier = QSocketNotifier(reader, QSocketNotifier.Type.Read)
    notifier.activated.connect(window.close)
    before_fd = signal.set_wakeup_fd(writer)
    kinds = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(kind, lambda *_: None) for kind in kinds]
    try:
        yield
    finally:
        notifier.setEnabled(False)
        signal.set_wakeup_fd(before_fd)
        for kind, old in zip(kinds, before, strict=True):
            signal.signal(kind, old)
        os.close(reader)
        os.close(writer)


def make_application() -> QApplication:
    """Return the application object, made if there is none, with its names."""
    # Painting gives Python's lock up and takes it back dozens of times; each time it
    # may have to wait this long for a worker that is busy in Python.
    sys.setswitchinterval(SWITCH_S)
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("hwocr_desktop")
    app.setApplicationDisplayName("hwocr desktop")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("hwocr_desktop")
    app.setWindowIcon(program_icon())
    # The window says when it is time: it saves first.
    app.setQuitOnLastWindowClosed(False)
    return app


def load_translations(app: QApplication, language: str) -> list[QTranslator]:
    """Load the words of a language, the program's and Qt's own, where there are any.

    Parameters
    ----------
    app : QApplication
    language : str
        Such as "de"; "" follows the system.

    Returns
    -------
    list of QTranslator
        To be kept as long as they are wanted.
    """
    locale = QLocale(language) if language else QLocale.system()
    if language:
        QLocale.setDefault(locale)
    qt_words = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    loaded = []
    for name, folder in (
        ("qtbase", qt_words),
        ("hwocr", str(bundled_resources() / "translations")),
    ):
        translator = QTranslator(app)
        if translator.load(locale, name, "_", folder):
            app.installTranslator(translator)
            loaded.append(translator)
    return loaded


def try_window() -> None:
    """Open a window, paint it, and close it again, for the self-test.

    Raises
    ------
    RuntimeError
        If it was not painted or did not close in time.
    """
    make_application()
    session = Session()
    window = MainWindow(session)
    loop = QEventLoop()
    happened: list[str] = []

    def on_painted() -> None:
        happened.append("painted")
        if not window.grab().isNull():
            happened.append("grabbed")
        window.close()

    def on_closed(in_time: bool) -> None:
        happened.append("closed" if in_time else "late")
        loop.quit()

    window.painted.connect(on_painted)
    window.closed.connect(on_closed)
    QTimer.singleShot(_PAINT_MS, loop.quit)
    window.show()
    loop.exec()
    if "closed" not in happened:
        session.shutdown(1_000)
    if happened != ["painted", "grabbed", "closed"]:
        raise RuntimeError(f"the window only got as far as: {', '.join(happened)}")
