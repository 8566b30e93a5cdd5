"""How well printed lines are told from written ones, and how that is learned.

    python -m benchmarks.print_lines --train FOLDER ... --test FOLDER ... [--every N]

Folders hold pages with PAGE XML in which printed lines are marked, or line images with
labels, all of them written. Pages are cleaned as reading cleans them; --every takes
only each Nth page or line image without marked lines. The weights that come out belong
into hwocr_desktop/core/pixels/print_lines.py; the table is made with those that stand
there.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from hwocr_desktop.app.model_choice import usual_cleaning
from hwocr_desktop.app.pipeline import clean_page
from hwocr_desktop.core.document.document import Cleaning
from hwocr_desktop.core.errors import HwocrError
from hwocr_desktop.core.formats.page_xml import read_page
from hwocr_desktop.core.pixels.crops import crop_line, fit_height
from hwocr_desktop.core.pixels.imaging import load_scan
from hwocr_desktop.core.pixels.print_lines import (
    Measures,
    find_print,
    measure_letters,
)
from hwocr_desktop.core.progress import CancelToken
from hwocr_desktop.ml.training.line_data import find_line_folders, page_pairs
from hwocr_desktop.ml.training.line_layouts import LineEntry, find_layout

Line = tuple[bool, np.ndarray]
STEPS, RATE, DECAY = 3000, 0.5, 1e-3


def main() -> int:
    """Print the weights that the training lines give, and how the test lines fare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", type=Path, nargs="+", default=[])
    parser.add_argument("--test", type=Path, nargs="+", required=True)
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args()
    if options.train:
        lines = [x for _, page in pages(options.train, options.every) for x in page]
        weights, bias = fit(lines)
        print("WEIGHTS =", tuple(float(f"{w:.4g}") for w in weights))
        print("BIAS =", float(f"{bias:.4g}"))
    counts: dict[str, list[int]] = {}
    for name, page in pages(options.test, options.every):
        row = counts.setdefault(name, [0, 0, 0, 0])
        found = find_print([crop for _, crop in page])
        for (is_print, _), is_told in zip(page, found, strict=True):
            row[0 if is_print else 2] += 1
            row[1 if is_print else 3] += is_told
    print(f"{'':32}{'printed':>8}{'told':>6}{'written':>9}{'mistaken':>9}")
    for name, row in sorted(counts.items()):
        print(f"{name:32}{row[0]:8}{row[1]:6}{row[2]:9}{row[3]:9}")
    return 0


def pages(folders: list[Path], every: int) -> Iterator[tuple[str, list[Line]]]:
    """Yield the set, and whether it is printed and the crop of each line of a page."""
    for folder in (found for top in folders for found in find_line_folders(top)):
        read = find_layout(folder)
        if read is not None:
            entries = [e for e in read(folder) if isinstance(e, LineEntry)]
            for entry in entries[::every]:
                gray = load_scan(entry.image, inverted=False).gray
                yield folder.name, [(False, fit_height(gray))]
            continue
        cancel = CancelToken()
        written = 0
        for image, xml in page_pairs(folder):
            lines = read_page(xml).lines
            if all(line.kind != "printed" for line in lines):
                written += 1
                if written % every:
                    continue
            try:
                gray = load_scan(image).gray
            except HwocrError as error:
                print(error.message, file=sys.stderr)
                continue
            ink = clean_page(gray, Cleaning(usual_cleaning()), cancel=cancel)
            page = np.where(ink.binary(), np.uint8(0), np.uint8(255))
            cut = [(x.kind == "printed", crop_line(page, x.shape)) for x in lines]
            yield folder.name, cut


def fit(lines: list[Line]) -> tuple[Measures, float]:
    """Return weights and bias of a logistic regression, both kinds weighed alike."""
    found = [(m, p) for p, crop in lines if (m := measure_letters(crop)) is not None]
    measures = np.array([m for m, _ in found])
    is_print = np.array([p for _, p in found])
    mean, spread = measures.mean(axis=0), measures.std(axis=0) + 1e-6
    rows = np.hstack([(measures - mean) / spread, np.ones((len(measures), 1))])
    weigh = np.where(is_print, (~is_print).sum() / max(1, is_print.sum()), 1.0)
    weights = np.zeros(rows.shape[1])
    for _ in range(STEPS):
        likely = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ ((likely - is_print) * weigh) / len(rows)
        slope[:-1] += DECAY * weights[:-1]
        weights -= RATE * slope
    own = weights[:-1] / spread
    return own, float(weights[-1] - own @ mean)


if __name__ == "__main__":
    sys.exit(main())
