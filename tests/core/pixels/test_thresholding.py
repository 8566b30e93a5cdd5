"""Thresholds, against their definitions and against doxapy."""

import tracemalloc

import doxapy
import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.core.errors import BadRequest
from hwocr_desktop.core.pixels import otsu
from hwocr_desktop.core.pixels.thresholding import (
    DEFAULT_K,
    LOCAL_METHODS,
    METHODS,
    Ink,
    apply_cut,
    ink_by_threshold,
    otsu_threshold,
)
from hwocr_desktop.core.progress import Cancelled, CancelToken

tiny_pages = arrays.arrays(np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 12)))


def written_page(height=300, width=420, seed=0):
    """Return a page with uneven paper and dark strokes."""
    rng = np.random.default_rng(seed)
    paper = np.linspace(230, 120, width)[None] + np.linspace(0, 30, height)[:, None]
    gray = paper + rng.normal(0, 6, (height, width))
    for _ in range(60):
        y, x = rng.integers(0, height - 12), rng.integers(0, width - 40)
        gray[y : y + rng.integers(2, 6), x : x + rng.integers(10, 40)] -= 80
    return np.clip(gray, 0, 255).astype(np.uint8)


def by_doxapy(gray, method, **parameters):
    algorithm = getattr(doxapy.Binarization.Algorithms, method.upper())
    binarization = doxapy.Binarization(algorithm)
    binarization.initialize(gray)
    result = np.empty_like(gray)
    binarization.to_binary(result, parameters)
    return result == 0


def by_definition(gray, method, radius, k):
    """Threshold each pixel by itself, in double precision; NaN where it is a tie."""
    height, width = gray.shape
    means, deviations = np.empty((2, height, width))
    for y in range(height):
        for x in range(width):
            near = gray[
                max(0, y - radius) : y + radius + 1, max(0, x - radius) : x + radius + 1
            ].astype(float)
            means[y, x], deviations[y, x] = near.mean(), near.std()
    if method == "sauvola":
        surface = means * (1 + k * (deviations / 128 - 1))
    elif method == "nick":
        surface = means + k * np.sqrt(deviations**2 + means**2)
    elif deviations.max() == 0:
        surface = np.zeros_like(means)
    else:
        share = 1 - deviations / deviations.max()
        surface = means - k * share * (means - gray.min())
    return gray <= surface, np.abs(gray - surface) < 0.05


@given(tiny_pages, st.sampled_from(["sauvola", "wolf", "nick"]), st.integers(1, 5))
def test_local_methods_are_their_definition_up_to_the_borders(gray, method, radius):
    k = DEFAULT_K[method]
    ink = ink_by_threshold(gray, method, window=2 * radius + 1)
    truth, tie = by_definition(gray, method, radius, k)
    assert ink.cut == 128
    # A pixel at its own threshold to within rounding may fall on either side.
    assert ((ink.binary() == truth) | tie).all()


@given(tiny_pages)
def test_otsu_is_the_lowest_best_of_all_thresholds(gray):
    flat = gray.ravel().astype(int)
    scores = []
    for threshold in range(255):
        low, high = flat[flat <= threshold], flat[flat > threshold]
        apart = len(low) and len(high)
        gap = (high.mean() - low.mean()) ** 2 if apart else 0.0
        scores.append(gap * len(low) * len(high))
    chosen = otsu_threshold(gray)
    assert scores[chosen] == pytest.approx(max(scores))
    assert all(s < scores[chosen] * (1 - 1e-12) for s in scores[:chosen]) or not chosen


@pytest.mark.parametrize("method", ["otsu", *LOCAL_METHODS])
@pytest.mark.parametrize("window", [15, 75])
def test_binary_pages_agree_with_doxapy_up_to_the_borders(method, window):
    gray = written_page()
    if method == "otsu":
        other = by_doxapy(gray, method)
    else:
        other = by_doxapy(gray, method, window=window, k=DEFAULT_K[method])
    ours = ink_by_threshold(gray, method, window=window).binary()
    assert 0.01 < ours.mean() < 0.5
    assert (ours == other).mean() > 0.999


@pytest.mark.parametrize("method", LOCAL_METHODS)
def test_strips_do_not_change_a_page(method, monkeypatch):
    gray = written_page()
    whole = ink_by_threshold(gray, method, window=31).map
    monkeypatch.setattr(otsu, "STRIP_PIXELS", 1)
    assert np.array_equal(ink_by_threshold(gray, method, window=31).map, whole)


@given(tiny_pages, st.integers(0, 254))
def test_one_threshold_is_ink_up_to_its_value(gray, value):
    ink = ink_by_threshold(gray, "global", value=value)
    assert np.array_equal(ink.binary(), gray <= value)
    assert np.array_equal(ink.map, 255 - gray)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("shape", [(1, 1), (1, 90), (90, 1), (40, 3)])
def test_pages_of_any_size_have_an_ink_map(method, shape):
    gray = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
    ink = ink_by_threshold(gray, method)
    assert ink.map.shape == shape
    assert ink.map.dtype == np.uint8
    assert 1 <= ink.cut <= 255


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("level", [255, 200, 140])
def test_plain_paper_has_no_ink(method, level):
    gray = np.full((60, 80), level, np.uint8)
    assert not ink_by_threshold(gray, method).binary().any()


def test_a_higher_cut_never_adds_ink():
    ink = ink_by_threshold(written_page(), "sauvola")
    last = ink.binary(1)
    for cut in (64, 128, 200, 255):
        now = ink.binary(cut)
        assert not (now & ~last).any()
        last = now


@pytest.mark.parametrize("cut", [0, 256, -3])
def test_a_cut_out_of_range_is_refused(cut):
    with pytest.raises(BadRequest, match="out of range"):
        apply_cut(np.zeros((2, 2), np.uint8), cut)
    with pytest.raises(BadRequest):
        Ink(np.zeros((2, 2), np.uint8), 128).binary(cut)


@pytest.mark.parametrize(
    ("method", "given"),
    [
        ("fancy", {}),
        ("global", {"value": 255}),
        ("global", {"value": -1}),
        ("sauvola", {"window": -5}),
        ("nick", {"k": float("nan")}),
    ],
)
def test_impossible_requests_are_refused_with_advice(method, given):
    with pytest.raises(BadRequest) as raised:
        ink_by_threshold(np.zeros((5, 5), np.uint8), method, **given)
    assert raised.value.advice


def test_an_empty_page_is_refused():
    with pytest.raises(BadRequest):
        ink_by_threshold(np.zeros((0, 5), np.uint8), "otsu")


def test_a_cancelled_threshold_stops():
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        ink_by_threshold(written_page(), "wolf", cancel=cancel)


@pytest.mark.parametrize("method", METHODS)
def test_memory_does_not_grow_with_the_page(method):
    gray = np.full((4000, 5000), 230, np.uint8)
    gray[::40] = 40
    tracemalloc.start()
    try:
        ink_by_threshold(gray, method)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # The ink map itself, and strips of some megapixels in float32; to know which
    # pixels hang together takes a number for each.
    whole_page = 8 if method == "isauvola" else 1
    assert peak < whole_page * gray.nbytes + 120e6
