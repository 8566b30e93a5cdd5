"""How long the window cannot answer while a model is taught very many lines.

    python -m benchmarks.stalls_teaching [--lines 10000] [--model ID]

A project with so many checked lines on drawn pages is made; a few of its scans are
gone. The training dialog is opened, looks, starts, and is cancelled while a person
checks lines. See `benchmarks.stalls` for how it is measured. Beside each longest gap
stands the most processor time that the window's own thread took in one, which other
programs hardly change.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.stalls import TYPING_MS, Bench
from hwocr_desktop.core.paths import HOME_VARIABLE

LINES_A_PAGE, PITCH, GONE = 25, 60, 5
MOST_S = 40.0
"""How long anything is waited for."""


def many_lines(folder: Path, count: int) -> Any:
    """Return a project with so many checked lines; its scans are put into a folder."""
    import cv2
    import numpy as np

    from hwocr_desktop.core.document.document import (
        Character,
        Line,
        Page,
        Project,
        Reading,
    )
    from hwocr_desktop.core.pixels.geometry import LineShape

    size = (900, PITCH * (LINES_A_PAGE + 1))
    gray = np.full(size[::-1], 225, np.uint8)
    text = "what the writer put on one line"
    reading = Reading(
        tuple(Character(c, 0.9, 0.0, 1.0) for c in text), "lines-en-modern"
    )
    lines = []
    for number in range(LINES_A_PAGE):
        y = float(PITCH * (number + 1))
        cv2.putText(gray, text, (30, int(y)), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (40,), 2)
        box = ((20.0, y - 34), (880.0, y - 34), (880.0, y + 14), (20.0, y + 14))
        shape = LineShape(((20.0, y), (880.0, y)), box, 34.0, 16.0)
        lines.append(
            Line(f"l{number}", shape, reading=reading, correction=text, checked=True)
        )
    first = folder / "scan0.png"
    cv2.imwrite(str(first), gray)
    pages = []
    for number in range(count // LINES_A_PAGE):
        scan = folder / f"scan{number}.png"
        if number >= GONE:
            os.link(first, scan)
        name = scan.name if number == 0 or number >= GONE else f"gone{number}.png"
        pages.append(
            Page(f"p{number + 1}", name, *size, lines=tuple(lines), sha256=f"{number}")
        )
    return Project("Many lines", tuple(pages))


class Teaching:
    """The training dialog of a bench, and what is done with it."""

    def __init__(self, bench: Bench, model: str) -> None:
        self.bench, self.model = bench, model
        self.count = 0
        # When it beat, and what the window's thread had worked by then.
        self._beats: list[tuple[float, float]] = []
        bench._heart.timeout.connect(
            lambda: self._beats.append((time.perf_counter(), time.thread_time()))
        )

    @property
    def dialog(self) -> Any:
        """The training dialog, once it was opened."""
        return self.bench.window.dialogs.training

    def measured(
        self, begin: Callable[[], object], is_over: Callable[[], bool]
    ) -> dict[str, float]:
        """Do something, wait until it is over, and return the longest gaps in ms."""
        bench = self.bench
        bench.wait(300)
        # What is done at once counts, too.
        self._beats[:] = [(time.perf_counter(), time.thread_time())]
        begun = time.perf_counter()
        begin()
        while not is_over() and time.perf_counter() - begun < MOST_S:
            bench.wait(20)
        seconds = time.perf_counter() - begun
        bench.wait(400)
        turns = list(pairwise(self._beats))
        gaps = [1000 * (after[0] - before[0]) for before, after in turns]
        worked = [1000 * (after[1] - before[1]) for before, after in turns]
        return {
            "seconds": round(seconds, 2),
            "longest_ms": round(max(gaps), 1),
            "over_50_ms": sum(gap > 50 for gap in gaps),
            "most_worked_ms": round(max(worked), 1),
        }

    def is_planned(self) -> bool:
        """Whether the dialog has said what there is."""
        planner = self.dialog.planner
        return not getattr(planner, "is_looking", False) and bool(planner.request)

    def check(self) -> None:
        """Type into a line and check it, as a person does."""
        session = self.bench.session
        line = session.page.lines[self.count % LINES_A_PAGE]
        self.count += 1
        session.correct_line(line.id, f"{line.text} {self.count}")
        session.accept_line(line.id)

    def check_for_a_while(self) -> None:
        """Check lines while it learns."""
        for _ in range(40):
            self.check()
            self.bench.wait(TYPING_MS)

    def report(self) -> list[dict[str, Any]]:
        """Return what was measured, in the order of a teaching."""
        dialogs, done = self.bench.window.dialogs, []

        def note(
            what: str, begin: Callable[[], object], is_over: Callable[[], bool]
        ) -> None:
            done.append({"what": what} | self.measured(begin, is_over))

        note("opening the dialog, the first time", dialogs.show_training, self._tried)
        self.dialog.close()
        note("opening it again", dialogs.show_training, self.is_planned)
        note("checking a line beside it", self.check, self.is_planned)
        pages = self.dialog.plan.pages
        for choice in (1, 0):
            note(
                "choosing other pages",
                lambda choice=choice: pages.setCurrentIndex(choice),
                self.is_planned,
            )
        dialog = self.dialog
        note("starting", dialog.buttons.start.click, lambda: dialog.run.is_learning)
        note("checking lines while it learns", self.check_for_a_while, lambda: True)
        note(
            "cancelling", dialog.buttons.cancel.click, lambda: not dialog.run.is_running
        )
        return done

    def _tried(self) -> bool:
        return self.is_planned() and "minutes until" in self.dialog.plan.takes.text()


def main() -> int:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000)
    parser.add_argument("--model", default="lines-en-modern")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        os.environ[HOME_VARIABLE] = str(Path(folder) / "home")
        bench = Bench(Path(folder))
        session = bench.session
        project = many_lines(session.folder, options.lines)
        session.commit("Lines", replace(project, line_model=options.model))
        session.select_page(session.project.pages[-1].id)
        bench.settle()
        report = Teaching(bench, options.model).report()
        bench.settle()
        bench.close()
    json.dump(report, sys.stdout, indent=2)
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
