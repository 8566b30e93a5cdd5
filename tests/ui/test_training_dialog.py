"""The training dialog: says what it learns from, runs aside, keeps or discards."""

import json
import math
import threading
import time
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from hwocr_desktop.app import learning, learning_runs, learning_trial, teaching
from hwocr_desktop.app.learning import MIN_LINES, LearnResult, LearnSurvey
from hwocr_desktop.app.learning_lines import choose_lines
from hwocr_desktop.app.teaching_forecast import Trial
from hwocr_desktop.core import paths
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import Character, Line, Reading
from hwocr_desktop.core.errors import OutputNotWritable, TrainingDataMissing
from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.core.progress import Progress
from hwocr_desktop.core.text.bootstrap import LEAST_TO_TELL
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.core.text.text_metrics import ErrorRate
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.training.fine_tune import LineComparison
from hwocr_desktop.ml.training.line_run import READING, FitPoint
from hwocr_desktop.ui import teaching_run, training_planner, training_trial
from hwocr_desktop.ui.training_chart import TrainingChart
from hwocr_desktop.ui.training_dialog import TrainingDialog
from hwocr_desktop.ui.training_plan import PlanPage
from hwocr_desktop.ui.training_run_page import RunPage
from hwocr_desktop.ui.training_verdict import ResultPage
from tests.pages_drawn import write_image

pytestmark = pytest.mark.gui

TRIAL = Trial(20.0, 0.5, 0.4, 0.1, 500.0, 1_400_000_000)
MANY = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch):
    """Let the stand-ins below be called: another process would not know them."""

    def here(function, *arguments, grace, **rest):
        return function(*arguments, **rest)

    monkeypatch.setattr(teaching_run, "in_own_process", here)
    monkeypatch.setattr(training_trial, "in_own_process", here)
    monkeypatch.setattr(training_trial, "PAUSE_MS", 20)
    monkeypatch.setattr(training_planner, "SETTLE_MS", 1)
    monkeypatch.setattr(learning_trial, "try_lines", lambda *_, **__: TRIAL)
    monkeypatch.setattr(learning_trial, "try_ink", lambda *_, **__: TRIAL)


def reading_of(text, model="lines"):
    characters = tuple(Character(c, 0.9, 0, 1) for c in text)
    return Reading(characters, model)


def put_model(name="lines", charset=" abcdefghij", title="English lines"):
    folder = paths.user_models() / name
    folder.mkdir(parents=True)
    card = {
        "id": name,
        "task": "recognize-lines",
        "title": title,
        "summary": "",
        "licence": "CC0",
        "architecture": {},
        "trained_on": "",
        "charset": charset,
    }
    (folder / "model.json").write_text(json.dumps(card))
    (folder / "model.weights.h5").write_bytes(b"")
    return registry.card(name)


def put_scans(folder):
    """Put files where the pages of `with_checked_lines` are looked for."""
    for number in range(6):
        put_scan(folder / f"scan{number}.png")


def put_scan(path):
    """Put a small picture there, which stands for a scan."""
    write_image(path, np.full((8, 8), 230, np.uint8))


def with_checked_lines(project, count, text="abc"):
    """Return the project with one more page of checked lines."""
    project = edits.add_page(project, f"scan{len(project.pages)}.png", 400, 4000)
    lines = []
    for i in range(count):
        y = 40.0 + 50 * i
        box = ((20.0, y - 24), (300.0, y - 24), (300.0, y + 10), (20.0, y + 10))
        shape = LineShape(((20.0, y), (300.0, y)), box, 24.0, 12.0)
        lines.append(Line(f"l{i + 1}", shape, correction=text, checked=True))
    return edits.replace_lines(project, project.pages[-1].id, lines)


@pytest.fixture
def dialog(session, qtbot):
    made = TrainingDialog(session)
    qtbot.addWidget(made)
    put_scans(session.folder)
    made.set_card(put_model())
    made.show()
    return made


