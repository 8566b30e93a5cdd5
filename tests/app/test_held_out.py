"""What is held out: enough of it, whole pages, and nothing that was learned before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.app.held_out import part_lines, split_pages
from hwocr_desktop.app.learning_lines import MIN_LINES, checked_lines, choose_lines
from hwocr_desktop.core.document.document import Line, Page, Project
from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.core.text.bootstrap import LEAST_TO_TELL

FATES = st.sampled_from(["learned", "held out", "new"])
COUNTS = st.lists(st.integers(1, 45), min_size=1, max_size=9)


def shape(y):
    return LineShape(((10, y), (180, y)), ((10, y - 40), (180, y), (10, y)), 42, 22)


def project_of(counts):
    pages = []
    for number, count in enumerate(counts):
        lines = tuple(
            Line(f"l{i}", shape(50 + 70 * i), correction="abc", checked=True)
            for i in range(count)
        )
        pages.append(Page(f"p{number}", f"{number}.png", 200, 4000, lines=lines))
    return Project("Letters", tuple(pages))


def named(items):
    return {(page.id, line.id) for page, line in items}


@given(COUNTS.filter(lambda counts: sum(counts) >= MIN_LINES))
def test_enough_is_held_out_to_tell_and_half_at_most(counts):
    chosen = choose_lines(project_of(counts))
    total = sum(counts)
    assert len(chosen.held_out) >= max(LEAST_TO_TELL, 0.1 * total)
    assert len(chosen.held_out) <= 0.5 * total
    assert len(chosen.train) + len(chosen.held_out) == total
    assert not named(chosen.train) & named(chosen.held_out)
    sides = [{page.id for page, _ in side} for side in (chosen.train, chosen.held_out)]
    assert (chosen.split == "page") == (not sides[0] & sides[1])
    assert chosen.tested_pages == len(sides[1])


@pytest.mark.parametrize(
    ("counts", "held", "split"),
    [
        ((45, 45, 1), 45, "page"),
        ((40, 45, 1), 40, "page"),
        ((45, 1), 9, "line"),
        ((60,), 12, "line"),
        ((5, 5, 5), 6, "line"),
        ((10,) * 10, 20, "page"),
    ],
)
def test_a_project_is_not_judged_on_a_line(counts, held, split):
    chosen = choose_lines(project_of(counts))
    assert (len(chosen.held_out), chosen.split) == (held, split)


@given(st.data(), COUNTS)
def test_nothing_that_was_learned_is_held_out(data, counts):
    items = checked_lines(project_of(counts))
    fates = data.draw(st.lists(FATES, min_size=len(items), max_size=len(items)))
    train, held, split = part_lines(items, fates)
    assert not named(train) & named(held)
    learned = named(
        i for i, fate in zip(items, fates, strict=True) if fate == "learned"
    )
    if split == "known":
        assert learned == named(items)
        return
    assert not learned & named(held)
    assert learned <= named(train)
    if split == "page":
        pages = {page_id for page_id, _ in learned | named(train)}
        assert not pages & {page.id for page, _ in held}
        assert len(held) >= min(LEAST_TO_TELL, len(items) // 2)


@given(
    st.lists(st.sampled_from(["learned", "held out", "new"]), min_size=4, max_size=9)
)
def test_pages_held_out_before_stay_held_out(kinds):
    items = checked_lines(project_of([10] * len(kinds)))
    fates = [kinds[int(page.id[1:])] for page, _ in items]
    kept = {f"p{i}" for i, kind in enumerate(kinds) if kind == "held out"}
    new = {f"p{i}" for i, kind in enumerate(kinds) if kind == "new"}
    _, held, split = part_lines(items, fates)
    if kept and len(kept) <= len(kinds) / 2:
        assert split == "page"
        assert {page.id for page, _ in held} >= kept
        # What was checked since is there to be learned, most of it.
        assert len({page.id for page, _ in held} & new) <= len(new) / 2


def test_what_is_new_on_one_page_is_learned_too():
    items = checked_lines(project_of([25, 25]))
    first, second = (
        [i for i, (page, _) in enumerate(items) if page.id == page_id]
        for page_id in ("p0", "p1")
    )
    kept = second[2::5]
    fates = ["new"] * len(first) + [
        "held out" if i in kept else "learned" for i in second
    ]
    train, held, split = part_lines(items, fates)
    assert split == "line"
    assert {i for i, item in enumerate(items) if item in held} & {*second} == {*kept}
    assert len([1 for page, _ in train if page.id == "p0"]) >= 12
    assert len(held) >= LEAST_TO_TELL


def test_nothing_and_one_line():
    assert part_lines([], []) == ([], [], "line")
    (one,) = checked_lines(project_of([1]))
    assert part_lines([one], ["new"]) == ([one], [], "line")
    assert part_lines([one], ["learned"]) == ([one], [], "known")


@given(st.lists(st.integers(1, 9), min_size=2, max_size=9))
def test_mended_places_are_parted_by_page_whatever_there_is(counts):
    train, held = split_pages(checked_lines(project_of(counts)))
    assert train
    assert held
    assert not {page.id for page, _ in train} & {page.id for page, _ in held}
