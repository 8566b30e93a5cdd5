"""A running text is spread over the lines in which it stands."""

from __future__ import annotations

from itertools import pairwise

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
    words = text.split()
    whole: list[str] = []
    for one in found:
        if one is not None and one.start == one.end:
            # The second half of the last word of the line before.
            assert whole[-1].endswith("-")
            whole[-1] = whole[-1][:-1] + one.text
        elif one is not None:
            whole.append(one.text)
    places = [(one.start, one.end) for one in found if one and one.start < one.end]
    assert whole == [" ".join(words[slice(*place)]) for place in places]
    assert all(one[1] <= two[0] for one, two in pairwise(places))
    given_words = " ".join(whole).split()
    assert words_left(found, text) == len(text.split()) - len(given_words)
    for line, one in zip(lines, found, strict=True):
        assert one is None or one.similarity > LEAST_SIMILARITY or len(one.text) == 0
        assert one is None or len(one.text) <= 1.6 * len(line) + 8


def best_gain(lines, words):
    """Return the highest gain of all ways, by trying them all.

    Words between those of two lines cost something, up to a limit; those before the
    first line's and behind the last one's cost nothing.
    """

    def gain(line, text):
        similar = spread_similarity(line, text)
        return (len(line) + len(text)) / 2 * (similar - LEAST_SIMILARITY)

    def skipped(start, first):
        letters = sum(len(word) + 1 for word in words[start:first])
        return min(transcript_spread.MOST_SKIPPED, transcript_spread.SKIPPED * letters)

    def best(i, start, is_begun=False):
        if i == len(lines):
            return 0.0
        ways = [best(i + 1, start, is_begun)]
        for first in range(start, len(words)):
            cost = skipped(start, first) if is_begun else 0.0
            for last in range(first + 1, len(words) + 1):
                text = " ".join(words[first:last])
                if len(text) <= int(1.6 * len(lines[i])) + 8:
                    more = best(i + 1, last, is_begun=True)
                    ways.append(gain(lines[i], text) - cost + more)
        return max(ways)

    return best(0, 0)


def spread_similarity(line, text):
    return Levenshtein.normalized_similarity(line, text)


@given(
    st.lists(st.lists(WORDS, min_size=1, max_size=2).map(" ".join), max_size=3),
    st.lists(WORDS, max_size=5),
    st.sampled_from([0.4, 1.0, 30.0]),
)
@settings(deadline=None, max_examples=60)
def test_no_other_way_suits_better(lines, words, most_skipped):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transcript_spread, "MOST_SKIPPED", most_skipped)
        spans = transcript_spread._best_spans(lines, words)
        gained, end = 0.0, None
        for line, span in zip(lines, spans, strict=True):
            if span is None:
                continue
            text = " ".join(words[slice(*span)])
            similar = spread_similarity(line, text)
            gained += (len(line) + len(text)) / 2 * (similar - LEAST_SIMILARITY)
            if end is not None:
                letters = sum(len(word) + 1 for word in words[end : span[0]])
                gained -= min(most_skipped, transcript_spread.SKIPPED * letters)
            end = span[1]
        assert gained == pytest.approx(best_gain(lines, words), abs=1e-5)


LETTER = [
    "I have been at Kew for a week or more",
    "and found the plants that you had sent",
    "in good order though some were dead",
    "of cold and want of water on the way",
]


@pytest.mark.parametrize("mark", ["nowhere", "Ever", "you"])
def test_a_mark_below_the_last_line_takes_no_word_from_afar(mark):
    more = "There was nothing else to be told of that, and I was nowhere. Ever you"
    text = " ".join([*LETTER, more])
    found = spread_text([*LETTER, mark], text)
    assert [one.text for one in found[:4]] == LETTER
    # At most what comes next, which may well be what stands there.
    *_, last, stray = found
    assert stray is None or stray.end <= last.end + 3


def test_a_paragraph_that_is_not_on_the_page_is_passed_over():
    other = "We came by way of Dover where the sea ran high and no boat would go out "
    text = " ".join([*LETTER[:2], other * 20, *LETTER[2:]])
    found = spread_text(LETTER, text)
    assert [one.text for one in found] == LETTER


def test_lines_without_a_text_take_no_words_from_those_that_follow():
    unlike = ["Yours most truly Jos. D. Hook", "P.S. do not forget the Rhodod"]
    behind = "To the Director. Dear Sir, it has pleased the Board to give you leave"
    found = spread_text([*LETTER, *unlike], " ".join([*LETTER, behind]))
    assert [one.text for one in found[:4]] == LETTER
    last = [one.end for one in found if one is not None][-1]
    assert last <= len(" ".join(LETTER).split()) + 3


@pytest.mark.parametrize(
    ("readings", "wanted"),
    [
        (["this forenoon at Dunferm-", "line.", "I am glad"], ["Dunferm-", "line."]),
        (["this forenoon at Durrefer", "line", "I am glad"], ["Dunferm-", "line."]),
        (["this forenoon at Dunfermline", "xx", "I am glad"], ["Dunfermline.", None]),
        (["this forenoon at Dunfermline", "", "I am glad"], ["Dunfermline.", None]),
    ],
)
def test_the_rest_of_a_word_may_be_all_that_a_line_holds(readings, wanted):
    text = "this forenoon at Dunfermline. I am glad"
    found = spread_text(readings, text)
    first, second = wanted
    assert [one and one.text for one in found] == [
        f"this forenoon at {first}",
        second,
        "I am glad",
    ]
    assert words_left(found, text) == 0


def test_a_dash_breaks_no_word():
    text = "I am stranded by Smith. On my return I will take the matter in hand"
    readings = ["I am stranded by Smith --", "n my return I will take the"]
    found = spread_text(readings, text)
    assert found[0].text == "I am stranded by Smith."
    assert found[1].text == "On my return I will take the"


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