def looked(dialog, qtbot):
    """Let the dialog look what there is to learn, and wait until it has found it."""
    dialog.planner.look()
    qtbot.waitUntil(lambda: not dialog.planner.is_looking)
    return dialog.planner


@pytest.fixture
def ready(dialog, session, qtbot):
    """Return the dialog with lines enough on two pages."""
    project = with_checked_lines(session.project, 20)
    session.commit("x", with_checked_lines(project, 10))
    looked(dialog, qtbot)
    return dialog


def result(better=True, after=50):
    return LearnResult(
        ErrorRate(100, 1000),
        ErrorRate(after, 1000),
        (8.1, 12.2),
        (3.9, 6.4),
        better,
        (LineComparison("right", "wrung", "right"),) * LEAST_TO_TELL,
        paths.user_data() / "staging" / "x",
        registry.card("lines"),
    )


def learn_at_once(outcome):
    def learn(request, *, cancel, report):
        report(Progress(0, 0, "collecting"))
        for i, wrong in enumerate((12.0, 8.0, 5.0)):
            point = FitPoint(
                i + 1, i + 1, 0.1 * i, 1.0, {"all": wrong}, (("read", "truth"),)
            )
            report(Progress(i + 1, 3, "pass", point))
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return learn


def test_too_few_lines_are_said_with_the_number_needed(dialog, session, qtbot):
    session.commit("x", with_checked_lines(session.project, MIN_LINES - 1))
    looked(dialog, qtbot)
    assert not dialog.buttons.start.isEnabled()
    assert str(MIN_LINES - 1) in dialog.plan.lines.text()
    assert str(MIN_LINES) in dialog.plan.warning.text()


def test_the_plan_says_what_is_learned_from_and_what_is_kept_back(ready, session):
    assert ready.buttons.start.isEnabled()
    found = learning.survey(session.project, (), Charset("abc"))
    train, test = found.train_lines, found.held_out_lines
    said = f"{train} of the 30 lines that you checked on 2 pages"
    assert ready.plan.lines.text() == said
    assert ready.plan.test.text().startswith(
        f"{test} checked lines are kept back on one page: no"
    )
    assert ready.plan.model.text() == "English lines"
    assert ready.plan.warning.text() == ""


def test_the_plan_follows_what_is_checked_meanwhile(ready, session, qtbot):
    session.undo()
    qtbot.waitUntil(lambda: not ready.buttons.start.isEnabled())
    session.redo()
    qtbot.waitUntil(ready.buttons.start.isEnabled)


def test_one_page_alone_can_be_learned_from(ready, session, qtbot):
    session.select_page(session.project.pages[0].id)
    ready.plan.pages.setCurrentIndex(1)
    looked(ready, qtbot)
    assert "on one page" in ready.plan.lines.text()
    assert "single lines of pages that are" in ready.plan.test.text()


def test_new_characters_are_named(ready, qtbot):
    ready.set_card(put_model("small", " bdefg"))
    looked(ready, qtbot)
    assert "a  c\n" in ready.plan.warning.text()


@pytest.mark.parametrize(
    ("new", "named"),
    [
        ("\u0301\u00ad", "\u25cc\u0301  U+00AD\n"),  # neither is seen by itself
        (MANY[:40] + " ", f"{'  '.join(MANY[:40])}\n"),
        (MANY[:41], f"{'  '.join(MANY[:40])} …\n"),
        (" ", ""),
    ],
)
def test_new_characters_are_named_so_that_they_are_seen(qtbot, new, named):
    page = PlanPage()
    qtbot.addWidget(page)
    found = LearnSurvey(30, 20, 10, "page", new, pages=2, new_in=3)
    page.show_survey(found, "A model")
    assert named in page.warning.text()
    assert ("new to the model" in page.warning.text()) == bool(named)


