"""Teaching with what should not be there: it says so, loses nothing, and goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hwocr_desktop.app import learning, learning_runs
from hwocr_desktop.app.learning import (
    LeftOutLines,
    learn_lines,
    line_samples,
)
from hwocr_desktop.app.learning_lines import choose_lines
from hwocr_desktop.app.teaching import give_up, minutes_done
from hwocr_desktop.core import atomic, paths
from hwocr_desktop.core.atomic import not_writable
from hwocr_desktop.core.document.document import Line, Project
from hwocr_desktop.core.errors import (
    BadModel,
    OutputNotWritable,
    ProjectInUse,
    TrainingDataMissing,
)
from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.core.pixels.imaging import load_scan
from hwocr_desktop.core.progress import Cancelled, CancelToken, ignore_progress
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.core.text.text_metrics import ErrorRate
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.registry import ModelCard
from hwocr_desktop.ml.training.checkpoint import CHECKPOINT
from hwocr_desktop.ml.training.fine_tune import FineTuned
from tests.app.test_learning import corrected as corrected
from tests.app.test_learning import drawn as drawn
from tests.app.test_learning import shape
from tests.pages_drawn import write_image

REPOSITORY = Path(__file__).resolve().parents[2]


def learn(request):
    return learn_lines(request, cancel=CancelToken(), report=ignore_progress)


def cut(request):
    card = registry.card(request.model)
    chosen = choose_lines(request.project)
    return line_samples(request.folder, chosen, card, CancelToken())


def with_lines(request, *lines):
    """Return the request with more checked lines on its first page."""
    first, *others = request.project.pages
    more = tuple(
        Line(f"x{i}", where, correction=text, checked=True)
        for i, (where, text) in enumerate(lines)
    )
    page = replace(first, lines=(*first.lines, *more))
    project = replace(request.project, pages=(page, *others))
    return replace(request, project=project)


def test_nothing_and_one_line_are_refused_in_a_sentence(drawn):
    for count, said in ((0, "0 checked lines"), (1, "one checked line|1 checked line")):
        page = drawn.project.pages[0]
        page = replace(page, lines=page.lines[:count])
        with pytest.raises(TrainingDataMissing, match=said):
            learn(replace(drawn, project=Project("x", (page,))))
    assert not learning_runs.is_any_kept()


def test_pictures_of_nothing_are_left_out(drawn):
    outside = LineShape(((900, 40), (990, 40)), ((900, 10), (990, 40), (900, 40)), 9, 5)
    point = LineShape(((5, 5), (5, 5)), ((5, 5), (5, 5), (5, 5)), 0, 0)
    train, held_out, left_out = cut(with_lines(drawn, (outside, "abc"), (point, "abc")))
    assert left_out == LeftOutLines(blank=2)
    assert len(train) + len(held_out) == 18
    assert "there is no writing where the line is (2)" in str(left_out)


def test_that_nothing_is_left_to_test_on_is_said_as_it_is(drawn):
    request = on_three_pages(drawn)
    outside = LineShape(((900, 40), (990, 40)), ((900, 10), (990, 40), (900, 40)), 9, 5)
    chosen = choose_lines(request.project)
    blank = [(page, replace(line, shape=outside)) for page, line in chosen.held_out]
    lost, card = replace(chosen, held_out=blank), registry.card(request.model)
    with pytest.raises(TrainingDataMissing, match="none of those that were to be test"):
        line_samples(request.folder, lost, card, CancelToken())


def test_printed_lines_are_named_where_too_few_others_are_left(drawn):
    pages = [
        replace(page, lines=tuple(replace(x, kind="printed") for x in page.lines))
        for page in drawn.project.pages
    ]
    project = replace(drawn.project, pages=tuple(pages))
    assert choose_lines(project).printed == 18
    with pytest.raises(TrainingDataMissing, match="18 count as printed"):
        learn(replace(drawn, project=project))


def test_texts_too_long_for_their_picture_are_left_out(drawn):
    *_, left_out = cut(with_lines(drawn, (shape(43), "abc" * 200)))
    assert left_out == LeftOutLines(too_long=1)


def test_the_same_picture_in_two_files_is_seen_in_its_pixels(drawn):
    # The same scan under two names, so that only the pixels tell.
    first = drawn.project.pages[0]
    path = drawn.folder / "copy.png"
    path.write_bytes((drawn.folder / first.source).read_bytes())
    lines = (
        replace(first.lines[0], correction="dd"),
        *first.lines[1:4],
    )
    copy = replace(first, id="copy", source="copy.png", lines=lines)
    project = replace(drawn.project, pages=(*drawn.project.pages, copy))
    train, held_out, left_out = cut(replace(drawn, project=project))
    assert left_out == LeftOutLines(doubles=5, contradictory=2)
    assert "another line shows the same (3)" in str(left_out)
    assert "with another text (2)" in str(left_out)
    pictures = [s.gray.tobytes() for s in (*train, *held_out)]
    assert len(pictures) == len(set(pictures)) == 17


def test_scans_that_are_gone_are_told_and_not_held_out(drawn):
    pages = drawn.project.pages
    copies = [replace(pages[0], id=f"c{i}", source=f"gone{i}.png") for i in range(3)]
    project = replace(drawn.project, pages=(*copies, *pages))
    request = replace(drawn, project=project)
    found, lost = learning.without_lost_pages(request)
    assert [page.id for page in found.project.pages] == ["p0", "p1"]
    assert len(lost) == 3
    named = replace(request, page_ids=("c0",))
    with pytest.raises(TrainingDataMissing, match="not where they were"):
        learn(named)
    # Damaged rather than gone: it shows when it is opened.
    (drawn.folder / "0.png").write_bytes(b"no picture")
    with pytest.raises(TrainingDataMissing, match="opened; of the others 9 can"):
        learn(drawn)


def on_three_pages(request):
    """Return the request with a third page, unlike the others."""
    first = request.project.pages[0]
    pixels = load_scan(request.folder / first.source).gray
    write_image(request.folder / "2.png", pixels[:, ::-1])
    third = replace(first, id="p2", source="2.png")
    pages = (*request.project.pages, third)
    return replace(request, project=replace(request.project, pages=pages))


def test_a_damaged_scan_is_not_held_out(drawn, monkeypatch, caplog):
    request = on_three_pages(drawn)
    tested = {page.id for page, _ in choose_lines(request.project).held_out}
    assert len(tested) == 1
    (page,) = [page for page in request.project.pages if page.id in tested]
    scan = request.folder / page.source
    whole = scan.read_bytes()
    scan.write_bytes(whole[: len(whole) // 2])
    seen = {}

    def look(card, train, held_out, minutes, **others):
        seen.update(train=train, held_out=held_out)
        raise Cancelled

    monkeypatch.setattr(learning, "fine_tune", look)
    with pytest.raises(Cancelled):
        learn(request)
    sides = [{s.name[:2] for s in seen[side]} for side in ("train", "held_out")]
    assert page.id not in sides[0] | sides[1]
    assert len(sides[0] | sides[1]) == 2
    assert not sides[0] & sides[1]
    told = [r for r in caplog.records if page.source in r.getMessage()]
    assert len(told) == 1
    # The same run is found again, and it is another one when the scan is well again.
    run = learning.run_of(request)
    assert run == learning.run_of(request)
    scan.write_bytes(whole)
    assert learning.run_of(request) != run
    with pytest.raises(Cancelled):
        learn(request)
    assert {s.name[:2] for s in seen["held_out"]} == {page.id}


def test_a_model_that_is_gone_is_a_sentence(drawn):
    learning_runs.begin(paths.user_data() / "teaching" / "other")
    gone = replace(drawn, model="gone")
    assert minutes_done(gone) == 0
    give_up(gone)
    with pytest.raises(BadModel, match="no model named"):
        learn(gone)


def test_two_at_once_are_one_too_many(drawn):
    with learning_runs.alone():
        with pytest.raises(ProjectInUse, match="Another training runs"):
            learn(drawn)
        # Another program finds the same.
        code = (
            "from hwocr_desktop.app import learning_runs\n"
            "with learning_runs.alone(): pass"
        )
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=False,
            cwd=REPOSITORY,
        )
        assert "Another training runs" in done.stderr
    with learning_runs.alone():
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal there")
def test_a_program_that_was_killed_holds_nobody_up():
    code = (
        "import os, signal\n"
        "from hwocr_desktop.app import learning_runs\n"
        "with learning_runs.alone():\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, cwd=REPOSITORY)
    assert done.returncode == -signal.SIGKILL
    with learning_runs.alone():
        pass


def test_a_full_disk_at_the_start_is_a_sentence(drawn, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "mkdir", full)
    with pytest.raises(OutputNotWritable, match="could not be made"):
        learn(drawn)


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
def test_weights_that_find_no_room_are_a_sentence(tmp_path):
    import resource

    import h5py

    def save(path):
        with h5py.File(path, "w") as file:
            for number in range(20):
                file.create_dataset(f"layer {number}", data=np.ones(40_000))

    card = ModelCard("x", "recognize-lines", "X", "", "", {}, "")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    # As a disk that has room for a megabyte.
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, limits[1]))
    try:
        with pytest.raises(OutputNotWritable, match="could not be written"):
            registry.save_model(tmp_path / "x", card, save)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert not (tmp_path / "x").exists()
    registry.save_model(tmp_path / "x", card, save)
    registry.check_weights(registry.read_card(tmp_path / "x"))


class Engine:
    """Stands in for the network: leaves a run, and writes a model if it may."""

    def __init__(self, monkeypatch):
        self.calls, self.is_full = 0, False
        monkeypatch.setattr(learning, "fine_tune", self.tune)
        monkeypatch.setattr(learning, "save_tuned", self.save)

    def tune(self, card, train, held_out, minutes, *, checkpoint, **_):
        self.calls += 1
        np.savez(checkpoint, state=np.array(json.dumps({"minutes": minutes})))
        rate = ErrorRate(1, 10)
        bounds = (5.0, 15.0)
        return FineTuned(None, Charset(""), rate, rate, bounds, bounds, False, ())

    def save(self, folder, card, tuned, title, trained_on, teaching):
        if self.is_full:
            raise OutputNotWritable("The disk is full.", "Free some space.")
        return registry.save_model(
            folder, replace(card, title=title), lambda path: path.write_bytes(b"new")
        )


@pytest.mark.parametrize("way", ["keep", "discard", "give up"])
def test_a_run_is_kept_until_its_model_is_decided_about(drawn, monkeypatch, way):
    engine = Engine(monkeypatch)
    engine.is_full = True
    with pytest.raises(OutputNotWritable, match="full"):
        learn(drawn)
    assert minutes_done(drawn) == 5.0
    engine.is_full = False
    first = learn(drawn)
    # As if the program had ended before anybody decided.
    second = learn(drawn)
    assert engine.calls == 3
    assert first.staged == second.staged
    assert minutes_done(drawn) == 5.0
    if way == "keep":
        kept = learning.keep_model(second, "Ours")
        assert registry.card(kept.id).title == "Ours"
    elif way == "discard":
        learning.discard_model(second)
    else:
        give_up(drawn)
    assert not second.staged.exists()
    assert minutes_done(drawn) == 0
    assert not learning_runs.is_any_kept()


@pytest.mark.tf
def test_a_full_disk_at_the_end_loses_nothing(corrected, monkeypatch):
    save = registry.save_model

    def full(*_):
        raise OutputNotWritable("The disk is full.", "Free some space.")

    monkeypatch.setattr(registry, "save_model", full)
    with pytest.raises(OutputNotWritable):
        learn(corrected)
    learned = minutes_done(corrected)
    assert learned > 0
    registry.check_weights(registry.card("tiny"))
    monkeypatch.setattr(registry, "save_model", save)
    seen = []
    result = learn_lines(corrected, cancel=CancelToken(), report=seen.append)
    # It only had to be written: nothing was learned again.
    assert not any("loss" in progress.text for progress in seen)
    # A program that ends before it is decided about leaves it to the next one.
    again = learn(corrected)
    assert again.staged == result.staged
    give_up(corrected)
    assert not result.staged.exists()
    result = learn(corrected)
    kept = learning.keep_model(result, "Ours")
    assert minutes_done(corrected) == 0
    registry.check_weights(registry.card(kept.id))


@pytest.mark.tf
def test_the_disk_is_full_while_the_run_is_kept(corrected, monkeypatch):
    write_bytes = atomic.write_bytes

    def full(path, data, **options):
        if path.name == CHECKPOINT:
            raise not_writable(path, OSError(28, "No space left on device"))
        write_bytes(path, data, **options)

    monkeypatch.setattr(atomic, "write_bytes", full)
    # Only what it could be taken up from is lost, and the teaching goes on to its end.
    result = learn(corrected)
    assert minutes_done(corrected) == 0
    assert registry.card("tiny").id == result.card.parent
    learning.discard_model(result)


KILLED = """
import os, signal, sys
from pathlib import Path
from hwocr_desktop.app import learning
from hwocr_desktop.core.document.project_file import open_project
from hwocr_desktop.core.progress import CancelToken, ignore_progress
from hwocr_desktop.ml.training import line_fit
from hwocr_desktop.ml.training import fine_tune as engine
from hwocr_desktop.ml.training.line_run import FitSettings

