"""The layout network: what it learns from, how it is trained, what it finds."""

import json

import numpy as np
import pytest

from hwocr_desktop.core.errors import BadModel, BadRequest, TrainingDataMissing
from hwocr_desktop.core.pixels.segmentation import find_lines
from hwocr_desktop.core.progress import Cancelled, CancelToken, ignore_progress
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.layout import LayoutFinder
from hwocr_desktop.ml.training.layout_data import WINDOW, draw_windows, layout_page
from hwocr_desktop.ml.training.layout_training import (
    LayoutSettings,
    TrainLayoutRequest,
    train_layout,
)
from hwocr_desktop.ml.training.step_fit import Measurement
from tests.drawn_lines import tiny_model
from tests.pages_drawn import draw_page, line_at

TINY = {"filters": [4, 8]}


def drawn(count=5, seed=0):
    binary = draw_page(count, seed) < 128
    return binary, [line_at(i).shape for i in range(count)]


@pytest.fixture
def page():
    binary, shapes = drawn()
    return layout_page("a", binary, shapes, [])


def request(tmp_path, **settings):
    return TrainLayoutRequest(
        tmp_path / "model",
        tmp_path / "run",
        LayoutSettings(**({"steps": 4, "evaluate_every": 2, "batch": 2} | settings)),
        TINY,
        "Lines, tiny",
    )


def test_a_page_is_brought_to_the_size_of_the_network(page):
    assert page.ink.shape == page.bodies.shape == page.weights.shape
    # Lines are 80 pixels apart; the network wants 20.
    assert page.ink.shape[1] == pytest.approx(820 / 4, rel=0.15)
    assert page.ink[page.bodies > 0].mean() > 3 * page.ink[page.bodies == 0].mean()


def test_an_empty_page_teaches_nothing():
    assert layout_page("a", np.zeros((300, 300), bool), [], []) is None


def test_windows_are_the_same_for_the_same_seed_and_keep_maps_together(page):
    one, same, other = (
        draw_windows([page], 6, np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert not np.array_equal(one.ink, other.ink)
    for a, b in zip(one, same, strict=True):
        assert a.shape == (6, WINDOW, WINDOW, 1)
        assert np.array_equal(a, b)
        assert a.min() >= 0
        assert a.max() <= 1
    ink, bodies, _ = draw_windows([page], 40, np.random.default_rng(3))
    assert ink[bodies > 0.9].mean() > 2 * ink[bodies < 0.1].mean()


@pytest.mark.tf
def test_training_writes_a_model_that_can_be_taken_up_again(tmp_path, page):
    points, scores = [], iter([50.0, 60.0, 55.0, 70.0])

    def report(progress):
        if isinstance(progress.partial, Measurement):
            points.append(progress.partial)

    def judge(finder):
        assert finder.bodies(np.zeros((30, 50), np.float32), 20.0).shape == (30, 50)
        return next(scores)

    one = request(tmp_path)
    card = train_layout(one, [page], judge, cancel=CancelToken(), report=report)
    assert [(p.step, p.f_measure) for p in points] == [(2, 50.0), (4, 60.0)]
    assert card.task == "find-lines"
    assert card.metrics["held out, while training"] == {"baseline_f": 60.0, "step": 4}
    longer = request(tmp_path, steps=8)
    train_layout(longer, [page], judge, cancel=CancelToken(), report=report)
    told = (tmp_path / "run" / "log.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["step"] for line in told] == [2, 4, 6, 8]
    finder = LayoutFinder.open(registry.read_card(tmp_path / "model"))
    binary, _ = drawn()
    assert isinstance(find_lines(binary, bodies=finder.bodies), tuple)


@pytest.mark.tf
def test_a_stopped_run_and_one_of_another_network(tmp_path, page):
    token = CancelToken()

    def stop(progress):
        if progress.done == 3:
            token.cancel()

    one = request(tmp_path, steps=6)
    with pytest.raises(Cancelled):
        train_layout(one, [page], lambda _: 1.0, cancel=token, report=stop)
    other = TrainLayoutRequest(one.out, one.run, one.settings, {"filters": [4, 4]})
    with pytest.raises(BadRequest, match="belongs to another training"):
        train_layout(
            other, [page], lambda _: 1.0, cancel=CancelToken(), report=ignore_progress
        )
    with pytest.raises(TrainingDataMissing, match="no pages with lines"):
        train_layout(
            one, [], lambda _: 1.0, cancel=CancelToken(), report=ignore_progress
        )


@pytest.mark.tf
@pytest.mark.slow
def test_a_network_learns_bodies_of_drawn_lines(tmp_path):
    pages = [layout_page(str(i), *drawn(6, i), []) for i in range(3)]
    losses = []

    def report(progress):
        if progress.partial is None and progress.text.startswith("Loss"):
            losses.append(float(progress.text.split()[1]))

    settings = {"steps": 60, "evaluate_every": 60, "learning_rate": 1e-2}
    train_layout(
        request(tmp_path, **settings),
        pages,
        lambda _: 1.0,
        cancel=CancelToken(),
        report=report,
    )
    assert np.mean(losses[-10:]) < 0.85 * np.mean(losses[:5])


@pytest.mark.tf
def test_a_model_of_another_kind_is_refused(tmp_path):
    with pytest.raises(BadModel, match="cannot find lines"):
        LayoutFinder.open(tiny_model(tmp_path / "tiny"))


def test_ink_away_from_bodies_is_no_line():
    binary, _ = drawn(6)
    usual = find_lines(binary)
    # The opinion: the upper half holds no writing.
    edge = 90 + 80 * 3 - 60
    kept = [shape for shape in usual if shape.baseline[0][1] > edge]
    assert 0 < len(kept) < len(usual)

    def lower_half(density, pitch):
        bodies = np.zeros_like(density)
        bodies[round(edge * density.shape[0] / binary.shape[0]) :] = 1.0
        return bodies

    found = find_lines(binary, bodies=lower_half)
    assert len(found) >= len(kept)
    # Ink that reaches into a body stays; one line may do so here.
    assert all(shape.baseline[0][1] > edge - 40 for shape in found)
    assert find_lines(binary, bodies=lambda density, _: np.zeros_like(density)) == ()
    everywhere = find_lines(binary, bodies=lambda density, _: np.ones_like(density))
    assert everywhere == usual