def test_lines_that_nobody_has_checked_are_told(ready, qtbot):
    page, verdict = PlanPage(), ResultPage()
    found = LearnSurvey(30, 20, 10, "page", "", pages=2)
    for widget in (page, verdict):
        qtbot.addWidget(widget)
    page.show_survey(found, "A model", 40)
    assert "reads 40 lines that nobody has checked" in page.lines.text()
    page.show_survey(found, "A model")
    assert "nobody" not in page.lines.text()
    for lines, is_told in ((40, True), (0, False)):
        verdict.show_result(replace(result(), unchecked=lines), "A model")
        assert ("read 40 lines that nobody" in verdict.left_out.text()) == is_told


def test_without_a_model_nothing_can_be_taught(ready):
    ready.set_card(None)
    assert not ready.buttons.start.isEnabled()
    assert "no model" in ready.message.text()


def test_a_run_is_shown_and_judged(ready, session, qtbot, monkeypatch):
    monkeypatch.setattr(learning, "learn_lines", learn_at_once(result()))
    requests = []
    learn = learning.learn_lines

    def note(request, **rest):
        requests.append(request)
        return learn(request, **rest)

    monkeypatch.setattr(learning, "learn_lines", note)
    ready.plan.minutes.setValue(7)
    ready.buttons.start.click()
    assert ready.pages.currentWidget() is ready.run_page
    qtbot.waitUntil(lambda: ready.has_undecided_model)
    assert requests[0].minutes == 7
    assert requests[0].model == "lines"
    assert requests[0].project is session.project
    assert [y for _, y in ready.run_page.chart.points] == [12.0, 8.0, 5.0]
    assert ready.run_page.examples.item(0, 0).text() == "truth"
    assert ready.pages.currentWidget() is ready.verdict
    assert ready.verdict.verdict.text() == "It reads better now."
    assert "between 8 and 12" in ready.verdict.before.text()
    assert "about 5 wrong characters in 100" in ready.verdict.after.text()
    assert ready.buttons.keep.isDefault()


def test_the_chart_knows_where_it_began(ready, session, qtbot, monkeypatch):
    project = session.project
    for page in project.pages:
        readings = {line.id: reading_of("abx") for line in page.lines}
        project = edits.set_readings(project, page.id, readings)
    session.commit("x", project)
    monkeypatch.setattr(learning, "learn_lines", learn_at_once(result()))
    ready.buttons.start.click()
    qtbot.waitUntil(lambda: ready.has_undecided_model)
    assert ready.run_page.chart._before == pytest.approx(100 / 3)
    assert "Before, it was about 33" in ready.run_page.state.text()


@pytest.mark.parametrize(
    ("after", "said"), [(90, "may read a little"), (100, "not read"), (120, "not read")]
)
def test_no_proof_is_no_recommendation(ready, qtbot, monkeypatch, after, said):
    outcome = result(better=False, after=after)
    monkeypatch.setattr(learning, "learn_lines", learn_at_once(outcome))
    ready.buttons.start.click()
    qtbot.waitUntil(lambda: ready.has_undecided_model)
    assert said in ready.verdict.verdict.text()
    assert ready.buttons.discard.isDefault()


def test_kept_under_the_name_given(ready, qtbot, monkeypatch):
    monkeypatch.setattr(learning, "learn_lines", learn_at_once(result()))
    kept = []

    def keep(outcome, title):
        kept.append(title)
        return registry.card("lines")

    monkeypatch.setattr(learning, "keep_model", keep)
    ready.buttons.start.click()
    qtbot.waitUntil(lambda: ready.has_undecided_model)
    ready.verdict.name.setText("  Hooker's hand ")
    with qtbot.waitSignal(ready.kept) as caught:
        ready.buttons.keep.click()
    assert kept == ["Hooker's hand"]
    assert caught.args[0].id == "lines"
    assert not ready.has_undecided_model
    assert ready.pages.currentWidget() is ready.plan


