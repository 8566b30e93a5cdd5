from __future__ import annotations

import contextlib
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import (
    Character,
    Line,
    OtherReading,
    Page,
    Project,
    Reading,
    Region,
    WordAlternatives,
)
from hwocr_desktop.core.document.keeping import shapes_to_read
from hwocr_desktop.core.document.text_parts import cut_line, join_texts
from hwocr_desktop.core.formats.text import page_text
from hwocr_desktop.core.pixels.line_drawing import shape_along

BOX = ((0, 0), (400, 0), (400, 260), (0, 260))


def straight(x, y, width=300.0):
    return shape_along([(x, y), (x + width, y)], 20, 10)


def reading(text, model="m"):
    count = len(text)
    words, start = [], 0
    for word in text.split():
        start = text.index(word, start)
        other = (OtherReading("?", 0.2),)
        words.append(WordAlternatives(start, start + len(word), 0.7, other))
        start += len(word)
    return Reading(
        tuple(
            Character(c, 0.9, i / count, (i + 1) / count) for i, c in enumerate(text)
        ),
        model,
        tuple(words),
    )


@pytest.fixture
def project():
    """Three lines below each other: read, corrected, checked."""
    made = edits.add_page(Project(), "1.png", 1000, 800)
    for row in range(3):
        made = edits.draw_line(made, "p1", straight(10, 100 + 100 * row))
    made = edits.set_readings(
        made, "p1", {f"l{n}": reading("Kew Gardens today") for n in (1, 2, 3)}
    )
    made = edits.correct_line(made, "p1", "l2", "Kem Garden to-day")
    return edits.accept_line(made, "p1", "l3")


def lines(project):
    return project.page("p1").lines


def texts(project):
    return [line.text for line in lines(project)]


# --- drawing ---------------------------------------------------------------------


def test_a_drawn_line_comes_where_it_is_read(project):
    between = edits.draw_line(project, "p1", straight(40, 150))
    assert [line.id for line in lines(between)] == ["l1", "l4", "l2", "l3"]
    assert lines(between)[1].is_shaped
    above = edits.draw_line(project, "p1", straight(40, 30))
    assert [line.id for line in lines(above)] == ["l4", "l1", "l2", "l3"]
    # Another column has an order of its own.
    beside = edits.draw_line(project, "p1", straight(600, 30))
    beside = edits.draw_line(beside, "p1", straight(600, 130))
    assert [line.id for line in lines(beside)][-2:] == ["l4", "l5"]


def test_a_drawn_piece_of_a_row_stands_in_the_row():
    made = edits.add_page(Project(), "1.png", 1000, 800)
    for row, (x, length) in enumerate(((10, 900), (300, 300), (10, 900))):
        made = edits.draw_line(made, "p1", straight(x, 100 + 60 * row, length))
    end = edits.draw_line(made, "p1", straight(700, 163, 200))
    assert [line.id for line in lines(end)] == ["l1", "l2", "l4", "l3"]
    start = edits.draw_line(end, "p1", straight(10, 157, 200))
    assert [line.id for line in lines(start)] == ["l1", "l5", "l2", "l4", "l3"]


def test_a_line_drawn_into_the_next_column_does_not_go_on_the_row(project):
    beside = edits.draw_line(project, "p1", straight(600, 101))
    assert [line.id for line in lines(beside)] == ["l1", "l2", "l3", "l4"]


@pytest.mark.parametrize("kind", ["ignore", "paragraph"])
def test_a_line_drawn_below_a_region_comes_behind_its_lines(project, kind):
    box = ((0, 150), (400, 150), (400, 320), (0, 320))  # around the second and third
    project = edits.add_region(project, "p1", box, kind)
    below = edits.draw_line(project, "p1", straight(10, 380))
    assert [line.id for line in lines(below)] == ["l1", "l2", "l3", "l4"]
    above = edits.draw_line(project, "p1", straight(10, 30))
    assert [line.id for line in lines(above)] == ["l4", "l1", "l2", "l3"]
    within = edits.draw_line(project, "p1", straight(10, 250))
    assert [line.id for line in lines(within)] == ["l1", "l2", "l4", "l3"]


