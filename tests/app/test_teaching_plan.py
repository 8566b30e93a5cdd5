"""What a teaching would learn from if it began now, looked up beside the window."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from hwocr_desktop.app import learning_runs, teaching, teaching_plan
from hwocr_desktop.app.learning_lines import survey
from hwocr_desktop.app.learning_request import without_lost_pages
from hwocr_desktop.app.teaching_plan import KnownScans, TeachingPlan, plan_teaching
from hwocr_desktop.core.document.document import Page
from hwocr_desktop.core.errors import BadModel
from hwocr_desktop.core.progress import Cancelled, CancelToken
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.ml import registry
from tests.app.test_ink_learning import mended as mended
from tests.app.test_learning import drawn as drawn


def plan_of(request, known=None):
    found = plan_teaching(request, known or KnownScans(), cancel=CancelToken())
    assert isinstance(found, TeachingPlan)
    return found


def with_lost_page(request):
    """Return a request with one more page, whose scan is gone."""
    first = request.project.pages[0]
    lost = replace(first, id="lost", source="lost.png", lines=first.lines[:5])
    pages = (*request.project.pages, lost)
    return replace(request, project=replace(request.project, pages=pages))


def test_it_counts_as_the_teaching_does(drawn):
    request = with_lost_page(drawn)
    plan = plan_of(request)
    there, (lost,) = without_lost_pages(request)
    card = registry.card("tiny")
    assert plan.found == survey(there.project, (), Charset(card.charset))
    assert plan.found.lines == 18
    assert plan.unseen == len(lost.lines)
    assert plan.request is request
    assert plan.card == card
    assert plan_of(drawn).unseen == 0
    only = plan_of(replace(request, page_ids=("lost",)))
    assert (only.found.lines, only.unseen) == (0, 5)


def test_mended_places_are_counted_too(mended):
    request = replace(mended, model="")
    plan = plan_of(request)
    assert plan.request.model == mended.model
    assert plan.found.regions > 0
    (page,) = mended.project.pages
    gone = replace(request.project, pages=(replace(page, source="gone.png"),))
    lost = plan_of(replace(request, project=gone))
    assert (lost.found.regions, lost.unseen) == (0, plan.found.regions)


def test_an_interrupted_teaching_is_found_though_scans_are_gone(drawn):
    request = with_lost_page(drawn)
    run = teaching.run_of(request)
    state = np.array(json.dumps({"minutes": 3.5}))
    np.savez(learning_runs.begin(run, 30.0), state=state)
    plan = plan_of(request)
    assert (plan.minutes_done, plan.minutes_planned) == (3.5, 30.0)


def test_the_search_for_scans_comes_in_parts(drawn, monkeypatch):
    monkeypatch.setattr(teaching_plan, "SEARCH_S", -1.0)
    request = with_lost_page(drawn)
    known = KnownScans()
    found = plan_teaching(request, known, cancel=CancelToken())
    assert isinstance(found, KnownScans)
    assert not found.there
    monkeypatch.setattr(teaching_plan, "SEARCH_S", 60.0)
    asked = []
    look = teaching_plan.resolve_source

    def note(folder, page):
        asked.append(page.source)
        return look(folder, page)

    monkeypatch.setattr(teaching_plan, "resolve_source", note)
    plan = plan_of(request, found)
    assert asked == ["0.png", "1.png", "lost.png"]
    # What is known is not looked for again.
    assert plan_of(request, plan.scans).unseen == 5
    assert len(asked) == 3


def test_pages_that_teach_nothing_are_not_looked_for(drawn, monkeypatch):
    pages = (*drawn.project.pages, Page("p9", "nowhere.png", 9, 9))
    request = replace(drawn, project=replace(drawn.project, pages=pages))
    plan = plan_of(request)
    assert {source for _, source, _ in plan.scans.there} == {"0.png", "1.png"}


def test_it_can_be_stopped_and_a_model_that_is_gone_is_told(drawn):
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        plan_teaching(drawn, KnownScans(), cancel=token)
    with pytest.raises(BadModel, match="no model named"):
        plan_of(replace(drawn, model="gone"))
