"""Error rates against their definition and a plain dynamic program."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.core.text.text_metrics import (
    ErrorRate,
    cer,
    edit_distance,
    graphemes,
    normalize,
    wer,
)

TEXTS = st.text(alphabet="ab é\u0301 x", max_size=8)


def distance_by_definition(a, b):
    if not a or not b:
        return len(a) + len(b)
    return min(
        distance_by_definition(a[1:], b) + 1,
        distance_by_definition(a, b[1:]) + 1,
        distance_by_definition(a[1:], b[1:]) + (a[0] != b[0]),
    )


@given(st.text("abc", max_size=5), st.text("abc", max_size=5))
def test_edit_distance_is_the_recursive_definition(a, b):
    assert edit_distance(a, b) == distance_by_definition(a, b)


@given(TEXTS)
def test_the_form_of_unicode_does_not_matter(text):
    other = unicodedata.normalize("NFD", text)
    assert cer([(other, text)]).errors == 0
    assert normalize(other) == normalize(text)


def test_rates_are_micro_averaged_not_means_of_rates():
    pairs = [("a", "b"), ("abcdefghi", "abcdefghi")]
    assert cer(pairs).percent == pytest.approx(10.0)


def test_a_letter_with_its_marks_is_one_character():
    assert graphemes("x\u0304y") == ["x\u0304", "y"]
    assert cer([("y", "x\u0304")]) == ErrorRate(1, 1)


def test_words_stand_between_white_space():
    assert wer([("the  cat", "the cat sat")]) == ErrorRate(1, 3)


def test_nothing_against_nothing_and_something_against_nothing():
    assert cer([("", "")]).percent == 0.0
    assert cer([("ab", "")]).percent == 100.0


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=4))
def test_rates_of_sets_add_up(pairs):
    total = sum((cer([pair]) for pair in pairs), ErrorRate(0, 0))
    assert cer(pairs) == total