def test_a_line_drawn_outside_of_all_regions_comes_where_it_stands(project):
    box = ((0, 50), (400, 50), (400, 320), (0, 320))  # around all lines
    project = edits.add_region(project, "p1", box, "paragraph")
    above = edits.draw_line(project, "p1", straight(10, 20))
    assert [line.id for line in lines(above)] == ["l4", "l1", "l2", "l3"]
    below = edits.draw_line(project, "p1", straight(10, 380))
    assert [line.id for line in lines(below)] == ["l1", "l2", "l3", "l4"]


def test_a_line_drawn_above_a_region_before_it_comes_before_its_lines(project):
    box = ((0, 50), (400, 50), (400, 220), (0, 220))  # around the first two
    project = edits.add_region(project, "p1", box, "header")
    above = edits.draw_line(project, "p1", straight(10, 20))
    assert [line.id for line in lines(above)] == ["l4", "l1", "l2", "l3"]


def test_a_line_drawn_up_the_margin_is_marked(project):
    up = shape_along([(900, 700), (900, 300)], 20, 10)
    made = edits.draw_line(project, "p1", up)
    kinds = {line.id: line.kind for line in made.pages[0].lines}
    assert kinds == {"l1": "", "l2": "", "l3": "", "l4": "vertical"}


def test_a_drawn_line_goes_into_the_region_around_it(project):
    project = edits.add_region(project, "p1", BOX, "marginalia")
    project = edits.draw_line(project, "p1", straight(20, 240))
    assert project.page("p1").line("l4").region == "r1"
    assert [line.id for line in lines(project)] == ["l1", "l2", "l4", "l3"]


# --- what a person drew is locked -----------------------------------------------


def test_finding_lines_leaves_drawn_ones_alone_and_reads_them(project):
    project = edits.draw_line(project, "p1", straight(10, 500))
    found = [straight(12, y) for y in (104, 204, 304, 404, 503)]
    after = edits.set_lines(project, "p1", found)
    assert set(lines(project)) <= set(lines(after))
    assert len(lines(after)) == 5
    read = edits.set_readings(
        after, "p1", {line.id: reading("new") for line in lines(after)}
    )
    assert read.page("p1").line("l4").text == "new"
    assert read.page("p1").line("l1").text == "new"
    assert read.page("p1").line("l2").text == "Kem Garden to-day"
    assert read.page("p1").line("l3").text == "Kew Gardens today"


def test_an_untouched_line_is_locked_once_it_is_moved(project):
    page = replace(
        project.pages[0],
        lines=tuple(replace(line, is_shaped=False) for line in lines(project)),
    )
    project = replace(project, pages=(page,))
    gone = edits.set_lines(project, "p1", [])
    assert [line.id for line in lines(gone)] == ["l2", "l3"]
    shape = straight(11, 101)
    for moved in (
        edits.reshape_line(project, "p1", "l1", shape),
        edits.reshape_lines(project, "p1", {"l1": shape}),
    ):
        stays = edits.set_lines(moved, "p1", [])
        assert [line.id for line in lines(stays)] == ["l1", "l2", "l3"]
        assert lines(stays)[0].shape == shape
    assert edits.reshape_lines(project, "p1", {"l1": lines(project)[0].shape}) is (
        project
    )


def test_drawn_regions_outlast_automatic_runs(project):
    project = edits.add_region(project, "p1", BOX)
    far = ((500, 500), (900, 500), (900, 700), (500, 700))
    project = edits.add_region(project, "p1", far, "ignore")
    found = [straight(20, 104), straight(520, 600), straight(20, 700)]
    for regions in ((), (Region("r1", ((0, 600), (999, 600), (999, 799), (0, 799))),)):
        page = edits.set_lines(project, "p1", found, regions).page("p1")
        assert page.regions[:2] == project.page("p1").regions
        # What is to be ignored is not even found.
        assert not any(line.shape == found[1] for line in page.lines)
        assert page.line("l1").region == "r1"
        (last,) = [line for line in page.lines if line.shape == found[2]]
        assert last.region == ("r1-2" if regions else "")
        assert len({r.id for r in page.regions}) == len(page.regions)


# --- splitting and joining -------------------------------------------------------