brief = FitSettings(epochs=3, columns=600)
usual = engine.fine_tune.__kwdefaults__
engine.fine_tune.__kwdefaults__ = usual | {"settings": brief}
replace, count = Path.replace, []

def die(self, target):
    if Path(target).suffix == ".npz":
        count.append(self)
        if len(count) == 2:
            # The second one is written and has not taken the place of the first.
            os.kill(os.getpid(), signal.SIGKILL)
    return replace(self, target)

Path.replace = die
with open_project(Path(sys.argv[1])) as file:
    request = learning.LearnRequest(file.project, file.folder, (), "tiny", 5.0)
    learning.learn_lines(request, cancel=CancelToken(), report=ignore_progress)
"""


@pytest.mark.tf
@pytest.mark.skipif(sys.platform == "win32", reason="no such signal there")
def test_killed_at_the_worst_moment_it_goes_on(corrected, tmp_path):
    from hwocr_desktop.core.document.project_file import create_project, open_project

    folder = tmp_path / "letters"
    with create_project(folder, "Letters") as file:
        for name in ("0.png", "1.png"):
            (folder / name).write_bytes((corrected.folder / name).read_bytes())
        file.save(corrected.project)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(folder)],
        check=False,
        cwd=REPOSITORY,
        env=os.environ | {"CUDA_VISIBLE_DEVICES": "-1"},
    )
    assert done.returncode == -signal.SIGKILL
    with open_project(folder) as file:
        # As it is read: whole numbers have become others, and name another run.
        request = replace(corrected, folder=folder, project=file.project)
    before = minutes_done(request)
    assert before > 0
    registry.check_weights(registry.card("tiny"))
    result = learn(request)
    assert minutes_done(request) >= before
    learning.discard_model(result)
    assert minutes_done(request) == 0