def test_discarded(ready, qtbot, monkeypatch):
    monkeypatch.setattr(learning, "learn_lines", learn_at_once(result()))
    discarded = []
    monkeypatch.setattr(learning, "discard_model", discarded.append)
    ready.buttons.start.click()
    qtbot.waitUntil(lambda: ready.has_undecided_model)
    ready.buttons.discard.click()
    qtbot.waitUntil(lambda: not ready.has_undecided_model)
    assert len(discarded) == 1
    assert "discarded" in ready.message.text()


def test_a_model_that_cannot_be_kept_can_be_kept_again(ready, qtbot, monkeypatch):
    monkeypatch.setattr(learning, "learn_lines", learn_at_once(result()))

    def full(outcome, title):
        raise OutputNotWritable("The disk is full.", "Free some space.")

    monkeypatch.setattr(learning, "keep_model", full)
    ready.buttons.start.click()
    qtbot.waitUntil(lambda: ready.has_undecided_model)
    ready.buttons.keep.click()
    qtbot.waitUntil(lambda: "disk is full" in ready.message.text())
    assert ready.has_undecided_model
    assert ready.buttons.keep.isEnabled()


def test_cancelled_within_a_second(ready, session, qtbot, monkeypatch):
    entered = threading.Event()

    def learn(request, *, cancel, report):
        report(Progress(1, 1000, "pass"))
        entered.set()
        while True:
            cancel.check()
            time.sleep(0.02)

    monkeypatch.setattr(learning, "learn_lines", learn)
    ready.buttons.start.click()
    qtbot.waitUntil(entered.is_set)
    started = time.monotonic()
    ready.buttons.cancel.click()
    qtbot.waitUntil(lambda: not ready.is_running)
    assert time.monotonic() - started < 1
    assert "cancelled" in ready.message.text()
    qtbot.waitUntil(ready.buttons.start.isEnabled)
    qtbot.waitUntil(lambda: not session.training.is_busy)


def planned(dialog, qtbot):
    return looked(dialog, qtbot).request


def keep_checkpoint(request, minutes, of=0.0):
    """Leave what a training of the request leaves that was interrupted."""
    chosen = choose_lines(request.project, request.page_ids)
    folder = learning_runs.run_folder(registry.card(request.model), chosen)
    state = np.array(json.dumps({"minutes": minutes}))
    np.savez(learning_runs.begin(folder, of), state=state)


def learn_until_stopped(entered):
    def learn(request, *, cancel, report):
        keep_checkpoint(request, 2.2)
        report(Progress(1, 1000, "pass"))
        entered.set()
        while True:
            cancel.check()
            time.sleep(0.02)

    return learn


def test_paused_it_can_go_on(ready, session, qtbot, monkeypatch):
    entered = threading.Event()
    monkeypatch.setattr(learning, "learn_lines", learn_until_stopped(entered))
    assert ready.buttons.start.text() == "&Start"
    assert not ready.buttons.anew.isVisible()
    ready.buttons.start.click()
    qtbot.waitUntil(entered.is_set)
    ready.buttons.pause.click()
    qtbot.waitUntil(lambda: "paused" in ready.message.text())
    assert ready.buttons.start.text() == "&Continue"
    assert ready.buttons.anew.isVisible()
    # What is shown the next time, after a restart too.
    ready.close()
    ready.show()
    qtbot.waitUntil(lambda: "after 2 minutes" in ready.message.text())
    # Other lines are another training.
    before = session.project
    session.commit("x", with_checked_lines(session.project, 3))
    qtbot.waitUntil(lambda: ready.buttons.start.text() == "&Start")
    session.commit("x", before)
    qtbot.waitUntil(lambda: ready.buttons.start.text() == "&Continue")
    qtbot.waitUntil(lambda: not session.training.is_busy)
    monkeypatch.setattr(learning, "learn_lines", learn_at_once(result()))
    ready.buttons.start.click()
    qtbot.waitUntil(lambda: ready.has_undecided_model)
    assert ready.run.elapsed_s >= 2.2 * 60


