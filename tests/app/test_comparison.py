"""Ways to clean, tried on a part of a page: what is seen is what the page would be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.app.comparison import (
    MOST_PX,
    TrialRequest,
    part_to_compare,
    try_methods,
)
from hwocr_desktop.app.pipeline import clean_page
from hwocr_desktop.core.document.document import Cleaning
from hwocr_desktop.core.pixels.thresholding import METHODS
from hwocr_desktop.core.progress import Cancelled, CancelToken
from tests.pages_drawn import draw_page


@pytest.fixture(scope="module")
def gray():
    noise = np.random.default_rng(0).integers(-9, 9, draw_page(4).shape)
    return np.clip(draw_page(4).astype(int) + noise, 0, 255).astype(np.uint8)


def trials_of(gray, box, *cleanings, cancel=None, report=None):
    told = []
    request = TrialRequest(gray, box, cleanings)
    trials = try_methods(
        request, cancel=cancel or CancelToken(), report=report or told.append
    )
    return trials, told


@pytest.mark.parametrize("method", METHODS)
def test_a_part_is_seen_as_on_the_whole_page(gray, method):
    box = (130, 60, 333, 190)
    ((trial,), _) = trials_of(gray, box, Cleaning(method, window=31))
    whole = clean_page(gray, Cleaning(method, window=31))
    part = whole.map[box[1] : box[3], box[0] : box[2]]
    # Sums in single precision differ in the last digit with what lies around.
    assert (np.abs(trial.map.astype(int) - part) <= 1).all()
    assert (trial.map != part).mean() < 0.001
    assert trial.own_cut == whole.cut
    assert trial.share(whole.cut) == pytest.approx((part >= whole.cut).mean(), abs=1e-3)


def test_each_trial_is_told_as_it_comes(gray):
    cleanings = [Cleaning("otsu"), Cleaning("nick"), Cleaning("sauvola", k=0.4)]
    trials, told = trials_of(gray, (0, 0, 99, 99), *cleanings)
    assert [trial.cleaning for trial in trials] == cleanings
    assert [p.partial for p in told if p.partial is not None] == list(trials)
    picture = trials[0].picture(trials[0].own_cut, 99)
    binary = clean_page(gray, Cleaning("otsu")).binary()[:99, :99]
    assert np.array_equal(picture == 0, binary)
    assert max(trials[0].picture(1, 50).shape) == 50


def test_a_model_that_is_gone_stops_nothing(gray):
    trials, _ = trials_of(gray, (0, 0, 9, 9), Cleaning("gone"), Cleaning("otsu"))
    assert trials[0].error is not None
    assert trials[0].share(1) == 0
    assert trials[1].error is None


def test_trying_can_be_cancelled(gray):
    cancel = CancelToken()
    with pytest.raises(Cancelled):
        trials_of(
            gray,
            (0, 0, 9, 9),
            *[Cleaning("otsu")] * 3,
            cancel=cancel,
            report=lambda progress: cancel.cancel(),
        )


SIDES = st.floats(-50, 4000)


@given(SIDES, SIDES, SIDES, SIDES, st.integers(1, 3000), st.integers(1, 3000))
def test_the_part_lies_on_the_page_and_is_not_too_large(a, b, c, d, width, height):
    visible = min(a, c), min(b, d), max(a, c), max(b, d)
    x0, y0, x1, y1 = part_to_compare(visible, (width, height))
    assert 0 <= x0 < x1 <= width
    assert 0 <= y0 < y1 <= height
    assert x1 - x0 <= MOST_PX[0] + 1
    assert y1 - y0 <= MOST_PX[1] + 1


def test_the_part_is_what_is_seen_in_the_form_of_the_pictures():
    box = part_to_compare((100, 200, 1000, 840), (2000, 3000))
    assert box == (100, 200, 1000, 840)
    box = part_to_compare((100, 200, 550, 1000), (2000, 3000))
    assert box == (100, 440, 550, 760)
    x0, y0, x1, y1 = part_to_compare((0, 0, 2000, 3000), (2000, 3000))
    assert (x0 + x1) / 2 == 1000
    assert (y0 + y1) / 2 == 1500
