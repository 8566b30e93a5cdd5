"""Log file, crash file and the last net for errors nobody expected."""

from __future__ import annotations

import faulthandler
import logging
import logging.handlers
import os
import platform
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import IO

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
    qVersion,
)

from hwocr_desktop import __version__

log = logging.getLogger(__name__)

_LOG_BYTES = 1_000_000
_LOG_FILES = 4
_PREFIX = "crash-"
_QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class Faults(QObject):
    """Says in the window's thread that an unexpected error was caught somewhere.

    It lives in the thread that made it, so that what is connected to it runs there,
    whichever thread the error was in.

    Signals
    -------
    caught : BaseException
    """

    caught = Signal(object)


class CrashLog:
    """Keeps the program's log, and a trace if the whole process dies.

    Parameters
    ----------
    folder : Path
        Made if it is missing.
    """

    def __init__(self, folder: Path) -> None:
        self.faults = Faults()
        self._folder = folder
        self._file: IO[str] | None = None
        self._handler: logging.Handler | None = None
        self._level = logging.NOTSET
        self._hooks = (sys.excepthook, threading.excepthook)

    def start(self) -> Path | None:
        """Begin to keep the log.

        Returns
        -------
        Path or None
            The trace that a crash of an earlier run left, told once.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._handler = logging.handlers.RotatingFileHandler(
                self._folder / "hwocr.log",
                maxBytes=_LOG_BYTES,
                backupCount=_LOG_FILES,
                encoding="utf-8",
                delay=True,
            )
            crashed = self._earlier_crash()
            path = self._folder / f"{_PREFIX}{os.getpid()}.txt"
            self._file = path.open("w", encoding="utf-8")
            faulthandler.enable(self._file)
        except OSError as error:
            # A full or protected disk must not keep the program from starting.
            log.warning("no log in %s: %s", self._folder, error)
            crashed = None
        self._begin_logging()
        sys.excepthook = self._on_error
        threading.excepthook = self._on_thread_error
        qInstallMessageHandler(_take_qt_message)
        return crashed

    def stop(self) -> None:
        """Put everything back as it was; an empty crash file goes."""
        qInstallMessageHandler(None)
        sys.excepthook, threading.excepthook = self._hooks
        if self._file is not None:
            faulthandler.disable()
            path = Path(self._file.name)
            self._file.close()
            self._file = None
            if path.exists() and path.stat().st_size == 0:
                path.unlink()
        if self._handler is not None:
            logging.getLogger().removeHandler(self._handler)
            logging.getLogger("hwocr_desktop").setLevel(self._level)
            self._handler.close()
            self._handler = None

    def flush(self) -> None:
        """Write the log to the disk, before the process ends without a farewell."""
        if self._handler is not None:
            self._handler.flush()

    def _begin_logging(self) -> None:
        if self._handler is not None:
            form = "%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"
            self._handler.setFormatter(logging.Formatter(form))
            logging.getLogger().addHandler(self._handler)
        ours = logging.getLogger("hwocr_desktop")
        self._level, usual = ours.level, ours.getEffectiveLevel()
        # The file gets more than the terminal, which stays as quiet as it was.
        for handler in ours.handlers:
            handler.setLevel(max(handler.level, usual))
        ours.setLevel(min(usual, logging.INFO))
        log.info(
            "hwocr_desktop %s, Python %s, Qt %s, %s",
            __version__,
            platform.python_version(),
            qVersion(),
            platform.platform(),
        )

    def _earlier_crash(self) -> Path | None:
        """Return the newest trace nobody was told of, and tidy up the empty ones."""
        found = []
        for path in self._folder.glob(f"{_PREFIX}*.txt"):
            if path.stat().st_size:
                found.append(path)
            elif not _is_running(path.stem.removeprefix(_PREFIX)):
                path.unlink()
        told = [
            path.rename(path.with_name(f"told-{path.name}"))
            for path in sorted(found, key=lambda p: p.stat().st_mtime)
        ]
        return told[-1] if told else None

    def _on_error(
        self,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType | None,
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._hooks[0](kind, error, trace)
            return
        log.critical("unexpected error", exc_info=(kind, error, trace))
        self.faults.caught.emit(error)

    def _on_thread_error(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self._on_error(args.exc_type, args.exc_value, args.exc_traceback)


def _is_running(pid: str) -> bool:
    """Whether a process of that number may still write to its file."""
    if not pid.isdecimal() or int(pid) == os.getpid():
        return False
    if sys.platform == "win32":
        return False  # there an open file cannot be removed anyway
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _take_qt_message(
    kind: QtMsgType, context: QMessageLogContext, message: str
) -> None:
    logging.getLogger("qt").log(_QT_LEVELS.get(kind, logging.WARNING), "%s", message)
