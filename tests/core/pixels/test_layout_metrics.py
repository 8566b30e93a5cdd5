"""Baseline scores: identities, cases worked out by hand, and bounds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.core.pixels.layout_metrics import (
    BaselineScores,
    baseline_scores,
    line_tolerances,
    mean_scores,
    resample,
)

Line = list[tuple[float, float]]


def level(y: float, x0: float = 0.0, x1: float = 1000.0) -> Line:
    return [(x0, y), (x1, y)]


PAGE = [level(y) for y in (100.0, 160.0, 220.0, 280.0)]  # tolerance 60 / 4 = 15

coordinates = st.floats(-500, 2000, allow_nan=False)
polylines = st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=4)
pages = st.lists(polylines, max_size=4)


@given(pages)
def test_a_page_agrees_with_itself(page: list[Line]) -> None:
    scores = baseline_scores(page, page)
    assert scores.recall == pytest.approx(1.0)


def test_true_lines_score_full_marks() -> None:
    assert baseline_scores(PAGE, PAGE) == BaselineScores(1.0, 1.0, 1.0, 0, 0)


@given(pages, pages)
def test_scores_stay_within_bounds(found: list[Line], truth: list[Line]) -> None:
    scores = baseline_scores(found, truth)
    for value in (scores.precision, scores.recall, scores.f):
        assert 0.0 <= value <= 1.0 + 1e-12


def test_tolerance_is_a_quarter_of_the_line_distance() -> None:
    assert line_tolerances([resample(line) for line in PAGE]) == pytest.approx(15.0)


def test_a_lone_line_has_the_widest_tolerance() -> None:
    assert line_tolerances([resample(PAGE[0])]) == pytest.approx(62.5)


@pytest.mark.parametrize(
    ("shift", "expected"), [(0, 1.0), (15, 1.0), (30, 0.5), (-15, 1.0)]
)
def test_credit_falls_from_one_to_three_tolerances(
    shift: float, expected: float
) -> None:
    # Shifted down by half the distance, it lies as near to the second line.
    truth = [level(100.0), level(160.0)]
    scores = baseline_scores([level(100.0 + shift)], truth)
    assert scores.precision == pytest.approx(expected, abs=0.01)


def test_a_line_too_far_away_counts_for_nothing() -> None:
    scores = baseline_scores([level(100.0 - 46.0)], PAGE)
    assert scores.precision == 0.0
    assert scores.recall == 0.0
    assert scores.f == 0.0


def test_half_a_line_is_half_the_recall_and_full_precision() -> None:
    truth = [level(100.0), level(160.0)]
    scores = baseline_scores([level(100.0, 0, 500), level(160.0, 0, 500)], truth)
    assert scores.precision == pytest.approx(1.0)
    assert scores.recall == pytest.approx(0.5, abs=0.03)


def test_a_split_line_costs_precision_only() -> None:
    found = [level(100.0, 0, 495), level(100.0, 505, 1000), *PAGE[1:]]
    scores = baseline_scores(found, PAGE)
    assert scores.recall == pytest.approx(1.0)
    assert scores.precision == pytest.approx(4 / 5)
    assert (scores.splits, scores.merges) == (1, 0)


def test_two_lines_found_as_one_are_a_merge() -> None:
    truth = [level(100.0, 0, 450), level(100.0, 550, 1000), level(160.0)]
    scores = baseline_scores([level(100.0), level(160.0)], truth)
    assert (scores.splits, scores.merges) == (0, 1)
    assert scores.recall == pytest.approx(1.0)
    assert scores.precision < 0.8


@pytest.mark.parametrize(
    ("found", "truth", "precision", "recall"),
    [([], [], 1.0, 1.0), (PAGE, [], 0.0, 1.0), ([], PAGE, 1.0, 0.0)],
)
def test_pages_without_lines(
    found: list[Line], truth: list[Line], precision: float, recall: float
) -> None:
    scores = baseline_scores(found, truth)
    assert (scores.precision, scores.recall) == (precision, recall)


short = st.floats(-60, 60, allow_nan=False)
short_pages = st.lists(
    st.lists(st.tuples(short, short), min_size=1, max_size=3), min_size=1, max_size=3
)


@given(short_pages, short_pages)
def test_scores_match_a_plain_reckoning(found: list[Line], truth: list[Line]) -> None:
    scores = baseline_scores(found, truth)
    chains = [resample(line) for line in truth]
    others = np.concatenate([resample(line) for line in found])
    recalls = []
    for chain, tolerance in zip(chains, line_tolerances(chains), strict=True):
        credit = 0.0
        for point in chain:
            distance = float(np.abs(others - point).sum(axis=1).min())
            credit += min(1.0, max(0.0, (3 * tolerance - distance) / (2 * tolerance)))
        recalls.append(credit / len(chain))
    assert scores.recall == pytest.approx(float(np.mean(recalls)), abs=1e-6)


def test_the_mean_is_over_pages() -> None:
    scores = [
        BaselineScores(1.0, 0.5, 2 / 3, 1, 2),
        BaselineScores(0.5, 0.5, 0.5, 0, 1),
    ]
    mean = mean_scores(scores)
    assert (mean.precision, mean.recall) == (0.75, 0.5)
    assert mean.f == pytest.approx(0.6)
    assert (mean.merges, mean.splits) == (1, 3)
    with pytest.raises(ValueError, match="no scores"):
        mean_scores([])


def test_resampling_keeps_ends_and_spacing() -> None:
    chain = resample([(0.0, 0.0), (300.0, 0.0), (300.0, 400.0)])
    assert tuple(chain[0]) == (0.0, 0.0)
    assert tuple(chain[-1]) == (300.0, 400.0)
    assert len(chain) == 141
    assert np.abs(np.diff(chain, axis=0)).sum(axis=1) == pytest.approx(5.0)
