"""How well the binarizer does on pages of a kind when that very page is unknown to it.

    python -m benchmarks.left_out --data FOLDER --base MODEL --set SET
        --document "PATTERN" ["PATTERN" ...] [--only] [--steps N]

Each pattern names the pages of SET that show one document: they are left out together,
since pieces of one sheet would tell of each other. From the base, which must not have
seen SET, a model learns from the rest of SET and, unless --only is given, from all the
other data, and is measured on what was left out. Held out to choose and to calibrate is
the lower third of each page learned from: its strokes are as thick as the others of its
kind, and no kind of page is lost to it.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import sys
import tempfile
from pathlib import Path
from statistics import fmean

import cv2
import numpy as np

from hwocr_desktop.core.pixels.image_metrics import measure
from hwocr_desktop.core.pixels.thresholding import ink_by_threshold
from hwocr_desktop.core.progress import CancelToken
from hwocr_desktop.ml.binarizer import Binarizer
from hwocr_desktop.ml.registry import read_card
from hwocr_desktop.ml.training.binarizer_data import find_pairs, load_pair
from hwocr_desktop.ml.training.binarizer_training import (
    TrainBinarizerRequest,
    train_binarizer,
)
from hwocr_desktop.ml.training.ink_pairs import InkPair

UPPER, LOWER = "upper-two-thirds", "lower-third"
"""Sets of the parts of the pages learned from: to learn, and to choose by."""


def _cut(pair: InkPair, data: Path) -> None:
    """Write a page's parts with their truth into two sets."""
    page = load_pair(pair)
    height = page.gray.shape[0]
    truth = np.where(page.truth, 0, 255).astype(np.uint8)
    for name, rows in (
        (UPPER, slice(0, 2 * height // 3)),
        (LOWER, slice(2 * height // 3, height)),
    ):
        for part, pixels in (("images", page.gray), ("gt", truth)):
            target = data / name / part / f"{pair.scan.stem}.png"
            target.parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(target), pixels[rows])


def main() -> int:
    """Print a JSON object for each page left out, and one for their mean."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--set", required=True)
    parser.add_argument("--document", nargs="+", required=True)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--batch", type=int, default=6)
    parser.add_argument("--window", type=int, default=256)
    parser.add_argument("--learning-rate", type=float, default=5e-4)
    parser.add_argument("--more", type=float, default=6.0)
    parser.add_argument("--as-scanned", type=float, default=0.5)
    parser.add_argument("--only", action="store_true")
    parser.add_argument("--orientations", type=int, default=4)
    options = parser.parse_args()
    pairs = {p.name: p for p in find_pairs(options.data)}
    base = Binarizer.open(read_card(options.base), options.orientations)
    figures: list[dict[str, float]] = []
    documents = [
        fnmatch.filter(pairs, f"{options.set}/{pattern}")
        for pattern in options.document
    ]
    if not all(documents):
        parser.error(f"a pattern fits no page of {options.set}")
    whole = set(fnmatch.filter(pairs, f"{options.set}/*"))
    if whole in map(set, documents):
        parser.error(f"a pattern fits all pages of {options.set}: nothing is left")
    for names in documents:
        with tempfile.TemporaryDirectory() as folder:
            data = Path(folder) / "data"
            for name in sorted(whole - set(names)):
                _cut(pairs[name], data)
            if not options.only:
                for other in options.data.iterdir():
                    if other.is_dir() and other.name != options.set:
                        (data / other.name).symlink_to(other.resolve())
            card = train_binarizer(
                TrainBinarizerRequest(
                    data=data,
                    out=Path(folder) / "model",
                    base=options.base,
                    hold_out=(LOWER,),
                    more=((UPPER, options.more),),
                    steps=options.steps,
                    batch=options.batch,
                    window=options.window,
                    learning_rate=options.learning_rate,
                    as_scanned=options.as_scanned,
                    evaluate_every=max(1, options.steps // 4),
                    orientations=options.orientations,
                ),
                cancel=CancelToken(),
            )
            taught = Binarizer.open(card)
        for name in names:
            page = load_pair(pairs[name])
            found = {
                "taught": taught.ink_map(page.gray),
                "base": base.ink_map(page.gray),
                **{m: ink_by_threshold(page.gray, m) for m in ("otsu", "sauvola")},
            }
            scores = {m: measure(i.binary(), page.truth) for m, i in found.items()}
            figures.append({m: round(s.f_measure, 2) for m, s in scores.items()})
            json.dump({"page": name, "f_measure": figures[-1]}, sys.stdout)
            print(flush=True)
    mean = {m: round(fmean(f[m] for f in figures), 2) for m in figures[0]}
    print(json.dumps({"pages": len(figures), "f_measure": mean}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
