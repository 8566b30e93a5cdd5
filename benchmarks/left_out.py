"""How well the binarizer does on pages of a kind when that very page is unknown to it.

    python -m benchmarks.left_out --data FOLDER --base MODEL --set SET
        --document "PATTERN" ["PATTERN" ...] [--hold-out PAGE ...] [--steps N]

Each pattern names the pages of SET that show one document: they are left out together,
since pieces of one sheet would tell of each other. From the base, which must not have
seen SET, a model learns from all the rest of the data, the rest of SET more often, and
is measured on what was left out. The pages held out to choose and to calibrate
should be those that were held out when the base was trained.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import sys
import tempfile
from pathlib import Path
from statistics import fmean

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
    parser.add_argument("--orientations", type=int, default=4)
    parser.add_argument("--hold-out", nargs="+", default=[])
    options = parser.parse_args()
    pairs = {p.name: p for p in find_pairs(options.data)}
    base = Binarizer.open(read_card(options.base), options.orientations)
    figures: list[dict[str, float]] = []
    for pattern in options.document:
        names = fnmatch.filter(pairs, f"{options.set}/{pattern}")
        if not names:
            parser.error(f"no page of {options.set} is called {pattern}")
        with tempfile.TemporaryDirectory() as folder:
            card = train_binarizer(
                TrainBinarizerRequest(
                    data=options.data,
                    out=Path(folder) / "model",
                    base=options.base,
                    without=tuple(names),
                    hold_out=tuple(options.hold_out),
                    more=((options.set, options.more),),
                    steps=options.steps,
                    batch=options.batch,
                    window=options.window,
                    learning_rate=options.learning_rate,
                    evaluate_every=options.steps,
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
