"""Suggestions: offline, from many words at once, and measured on marked words."""

import importlib.resources
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from hwocr_desktop.core.document.document import Character
from hwocr_desktop.core.progress import Cancelled, CancelToken
from hwocr_desktop.core.text import suggestions as module
from hwocr_desktop.core.text.suggestions import (
    SHORTEST,
    KnownWords,
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
    return Suggester({"list": KnownWords(["Ballyvaughan", "Hooker of Kew"])})


def test_the_speller_knows_common_words(speller):
    (found,) = speller.suggest("he rexeived it")
    assert (found.text, found.source) == ("received", "speller")
    assert (found.start, found.end) == (3, 11)


def test_the_list_comes_before_the_speller(speller):
    found = speller.suggest("“Ballyvaughen” by Hocker.")
    assert [(f.text, f.source) for f in found] == [
        ("Ballyvaughan", "list"),
        ("Hooker", "list"),
    ]


def test_what_is_known_or_short_is_left_alone(speller):
    assert speller.suggest("he received it") == ()
    assert speller.suggest("Ballyvaughan BALLYVAUGHAN ballyvaughan") == ()
    assert speller.suggest("iz 1850") == ()
    assert speller.suggest("") == ()


def test_without_speller_only_the_list_suggests():
    suggester = Suggester({"list": KnownWords(["Kew"])}, None)
    assert [f.text for f in suggester.suggest("rexeived at Kcw")] == ["Kew"]


def test_of_lists_the_nearer_word_counts_and_then_the_first_list():
    checked, listed = (
        KnownWords(["Holloway", "Marsh"]),
        KnownWords(["Halloway", "Mark"]),
    )
    suggester = Suggester({"checked": checked, "list": listed}, None)
    found = suggester.suggest("Hulloway Hallowey Marsk Mark")
    assert [(f.text, f.source) for f in found] == [
        ("Holloway", "checked"),
        ("Halloway", "list"),
        ("Marsh", "checked"),
    ]


words = st.text("abcdeAEßéÉ'", min_size=SHORTEST, max_size=9).filter(
    lambda word: word.strip("'") == word
)


@given(st.lists(words, max_size=30), words, st.sampled_from([1, 2]))
def test_the_nearest_word_is_that_of_a_search_through_all(entries, word, most):
    forms = {f for e in entries for f in (e, e[0].upper() + e[1:], e.upper())}
    if any(word.lower() == entry.lower() for entry in entries):
        expected = word, 0
    else:
        near = ((Levenshtein.distance(word, form), form) for form in forms)
        changes, nearest = min(near, default=(most + 1, ""))
        expected = (nearest, changes) if changes <= most else None
    assert KnownWords(entries).near(word, most) == expected
    assert KnownWords(reversed(entries)).near(word, most) == expected


def test_more_words_than_are_taken_in_at_once():
    letters = "bcdfghjklmnp"
    entries = [
        a + b + c + d for a in letters for b in letters for c in "aeiou" for d in "nst"
    ]
    known = KnownWords([*entries, entries[0], "Stoke-on-Trent", "\u2018Kew\u2019"])
    assert len(known) == len(entries) + 3
    assert len(entries) > 2 * module._AT_ONCE
    for entry in (entries[0], entries[module._AT_ONCE], entries[-1]):
        assert known.near(entry, 1) == (entry, 0)
        assert known.near(f"{entry}q", 1) == (entry, 1)
    assert known.near("Stake", 1) == ("Stoke", 1)


def test_taking_in_many_words_can_be_stopped():
    token = CancelToken()

    def entries():
        for number in range(3 * module._AT_ONCE):
            if number == module._AT_ONCE:
                token.cancel()
            assert number <= 2 * module._AT_ONCE, "it goes on"
            yield "word"

    with pytest.raises(Cancelled):
        KnownWords(entries(), cancel=token)


def test_no_connection_is_opened(monkeypatch):
    def refuse(*_):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    module.speller_words.cache_clear()
    assert len(module.speller_words("en")) > 10_000
    assert Suggester().suggest("rexeived")


@pytest.mark.parametrize("content", [None, b"", b"no archive"])
def test_a_speller_without_its_words_suggests_nothing(content, tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    if content is not None:
        (tmp_path / "data" / "en.tar.gz").write_bytes(content)
    monkeypatch.setattr(importlib.resources, "files", lambda _: tmp_path)
    module.speller_words.cache_clear()
    try:
        assert module.speller_words("en") == {}
        assert Suggester().suggest("rexeived") == ()
    finally:
        module.speller_words.cache_clear()


def test_what_share_is_right_is_counted(speller):
    lines = [
        (reading("he rexeived it", "rexeived"), "he received it"),
        (reading("he rexeived it", "rexeived"), "he relieved it"),
        (reading("he rexeived it", "rexeived"), "he rexeived it"),
        (reading("all sure"), "something else"),
    ]
    score = measure_suggestions(speller, lines, 0.5)
    assert score == SuggestionScore(given=3, right=1, on_wrong=2)
    assert score.share_right == pytest.approx(1 / 3)
    assert SuggestionScore().share_right == 0.0


def test_only_words_that_would_be_marked_count(speller):
    # As in the window a word is as likely as all that stands between spaces.
    read, truth = "“rexeived” rexeived", "“received” received"
    lines = [(reading(read, "“"), truth)]
    assert measure_suggestions(speller, lines, 0.1).given == 0
    assert measure_suggestions(speller, lines, 0.3) == SuggestionScore(1, 1, 1)
    assert measure_suggestions(speller, lines, 0.9) == SuggestionScore(2, 2, 2)


def test_words_left_out_before_do_not_shift_the_truth(speller):
    lines = [(reading("rexeived it", "rexeived"), "he has received it")]
    assert measure_suggestions(speller, lines, 0.5).given == 1


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
