"""The contests' measures, against doxapy and against closed forms."""

from importlib.metadata import version

import cv2
import doxapy
import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.core.errors import BadRequest
from hwocr_desktop.core.pixels import image_metrics
from hwocr_desktop.core.pixels.image_metrics import (
    drd,
    f_measure,
    measure,
    pseudo_f_measure,
    psnr,
)
from hwocr_desktop.core.pixels.stroke_weights import pseudo_weights, thin

pages = arrays.arrays(bool, st.tuples(st.integers(1, 40), st.integers(1, 40)))


def strokes(height=160, width=200, seed=0):
    """Return a page of bars of several widths."""
    rng = np.random.default_rng(seed)
    page = np.zeros((height, width), bool)
    for _ in range(25):
        y, x = rng.integers(0, height - 40), rng.integers(0, width - 40)
        thick, long = rng.integers(1, 9), rng.integers(10, 40)
        if rng.random() < 0.5:
            page[y : y + thick, x : x + long] = True
        else:
            page[y : y + long, x : x + thick] = True
    return page


def damaged(page, seed=1):
    rng = np.random.default_rng(seed)
    return page ^ (rng.random(page.shape) < 0.03)


def by_doxapy(binary, truth):
    pictures = [np.where(p, 0, 255).astype(np.uint8) for p in (truth, binary)]
    return doxapy.calculate_performance(*pictures)


def their_drd(theirs, truth):
    """Return the DRD that doxapy means.

    Version 0.9.2, the last for Python 3.11, leaves out the last row and column of each
    8x8 block when it counts mixed ones; the paper, the contests' program and later
    versions count whole blocks.
    """
    if version("doxapy") != "0.9.2":
        return theirs["drdm"]
    return theirs["drdm"] * mixed_blocks(truth, 7) / mixed_blocks(truth, 8)


def mixed_blocks(truth, side):
    """Count blocks on the grid of 8 whose first ``side`` rows and columns are mixed."""
    count = 0
    for y in range(0, truth.shape[0] - 7, 8):
        for x in range(0, truth.shape[1] - 7, 8):
            block = truth[y : y + side, x : x + side]
            count += block.any() and not block.all()
    return count


@pytest.mark.parametrize("seed", range(4))
def test_figures_agree_with_doxapy(seed):
    truth = strokes(seed=seed)
    binary = damaged(truth, seed + 10)
    theirs = by_doxapy(binary, truth)
    assert f_measure(binary, truth) == pytest.approx(theirs["fm"], abs=0.01)
    assert psnr(binary, truth) == pytest.approx(theirs["psnr"], abs=0.01)
    assert drd(binary, truth) == pytest.approx(their_drd(theirs, truth), abs=0.01)


def test_pseudo_f_measure_with_equal_weights_agrees_with_doxapy(monkeypatch):
    # doxapy knows no pseudo-F-measure, but where all pixels count the same it is the
    # F-measure; the weights themselves are tested below.
    def equal(truth):
        return truth.astype(np.float32), np.ones(truth.shape, np.float32)

    monkeypatch.setattr(image_metrics, "pseudo_weights", equal)
    for seed in range(4):
        truth = strokes(seed=seed)
        binary = damaged(truth, seed + 10)
        theirs = by_doxapy(binary, truth)
        assert pseudo_f_measure(binary, truth) == pytest.approx(theirs["fm"], abs=0.01)


def test_figures_agree_with_doxapy_on_a_real_page(shared_data):
    path = shared_data / "binarization" / "train" / "dibco2009" / "gt" / "H02.png"
    truth = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) < 128
    binary = np.roll(truth, 1, axis=1)
    theirs = by_doxapy(binary, truth)
    assert f_measure(binary, truth) == pytest.approx(theirs["fm"], abs=0.01)
    assert psnr(binary, truth) == pytest.approx(theirs["psnr"], abs=0.01)
    assert drd(binary, truth) == pytest.approx(their_drd(theirs, truth), abs=0.01)


@given(pages)
def test_a_page_equal_to_its_truth_is_perfect(page):
    scores = measure(page, page)
    assert scores.f_measure == 100
    assert scores.pseudo_f_measure == pytest.approx(100)
    assert scores.drd == 0
    assert scores.psnr == pytest.approx(10 * np.log10(page.size / 0.5))


@given(pages, st.integers(0, 2**32 - 1))
def test_measures_are_finite_whatever_the_pages(truth, seed):
    rng = np.random.default_rng(seed)
    binary = rng.random(truth.shape) < rng.choice([0, 0.3, 1])
    scores = measure(binary, truth)
    assert 0 <= scores.f_measure <= 100
    assert 0 <= scores.pseudo_f_measure <= 100.001
    assert np.isfinite(scores.psnr)
    assert 0 <= scores.drd < np.inf


