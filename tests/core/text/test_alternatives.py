"""Other readings of words, against enumeration."""

import itertools
import math
from collections import defaultdict

import numpy as np
import pytest

from hwocr_desktop.core.document.document import Character
from hwocr_desktop.core.text import ctc
from hwocr_desktop.core.text.alternatives import alternatives
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.core.text.lexicon import Lexicon

CHARSET = Charset(" ab")


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
    found = alternatives(log_probs, CHARSET, characters, most=20)
    assert len(found) == 2
    for word, part in zip(found, (log_probs[:4], log_probs[5:]), strict=True):
        weights = weigh_texts(part)
        total = sum(weights.values())
        assert word.text == "".join(c.text for c in characters[word.start : word.end])
        assert word.probability == pytest.approx(weights[word.text] / total, abs=0.01)
        for other in word.others:
            expected = weights[other.text] / total
            assert other.probability == pytest.approx(expected, abs=0.01)
        given = [other.probability for other in word.others]
        assert given == sorted(given, reverse=True)
        assert word.text not in [other.text for other in word.others]


def test_at_most_as_many_as_wanted():
    log_probs = line()
    characters = ctc.beam(log_probs, CHARSET)
    for word in alternatives(log_probs, CHARSET, characters):
        assert 0 < len(word.others) <= 3


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