def test_the_clock_of_learning_stands_while_lines_are_read(ready, qtbot, monkeypatch):
    now, doing = [100.0], ["pass 1"]

    def learn(request, *, cancel, report):
        while True:
            cancel.check()
            report(Progress(1, 9, doing[0]))
            time.sleep(0.01)

    def stands():
        before = ready.run.elapsed_s
        now[0] += 1.0
        return ready.run.elapsed_s == before

    clock = SimpleNamespace(monotonic=lambda: now[0])
    monkeypatch.setattr(teaching_run, "time", clock)
    monkeypatch.setattr(learning, "learn_lines", learn)
    ready.buttons.start.click()
    qtbot.waitUntil(lambda: ready.run.is_learning)
    assert not stands()
    doing[0] = READING
    qtbot.waitUntil(stands)
    stood = ready.run.elapsed_s
    now[0] += 1000.0
    assert ready.run.elapsed_s == stood
    doing[0] = "pass 2"
    qtbot.waitUntil(lambda: not stands())
    assert stood < ready.run.elapsed_s < stood + 1000.0
    ready.buttons.cancel.click()
    qtbot.waitUntil(lambda: not ready.is_running)


def test_an_interrupted_training_has_its_time_until_another_is_chosen(ready, qtbot):
    assert ready.plan.minutes.value() == 5
    keep_checkpoint(planned(ready, qtbot), 4.0, of=30.0)
    assert planned(ready, qtbot).minutes == 30.0
    assert ready.plan.minutes.value() == 30
    assert "after 4 minutes" in ready.planner.hint
    ready.plan.minutes.setValue(10)
    assert planned(ready, qtbot).minutes == 10.0
    assert ready.plan.minutes.value() == 10


def test_a_window_that_is_closed_pauses_it(ready, session, qtbot, monkeypatch):
    entered = threading.Event()
    monkeypatch.setattr(learning, "learn_lines", learn_until_stopped(entered))
    ready.buttons.start.click()
    qtbot.waitUntil(entered.is_set)
    session.training.cancel_all()  # as closing does
    qtbot.waitUntil(lambda: not ready.is_running)
    assert teaching.minutes_done(planned(ready, qtbot)) == 2.2
    qtbot.waitUntil(lambda: not session.training.is_busy)


@pytest.mark.parametrize("way", ["cancel", "anew"])
def test_what_is_given_up_leaves_nothing(ready, session, qtbot, monkeypatch, way):
    entered = threading.Event()
    monkeypatch.setattr(learning, "learn_lines", learn_until_stopped(entered))
    if way == "anew":
        keep_checkpoint(planned(ready, qtbot), 4.0)
        looked(ready, qtbot)
        monkeypatch.setattr(learning, "learn_lines", learn_at_once(result()))
        ready.buttons.anew.click()
        qtbot.waitUntil(lambda: ready.has_undecided_model)
        assert ready.run.elapsed_s < 60
    else:
        ready.buttons.start.click()
        qtbot.waitUntil(entered.is_set)
        ready.buttons.cancel.click()
        qtbot.waitUntil(lambda: not ready.is_running)
        qtbot.waitUntil(ready.buttons.start.isEnabled)
        assert ready.buttons.start.text() == "&Start"
    assert teaching.minutes_done(planned(ready, qtbot)) == 0.0
    qtbot.waitUntil(lambda: not session.training.is_busy)


def test_a_failure_is_told_in_plain_words(ready, qtbot, monkeypatch):
    error = TrainingDataMissing("The scans are gone.", "Put them back.")
    monkeypatch.setattr(learning, "learn_lines", learn_at_once(error))
    ready.buttons.start.click()
    qtbot.waitUntil(lambda: not ready.is_running)
    assert ready.message.text() == "The scans are gone. Put them back."
    assert ready.pages.currentWidget() is ready.plan


