"""Time from a click on Read to the page's text, cold and warm.

    python -m benchmarks.reading PAGE [--model ID] [--clean METHOD] [--decoder WAY]

Cold: the networks' library is not imported and no model is open. Warm: the same again
in the same process, the scan loaded anew each time.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import get_args

from benchmarks.memory import peak_mb
from hwocr_desktop.app.pipeline import ReadRequest, read_page
from hwocr_desktop.core.document.document import Cleaning, Page
from hwocr_desktop.core.pixels.imaging import load_scan
from hwocr_desktop.core.progress import CancelToken, Progress
from hwocr_desktop.core.settings import Decoder


def time_reading(request: ReadRequest) -> dict[str, float]:
    """Read a page once; return seconds to the first line and to the last."""
    start = time.perf_counter()
    first = 0.0

    def report(progress: Progress) -> None:
        nonlocal first
        if progress.text == "reading" and not first:
            first = time.perf_counter() - start

    result = read_page(request, cancel=CancelToken(), report=report)
    return {
        "lines": len(result.lines),
        "first_line_s": round(first, 2),
        "page_s": round(time.perf_counter() - start, 2),
    }


def main() -> int:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", type=Path)
    parser.add_argument("--model", default="lines-en-modern")
    parser.add_argument("--clean", default="sauvola")
    parser.add_argument("--decoder", choices=get_args(Decoder), default="greedy")
    options = parser.parse_args()
    scan = load_scan(options.page)
    height, width = scan.gray.shape
    page = Page(
        "p1",
        options.page.resolve().as_posix(),
        width,
        height,
        cleaning=Cleaning(options.clean),
    )
    request = ReadRequest(page, options.page.parent, options.model, options.decoder)
    cold = time_reading(request)
    warm = [time_reading(request) for _ in range(3)]
    report = {"cold": cold, "warm": min(warm, key=lambda w: w["page_s"])}
    json.dump(report | {"peak_mb": peak_mb()}, sys.stdout, indent=2)
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
