"""A running text is spread over the lines in which it stands."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from hwocr_desktop.core.text import transcript_spread
from hwocr_desktop.core.text.transcript_spread import (
    LEAST_SIMILARITY,
    SpreadText,
    spread_text,
    words_left,
)

WORDS = st.text("abcdefghij", min_size=2, max_size=9)
LINES = st.lists(
    st.lists(WORDS, min_size=2, max_size=7).map(" ".join), min_size=1, max_size=8
)


@given(LINES)
@settings(deadline=None)
def test_what_was_read_right_gets_its_own_text(lines):
    found = spread_text(lines, "\n".join(lines))
    assert [one.similarity for one in found] == [1.0] * len(lines)
    assert [one.text for one in found] == lines
    assert words_left(found, " ".join(lines)) == 0


@given(LINES, st.text("abc \n-", max_size=80))
@settings(deadline=None)
def test_words_stay_whole_in_order_and_are_given_once(lines, text):
    found = spread_text(lines, text)
    assert len(found) == len(lines)
    given_words = " ".join(one.text for one in found if one is not None).split()
    rest = iter(text.split())
    assert all(word in rest for word in given_words)
    words = text.split()
    for one in found:
        # None of these words is parted between two lines.
        assert one is None or " ".join(words[one.start : one.end]) == one.text
    assert words_left(found, text) == len(text.split()) - len(given_words)
    for line, one in zip(lines, found, strict=True):
        assert one is None or one.similarity > LEAST_SIMILARITY or len(one.text) == 0
        assert one is None or len(one.text) <= 1.6 * len(line) + 8


def best_gain(lines, words):
    """Return the highest gain of all ways, by trying them all."""

    def gain(line, text):
        similar = spread_similarity(line, text)
        return (len(line) + len(text)) / 2 * (similar - LEAST_SIMILARITY)

    def best(i, start):
        if i == len(lines):
            return 0.0
        ways = [best(i + 1, start)]
        for first in range(start, len(words)):
            for last in range(first + 1, len(words) + 1):
                text = " ".join(words[first:last])
                if len(text) <= int(1.6 * len(lines[i])) + 8:
                    ways.append(gain(lines[i], text) + best(i + 1, last))
        return max(ways)

    return best(0, 0)


def spread_similarity(line, text):
    return Levenshtein.normalized_similarity(line, text)


@given(
    st.lists(st.lists(WORDS, min_size=1, max_size=2).map(" ".join), max_size=3),
    st.lists(WORDS, max_size=5),
)
@settings(deadline=None, max_examples=60)
def test_no_other_way_suits_better(lines, words):
    found = spread_text(lines, " ".join(words))
    gained = sum(
        (len(line) + len(one.text)) / 2 * (one.similarity - LEAST_SIMILARITY)
        for line, one in zip(lines, found, strict=True)
        if one is not None
    )
    assert gained == pytest.approx(best_gain(lines, words), abs=1e-5)


def test_misread_lines_and_lines_without_text():
    found = spread_text(
        ["My dear Sistr,", "stamp xx 99", "Your leter of it", "reachd us ony"],
        "My dear Sister,\nYour letter of it. A line that nobody found at all, with "
        "many words in it. reached us only",
    )
    assert [one and one.text for one in found] == [
        "My dear Sister,",
        None,
        "Your letter of it.",
        "reached us only",
    ]


@pytest.mark.parametrize("hyphen", ["-", "¬", "="])
def test_a_word_that_is_broken_between_lines(hyphen):
    readings = [f"Your leter of the sec{hyphen}", "ond reachd us ony"]
    found = spread_text(readings, "Your letter of the second reached us only")
    assert [one.text for one in found] == [
        f"Your letter of the sec{hyphen}",
        "ond reached us only",
    ]
    assert words_left(found, "Your letter of the second reached us only") == 0
    # A text that breaks the word itself stays as it is.
    found = spread_text(readings, "Your letter of the sec- ond reached us only")
    assert found[0].text == "Your letter of the sec-"


def test_a_quarter_misread_is_still_placed():
    rng = np.random.default_rng(4)
    letters = list("etaoinshrdlu")
    lines = [
        " ".join(
            "".join(rng.choice(letters, rng.integers(2, 9)))
            for _ in range(rng.integers(5, 9))
        )
        for _ in range(30)
    ]
    readings = [
        "".join(c if rng.random() > 0.25 else rng.choice(letters) for c in line)
        for line in lines
    ]
    found = spread_text(readings, " ".join(lines))
    right = sum(
        one is not None and one.text == line
        for one, line in zip(found, lines, strict=True)
    )
    assert right >= 27


def test_nothing_to_spread():
    assert spread_text([], "some words") == ()
    assert spread_text(["a reading", ""], " \n") == (None, None)
    assert spread_text([""], "word") == (None,)
    assert words_left((None,), "two words") == 2
    assert words_left((SpreadText("two", 1.0),), "two words") == 1


def test_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(transcript_spread, "MOST_CHARACTERS", 20)
    assert spread_text(["short"], "short")[0].text == "short"
    for arguments in ((["short"], "long " * 9), (["long " * 9], "short")):
        with pytest.raises(ValueError, match="too much"):
            spread_text(*arguments)
