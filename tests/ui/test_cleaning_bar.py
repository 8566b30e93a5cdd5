"""The bar that chooses how pages become ink."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QAbstractButton, QWidget

from hwocr_desktop.core.document.document import Cleaning
from hwocr_desktop.core.pixels.thresholding import (
    DEFAULT_K,
    DEFAULT_WINDOW,
    LOCAL_METHODS,
    METHODS,
    Ink,
)
from hwocr_desktop.ml.registry import ModelCard
from hwocr_desktop.ui.cleaning_bar import CleaningBar

pytestmark = pytest.mark.gui

CARD = ModelCard("sae-1", "binarize", "Small cleaner", "Good.", "CC0", {}, "data")
OTHER = ModelCard("crnn", "recognize-lines", "Reader", "Good.", "CC0", {}, "data")


@pytest.fixture
def open_bar(qtbot):
    def open_(session) -> CleaningBar:
        bar = CleaningBar(session, [CARD, OTHER])
        qtbot.addWidget(bar)
        bar.resize(1000, 60)
        with qtbot.waitExposed(bar):
            bar.show()
        return bar

    return open_


def choose(bar, method):
    row = bar._method.findData(method)
    bar._method.setCurrentIndex(row)
    bar._method.activated.emit(row)


def cleaning(session):
    return session.page.cleaning


def test_thresholds_and_cleaning_models_are_offered(open_bar, make_session):
    bar = open_bar(make_session())
    offered = [bar._method.itemData(row) for row in range(bar._method.count())]
    assert offered == [*METHODS, "sae-1"]
    assert bar._method.itemText(len(METHODS)) == "Small cleaner"


def test_a_method_is_taken_with_its_own_settings_and_can_be_undone(
    open_bar, make_session
):
    session = make_session()
    session.set_cleaning(Cleaning("wolf", 40, 31, 0.5))
    bar = open_bar(session)
    choose(bar, "sae-1")
    assert cleaning(session) == Cleaning("sae-1")
    session.undo()
    assert cleaning(session) == Cleaning("wolf", 40, 31, 0.5)
    assert bar._method.currentData() == "wolf"
    assert (bar._window.value(), bar._k.value()) == (31, 0.5)


def test_window_and_k_are_there_where_they_mean_something(open_bar, make_session):
    bar = open_bar(make_session())
    for method in (*METHODS, "sae-1"):
        choose(bar, method)
        is_local = method in LOCAL_METHODS
        assert bar._window.isVisible() == bar._k.isVisible() == is_local


def test_many_turns_at_a_number_are_one_change(qtbot, open_bar, make_session):
    session = make_session()
    bar = open_bar(session)
    choose(bar, "sauvola")
    changes = QSignalSpy(session.project_changed)
    for _ in range(5):
        bar._window.stepUp()
    assert changes.count() == 0
    with qtbot.waitSignal(session.project_changed):
        pass
    assert changes.count() == 1
    assert cleaning(session).window == DEFAULT_WINDOW["sauvola"] + 10


def test_a_number_still_settling_goes_to_the_page_it_was_meant_for(
    open_bar, make_session
):
    session = make_session(pages=2)
    bar = open_bar(session)
    bar._k.setValue(0.44)
    session.select_page("p2")
    assert session.find_page("p1").cleaning.k == 0.44
    assert cleaning(session).k is None
    assert bar._k.value() == DEFAULT_K[cleaning(session).method]


def test_the_cut_moves_the_view_and_then_the_document(
    qtbot, open_bar, make_session, gray_page
):
    session = make_session()
    bar = open_bar(session)
    session.show_scan(gray_page)
    session.show_ink()
    track = bar.slider._track
    with qtbot.waitSignal(bar.cut_changed) as moved:
        qtbot.mousePress(
            track,
            Qt.MouseButton.LeftButton,
            pos=QPoint(round(track.place_of(150)), 20),
        )
    assert cleaning(session).cut is None
    qtbot.mouseRelease(track, Qt.MouseButton.LeftButton)
    assert cleaning(session).cut == moved.args[0]
    session.show_ink()
    qtbot.mouseClick(bar.slider._reset, Qt.MouseButton.LeftButton)
    assert cleaning(session).cut is None


def test_without_ink_there_is_nothing_to_cut(open_bar, make_session, gray_page):
    session = make_session()
    bar = open_bar(session)
    assert not bar.slider.isEnabled()
    session.show_scan(gray_page)
    session.show_ink()
    assert bar.slider.isEnabled()
    choose(bar, "nick")
    assert not bar.slider.isEnabled()


def test_the_ink_of_another_page_is_not_taken_for_this_one(
    open_bar, make_session, gray_page
):
    session = make_session(pages=2)
    bar = open_bar(session)
    session.show_scan(gray_page)
    session.show_ink()
    session.select_page("p2")
    assert not bar.slider.isEnabled()


def test_all_pages_can_be_cleaned_like_this_one(qtbot, open_bar, make_session):
    session = make_session(pages=3)
    session.set_cleaning(Cleaning("nick", 99))
    bar = open_bar(session)
    qtbot.mouseClick(bar._all, Qt.MouseButton.LeftButton)
    assert {page.cleaning for page in session.project.pages} == {Cleaning("nick", 99)}
    session.undo()
    assert session.find_page("p3").cleaning == Cleaning()


def test_a_model_that_is_gone_is_named(open_bar, make_session):
    session = make_session()
    session.set_cleaning(Cleaning("gone"))
    bar = open_bar(session)
    assert "missing" in bar._method.currentText()


def test_the_slider_follows_the_ink(open_bar, make_session, gray_page):
    session = make_session()
    bar = open_bar(session)
    session.show_scan(gray_page)
    session.show_ink(Ink(np.zeros((480, 360), np.uint8), 31))
    assert bar.slider.cut == 31


def test_without_a_page_the_bar_rests(open_bar, make_session):
    assert not open_bar(make_session(pages=0)).isEnabled()


@pytest.mark.parametrize("method", ["otsu", "sauvola"])
def test_a_narrow_bar_takes_two_rows_and_squeezes_nothing(qtbot, make_session, method):
    session = make_session()
    bar = CleaningBar(session, cards=())
    qtbot.addWidget(bar)
    bar.add_actions(QAction("Methods", bar), QAction("Brush", bar))
    session.set_cleaning(Cleaning(method=method))
    bar.show()
    heights = []
    for width in (bar.minimumSizeHint().width(), 620, 1100):
        bar.resize(width, bar.sizeHint().height())
        QCoreApplication.processEvents()
        bar.resize(width, bar.sizeHint().height())
        QCoreApplication.processEvents()
        heights.append(bar.sizeHint().height())
        assert bar.slider._track.width() >= 120
        for button in bar.findChildren(QAbstractButton):
            assert button.width() >= button.minimumSizeHint().width()
            assert bar.rect().contains(button.mapTo(bar, button.rect().center()))
    assert heights[0] > heights[-1]


def test_the_name_of_k_is_said_in_full_where_there_is_room(
    qtbot, open_bar, make_session
):
    bar, window = open_bar(make_session()), QWidget()
    qtbot.addWidget(window)
    bar.setParent(window)  # only a window of its own obeys its own layout
    bar.show()
    with qtbot.waitExposed(window):
        window.show()
    choose(bar, "sauvola")
    bar._method.setMinimumContentsLength(40)  # so that it is this row that is narrow
    bar.resize(1900, 60)
    assert bar._k_name.text() == "Sensitivity &k"
    least = bar.minimumSizeHint().width()
    bar.resize(least, 90)
    assert bar._k_name.text() == "&k"
    # The longer name asks for no more room.
    assert bar.minimumSizeHint().width() == least
    assert bar._k_name.geometry().right() < bar.width()
