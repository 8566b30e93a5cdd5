"""Words and their counts."""

import math

import pytest

from hwocr_desktop.core.text.words import count_words, find_words, fold

TEXT = "The cat sat. The cat ran; the dog\nran. \u2019Tis O'Neil's"


def test_words_are_runs_of_letters_marks_and_apostrophes():
    words = [TEXT[a:b] for a, b in find_words(TEXT)]
    assert words[:3] == ["The", "cat", "sat"]
    assert words[-2:] == ["\u2019Tis", "O'Neil's"]
    assert [*find_words("12 - 3")] == []
    assert [*find_words("e\u0301te\u0301")] == [(0, 5)]


def test_words_count_without_case_and_pairs_only_across_white_space():
    words = count_words(TEXT)
    assert words.single["the"] == 3
    assert words.pairs["the", "cat"] == 2
    assert words.pairs["dog", "ran"] == 1
    assert ("sat", "the") not in words.pairs
    assert "CAT" in words
    assert fold("'Tis'") == "tis"


@pytest.mark.parametrize("before", ["", "The", "cat", "unseen"])
def test_known_words_and_what_is_left_for_unknown_ones_sum_to_one(before):
    words = count_words(TEXT)
    # What has no spelling at all takes nothing of what is left.
    known = sum(
        math.exp(words.log_prob(word, before, -math.inf)) for word in words.single
    )
    # One unknown word of which the letters are certain takes all of it.
    unknown = math.exp(words.log_prob("zzz", before, 0.0))
    assert known + unknown == pytest.approx(1.0)
    assert 0 < unknown < 1


def test_a_word_is_likelier_after_the_word_it_was_seen_after():
    words = count_words(TEXT)
    assert words.log_prob("cat", "the", -9) > words.log_prob("cat", "", -9)


def test_no_words_leave_the_spelling():
    words = count_words("12, 13")
    assert words.log_prob("cat", "the", -3.0) == pytest.approx(-3.0)
