"""The slider over the histogram of an ink map."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QSignalSpy

from hwocr_desktop.ui.cut_slider import CutSlider, CutTrack, ink_histogram

pytestmark = pytest.mark.gui


@pytest.fixture
def slider(qtbot):
    made = CutSlider()
    qtbot.addWidget(made)
    made.resize(500, 50)
    with qtbot.waitExposed(made):
        made.show()
    return made


def track(slider) -> CutTrack:
    return slider._track


@settings(max_examples=30)
@given(hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=16)))
def test_the_histogram_of_a_small_map_counts_every_pixel(ink_map):
    heights = ink_histogram(ink_map)
    counts = np.array([(ink_map == value).sum() for value in range(256)])
    expected = np.log(counts + 1.0) / np.log(counts.max() + 1.0)
    np.testing.assert_allclose(heights, expected, atol=1e-12)


def test_the_histogram_of_a_large_map_is_that_of_a_part_of_it():
    rng = np.random.default_rng(0)
    ink_map = rng.choice(
        np.array([10, 100, 250], np.uint8), (1000, 1000), p=[0.9, 0.09, 0.01]
    )
    heights = ink_histogram(ink_map)
    assert heights[10] == 1
    assert set(np.flatnonzero(heights)) == {10, 100, 250}
    assert heights[10] > heights[100] > heights[250]


@settings(max_examples=30)
@given(st.integers(1, 255), st.integers(140, 900))
def test_a_value_is_found_at_its_place(qapp, value, width):
    one = CutTrack()
    one.resize(width, 40)
    step = 255 / (width - 12)
    assert abs(one.value_at(one.place_of(value)) - value) <= step
    one.deleteLater()


def test_dragging_tells_each_place_and_letting_go_the_choice(qtbot, slider):
    slider.show_ink(np.zeros((5, 5), np.uint8), 128, is_own=True)
    moved, chosen = QSignalSpy(slider.cut_changed), QSignalSpy(slider.cut_chosen)
    one = track(slider)
    places = [QPoint(round(one.place_of(value)), 20) for value in (60, 90, 200)]
    qtbot.mousePress(one, Qt.MouseButton.LeftButton, pos=places[0])
    for place in places[1:]:
        qtbot.mouseMove(one, place)
    assert moved.count() == 3
    assert chosen.count() == 0
    qtbot.mouseRelease(one, Qt.MouseButton.LeftButton, pos=places[-1])
    assert chosen.count() == 1
    assert chosen.at(0)[0] == pytest.approx(200, abs=1)
    assert slider._value.text() == str(slider.cut)


def test_each_key_is_a_choice(qtbot, slider):
    slider.show_ink(None, 128, is_own=True)
    chosen = QSignalSpy(slider.cut_chosen)
    qtbot.keyClick(track(slider), Qt.Key.Key_Right)
    qtbot.keyClick(track(slider), Qt.Key.Key_PageUp)
    qtbot.keyClick(track(slider), Qt.Key.Key_Home)
    assert [chosen.at(i)[0] for i in range(chosen.count())] == [129, 139, 1]


def test_showing_a_cut_tells_nobody(slider):
    moved, chosen = QSignalSpy(slider.cut_changed), QSignalSpy(slider.cut_chosen)
    slider.show_ink(np.zeros((5, 5), np.uint8), 77, is_own=False)
    assert (slider.cut, slider._value.text()) == (77, "77")
    assert moved.count() == chosen.count() == 0


def test_what_arrives_during_a_drag_does_not_move_the_slider(qtbot, slider):
    one = track(slider)
    qtbot.mousePress(
        one, Qt.MouseButton.LeftButton, pos=QPoint(round(one.place_of(60)), 9)
    )
    held = slider.cut
    slider.show_ink(np.zeros((5, 5), np.uint8), 200, is_own=False)
    assert slider.cut == held
    qtbot.mouseRelease(one, Qt.MouseButton.LeftButton)


def test_the_methods_own_cut_can_be_had_back(qtbot, slider):
    slider.show_ink(None, 128, is_own=True)
    assert not slider._reset.isEnabled()
    slider.show_ink(None, 90, is_own=False)
    with qtbot.waitSignal(slider.reset_asked):
        qtbot.mouseClick(slider._reset, Qt.MouseButton.LeftButton)


def test_the_histogram_is_counted_once_for_a_map(slider, monkeypatch):
    import hwocr_desktop.ui.cut_slider as module

    counted = []

    def count(ink_map):
        counted.append(1)
        return np.zeros(256)

    monkeypatch.setattr(module, "ink_histogram", count)
    ink_map = np.zeros((5, 5), np.uint8)
    for cut in (50, 60, 70):
        slider.show_ink(ink_map, cut, is_own=False)
    assert len(counted) == 1


def test_it_has_a_name_for_screen_readers(slider):
    assert track(slider).accessibleName()
    assert slider._reset.accessibleName()
