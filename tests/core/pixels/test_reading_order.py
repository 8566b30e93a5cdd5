"""Reading order of lines on pages drawn as boxes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.core.pixels.reading_order import reading_order


def line(x0: float, x1: float, y: float, slope: float = 0.0) -> LineShape:
    """Return a line 60 px high whose baseline starts at (x0, y)."""
    end = y + slope * (x1 - x0)
    return LineShape(
        baseline=((x0, y), (x1, end)),
        polygon=((x0, y - 40), (x1, end - 40), (x1, end + 20), (x0, y + 20)),
        ascent=40.0,
        descent=20.0,
    )


def column(x0: float, x1: float, first: float, count: int) -> list[LineShape]:
    return [line(x0, x1, first + 64 * i) for i in range(count)]


def test_nothing_has_an_empty_order() -> None:
    assert reading_order([]) == []


def test_one_column_is_read_from_the_top() -> None:
    lines = column(100, 900, 100, 6)
    shuffled = [lines[i] for i in (3, 0, 5, 1, 4, 2)]
    assert [shuffled[i] for i in reading_order(shuffled)] == lines


def test_two_columns_are_read_one_after_the_other() -> None:
    left, right = column(50, 450, 100, 8), column(550, 950, 120, 8)
    mixed = [shape for pair in zip(right, left, strict=True) for shape in pair]
    assert [mixed[i] for i in reading_order(mixed)] == left + right


def test_a_heading_comes_before_and_a_full_line_after_the_columns() -> None:
    heading, footer = line(50, 950, 60), line(50, 950, 900)
    left, right = column(50, 450, 140, 8), column(550, 950, 140, 8)
    lines = [footer, *right, heading, *left]
    assert [lines[i] for i in reading_order(lines)] == [heading, *left, *right, footer]


def test_two_pages_with_columns_of_uneven_length() -> None:
    left, right = column(50, 900, 100, 20), column(1100, 1900, 110, 5)
    lines = right + left
    assert [lines[i] for i in reading_order(lines)] == left + right


def test_a_note_in_the_margin_does_not_interrupt_the_text() -> None:
    text, note = column(300, 1000, 100, 15), column(40, 220, 400, 3)
    lines = note + text
    assert [lines[i] for i in reading_order(lines)] == text + note


def test_a_single_word_in_the_margin_does_not_interrupt_the_text() -> None:
    text, word = column(300, 1000, 100, 15), line(40, 220, 420)
    lines = [word, *text]
    assert [lines[i] for i in reading_order(lines)] == [*text, word]


def test_the_date_at_the_right_is_read_before_the_salutation_at_the_left() -> None:
    date = [line(600, 950, 60), line(640, 950, 124)]
    salutation = line(80, 400, 230)
    text = column(80, 950, 300, 5)
    lines = [salutation, *text, *date]
    assert [lines[i] for i in reading_order(lines)] == [*date, salutation, *text]


def test_pieces_of_one_row_are_read_from_left_to_right() -> None:
    rows = [
        [line(50, 300, y + 8), line(380, 600, y), line(700, 900, y + 4)] for y in (100,)
    ]
    flat = [shape for row in rows for shape in row]
    shuffled = [flat[2], flat[0], flat[1]]
    assert [shuffled[i] for i in reading_order(shuffled)] == flat


def test_steep_lines_are_read_row_by_row() -> None:
    slope = 0.2
    rows = [
        [line(0, 400, 100 + 64 * i, slope), line(450, 1000, 190 + 64 * i, slope)]
        for i in range(2)
    ]
    flat = [shape for row in rows for shape in row]
    shuffled = [flat[i] for i in (3, 1, 0, 2)]
    assert [shuffled[i] for i in reading_order(shuffled)] == flat


numbers = st.integers(0, 1000)


@given(st.lists(st.tuples(numbers, numbers, numbers), max_size=25))
def test_every_line_is_read_once(places: list[tuple[int, int, int]]) -> None:
    lines = [line(min(a, b), max(a, b), y) for a, b, y in places]
    assert sorted(reading_order(lines)) == list(range(len(lines)))


def test_a_table_is_read_row_by_row_and_other_columns_one_after_the_other() -> None:
    columns = [column(x, x + 180, 100 + x / 60, 12) for x in (50, 300, 550, 800)]
    rows = [shape for row in zip(*columns, strict=True) for shape in row]
    lines = [shape for one in columns[::-1] for shape in one]
    as_table = reading_order(lines, entries=range(len(lines)))
    assert [lines[i] for i in as_table] == rows
    # The first column is none of a note's size beside three others.
    as_text = reading_order(lines)
    assert [lines[i] for i in as_text] == [s for one in columns for s in one]


def test_a_letter_beside_a_table_is_no_part_of_it() -> None:
    letter = column(50, 500, 100, 12)
    table = [column(x, x + 90, 100, 12) for x in (600, 720, 840)]
    lines = [*table[2], *letter, *table[1], *table[0]]
    cells = [i for i in range(len(lines)) if lines[i] not in letter]
    rows = [shape for row in zip(*table, strict=True) for shape in row]
    assert [lines[i] for i in reading_order(lines, None, cells)] == letter + rows
