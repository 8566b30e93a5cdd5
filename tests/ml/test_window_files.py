"""Windows on disk: read back, taken up again, stopped, with bad pages among good."""

import errno
import json
import os
import threading

import cv2
import numpy as np
import pytest

from hwocr_desktop.core import atomic
from hwocr_desktop.core.errors import (
    BadRequest,
    OutOfMemory,
    OutputNotWritable,
    TrainingDataMissing,
    UnreadableImage,
)
from hwocr_desktop.core.progress import Cancelled, CancelToken, ignore_progress
from hwocr_desktop.ml.training import window_files
from hwocr_desktop.ml.training.binarizer_data import load_pair
from hwocr_desktop.ml.training.ink_pairs import find_pairs
from hwocr_desktop.ml.training.window_cutting import WindowSettings, windows
from hwocr_desktop.ml.training.window_files import (
    MANIFEST,
    PrepareRequest,
    prepare_windows,
)


def write_page(folder, name, seed=0, height=70, width=100):
    rng = np.random.default_rng(seed)
    gray = rng.integers(0, 256, (height, width), dtype=np.uint8)
    for kind, pixels in (("images", gray), ("gt", np.where(gray < 90, 0, 255))):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(folder / kind / f"{name}.png"), pixels)


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    for number in range(3):
        write_page(folder / "one", f"p{number}", number)
    write_page(folder / "two", "p0", 9)
    return folder


def run(data, out, jobs=1, cancel=None, report=ignore_progress, **settings):
    settings = WindowSettings(**{"size": 32} | settings)
    request = PrepareRequest(data, out, settings, jobs)
    return prepare_windows(request, cancel=cancel or CancelToken(), report=report)


def files(folder):
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@pytest.mark.parametrize("options", [{}, {"augment": True, "count": 3}])
def test_windows_are_read_back_as_pairs(options, data, tmp_path):
    out = tmp_path / "out"
    results = run(data, out, **options)
    assert [result.name for result in results] == [p.name for p in find_pairs(data)]
    back = {pair.name: load_pair(pair) for pair in find_pairs(out)}
    assert len(back) == sum(result.made for result in results)
    for pair in find_pairs(data):
        cut = windows(load_pair(pair), WindowSettings(size=32, **options))
        for number, draw in enumerate(cut):
            gray, ink = draw()
            page = back.pop(f"{pair.name}_{number + 1:04d}")
            assert np.array_equal(page.gray, gray)
            assert np.array_equal(page.truth, ink)
    assert not back


def test_one_set_needs_no_folder_of_its_own(data, tmp_path):
    run(data / "one", tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "images",
        "gt",
        MANIFEST,
    }


def test_the_manifest_says_how_and_from_what(data, tmp_path):
    run(data, tmp_path / "out", stride=16)
    told = json.loads((tmp_path / "out" / MANIFEST).read_text("utf-8"))
    assert told["settings"] == {
        "size": 32,
        "stride": 16,
        "count": 0,
        "augment": False,
        "seed": 1,
    }
    assert told["windows"] == sum(page["windows"] for page in told["pages"])
    assert told["pages"][3]["truth"] == "two/gt/p0.png"


@pytest.mark.slow
def test_processes_make_the_same_windows(data, tmp_path):
    options = {"augment": True, "count": 2}
    run(data, tmp_path / "alone", **options)
    results = run(data, tmp_path / "together", jobs=2, **options)
    assert [result.name for result in results] == [p.name for p in find_pairs(data)]
    assert files(tmp_path / "together") == files(tmp_path / "alone")


def test_a_run_is_taken_up_again(data, tmp_path):
    out = tmp_path / "out"
    run(data, out)
    whole = files(out)
    (out / "one" / "images" / "p1_0002.png").unlink()
    (out / "two" / "gt" / "p0_0001.png").unlink()
    results = run(data, out)
    assert [result.made for result in results] == [0, 1, 0, 1]
    assert files(out) == whole


