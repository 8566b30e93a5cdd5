"""Reading with a language and a list against enumeration of all paths."""

import itertools
import math
from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwocr_desktop.core.text import ctc, word_beam
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.core.text.language import Weights, build_language
from hwocr_desktop.core.text.lexicon import Lexicon
from hwocr_desktop.core.text.pruning import (
    AMONG_FEW,
    NARROW,
    SURE,
    WIDE,
    Pruning,
    suited,
)
from hwocr_desktop.core.text.word_beam import WordBeam
from hwocr_desktop.core.text.words import find_words
from tests.ngram_oracle import text_log_prob

CHARSET = Charset(" ab")
WEIGHTS = Weights(0.8, 0.6, 0.9)
LANGUAGE = replace(build_language("ab ab ba aab ab b ba\nab", order=3), weights=WEIGHTS)
ALL = Pruning(10**6, least_share=0.0, least_prob=0.0, sure_blank=1.1)


def random_log_probs(seed, frames, labels=4, sharpness=1.5):
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, sharpness, (frames, labels))
    return (logits - np.log(np.exp(logits).sum(1, keepdims=True))).astype(np.float32)


def weigh_all(log_probs):
    """Weight of every text, by going through every path."""
    frames, labels = log_probs.shape
    weights = defaultdict(float)
    for path in itertools.product(range(labels), repeat=frames):
        text = CHARSET.decode([k for k, _ in itertools.groupby(path)])
        weights[text] += math.exp(sum(log_probs[t, c] for t, c in enumerate(path)))
    return weights


def language_weight(text):
    """What the language adds to a whole text, in nats, from the text alone."""
    ngram, words = LANGUAGE.ngram, LANGUAGE.words
    total = WEIGHTS.characters * text_log_prob(ngram, text + " ")
    total += WEIGHTS.length * len(text)
    before = ""
    for start, end in find_words(text):
        spelled = text_log_prob(ngram, text[start:end], " " + text[:start])
        known = words.log_prob(text[start:end], before, spelled)
        total += WEIGHTS.words * (known - spelled)
        before = text[start:end]
    return total


seeds = st.integers(0, 10**6)


@settings(max_examples=40, deadline=None)
@given(seeds, st.integers(1, 5))
def test_without_a_language_it_is_the_likeliest_labeling(seed, frames):
    log_probs = random_log_probs(seed, frames)
    weights = weigh_all(log_probs)
    found = WordBeam(CHARSET).search(log_probs, pruning=ALL)
    best = CHARSET.decode(found[0].labels)
    assert weights[best] == pytest.approx(max(weights.values()), rel=1e-4)
    assert weights[best] == pytest.approx(
        weights[CHARSET.decode(ctc.beam_labels(log_probs, 1000))], rel=1e-4
    )


@settings(max_examples=40, deadline=None)
@given(seeds, st.integers(1, 5))
def test_shares_are_the_weights_of_network_and_language(seed, frames):
    log_probs = random_log_probs(seed, frames)
    weights = {
        text: weight * math.exp(language_weight(text))
        for text, weight in weigh_all(log_probs).items()
    }
    total = sum(weights.values())
    found = WordBeam(CHARSET, LANGUAGE).search(log_probs, pruning=ALL)
    shares = {CHARSET.decode(one.labels): one.share for one in found}
    assert shares.keys() == weights.keys()
    for text, share in shares.items():
        assert share == pytest.approx(weights[text] / total, rel=1e-4, abs=1e-12)
    assert [one.share for one in found] == sorted(shares.values(), reverse=True)


@settings(max_examples=40, deadline=None)
@given(seeds, st.integers(1, 5))
def test_words_of_a_list_alone_are_the_best_of_those_allowed(seed, frames):
    log_probs = random_log_probs(seed, frames)
    listed = {"ab", "b", "aab"}
    weights = {
        text: weight
        for text, weight in weigh_all(log_probs).items()
        if all(text[a:b] in listed for a, b in find_words(text))
    }
    found = WordBeam(CHARSET, lexicon=Lexicon(listed, "constrain")).search(
        log_probs, pruning=ALL
    )
    best = CHARSET.decode(found[0].labels)
    assert weights[best] == pytest.approx(max(weights.values()), rel=1e-4)
    assert {CHARSET.decode(one.labels) for one in found} <= weights.keys()


