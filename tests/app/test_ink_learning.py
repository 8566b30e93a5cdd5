"""Learning to clean from mended places: where, what is learned, the verdict."""

from __future__ import annotations

import shutil
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.app import ink_learning, learning, teaching
from hwocr_desktop.app.ink_learning import (
    LearnInkResult,
    RegionCompared,
    learn_ink,
)
from hwocr_desktop.app.learning import LearnRequest
from hwocr_desktop.app.mended_places import (
    MARGIN_PX,
    MIN_REGIONS,
    PLACE_SIDE_PX,
    mended_boxes,
    survey_ink,
)
from hwocr_desktop.app.teaching import give_up, minutes_done
from hwocr_desktop.core import paths
from hwocr_desktop.core.document.document import Cleaning, Page, Project
from hwocr_desktop.core.errors import BadModel, TrainingDataMissing
from hwocr_desktop.core.pixels.mending import BrushStroke, is_apart
from hwocr_desktop.core.progress import Cancelled, CancelToken
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.registry import ModelCard
from hwocr_desktop.ml.training.ink_pairs import find_pairs

SIZE = (2400, 2000)
PLACES = [(300, 300), (1200, 300), (2100, 300), (300, 1500), (1200, 1500), (2100, 1500)]


def dot(x, y, paint="ink", radius=20.0):
    return BrushStroke(paint, radius, ((float(x), float(y)),))


@given(
    st.lists(
        st.tuples(st.integers(-50, 2500), st.integers(-50, 2100)).map(
            lambda place: dot(*place)
        ),
        max_size=8,
    )
)
def test_mended_boxes_hold_their_strokes_and_share_nothing(strokes):
    boxes = mended_boxes(strokes, SIZE)
    for i, one in enumerate(boxes):
        assert 0 <= one[0] < one[2] <= SIZE[0]
        assert 0 <= one[1] < one[3] <= SIZE[1]
        assert all(is_apart(one, other) for other in boxes[i + 1 :])
    for stroke in strokes:
        ((x, y),) = stroke.points
        if 0 <= x < SIZE[0] and 0 <= y < SIZE[1]:
            (box,) = [b for b in boxes if b[0] <= x < b[2] and b[1] <= y < b[3]]
            if max(box[2] - box[0], box[3] - box[1]) < PLACE_SIDE_PX * 2 // 3:
                # Not a piece of something larger.
                assert box[0] <= max(0, x - MARGIN_PX)
                assert box[3] >= min(SIZE[1], y + MARGIN_PX)
    painted = [stroke.box for stroke in strokes]
    for box in boxes:
        assert max(box[2] - box[0], box[3] - box[1]) <= 1.5 * PLACE_SIDE_PX
        assert any(not is_apart(box, stroke) for stroke in painted)


