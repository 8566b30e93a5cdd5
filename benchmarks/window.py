"""How quickly the window is there, and how it follows the slider and the brush.

    python -m benchmarks.window

Runs off screen unless QT_QPA_PLATFORM says otherwise. How long the window does not
answer during work is told by `benchmarks.stalls`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

BEGUN = "HWOCR_BENCHMARK_BEGUN"
SLIDER_SIDES = (4960, 6720)  # 33 megapixels


def time_start() -> float:
    """Return the seconds from starting a process to its painted window."""
    environment = os.environ | {BEGUN: repr(time.time())}
    command = [sys.executable, "-m", "benchmarks.window", "--start-only"]
    run = subprocess.run(
        command, capture_output=True, text=True, check=True, env=environment
    )
    return float(run.stdout)


def start_only() -> int:
    """Open the window, print the seconds since the parent began, and leave."""
    from hwocr_desktop.app.session import Session
    from hwocr_desktop.ui.main_window import MainWindow
    from hwocr_desktop.ui.start import make_application

    app = make_application()
    session = Session()
    window = MainWindow(session)
    window.painted.connect(window.close)
    window.closed.connect(lambda _: app.quit())
    painted: list[float] = []
    window.painted.connect(lambda: painted.append(time.time()))
    window.show()
    app.exec()
    sys.stdout.write(f"{painted[0] - float(os.environ[BEGUN]):.3f}")
    return 0


def measure() -> dict[str, object]:
    """Measure the slider and the brush on a drawn page."""
    import cv2
    import numpy as np
    from PySide6.QtCore import QEventLoop, QTimer

    from hwocr_desktop.app.session import Session
    from hwocr_desktop.ui.main_window import MainWindow
    from hwocr_desktop.ui.start import make_application

    app = make_application()
    session = Session()
    window = MainWindow(session)
    window.resize(1600, 1000)
    window.show()

    def wait(*signals: Any, ms: int = 120_000) -> None:
        # An event loop of its own: to quit the application would close the window.
        loop = QEventLoop()
        for signal in signals:
            signal.connect(loop.quit)
        QTimer.singleShot(ms, loop.quit)
        loop.exec()

    def settle() -> None:
        while any(runner.is_busy for runner in session.runners):
            wait(ms=20)

    report: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder:
        width, height = SLIDER_SIDES
        rng = np.random.default_rng(0)
        gray = cv2.resize(
            rng.integers(90, 256, (height // 16, width // 16), np.uint8),
            (width, height),
            interpolation=cv2.INTER_CUBIC,
        )
        scan = Path(folder) / "large.png"
        cv2.imwrite(str(scan), gray)
        session.create(Path(folder) / "project")
        session.add_scans([scan])
        wait(session.ink_ready)
        settle()
        times = []
        for cut in range(60, 200, 4):
            begun = time.perf_counter()
            window.page_views.set_cut(cut)
            window.page_views.repaint()
            app.processEvents()
            times.append(1000 * (time.perf_counter() - begun))
        report["slider_ms"] = {"median": median(times), "longest": max(times)}
        report["brush_ms"] = _brush(window, app, settle)
        # The window's own orderly end: its threads stop before it goes.
        QTimer.singleShot(0, window.close)
        wait(window.closed)
    return report


def _brush(window: Any, app: Any, settle: Callable[[], None]) -> dict[str, float]:
    """Paint on the page and return how long each move of the mouse takes, in ms."""
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtTest import QTest

    window.window_actions["brush"].trigger()
    settle()
    app.processEvents()
    port = window.page_views.ink_view.viewport()
    left, times = Qt.MouseButton.LeftButton, []
    QTest.mousePress(port, left, pos=QPoint(40, 60))
    for i in range(80):
        begun = time.perf_counter()
        QTest.mouseMove(port, QPoint(40 + 4 * i, 60 + 40 * (i % 3)))
        app.processEvents()
        times.append(1000 * (time.perf_counter() - begun))
    begun = time.perf_counter()
    QTest.mouseRelease(port, left, pos=QPoint(360, 60))
    app.processEvents()
    return {
        "median": median(times),
        "longest": max(times),
        "release": 1000 * (time.perf_counter() - begun),
    }


def main() -> int:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--start-only", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if options.start_only:
        return start_only()
    starts = [time_start() for _ in range(3)]
    report: dict[str, object] = {
        "painted_window_s": {"first": starts[0], "best": min(starts)}
    }
    report |= measure()
    json.dump(report, sys.stdout, indent=2)
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
