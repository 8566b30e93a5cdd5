"""The alphabet: labels and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.core.text.charset import BLANK, Charset

LETTERS = "abcdeé ſ."


@given(st.text(alphabet=LETTERS))
def test_decoding_undoes_encoding(text):
    charset = Charset(LETTERS)
    assert charset.decode(charset.encode(text)) == text


def test_blank_is_no_character_and_labels_start_after_it():
    charset = Charset("ab")
    assert charset.encode("ab") == [1, 2]
    assert charset.size == 3
    assert charset.decode([BLANK, 1, BLANK, 1]) == "aa"


def test_decomposed_letters_are_composed_first():
    assert Charset("é").encode("e\u0301") == [1]


def test_unknown_characters_are_named_and_left_out():
    charset = Charset("ab")
    assert charset.missing("caſb") == "cſ"
    assert charset.encode("cab") == [1, 2]


@given(st.sets(st.sampled_from("xyzäöü"), min_size=1))
def test_growing_keeps_old_labels(extra):
    charset = Charset("xab")
    grown = charset.grow("".join(extra))
    assert grown.characters.startswith("xab")
    assert grown.missing("".join(extra)) == ""


def test_of_sorts_and_composes():
    assert Charset.of(["ba", "e\u0301a"]).characters == "abé"


def test_a_character_may_stand_once():
    with pytest.raises(ValueError, match="twice"):
        Charset("aba")