def test_hidden_it_goes_on_and_says_when_it_is_done(ready, qtbot, monkeypatch):
    gate = threading.Event()
    learn = learn_at_once(result())

    def wait(request, **rest):
        gate.wait(5)
        return learn(request, **rest)

    monkeypatch.setattr(learning, "learn_lines", wait)
    ready.buttons.start.click()
    ready.reject()
    assert ready.is_running
    with qtbot.waitSignal(ready.noticed) as caught:
        gate.set()
    assert caught.args[0].action == "show-training"
    assert ready.has_undecided_model


def test_a_failure_nobody_saw_is_named_and_waits_to_be_read(
    ready, session, qtbot, monkeypatch
):
    gate = threading.Event()
    learn = learn_at_once(TrainingDataMissing("The scans are gone.", "Put them back."))

    def wait(request, **rest):
        gate.wait(5)
        return learn(request, **rest)

    monkeypatch.setattr(learning, "learn_lines", wait)
    ready.buttons.start.click()
    ready.reject()
    with qtbot.waitSignal(ready.noticed) as caught:
        gate.set()
    (notice,) = caught.args
    assert notice.text == "The training failed. The scans are gone."
    assert notice.advice == "Put them back."
    assert notice.kind == "error"
    assert notice.action == "show-training"
    # As the menu opens it again, after some more work.
    session.undo()
    session.redo()
    ready.set_card(registry.card("lines"))
    ready.show()
    assert ready.message.text() == "The scans are gone. Put them back."
    assert not ready.message.isHidden()
    ready.reject()
    ready.show()
    assert ready.message.isHidden()


def test_a_model_that_could_not_be_kept_is_told_where_nobody_looks(
    ready, qtbot, monkeypatch
):
    monkeypatch.setattr(learning, "learn_lines", learn_at_once(result()))
    gate = threading.Event()

    def full(outcome, title):
        gate.wait(5)
        raise OutputNotWritable("The disk is full.", "Free some space.")

    monkeypatch.setattr(learning, "keep_model", full)
    ready.buttons.start.click()
    qtbot.waitUntil(lambda: ready.has_undecided_model)
    ready.buttons.keep.click()
    ready.reject()
    with qtbot.waitSignal(ready.noticed) as caught:
        gate.set()
    assert caught.args[0].text == "The new model still waits. The disk is full."
    ready.show()
    assert ready.message.text() == "The disk is full. Free some space."


def test_the_bar_is_empty_while_lines_are_collected(qtbot):
    page = RunPage()
    qtbot.addWidget(page)
    page.start(5, None)
    page.bar.resize(200, 20)
    # Drawn: a bar without a range is full from end to end.
    picture = page.bar.grab().toImage()
    colors = {picture.pixelColor(x, 10).name() for x in range(20, 180)}
    assert len(colors) == 1
    assert page.bar.value() == page.bar.minimum() < page.bar.maximum()


@pytest.mark.parametrize(("minutes", "said"), [(1, "1 minute"), (2, "2 minutes")])
def test_one_minute_is_not_many(qtbot, minutes, said):
    page = PlanPage()
    qtbot.addWidget(page)
    page.minutes.setValue(minutes)
    assert page.minutes.text() == said


def test_one_line_kept_back_is_not_many(qtbot):
    page = PlanPage()
    qtbot.addWidget(page)
    page.show_survey(LearnSurvey(12, 11, 1, "page", "", 2), "x")
    said = page.test.text()
    assert said.startswith("One checked line is kept back on one page: nothing on it")
    assert "too few to tell" in said
    page.show_survey(LearnSurvey(30, 24, 6, "picture", "", 30), "x")
    assert page.test.text().startswith("6 checked lines are kept back: pictures of")
    assert "printed" not in page.warning.text()
    page.show_survey(LearnSurvey(30, 24, 6, "page", "", 30, printed=4), "x")
    assert "4 checked lines count as printed" in page.warning.text()
    page.show_survey(LearnSurvey(5, 4, 1, "page", "", 1, printed=1), "x")
    assert "One checked line counts as printed" in page.warning.text()
    page.show_survey(LearnSurvey(12, 6, 6, "known", "", 1, is_traced=False), "x")
    assert "learned from them before" in page.test.text()
    assert "too few" not in page.test.text()
    assert "did not keep which lines" in page.warning.text()