@settings(max_examples=40, deadline=None)
@given(seeds, st.integers(1, 5), st.floats(0, 4))
def test_words_of_a_list_are_preferred_by_the_bonus(seed, frames, bonus):
    log_probs = random_log_probs(seed, frames)
    listed = {"ab", "b"}
    weights = {
        text: math.log(weight)
        + bonus * sum(text[a:b] in listed for a, b in find_words(text))
        for text, weight in weigh_all(log_probs).items()
    }
    lexicon = Lexicon(listed, bonus=bonus)
    found = WordBeam(CHARSET, lexicon=lexicon).search(log_probs, pruning=ALL)
    best = CHARSET.decode(found[0].labels)
    assert weights[best] == pytest.approx(max(weights.values()), abs=1e-3)


def test_the_language_decides_where_the_network_is_torn():
    charset = Charset(" abt")
    language = build_language("at bat at bat at bat bat at " * 5, order=4)
    log_probs = np.full((7, 5), math.log(1e-4), np.float32)
    # "b?t" with the middle letter a little more like b than like a.
    for t, label in {0: 3, 1: 0, 3: 0, 4: 4, 5: 0, 6: 0}.items():
        log_probs[t, label] = math.log(0.999)
    log_probs[2, 3], log_probs[2, 2] = math.log(0.55), math.log(0.45)
    assert "".join(c.text for c in ctc.greedy(log_probs, charset)) == "bbt"
    read = WordBeam(charset, language).read(log_probs)
    assert "".join(c.text for c in read) == "bat"
    assert read[1].confidence == pytest.approx(0.45, abs=1e-3)
    assert (read[1].start, read[1].end) == (2 / 7, 3 / 7)


@settings(max_examples=40, deadline=None)
@given(seeds, st.integers(1, 12))
def test_taking_sure_blanks_together_changes_no_reading(seed, letters):
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(letters):
        rows += [[0.9991, 3e-4, 3e-4, 3e-4]] * int(rng.integers(1, 6))
        rows.append(rng.dirichlet([0.3] * 4) + 1e-6)
    probs = np.array(rows)
    log_probs = np.log(probs / probs.sum(1, keepdims=True)).astype(np.float32)
    search = WordBeam(CHARSET, LANGUAGE)
    wide = Pruning(width=500, least_share=0.0)
    together = search.search(log_probs, pruning=wide)
    apart = search.search(log_probs, pruning=wide._replace(sure_blank=1.1))
    shares = {one.labels: one.share for one in apart}
    assert shares[together[0].labels] == pytest.approx(apart[0].share, abs=0.05)


@settings(max_examples=60, deadline=None)
@given(seeds, st.integers(0, 40))
def test_spans_are_in_order_and_confidences_are_probabilities(seed, frames):
    log_probs = random_log_probs(seed, frames, sharpness=3.0)
    characters = WordBeam(CHARSET, LANGUAGE).read(log_probs)
    edges = [edge for c in characters for edge in (c.start, c.end)]
    assert edges == sorted(edges)
    assert all(0 <= edge <= 1 for edge in edges)
    assert all(0 < c.confidence <= 1 for c in characters)


def test_a_line_in_which_nothing_is_allowed_reads_as_nothing():
    log_probs = np.log(np.full((4, 4), 0.25, np.float32))
    lexicon = Lexicon(["xyz"], "constrain")
    characters = WordBeam(Charset("abc"), lexicon=lexicon).read(log_probs)
    assert characters == ()


def test_no_frames_read_as_nothing():
    assert WordBeam(CHARSET, LANGUAGE).read(np.zeros((0, 4), np.float32)) == ()


def test_long_lines_do_not_lose_their_weight():
    text = "ab ba " * 60
    labels = CHARSET.encode(text.strip())
    log_probs = np.full((2 * len(labels), 4), math.log(1e-6), np.float32)
    for i, label in enumerate(labels):
        log_probs[2 * i, label] = log_probs[2 * i + 1, 0] = -1e-3
    read = WordBeam(CHARSET, LANGUAGE).read(log_probs)
    assert "".join(c.text for c in read) == text.strip()


@settings(max_examples=40, deadline=None)
@given(seeds, st.integers(0, 12), st.sampled_from(["rerank", "constrain"]))
def test_no_space_stands_for_a_word_that_is_not_allowed(seed, frames, use):
    log_probs = random_log_probs(seed, frames, sharpness=3.0)
    search = WordBeam(CHARSET, None, Lexicon(["ab"], use))
    read = "".join(c.text for c in search.read(log_probs))
    assert read == " ".join(read.split())


