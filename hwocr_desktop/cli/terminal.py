"""How the command line talks: results to one stream, everything else to the other.

Standard output holds what was asked for and nothing else, so that it can be piped.
Notes, errors and the progress bar go to standard error, the bar only where that is a
terminal.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from typing import Any, TextIO

from hwocr_desktop.core.errors import HwocrError
from hwocr_desktop.core.paths import user_logs
from hwocr_desktop.core.progress import CancelToken, Progress

DRAW_INTERVAL_S = 0.05
BAR_WIDTH = 20
CLEAR_LINE = "\r\x1b[K"


class Terminal:
    """The two streams of a command, and the bar that is drawn on one of them.

    Parameters
    ----------
    out, err : TextIO
        Where results and where remarks go; the present standard streams if None.
    """

    def __init__(self, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self.err = err or sys.stderr
        self._has_bar = False
        self._drawn = -DRAW_INTERVAL_S
        for stream in (self._out, self.err):
            # Old handwriting has letters that a Windows code page has not, and file
            # names may hold bytes that are no letters at all.
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure is not None:
                reconfigure(encoding="utf-8", errors="backslashreplace")

    def say(self, text: str = "") -> None:
        """Print a result."""
        self.clear_bar()
        print(text, file=self._out, flush=True)

    def note(self, text: str) -> None:
        """Print a remark that is no result."""
        self.clear_bar()
        print(text, file=self.err, flush=True)

    def error(self, error: HwocrError, subject: str = "") -> None:
        """Print what happened and what to do about it."""
        self.note(f"{subject}: {error}" if subject else str(error))

    def json(self, value: Any) -> None:
        """Print one JSON object."""
        self.say(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False))

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Print a table; all columns but the first are set flush right."""
        widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
        for row in (head, ["-" * width for width in widths], *rows):
            cells = [row[0].ljust(widths[0])]
            cells += [c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True)]
            self.say("  ".join(cells).rstrip())

    def report(self, progress: Progress) -> None:
        """Draw the bar; a `Report` for long work."""
        if not self.err.isatty():
            return
        now = time.monotonic()
        is_last = 0 < progress.total <= progress.done
        if not is_last and now - self._drawn < DRAW_INTERVAL_S:
            return
        self._drawn = now
        self._has_bar = True
        columns = shutil.get_terminal_size().columns
        # One column is left free: some terminals wrap when the last is filled.
        line = _bar(progress)[: max(columns - 1, 1)]
        self.err.write(CLEAR_LINE + line)
        self.err.flush()

    def clear_bar(self) -> None:
        """Take the bar away, so that other text has the line to itself."""
        if self._has_bar:
            self.err.write(CLEAR_LINE)
            self.err.flush()
            self._has_bar = False


@contextmanager
def own_streams(log: str, *, is_verbose: bool) -> Iterator[Terminal]:
    """Keep both standard streams to ourselves while a command runs.

    What libraries print, in whatever language they are written, must not mix with
    results, and says nothing to people. It goes to the folder of logs, or to standard
    error if `is_verbose`.

    Parameters
    ----------
    log : str
        Name of the file there.
    is_verbose : bool

    Yields
    ------
    Terminal
        What the command talks through.
    """
    if not (_is_stream(sys.stdout, 1) and _is_stream(sys.stderr, 2)):
        # Somebody has put others in their place, a test for instance.
        terminal = Terminal()
        with redirect_stdout(terminal.err):
            yield terminal
        return
    kept = [os.dup(1), os.dup(2)]
    sink = os.dup(2) if is_verbose else _open_log(log)
    try:
        os.dup2(sink, 1)
        os.dup2(sink, 2)
        with _text_stream(kept[0]) as out, _text_stream(kept[1]) as err:
            yield Terminal(out, err)
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()  # to the sink, where it belongs
        os.dup2(kept[0], 1)
        os.dup2(kept[1], 2)
        for number in (*kept, sink):
            os.close(number)


@contextmanager
def _text_stream(number: int) -> Iterator[TextIO]:
    """Open a file descriptor for text, and leave it open afterward."""
    stream = os.fdopen(number, "w", encoding="utf-8", buffering=1, closefd=False)
    try:
        yield stream
    finally:
        # Whoever read it may have gone.
        with suppress(OSError):
            stream.close()


def _is_stream(stream: Any, number: int) -> bool:
    try:
        return bool(stream.fileno() == number)
    except (OSError, ValueError, AttributeError):
        return False


def _open_log(name: str) -> int:
    """Open the file for what libraries print, or nothing if there can be none."""
    # Another run may write there at the same time.
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    with suppress(OSError):
        user_logs().mkdir(parents=True, exist_ok=True)
        return os.open(user_logs() / name, flags, 0o644)
    return os.open(os.devnull, os.O_WRONLY)


def _bar(progress: Progress) -> str:
    if not progress.total:
        return f"... {progress.text}"
    share = min(1.0, progress.done / progress.total)
    full = int(share * BAR_WIDTH)
    bar = "#" * full + "." * (BAR_WIDTH - full)
    count = f"{progress.done}/{progress.total}"
    return f"[{bar}] {100 * share:3.0f} % {count} {progress.text}"


class LogLines(logging.Handler):
    """Shows log records as remarks, without damage to the bar."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__()
        self._terminal = terminal

    def emit(self, record: logging.LogRecord) -> None:
        """Print one record."""
        self._terminal.note(self.format(record))


@contextmanager
def shown_log(terminal: Terminal, verbosity: int) -> Iterator[None]:
    """Show the program's log: warnings, with 1 information, with 2 everything."""
    log = logging.getLogger("hwocr_desktop")
    lines = LogLines(terminal)
    lines.setFormatter(logging.Formatter("%(levelname)s: %(message)s"))
    before = log.level
    log.addHandler(lines)
    log.setLevel([logging.WARNING, logging.INFO, logging.DEBUG][min(verbosity, 2)])
    try:
        yield
    finally:
        log.removeHandler(lines)
        log.setLevel(before)


@contextmanager
def stoppable() -> Iterator[CancelToken]:
    """Give a token that Ctrl+C or a polite kill cancels.

    The work then ends at its next check, where nothing is half done. A second Ctrl+C
    ends it wherever it is.
    """
    token = CancelToken()

    def stop(*_: object) -> None:
        if token.is_cancelled:
            raise KeyboardInterrupt
        token.cancel()
        # Not through the terminal object: a signal may come in the midst of a write.
        if sys.stderr is not None and sys.stderr.isatty():
            os.write(2, b"\nStopping; once more ends it at once.\n")

    # Only the main thread may ask for signals.
    numbers = [signal.SIGINT, signal.SIGTERM]
    if threading.current_thread() is not threading.main_thread():
        numbers = []
    before = [(number, signal.signal(number, stop)) for number in numbers]
    try:
        yield token
    finally:
        for number, handler in before:
            signal.signal(number, handler)