@pytest.mark.parametrize(
    ("more", "verdict", "tested"),
    [
        ({}, "better now", "Tested on 6 lines on one page, of which it has"),
        ({"pages": 2}, "better now", "Tested on 6 lines on 2 pages, of which it has"),
        ({"split": "line"}, "better now", "but from pages that are; on others"),
        ({"split": "picture"}, "better now", "Tested on 6 lines, pictures of single"),
        ({"split": "known", "is_better": False}, "cannot be judged", "from before."),
        (
            {"comparisons": (LineComparison("a", "b", "a"),), "is_better": False},
            "Too few lines to tell",
            "Tested on one line on one page",
        ),
        ({"is_traced": False}, "better now", "is not known"),
    ],
)
def test_the_verdict_says_on_what_it_was_tested(qtbot, more, verdict, tested):
    put_model()
    page = ResultPage()
    qtbot.addWidget(page)
    page.show_result(replace(result(), **more), "x")
    assert verdict in page.verdict.text()
    assert tested in page.left_out.text()


def test_the_chart_keeps_everything_in_view(qtbot):
    chart = TrainingChart()
    qtbot.addWidget(chart)
    chart.start(5, 40.0)
    chart.add_point(0.5, 30.0, 80.0)
    chart.add_point(3.0, 20.0, math.nan)
    chart.add_point(6.0, 10.0, 20.0)
    assert chart.losses == ((0.5, 80.0), (6.0, 20.0))
    _, (low, high) = chart._beside.viewRange()
    assert low <= 0
    assert high >= 80.0
    (x0, x1), (y0, y1) = chart._plot.viewRange()
    assert x0 <= 0
    assert x1 >= 6.0
    assert y0 <= 0
    assert y1 >= 40.0
    assert "10.0" in chart.accessibleDescription()
    chart.start(5, None)
    assert chart.points == chart.losses == ()


def test_what_it_made_before_is_shown_beside_what_it_makes(qtbot):
    page = RunPage()
    qtbot.addWidget(page)
    page.start(5, None)
    page.show_point(
        FitPoint(0, 0, 0.0, math.nan, {"all": 40.0}, (("Kow", "Kew"), ("a", "b")))
    )
    assert page.chart.points == ()
    page.show_point(FitPoint(1, 9, 0.5, 7.0, {"all": 20.0}, (("Kew", "Kew"),)))
    cells = [page.examples.item(0, column).text() for column in range(3)]
    assert cells == ["Kew", "Kow", "Kew"]
    assert "40" in page.state.text()
    assert page.chart.losses == ((0.5, 7.0),)


def test_a_model_that_was_kept_or_chosen_is_the_next_to_start_from(
    ready, session, qtbot, monkeypatch
):
    put_model("hand", title="Hooker's hand")
    put_model("other", title="Another one")

    def choose(card):  # as the window does
        session.commit("x", edits.set_line_model(session.project, card.id))

    ready.kept.connect(choose)
    new = replace(registry.card("hand"), parent="lines")
    monkeypatch.setattr(learning, "keep_model", lambda outcome, title: new)
    ready.take_result(result())
    ready.buttons.keep.click()
    qtbot.waitUntil(lambda: ready.plan.model.text() == "Hooker's hand")
    assert planned(ready, qtbot).model == "hand"
    ready.buttons.back.click()
    qtbot.waitUntil(lambda: ready.plan.model.text() == "English lines")
    assert planned(ready, qtbot).model == "lines"
    choose(registry.card("other"))
    qtbot.waitUntil(lambda: ready.plan.model.text() == "Another one")
    qtbot.waitUntil(ready.buttons.start.isEnabled)
    assert planned(ready, qtbot).model == "other"


