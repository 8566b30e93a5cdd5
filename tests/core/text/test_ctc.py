"""CTC decoding against enumeration of all paths on tiny cases."""

import itertools
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwocr_desktop.core.text import ctc
from hwocr_desktop.core.text.charset import Charset

CHARSET = Charset("ab")


def random_log_probs(seed, frames, labels=3, sharpness=1.0):
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, sharpness, (frames, labels))
    return (logits - np.log(np.exp(logits).sum(1, keepdims=True))).astype(np.float32)


def collapse(path):
    return tuple(k for k, _ in itertools.groupby(path) if k)


def weigh_all(log_probs):
    """Weight of every labeling, by going through every path."""
    frames, labels = log_probs.shape
    weights = defaultdict(float)
    for path in itertools.product(range(labels), repeat=frames):
        weights[collapse(path)] += float(
            np.exp(sum(log_probs[t, c] for t, c in enumerate(path)))
        )
    return weights


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 6))
def test_wide_beam_finds_the_likeliest_labeling(seed, frames):
    log_probs = random_log_probs(seed, frames)
    weights = weigh_all(log_probs)
    found = ctc.beam_labels(log_probs, width=1000)
    assert weights[found] == pytest.approx(max(weights.values()), rel=1e-4)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 6))
def test_greedy_is_the_collapsed_best_path(seed, frames):
    log_probs = random_log_probs(seed, frames)
    expected = CHARSET.decode(collapse(log_probs.argmax(1).tolist()))
    assert "".join(c.text for c in ctc.greedy(log_probs, CHARSET)) == expected


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 6), st.lists(st.integers(1, 2)))
def test_prefix_scores_are_those_of_the_best_paths(seed, frames, labels):
    log_probs = random_log_probs(seed, frames)
    paths = {}
    for path in itertools.product(range(3), repeat=frames):
        weight = sum(float(log_probs[t, c]) for t, c in enumerate(path))
        paths[collapse(path)] = max(paths.get(collapse(path), -np.inf), weight)
    expected = [paths.get(tuple(labels[:n]), -np.inf) for n in range(len(labels) + 1)]
    assert ctc.prefix_scores(log_probs, tuple(labels)) == pytest.approx(expected)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 6))
def test_alignment_is_the_best_path_of_its_labeling(seed, frames):
    log_probs = random_log_probs(seed, frames)
    labels = ctc.beam_labels(log_probs, width=50)
    best = max(
        (
            path
            for path in itertools.product(range(3), repeat=frames)
            if collapse(path) == labels
        ),
        key=lambda path: sum(log_probs[t, c] for t, c in enumerate(path)),
    )
    spans = ctc.align(log_probs, labels)
    rebuilt = [0] * frames
    for label, (start, end) in zip(labels, spans, strict=True):
        rebuilt[start:end] = [label] * (end - start)
    weight = sum(log_probs[t, c] for t, c in enumerate(rebuilt))
    assert weight == pytest.approx(
        sum(log_probs[t, c] for t, c in enumerate(best)), abs=1e-4
    )


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 30), st.sampled_from(["greedy", "beam"]))
def test_spans_are_in_order_inside_the_line_and_confidences_are_probabilities(
    seed, frames, decoder
):
    log_probs = random_log_probs(seed, frames, sharpness=3.0)
    characters = getattr(ctc, decoder)(log_probs, CHARSET)
    edges = [edge for c in characters for edge in (c.start, c.end)]
    assert edges == sorted(edges)
    assert all(0 <= edge <= 1 for edge in edges)
    assert all(0 < c.confidence <= 1 for c in characters)


def test_sharp_frames_read_alike_with_both_decoders():
    log_probs = np.full((7, 3), -12.0, np.float32)
    for t, c in enumerate([1, 1, 0, 1, 2, 2, 0]):
        log_probs[t, c] = 0.0
    for decode in (ctc.greedy, ctc.beam):
        assert [c.text for c in decode(log_probs, CHARSET)] == ["a", "a", "b"]
    spans = [(c.start, c.end) for c in ctc.greedy(log_probs, CHARSET)]
    assert spans == [(0, 2 / 7), (3 / 7, 4 / 7), (4 / 7, 6 / 7)]


def test_beam_sums_paths_that_greedy_overlooks():
    # Two frames: blank is likeliest in each, yet "a" has three paths to one.
    log_probs = np.log(np.array([[0.6, 0.4], [0.6, 0.4]], np.float32))
    charset = Charset("a")
    assert ctc.greedy(log_probs, charset) == ()
    assert [c.text for c in ctc.beam(log_probs, charset)] == ["a"]


def test_alignment_needs_frames_enough():
    with pytest.raises(ValueError, match="too few frames"):
        ctc.align(random_log_probs(1, 2), (1, 1))


def test_nothing_reads_as_nothing():
    empty = np.zeros((0, 3), np.float32)
    assert ctc.greedy(empty, CHARSET) == ()
    assert ctc.beam(empty, CHARSET) == ()


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 12), st.sampled_from(["greedy", "beam"]))
def test_no_space_at_the_ends_and_no_two_in_a_row(seed, frames, decoder):
    charset = Charset("a b")
    log_probs = random_log_probs(seed, frames, labels=4, sharpness=3.0)
    characters = getattr(ctc, decoder)(log_probs, charset)
    read = "".join(c.text for c in characters)
    assert read == " ".join(read.split())
    # Under another name a space is a sign like others; those stay where they were.
    plain = getattr(ctc, decoder)(log_probs, Charset("a-b"))
    assert [c for c in characters if c.text != " "] == [
        c for c in plain if c.text != "-"
    ]


def test_spaces_for_what_is_not_there_are_left_out():
    log_probs = np.full((9, 4), -12.0, np.float32)
    for t, c in enumerate([2, 1, 2, 0, 2, 2, 3, 0, 2]):
        log_probs[t, c] = 0.0
    charset = Charset("a b")
    for decode in (ctc.greedy, ctc.beam):
        found = [(c.text, c.start * 9, c.end * 9) for c in decode(log_probs, charset)]
        assert found == [("a", 1, 2), (" ", 2, 3), ("b", 6, 7)]
