"""The training dialog where cleaning is taught, and what it says before it starts."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtTest import QSignalSpy

from hwocr_desktop.app import (
    ink_learning,
    learning,
    learning_trial,
    teaching_forecast,
)
from hwocr_desktop.app.ink_learning import (
    LearnInkResult,
    RegionCompared,
    RegionViews,
)
from hwocr_desktop.app.learning import LeftOutLines
from hwocr_desktop.app.mended_places import survey_ink
from hwocr_desktop.app.teaching_forecast import Trial
from hwocr_desktop.core import paths
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import Cleaning
from hwocr_desktop.core.errors import OutOfMemory
from hwocr_desktop.core.pixels.contact_sheet import error_picture
from hwocr_desktop.core.pixels.mending import BrushStroke
from hwocr_desktop.core.progress import Progress
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.training.step_fit import Measurement
from hwocr_desktop.ui import teaching_run, training_planner, training_trial
from hwocr_desktop.ui.region_pictures import INK, MISSING, TOO_MUCH
from hwocr_desktop.ui.training_dialog import TrainingDialog
from tests.ui.test_training_dialog import (
    looked,
    put_model,
    put_scan,
    put_scans,
    result,
    with_checked_lines,
)

pytestmark = pytest.mark.gui

GB = 1024**3
TRIAL = Trial(30.0, 1.0, 0.4, 10.0, 0.0, 2 * GB)


@pytest.fixture(autouse=True)
def here(monkeypatch):
    """Let stand-ins be called, which another process would not know."""

    def call(function, *arguments, grace, **rest):
        return function(*arguments, **rest)

    for module in (teaching_run, training_trial):
        monkeypatch.setattr(module, "in_own_process", call)
    monkeypatch.setattr(training_trial, "PAUSE_MS", 1)
    monkeypatch.setattr(training_planner, "SETTLE_MS", 1)
    monkeypatch.setattr(learning_trial, "try_ink", lambda *_, **__: TRIAL)
    monkeypatch.setattr(learning_trial, "try_lines", lambda *_, **__: TRIAL)
    monkeypatch.setattr(teaching_forecast, "free_memory", lambda: 9 * GB)


def put_ink_model(name, title, parent=""):
    folder = paths.user_models() / name
    folder.mkdir(parents=True)
    (folder / "model.weights.h5").write_bytes(b"")
    card = {
        "id": name,
        "task": "binarize",
        "title": title,
        "summary": "",
        "licence": "CC0",
        "architecture": {},
        "trained_on": "",
        "parent": parent,
    }
    (folder / "model.json").write_text(json.dumps(card))
    return registry.card(name)


def mended(project, places):
    """Return the project with one more page, mended in so many places."""
    project = edits.add_page(project, f"ink{len(project.pages)}.png", 900, 8000)
    page_id = project.pages[-1].id
    project = edits.set_cleaning(project, page_id, Cleaning("ink", cut=90))
    for number in range(places):
        stroke = BrushStroke("ink", 4.0, ((400.0, 300.0 + 600 * number),))
        project = edits.add_stroke(project, page_id, stroke)
    return project


@pytest.fixture
def dialog(session, qtbot):
    put_ink_model("ink", "Ink of ours")
    put_scans(session.folder)
    for number in range(3):
        put_scan(session.folder / f"ink{number}.png")
    made = TrainingDialog(session)
    qtbot.addWidget(made)
    made.set_card(put_model())
    made.plan.subject.setCurrentIndex(1)
    made.show()
    return made


@pytest.fixture
def ready(dialog, session, qtbot):
    session.commit("x", mended(mended(session.project, 5), 2))
    looked(dialog, qtbot)
    return dialog


def views():
    truth = np.zeros((30, 40), bool)
    truth[10:20, 5:30] = True
    return RegionViews(np.full((30, 40), 200, np.uint8), ~truth, truth, truth)


def taught(gains=(10.0, 12.0, 9.0, 11.0), lost=0):
    regions = tuple(
        RegionCompared(f"mended/p1-{i}", 70.0, 70.0 + gain, views())
        for i, gain in enumerate(gains)
    )
    staged = paths.user_data() / "staging" / "ink-taught"
    after = 70.0 + float(np.mean(gains))
    card = replace(registry.card("ink"), id="x", title="Ours, taught", parent="ink")
    return LearnInkResult(70.0, after, 5, regions, staged, card, lost)


def learn_at_once(outcome, requests):
    def learn(request, *, cancel, report):
        requests.append(request)
        report(Progress(0, 0, "collecting"))
        names = [region.name for region in outcome.regions]
        for step, f in ((0, 70.0), (25, 75.0), (50, 80.0)):
            pages = dict.fromkeys(names, f)
            point = Measurement(step, 60.0 * step, 0.4, f, pages)
            report(Progress(step, 1000 if step else 0, "F", point))
        return outcome

    return learn


def test_without_a_mended_place_it_says_how_to_mend(dialog, qtbot):
    looked(dialog, qtbot)
    assert dialog.plan.lines.text() == "Nothing is mended yet."
    assert "brush (Ctrl+B)" in dialog.plan.warning.text()
    assert not dialog.buttons.start.isEnabled()
    assert "mended with the brush" in dialog.plan.intro.text()
    dialog.plan.subject.setCurrentIndex(0)
    looked(dialog, qtbot)
    assert dialog.plan.lines.text() == "No line is checked yet."
    assert "brush" not in dialog.plan.intro.text()


def test_the_plan_names_places_and_what_is_kept_back(ready, session, qtbot):
    assert ready.plan.lines.text() == "5 of the 7 places that you mended on 2 pages"
    assert ready.plan.test.text().startswith("2 mended places are kept back: nothing")
    assert ready.plan.model.text() == "Ink of ours"
    assert ready.buttons.start.isEnabled()
    session.select_page(session.project.pages[0].id)
    ready.plan.pages.setCurrentIndex(1)
    looked(ready, qtbot)
    assert "on one page" in ready.plan.lines.text()
    assert "on the same page" in ready.plan.test.text()


def test_cleaning_can_be_taught_without_a_model_that_reads(ready, qtbot):
    ready.set_card(None)
    looked(ready, qtbot)
    assert ready.buttons.start.isEnabled()
    ready.plan.subject.setCurrentIndex(0)
    assert not ready.buttons.start.isEnabled()
    assert "no model" in ready.message.text()


def test_a_run_is_shown_judged_kept_and_gone_back_from(
    ready, session, qtbot, monkeypatch
):
    requests = []
    learn = learn_at_once(taught(), requests)
    monkeypatch.setattr(ink_learning, "learn_ink", learn)
    new = put_ink_model("ours", "Ours", parent="ink")
    monkeypatch.setattr(learning, "keep_model", lambda outcome, title: new)
    kept = QSignalSpy(ready.kept)
    ready.buttons.start.click()
    qtbot.waitUntil(lambda: ready.has_undecided_model)
    assert (requests[0].subject, requests[0].model) == ("ink", "ink")
    chart = ready.run_page.chart
    assert [y for _, y in chart.points] == [75.0, 80.0]
    assert "80.0 of 100 points" in chart.accessibleDescription()
    assert "Before, it was 70.0" in ready.run_page.state.text()
    row = [ready.run_page.examples.item(0, i).text() for i in range(3)]
    assert row == ["Place 1", "70.0", "80.0"]
    verdict = ready.verdict
    assert verdict.verdict.text() == "It cleans better now."
    assert "more than chance" in verdict.advice.text()
    assert "79.0 to 82.0 in the 4 places" in verdict.after.text()
    assert verdict.shown.currentWidget() is verdict.places
    assert "Place 2: from 70.0 to 82.0" in verdict.places.accessibleDescription()
    assert ready.buttons.keep.isDefault()
    ready.buttons.keep.click()
    qtbot.waitUntil(lambda: not ready.has_undecided_model)
    assert kept.at(0)[0].id == "ours"
    assert {p.cleaning.method for p in session.project.pages} == {"ours"}
    assert session.project.pages[0].cleaning.cut == 90
    assert "cleans 2 pages from now on" in ready.message.text()
    assert ready.buttons.back.text() == "&Go back to “Ink of ours”"
    ready.buttons.back.click()
    assert {p.cleaning.method for p in session.project.pages} == {"ink"}
    assert kept.at(1)[0].id == "ink"
    assert "in use again" in ready.message.text()
    assert ready.buttons.back.isHidden()
    assert registry.card("ours").title == "Ours"
    session.undo()
    assert {p.cleaning.method for p in session.project.pages} == {"ours"}


def test_a_model_that_cleans_no_page_is_for_the_person_to_choose(
    ready, session, qtbot, monkeypatch
):
    project = session.project
    for page in project.pages:
        project = edits.set_cleaning(project, page.id, Cleaning("otsu"))
    session.commit("x", project)
    new = put_ink_model("ours", "Ours", parent="ink")
    monkeypatch.setattr(learning, "keep_model", lambda outcome, title: new)
    ready.take_result(taught())
    ready.buttons.keep.click()
    qtbot.waitUntil(lambda: not ready.has_undecided_model)
    assert "Choose it below the page" in ready.message.text()
    assert session.project is project
    assert ready.buttons.back.isHidden()


def test_a_line_model_can_be_gone_back_from_too(ready, session, qtbot, monkeypatch):
    new = put_model("hand")
    card = replace(new, parent="lines")
    monkeypatch.setattr(learning, "keep_model", lambda outcome, title: card)
    kept = QSignalSpy(ready.kept)
    ready.take_result(result())
    ready.buttons.keep.click()
    qtbot.waitUntil(lambda: not ready.has_undecided_model)
    ready.buttons.back.click()
    assert [kept.at(i)[0].id for i in range(kept.count())] == ["hand", "lines"]


@pytest.mark.parametrize(
    ("gains", "said", "is_better"),
    [
        ((8.0,), "cleans better", True),
        ((20.0, -3.0, -3.0, -3.0), "may clean a little", False),
        ((0.1, 0.2), "does not clean", False),
    ],
)
def test_the_verdict_is_no_better_than_its_test(ready, gains, said, is_better):
    ready.take_result(taught(gains, lost=1))
    assert said in ready.verdict.verdict.text()
    assert ready.buttons.keep.isDefault() == is_better
    assert ready.buttons.discard.isDefault() != is_better
    if len(gains) == 1:
        assert "one place only" in ready.verdict.advice.text()
    assert "could not be opened" in ready.verdict.left_out.text()


def test_pictures_show_what_is_wrong():
    ink = np.array([[True, True, False, False]])
    truth = np.array([[True, False, True, False]])
    colors = (TOO_MUCH, MISSING, INK)
    ((right, much, missing, paper),) = error_picture(ink, truth, colors).tolist()
    assert tuple(right) == INK
    assert tuple(much) == TOO_MUCH
    assert tuple(missing) == MISSING
    assert min(paper) == 255


def test_the_sheet_draws_each_place(ready, qtbot):
    ready.take_result(taught())
    ready.resize(700, 620)
    sheet = ready.verdict.places.widget()
    qtbot.wait(10)
    picture = sheet.grab().toImage()
    colors = {
        picture.pixelColor(x, y).getRgb()[:3]
        for x in range(0, picture.width(), 2)
        for y in range(0, picture.height(), 2)
    }
    assert TOO_MUCH in colors
    assert sheet.minimumHeight() > 4 * 30


# ----- before it starts ---------------------------------------------------------


def test_it_says_how_long_it_will_take(ready, qtbot):
    qtbot.waitUntil(lambda: "minutes until" in ready.plan.takes.text())
    # 30 s to begin, 2 pages, 5 minutes, and the places kept back four times.
    found = survey_ink(ready.planner.request.project)
    seconds = 30 + 2 + 300 + 4 * 10 * found.held_out_px / 1e6
    assert f"about {round(seconds / 60)} minutes" in ready.plan.takes.text()
    ready.plan.minutes.setValue(60)
    assert "about 61 minutes" in ready.plan.takes.text()
    assert ready.plan.warning.text() == ""


def test_too_little_memory_is_told_before(ready, qtbot, monkeypatch):
    monkeypatch.setattr(teaching_forecast, "free_memory", lambda: GB // 2)
    looked(ready, qtbot)
    qtbot.waitUntil(lambda: "minutes until" in ready.plan.takes.text())
    assert "about 2.0 GB of memory, and only 0.5 GB" in ready.plan.warning.text()
    assert "Close other programs" in ready.plan.warning.text()
    # A system that does not say how much is free is not guessed about.
    monkeypatch.setattr(teaching_forecast, "free_memory", lambda: None)
    looked(ready, qtbot)
    assert ready.plan.warning.text() == ""


def test_a_trial_that_fails_is_told_and_may_be_repeated(
    dialog, session, qtbot, monkeypatch
):
    calls = []

    def fail(request, *, cancel, report):
        calls.append(request)
        raise OutOfMemory("Memory ran short.", "Close other programs.")

    monkeypatch.setattr(learning_trial, "try_ink", fail)
    session.commit("x", mended(session.project, 5))
    qtbot.waitUntil(lambda: "Memory ran short" in dialog.plan.takes.text())
    looked(dialog, qtbot)
    qtbot.wait(30)
    assert len(calls) == 1
    dialog.close()
    dialog.show()
    qtbot.waitUntil(lambda: len(calls) == 2)
    qtbot.waitUntil(lambda: not session.training.is_busy)


@pytest.mark.parametrize("way", ["close", "start"])
def test_a_trial_ends_with_the_plan(dialog, session, qtbot, monkeypatch, way):
    entered, stopped = threading.Event(), []

    def wait(request, *, cancel, report):
        entered.set()
        while not cancel.is_cancelled:
            time.sleep(0.01)
        stopped.append(True)
        cancel.check()

    monkeypatch.setattr(learning_trial, "try_ink", wait)
    monkeypatch.setattr(ink_learning, "learn_ink", learn_at_once(taught(), []))
    session.commit("x", mended(session.project, 5))
    qtbot.waitUntil(entered.is_set)
    (job,) = session.training.jobs
    assert not job.is_asked_for
    assert "find out" in dialog.plan.takes.text()
    if way == "close":
        dialog.close()
    else:
        dialog.buttons.start.click()
        qtbot.waitUntil(lambda: dialog.has_undecided_model)
    qtbot.waitUntil(lambda: not session.training.is_busy)
    assert stopped == [True]


# ----- bad input ----------------------------------------------------------------


def test_a_model_that_was_removed_is_no_crash(dialog, session, qtbot):
    dialog.plan.subject.setCurrentIndex(0)
    project = with_checked_lines(session.project, 20)
    session.commit("x", with_checked_lines(project, 10))
    qtbot.waitUntil(dialog.buttons.start.isEnabled)
    for path in (paths.user_models() / "lines").iterdir():
        path.unlink()
    (paths.user_models() / "lines").rmdir()
    dialog.buttons.start.click()
    qtbot.waitUntil(lambda: not (dialog.is_running or dialog.planner.is_looking))
    assert "no model named “lines”" in dialog.message.text()
    assert not dialog.buttons.start.isEnabled()


def test_contradictions_doubles_and_another_script_are_told(dialog, session, qtbot):
    dialog.plan.subject.setCurrentIndex(0)
    project = with_checked_lines(session.project, 20, "жизнь")
    first = project.pages[0]
    project = with_checked_lines(project, 14, "жизнь")
    other = edits.add_page(project, first.source, 400, 4000)
    lines = [replace(first.lines[0], correction="смерть"), *first.lines[1:3]]
    other = edits.replace_lines(other, other.pages[-1].id, lines)
    session.commit("x", other)
    qtbot.waitUntil(dialog.buttons.start.isEnabled)
    said = dialog.plan.warning.text()
    assert "2 lines are left out: they show the same piece of a scan" in said
    assert "2 lines are left out: others show the same" in said
    assert "letters that this model has never seen" in said
    assert "ж" in said
    qtbot.waitUntil(lambda: "until you see" in dialog.plan.takes.text())


def test_lines_that_were_left_out_are_told_in_the_verdict(ready):
    outcome = replace(result(), left_out=LeftOutLines(3, 1, 0, 6, 4))
    ready.take_result(outcome)
    said = ready.verdict.left_out.text()
    assert "10 checked lines were left out: their scan could not be" in said
    assert "no writing where they are (1)" in said
    assert "others show the same (2)" in said
    assert "others show the same with another text (4)" in said
    assert "too long" not in said
