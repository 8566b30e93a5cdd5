from __future__ import annotations

import errno
import json
import os
import platform
import subprocess
import sys
import time

import pytest

from hwocr_desktop.core.document import lock
from hwocr_desktop.core.document.lock import ProjectLock
from hwocr_desktop.core.errors import ProjectInUse

HOLD = """
import sys, time
from pathlib import Path
from hwocr_desktop.core.document.lock import ProjectLock
held = ProjectLock(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


def write_owner(folder, *, pid=None, host=None, token="x" * 32):
    owner = {
        "pid": os.getpid() if pid is None else pid,
        "host": platform.node() if host is None else host,
        "since": "2026-11-20 14:32",
        "token": token,
    }
    (folder / "lock").write_text(json.dumps(owner))


def dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_second_window_is_told_where_the_first_is(tmp_path):
    first = ProjectLock(tmp_path)
    with pytest.raises(ProjectInUse) as caught:
        ProjectLock(tmp_path)
    assert "another window" in caught.value.message
    assert "since 20" in caught.value.message
    assert "close it" in caught.value.advice
    first.release()
    ProjectLock(tmp_path).release()


def test_another_program_holds_it_until_it_dies(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE
    )
    try:
        assert process.stdout.readline().strip() == b"held"
        with pytest.raises(ProjectInUse):
            ProjectLock(tmp_path)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    ProjectLock(tmp_path).release()


def test_the_lock_of_a_crashed_program_is_taken_over(tmp_path):
    write_owner(tmp_path, pid=dead_pid())
    held = ProjectLock(tmp_path)
    assert json.loads((tmp_path / "lock").read_text())["pid"] == os.getpid()
    held.release()
    assert (tmp_path / "lock").read_bytes() == b""


@pytest.mark.parametrize("content", ["", "no json", "[]", '{"pid": "x"}', "{"])
def test_a_lock_that_says_nothing_stops_nobody(tmp_path, content):
    (tmp_path / "lock").write_text(content)
    ProjectLock(tmp_path).release()


def no_locks(handle, flags):
    raise OSError(errno.ENOLCK, "No locks available")


@pytest.mark.skipif(sys.platform == "win32", reason="locks always work there")
class TestOnADriveWithoutLocks:
    @pytest.fixture(autouse=True)
    def _drive(self, monkeypatch):
        monkeypatch.setattr("fcntl.flock", no_locks)

    def test_a_running_owner_is_believed(self, tmp_path):
        write_owner(tmp_path)
        with pytest.raises(ProjectInUse):
            ProjectLock(tmp_path)

    def test_a_dead_owner_is_not(self, tmp_path):
        write_owner(tmp_path, pid=dead_pid())
        ProjectLock(tmp_path).release()


def test_another_computer_is_believed_for_a_day(tmp_path):
    write_owner(tmp_path, host="reading-room-2", pid=1)
    with pytest.raises(ProjectInUse) as caught:
        ProjectLock(tmp_path)
    assert "reading-room-2" in caught.value.message
    assert "delete the file" in caught.value.advice
    old = time.time() - lock.STALE_S - 60
    os.utime(tmp_path / "lock", (old, old))
    ProjectLock(tmp_path).release()


def test_a_held_lock_is_renewed(tmp_path, monkeypatch):
    held = ProjectLock(tmp_path)
    old = time.time() - 5000
    os.utime(tmp_path / "lock", (old, old))
    held.check()
    assert (tmp_path / "lock").stat().st_mtime == pytest.approx(old, abs=2)
    monkeypatch.setattr(lock, "_RENEW_S", -1)
    held.check()
    assert (tmp_path / "lock").stat().st_mtime > old + 1000
    held.release()


def test_a_deleted_lock_is_taken_again(tmp_path):
    held = ProjectLock(tmp_path)
    (tmp_path / "lock").unlink()
    held.check()
    with pytest.raises(ProjectInUse):
        ProjectLock(tmp_path)
    held.release()


def test_a_lock_that_another_took_over_stays_theirs(tmp_path):
    held = ProjectLock(tmp_path)
    (tmp_path / "lock").unlink()
    other = ProjectLock(tmp_path)
    with pytest.raises(ProjectInUse):
        held.check()
    held.release()
    other.check()
    other.release()
