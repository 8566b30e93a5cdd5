"""How many pages a cleaning network needs: one learns from 1, one from 2, from 4 ...

Every network learns for the same number of steps, from whole pages of one folder, and
is measured on another. Nothing is chosen by the pages measured on: each network is
taken as it is after its last step, at a cut of one half. No Qt.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hwocr_desktop.app.curve_request import CurveRequest
from hwocr_desktop.app.ink_evaluation import (
    chosen_methods,
    evaluate_binarizer,
    evaluate_binarizers,
    existing_folder,
)
from hwocr_desktop.app.open_models import forget_models
from hwocr_desktop.core import atomic
from hwocr_desktop.core.errors import TrainingDataMissing
from hwocr_desktop.core.pixels.curve_plot import draw_curve
from hwocr_desktop.core.plurals import counted
from hwocr_desktop.core.progress import CancelToken, Progress, Report, ignore_progress
from hwocr_desktop.ml.registry import ModelCard, save_model, weights_of
from hwocr_desktop.ml.training.binarizer_data import load_pair
from hwocr_desktop.ml.training.binarizer_fit import fit, open_with
from hwocr_desktop.ml.training.binarizer_request import TrainBinarizerRequest
from hwocr_desktop.ml.training.ink_pairs import InkPair, find_pairs

__all__ = [
    "Curve",
    "CurvePoint",
    "CurveRequest",
    "curve_entry",
    "learn_curve",
]

PLACES = 4


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """A network and how well it cleans.

    Attributes
    ----------
    pages, seed : int
        How many pages it learned from, and the seed that chose them.
    learned : tuple of str
        Their names.
    scores : dict of str to float
        Means over the pages measured on, see `InkScores`.
    """

    pages: int
    seed: int
    learned: tuple[str, ...]
    scores: dict[str, float]


@dataclass(frozen=True, slots=True)
class Curve:
    """All points, and the thresholds to compare them with.

    Attributes
    ----------
    points : tuple of CurvePoint
    levels : dict of str to dict
        Scores by method.
    images : int
        How many pages were measured on.
    """

    points: tuple[CurvePoint, ...]
    levels: dict[str, dict[str, float]]
    images: int


def learn_curve(
    request: CurveRequest,
    *,
    cancel: CancelToken,
    report: Report = ignore_progress,
) -> Curve:
    """Train and measure a network for each number of pages, and draw the figures.

    Writes ``curve.json``, ``curve.csv`` and ``curve.png`` anew after each point, and
    each network as a model into ``points/``. A run that was stopped goes on after the
    last finished point.

    Parameters
    ----------
    request : CurveRequest
    cancel, report
        See `progress`; `report` gets each `CurvePoint` as a partial.

    Raises
    ------
    TrainingDataMissing
        If there are no pairs, or fewer than asked for, or a page is in both folders.
    HwocrError
        If a picture or a method cannot be used, or the output cannot be written.
    Cancelled
        If cancelled; finished points are kept.
    """
    pairs = find_pairs(existing_folder(request.data))
    tests = find_pairs(existing_folder(request.test))
    _refuse_overlap(pairs, tests)
    counts = _counts(request, len(pairs))
    chosen_methods(request.methods)
    atomic.make_folder(request.out)
    total = len(counts) * request.repeats
    report(Progress(0, total, "thresholds"))
    levels = _levels(request, tests, cancel)
    points: list[CurvePoint] = []
    curve = Curve((), levels, len(tests))
    for repeat in range(request.repeats):
        seed = request.seed + repeat
        # The pages of a smaller number are among those of a larger one.
        order = np.random.default_rng(seed).permutation(len(pairs))
        for count in counts:
            cancel.check()
            learned = [pairs[i] for i in order[:count]]
            at = len(points)
            point = _point(request, learned, tests, seed, at, total, cancel, report)
            points.append(point)
            curve = Curve(tuple(points), levels, len(tests))
            _write(request, curve)
            report(Progress(len(points), total, counted(count, "page"), point))
    return curve


def curve_entry(request: CurveRequest, curve: Curve) -> dict[str, Any]:
    """Return settings, points and thresholds as plain values."""
    return {
        "settings": _settings(request),
        "images": curve.images,
        "points": [asdict(point) for point in curve.points],
        "methods": curve.levels,
    }


def _settings(request: CurveRequest) -> dict[str, Any]:
    """Return what decides a network, but for its pages and seed."""
    names = ("design", "steps", "batch", "window", "learning_rate")
    return {name: getattr(request, name) for name in names}


def _counts(request: CurveRequest, there: int) -> list[int]:
    if not request.counts:
        doubled = [2**power for power in range(there.bit_length())]
        return sorted({*(count for count in doubled if count <= there), there})
    if max(request.counts) > there:
        raise TrainingDataMissing(
            f"The folder holds {counted(there, 'page')} to learn from, fewer than "
            f"the {max(request.counts)} asked for.",
            "Ask for fewer pages, or name a folder with more.",
        )
    return sorted(set(request.counts))


def _refuse_overlap(pairs: Sequence[InkPair], tests: Sequence[InkPair]) -> None:
    shared = {p.scan.resolve() for p in pairs} & {p.scan.resolve() for p in tests}
    if shared:
        raise TrainingDataMissing(
            f"“{min(shared).name}” is among the pages to learn from and among those "
            "to measure on.",
            "Measure on pages that the network does not learn from.",
        )


def _levels(
    request: CurveRequest, tests: Sequence[InkPair], cancel: CancelToken
) -> dict[str, dict[str, float]]:
    """Measure the thresholds, or take what an earlier run found."""
    path = request.out / "points" / "methods.json"
    key = {"test": _names(tests), "methods": list(request.methods)}
    known = _read(path, key)
    if known is None:
        results = evaluate_binarizers(request.test, request.methods, cancel=cancel)
        known = {result.model: _rounded(asdict(result.mean)) for result in results}
        atomic.make_folder(path.parent)
        atomic.write_text(path, json.dumps({"key": key, "result": known}))
    return dict(known)


def _point(
    request: CurveRequest,
    learned: Sequence[InkPair],
    tests: Sequence[InkPair],
    seed: int,
    at: int,
    total: int,
    cancel: CancelToken,
    report: Report,
) -> CurvePoint:
    """Train a network and measure it, or take what an earlier run found."""
    folder = request.out / "points" / f"pages-{len(learned):04d}-seed-{seed}"
    names = _names(learned)
    key = {**_settings(request), "seed": seed, "learned": names, "test": _names(tests)}
    scores = _read(folder / "result.json", key)
    if scores is None:
        label = f"{counted(len(learned), 'page')}: "

        def inner(part: Progress) -> None:
            report(Progress(at, total, f"{label}{part.done}/{part.total}"))

        _train(request, learned, folder, seed, cancel, inner)
        report(Progress(at, total, f"{label}measuring"))
        result = evaluate_binarizer(
            request.test, str(folder / "network"), cancel=cancel
        )
        forget_models()
        scores = _rounded(asdict(result.mean))
        text = json.dumps({"key": key, "result": scores}, ensure_ascii=False)
        atomic.write_text(folder / "result.json", text)
    return CurvePoint(len(learned), seed, tuple(names), dict(scores))


def _train(
    request: CurveRequest,
    learned: Sequence[InkPair],
    folder: Path,
    seed: int,
    cancel: CancelToken,
    report: Report,
) -> None:
    training = TrainBinarizerRequest(
        request.data,
        folder / "network",
        design=request.design,
        work=folder,
        steps=request.steps,
        batch=request.batch,
        window=request.window,
        learning_rate=request.learning_rate,
        # One look, after the last step: nothing is chosen.
        evaluate_every=request.steps,
        seed=seed,
    )
    pages = [load_pair(pair) for pair in learned]
    checkpoint = fit(training, pages, pages[:1], cancel=cancel, report=report)
    config = training.config
    card = ModelCard(
        id="network",
        task="binarize",
        title=f"Learned from {counted(len(pages), 'page')}",
        summary="A point of a learning curve, not made for use.",
        licence="As the pages it was learned from.",
        trained_on=", ".join(page.name for page in pages),
        architecture=config.to_dict(),
        input=config.card_input(),
    )
    network = open_with(training, checkpoint.best).network
    save_model(training.out, card, weights_of(network))
    training.checkpoint.unlink(missing_ok=True)


def _names(pairs: Sequence[InkPair]) -> list[str]:
    return [pair.name for pair in pairs]


def _rounded(figures: dict[str, float]) -> dict[str, float]:
    return {name: round(value, PLACES) for name, value in figures.items()}


def _read(path: Path, key: dict[str, Any]) -> dict[str, Any] | None:
    """Return a result that was made in the very same way, if there is one."""
    try:
        entry = json.loads(path.read_text(encoding="utf-8"))
        return entry["result"] if entry["key"] == key else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(request: CurveRequest, curve: Curve) -> None:
    entry = json.dumps(curve_entry(request, curve), ensure_ascii=False, indent=2)
    atomic.write_text(request.out / "curve.json", entry + "\n")
    names = list(curve.points[0].scores)
    rows = [["kind", "name", "pages", "seed", *names]]
    for name, scores in curve.levels.items():
        rows.append(["method", name, "", "", *map(str, scores.values())])
    for point in curve.points:
        numbers = map(str, (point.pages, point.seed, *point.scores.values()))
        rows.append(["network", request.design, *numbers])
    text = "".join(",".join(row) + "\n" for row in rows)
    atomic.write_text(request.out / "curve.csv", text)
    picture = draw_curve(
        [(point.pages, point.scores["f_measure"]) for point in curve.points],
        {name: scores["f_measure"] for name, scores in curve.levels.items()},
        title="How many pages a network needs",
        across="pages learned from",
        up=f"F-measure in %, mean of {counted(curve.images, 'page')}",
        name=f"{request.design}, {request.steps} steps",
    )
    atomic.write_bytes(request.out / "curve.png", picture)