def test_a_split_line_takes_its_text_apart(project):
    # "Kew Gardens today" has 17 characters: after "Gardens" come 11 of them.
    at = (10 + 300 * 11.5 / 17, 105)
    split = edits.split_line(project, "p1", "l1", at)
    assert [line.id for line in lines(split)] == ["l1", "l4", "l2", "l3"]
    first, second = lines(split)[:2]
    assert (first.text, second.text) == ("Kew Gardens", "today")
    assert first.shape.baseline[-1] == second.shape.baseline[0]
    assert second.shape.baseline[0] == pytest.approx((at[0], 100))
    assert [w.start for w in first.reading.alternatives] == [0, 4]
    assert [(w.start, w.end) for w in second.reading.alternatives] == [(0, 5)]
    for part in (first.reading, second.reading):
        assert all(0 <= c.start <= c.end <= 1 for c in part.characters)
    assert first.reading.characters[-1].end == pytest.approx(11 / 11.5)
    assert first.is_shaped
    assert second.is_shaped


def test_a_split_text_of_a_person_is_cut_between_words_and_not_lost(project):
    for line_id in ("l2", "l3"):
        before = project.page("p1").line(line_id).text
        split = edits.split_line(project, "p1", line_id, (215, 200))
        page = split.page("p1")
        first, second = page.line(line_id), page.line("l4")
        assert f"{first.text} {second.text}" == before
        assert second.text in ("to-day", "today")
        assert first.correction is not None
        assert not first.checked
        assert not second.checked


def test_a_checked_line_without_correction_keeps_its_text_when_split(project):
    checked = replace(lines(project)[0], checked=True)
    first, second = cut_line(checked, 0.7)
    assert (first.correction, second.correction) == ("Kew Gardens", "today")


@given(
    text=st.text(st.sampled_from("ab \u017f"), max_size=12).map(str.strip),
    share=st.floats(0, 1),
    is_own=st.booleans(),
)
def test_no_letter_of_a_text_is_lost_or_invented_in_a_split(text, share, is_own):
    line = Line("l1", straight(0, 0), reading(text))
    if is_own:
        line = replace(line, correction=text)
    first, second = cut_line(line, share)
    assert "".join((first.text + second.text).split()) == "".join(text.split())
    if is_own:
        assert sorted((first.text + " " + second.text).split()) == sorted(text.split())
    for part in (first, second):
        for word in part.reading.alternatives:
            assert 0 <= word.start < word.end <= len(part.reading.characters)
            read = part.reading.text[word.start : word.end]
            assert read.strip() == read != ""


@given(text=st.text(st.sampled_from("ab "), min_size=1, max_size=12).map(str.strip))
def test_joining_what_was_split_gives_the_reading_back(text):
    words = text.split()
    if len(words) < 2:
        return
    text = " ".join(words)
    whole = reading(text)
    at = (whole.characters[len(words[0])].start + whole.characters[len(words[0])].end) \
        / 2  # fmt: skip
    line = Line("l1", straight(0, 0), whole)
    first, second = cut_line(line, at)
    again = join_texts([first, second], [at, 1 - at])
    assert again.text == text
    assert [(w.start, w.end) for w in again.reading.alternatives] == [
        (w.start, w.end) for w in whole.alternatives
    ]
    for one, other in zip(again.reading.characters, whole.characters, strict=True):
        if one.text != " ":
            assert one.start == pytest.approx(other.start, abs=1e-6)


@given(
    words=st.lists(
        st.text(st.sampled_from("ab.\u017f"), min_size=1, max_size=4), min_size=1
    ),
    cuts=st.lists(st.floats(0.05, 0.95), min_size=1, max_size=3),
    is_accepted=st.booleans(),
)
@example(words=["a", "a"], cuts=[0.75, 0.875, 0.25], is_accepted=False)
def test_splitting_on_the_page_and_joining_gives_the_text_back(
    words, cuts, is_accepted
):
    text = " ".join(words)
    made = with_line(text, is_accepted)
    for cut in cuts:
        at = (10 + 300 * cut, 105)
        under = next(
            line
            for line in lines(made)
            if line.shape.baseline[0][0] <= at[0] <= line.shape.baseline[-1][0]
        )
        with contextlib.suppress(ValueError):  # too little would be left
            made = edits.split_line(made, "p1", under.id, at)
    joined = edits.join_lines(made, "p1", [line.id for line in lines(made)])
    (line,) = lines(joined)
    assert line.text == text
    assert is_accepted or line.reading.text == text