def test_a_changed_page_is_cut_anew(data, tmp_path):
    out = tmp_path / "out"
    run(data, out)
    later = (out / MANIFEST).stat().st_mtime + 5
    os.utime(data / "two" / "gt" / "p0.png", (later, later))
    assert [bool(result.made) for result in run(data, out)] == [False] * 3 + [True]


def test_other_settings_need_another_folder(data, tmp_path):
    run(data, tmp_path / "out")
    with pytest.raises(BadRequest, match="another way"):
        run(data, tmp_path / "out", seed=2)


def test_the_output_is_a_folder_for_windows_only(data, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").touch()
    for out in (tmp_path / "full", tmp_path / "full" / "thesis.txt", data, data / "x"):
        with pytest.raises(BadRequest):
            run(data, out)
    with pytest.raises(OutputNotWritable):
        run(data, tmp_path / "full" / "thesis.txt" / "below")
    with pytest.raises(TrainingDataMissing):
        run(tmp_path / "full", tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_bad_pages_among_good_ones_stop_nothing(jobs, data, tmp_path):
    (data / "one" / "images" / "p1.png").write_bytes(b"no picture")
    cv2.imwrite(str(data / "one" / "gt" / "p2.png"), np.zeros((5, 5), np.uint8))
    seen = []
    results = run(data, tmp_path / "out", jobs, report=seen.append)
    assert [type(result.error) for result in results] == [
        type(None),
        UnreadableImage,
        TrainingDataMissing,
        type(None),
    ]
    assert all(result.error.advice for result in results[1:3])
    assert {pair.name[:6] for pair in find_pairs(tmp_path / "out")} == {
        "one/p0",
        "two/p0",
    }
    told = json.loads((tmp_path / "out" / MANIFEST).read_text("utf-8"))
    assert [page["error"] is None for page in told["pages"]] == [
        True,
        False,
        False,
        True,
    ]
    assert [report.done for report in seen] == list(range(5))


def test_a_full_disk_is_told_page_by_page(data, tmp_path, monkeypatch):
    real = atomic._write_temporary

    def write(target, content):
        if "p1_0003" in target.name:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(target, content)

    monkeypatch.setattr(atomic, "_write_temporary", write)
    results = run(data, tmp_path / "out")
    assert [result.error is None for result in results] == [True, False, True, True]
    assert "no room left" in results[1].error.message
    monkeypatch.undo()
    assert not any(result.error for result in run(data, tmp_path / "out"))


def test_too_little_memory_is_told(data, tmp_path, monkeypatch):
    def load(pair):
        raise MemoryError

    monkeypatch.setattr(window_files, "load_pair", load)
    results = run(data, tmp_path / "out")
    assert all(isinstance(result.error, OutOfMemory) for result in results)


def test_cancelling_stops_within_a_page_and_leaves_whole_windows(
    data, tmp_path, monkeypatch
):
    run(data, tmp_path / "whole")
    whole = files(tmp_path / "whole")
    cancel = CancelToken()
    real = atomic.write_bytes
    written = []

    def write(path, content, **options):
        real(path, content, **options)
        if path.suffix == ".png":
            written.append(path)
        if len(written) == 7:
            cancel.cancel()

    monkeypatch.setattr(window_files.atomic, "write_bytes", write)
    with pytest.raises(Cancelled):
        run(data, tmp_path / "out", cancel=cancel)
    # The window that was begun is finished, and no other is begun.
    assert len(written) == 8
    there = files(tmp_path / "out")
    del there[MANIFEST]
    assert there == {name: whole[name] for name in there}
    monkeypatch.undo()
    run(data, tmp_path / "out")
    assert files(tmp_path / "out") == whole


@pytest.mark.slow
def test_processes_stop_when_told(data, tmp_path):
    cancel = CancelToken()

    def report(progress):
        if progress.partial is not None:
            cancel.cancel()

    threads = threading.active_count()
    with pytest.raises(Cancelled):
        run(data, tmp_path / "out", jobs=2, cancel=cancel, report=report)
    assert threading.active_count() <= threads
    results = run(data, tmp_path / "out", jobs=2)
    assert any(result.kept for result in results)
    assert not any(result.error for result in results)
