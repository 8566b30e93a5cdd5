"""Suggestions: offline, for doubtful words only, and measured."""

import importlib.resources
import socket

import pytest

from hwocr_desktop.core.document.document import Character
from hwocr_desktop.core.text import suggestions as module
from hwocr_desktop.core.text.suggestions import (
    Suggester,
    SuggestionScore,
    is_in_language,
    is_speller_ready,
    measure_suggestions,
)


def reading(text, doubtful=""):
    """Characters of a text, unsure within the given part."""
    start = text.find(doubtful) if doubtful else len(text)
    places = range(start, start + len(doubtful))
    return tuple(
        Character(c, 0.3 if i in places else 0.95, i / len(text), (i + 1) / len(text))
        for i, c in enumerate(text)
    )


@pytest.fixture(scope="module")
def speller():
    return Suggester(["Ballyvaughan", "Hooker of Kew"])


def test_the_speller_knows_common_words(speller):
    (found,) = speller.suggest(reading("he rexeived it", "rexeived"))
    assert (found.text, found.source) == ("received", "speller")
    assert (found.start, found.end) == (3, 11)


def test_the_list_comes_before_the_speller(speller):
    found = speller.suggest(
        reading("“Ballyvaughen” by Hocker.", "Ballyvaughen” by Hoc")
    )
    assert [(f.text, f.source) for f in found] == [
        ("Ballyvaughan", "list"),
        ("Hooker", "list"),
    ]


def test_what_is_read_surely_known_or_short_is_left_alone(speller):
    assert speller.suggest(reading("he rexeived it")) == ()
    assert speller.suggest(reading("he received it", "received")) == ()
    assert speller.suggest(reading("Ballyvaughan", "Bally")) == ()
    assert speller.suggest(reading("iz 1850", "iz 1850")) == ()
    assert speller.suggest(()) == ()


def test_a_reading_is_never_changed(speller):
    characters = reading("he rexeived it", "rexeived")
    speller.suggest(characters)
    assert characters == reading("he rexeived it", "rexeived")


def test_without_speller_only_the_list_suggests():
    suggester = Suggester(["Kew"], None)
    found = suggester.suggest(reading("rexeived at Kcw", "rexeived at Kcw"))
    assert [f.text for f in found] == ["Kew"]


def test_no_connection_is_opened(monkeypatch):
    def refuse(*_):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    module.speller_words.cache_clear()
    assert len(module.speller_words("en")) > 10_000
    assert Suggester().suggest(reading("rexeived", "rexeived"))


@pytest.mark.parametrize("content", [None, b"", b"no archive"])
def test_a_speller_without_its_words_suggests_nothing(content, tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    if content is not None:
        (tmp_path / "data" / "en.tar.gz").write_bytes(content)
    monkeypatch.setattr(importlib.resources, "files", lambda _: tmp_path)
    module.speller_words.cache_clear()
    try:
        assert module.speller_words("en") == {}
        assert Suggester().suggest(reading("rexeived", "rexeived")) == ()
    finally:
        module.speller_words.cache_clear()


def test_what_share_is_right_is_counted(speller):
    lines = [
        (reading("he rexeived it", "rexeived"), "he received it"),
        (reading("he rexeived it", "rexeived"), "he relieved it"),
        (reading("he rexeived it", "rexeived"), "he rexeived it"),
        (reading("all sure"), "something else"),
    ]
    score = measure_suggestions(speller, lines)
    assert score == SuggestionScore(given=3, right=1, on_wrong=2)
    assert score.share_right == pytest.approx(1 / 3)
    assert SuggestionScore().share_right == 0.0


def test_words_left_out_before_do_not_shift_the_truth(speller):
    lines = [(reading("rexeived it", "rexeived"), "he has received it")]
    assert measure_suggestions(speller, lines).given == 1


@pytest.mark.parametrize(
    ("text", "is_english"),
    [
        ("My dear friend, I received your lettcr yesterday and was very glad", True),
        ("Lieber Freund, gestern habe ich deinen Brief erhalten und gelesen", False),
        ("Mon cher ami, je vous remercie beaucoup de votre lettre que j'ai", False),
        ("12 & 4 to be or", False),
        ("", False),
    ],
)
def test_the_language_of_a_text_is_told_by_its_words(text, is_english):
    assert is_in_language(text, "en") == is_english


def test_whether_words_are_at_hand_loads_none():
    module.speller_words.cache_clear()
    assert not is_speller_ready("en")
    assert not is_speller_ready("en")
    module.speller_words("en")
    assert is_speller_ready("en")
