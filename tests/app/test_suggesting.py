"""Words of a project's checked lines and list, and the speller on English pages."""

from dataclasses import replace

import pytest

from hwocr_desktop.app.suggesting import (
    NO_LIST,
    OpenedList,
    Suggesting,
    open_list,
)
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import Project
from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.core.progress import Cancelled, CancelToken, ignore_progress
from hwocr_desktop.core.text.suggestions import KnownWords, speller_words

SHAPE = LineShape(((0, 0), (9, 0)), ((0, 0), (9, 0), (9, 9)), 5, 5)


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
    return [(one.text, one.source) for one in suggester.suggest(text)]


def test_words_follow_what_is_checked_on_any_page(project):
    suggesting = Suggesting()
    speller_words.cache_clear()
    assert suggested(suggesting, project, "Ballyvaughen") == []
    typed = edits.correct_line(project, "p2", "l1", "of Ballyvaughan, \u201cKew\u201d")
    assert suggested(suggesting, typed, "Ballyvaughen") == []
    done = edits.accept_line(typed, "p2", "l1")
    assert suggested(suggesting, done, "Ballyvaughen") == [("Ballyvaughan", "checked")]
    assert suggested(suggesting, done, "Kcw") == [("Kew", "checked")]
    assert suggested(suggesting, done, "Kew") == []
    # The page is gone, and its words with it; undo brings both back.
    gone = replace(done, pages=done.pages[:1])
    assert suggested(suggesting, gone, "Ballyvaughen") == []
    assert suggested(suggesting, done, "Ballyvaughen") == [("Ballyvaughan", "checked")]


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


def opened(path, cancel=None):
    return open_list(path, cancel=cancel or CancelToken(), report=ignore_progress)


def test_words_of_the_list_are_suggested_as_long_as_it_is_the_projects(
    project, tmp_path
):
    path = tmp_path / "places.txt"
    path.write_text("Ballyvaughan\nStoke-on-Trent\nNewbridge\n", encoding="utf-8")
    suggesting = Suggesting()
    speller_words.cache_clear()
    assert suggested(suggesting, project, "Stolke Ballyvaughen") == []
    suggesting.take_list(opened(path))
    both = [("Stoke", "list"), ("Ballyvaughan", "list")]
    assert suggested(suggesting, project, "Stolke Ballyvaughen") == both
    # What a person wrote in this collection comes first.
    done = checked(project, "p2", "l1", "Newbriage")
    assert suggested(suggesting, done, "Newbriaga") == [("Newbriage", "checked")]
    assert suggested(suggesting, done, "Newbrudge Stolke") == [
        ("Newbridge", "list"),
        ("Stoke", "list"),
    ]
    suggesting.take_list(NO_LIST)
    assert suggested(suggesting, done, "Stolke Ballyvaughen") == []


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe\x00", b"12\n"])
def test_a_list_that_cannot_be_read_suggests_nothing(content, tmp_path):
    path = tmp_path / "places.txt"
    if content is not None:
        path.write_bytes(content)
    found = opened(path)
    assert (found.path, len(found.words)) == (path, 0)


def test_opening_a_list_can_be_stopped(tmp_path):
    path = tmp_path / "places.txt"
    path.write_text("Kew\n", encoding="utf-8")
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        opened(path, token)


def test_another_list_changes_no_words_of_checked_lines(project):
    suggesting = Suggesting()
    speller_words.cache_clear()
    done = checked(project, "p2", "l1", "Ballyvaughan")
    suggesting.take_list(OpenedList(None, KnownWords(["Newbridge"])))
    for _ in range(2):
        assert suggested(suggesting, done, "Ballyvaughen Newbrudge") == [
            ("Ballyvaughan", "checked"),
            ("Newbridge", "list"),
        ]
        suggesting.take_list(OpenedList(None, KnownWords(["Newbridge"])))
