"""Lines that nobody has checked: which of a project are learned from, and when."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.app import unchecked_lines as module
from hwocr_desktop.app.learning import discard_model, learn_lines, run_of
from hwocr_desktop.app.learning_lines import choose_lines
from hwocr_desktop.app.learning_trial import try_lines
from hwocr_desktop.app.teaching_forecast import forecast_lines
from hwocr_desktop.app.teaching_plan import KnownScans, plan_teaching
from hwocr_desktop.app.unchecked_lines import lines_to_read, unchecked_lines
from hwocr_desktop.core.document.document import IGNORED, Line, Page, Project, Region
from hwocr_desktop.core.progress import CancelToken, ignore_progress
from hwocr_desktop.core.text.language import build_language
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.languages import install_language
from tests.app.test_learning import corrected as corrected
from tests.app.test_learning import drawn as drawn
from tests.app.test_learning import shape
from tests.app.test_learning_trial import TRIAL

KINDS = {
    "found": {},
    "typed": {"correction": "abc"},
    "checked": {"correction": "abc", "checked": True},
    "printed": {"kind": "printed"},
}


def page_of(number, kinds):
    lines = tuple(
        Line(f"l{i}", shape(64 * i + 42), **KINDS[kind]) for i, kind in enumerate(kinds)
    )
    return Page(f"p{number}", f"{number}.png", 220, 2000, lines=lines)


pages = st.lists(st.lists(st.sampled_from(sorted(KINDS)), max_size=20), max_size=9)


@given(pages, st.sets(st.integers(0, 8)), st.sets(st.integers(0, 8)), st.data())
def test_they_are_found_unchecked_and_of_the_pages_wanted(counts, wanted, tested, data):
    project = Project("x", tuple(page_of(i, kinds) for i, kinds in enumerate(counts)))
    most = data.draw(st.integers(1, 30))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MOST_UNCHECKED", most)
        patch.setattr(module, "MOST_PAGES", 4)
        chosen = unchecked_lines(
            project, [f"p{i}" for i in wanted], {f"p{i}" for i in tested}
        )
    fit = [
        (page, line)
        for i, page in enumerate(project.pages)
        if i not in tested and (not wanted or i in wanted)
        for line in page.lines
        if not line.checked and line.kind != "printed"
    ]
    places = [fit.index(item) for item in chosen]
    assert places == sorted(set(places))
    assert len({page.id for page, _ in chosen}) <= 4
    if len({page.id for page, _ in fit}) <= 4:
        assert len(chosen) == min(most, len(fit))


def test_what_is_to_be_ignored_is_not_read():
    page = page_of(0, ["found"] * 3)
    region = Region("r", ((0, 70), (200, 70), (200, 120), (0, 120)), IGNORED)
    first, second, third = page.lines
    lines = (first, replace(second, region="r"), third)
    page = replace(page, regions=(region,), lines=lines)
    chosen = unchecked_lines(Project("x", (page,)), (), ())
    assert [line.id for _, line in chosen] == ["l0", "l2"]


def with_unchecked(request, per_page=12):
    """Return the request with two more pages of found lines, of the same scans."""
    more = []
    for page in request.project.pages:
        lines = tuple(Line(f"u{i}", shape(64 * (i % 9) + 42)) for i in range(per_page))
        more.append(replace(page, id=f"{page.id}-more", lines=lines))
        more.append(replace(page, lines=(*page.lines, *lines[:3])))
    project = replace(request.project, pages=tuple(more))
    return replace(request, project=project)


def test_none_of_a_page_that_is_tested_and_none_where_there_are_few(drawn):
    request = with_unchecked(drawn)
    chosen = choose_lines(request.project)
    (tested,) = {page.id for page, _ in chosen.held_out}
    found = lines_to_read(request, chosen)
    assert len(found) == 2 * 12 + 3
    assert tested not in {page.id for page, _ in found}
    assert lines_to_read(replace(request, unchecked=False), chosen) == []
    assert lines_to_read(replace(request, subject="words"), chosen) == []
    few = with_unchecked(drawn, 3)
    assert len(unchecked_lines(few.project, (), {tested})) == 9
    assert lines_to_read(few, choose_lines(few.project)) == []
    # On one page alone, single lines are held out, and the rest of it is read.
    (first, *_) = [p for p in request.project.pages if p.id == "p0"]
    first = replace(
        first,
        lines=(
            *first.lines,
            *(replace(x, id=f"v{x.id}") for x in request.project.pages[0].lines),
        ),
    )
    alone = replace(request, project=Project("x", (first,)))
    assert len(lines_to_read(alone, choose_lines(alone.project))) == 3 + 12


def test_what_it_takes_is_foreseen(drawn):
    request = with_unchecked(drawn)
    found = plan_teaching(request, KnownScans(), cancel=CancelToken())
    assert found.unread == []  # the model has no language to read them with
    lines = lines_to_read(request, choose_lines(request.project))
    slow = replace(TRIAL, read_s=2.0)
    usual = forecast_lines(slow, found.found, 5.0)
    more = forecast_lines(slow, found.found, 5.0, unread=lines)
    pages_opened = 3
    assert more.expected_s == pytest.approx(
        # Read twice, and its pages opened; but with fewer passes it measures less.
        usual.expected_s
        + 2 * len(lines) * 2.0
        + pages_opened * TRIAL.page_s
        - (min(20, usual.passes) - min(20, more.passes))
        * found.found.held_out_lines
        * TRIAL.measure_s,
        abs=TRIAL.measure_s * found.found.held_out_lines,
    )
    assert more.passes < usual.passes
    assert more.memory_needed > usual.memory_needed


def test_with_and_without_them_are_two_teachings(drawn):
    alone = replace(drawn, unchecked=False)
    assert run_of(drawn) == run_of(replace(drawn, minutes=9.0)) != run_of(alone)


@pytest.mark.tf
def test_a_model_with_a_language_learns_from_them_and_says_so(corrected):
    request = with_unchecked(corrected)
    result = learn_lines(request, cancel=CancelToken(), report=ignore_progress)
    assert result.unchecked == 0
    discard_model(result)
    install_language(registry.card("tiny"), build_language("ab ba abd. A dab.\n" * 9))
    reports = []
    result = learn_lines(request, cancel=CancelToken(), report=reports.append)
    assert result.unchecked == 27
    assert "and 27 as it read them itself" in result.card.trained_on
    planned = plan_teaching(request, KnownScans(), cancel=CancelToken())
    assert len(planned.unread) == 27
    assert try_lines(request, cancel=CancelToken()).read_s > 0
    only = replace(request, unchecked=False)
    result = learn_lines(only, cancel=CancelToken(), report=ignore_progress)
    assert result.unchecked == 0
    assert "itself" not in result.card.trained_on
