"""The comparison of methods: pictures as they come, and one of them taken."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt

from hwocr_desktop.app import comparison
from hwocr_desktop.app.jobs import JobRunner
from hwocr_desktop.core.document.document import Cleaning
from hwocr_desktop.core.pixels.thresholding import METHODS, Ink, ink_by_threshold
from hwocr_desktop.ml.registry import ModelCard
from hwocr_desktop.ui.comparison_dialog import ComparisonDialog
from hwocr_desktop.ui.page_views import PageViews
from hwocr_desktop.ui.theme import palette
from hwocr_desktop.ui.trial_list import TrialList
from hwocr_desktop.ui.trial_pictures import PICTURE

pytestmark = pytest.mark.gui

NETWORK = "network"


@pytest.fixture
def runners():
    made = JobRunner("fast"), JobRunner("slow")
    yield made
    for runner in made:
        assert runner.shutdown()


@pytest.fixture
def cards(monkeypatch):
    """A model that finds ink in everything, and may be held up."""
    clean = comparison.clean_page

    def clean_or_ink(gray, cleaning, **more):
        if cleaning.method == NETWORK:
            return Ink(np.full(gray.shape, 255, np.uint8), 128)
        return clean(gray, cleaning, **more)

    monkeypatch.setattr(comparison, "clean_page", clean_or_ink)
    return [a_card(NETWORK, "binarize"), a_card("reader", "recognize-lines")]


def a_card(id_, task):
    return ModelCard(id_, task, id_.title(), "", "Apache-2.0", {}, "")


@pytest.fixture
def open_dialog(qtbot, make_session, gray_page, runners, cards):
    views = []

    def open_(pages=1, *, wait=True):
        session = make_session((), pages=pages)
        shown = PageViews(session)
        views.append(shown)
        qtbot.addWidget(shown)
        shown.resize(900, 500)
        session.show_scan(gray_page)
        dialog = ComparisonDialog(session, shown, *runners, cards)
        qtbot.addWidget(dialog)
        dialog.session, dialog.views = session, shown
        with qtbot.waitExposed(dialog):
            dialog.show()
        if wait:
            settle(qtbot, dialog)
        return dialog

    yield open_
    for shown in views:
        assert shown.shutdown()


def settle(qtbot, dialog):
    def is_idle():
        timers = dialog._later.isActive() or dialog.settings._settle.isActive()
        return not timers and not dialog._runs.is_busy

    qtbot.waitUntil(is_idle)


def names(dialog):
    rows = range(dialog.list.count())
    return [dialog.list.item(row).text().split("\n")[0] for row in rows]


def select(dialog, method):
    dialog.list.setCurrentItem(dialog._items[method])


def click(qtbot, dialog, method):
    item = dialog._items[method]
    dialog.list.scrollToItem(item)
    place = dialog.list.visualItemRect(item).center()
    qtbot.mouseClick(dialog.list.viewport(), Qt.MouseButton.LeftButton, pos=place)


def said(dialog, method):
    return dialog._items[method].text().partition("\n")[2]


def test_the_original_comes_first_and_models_last(open_dialog):
    shown = names(open_dialog())
    assert shown[0] == "Original"
    assert shown[-1] == "Network"
    assert len(shown) == 1 + len(METHODS) + 1


def test_each_says_how_much_is_ink(open_dialog, gray_page):
    dialog = open_dialog()
    assert said(dialog, NETWORK) == "100.0 % ink"
    x0, y0, x1, y1 = comparison.part_to_compare(dialog.views.visible_part(), (360, 480))
    whole = ink_by_threshold(gray_page, "otsu").binary()
    share = 100 * whole[y0:y1, x0:x1].mean()
    assert said(dialog, "otsu") == f"{share:.1f} % ink"


def test_a_click_takes_a_method_and_enter_takes_it_and_closes(qtbot, open_dialog):
    dialog = open_dialog()
    click(qtbot, dialog, "nick")
    assert dialog.session.page.cleaning == Cleaning("nick")
    assert dialog.isVisible()
    assert names(dialog)[1 + METHODS.index("nick")].startswith("✓")
    dialog.list.setFocus()
    # With the keys alone: the one before, and taken.
    qtbot.keyClick(dialog.list, Qt.Key.Key_Left)
    qtbot.keyClick(dialog.list, Qt.Key.Key_Return)
    taken = METHODS[METHODS.index("nick") - 1]
    assert dialog.session.page.cleaning == Cleaning(taken)
    assert not dialog.isVisible()
    dialog.session.undo()
    assert dialog.session.page.cleaning == Cleaning()
    assert not dialog.session.history.can_undo


def test_all_pages_can_take_it_as_one_step(qtbot, open_dialog):
    dialog = open_dialog(pages=3)
    select(dialog, "wolf")
    dialog.settings.k.setValue(0.45)
    settle(qtbot, dialog)
    qtbot.mouseClick(dialog.use_all, Qt.MouseButton.LeftButton)
    cleanings = {page.cleaning for page in dialog.session.project.pages}
    assert [(c.method, c.k) for c in cleanings] == [("wolf", 0.45)]
    dialog.session.undo()
    assert {p.cleaning for p in dialog.session.project.pages} == {Cleaning()}


def test_the_original_cannot_be_taken(qtbot, open_dialog):
    dialog = open_dialog()
    select(dialog, "")
    assert not dialog.use.isEnabled()
    assert not dialog.settings.isEnabled()
    click(qtbot, dialog, "")
    dialog.list.setFocus()
    qtbot.keyClick(dialog.list, Qt.Key.Key_Return)
    assert dialog.session.page.cleaning == Cleaning()
    assert dialog.isVisible()


def test_numbers_are_tried_live_and_the_cut_at_once(qtbot, open_dialog):
    dialog = open_dialog()
    select(dialog, "nick")
    before = said(dialog, "nick")
    dialog.settings.k.setValue(-0.9)
    settle(qtbot, dialog)
    after = said(dialog, "nick")
    assert after != before
    dialog.settings.cut.setValue(1)
    assert said(dialog, "nick") != after
    assert not dialog._runs.is_busy
    qtbot.mouseClick(dialog.settings.auto, Qt.MouseButton.LeftButton)
    assert said(dialog, "nick") == after
    assert dialog.session.page.cleaning == Cleaning()


def test_methods_without_numbers_show_none(open_dialog):
    dialog = open_dialog()
    select(dialog, "otsu")
    assert dialog.settings.window_px.isHidden()
    assert not dialog.settings.cut.isHidden()
    select(dialog, "sauvola")
    assert not dialog.settings.window_px.isHidden()


def test_another_part_of_the_page_is_compared_when_the_page_moves(qtbot, open_dialog):
    dialog = open_dialog()
    before = said(dialog, "otsu")
    dialog.views._take_look(dialog.views.look.zoomed(6, (100, 33)))
    settle(qtbot, dialog)
    assert said(dialog, "otsu") != before


def picture(dialog, method):
    return dialog._items[method].icon().pixmap(PICTURE).toImage()


def tones(image):
    """Return how many shades a picture has, and how far they are apart."""
    grays = {
        image.pixelColor(x, y).lightness()
        for x in range(0, image.width(), 1)
        for y in range(image.height() // 3, 2 * image.height() // 3)
    }
    return len(grays), max(grays) - min(grays)


@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
def test_pictures_say_that_they_are_in_preparation(
    qtbot, open_dialog, monkeypatch, is_dark
):
    held, clean = threading.Event(), comparison.clean_page

    def hold(gray, cleaning, *, cancel, **more):
        while not held.wait(0.01):
            cancel.check()
        return clean(gray, cleaning, cancel=cancel, **more)

    monkeypatch.setattr(comparison, "clean_page", hold)
    dialog = open_dialog(wait=False)
    dialog.setPalette(palette(is_dark))
    dialog.compare()
    shades, apart = tones(picture(dialog, "otsu"))
    assert shades > 2
    assert apart > 100
    # A person may stop it as any work; then nothing is in preparation any more.
    waiting = picture(dialog, "wolf")
    for job in list(dialog._runs._jobs):
        job.cancel()
    settle(qtbot, dialog)
    assert picture(dialog, "wolf") != waiting
    held.set()
    dialog.compare()
    settle(qtbot, dialog)
    assert said(dialog, "wolf").endswith("ink")


@pytest.mark.parametrize(
    ("room", "columns"), [((1588, 800), 4), ((1560, 640), 5), ((700, 3000), 2)]
)
def test_the_list_is_as_large_as_all_its_pictures(qtbot, room, columns):
    trials = TrialList()
    qtbot.addWidget(trials)
    trials.addItems(["x"] * 9)
    wanted = trials.wanted_size(QSize(*room))
    assert wanted.width() <= room[0]
    assert wanted.height() <= room[1]
    trials.resize(wanted)
    with qtbot.waitExposed(trials):
        trials.show()
    assert trials.verticalScrollBar().maximum() == 0
    tops = [trials.visualItemRect(trials.item(i)).top() for i in range(9)]
    assert tops.count(tops[0]) == columns


def test_without_room_for_all_it_takes_what_there_is(qtbot):
    trials = TrialList()
    qtbot.addWidget(trials)
    trials.addItems(["x"] * 9)
    assert trials.wanted_size(QSize(1300, 500)).height() == 500


def test_the_dialog_is_no_larger_than_the_screen(open_dialog):
    dialog = open_dialog()
    room = dialog.screen().availableSize()
    assert dialog.width() <= room.width()
    assert dialog.height() <= room.height()


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        ((0, 0, 360, 480), "the middle of what you see"),
        ((100, 100, 190, 164), "the part of the page that you see"),
    ],
)
def test_it_is_said_which_part_of_the_page_is_shown(
    qtbot, open_dialog, monkeypatch, seen, words
):
    dialog = open_dialog()
    monkeypatch.setattr(dialog.views, "visible_part", lambda: seen)
    dialog.compare()
    assert words in dialog._part.text()
    settle(qtbot, dialog)


def test_closing_stops_what_is_being_tried(qtbot, open_dialog):
    dialog = open_dialog()
    dialog.compare()
    jobs = list(dialog._runs._jobs)
    dialog.close()
    assert jobs
    assert all(job.token.is_cancelled for job in jobs)
    settle(qtbot, dialog)


def test_a_model_that_cannot_be_used_is_named(qtbot, open_dialog, monkeypatch):
    dialog = open_dialog()
    monkeypatch.undo()
    dialog.compare()
    settle(qtbot, dialog)
    assert said(dialog, NETWORK) == "cannot be used"
    assert said(dialog, "otsu").endswith("ink")
