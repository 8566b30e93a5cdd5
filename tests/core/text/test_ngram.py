"""Character n-grams against counting and interpolating by hand."""

import math
from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwocr_desktop.core.text.ngram import (
    BITS,
    EMPTY,
    MAX_SYMBOLS,
    CharacterNgram,
    count_characters,
    discounts,
    with_text,
)
from tests.ngram_oracle import text_log_prob

TEXT = "the cat sat on the mat and the hat that the cat had had sat there"


def by_hand(text, order, character, context):
    """Interpolated Kneser-Ney from the definition, with no codes and no tables."""
    alphabet = set(text)
    context = context[max(0, len(context) - order + 1) :]
    if order == 0:
        return 1 / (len(alphabet) + 1)
    counts = {}
    for length in range(1, order + 1):
        grams = Counter(text[i : i + length] for i in range(len(text) - length + 1))
        if length < order:
            lefts = defaultdict(set)
            for i in range(len(text) - length):
                lefts[text[i + 1 : i + 1 + length]].add(text[i])
            grams = Counter({g: max(1, len(lefts[g])) for g in grams})
        counts[length] = grams

    def prob(c, h):
        if h is None:
            return 1 / (len(alphabet) + 1)
        grams = counts[len(h) + 1]
        shorter = prob(c, h[1:] if h else None)
        after = {g: n for g, n in grams.items() if g[:-1] == h}
        if not after:
            return shorter
        saved = discounts(np.array(list(grams.values()), np.uint32))
        total = sum(after.values())
        share = sum(saved[min(n, 3)] for n in after.values()) / total
        n = after.get(h + c, 0)
        return max(n - saved[min(n, 3)], 0) / total + share * shorter

    return prob(character, context)


