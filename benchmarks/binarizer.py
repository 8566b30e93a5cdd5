"""Speed of the cleaning networks, and whether the grid of windows shows.

    python -m benchmarks.binarizer [--model ID ...] [--page FILE] [--paper]

Speed is measured on a page of A4 at 300 dots per inch, the model being open. With
--paper the network of the SAE paper, with fresh weights, is timed in the same run.
Seams: the share of pixels that become another color when the grid is moved by half a
window; the page is then mirrored at its left and upper border to fill the rest.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.large_page import draw_page
from hwocr_desktop.core.pixels.imaging import load_scan
from hwocr_desktop.core.progress import CancelToken
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.binarizer import Binarizer
from hwocr_desktop.ml.networks.sae import DESIGNS, build_sae

A4 = (3508, 2480)
"""Height and width at 300 dots per inch, in pixels."""

RUNS = 3


def a4_page(path: Path | None) -> npt.NDArray[np.uint8]:
    """Return a page of A4, drawn or a scan brought to that size."""
    with tempfile.TemporaryDirectory() as folder:
        if path is None:
            path = Path(folder) / "page.png"
            draw_page(path, A4[0])
        gray = load_scan(path).gray
    if gray.shape[0] >= A4[0] and gray.shape[1] >= A4[1]:
        return np.ascontiguousarray(gray[: A4[0], : A4[1]])
    return np.asarray(
        cv2.resize(gray, A4[::-1], interpolation=cv2.INTER_CUBIC), np.uint8
    )


def megapixels_per_second(binarizer: Binarizer, gray: npt.NDArray[np.uint8]) -> float:
    """Return the best of a few runs."""
    seconds = []
    for _ in range(RUNS):
        started = time.perf_counter()
        binarizer.ink_map(gray)
        seconds.append(time.perf_counter() - started)
    return gray.size / 1e6 / min(seconds)


def seam_share(binarizer: Binarizer, gray: npt.NDArray[np.uint8]) -> float:
    """Return the share of pixels that the place of the grid decides, in percent."""
    half = binarizer.window // 2
    moved = np.pad(gray, ((half, 0), (half, 0)), mode="reflect")
    here = binarizer.ink_map(gray).binary()
    there = binarizer.ink_map(moved).binary()[half:, half:]
    return float(100 * np.mean(here != there))


def cancel_seconds(binarizer: Binarizer, gray: npt.NDArray[np.uint8]) -> float:
    """Return the longest time between two looks at whether to stop."""
    looks = [time.perf_counter()]

    class Watched(CancelToken):
        def check(self) -> None:
            looks.append(time.perf_counter())
            super().check()

    binarizer.ink_map(gray, cancel=Watched())
    return float(np.diff(looks).max())


def main() -> int:
    """Print a JSON object for each network."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", nargs="+", default=["sae-fast"])
    parser.add_argument("--page", type=Path)
    parser.add_argument("--paper", action="store_true")
    options = parser.parse_args()
    gray = a4_page(options.page)
    for name in options.model:
        binarizer = Binarizer.open(registry.card(name, "binarize"))
        figures: dict[str, Any] = {
            "model": name,
            "orientations": binarizer.orientations,
            "megapixels_per_second": round(megapixels_per_second(binarizer, gray), 2),
            "seams_percent": round(seam_share(binarizer, gray), 4),
            "cancel_seconds": round(cancel_seconds(binarizer, gray), 3),
        }
        print(json.dumps(figures), flush=True)
    if options.paper:
        config = DESIGNS["paper"]
        paper = Binarizer(build_sae(config), config.window, config.overlap)
        speed = round(megapixels_per_second(paper, gray[: A4[0] // 4]), 3)
        print(json.dumps({"model": "paper", "megapixels_per_second": speed}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