@given(
    words=st.lists(st.text(st.sampled_from("ab."), min_size=1, max_size=4), min_size=1),
    data=st.data(),
    is_accepted=st.booleans(),
)
def test_splitting_in_the_text_and_joining_gives_the_text_back(
    words, data, is_accepted
):
    text = " ".join(words)
    made = with_line(text, is_accepted)
    position = data.draw(st.integers(0, len(text)))
    with contextlib.suppress(ValueError):
        made = edits.split_line_in_text(made, "p1", "l1", position)
    joined = edits.join_lines(made, "p1", [line.id for line in lines(made)])
    (line,) = lines(joined)
    assert line.text == line.reading.text == text


def with_line(text, is_accepted):
    """Return a project whose one line was read, and perhaps called right."""
    made = edits.add_page(Project(), "1.png", 1000, 800)
    made = edits.draw_line(made, "p1", straight(10, 100))
    made = edits.set_readings(made, "p1", {"l1": reading(text)})
    return edits.accept_line(made, "p1", "l1") if is_accepted else made


def test_a_space_that_a_person_put_into_what_was_read_as_one_word_stays(project):
    made = edits.set_readings(project, "p1", {"l1": reading("KewGardens")})
    made = edits.correct_line(made, "p1", "l1", "Kew Gardens")
    for split in (
        edits.split_line(made, "p1", "l1", (10 + 300 * 0.3, 105)),
        edits.split_line_in_text(made, "p1", "l1", 3),
        edits.split_line_in_text(made, "p1", "l1", 4),
    ):
        first, second = lines(split)[:2]
        assert (first.text, second.text) == ("Kew", "Gardens")
        joined = edits.join_lines(split, "p1", [first.id, second.id])
        assert lines(joined)[0].text == "Kew Gardens"


def test_words_are_parted_again_once_a_cut_word_was_changed_or_moved(project):
    split = edits.split_line_in_text(project, "p1", "l1", 7)
    first, second = lines(split)[:2]
    assert (first.text, second.text) == ("Kew Gar", "dens today")
    ids = [first.id, second.id]
    assert lines(edits.join_lines(split, "p1", ids))[0].text == "Kew Gardens today"
    typed = edits.correct_line(split, "p1", first.id, "Kew Garden")
    typed = edits.correct_line(typed, "p1", second.id, "today")
    assert lines(edits.join_lines(typed, "p1", ids))[0].text == "Kew Garden today"
    moved = edits.reshape_lines(split, "p1", {second.id: straight(200, 100, 110)})
    assert lines(edits.join_lines(moved, "p1", ids))[0].text == "Kew Gar dens today"


def test_a_line_is_cut_where_a_person_says_in_its_text(project):
    for line_id, position in (("l1", 11), ("l2", 4), ("l3", 3)):
        text = project.page("p1").line(line_id).text
        page = edits.split_line_in_text(project, "p1", line_id, position).page("p1")
        first, second = page.line(line_id), page.line("l4")
        assert (first.text, second.text) == (
            text[:position].strip(),
            text[position:].strip(),
        )
        cut = second.shape.baseline[0][0]
        # Where the reading has that place: 17 letters on 300 pixels from 10 on.
        assert cut == pytest.approx(10 + 300 * position / 17, abs=18)
    for position in (0, 17, 99):
        with pytest.raises(ValueError, match="too little"):
            edits.split_line_in_text(project, "p1", "l1", position)


def test_joined_lines_stand_where_the_first_was_and_keep_every_word(project):
    beside = edits.draw_line(project, "p1", straight(320, 200, 100))
    beside = edits.correct_line(beside, "p1", "l4", "morning")
    joined = edits.join_lines(beside, "p1", ["l4", "l2"])
    assert [line.id for line in lines(joined)] == ["l1", "l2", "l3"]
    line = joined.page("p1").line("l2")
    assert line.correction == "Kem Garden to-day morning"
    assert line.shape.baseline == ((10, 200), (310, 200), (320, 200), (420, 200))
    assert line.is_shaped
    assert not line.is_placed
    placed = edits.put_in_region(
        edits.add_region(beside, "p1", [(0, 0), (9, 0), (9, 9)]), "p1", ["l4"], "r1"
    )
    assert edits.join_lines(placed, "p1", ["l4", "l2"]).page("p1").line("l2").is_placed
    assert edits.join_lines(project, "p1", ["l1"]) is project
    assert edits.join_lines(project, "p1", ["l1", "l1"]) is project