@pytest.mark.parametrize("order", [1, 2, 4])
@pytest.mark.parametrize("context", ["", "t", "th", "he c", "xyz", "zat"])
def test_probabilities_are_those_of_the_definition(order, context):
    ngram = count_characters(TEXT, order)
    for character in "the z":
        found = ngram.log_prob(ngram.context(context), ngram.symbol(character))
        expected = by_hand(TEXT, order, character, context)
        assert math.exp(found) == pytest.approx(expected, rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(
    st.text("ab c", min_size=1, max_size=60),
    st.integers(1, 8),
    st.text("ab cd", max_size=9),
)
def test_after_any_context_probabilities_sum_to_one(text, order, context):
    ngram = count_characters(text, order)
    code = ngram.context(context)
    total = sum(
        math.exp(ngram.log_prob(code, symbol))
        for symbol in range(len(ngram.characters) + 1)
    )
    assert total == pytest.approx(1.0, abs=1e-9)


@given(st.text("ab cd", max_size=20), st.integers(1, 8))
def test_a_context_grows_as_its_text_does(text, order):
    ngram = count_characters(TEXT * 2, order)
    code = EMPTY
    for i, character in enumerate(text):
        code = ngram.grow(code, ngram.symbol(character))
        assert code == ngram.context(text[: i + 1])


def test_line_ends_are_spaces():
    broken = count_characters(TEXT.replace(" ", "\n"), 3)
    assert text_log_prob(broken, "the mat") == pytest.approx(
        text_log_prob(count_characters(TEXT, 3), "the mat")
    )


def test_rare_long_n_grams_are_dropped_first_and_all_still_sums_to_one():
    text = TEXT * 3 + "".join(chr(97 + i * i % 26) for i in range(500))
    ngram = count_characters(text, 8, most=900)
    assert sum(map(len, ngram.codes)) <= 900
    whole = count_characters(text, 8)
    for short, full in zip(ngram.codes[:4], whole.codes[:4], strict=True):
        assert np.array_equal(short, full)
    code = ngram.context("the ca")
    symbols = range(len(ngram.characters) + 1)
    assert sum(math.exp(ngram.log_prob(code, s)) for s in symbols) == pytest.approx(1)


@given(
    st.lists(
        st.sampled_from(["the cat ", "sat on a mat ", "x", "qu", "of Kew, "]),
        min_size=1,
        max_size=60,
    ),
    st.integers(1, 8),
    st.integers(10, 400),
)
def test_what_is_kept_has_its_beginning_and_its_end(parts, order, most):
    # What always follows the same character stands behind one only, however often.
    text = "".join(parts)
    ngram = count_characters(text, order, most=most)
    assert CharacterNgram(ngram.characters, ngram.codes, ngram.counts)
    assert text_log_prob(ngram, text) < 0


def test_more_characters_than_fit_are_one_unknown():
    text = "".join(chr(0x4E00 + i) for i in range(300)) + "aa"
    ngram = count_characters(text, 2)
    assert len(ngram.characters) == 127
    assert ngram.symbol("a") > 0
    assert ngram.symbol("\u0416") == 0


@pytest.mark.parametrize(("text", "order"), [("", 3), ("abc", 0), ("abc", 9)])
def test_nothing_to_count(text, order):
    with pytest.raises(ValueError, match="no text"):
        count_characters(text, order)


def damaged(ngram, what):
    codes = [part.copy() for part in ngram.codes]
    counts = [part.copy() for part in ngram.counts]
    characters = ngram.characters
    if what == "order":
        codes[1] = codes[1][::-1]
    elif what == "count":
        counts[1][0] = 0
    elif what == "length":
        counts[1] = counts[1][:-1]
    elif what == "level":
        codes[1] = codes[0]
        counts[1] = counts[0]
    elif what == "beginning":
        keep = codes[0] != codes[1][0] >> np.uint64(7)
        codes[0], counts[0] = codes[0][keep], counts[0][keep]
    elif what == "twice":
        characters += characters[0]
    elif what == "empty":
        codes, counts = [], []
    return characters, codes, counts


@pytest.mark.parametrize(
    "what", ["order", "count", "length", "level", "beginning", "twice", "empty"]
)
def test_damaged_counts_are_refused(what):
    with pytest.raises(ValueError, match="no counts"):
        CharacterNgram(*damaged(count_characters(TEXT, 3), what))


def grams(ngram):
    """Return all n-grams as text, with their counts, by length."""
    letters = "?" + ngram.characters
    found = []
    for length, (codes, counts) in enumerate(
        zip(ngram.codes, ngram.counts, strict=True), 1
    ):
        texts = {}
        for code, count in zip(codes.tolist(), counts.tolist(), strict=True):
            symbols = [(code >> (BITS * i)) & (2**BITS - 1) for i in range(length)]
            texts["".join(letters[s] for s in reversed(symbols))] = count
        found.append(texts)
    return found


@settings(max_examples=60, deadline=None)
@given(
    first=st.text("abc ", min_size=6, max_size=40),
    more=st.text("abd ", min_size=1, max_size=40),
    times=st.integers(1, 5),
)
def test_more_of_a_text_counts_as_if_it_had_been_there(first, more, times):
    order = 4
    found = grams(with_text(count_characters(first, order), more, times))
    texts = (first, *[more] * times)
    seen = [
        Counter(text[i : i + n] for text in texts for i in range(len(text) - n + 1))
        for n in range(1, order + 1)
    ]
    assert found[-1] == dict(seen[-1])
    for shorter, longer, told in zip(seen, seen[1:], found, strict=False):
        lefts = Counter(gram[1:] for gram in longer)
        assert told == {gram: max(1, lefts[gram]) for gram in shorter}


def test_nothing_more_to_count_is_refused():
    ngram = count_characters(TEXT, 3)
    for text, times in (("", 1), ("a", 0)):
        with pytest.raises(ValueError, match="nothing"):
            with_text(ngram, text, times)


def test_characters_beyond_what_can_be_told_apart_are_unknown():
    letters = "".join(chr(0x400 + i) for i in range(200))
    ngram = with_text(count_characters("abab ab", 3), letters)
    assert len(ngram.characters) == MAX_SYMBOLS
    assert ngram.characters[:3] == count_characters("abab ab", 3).characters
    total = sum(
        math.exp(ngram.log_prob(ngram.context("ab"), s)) for s in range(MAX_SYMBOLS + 1)
    )
    assert total == pytest.approx(1.0)