def test_the_only_words_allowed_are_found_however_unlikely_their_letters():
    """The network is sure of “adcb”; of the list, “abab” is nearer to it than “a”."""
    charset = Charset(" abcd")
    rows = []
    for letter in "adcb":
        row = np.full(6, 4e-5)
        row[charset.encode(letter)[0]] = 1 - 5 * 4e-5
        rows += [row, [0.999, *[2e-4] * 5]]
    log_probs = np.log(np.array(rows)).astype(np.float32)
    listed = WordBeam(charset, lexicon=Lexicon(["abab", "a"], "constrain"))
    assert charset.decode(listed.search(log_probs)[0].labels) == "abab"
    narrow = listed.search(log_probs, pruning=Pruning())
    assert charset.decode(narrow[0].labels) == "a"


def test_a_line_whose_last_word_is_not_listed_keeps_the_words_before_it():
    charset = Charset(" abcd")
    rows = []
    for letter in "ba abc":
        row = np.full(6, 1e-9)
        row[charset.encode(letter)[0]] = 1 - 5e-9
        rows += [row, [1 - 5e-9, *[1e-9] * 5]]
    log_probs = np.log(np.array(rows)).astype(np.float32)
    listed = WordBeam(charset, lexicon=Lexicon(["ba", "abcd"], "constrain"))
    assert charset.decode(listed.search(log_probs)[0].labels) == "ba "


def seen(charset, letters):
    """Log-probabilities of letters, each an own frame with a blank after it."""
    rows = []
    for shares in letters:
        row = np.full(charset.size, 1e-6)
        for letter, share in shares.items():
            row[charset.encode(letter)[0]] = share
        blank = np.full(charset.size, 1e-6)
        blank[0] = 1.0
        rows += [row / row.sum(), blank / blank.sum()]
    return np.log(np.array(rows).reshape(-1, charset.size)).astype(np.float32)


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ([], NARROW),
        ([{" ": 1.0}], NARROW),
        ([{"a": SURE + 0.01, "b": 0.09 - SURE / 100}] * 4, NARROW),
        ([{"a": SURE - 0.01, "b": 1.01 - SURE}] * 4, WIDE),
        ([{"a": 1.0}] * 3 + [{"a": 0.5, "b": 0.5}], WIDE),
        ([{"a": 1.0}] * 9 + [{"a": 0.5, "b": 0.5}], NARROW),
    ],
)
def test_the_search_is_wide_where_letters_are_unsure(letters, expected):
    assert suited(seen(CHARSET, letters)) is expected


def test_empty_paper_between_the_letters_makes_no_line_sure():
    log_probs = seen(CHARSET, [{"a": 0.6, "b": 0.4}] * 3)
    paper = np.log(np.array([[0.997, 1e-3, 1e-3, 1e-3]], np.float32)).repeat(90, 0)
    assert suited(np.concatenate([log_probs, paper])) is WIDE


def test_a_word_that_looks_unlikely_at_first_is_found_where_the_line_is_unsure():
    """Of “nubwive” four letters hide those of “receive”, which is listed."""
    charset = Charset(" abcdefghijklmnopqrstuvwxyz")
    word = [
        {right: 0.05, wrong: 0.95} if wrong else {right: 1.0}
        for right, wrong in zip(
            "receive", ["n", "u", "b", "w", "", "", ""], strict=True
        )
    ]
    listed = Lexicon({"receive"}, bonus=14.0)

    search = WordBeam(charset, lexicon=listed)

    def read(letters, **given):
        found = search.search(seen(charset, letters), **given)
        return charset.decode(found[0].labels)

    sure, unsure = [{"o": 1.0}] * 9, [{"o": 0.55, "a": 0.45}] * 9
    assert read([*word, {" ": 1.0}, *unsure]).startswith("receive o")
    assert read([*word, {" ": 1.0}, *unsure], pruning=NARROW).startswith("nubwive o")
    # It takes its time nowhere else, unless it is told to.
    assert read([*word, {" ": 1.0}, *sure]).startswith("nubwive o")
    assert read([*word, {" ": 1.0}, *sure], pruning=WIDE).startswith("receive o")


@settings(max_examples=30, deadline=None)
@given(seeds, st.integers(0, 12))
def test_what_the_language_said_is_remembered_and_forgotten_without_a_trace(
    seed, frames
):
    log_probs = random_log_probs(seed, frames)
    search = WordBeam(CHARSET, LANGUAGE)
    search.search(random_log_probs(seed + 1, 9))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(word_beam, "MOST_TOLD", 3)
        forgets = WordBeam(CHARSET, LANGUAGE)
        found = forgets.search(log_probs)
        assert len(forgets._told) <= 3
    assert search.search(log_probs) == found


def test_among_the_words_of_a_list_the_search_is_the_widest():
    bound = WordBeam(CHARSET, lexicon=Lexicon(["ab"], "constrain"))
    assert bound.pruning is AMONG_FEW
    assert WordBeam(CHARSET, lexicon=Lexicon(["ab"])).pruning is None
