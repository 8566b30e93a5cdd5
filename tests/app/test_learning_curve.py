"""Learning curves: what is learned from, what is kept, and what stops."""

import csv
import json

import numpy as np
import pytest

from hwocr_desktop.app import learning_curve
from hwocr_desktop.app.learning_curve import CurvePoint, CurveRequest, learn_curve
from hwocr_desktop.core.errors import (
    BadModel,
    BadRequest,
    FileNotReadable,
    TrainingDataMissing,
)
from hwocr_desktop.core.progress import Cancelled, CancelToken, ignore_progress
from hwocr_desktop.ml.networks.sae import DESIGNS, SaeConfig
from hwocr_desktop.ml.registry import read_card
from tests.pages_drawn import write_image


def write_pairs(folder, count, seed):
    for number in range(count):
        rng = np.random.default_rng(seed + number)
        truth = np.zeros((64, 96), bool)
        for _ in range(10):
            y, x = rng.integers(0, 56), rng.integers(0, 66)
            truth[y : y + 5, x : x + 28] = True
        gray = 200 - 90 * truth + rng.normal(0, 5, truth.shape)
        write_image(folder / f"p{number}.png", gray.clip(0, 255).astype(np.uint8))
        ink = np.where(truth, 0, 255).astype(np.uint8)
        write_image(folder / f"p{number}_gt.png", ink)
    return folder


@pytest.fixture
def request_for(tmp_path, monkeypatch):
    monkeypatch.setitem(DESIGNS, "tiny", SaeConfig((8, 8), window=32, overlap=8))
    data = write_pairs(tmp_path / "data", 3, 0)
    test = write_pairs(tmp_path / "test", 2, 50)

    def make(**changes):
        given = {"counts": (1, 2), "methods": ("otsu", "nick"), "design": "tiny"}
        given |= {"steps": 2, "batch": 2, "window": 32}
        return CurveRequest(data, test, tmp_path / "out", **given | changes)

    return make


def run(request, cancel=None, report=ignore_progress):
    return learn_curve(request, cancel=cancel or CancelToken(), report=report)


def count_trainings(monkeypatch):
    real, pages = learning_curve.fit, []

    def fit(request, learned, *arguments, **options):
        pages.append(len(learned))
        return real(request, learned, *arguments, **options)

    monkeypatch.setattr(learning_curve, "fit", fit)
    return pages


@pytest.mark.tf
def test_each_network_learns_from_more_of_the_same_pages(request_for, tmp_path):
    seen = []
    curve = run(request_for(repeats=2), report=seen.append)
    assert [(p.pages, p.seed) for p in curve.points] == [(1, 1), (2, 1), (1, 2), (2, 2)]
    for small, large in (curve.points[:2], curve.points[2:]):
        assert set(small.learned) < set(large.learned) <= {"p0", "p1", "p2"}
    assert list(curve.levels) == ["otsu", "nick"]
    assert curve.images == 2
    parts = [
        report.partial for report in seen if isinstance(report.partial, CurvePoint)
    ]
    assert parts == list(curve.points)
    assert seen[-1].done == seen[-1].total == 4
    # The networks stay, as models; what is needed only for going on does not.
    cards = list((tmp_path / "out").rglob("network"))
    assert len(cards) == 4
    assert all(read_card(card).task == "binarize" for card in cards)
    assert not list((tmp_path / "out").rglob("checkpoint*"))


@pytest.mark.tf
def test_the_figures_are_written(request_for, tmp_path):
    curve = run(request_for())
    out = tmp_path / "out"
    told = json.loads((out / "curve.json").read_text("utf-8"))
    assert told["settings"]["steps"] == 2
    assert told["images"] == 2
    assert told["points"][0]["learned"] == list(curve.points[0].learned)
    with (out / "curve.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["kind"], row["name"], row["pages"]) for row in rows] == [
        ("method", "otsu", ""),
        ("method", "nick", ""),
        ("network", "tiny", "1"),
        ("network", "tiny", "2"),
    ]
    assert float(rows[0]["f_measure"]) == told["methods"]["otsu"]["f_measure"]
    assert float(rows[3]["drd"]) == curve.points[1].scores["drd"]
    assert (out / "curve.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.tf
def test_a_run_goes_on_after_the_last_finished_network(request_for, monkeypatch):
    whole = run(request_for())
    trained = count_trainings(monkeypatch)
    assert run(request_for()) == whole
    assert trained == []
    assert run(request_for(counts=(1, 2, 3))).points[:2] == whole.points
    assert trained == [3]


@pytest.mark.tf
def test_other_settings_mean_other_networks(request_for, monkeypatch):
    run(request_for())
    trained = count_trainings(monkeypatch)
    run(request_for(steps=3))
    assert trained == [1, 2]


@pytest.mark.tf
def test_what_is_finished_when_it_is_stopped_is_kept(
    request_for, monkeypatch, tmp_path
):
    cancel = CancelToken()

    def report(progress):
        if progress.partial is not None:
            cancel.cancel()

    with pytest.raises(Cancelled):
        run(request_for(), cancel, report)
    told = json.loads((tmp_path / "out" / "curve.json").read_text("utf-8"))
    assert [point["pages"] for point in told["points"]] == [1]
    trained = count_trainings(monkeypatch)
    assert [point.pages for point in run(request_for()).points] == [1, 2]
    assert trained == [2]


@pytest.mark.tf
def test_numbers_double_up_to_all_pages(request_for):
    curve = run(request_for(counts=(), steps=1))
    assert [point.pages for point in curve.points] == [1, 2, 3]


def test_what_cannot_be_measured_is_told_before_any_work(request_for, tmp_path):
    with pytest.raises(TrainingDataMissing, match="fewer than the 4"):
        run(request_for(counts=(4,)))
    with pytest.raises(BadModel):
        run(request_for(methods=("otsu", "no-such")))
    request = request_for()
    for data, test, error in (
        (request.data, request.data, TrainingDataMissing),
        (tmp_path / "no", request.test, FileNotReadable),
        (request.data, tmp_path / "no", FileNotReadable),
    ):
        with pytest.raises(error):
            run(CurveRequest(data, test, request.out))
    assert not request.out.exists()


@pytest.mark.parametrize(
    "numbers",
    [{"steps": 0}, {"counts": (0, 1)}, {"repeats": 0}, {"learning_rate": 0.0}],
)
def test_numbers_out_of_range(numbers, request_for):
    with pytest.raises(BadRequest):
        request_for(**numbers)