def test_lines_that_were_read_stay_read_when_joined(project):
    beside = edits.draw_line(project, "p1", straight(320, 100, 100))
    beside = edits.set_readings(beside, "p1", {"l4": reading("noon", "other")})
    line = edits.join_lines(beside, "p1", ["l1", "l4"]).page("p1").line("l1")
    assert line.text == "Kew Gardens today noon"
    assert line.correction is None
    assert line.reading.model == "m"
    last = line.reading.alternatives[-1]
    assert line.reading.text[last.start : last.end] == "noon"
    places = [c.start for c in line.reading.characters]
    assert places == sorted(places)


def test_what_is_checked_stays_so_only_if_all_of_it_was(project):
    beside = edits.draw_line(project, "p1", straight(320, 300, 100))
    beside = edits.correct_line(beside, "p1", "l4", "noon")
    assert (
        not edits.join_lines(beside, "p1", ["l3", "l4"]).page("p1").line("l3").checked
    )
    beside = edits.accept_line(beside, "p1", "l4")
    assert edits.join_lines(beside, "p1", ["l3", "l4"]).page("p1").line("l3").checked


def test_one_line_per_row_joins_pieces_and_nothing_else(project):
    pieces = edits.add_page(Project(), "1.png", 1000, 800)
    words = iter("abcdefgh")
    for y in (100, 160, 220):
        for x in (300, 10, 150):
            pieces = edits.draw_line(pieces, "p1", straight(x, y + x / 50, 110))
            line_id = f"l{pieces.page('p1').next_line - 1}"
            pieces = edits.correct_line(pieces, "p1", line_id, next(words, "i"))
    ids = [line.id for line in lines(pieces)]
    joined = edits.one_line_per_row(pieces, "p1", ids)
    assert sorted(texts(joined)) == ["b c a", "e f d", "h i g"]
    assert edits.one_line_per_row(joined, "p1", [x.id for x in lines(joined)]) is joined
    assert edits.one_line_per_row(pieces, "p1", ids[:1]) is pieces
    assert edits.one_line_per_row(project, "p1", ["l1", "l2", "l3"]) is project


# --- removing and ordering -------------------------------------------------------


def test_ids_of_joined_and_removed_lines_are_not_given_again(project):
    # A page whose counter is behind, as another program may have left it.
    late = replace(project.pages[0], next_line=1)
    project = replace(project, pages=(late,))
    for gone in (
        edits.join_lines(project, "p1", ["l2", "l3"]),
        edits.remove_lines(project, "p1", ["l3"]),
    ):
        after = edits.draw_line(gone, "p1", straight(10, 700))
        assert "l4" in [line.id for line in lines(after)]


def test_removed_lines_are_gone_together_and_their_ids_with_them(project):
    gone = edits.remove_lines(project, "p1", ["l3", "l1"])
    assert [line.id for line in lines(gone)] == ["l2"]
    assert lines(edits.draw_line(gone, "p1", straight(10, 400)))[-1].id == "l4"
    assert edits.remove_lines(project, "p1", []) is project


@given(order=st.permutations(["l1", "l2", "l3", "l4", "l5"]), count=st.integers(1, 5))
def test_lines_that_were_clicked_follow_each_other(order, count):
    made = edits.add_page(Project(), "1.png", 1000, 800)
    for row in range(5):
        made = edits.draw_line(made, "p1", straight(10, 100 + 100 * row))
    clicked = order[:count]
    ids = [line.id for line in lines(edits.order_lines(made, "p1", clicked))]
    start = ids.index(clicked[0])
    assert ids[start : start + count] == clicked
    others = [i for i in ids if i not in clicked[1:]]
    assert others == [i for i in (f"l{n}" for n in range(1, 6)) if i in others]
    step = made
    for n in range(2, count + 1):
        step = edits.order_lines(step, "p1", clicked[:n])
    assert [line.id for line in lines(step)] == ids


