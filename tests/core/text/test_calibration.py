"""Confidences against how often characters are right."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwocr_desktop.core.document.document import Character, Reading
from hwocr_desktop.core.text.calibration import (
    DECIMALS,
    Calibration,
    calibrated,
    calibrated_reading,
    calibration_error,
)
from hwocr_desktop.core.text.calibration_fit import (
    cross_calibrated,
    fit_calibration,
)

FACTORS = st.floats(0, 5)
MAPS = st.builds(Calibration, FACTORS, FACTORS, st.floats(-5, 5))
SURE = st.lists(st.floats(0, 1), min_size=1, max_size=60)


def drawn(parameters, count=40_000, seed=0):
    """Draw raw confidences and what is right as if the map were the truth."""
    rng = np.random.default_rng(seed)
    raw = np.round(rng.beta(3, 0.6, count), DECIMALS)
    return raw, rng.random(count) < calibrated(raw, parameters)


@given(SURE, st.integers(0, 2**20))
def test_a_single_bin_compares_the_means(sure, seed):
    right = np.random.default_rng(seed).random(len(sure)) < 0.5
    expected = abs(np.mean(sure) - np.mean(right))
    assert calibration_error(sure, right, bins=1) == pytest.approx(expected)


@given(SURE, st.integers(0, 2**20), st.integers(1, 20))
def test_the_order_of_characters_is_nothing(sure, seed, bins):
    rng = np.random.default_rng(seed)
    sure = np.round(sure, 1)  # with many equals
    right = rng.random(len(sure)) < 0.5
    order = rng.permutation(len(sure))
    error = calibration_error(sure, right, bins)
    assert calibration_error(sure[order], right[order], bins) == pytest.approx(error)
    assert 0 <= error <= 1
    # Cutting into bins can only show more of the error.
    assert error >= calibration_error(sure, right, 1) - 1e-12


def test_bins_hold_equally_many():
    # Two bins: in the lower nothing is right, in the upper everything.
    sure, right = [0.1, 0.2, 0.8, 0.9], [False, False, True, True]
    assert calibration_error(sure, right, 2) == pytest.approx(0.15)
    assert calibration_error(sure, right, 1) == pytest.approx(0)
    assert calibration_error(sure, right, 4) == pytest.approx(0.15)
    assert calibration_error([1.0] * 7 + [0.0], [True] * 7 + [False]) == 0


def test_there_is_no_error_of_nothing():
    with pytest.raises(ValueError, match="no characters"):
        calibration_error([], [])
    with pytest.raises(ValueError, match="no characters"):
        fit_calibration([], [])


@given(MAPS, SURE)
def test_a_map_keeps_the_order_and_the_range(parameters, sure):
    sure = np.sort(sure)
    mapped = calibrated(sure, parameters)
    assert (np.diff(mapped) >= 0).all()
    assert ((mapped >= 0) & (mapped <= 1)).all()


@given(SURE)
def test_the_neutral_map_changes_nothing_that_is_kept(sure):
    mapped = calibrated(sure, Calibration())
    assert np.abs(mapped - calibrated(sure, None)).max() <= 1.001 * 10.0**-DECIMALS


@pytest.mark.parametrize(
    "truth", [Calibration(), Calibration(0.5, 0.4, -0.6), Calibration(1.5, 0.8, 0.3)]
)
def test_the_map_that_made_the_data_is_found(truth):
    found = fit_calibration(*drawn(truth))
    sure = np.linspace(0.02, 0.995, 100)
    assert np.abs(calibrated(sure, found) - calibrated(sure, truth)).max() < 0.02


def test_fitting_makes_the_error_small_on_other_lines():
    truth = Calibration(0.5, 0.4, -0.6)
    found = fit_calibration(*drawn(truth))
    raw, right = drawn(truth, seed=1)
    assert calibration_error(raw, right) > 0.1
    assert calibration_error(calibrated(raw, found), right) < 0.01


@settings(max_examples=30)
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30))
def test_any_data_give_a_map_that_keeps_the_order(data):
    raw, right = zip(*data, strict=True)
    found = fit_calibration(raw, right)
    assert found.low >= 0
    assert found.high >= 0


def test_confidences_that_mislead_count_for_nothing():
    raw = np.linspace(0.05, 0.95, 2000)
    right = np.random.default_rng(0).random(2000) < 1 - raw
    found = fit_calibration(raw, right)
    assert (found.low, found.high) == (0, 0)
    assert calibrated(0.3, found) == pytest.approx(right.mean(), abs=0.01)


def test_where_all_is_right_little_is_changed():
    found = fit_calibration([0.9] * 50, [True] * 50)
    assert 0.9 < calibrated(0.9, found) < 1


def test_lines_are_measured_with_maps_that_have_not_seen_them():
    raw, right = drawn(Calibration(0.5, 0.4, -0.6), 400)
    lines = [
        (raw[i : i + 10].tolist(), right[i : i + 10].tolist())
        for i in range(0, 400, 10)
    ]
    mapped = cross_calibrated(lines)
    others = [line for n, line in enumerate(lines) if n % 5 != 1]
    joined = [np.concatenate(part) for part in zip(*others, strict=True)]
    expected = calibrated(lines[6][0], fit_calibration(*joined))
    assert np.array_equal(mapped[60:70], expected)
    assert len(mapped) == 400


@given(MAPS)
def test_a_card_keeps_a_map(parameters):
    again = Calibration.from_plain(parameters.to_plain())
    sure = np.linspace(0, 1, 50)
    gap = np.abs(calibrated(sure, again) - calibrated(sure, parameters))
    assert gap.max() <= 1.001 * 10.0**-DECIMALS


@pytest.mark.parametrize(
    "plain",
    [
        {"low": -1},
        {"high": float("nan")},
        {"slope": 1},
        {"low": "steep"},
        {"low": None},
        [1, 1, 0],
        "none",
    ],
)
def test_what_is_no_map_is_refused(plain):
    with pytest.raises(ValueError, match=r"no map|could not convert"):
        Calibration.from_plain(plain)


def test_a_reading_keeps_its_text_and_places():
    reading = Reading(
        (Character("a", 0.9, 0.0, 0.4), Character("b", 0.3, 0.4, 1.0)), "m"
    )
    parameters = Calibration(0.5, 0.5, -0.2)
    done = calibrated_reading(reading, parameters)
    assert (done.text, done.model) == ("ab", "m")
    assert [(c.start, c.end) for c in done.characters] == [(0.0, 0.4), (0.4, 1.0)]
    expected = calibrated([0.9, 0.3], parameters)
    assert [c.confidence for c in done.characters] == expected.tolist()
    assert calibrated_reading(reading, None) == reading
    empty = Reading((), "m")
    assert calibrated_reading(empty, parameters) == empty
