"""How long teaching where lines are takes, and what memory it needs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hwocr_desktop.app import learning_runs, teaching_forecast
from hwocr_desktop.app.layout_trial import (
    TriedPage,
    forecast_finding,
    try_out_finding,
)
from hwocr_desktop.app.teaching_forecast import Trial
from hwocr_desktop.core import paths
from hwocr_desktop.core.document.document import Project
from hwocr_desktop.core.errors import BadModel
from hwocr_desktop.core.progress import Cancelled, CancelToken
from tests.app.test_layout_teaching import blind as blind

GB = 1024**3
TRIED = TriedPage(Trial(20.0, 2.0, 0.5, 3.0, 0.0, GB), 1_000, 50_000)


@pytest.fixture(autouse=True)
def free(monkeypatch):
    monkeypatch.setattr(teaching_forecast, "free_memory", lambda: 3 * GB)


def test_pages_take_what_their_parts_take():
    forecast = forecast_finding(TRIED, 10, 4, 3.0)
    # Opened once each; measured before, after, and when the time is over.
    assert forecast.expected_s == pytest.approx(20 + 14 * 2 + 180 + 3 * 4 * 3)
    assert forecast.memory_needed == GB + 9 * 1_000 + 3 * 50_000
    assert forecast.passes == 0
    assert not forecast.is_short_of_memory
    # Meanwhile no more than six are measured.
    many = forecast_finding(TRIED, 10, 24, 3.0)
    assert many.expected_s == pytest.approx(20 + 34 * 2 + 180 + (48 + 6) * 3)


@pytest.mark.tf
def test_trying_pages_keeps_nothing(blind):
    reports = []
    request = replace(blind, minutes=2.0)
    forecast = try_out_finding(request, cancel=CancelToken(), report=reports.append)
    assert forecast is not None
    assert forecast.expected_s > 120
    assert forecast.memory_needed is None or forecast.memory_needed > 50_000_000
    assert reports
    assert not any(report.total or report.partial for report in reports)
    assert not learning_runs.is_any_kept()
    assert not (paths.user_data() / "staging").exists()
    token = CancelToken()
    with pytest.raises(Cancelled):
        try_out_finding(request, cancel=token, report=lambda _: token.cancel())


@pytest.mark.tf
def test_pages_that_cannot_be_opened_are_passed_over(blind):
    first, *others = blind.project.pages
    (blind.folder / "damaged.png").write_bytes(b"no picture")
    damaged = replace(first, source="damaged.png")
    project = Project("x", (damaged, *others))
    request = replace(blind, project=project)
    assert try_out_finding(request, cancel=CancelToken()) is not None
    project = Project("x", (damaged, replace(damaged, id="p9", frame=1)))
    request = replace(blind, project=project)
    assert try_out_finding(request, cancel=CancelToken()) is None
    with pytest.raises(BadModel):
        try_out_finding(replace(blind, model="gone"), cancel=CancelToken())


def test_too_few_pages_are_not_tried(blind):
    request = replace(blind, project=Project("x", blind.project.pages[:1]))
    assert try_out_finding(request, cancel=CancelToken()) is None
