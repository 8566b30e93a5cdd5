"""Where teachings are kept: what is left behind is removed, what is said holds."""

import os
import time

import pytest

from hwocr_desktop.app import learning_runs
from hwocr_desktop.core import paths
from hwocr_desktop.core.errors import BadRequest
from hwocr_desktop.ml.training.checkpoint import unusable


def kept(name="run"):
    folder = paths.user_data() / "teaching" / name
    folder.mkdir(parents=True)
    return folder


def leave_half(folder):
    """Leave what older versions and killed programs left."""
    (folder / "checkpoint.part.npz").write_bytes(b"half")
    stale = folder / ".hwocr-00000000-1-abc.tmp"
    stale.write_bytes(b"half")
    return stale


def test_what_was_left_half_written_is_removed_when_a_teaching_begins(monkeypatch):
    folder, other = kept(), kept("other")
    for one in (folder, other):
        leave_half(one)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 2 * 3600)
    learning_runs.begin(folder, 5.0)
    assert [path.name for path in folder.iterdir()] == ["minutes.txt"]
    assert list(other.iterdir()) == []


def test_what_was_left_half_written_is_no_teaching_to_go_on_with(monkeypatch):
    folder = kept()
    leave_half(folder)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 2 * 3600)
    assert learning_runs.minutes_done(folder) == 0.0
    assert list(folder.iterdir()) == []


def test_what_another_program_writes_just_now_stays():
    folder = kept()
    stale = leave_half(folder)
    os.utime(stale)
    learning_runs.minutes_done(folder)
    assert stale.exists()


def test_a_teaching_that_cannot_go_on_says_what_holds_for_it(tmp_path):
    path = tmp_path / "checkpoint.npz"
    with (
        pytest.raises(BadRequest, match="is damaged") as caught,
        learning_runs.alone(),
    ):
        raise unusable(path)
    # Neither is the old one kept, nor can another folder be named.
    assert "--fresh" in caught.value.advice
    assert "removed" in caught.value.advice
    assert "--run" not in caught.value.advice
    assert "keeps" not in caught.value.advice
    with learning_runs.alone():  # it is free again
        pass
