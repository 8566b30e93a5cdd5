"""How far a gain would move: against a draw of one's own."""

import numpy as np

from hwocr_desktop.app.resampled_gains import gain_interval


def test_the_interval_of_a_mean_is_that_of_its_spread():
    rng = np.random.default_rng(3)
    gains = rng.normal(2.0, 1.0, 400)
    low, high = gain_interval(gains, lambda means: means)
    wide = 1.96 * gains.std() / 400**0.5
    assert abs(low - (gains.mean() - wide)) < 0.02
    assert abs(high - (gains.mean() + wide)) < 0.02


def test_one_place_moves_nothing():
    assert gain_interval([3.0], lambda means: 2 * means) == (6.0, 6.0)


def test_before_and_after_are_drawn_together():
    before = np.random.default_rng(1).random(30)
    pairs = np.stack([before, before + 1], axis=1)
    low, high = gain_interval(pairs, lambda means: means[:, 1] - means[:, 0])
    assert abs(low - 1) < 1e-9
    assert abs(high - 1) < 1e-9