def test_a_truth_without_ink_wants_none():
    empty = np.zeros((20, 20), bool)
    speck = empty.copy()
    speck[4, 4] = True
    for score in (f_measure, pseudo_f_measure):
        assert score(empty, empty) == 100
        assert score(speck, empty) == 0
        assert score(empty, speck) == 0
    assert drd(speck, empty) == pytest.approx(1)  # wrong, and unlike all around it
    assert drd(empty, empty) == 0


def test_f_measure_of_half_found_ink():
    truth = np.zeros((10, 10), bool)
    truth[:4] = True
    binary = np.zeros((10, 10), bool)
    binary[:2] = True
    # Precision 1, recall 1/2.
    assert f_measure(binary, truth) == pytest.approx(200 / 3)


def test_psnr_counts_wrong_pixels():
    truth = np.zeros((10, 10), bool)
    binary = truth.copy()
    binary[0, :10] = True
    assert psnr(binary, truth) == pytest.approx(10.0)


@given(pages, st.integers(0, 2**32 - 1))
def test_drd_is_its_definition(truth, seed):
    binary = truth ^ (np.random.default_rng(seed).random(truth.shape) < 0.1)
    near = [(y, x) for y in range(-2, 3) for x in range(-2, 3) if (y, x) != (0, 0)]
    whole = sum(1 / np.hypot(y, x) for y, x in near)
    total = 0.0
    for y, x in np.argwhere(binary != truth):
        for dy, dx in near:
            v, u = y + dy, x + dx
            if 0 <= v < truth.shape[0] and 0 <= u < truth.shape[1]:
                total += (truth[v, u] != binary[y, x]) / np.hypot(dy, dx) / whole
    assert drd(binary, truth) == pytest.approx(total / max(mixed_blocks(truth, 8), 1))


@pytest.mark.parametrize("width", [4, 6, 10])
def test_recall_weights_across_an_even_stroke_sum_to_one(width):
    truth = np.zeros((60, 200), bool)
    truth[20 : 20 + width] = True
    truth[:, :5] = truth[:, -5:] = False
    recall, _ = pseudo_weights(truth)
    assert recall[:, 60:140].sum(axis=0) == pytest.approx(np.ones(80), abs=1e-5)


@pytest.mark.parametrize("width", [5, 7, 9])
def test_recall_weights_across_an_odd_stroke_sum_to_one(width):
    truth = np.zeros((60, 200), bool)
    truth[20 : 20 + width, 5:-5] = True
    recall, _ = pseudo_weights(truth)
    assert recall[:, 60:140].sum(axis=0) == pytest.approx(np.ones(80), abs=1e-5)
    assert recall[20].sum() == 0  # the outline
    assert (recall[20 + width // 2, 60:140] == recall[:, 60:140].max()).all()


def test_missing_the_outline_costs_less_than_breaking_the_stroke():
    truth = np.zeros((60, 200), bool)
    truth[20:27, 10:190] = True
    thinner, broken = truth.copy(), truth.copy()
    thinner[20, :] = False
    broken[:, 100:125] = False
    assert f_measure(thinner, truth) < f_measure(broken, truth)
    assert pseudo_f_measure(thinner, truth) > pseudo_f_measure(broken, truth)


def test_precision_weights_grow_from_letters_outward_and_end():
    truth = np.zeros((100, 200), bool)
    truth[48:52, 20:180] = True
    _, precision = pseudo_weights(truth)
    column = precision[:, 100]
    assert (precision[truth] == 1).all()
    near = column[52:56]
    assert (np.diff(near) > 0).all()
    assert near.max() <= 3
    assert (column[70:] == 1).all()


def test_false_ink_that_joins_letters_costs_more():
    truth = np.zeros((60, 200), bool)
    truth[20:24, 10:190] = True
    truth[28:32, 10:190] = True  # a gap of four, the strokes' width
    joined, outside = truth.copy(), truth.copy()
    joined[24:28, 100:103] = True
    outside[32:36, 100:103] = True
    assert f_measure(joined, truth) == f_measure(outside, truth)
    assert pseudo_f_measure(joined, truth) < pseudo_f_measure(outside, truth)


@given(pages)
def test_thinning_keeps_every_piece_and_only_takes_away(page):
    skeleton = thin(page)
    assert not (skeleton & ~page).any()
    pieces = cv2.connectedComponents(page.view(np.uint8), connectivity=8)[0]
    left = cv2.connectedComponents(skeleton.view(np.uint8), connectivity=8)[0]
    assert left == pieces


def test_thinning_leaves_lines_one_pixel_wide():
    page = np.zeros((40, 120), bool)
    page[15:24, 10:110] = True
    skeleton = thin(page)
    assert (skeleton[:, 30:90].sum(axis=0) == 1).all()


def test_pages_of_different_size_are_refused():
    with pytest.raises(BadRequest, match="differ in size"):
        measure(np.zeros((3, 3), bool), np.zeros((3, 4), bool))
