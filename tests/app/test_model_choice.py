"""Which model is taken where nobody named one."""

from dataclasses import replace

import pytest

from hwocr_desktop.app import page_work
from hwocr_desktop.app.model_choice import (
    choose_cleaning,
    choose_line_model,
    choose_word_model,
    usual_cleaning,
)
from hwocr_desktop.app.page_work import inspect_scans, with_pages
from hwocr_desktop.core import paths
from hwocr_desktop.core.document.document import Cleaning, Project
from hwocr_desktop.core.progress import CancelToken, ignore_progress
from hwocr_desktop.core.settings import Settings, load_settings, save_settings
from hwocr_desktop.ml.registry import ModelCard, save_model
from tests.pages_drawn import draw_page, write_image


def install(folder, task, title):
    card = ModelCard(folder.name, task, title, "", "Apache-2.0", {}, "nothing")
    save_model(folder, card, lambda path: path.write_bytes(b"weights"))


@pytest.fixture
def shelves(tmp_path, monkeypatch):
    ours = tmp_path / "bundled"
    monkeypatch.setattr(paths, "bundled_models", lambda: ours)
    install(ours / "lines", "recognize-lines", "Z, ours")
    install(ours / "ink", "binarize", "Z, ours")
    install(paths.user_models() / "taught", "recognize-lines", "A, a copy")
    install(paths.user_models() / "copied", "binarize", "A, a copy")


def test_what_came_with_the_program_goes_before_a_persons_own(shelves):
    assert choose_line_model() == "lines"
    assert choose_cleaning(prefer_network=True) == "ink"


def test_a_network_is_the_chosen_one_or_the_usual_one(shelves):
    install(paths.bundled_models() / "a-slow-one", "binarize", "A, slow")
    install(paths.bundled_models() / Settings().cleaning, "binarize", "Y, quick")
    for said, taken in (
        ("otsu", Settings().cleaning),
        ("gone", Settings().cleaning),
        ("copied", "copied"),
    ):
        save_settings(replace(load_settings(), cleaning=said))
        assert choose_cleaning(prefer_network=True) == taken
    assert choose_cleaning() == "copied"
    save_settings(replace(load_settings(), cleaning="otsu"))
    assert choose_cleaning() == "otsu"


def test_what_anybody_may_use_goes_before_what_is_for_research(tmp_path, monkeypatch):
    ours = tmp_path / "bundled"
    monkeypatch.setattr(paths, "bundled_models", lambda: ours)
    for name, title, licence in (
        ("modern", "A", "Research, non-commercial: its data say so."),
        ("open", "B", "CC BY-SA 4.0"),
    ):
        card = ModelCard(name, "recognize-lines", title, "", licence, {}, "nothing")
        save_model(ours / name, card, lambda path: path.write_bytes(b"weights"))
    assert choose_line_model() == "open"


def test_what_was_named_or_set_goes_before_both(shelves):
    assert choose_line_model("taught") == "taught"
    save_settings(replace(load_settings(), line_model="taught", cleaning="copied"))
    assert choose_line_model() == "taught"
    assert choose_cleaning() == "copied"


def test_the_quick_model_is_usual_where_it_is_installed(shelves):
    # Nothing of that name came with this program.
    assert usual_cleaning() == choose_cleaning() == "sauvola"
    install(paths.bundled_models() / "sae-fast", "binarize", "Ink, fast")
    assert usual_cleaning() == choose_cleaning() == "sae-fast"
    save_settings(replace(load_settings(), cleaning="otsu"))
    assert choose_cleaning() == "otsu"
    assert usual_cleaning() == "sae-fast"


def test_a_new_page_is_cleaned_as_usual(shelves, tmp_path, monkeypatch):
    monkeypatch.setattr(page_work, "choose_cleaning", choose_cleaning)
    install(paths.bundled_models() / "sae-fast", "binarize", "Ink, fast")
    scan = write_image(tmp_path / "a.png", draw_page(1))
    found = inspect_scans([scan], cancel=CancelToken(), report=ignore_progress)
    project = with_pages(Project(), tmp_path, found)
    assert project.pages[0].cleaning == Cleaning("sae-fast")


def test_words_are_read_by_a_model_for_words_if_there_is_one(shelves):
    assert choose_word_model() == "lines"
    install(paths.bundled_models() / "words-xx", "recognize-lines", "Words")
    assert choose_word_model() == "words-xx"
    assert choose_word_model("taught") == "taught"
