"""Where the progress of a training goes: the bar, remarks, and a file for programs."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from hwocr_desktop.cli.side_files import write_picture
from hwocr_desktop.cli.terminal import Terminal
from hwocr_desktop.core import atomic
from hwocr_desktop.core.atomic import not_writable
from hwocr_desktop.core.errors import OutputNotWritable
from hwocr_desktop.core.pixels.curve_plot import draw_curve
from hwocr_desktop.core.progress import Cancelled, Progress
from hwocr_desktop.ml.training.checkpoint import json_line

log = logging.getLogger(__name__)

INTERVAL_S = 10.0
"""Progress without a measurement is written to the file at most this often."""


@contextmanager
def told_if_stopped(
    terminal: Terminal, is_kept: Callable[[], object]
) -> Iterator[None]:
    """Tell that a training goes on where it was stopped, if something of it is kept."""
    try:
        yield
    except (Cancelled, KeyboardInterrupt):
        if is_kept():
            terminal.note(
                "What was learned so far is kept; the same command, without --fresh, "
                "goes on with it."
            )
        raise


class LivePlot:
    """Draws how good a model is, anew at each measurement.

    Parameters
    ----------
    path : Path
        The PNG, replaced as a whole each time; the numbers are put beside it as CSV.
    history : Path
        The run's ``log.jsonl``, which has the measurements of earlier starts too.
    """

    def __init__(self, path: Path, history: Path) -> None:
        self._path, self._history = path, history

    def report(self, progress: Progress) -> None:
        """Take one report; a picture that cannot be written ends no training."""
        if _entries(progress.partial).keys() & {"f_measure", "cer"}:
            try:
                self.draw()
            except OutputNotWritable as error:
                log.warning("no curve now: %s", error)

    def draw(self) -> None:
        """Draw what has been measured so far, and write its table.

        Raises
        ------
        OutputNotWritable
            If one of them cannot be written.
        """
        measured = [_flat(point) for point in self._points()]
        if not measured:
            return
        picture = (_f_curve if "f_measure" in measured[0] else _text_curve)(measured)
        write_picture(self._path, picture)
        table = io.StringIO()
        names = list(dict.fromkeys(name for point in measured for name in point))
        writer = csv.DictWriter(table, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(measured)
        atomic.write_text(self._path.with_suffix(".csv"), table.getvalue())

    def _points(self) -> Iterator[dict[str, Any]]:
        if not self._history.is_file():
            return
        for line in self._history.read_text(encoding="utf-8").splitlines():
            try:
                yield json.loads(line)
            except ValueError:  # cut off where the disk was full
                log.warning("a measurement in %s cannot be read", self._history)


def _flat(point: dict[str, Any]) -> dict[str, Any]:
    """Give each set of lines, and each page, a column of its own."""
    columns = {
        f"{kind}{name}": value
        for kind, values in ((_CER, "cer"), (_F, "pages"))
        for name, value in point.pop(values, {}).items()
    }
    return point | columns


_CER, _F = "CER ", "F "


def _f_curve(measured: list[dict[str, Any]]) -> bytes:
    is_ink = any(name.startswith(_F) for name in measured[0])
    return draw_curve(
        [(point["step"], point["f_measure"]) for point in measured],
        {"best": max(point["f_measure"] for point in measured)},
        title="Ink on held-out pages" if is_ink else "Baselines on held-out pages",
        across="batches learned from",
        up="mean F-measure, %",
        name="now",
        logarithmic=False,
    )


def _text_curve(measured: list[dict[str, Any]]) -> bytes:
    everything = f"{_CER}all"
    best = min(measured, key=lambda point: float(point[everything]))
    sets = {
        name.removeprefix(_CER): float(best[name])
        for name in best
        if name.startswith(_CER) and name != everything
    }
    return draw_curve(
        [(point["step"], point[everything]) for point in measured],
        sets if len(sets) > 1 else {},
        title="Wrong characters on held-out lines; at the best point by set",
        across="batches learned from",
        up="wrong characters in 100",
        name="all sets",
        logarithmic=False,
    )


class TrainingLog:
    """Takes the reports of a training.

    Parameters
    ----------
    terminal : Terminal
        Shows the bar, and a remark for each measurement.
    path : Path or None
        File to which a JSON object a line is appended: ``time`` (seconds since 1970),
        ``done``, ``total``, ``text``, and the measurement's own entries; what is no
        number, such as the loss before anything was learned, is null.

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
        self._end_file()

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
        try:
            self._file.write(json_line(entry))
        except OSError as error:
            # A full disk must not end what may have taken hours.
            self._end_file()
            if self._path is not None:
                self._terminal.note(str(not_writable(self._path, error)))

    def _end_file(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):  # what could not be written is tried once more
                file.close()


def _entries(partial: Any) -> dict[str, Any]:
    """Return a measurement as plain values; nothing for any other partial."""
    if dataclasses.is_dataclass(partial) and not isinstance(partial, type):
        return dataclasses.asdict(partial)
    return {}