def test_a_page_that_is_mended_all_over_is_more_than_one_place():
    strokes = [dot(150 + 250 * (i % 4), 200 + 250 * (i // 4)) for i in range(16)]
    assert len(mended_boxes(strokes, SIZE)) >= 4
    assert len(mended_boxes(strokes[:1], SIZE)) == 1


@pytest.fixture
def mended(tmp_path):
    """Return a request: pale strokes a model overlooks, painted over in six places."""
    from hwocr_desktop.ml.networks.sae import SaeConfig, build_sae

    config = SaeConfig(filters=(8, 8), window=32, overlap=8)
    network = build_sae(config)
    # All paper, whatever it sees: pale strokes are what it has to learn.
    weights = [np.array(w) for w in network.get_weights()]
    weights[-1][:] = -1.0
    network.set_weights(weights)
    card = ModelCard(
        "pale",
        "binarize",
        "Pale",
        "",
        "",
        config.to_dict(),
        "drawn",
        input=config.card_input(1),
    )
    registry.save_model(paths.user_models() / "pale", card, network.save_weights)
    canvas = np.full((SIZE[1], SIZE[0]), 230, np.uint8)
    strokes = []
    for x, y in PLACES:
        for shift in range(-80, 81, 40):
            ends = (x - 90, y + shift), (x + 90, y + shift)
            cv2.line(canvas, *ends, 150, 7)
            points = tuple((float(a), float(b)) for a, b in ends)
            strokes.append(BrushStroke("ink", 3.5, points))
    cv2.imwrite(str(tmp_path / "page.png"), canvas)
    page = Page(
        "p1",
        "page.png",
        *SIZE,
        cleaning=Cleaning("pale"),
        mending=tuple(strokes),
    )
    return LearnRequest(Project("Pale ink", (page,)), tmp_path, (), "pale", 0.0, "ink")


@pytest.mark.tf
def test_it_learns_what_was_mended(mended, monkeypatch):
    seen = {}
    fit = ink_learning.fit

    def note(training, pages, held, **rest):
        seen["learned"], seen["held"] = pages, held
        return fit(training, pages, held, **rest)

    monkeypatch.setattr(ink_learning, "fit", note)
    # The network has never learned anything.
    monkeypatch.setattr(ink_learning, "LEARNING_RATE", 1e-2)
    monkeypatch.setattr(ink_learning, "MOST_STEPS", 120)
    points = []

    def watch(progress):
        if progress.partial is not None:
            points.append(progress.partial)

    result = learn_ink(mended, cancel=CancelToken(), report=watch)
    assert [point.step for point in points] == [0, 25, 50, 75, 100, 120]
    assert points[0].f_measure == pytest.approx(result.before)
    assert points[-1].f_measure == pytest.approx(result.after)
    held = {page.name for page in seen["held"]}
    learned = [page.name for page in seen["learned"]]
    assert held == {region.name for region in result.regions}
    assert not held & set(learned)
    assert len(held) + result.learned == len(PLACES)
    # Elsewhere it is to go on as it did.
    assert any(name.startswith("kept/") for name in learned)
    for page in seen["learned"]:
        assert page.truth.any() == page.name.startswith("mended/")
    assert result.before < 20
    assert result.after > result.before + 20
    assert result.is_better
    (region,) = result.regions
    views = region.views
    assert views.gray.shape == views.before.shape == views.mended.shape
    assert max(views.gray.shape) <= 420
    assert views.mended.any()
    assert (views.after & views.mended).sum() > (views.before & views.mended).sum()
    kept = learning.keep_model(result, "Pale, taught")
    assert kept.parent == "pale"
    assert kept.teaching["data"]
    assert kept.teaching["settings"]["learning_rate"] > 0
    registry.check_weights(registry.card(kept.id))
    assert not result.staged.exists()
    assert minutes_done(mended) == 0


class Stopping:
    """Raises a token after so many batches; notes the numbers of the batches."""

    def __init__(self, after):
        self.after, self.token, self.seen = after, CancelToken(), []

    def __call__(self, progress):
        if "Loss" in progress.text:
            self.seen.append(progress.done)
            if len(self.seen) == self.after:
                self.token.cancel()


@pytest.mark.tf
def test_what_was_interrupted_goes_on_or_is_given_up(mended):
    first, second = Stopping(3), Stopping(2)
    for stop in (first, second):
        with pytest.raises(Cancelled):
            learn_ink(mended, cancel=stop.token, report=stop)
        assert not (paths.user_data() / "staging").exists()
        assert minutes_done(mended) > 0
    # Not a batch is lost.
    assert first.seen + second.seen == [1, 2, 3, 4, 5]
    (page,) = mended.project.pages
    other = replace(page, mending=page.mending[1:])
    project = replace(mended.project, pages=(other,))
    assert minutes_done(replace(mended, project=project)) == 0
    give_up(mended)
    assert minutes_done(mended) == 0
    third = Stopping(1)
    with pytest.raises(Cancelled):
        learn_ink(mended, cancel=third.token, report=third)
    assert third.seen == [1]


@pytest.mark.tf
def test_the_model_may_be_removed_while_it_is_taught(mended, monkeypatch):
    monkeypatch.setattr(ink_learning, "MOST_STEPS", 3)

    def remove(progress):
        if "Loss" in progress.text:
            shutil.rmtree(paths.user_models() / "pale", ignore_errors=True)

    result = learn_ink(mended, cancel=CancelToken(), report=remove)
    # A run of a model that is gone cannot be named any more, and that is no error.
    assert minutes_done(mended) == 0
    give_up(mended)
    with pytest.raises(BadModel, match="no model named"):
        learn_ink(mended, cancel=CancelToken())
    kept = learning.keep_model(result, "Pale, taught")
    registry.check_weights(registry.card(kept.id))


@pytest.mark.tf
def test_too_few_places_are_refused(mended):
    (page,) = mended.project.pages
    few = Page("p1", "page.png", *SIZE, mending=page.mending[:2])
    gone = Page("p2", "gone.png", *SIZE, mending=page.mending)
    for pages in ((), (few,), (gone,)):
        request = LearnRequest(
            Project("x", pages), mended.folder, (), "pale", mended.minutes
        )
        with pytest.raises(TrainingDataMissing, match=f"at least {MIN_REGIONS}"):
            learn_ink(request, cancel=CancelToken())


@pytest.mark.tf
def test_pages_without_a_scan_are_named_in_the_verdict(mended, monkeypatch):
    monkeypatch.setattr(ink_learning, "MOST_STEPS", 1)
    (page,) = mended.project.pages
    gone = replace(page, id="p2", source="gone.png", mending=page.mending[:1])
    project = replace(mended.project, pages=(page, gone))
    result = learn_ink(replace(mended, project=project), cancel=CancelToken())
    assert result.lost_pages == 1


def test_whole_pages_are_held_out_where_there_are_two(mended):
    (page,) = mended.project.pages
    found = survey_ink(mended.project)
    assert (found.regions, found.held_out_regions, found.split) == (6, 1, "place")
    second = replace(page, id="p2", mending=page.mending[:5])
    found = survey_ink(Project("x", (page, second)))
    assert (found.regions, found.pages, found.split) == (7, 2, "page")
    assert found.held_out_regions == 1
    assert not survey_ink(Project("x", (second,))).is_enough


@pytest.mark.parametrize(
    ("gains", "is_better"),
    [
        ([3.0], True),
        ([0.4], False),
        ([3.0, 3.1, 2.9, 3.0], True),
        ([30.0, -1.0, -1.0, -1.0], False),  # one place alone says little
        ([-3.0, -3.0], False),
    ],
)
def test_better_is_clear_and_beyond_chance(gains, is_better, tmp_path):
    regions = tuple(RegionCompared(str(i), 50, 50 + g) for i, g in enumerate(gains))
    mean = float(np.mean(gains))
    card = ModelCard("x", "binarize", "X", "", "", {}, "")
    result = LearnInkResult(50.0, 50.0 + mean, 4, regions, tmp_path, card)
    low, high = result.gain_interval
    assert low <= mean + 1e-9
    assert mean <= high + 1e-9
    assert min(gains) - 1e-9 <= low
    assert high <= max(gains) + 1e-9
    assert result.is_better == is_better


def write_pairs(folder, count, broken=()):
    rng = np.random.default_rng(4)
    for name in ("images", "gt"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for number in range(count):
        truth = np.full((160, 200), 255, np.uint8)
        for y in range(30, 140, 30):
            cv2.line(truth, (20, y), (int(rng.integers(90, 190)), y), 0, 7)
        gray = np.where(truth == 0, 150, 230).astype(np.uint8)
        cv2.imwrite(str(folder / "gt" / f"{number}.png"), truth)
        cv2.imwrite(str(folder / "images" / f"{number}.png"), gray)
        if number in broken:
            (folder / "images" / f"{number}.png").write_bytes(b"nothing")


@pytest.mark.tf
def test_pairs_of_scan_and_ink_teach_too(mended, tmp_path, monkeypatch):
    monkeypatch.setattr(ink_learning, "LEARNING_RATE", 1e-2)
    monkeypatch.setattr(ink_learning, "MOST_STEPS", 150)
    write_pairs(tmp_path / "pairs", 8, broken=(0,))
    cut = cv2.imread(str(tmp_path / "pairs" / "gt" / "7.png"))[:150]
    cv2.imwrite(str(tmp_path / "pairs" / "gt" / "7.png"), cut)
    request = replace(
        mended, project=Project("pairs"), folder=tmp_path / "pairs", subject="pairs"
    )
    listed = []
    monkeypatch.setattr(
        ink_learning,
        "find_pairs",
        lambda place: listed.append(place) or find_pairs(place),
    )
    result = teaching.learn(request, cancel=CancelToken(), report=lambda _: None)
    assert listed == [request.folder]
    assert (result.learned, result.lost_pages) == (5, 2)
    assert [region.name for region in result.regions] == ["2"]
    broken, unequal = result.reasons
    assert "0.png" in broken
    assert "7.png (200 x 160 pixels)" in unequal
    assert "7.png (200 x 150) differ in size" in unequal
    assert result.after > result.before + 20
    assert "5 pairs of scan and ink of “pairs”" in result.card.trained_on
    assert (
        result.run
        == ink_learning.ink_run_of(request)
        != ink_learning.ink_run_of(mended)
    )
    learning.discard_model(result)
    write_pairs(tmp_path / "pairs", 7)
    assert ink_learning.ink_run_of(request) != result.run


@pytest.mark.tf
def test_a_single_pair_is_too_little(mended, tmp_path):
    write_pairs(tmp_path / "pairs", 2, broken=(1,))
    request = replace(mended, folder=tmp_path / "pairs", subject="pairs")
    with pytest.raises(TrainingDataMissing, match=r"1 pair of scan and ink .*1\.png"):
        learn_ink(request, cancel=CancelToken(), report=lambda _: None)
