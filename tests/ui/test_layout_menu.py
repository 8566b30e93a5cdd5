"""The menu that says what finds lines: in the toolbar, the menu Page, the settings."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QToolBar, QToolButton

from hwocr_desktop.app import page_work
from hwocr_desktop.app.model_choice import CLASSICAL
from hwocr_desktop.app.pipeline import LinesFound
from hwocr_desktop.core import paths
from hwocr_desktop.core.settings import Settings, load_settings, save_settings
from hwocr_desktop.ml import registry
from hwocr_desktop.ui.settings_dialog import SettingsDialog
from tests.app.test_model_choice import install
from tests.pages_drawn import blind_finder
from tests.ui.test_main_window import documents as documents
from tests.ui.test_main_window import scan as scan
from tests.ui.test_main_window import settle as settle
from tests.ui.test_main_window import texts
from tests.ui.test_main_window import window as window
from tests.ui.test_main_window import with_page as with_page

pytestmark = pytest.mark.gui


@pytest.fixture
def ours(monkeypatch, tmp_path):
    """Return a shelf with two models that find lines and two that do not."""
    folder = tmp_path / "bundled"
    monkeypatch.setattr(paths, "bundled_models", lambda: folder)
    install(folder / "layout", "find-lines", "Lines of letters & lists")
    install(paths.user_models() / "our-hand", "find-lines", "Our hand")
    install(paths.user_models() / "ink", "binarize", "Ink")
    install(paths.user_models() / "words", "recognize-lines", "Words")
    return folder


@pytest.fixture
def asked(monkeypatch):
    """Note what finds lines, and find none."""
    noted = []

    def find(folder, page, layout, *, cancel, report):
        noted.append(layout)
        return LinesFound(page.id, ())

    monkeypatch.setattr(page_work, "find_page_lines", find)
    return noted


def opened(window):
    """Open the menu as a person would; return its entries."""
    menu = window.window_actions.submenus["find-with"]
    menu.aboutToShow.emit()
    return menu.actions()


def chosen(window):
    return [a.data() for a in opened(window) if a.isChecked()]


def choose(window, model_id):
    next(a for a in opened(window) if a.data() == model_id).trigger()


def test_what_finds_lines_is_chosen_used_kept_and_undone(
    ours, with_page, asked, settle
):
    acts, session = with_page.window_actions, with_page.session
    entries = opened(with_page)
    assert [a.data() for a in entries] == ["layout", "our-hand", CLASSICAL]
    named = {a.data(): a.text() for a in entries}
    assert named["layout"] == "Lines of letters && lists"
    assert "no model" in named[CLASSICAL]
    assert all(a.toolTip() and a.statusTip() for a in entries)
    assert chosen(with_page) == ["layout"]
    acts["find-lines"].trigger()
    settle()
    choose(with_page, "our-hand")
    assert session.project.layout_model == "our-hand"
    assert chosen(with_page) == ["our-hand"]
    acts["find-all"].trigger()
    settle()
    choose(with_page, CLASSICAL)
    acts["find-lines"].trigger()
    settle()
    assert asked == ["layout", "our-hand", CLASSICAL]
    session.save()
    settle()
    folder = session.folder
    session.open(folder)
    settle()
    assert chosen(with_page) == [CLASSICAL]
    choose(with_page, "our-hand")
    acts["undo"].trigger()
    assert chosen(with_page) == [CLASSICAL]


def test_the_menu_opens_beside_the_button_that_finds_lines(ours, with_page):
    (bar,) = with_page.findChildren(QToolBar)
    button = bar.widgetForAction(with_page.window_actions["find-lines"])
    assert isinstance(button, QToolButton)
    assert button.menu() is with_page.window_actions.submenus["find-with"]
    mode = QToolButton.ToolButtonPopupMode.MenuButtonPopup
    assert button.popupMode() == mode  # the button itself still finds lines
    assert with_page.window_actions["find-with"].isEnabled()


def test_a_damaged_model_is_told_in_the_menu(ours, with_page):
    choose(with_page, "our-hand")
    registry.card("our-hand").weights.write_bytes(b"damaged")
    damaged, *_ = opened(with_page)
    expected = "our-hand (damaged: Lines of letters && lists is used)"
    assert (damaged.text(), damaged.isEnabled()) == (expected, False)


def test_a_missing_model_is_told_and_the_usual_one_is_taken(
    ours, with_page, asked, settle
):
    choose(with_page, "our-hand")
    (paths.user_models() / "our-hand" / registry.CARD_NAME).unlink()
    missing, *others = opened(with_page)
    expected = "our-hand (not installed: Lines of letters && lists is used)"
    assert (missing.text(), missing.isEnabled()) == (expected, False)
    assert missing.isChecked()
    assert [a.data() for a in others] == ["layout", CLASSICAL]
    assert not any(a.isChecked() for a in others)
    with_page.window_actions["find-lines"].trigger()
    settle()
    assert asked == ["layout"]
    assert any("“our-hand”" in text for text in texts(with_page))
    with_page.notices.clear()
    choose(with_page, "layout")
    with_page.window_actions["find-lines"].trigger()
    settle()
    assert not any("installed" in text for text in texts(with_page))


def test_the_settings_say_what_finds_lines_in_new_projects(
    ours, with_page, asked, settle, qtbot
):
    dialog = SettingsDialog(Settings())
    qtbot.addWidget(dialog)
    place = dialog.layout_model.findData("our-hand")
    dialog.layout_model.setCurrentIndex(place)
    assert dialog.settings == Settings(layout_model="our-hand")
    save_settings(dialog.settings)
    assert load_settings().layout_model == "our-hand"
    assert chosen(with_page) == ["our-hand"]
    with_page.window_actions["find-lines"].trigger()
    settle()
    assert asked == ["our-hand"]
    gone = SettingsDialog(Settings(layout_model="gone"))
    qtbot.addWidget(gone)
    assert "gone (not installed" in gone.layout_model.currentText()
    assert gone.settings.layout_model == "gone"


@pytest.mark.tf
def test_the_model_chosen_decides_where_lines_are(with_page, settle):
    blind_finder("blind")
    counts = []
    for model_id in ("blind", CLASSICAL):
        choose(with_page, model_id)
        with_page.window_actions["find-lines"].trigger()
        settle()
        counts.append(len(with_page.session.page.lines))
    assert counts[0] == 0
    assert counts[1] > 1
