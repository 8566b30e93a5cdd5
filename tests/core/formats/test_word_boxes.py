from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hwocr_desktop.core.document.document import Character, Line, Reading
from hwocr_desktop.core.formats.word_boxes import (
    character_places,
    word_boxes,
    word_polygon,
)
from hwocr_desktop.core.pixels.geometry import LineShape

quick = settings(
    max_examples=60, deadline=None, suppress_health_check=list(HealthCheck)
)
STRAIGHT = LineShape(((100, 50), (500, 50)), ((100, 10), (500, 10), (500, 70)), 40, 20)
BENT = LineShape(((0, 50), (300, 50), (300, 450)), ((0, 10), (340, 450)), 40, 20)


def line(text, places=None, **more):
    count = max(len(text), 1)
    spans = places or [(i / count, (i + 1) / count) for i in range(len(text))]
    characters = [Character(c, 0.5, *span) for c, span in zip(text, spans, strict=True)]
    return Line("l1", STRAIGHT, Reading(tuple(characters), "m"), **more)


@quick
@given(said=st.text("ab \t", max_size=12), read=st.text("ab ", max_size=12))
def test_words_make_the_text_and_stand_in_order(said, read):
    for one in (
        line(read),
        line(read, correction=said),
        Line("l", STRAIGHT, None, said),
    ):
        words = word_boxes(one, 600, 100)
        assert " ".join(word.text for word in words) == one.text
        places = character_places(one)
        assert len(places) == len(one.text)
        ends = [end for place in places for end in place]
        assert all(0 <= end <= 1 for end in ends)
        starts = [start for start, _ in places]
        assert starts == sorted(starts)
        assert all(word.start <= word.end for word in words)


def test_words_stand_where_their_characters_were_read():
    spans = [(0.1, 0.2), (0.2, 0.3), (0.3, 0.5), (0.5, 0.75)]
    first, second = word_boxes(line("ab c", spans), 600, 100)
    assert (first.start, first.end) == (0.1, 0.3)
    assert (second.start, second.end) == (0.5, 0.75)
    assert first.polygon == ((140, 10), (220, 10), (220, 70), (140, 70))
    assert first.confidence == 0.5


def test_a_changed_word_has_the_room_of_the_one_it_replaces():
    read = word_boxes(line("the second of May"), 600, 100)
    said = word_boxes(line("the second of May", correction="the 2nd of May"), 600, 100)
    assert [(w.start, w.end) for w in said] == [(w.start, w.end) for w in read]
    assert [w.confidence for w in said] == [None] * 4


def test_new_words_have_the_space_between_those_that_stayed():
    spans = [(0.0, 0.1), (0.1, 0.4), (0.4, 0.5)]
    first, new, last = word_boxes(line("a b", spans, correction="a x b"), 600, 100)
    assert (first.start, first.end) == spans[0]
    assert (new.start, new.end) == pytest.approx(spans[1])
    assert (last.start, last.end) == spans[2]


@pytest.mark.parametrize(
    "said",
    ["Your letter here now of", "At Long Your letter of", "Your letter of typed XYZ"],
)
def test_where_there_is_no_room_new_words_share_that_of_their_neighbors(said):
    boxes = word_boxes(line("Your letter of", correction=said), 600, 100)
    assert [box.text for box in boxes] == said.split()
    least = 0.5 / len("Your letter of")  # half a letter
    assert all(box.end - box.start >= least * len(box.text) * 0.99 for box in boxes)
    assert all(a.end <= b.start + 1e-9 for a, b in pairwise(boxes))


def test_a_line_that_was_typed_anew_is_shared_by_all_its_words():
    said = "ten words that were typed over one that was wrong"
    spans = [(0.4, 0.5), (0.5, 0.6)]
    boxes = word_boxes(line("ow", spans, correction=said), 600, 100)
    assert [box.text for box in boxes] == said.split()
    assert (boxes[0].start, boxes[-1].end) == pytest.approx((0.0, 1.0))
    assert all(box.end - box.start > 0.03 for box in boxes)


def test_a_word_at_a_bend_follows_it():
    # 300 across, then 400 down: from 200 before the bend to 100 behind it.
    polygon = word_polygon(BENT, 100 / 700, 400 / 700, 600, 600)
    assert (100, 10) in polygon
    assert (340, 150) in polygon
    assert (260 + 20, 150) in polygon


@pytest.mark.parametrize("base", [(), ((5, 5), (5, 5)), ((float("nan"), 1), (2, 3))])
def test_a_line_without_length_has_words_all_the_same(base):
    one = replace(line("a b"), shape=replace(STRAIGHT, baseline=base))
    words = word_boxes(one, 600, 100)
    assert [word.text for word in words] == ["a", "b"]
    assert all(0 <= x < 600 and 0 <= y < 100 for w in words for x, y in w.polygon)
