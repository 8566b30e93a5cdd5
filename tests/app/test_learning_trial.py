"""How long a teaching takes and what memory it needs, from a short trial."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hwocr_desktop.app import learning_runs, learning_trial, teaching_forecast
from hwocr_desktop.app.learning_lines import LearnSurvey
from hwocr_desktop.app.learning_request import LearnRequest
from hwocr_desktop.app.learning_trial import try_ink, try_lines, try_out
from hwocr_desktop.app.mended_places import InkSurvey
from hwocr_desktop.app.teaching_forecast import (
    Forecast,
    Trial,
    forecast_ink,
    forecast_lines,
)
from hwocr_desktop.core import paths
from hwocr_desktop.core.document.document import Project
from hwocr_desktop.core.errors import TrainingDataMissing
from hwocr_desktop.core.progress import Cancelled, CancelToken
from tests.app.test_ink_learning import mended as mended
from tests.app.test_learning import corrected as corrected
from tests.app.test_learning import drawn as drawn

GB = 1024**3
TRIAL = Trial(20.0, 0.5, 0.5, 0.2, 1000.0, GB)


@pytest.fixture(autouse=True)
def free(monkeypatch):
    monkeypatch.setattr(teaching_forecast, "free_memory", lambda: 3 * GB)


def test_lines_take_what_their_parts_take():
    found = LearnSurvey(120, 100, 20, "page", "", 6)
    # 100 lines of 1000 columns are 27 batches of 4000, not quite full.
    forecast = forecast_lines(TRIAL, found, 4.5)
    assert forecast.passes == pytest.approx(270 / (27 * 0.5))
    # The test before, after, and as often as the training measures itself.
    assert forecast.expected_s == pytest.approx(20 + 3 + 270 + 22 * 20 * 0.2)
    assert forecast.memory_needed == GB + 120 * 1000 * 64
    assert not forecast.is_short_of_memory
    mixed = forecast_lines(TRIAL, found, 4.5, is_mixed=True)
    assert mixed.passes == pytest.approx(forecast.passes / 2, rel=0.1)
    longer = forecast_lines(TRIAL, found, 9.0)
    assert longer.passes == pytest.approx(2 * forecast.passes)
    many = forecast_lines(TRIAL, replace(found, train_lines=4000), 4.5)
    assert many.passes < 1
    assert many.expected_s < forecast.expected_s  # it is measured less often


def test_ink_takes_what_its_parts_take():
    found = InkSurvey(8, 6, 2, "page", 2, 1_500_000)
    forecast = forecast_ink(TRIAL, found, 3.0)
    assert forecast.expected_s == pytest.approx(20 + 1 + 180 + 4 * 1.5 * 0.2)
    assert forecast.passes == 0


def test_memory_is_judged_only_where_it_is_known():
    for needed, there, is_short in (
        (2, 1, True),
        (1, 2, False),
        (None, 1, False),
        (2, None, False),
    ):
        assert Forecast(1.0, 1.0, needed, there).is_short_of_memory == is_short
    assert "memory" not in str(Forecast(90.0, 0.0, None, None))
    said = str(Forecast(90.0, 2.5, 2_000_000_000, 1_000_000_000))
    assert said.startswith("about 1.5 minutes")
    assert "2.0 GB of memory, 1.0 GB are free" in said


@pytest.mark.tf
def test_trying_lines_keeps_nothing(corrected):
    reports = []
    trial = try_lines(corrected, cancel=CancelToken(), report=reports.append)
    assert trial.start_s > 0
    assert trial.batch_s > 0
    assert trial.measure_s > 0
    assert trial.width_px > 50
    assert trial.memory is None or trial.memory > 50_000_000
    assert reports
    assert not any(report.total or report.partial for report in reports)
    assert not learning_runs.is_any_kept()
    assert not (paths.user_data() / "staging").exists()
    forecast = try_out(corrected, cancel=CancelToken())
    assert forecast is not None
    assert forecast.expected_s > 60 * corrected.minutes
    token = CancelToken()
    with pytest.raises(Cancelled):
        try_lines(corrected, cancel=token, report=lambda _: token.cancel())


@pytest.mark.tf
def test_lines_that_cannot_be_used_are_not_tried(corrected):
    pages = [
        replace(page, lines=tuple(replace(x, correction="a" * 999) for x in page.lines))
        for page in corrected.project.pages
    ]
    project = replace(corrected.project, pages=tuple(pages))
    request = replace(corrected, project=project)
    with pytest.raises(TrainingDataMissing, match="None of the lines"):
        try_lines(request, cancel=CancelToken())
    assert try_out(request, cancel=CancelToken()) is None


def test_lines_whose_scans_are_gone_take_no_time(drawn, monkeypatch):
    first = drawn.project.pages[0]
    gone = [replace(first, id=f"x{i}", source=f"x{i}.png") for i in range(9)]
    more = replace(drawn.project, pages=(*gone, *drawn.project.pages))
    request = replace(drawn, project=more)
    opened = []

    def note(folder, lines, cancel):
        opened.extend(page.source for page, _ in lines)
        return [], len(lines)

    monkeypatch.setattr(learning_trial, "crop_lines", note)
    with pytest.raises(TrainingDataMissing):
        try_lines(request, cancel=CancelToken())
    assert set(opened) <= {"0.png", "1.png"}
    monkeypatch.setattr(learning_trial, "try_lines", lambda *_, **__: TRIAL)
    usual = try_out(drawn, cancel=CancelToken())
    assert try_out(request, cancel=CancelToken()) == usual


@pytest.mark.tf
def test_trying_ink_keeps_nothing(mended):
    trial = try_ink(mended, cancel=CancelToken())
    assert trial.batch_s > 0
    assert trial.measure_s > 0
    assert not learning_runs.is_any_kept()
    forecast = try_out(replace(mended, minutes=2.0), cancel=CancelToken())
    assert forecast is not None
    assert forecast.expected_s > 120
    (page,) = mended.project.pages
    lost = Project("x", (replace(page, source="gone.png"),))
    with pytest.raises(TrainingDataMissing, match="places"):
        try_ink(replace(mended, project=lost), cancel=CancelToken())


@pytest.mark.parametrize("subject", ["lines", "ink"])
def test_too_little_is_not_tried(subject, tmp_path):
    few = LearnRequest(Project("x"), tmp_path, (), "none", subject=subject)
    assert try_out(few, cancel=CancelToken()) is None
