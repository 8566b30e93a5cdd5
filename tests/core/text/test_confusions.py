"""What is read as what: sums that must agree with the error rates."""

import unicodedata
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.core.text.confusions import (
    Confusion,
    ErrorKinds,
    aligned,
    count_confusions,
    error_kinds,
    most_frequent,
    right_characters,
)
from hwocr_desktop.core.text.text_metrics import cer, graphemes, is_joining

TEXTS = st.text(alphabet="ab é\u0301 x", max_size=8)


@given(TEXTS, TEXTS)
def test_both_texts_are_in_the_alignment_and_its_errors_are_as_few_as_can_be(a, b):
    pairs = aligned(a, b)
    assert [read for read, _ in pairs if read] == graphemes(a)
    assert [true for _, true in pairs if true] == graphemes(b)
    assert sum(read != true for read, true in pairs) == cer([(a, b)]).errors


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=4))
def test_confusions_add_up_to_the_errors(texts):
    counts = count_confusions(texts)
    kinds = error_kinds(counts)
    assert counts.total() == cer(texts).errors
    assert kinds.substitutions + kinds.insertions + kinds.deletions == counts.total()
    lengths = sum(len(graphemes(a)) - len(graphemes(b)) for a, b in texts)
    assert kinds.insertions - kinds.deletions == lengths


def test_kinds_of_errors():
    counts = count_confusions([("cot", "cat"), ("cats", "cat"), ("ca", "cat")])
    assert counts == {("o", "a"): 1, ("s", ""): 1, ("", "t"): 1}
    assert error_kinds(counts) == ErrorKinds(1, 1, 1)


def test_the_most_frequent_come_first():
    counts = Counter({("o", "a"): 2, ("", "t"): 5, ("m", "n"): 2, ("x", "y"): 1})
    assert most_frequent(counts, 3) == (
        Confusion("t", "", 5),
        Confusion("a", "o", 2),
        Confusion("n", "m", 2),
    )


def test_the_form_of_unicode_confuses_nobody():
    assert not count_confusions([("e\u0301", "é")])


@given(
    st.lists(st.sampled_from(["a", "b", " ", "é", "e", "\u0301"]), max_size=8), TEXTS
)
def test_right_characters_are_those_that_match(characters, truth):
    right = right_characters(characters, truth)
    assert len(right) == len(characters)
    # Counted by letters, they are what is not wrong of the reading.
    text = "".join(characters)
    letters = [
        judged
        for number, (one, judged) in enumerate(zip(characters, right, strict=True))
        if number == 0 or not is_joining(one)
    ]
    expected = sum(read == true for read, true in aligned(text, truth) if read)
    assert sum(letters) == expected


def test_a_mark_is_as_right_as_its_letter():
    assert right_characters(["a", "e", "\u0301"], "aé") == (True, True, True)
    assert right_characters(["a", "e", "\u0301"], "ae") == (True, False, False)
    assert right_characters(["c", "o", "t"], "cat") == (True, False, True)
    assert right_characters([], "cat") == ()


def test_letters_that_unicode_would_join_stay_one_each():
    jamo = list(unicodedata.normalize("NFD", "한"))
    assert len(right_characters(jamo, "한")) == len(jamo)