# --- regions ---------------------------------------------------------------------


def test_a_region_takes_its_lines_in_and_lets_them_go(project):
    whole = ((0, 0), (999, 0), (999, 799), (0, 799))
    project = edits.add_region(project, "p1", whole)
    project = edits.add_region(project, "p1", BOX, "header")
    assert [line.region for line in lines(project)] == ["r2", "r2", "r1"]
    assert [r.kind for r in project.page("p1").regions] == ["paragraph", "header"]
    smaller = edits.reshape_region(project, "p1", "r2", [(x, y / 2) for x, y in BOX])
    assert [line.region for line in lines(smaller)] == ["r2", "r1", "r1"]
    gone = edits.remove_region(smaller, "p1", "r2")
    assert [line.region for line in lines(gone)] == ["r1", "r1", "r1"]
    none = edits.remove_region(gone, "p1", "r1")
    assert [line.region for line in lines(none)] == ["", "", ""]
    typed = edits.retype_region(project, "p1", "r2", "ignore")
    assert typed.page("p1").regions[1].kind == "ignore"
    assert edits.retype_region(project, "p1", "r2", "header") is project


def test_a_line_that_is_moved_out_of_its_region_leaves_it(project):
    project = edits.add_region(project, "p1", BOX)
    project = edits.put_in_region(project, "p1", ["l3"], "r1")
    far = {"l1": straight(10, 600), "l3": straight(10, 700)}
    moved = edits.reshape_lines(project, "p1", far)
    # A person put the last one there, wherever it lies.
    assert [line.region for line in lines(moved)] == ["", "r1", "r1"]
    back = edits.reshape_lines(moved, "p1", {"l1": straight(10, 100)})
    assert lines(back)[0].region == "r1"


def test_lines_can_be_put_anywhere(project):
    project = edits.add_region(project, "p1", BOX)
    put = edits.put_in_region(project, "p1", ["l3"], "r1")
    assert [line.region for line in lines(put)] == ["r1", "r1", "r1"]
    out = edits.put_in_region(put, "p1", ["l1", "l3"], "")
    assert [line.region for line in lines(out)] == ["", "r1", ""]
    assert edits.put_in_region(project, "p1", ["l1"], "r1") is project


def test_what_is_not_there_raises(project):
    for edit, *rest in (
        (edits.join_lines, ["l1", "l9"]),
        (edits.one_line_per_row, ["l9"]),
        (edits.remove_lines, ["l9"]),
        (edits.order_lines, ["l1", "l9"]),
        (edits.split_line, "l9", (0, 0)),
        (edits.reshape_lines, {"l9": straight(0, 0)}),
        (edits.reshape_region, "r9", BOX),
        (edits.remove_region, "r9"),
        (edits.retype_region, "r9", "header"),
        (edits.put_in_region, ["l1"], "r9"),
        (edits.put_in_region, ["l9"], ""),
    ):
        with pytest.raises(KeyError):
            edit(project, "p1", *rest)
    with pytest.raises(ValueError, match="three"):
        edits.add_region(project, "p1", [(0, 0), (1, 1), (0, 0)])


def test_regions_to_ignore_are_neither_read_nor_exported(project):
    ignored = edits.add_region(project, "p1", BOX, "ignore")
    page = ignored.page("p1")
    assert [line.id for line in page.text_lines] == ["l3"]
    assert page.state == "checked"
    assert page_text(page) == "Kew Gardens today\n"
    assert shapes_to_read(page) == (page.line("l3").shape,)
    found = [straight(10, 104), straight(10, 504)]
    assert shapes_to_read(page, found) == (page.line("l3").shape, found[1])
    everything = edits.retype_region(ignored, "p1", "r1", "paragraph").page("p1")
    assert len(shapes_to_read(everything)) == 3
    all_ignored = edits.put_in_region(ignored, "p1", ["l3"], "r1").page("p1")
    assert (all_ignored.state, page_text(all_ignored)) == ("lines", "")


def test_a_page_without_regions_shares_its_lines():
    page = Page("p1", "1.png", 10, 10, lines=(Line("l1", straight(0, 0)),))
    assert page.text_lines is page.lines
