"""Time and peak memory of the steps of the walk on a 100-megapixel page.

    python -m benchmarks.large_page [--side 10000] [--clean METHOD ...]

Each step runs in a process of its own, so that its peak is its own; the first,
"program", is the same process that only imports.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

from benchmarks.memory import peak_mb
from hwocr_desktop.app.pipeline import clean_page
from hwocr_desktop.core.document.document import Cleaning
from hwocr_desktop.core.pixels.imaging import load_scan
from hwocr_desktop.core.pixels.segmentation import find_lines


def draw_page(path: Path, side: int) -> None:
    """Write a square page of drawn text lines."""
    rng = np.random.default_rng(0)
    page = np.full((side, side), 215, np.uint8)
    for y in range(300, side - 200, 200):
        for x in range(200, side - 2500, 2600):
            words = "".join(rng.choice(list("abcdefghijklmno   "), 40))
            cv2.putText(page, words, (x, y), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 3, 40, 8)
    cv2.imwrite(str(path), page)


def run_step(step: str, path: Path) -> None:
    """Do one step and print its seconds and this process's peak memory."""
    start = time.perf_counter()
    if step != "program":
        gray = load_scan(path).gray
        if step != "open":
            start = time.perf_counter()
            method = "otsu" if step == "lines" else step
            ink = clean_page(gray, Cleaning(method))
            if step == "lines":
                find_lines(ink.binary())
    seconds = time.perf_counter() - start
    row = {"step": step, "seconds": round(seconds, 2), "peak_mb": peak_mb()}
    json.dump(row, sys.stdout)


def main() -> int:
    """Print a table, one row a step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", type=int, default=10_000)
    parser.add_argument("--clean", nargs="*", default=["otsu", "sauvola", "sae-fast"])
    parser.add_argument("--step", help=argparse.SUPPRESS)
    parser.add_argument("--page", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        run_step(options.step, options.page)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.png"
        draw_page(path, options.side)
        base = 0
        for step in ("program", "open", *options.clean, "lines"):
            command = [sys.executable, "-m", "benchmarks.large_page"]
            command += ["--step", step, "--page", str(path)]
            run = subprocess.run(command, capture_output=True, text=True, check=True)
            row = json.loads(run.stdout)
            base = base or row["peak_mb"]
            above = row["peak_mb"] - base
            peak = row["peak_mb"]
            sys.stdout.write(
                f"{step:10} {row['seconds']:8.2f} s   peak {peak:6} MB"
                f"   above the program {above:6} MB\n"
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