def test_lines_whose_scans_are_gone_are_neither_counted_nor_kept_quiet(
    ready, session, qtbot
):
    session.commit("x", with_checked_lines(session.project, 7))
    (session.folder / "scan2.png").unlink()
    planner = looked(ready, qtbot)
    assert "of the 30 lines" in ready.plan.lines.text()
    assert "7 checked lines are left out: their scans are gone" in ready.message.text()
    # The teaching itself sees for itself, and says in the verdict what was left out.
    assert planner.request.project is session.project
    put_scan(session.folder / "scan2.png")
    ready.close()
    ready.show()
    qtbot.waitUntil(lambda: "of the 37 lines" in ready.plan.lines.text())
    assert ready.message.isHidden()


def test_it_says_that_it_looks_and_cannot_be_started_meanwhile(
    ready, session, qtbot, monkeypatch
):
    gate, entered = threading.Event(), threading.Event()
    plan = training_planner.plan_teaching

    def wait(*args, **rest):
        entered.set()
        gate.wait(5)
        assert threading.current_thread() is not threading.main_thread()
        return plan(*args, **rest)

    monkeypatch.setattr(training_planner, "plan_teaching", wait)
    ready.plan.pages.setCurrentIndex(1)
    qtbot.waitUntil(entered.is_set)
    assert ready.plan.lines.text() == "looking at the lines…"
    assert not ready.buttons.start.isEnabled()
    gate.set()
    qtbot.waitUntil(lambda: "on one page" in ready.plan.lines.text())
    # What was there before stays while a change is looked at.
    gate.clear()
    ready.planner.look()
    assert "on one page" in ready.plan.lines.text()
    gate.set()
    qtbot.waitUntil(lambda: not ready.planner.is_looking)


def test_what_a_person_stops_below_the_window_is_looked_for_the_next_time(ready, qtbot):
    ready.planner.look()
    ready.planner._job.cancel()  # as its button in the bar does
    qtbot.waitUntil(lambda: not ready.planner.is_looking)
    looked(ready, qtbot)
    assert ready.buttons.start.isEnabled()


def test_what_was_measured_before_a_pause_is_drawn_again(
    ready, session, qtbot, monkeypatch
):
    keep_checkpoint(planned(ready, qtbot), 2.0)
    run = teaching.run_of(ready.planner.request)
    rows = (
        {"epoch": 1, "step": 5, "minutes": 0.5, "loss": math.nan, "cer": {"all": 30.0}},
        {"epoch": 2, "step": 9, "minutes": 1.5, "loss": 4.5, "cer": {"all": 20.0}},
    )
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (run / "log.jsonl").write_text(text.replace("NaN", "null", 1))

    def learn(request, *, cancel, report):
        point = FitPoint(3, 12, 2.5, 3.0, {"all": 15.0}, (("read", "truth"),))
        report(Progress(3, 9, "pass", point))
        return result()

    monkeypatch.setattr(learning, "learn_lines", learn)
    looked(ready, qtbot)
    ready.buttons.start.click()
    qtbot.waitUntil(lambda: ready.has_undecided_model)
    chart = ready.run_page.chart
    assert chart.points == ((0.5, 30.0), (1.5, 20.0), (2.5, 15.0))
    assert chart.losses == ((1.5, 4.5), (2.5, 3.0))
    assert "thin line" in ready.run_page.key.text()


def test_the_verdict_says_of_what_kind_its_figures_are(qtbot):
    put_model()
    page = ResultPage()
    qtbot.addWidget(page)
    page.show_result(result(), "x")
    assert "letter by letter" not in page.before.text()
    aided = replace(result(), aided=(ErrorRate(70, 1000), ErrorRate(40, 1000)))
    page.show_result(aided, "x")
    assert page.before.text().startswith(
        "about 7 wrong characters in 100 with its language; letter by letter about 10"
    )
    assert page.after.text().startswith("about 4 wrong characters in 100 with its")
    worse = replace(
        aided, is_better=False, aided=(ErrorRate(4, 100), ErrorRate(5, 100))
    )
    page.show_result(worse, "x")
    assert page.verdict.text() == "It does not read better."
