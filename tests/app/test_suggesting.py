"""Words of a project's checked lines, and the speller where the page is English."""

from dataclasses import replace

import pytest

from hwocr_desktop.app.suggesting import Suggesting
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import Character, Project
from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.core.text.suggestions import speller_words

SHAPE = LineShape(((0, 0), (9, 0)), ((0, 0), (9, 0), (9, 9)), 5, 5)


def word(text):
    return tuple(Character(c, 0.99, 0.0, 1.0) for c in text)


@pytest.fixture
def project():
    """Two pages of two lines; nothing is checked."""
    made = Project()
    for number in (1, 2):
        made = edits.add_page(made, f"{number}.png", 100, 100)
        made = edits.set_lines(made, f"p{number}", [SHAPE, SHAPE])
    return made


def checked(project, page_id, line_id, text):
    project = edits.correct_line(project, page_id, line_id, text)
    return edits.accept_line(project, page_id, line_id)


def suggested(suggesting, project, text, page_id="p1"):
    suggester = suggesting.suggester(project, project.page(page_id))
    return [(one.text, one.source) for one in suggester.suggest(word(text))]


def test_words_follow_what_is_checked_on_any_page(project):
    suggesting = Suggesting()
    speller_words.cache_clear()
    assert suggested(suggesting, project, "Ballyvaughen") == []
    typed = edits.correct_line(project, "p2", "l1", "of Ballyvaughan, \u201cKew\u201d")
    assert suggested(suggesting, typed, "Ballyvaughen") == []
    done = edits.accept_line(typed, "p2", "l1")
    assert suggested(suggesting, done, "Ballyvaughen") == [("Ballyvaughan", "list")]
    assert suggested(suggesting, done, "Kcw") == [("Kew", "list")]
    assert suggested(suggesting, done, "Kew") == []
    # The page is gone, and its words with it; undo brings both back.
    gone = replace(done, pages=done.pages[:1])
    assert suggested(suggesting, gone, "Ballyvaughen") == []
    assert suggested(suggesting, done, "Ballyvaughen") == [("Ballyvaughan", "list")]


def test_nothing_is_made_anew_where_no_word_has_changed(project):
    suggesting = Suggesting()
    done = checked(project, "p2", "l1", "Ballyvaughan")
    first = suggesting.suggester(done, done.page("p1"))
    moved = edits.correct_line(done, "p1", "l1", "typed")
    assert suggesting.suggester(moved, moved.page("p1")) is first
    again = checked(moved, "p1", "l1", "typed")
    assert suggesting.suggester(again, again.page("p1")) is not first


def test_the_speller_is_for_pages_in_its_language(project):
    suggesting = Suggesting()
    project = edits.correct_line(project, "p1", "l1", "many friends have written home")
    german = "gestern habe ich deinen Brief erhalten"
    project = edits.correct_line(project, "p2", "l1", german)
    speller_words.cache_clear()
    assert suggested(suggesting, project, "rexeived") == []
    speller_words("en")
    assert suggested(suggesting, project, "rexeived") == [("received", "speller")]
    assert suggested(suggesting, project, "rexeived", "p2") == []
    assert suggested(suggesting, project, "rexeived") == [("received", "speller")]
