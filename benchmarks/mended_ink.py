"""How much better a page is cleaned after a few places of it were mended.

    python -m benchmarks.mended_ink --data FOLDER --base MODEL --set SET
        --page NAME [NAME ...] [--places N ...] [--minutes M] [--side PX] [--csv FILE]

FOLDER holds sets of page images with their ink; MODEL is a model's folder or id and
must not have seen SET. On each page the squares where the model errs most stand for the
places that a person mends; it is taught 1, 2 and 4 of them, as a project's mending is,
and measured on the rest of the page, and on the other pages named, of which it has seen
nothing. Prints a JSON object a line.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from statistics import fmean
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.tables import write_csv
from hwocr_desktop.app.ink_learning import ink_training
from hwocr_desktop.app.learning_request import LearnRequest
from hwocr_desktop.app.mended_places import cut_out, parts_to_keep
from hwocr_desktop.core.document.document import Project
from hwocr_desktop.core.pixels.image_metrics import f_measure
from hwocr_desktop.core.pixels.mending import Box, is_apart
from hwocr_desktop.core.progress import CancelToken, ignore_progress
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.binarizer import Binarizer
from hwocr_desktop.ml.registry import ModelCard
from hwocr_desktop.ml.training.binarizer_data import InkPage, find_pairs, load_pair
from hwocr_desktop.ml.training.binarizer_fit import fit, open_with

Ink = npt.NDArray[np.bool_]


def main() -> int:
    """Print a JSON object for each page and number of places."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--base", required=True)
    parser.add_argument("--set", required=True)
    parser.add_argument("--page", nargs="+", required=True)
    parser.add_argument("--places", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--side", type=int, default=192)
    parser.add_argument("--csv", type=Path)
    options = parser.parse_args()
    card = registry.card(options.base, "binarize")
    pairs = {pair.name: pair for pair in find_pairs(options.data)}
    pages = [load_pair(pairs[f"{options.set}/{name}"]) for name in options.page]
    base = Binarizer.open(card, 1)
    before = {page.name: base.ink_map(page.gray).binary() for page in pages}
    rows = []
    for page in pages:
        wrong = before[page.name] != page.truth
        boxes = worst_places(wrong, options.side, max(options.places))
        for count in options.places:
            began = time.monotonic()
            tuned = _taught(card, base, page, boxes[:count], options.minutes)
            row: dict[str, Any] = {
                "page": page.name,
                "places": len(boxes[:count]),
                "seconds": round(time.monotonic() - began, 1),
            }
            after = {p.name: tuned.ink_map(p.gray).binary() for p in pages}
            outside = _outside(page, boxes[:count])
            for when, inks in (("before", before), ("after", after)):
                ink = inks[page.name] & outside
                rest = f_measure(ink, page.truth & outside)
                others = [
                    f_measure(inks[p.name], p.truth) for p in pages if p is not page
                ]
                row[f"rest_{when}"] = round(rest, 2)
                if others:
                    row[f"others_{when}"] = round(fmean(others), 2)
            rows.append(row)
            print(json.dumps(row), flush=True)
    if options.csv is not None:
        write_csv(options.csv, rows)
    return 0


def worst_places(wrong: Ink, side: int, count: int) -> list[Box]:
    """Return squares with the most wrong pixels, worst first, apart from each other.

    Parameters
    ----------
    wrong : (H, W) bool
    side : int
        Of the squares, pixels.
    count : int
        How many, at most; fewer where no further one is wrong anywhere.
    """
    height, width = wrong.shape
    side = min(side, height, width)
    sums = cv2.integral(wrong.astype(np.uint8))
    totals = (sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side]) + sums[
        :-side, :-side
    ]
    found: list[Box] = []
    for place in np.argsort(-totals, axis=None, kind="stable"):
        y, x = divmod(int(place), totals.shape[1])
        if len(found) == count or not totals[y, x]:
            break
        box = (x, y, x + side, y + side)
        if all(is_apart(box, other) for other in found):
            found.append(box)
    return found


def _outside(page: InkPage, boxes: list[Box]) -> Ink:
    outside = np.ones(page.truth.shape, bool)
    for x0, y0, x1, y1 in boxes:
        outside[y0:y1, x0:x1] = False
    return outside


def _taught(
    card: ModelCard, base: Binarizer, page: InkPage, boxes: list[Box], minutes: float
) -> Binarizer:
    """Teach a copy of the model places of a page, as those of a project are."""
    cancel = CancelToken()
    mended = [
        InkPage(
            f"mended/{number}",
            cut_out(page.gray, box),
            page.truth[box[1] : box[3], box[0] : box[2]],
            page.gray,
        )
        for number, box in enumerate(boxes)
    ]
    kept = parts_to_keep("page", page.gray, boxes, base, 0, cancel)
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder)
        request = LearnRequest(Project(""), run, (), card.id, minutes, "ink")
        training = ink_training(request, card.folder, run, card)
        learned = [*mended, *kept]
        # The curve needs something to be measured on; nothing is chosen by it.
        reached = fit(
            training, learned, mended[:1], cancel=cancel, report=ignore_progress
        )
        return open_with(training, reached.averaged)


if __name__ == "__main__":
    sys.exit(main())
