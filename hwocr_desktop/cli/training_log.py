"""Where the progress of a training goes: the bar, remarks, and a file for programs."""

from __future__ import annotations

import dataclasses
import json
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from hwocr_desktop.cli.terminal import Terminal
from hwocr_desktop.core.atomic import not_writable
from hwocr_desktop.core.progress import Progress

INTERVAL_S = 10.0
"""Progress without a measurement is written to the file at most this often."""


class TrainingLog:
    """Takes the reports of a training.

    Parameters
    ----------
    terminal : Terminal
        Shows the bar, and a remark for each measurement.
    path : Path or None
        File to which a JSON object a line is appended: ``time`` (seconds since 1970),
        ``done``, ``total``, ``text``, and the measurement's own entries.

    Raises
    ------
    OutputNotWritable
        When it is entered, if the file cannot be opened.
    """

    def __init__(self, terminal: Terminal, path: Path | None) -> None:
        self._terminal, self._path = terminal, path
        self._file: TextIO | None = None
        self._written = -INTERVAL_S

    def __enter__(self) -> Self:
        if self._path is not None:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._file = self._path.open("a", encoding="utf-8", buffering=1)
            except OSError as error:
                raise not_writable(self._path, error) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._terminal.clear_bar()
        if self._file is not None:
            self._file.close()

    def report(self, progress: Progress) -> None:
        """Take one report."""
        measured = _entries(progress.partial)
        if measured:
            self._terminal.note(progress.text)
        self._terminal.report(progress)
        if self._file is None:
            return
        now = time.monotonic()
        if not measured and now - self._written < INTERVAL_S:
            return
        self._written = now
        entry = {
            "time": round(time.time(), 1),
            "done": progress.done,
            "total": progress.total,
            "text": progress.text,
            **measured,
        }
        self._file.write(json.dumps(entry, ensure_ascii=False) + "\n")


def _entries(partial: Any) -> dict[str, Any]:
    """Return a measurement as plain values; nothing for any other partial."""
    if dataclasses.is_dataclass(partial) and not isinstance(partial, type):
        return dataclasses.asdict(partial)
    return {}
