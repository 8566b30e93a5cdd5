"""Learning to clean from mended places: where, what is learned, the verdict."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.app import ink_learning, learning
from hwocr_desktop.app.ink_learning import (
    MARGIN_PX,
    MIN_REGIONS,
    learn_ink,
    mended_boxes,
)
from hwocr_desktop.app.learning import LearnRequest
from hwocr_desktop.core import paths
from hwocr_desktop.core.document.document import Cleaning, Page, Project
from hwocr_desktop.core.errors import TrainingDataMissing
from hwocr_desktop.core.pixels.mending import BrushStroke, is_apart
from hwocr_desktop.core.progress import Cancelled, CancelToken, ignore_progress
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.registry import ModelCard

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
            assert box[0] <= max(0, x - MARGIN_PX)
            assert box[3] >= min(SIZE[1], y + MARGIN_PX)


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
    return LearnRequest(Project("Pale ink", (page,)), tmp_path, (), "pale", 0.0)


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
    result = learn_ink(mended, cancel=CancelToken(), report=ignore_progress)
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
    kept = learning.keep_model(result, "Pale, taught")
    assert kept.parent == "pale"
    registry.check_weights(registry.card(kept.id))
    assert not result.staged.exists()
    assert not (paths.user_data() / "teaching-ink").exists()


@pytest.mark.tf
def test_cancelling_leaves_nothing(mended):
    token = CancelToken()

    def stop(progress):
        if "Loss" in progress.text:
            token.cancel()

    with pytest.raises(Cancelled):
        learn_ink(mended, cancel=token, report=stop)
    assert not (paths.user_data() / "staging").exists()
    assert not (paths.user_data() / "teaching-ink").exists()


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
