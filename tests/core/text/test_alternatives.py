"""Other readings of words, against enumeration."""

import itertools
import math
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.core.document.document import (
    Character,
    OtherReading,
    Reading,
    WordAlternatives,
)
from hwocr_desktop.core.text import ctc
from hwocr_desktop.core.text.alternatives import (
    LANGUAGE,
    LEAST,
    SURE,
    AlternativesScore,
    measure_alternatives,
    shares_of_characters,
    weigh_words,
)
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.core.text.lexicon import Lexicon

CHARSET = Charset(" ab")


def alternatives(*arguments, **options):
    return weigh_words(*arguments, **options)[1]


def line():
    """Two words of which the letters are unsure, a sure gap between them."""
    rng = np.random.default_rng(5)
    words = [rng.dirichlet([0.8] * 4, 3) for _ in range(2)]
    for word in words:
        word[:, 1] = 0.0  # no spaces inside
    gap = np.array([[1.0, 0, 0, 0], [0, 1.0, 0, 0], [1.0, 0, 0, 0]])
    probs = np.concatenate([words[0], gap, words[1]]) + 1e-9
    return np.log(probs / probs.sum(1, keepdims=True)).astype(np.float32)


def weigh_texts(log_probs):
    weights = defaultdict(float)
    for path in itertools.product(range(4), repeat=len(log_probs)):
        text = CHARSET.decode([k for k, _ in itertools.groupby(path)]).strip()
        if text and " " not in text:
            weights[text] += math.exp(sum(log_probs[t, c] for t, c in enumerate(path)))
    return weights


def test_probabilities_are_those_of_all_paths_through_the_word():
    log_probs = line()
    characters = ctc.beam(log_probs, CHARSET)
    found = alternatives(log_probs, CHARSET, characters, most=20, least=0.0, sure=1.1)
    assert len(found) == 2
    for word, part in zip(found, (log_probs[:4], log_probs[5:]), strict=True):
        weights = weigh_texts(part)
        total = sum(weights.values())
        read = "".join(c.text for c in characters[word.start : word.end])
        assert word.probability == pytest.approx(weights[read] / total, abs=0.01)
        for other in word.others:
            expected = weights[other.text] / total
            assert other.probability == pytest.approx(expected, abs=0.01)
        given = [other.probability for other in word.others]
        assert given == sorted(given, reverse=True)
        assert read not in [other.text for other in word.others]


def test_at_most_as_many_as_wanted():
    log_probs = line()
    characters = ctc.beam(log_probs, CHARSET)
    for word in alternatives(log_probs, CHARSET, characters):
        assert 0 < len(word.others) <= 3


def test_words_read_surely_are_not_weighed():
    log_probs = line()
    characters = ctc.beam(log_probs, CHARSET)
    words = {
        (one.start, one.end) for one in alternatives(log_probs, CHARSET, characters)
    }
    assert len(words) == 2
    gap = next(i for i, c in enumerate(characters) if c.text == " ")
    sure = tuple(
        Character(c.text, SURE if i < gap else c.confidence, c.start, c.end)
        for i, c in enumerate(characters)
    )
    left = alternatives(log_probs, CHARSET, sure)
    assert [(one.start, one.end) for one in left] == [(gap + 1, len(characters))]


def test_what_is_unlikely_is_left_out():
    log_probs = line()
    characters = ctc.beam(log_probs, CHARSET)
    shares = [
        other.probability
        for word in alternatives(log_probs, CHARSET, characters, most=99)
        for other in word.others
    ]
    assert shares
    assert min(shares) >= LEAST
    for most in (0.4, 1.0):
        for word in alternatives(log_probs, CHARSET, characters, least=most):
            assert all(other.probability >= most for other in word.others)
    assert alternatives(log_probs, CHARSET, characters, least=1.0) == ()


def test_the_truth_beside_a_misread_word_is_counted():
    def reading(text, *others):
        characters = tuple(Character(c, 0.5, 0.0, 1.0) for c in text)
        return Reading(characters, "m", others)

    sun = WordAlternatives(
        3, 6, 0.5, (OtherReading("sin", 0.2), OtherReading("son", 0.1))
    )
    lines = [
        (reading("my sun", sun), "my son"),
        (reading("my sun", sun), "my sun"),
        (reading("my sun", sun), "my sen"),
        (reading("my sun"), "my son"),
        (reading("sun my"), "my"),
    ]
    assert measure_alternatives(lines) == AlternativesScore(misread=3, right=1)


def test_a_list_holds_for_other_readings_too():
    log_probs = line()
    lexicon = Lexicon(["ab", "ba"], "constrain")
    characters = ctc.beam(log_probs, CHARSET)
    for word in alternatives(log_probs, CHARSET, characters, lexicon=lexicon):
        assert {other.text.lower() for other in word.others} <= {"ab", "ba"}


def test_nothing_read_has_no_alternatives():
    assert alternatives(np.zeros((0, 4), np.float32), CHARSET, ()) == ()
    space = Character(" ", 1.0, 0.0, 0.2)
    assert alternatives(line(), CHARSET, (space,)) == ()


def test_a_character_is_as_sure_as_the_readings_that_have_it():
    shares = {"sun": 0.5, "son": 0.3, "sin": 0.1, "sung": 0.1}
    assert shares_of_characters("sun", shares) == pytest.approx((1.0, 0.6, 1.0))
    assert shares_of_characters("run", shares) == pytest.approx((0.0, 0.6, 1.0))
    assert shares_of_characters("", shares) == ()
    assert shares_of_characters("sun", {}) == (0.0, 0.0, 0.0)


@given(st.dictionaries(st.text("abc", min_size=1, max_size=5), st.floats(0.1, 1.0)))
def test_shares_are_probabilities_and_of_one_reading_whole(weights):
    total = sum(weights.values())
    shares = {text: weight / total for text, weight in weights.items()}
    for read in weights:
        found = shares_of_characters(read, shares)
        assert len(found) == len(read)
        # Its own share at least, and none above one.
        assert all(shares[read] - 1e-9 <= one <= 1.0 for one in found)
        assert shares_of_characters(read, {read: 1.0}) == (1.0,) * len(read)


def test_confidence_is_of_network_and_readings_together():
    log_probs = line()
    before = ctc.beam(log_probs, CHARSET)
    after, _ = weigh_words(log_probs, CHARSET, before, sure=1.1)
    assert [c.text for c in after] == [c.text for c in before]
    for word, part in (((0, 1), log_probs[:4]), ((2, 3), log_probs[5:])):
        weights = weigh_texts(part)
        total = sum(weights.values())
        shares = {text: weight / total for text, weight in weights.items()}
        read = "".join(c.text for c in before[slice(*word)])
        expected = shares_of_characters(read, shares)
        for old, new, share in zip(
            before[slice(*word)], after[slice(*word)], expected, strict=True
        ):
            mean = old.confidence ** (1 - LANGUAGE) * share**LANGUAGE
            assert new.confidence == pytest.approx(mean, abs=0.01)
    left, _ = weigh_words(log_probs, CHARSET, before, sure=0.0)
    assert left == before
