"""Rows of a transcript laid along found lines, against all ways to do so."""

import doctest
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.core.text import transcript_alignment
from hwocr_desktop.core.text.transcript_alignment import (
    LEAST_SIMILARITY,
    PlacedText,
    align_transcript,
    gain,
    similarity,
    transcript_rows,
)

few = st.lists(
    st.text("ab ", max_size=6).map(lambda t: " ".join(t.split())), max_size=4
)
rows_of_words = st.lists(
    st.lists(st.text("abcde", min_size=1, max_size=6), min_size=1, max_size=5).map(
        " ".join
    ),
    min_size=1,
    max_size=8,
)


def worth(readings, line, text, rows=1):
    """Return what one text in one line adds; -inf where they are not alike."""
    alike = similarity(readings[line], text)
    length = len(text) - rows + 1
    return (alike - LEAST_SIMILARITY) * length if alike > LEAST_SIMILARITY else -1e9


def best_of_all(readings, rows, i=0, j=0):
    """Try every way to place the rows from `j` on in the lines from `i` on."""
    if i == len(readings) or j == len(rows):
        return 0.0
    ways = [
        best_of_all(readings, rows, i + 1, j),
        best_of_all(readings, rows, i, j + 1),
        worth(readings, i, rows[j]) + best_of_all(readings, rows, i + 1, j + 1),
    ]
    if j + 1 < len(rows):
        both = worth(readings, i, f"{rows[j]} {rows[j + 1]}", 2)
        ways.append(both + best_of_all(readings, rows, i + 1, j + 2))
    words = rows[j].split()
    for at in range(1, len(words) if i + 1 < len(readings) else 0):
        parts = worth(readings, i, " ".join(words[:at]))
        parts += worth(readings, i + 1, " ".join(words[at:]))
        ways.append(parts + best_of_all(readings, rows, i + 2, j + 1))
    return max(ways)


@given(few, few)
def test_no_other_way_is_better(readings, rows):
    placed = align_transcript(readings, rows)
    total = sum(map(gain, placed))
    assert total == pytest.approx(best_of_all(readings, rows), abs=1e-9)


@given(few, few)
def test_both_keep_their_order_and_nothing_is_used_twice(readings, rows):
    placed = align_transcript(readings, rows)
    lines = [item.line for item in placed]
    assert lines == sorted(set(lines))
    used = [item.rows for item in placed]
    assert [row for own in used for row in own] == sorted(
        row for own in used for row in own
    )
    for item in placed:
        assert item.similarity == similarity(readings[item.line], item.text)
        assert item.similarity > LEAST_SIMILARITY
    for row in {row for own in used for row in own}:
        # All of a row is placed, in one line or in two beside each other.
        parts = [item for item in placed if row in item.rows]
        if len(parts) == 1:
            assert parts[0].text == " ".join(rows[r] for r in parts[0].rows)
        else:
            first, second = parts
            assert second.line == first.line + 1
            assert f"{first.text} {second.text}" == rows[row]


@given(rows_of_words)
def test_what_is_read_right_is_placed_one_to_one(rows):
    assert align_transcript(rows, rows) == [
        PlacedText(number, (number,), row, 1.0) for number, row in enumerate(rows)
    ]


@given(rows_of_words, st.data())
def test_found_lines_without_text_shift_nothing(rows, data):
    noise = st.lists(st.text("xyz", max_size=9), max_size=2)
    readings, places = [], []
    for row in rows:
        readings += data.draw(noise)
        places.append(len(readings))
        readings.append(row)
    readings += data.draw(noise)
    placed = align_transcript(readings, rows)
    assert [(item.line, item.text) for item in placed] == list(
        zip(places, rows, strict=True)
    )


@given(st.data())
def test_rows_without_a_found_line_shift_nothing(data):
    # Letters that no two rows share: no row can pass for another.
    count = data.draw(st.integers(1, 6))
    rows = [
        " ".join([string.ascii_letters[3 * n + k] * (k + 2) for k in range(3)])
        for n in range(count)
    ]
    there = data.draw(st.lists(st.integers(0, count - 1), unique=True).map(sorted))
    placed = align_transcript([rows[n] for n in there], rows)
    assert [(item.line, item.rows) for item in placed] == [
        (line, (row,)) for line, row in enumerate(there)
    ]


def test_misread_lines_keep_their_place_between_others():
    rows = ["My dear Sir", "the ship came in", "last night"]
    readings = ["My clear Sin", "tho shp cane m", "loot might", "= ,"]
    assert [item.rows for item in align_transcript(readings, rows)] == [
        (0,),
        (1,),
        (2,),
    ]


def test_a_row_over_two_found_lines_and_two_rows_in_one():
    rows = ["Coneygar Villa, May 16th 1879", "Dear", "Mr Douglass", "It is long"]
    readings = ["Coneygar Villo,", "Nay 16th 1879", "Dear M Douglas", "It is long"]
    assert [
        (item.line, item.rows, item.text) for item in align_transcript(readings, rows)
    ] == [
        (0, (0,), "Coneygar Villa,"),
        (1, (0,), "May 16th 1879"),
        (2, (1, 2), "Dear Mr Douglass"),
        (3, (3,), "It is long"),
    ]


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("a\nb [x] c\nd", [False, True, False]),
        ("a [*note\nb\nc*] d\ne", [True, True, True, False]),
        ("a [*so [f] b\nc*]\nd", [True, True, False]),
        ("never closed [here\nb", [True, False]),
        ("never opened] here\nb", [True, False]),
        ("a\r\n\r\n\r\n b \r\n", [False, False]),
        ("[]\n\n", []),
    ],
)
def test_brackets_mark_their_rows(text, marked):
    assert [row.is_marked for row in transcript_rows(text)] == marked


def test_the_examples_of_the_module():
    assert doctest.testmod(transcript_alignment).failed == 0
