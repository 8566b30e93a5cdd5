"""Matching of lines by their outlines, and the order of them."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.core.pixels.line_matching import (
    MatchCounts,
    in_true_order,
    iou,
    match_outlines,
    order_tau,
)


def box(x0, y0, x1, y1):
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def line(y, height=40.0, x0=0.0, x1=500.0):
    outline = tuple(box(x0, y - height, x1, y))
    return LineShape(((x0, y), (x1, y)), outline, height * 0.7, height * 0.3)


PAGE = [line(100.0 * i) for i in range(1, 6)]


def test_an_outline_is_itself_and_apart_from_one_far_away():
    assert iou(box(0, 0, 300, 50), box(0, 0, 300, 50)) == 1.0
    assert iou(box(0, 0, 300, 50), box(0, 60, 300, 90)) == 0.0


@pytest.mark.parametrize("shift", [10, 25, 40])
def test_the_overlap_of_boxes_is_that_of_their_areas(shift):
    expected = (100 - shift) / (100 + shift)
    assert iou(box(0, 0, 300, 100), box(0, shift, 300, 100 + shift)) == pytest.approx(
        expected, abs=0.02
    )


boxes = st.tuples(*[st.integers(0, 900)] * 4).map(
    lambda n: box(min(n[0], n[2]), min(n[1], n[3]), max(n[0], n[2]), max(n[1], n[3]))
)


@given(boxes, boxes)
def test_overlap_is_symmetric_and_a_share(one, other):
    share = iou(one, other)
    assert 0.0 <= share <= 1.0
    assert share == iou(other, one)


def test_lines_are_matched_whatever_their_order():
    for order in itertools.permutations(range(5)):
        found = [PAGE[i] for i in order]
        assert match_outlines(found, PAGE) == [(order.index(j), j) for j in range(5)]


def test_a_line_is_used_once_and_the_best_wins():
    worse, better = line(110.0), line(102.0)
    assert match_outlines([worse, better], PAGE[:1]) == [(1, 0)]
    assert match_outlines([better], [PAGE[0], line(101.0)]) == [(0, 1)]
    assert match_outlines([], PAGE) == match_outlines(PAGE, []) == []


def test_pieces_of_a_line_are_not_the_line():
    pieces = [line(100.0, x1=200.0), line(100.0, x0=220.0)]
    assert match_outlines(pieces, PAGE) == [(1, 0)]
    counts = MatchCounts(1, 2, 5)
    assert (counts.precision, counts.recall) == (0.5, 0.2)
    assert counts.f == pytest.approx(2 / 7)


def test_counts_add_up():
    assert MatchCounts(1, 2, 3) + MatchCounts(4, 5, 6) == MatchCounts(5, 7, 9)
    assert MatchCounts().precision == MatchCounts().recall == MatchCounts().f == 1.0
    assert MatchCounts(0, 3, 4).f == 0.0


@given(st.permutations(range(7)))
def test_tau_counts_the_pairs_in_order(order):
    pairs = list(enumerate(order))
    right = sum(a < b for a, b in itertools.combinations(order, 2))
    assert order_tau(pairs) == pytest.approx(2 * right / 21 - 1)


def test_tau_of_the_same_order_of_the_reverse_and_of_nothing():
    same = [(i, i) for i in range(5)]
    assert order_tau(same) == 1.0
    assert order_tau([(i, -i) for i in range(5)]) == -1.0
    assert order_tau(same[:1]) is None
    assert order_tau([]) is None


@given(order=st.permutations(range(6)), known=st.sets(st.integers(0, 5)))
def test_found_lines_follow_the_truth_and_the_others_their_neighbor(order, known):
    pairs = [(found, true) for found, true in enumerate(order) if found in known]
    sorted_lines = in_true_order(6, pairs)
    assert sorted(sorted_lines) == list(range(6))
    places = dict(pairs)
    assert [places[i] for i in sorted_lines if i in places] == sorted(places.values())
    for at, found in enumerate(sorted_lines):
        if found in places or not any(i < found for i in places):
            continue
        before = max(i for i in places if i < found)
        between = sorted_lines[sorted_lines.index(before) + 1 : at]
        assert all(i not in places for i in between)
