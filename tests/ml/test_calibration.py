"""Shifting a network so that one half is where to cut."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from hwocr_desktop.core.pixels.image_metrics import f_measure
from hwocr_desktop.core.progress import Cancelled, CancelToken
from hwocr_desktop.ml.binarizer import CUT, Binarizer
from hwocr_desktop.ml.networks.sae import SaeConfig, build_sae
from hwocr_desktop.ml.training.binarizer_data import InkPage
from hwocr_desktop.ml.training.calibration import best_cut, calibrate, f_by_cut

SHAPES = hnp.array_shapes(min_dims=2, max_dims=2, max_side=9)


@given(st.data())
def test_every_cut_has_the_f_measure_of_its_binary_page(data):
    shape = data.draw(SHAPES)
    ink_map = data.draw(hnp.arrays(np.uint8, shape))
    truth = data.draw(hnp.arrays(bool, shape))
    f = f_by_cut(ink_map, truth)
    for cut in (0, 1, 64, 128, 200, 255):
        assert f[cut] == pytest.approx(f_measure(ink_map >= cut, truth))


def test_the_best_cut_lies_between_paper_and_ink():
    truth = np.zeros((20, 20), bool)
    truth[5:9] = True
    ink_map = np.where(truth, 90, 30).astype(np.uint8)
    assert 31 <= best_cut([(ink_map, truth)]) <= 90
    # In the middle of what is equally good.
    assert best_cut([(ink_map, truth)]) == 61


@pytest.mark.tf
def test_a_network_that_is_too_shy_is_put_right():
    rng = np.random.default_rng(0)
    truth = np.zeros((64, 64), bool)
    truth[10:20, 5:60] = truth[40:50, 5:60] = True
    gray = np.where(truth, 60, 200) + rng.normal(0, 8, truth.shape)
    page = InkPage("p", gray.clip(0, 255).astype(np.uint8), truth)
    network = build_sae(SaeConfig(filters=(4,), convolutions=0, window=32, overlap=8))
    binarizer = Binarizer(network, 32, 8)
    # Made by hand: darkness becomes ink, but never more likely than not.
    network.layers[-1].bias.assign([-4.0])

    def f() -> float:
        return f_measure(binarizer.ink_map(page.gray).binary(), truth)

    ink_map = binarizer.ink_map(page.gray).map
    before, reachable = f(), f_by_cut(ink_map, truth)[1:].max()
    cut = calibrate(binarizer, [page], CancelToken())
    assert cut == best_cut([(ink_map, truth)]) != CUT
    assert f() > before
    assert f() == pytest.approx(reachable, abs=3)
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        calibrate(binarizer, [page], cancel)
