"""How long the window cannot answer while the program works.

    python -m benchmarks.stalls FOLDER [--model ID]

FOLDER holds scans with PAGE XML beside them; six are opened, looked at, cleaned, read,
and learned from while a person types. A timer beats every 5 ms in the window's thread:
the longest gap between beats is the longest time the window could not answer. Runs off
screen unless QT_QPA_PLATFORM says otherwise.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from hwocr_desktop.core.paths import HOME_VARIABLE
from hwocr_desktop.core.settings import Settings

PAGES, LEARN_MINUTES, TYPING_MS = 6, 1.5, 120
BEAT_MS = 5


class Bench:
    """A window with a project, and a heart that beats in its thread."""

    def __init__(self, folder: Path) -> None:
        from PySide6.QtCore import QTimer

        from hwocr_desktop.app.session import Session
        from hwocr_desktop.ui.garbage import GarbageCollection
        from hwocr_desktop.ui.main_window import MainWindow
        from hwocr_desktop.ui.start import make_application

        self.app = make_application()
        self.garbage = GarbageCollection()
        self.session = Session()
        self.window = MainWindow(self.session)
        self.window.resize(1600, 1000)
        self.window.show()
        self.session.create(folder / "project")
        self._beats: list[float] = []
        self._heart = QTimer()
        self._heart.setInterval(BEAT_MS)
        self._heart.timeout.connect(lambda: self._beats.append(time.perf_counter()))
        self._heart.start()

    def wait(self, ms: int) -> None:
        """Let the window live for a while."""
        from PySide6.QtCore import QEventLoop, QTimer

        loop = QEventLoop()
        QTimer.singleShot(ms, loop.quit)
        loop.exec()

    def settle(self) -> None:
        """Wait until no job runs."""
        while any(runner.is_busy for runner in self.session.runners):
            self.wait(20)
        self.wait(300)

    def during(self, begin: Callable[[], object]) -> dict[str, float]:
        """Do something and return its seconds and the longest gaps in ms."""
        begun = time.perf_counter()
        self._beats[:] = [begun]  # what is done at once counts, too
        begin()
        self.settle()
        gaps = sorted(1000 * (b - a) for a, b in pairwise(self._beats))
        return {
            "seconds": round(time.perf_counter() - begun, 2),
            "longest_ms": round(gaps[-1], 1),
            "over_50_ms": sum(gap > 50 for gap in gaps),
        }

    def close(self) -> None:
        """End in the window's own orderly way."""
        from PySide6.QtCore import QEventLoop, QTimer

        loop = QEventLoop()
        self.window.closed.connect(lambda _: loop.quit())
        QTimer.singleShot(0, self.window.close)
        loop.exec()


def situations(
    bench: Bench, scans: list[Path], model: str
) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield what the window is measured in, in the order of a day's work."""
    from dataclasses import replace

    from hwocr_desktop.app.warmup import warm_up

    session = bench.session

    def read(page_id: str) -> None:
        # As the window does it unless the settings say otherwise.
        session.read((page_id,), model, decoder=Settings().decoder, find_lines=True)

    def clean(method: str) -> None:
        page = session.page
        assert page is not None
        session.set_cleaning(replace(page.cleaning, method=method))

    yield "opening the scans", lambda: session.add_scans(scans, has_documents=False)
    first = session.project.pages[0].id
    yield (
        "loading the networks",
        lambda: session.networks.submit("Loading", warm_up, model, "word-beam"),
    )
    yield "reading a page, the first time", lambda: read(first)
    yield "reading it again", lambda: read(first)
    for page in session.project.pages[1:3]:
        yield "turning to a page", lambda page=page: session.select_page(page.id)
        yield "finding its lines", lambda page=page: session.find_lines((page.id,))
        yield "reading a page", lambda page=page: read(page.id)
    for method in ("sauvola", "sae-fast", "sae-best"):
        yield f"cleaning by {method}", lambda method=method: clean(method)
    yield "turning back", lambda: session.select_page(first)
    yield (
        "reading all pages",
        lambda: [read(page.id) for page in session.project.pages],
    )


def correct_all(session: Any, scans: list[Path]) -> None:
    """Take the truth of the pages for what a person checked."""
    from hwocr_desktop.app import imports
    from hwocr_desktop.core.document import edits
    from hwocr_desktop.core.progress import CancelToken

    found = imports.read_documents(
        [scan.with_suffix(".xml") for scan in scans],
        cancel=CancelToken(),
        report=lambda progress: None,
    )
    project = session.project
    for path, document in found.documents:
        page = imports.matching_page(project, path, document)
        if page is not None:
            project = imports.with_document(project, page.id, document)
            for line in project.page(page.id).lines:
                if line.text:
                    project = edits.accept_line(project, page.id, line.id)
    session.commit("Import", project)


def teaching(bench: Bench, model: str) -> Any:
    """Begin to teach the checked lines, as the training dialog does."""
    from hwocr_desktop.app.learning import LearnRequest
    from hwocr_desktop.ui.teaching_run import TeachingRun

    session = bench.session
    run = TeachingRun(session, bench.window)
    run.learned.connect(run.discard)
    run.start(LearnRequest(session.project, session.folder, (), model, LEARN_MINUTES))
    return run


def learn_and_type(bench: Bench, model: str) -> None:
    """Begin a training on the checked lines, and type while it runs."""
    session = bench.session
    run = teaching(bench, model)
    lines = session.page.lines
    count = 0
    while run.is_running:
        line = lines[count // 40 % len(lines)]
        bench.window.text.select_line(line.id)
        session.correct_line(line.id, f"{line.text} {'typed '[: count % 7]}{count}")
        if count % 40 == 39:
            session.accept_line(line.id)
        count += 1
        bench.wait(TYPING_MS)


def cancelling(bench: Bench, model: str) -> dict[str, float]:
    """Return the seconds from "Cancel" to the end of a training that was under way."""
    run = teaching(bench, model)
    while not run.is_learning:
        bench.wait(20)
    bench.wait(5000)
    begun = time.perf_counter()
    run.stop(is_pause=False)
    while run.is_running:
        bench.wait(5)
    return {"seconds": round(time.perf_counter() - begun, 2)}


def main() -> int:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="lines-en-modern")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    scans = sorted(
        path
        for path in options.folder.iterdir()
        if path.suffix != ".xml" and path.with_suffix(".xml").is_file()
    )[:PAGES]
    with tempfile.TemporaryDirectory() as folder:
        os.environ[HOME_VARIABLE] = folder
        bench = Bench(Path(folder))
        report = [
            {"what": name} | bench.during(begin)
            for name, begin in situations(bench, scans, options.model)
        ]
        correct_all(bench.session, scans)
        bench.settle()
        learning = bench.during(lambda: learn_and_type(bench, options.model))
        report.append({"what": "learning while a person types"} | learning)
        cancelled = cancelling(bench, options.model)
        report.append({"what": "cancelling a training"} | cancelled)
        bench.close()
    json.dump(report, sys.stdout, indent=2)
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
