"""Bootstrap intervals: known cases, the plain loop, and how often they are right."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwocr_desktop.core.text import bootstrap
from hwocr_desktop.core.text.bootstrap import (
    LEAST_TO_TELL,
    RESAMPLES,
    interval,
    is_fewer,
    rate_interval,
    resampled_rates,
)
from hwocr_desktop.core.text.text_metrics import ErrorRate

RATES = st.builds(ErrorRate, st.integers(0, 9), st.integers(0, 9))


@settings(max_examples=30)
@given(st.lists(RATES, min_size=1, max_size=6), st.integers(0, 9))
def test_each_resample_is_the_rate_of_the_lines_drawn(lines, seed):
    (rates,) = resampled_rates(lines, resamples=5, seed=seed)
    picks = np.random.default_rng(seed).integers(len(lines), size=(5, len(lines)))
    expected = [sum((lines[i] for i in row), ErrorRate(0, 0)).percent for row in picks]
    assert rates == pytest.approx(expected)


def test_what_is_drawn_in_parts_is_what_is_drawn_at_once(monkeypatch):
    rng = np.random.default_rng(0)
    lines = [ErrorRate(int(e), 40) for e in rng.integers(0, 20, 30)]
    (whole,) = resampled_rates(lines)
    monkeypatch.setattr(bootstrap, "_AT_ONCE", 100)
    (parts,) = resampled_rates(lines)
    assert len(whole) == len(parts) == RESAMPLES
    assert np.array_equal(whole, parts)


def test_lines_that_are_all_alike_leave_no_doubt():
    assert rate_interval([ErrorRate(1, 10)] * 30) == (10.0, 10.0)
    assert rate_interval([ErrorRate(3, 10)]) == (30.0, 30.0)
    assert rate_interval([ErrorRate(0, 0)]) == (0.0, 0.0)
    assert rate_interval([ErrorRate(2, 0)]) == (100.0, 100.0)


def test_two_kinds_of_lines_give_the_binomial():
    # Errors of a resample are binomial: 100 lines, half of them wrong throughout.
    lines = [ErrorRate(0, 10), ErrorRate(10, 10)] * 50
    (rates,) = resampled_rates(lines, resamples=20_000)
    assert rates.mean() == pytest.approx(50, abs=0.15)
    assert rates.std() == pytest.approx(5, abs=0.1)
    assert interval(rates) == (40.0, 60.0)


def test_the_interval_holds_the_true_rate_about_as_often_as_it_says():
    rng = np.random.default_rng(7)
    trials, lines = 400, 60
    held = 0
    for _ in range(trials):
        totals = rng.integers(20, 60, lines)
        # Lines differ: some hands are hard. The mean of the beta law is 1/5.
        errors = rng.binomial(totals, rng.beta(1, 4, lines))
        low, high = rate_interval(list(map(ErrorRate, errors, totals)))
        held += low <= 20.0 <= high
    # 95 % within what 400 trials (sd 1.1) and 60 lines, a little few, allow.
    assert 0.90 <= held / trials <= 0.98


def test_the_same_lines_are_drawn_for_all_groups():
    worse = [ErrorRate(4, 20), ErrorRate(9, 30), ErrorRate(0, 4)] * 10
    better = [ErrorRate(max(0, r.errors - 1), r.total) for r in worse]
    old, new = resampled_rates(worse, better)
    assert (new < old).all()
    same, again = resampled_rates(worse, worse)
    assert np.array_equal(same, again)
    assert np.array_equal(resampled_rates(worse)[0], old)


def test_nothing_to_draw_from():
    with pytest.raises(ValueError, match="at least one"):
        resampled_rates([])
    with pytest.raises(ValueError, match="same lines"):
        resampled_rates([ErrorRate(0, 1)], [ErrorRate(0, 1)] * 2)


@given(st.integers(1, 40))
def test_a_few_lines_tell_nothing_however_good(count):
    before, after = [ErrorRate(9, 10)] * count, [ErrorRate(0, 10)] * count
    assert is_fewer(before, after) == (count >= LEAST_TO_TELL)
    assert not is_fewer(after, before)
    assert not is_fewer(before, before)


def test_what_coins_could_do_is_not_better():
    # In half of the lines one error less, in the others one more.
    before = [ErrorRate(3, 10)] * 20
    after = [ErrorRate(2 + 2 * (i % 2), 10) for i in range(20)]
    assert not is_fewer(before, after)
    assert 0.5**LEAST_TO_TELL < 0.025 < 0.5 ** (LEAST_TO_TELL - 1)
