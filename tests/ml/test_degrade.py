"""What windows are aged with: ink stays ink, and the page's number is carried along."""

from __future__ import annotations

import numpy as np
import pytest

from hwocr_desktop.core.pixels.writing_contrast import writing_contrast
from hwocr_desktop.ml.training import degrade as module
from hwocr_desktop.ml.training.degrade import degrade

RARE = (
    *("BLEED_THROUGH", "UNEVEN_LIGHT", "ON_BED", "FADED", "FADED_IN_PLACES"),
    *("STAINED", "RULED", "BLURRED", "NOISY", "COMPRESSED"),
)


@pytest.fixture
def only(monkeypatch):
    """Return a function after which only the named damages befall, and always."""

    def choose(*names):
        for name in RARE:
            monkeypatch.setattr(module, name, 1.0 if name in names else 0.0)

    return choose


def written(contrast=90.0):
    ink = np.zeros((128, 128), bool)
    ink[20:-20:16, 10:-10] = True
    return np.where(ink, 200.0 - contrast, 200.0), ink


@pytest.mark.parametrize("damage", ["", "FADED"])
def test_the_writing_contrast_is_changed_as_the_window_is(only, damage):
    only(damage)
    for seed in range(25):
        gray, ink = written()
        aged, writing = degrade(gray, ink, np.random.default_rng(seed), None, 90.0)
        # The oracle: what would be measured on a page that looks like this.
        assert writing == pytest.approx(writing_contrast(aged), abs=1.5)


@pytest.mark.parametrize("damage", [name for name in RARE if name != "ON_BED"])
def test_no_damage_but_the_bed_changes_the_truth(only, damage):
    only(damage)
    gray, ink = written()
    before = ink.copy()
    behind = np.where(ink.T, 60, 220).astype(np.uint8)
    aged, _ = degrade(gray, ink, np.random.default_rng(3), behind, 90.0)
    assert np.array_equal(ink, before)
    assert aged.dtype == np.uint8
    assert aged.shape == ink.shape


def test_there_is_no_ink_on_the_bed(only):
    only("ON_BED")
    covered = 0
    for seed in range(30):
        gray, ink = written()
        before = ink.copy()
        degrade(gray, ink, np.random.default_rng(seed), None, 90.0)
        assert not (ink & ~before).any()
        covered += ink.sum() < before.sum()
    assert covered > 15


def test_ink_that_fades_in_places_leaves_the_paper_alone(only, monkeypatch):
    only("FADED_IN_PLACES")
    monkeypatch.setattr(module, "_relight", lambda gray, writing, rng: (gray, writing))
    gray, ink = written()
    far = np.zeros_like(ink)
    far[2:14] = True
    aged, _ = degrade(gray, ink, np.random.default_rng(1), None, 90.0)
    assert np.abs(aged[far].astype(float) - 200).max() <= 1
    paler = aged[ink].astype(float) - 110
    assert paler.max() > 15
    assert paler.min() > -2


def test_what_shines_through_is_no_darker_than_its_ink(only, monkeypatch):
    only("BLEED_THROUGH")
    monkeypatch.setattr(module, "_relight", lambda gray, writing, rng: (gray, writing))
    gray = np.full((128, 128), 200.0)
    behind = np.where(written()[1].T, 20, 220).astype(np.uint8)
    aged, _ = degrade(
        gray, np.zeros((128, 128), bool), np.random.default_rng(0), behind, 0.0
    )
    assert aged.min() < 190
    assert aged.min() > 200 * (1 - 0.66)
    assert aged.max() == 200
