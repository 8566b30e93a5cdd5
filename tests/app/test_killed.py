"""A program that is killed a moment after a change has lost nothing."""

import os
import subprocess
import sys
import time

import pytest

from hwocr_desktop.core import atomic
from hwocr_desktop.core.document.project_file import create_project, open_project
from hwocr_desktop.core.pixels.imaging import find_scans

pytestmark = [
    pytest.mark.gui,
    pytest.mark.skipif(sys.platform == "win32", reason="no such signal there"),
]

PROGRAM = """
import os, signal, sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from hwocr_desktop.app.session import Session
from hwocr_desktop.core.document import edits

app = QCoreApplication([])
session = Session()
{open}
for number in range({before}):
    session.commit("x", edits.set_title(session.project, f"before {{number}}"))
    {then}
    while any(runner.is_busy for runner in session.runners):
        app.processEvents()
session.commit("x", edits.set_title(session.project, "the last change"))
os.kill(os.getpid(), signal.SIGKILL)
"""
OPEN = "session.open(Path(sys.argv[1]))"
CREATE = "session.create(Path(sys.argv[1]))"


@pytest.mark.parametrize(
    ("opening", "before", "then"),
    [
        (OPEN, 0, "pass"),
        (CREATE, 0, "pass"),
        (OPEN, 2, "pass"),
        (OPEN, 1, "session.save()"),
    ],
    ids=["first", "first-of-new", "later", "after-save"],
)
def test_a_change_outlives_the_program(tmp_path, opening, before, then):
    folder = tmp_path / "project"
    if opening == OPEN:
        create_project(folder, "Old").close()
    program = PROGRAM.format(open=opening, before=before, then=then)
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder)], check=False, timeout=60
    )
    assert done.returncode == -9
    with open_project(folder) as file:
        assert file.has_leftover_journal
        assert file.recover().title == "the last change"


def test_a_project_that_was_only_looked_at_leaves_no_journal(tmp_path):
    folder = tmp_path / "project"
    create_project(folder, "Old").close()
    with open_project(folder) as file:
        file.begin_journal()
        assert (folder / "journal.jsonl").exists()
    assert not (folder / "journal.jsonl").exists()


def test_a_journal_without_changes_is_nothing_to_recover(tmp_path):
    folder = tmp_path / "project"
    with create_project(folder, "Old") as file:
        file.begin_journal()
        empty = (folder / "journal.jsonl").read_bytes()
    # The project file has become another one since.
    with open_project(folder) as file:
        file.save(file.project.__class__(title="New"))
    (folder / "journal.jsonl").write_bytes(empty)
    with open_project(folder) as file:
        assert not file.has_leftover_journal
        assert file.notices == ()
        file.begin_journal()
        file.append(file.project, file.project.__class__(title="Third"), "x")
    with open_project(folder) as file:
        assert file.recover().title == "Third"


def test_what_a_kill_left_half_written_is_gone_once_the_project_is_open(tmp_path):
    folder = tmp_path / "project"
    create_project(folder, "Old").close()
    left = folder / ".hwocr-abcdef12.tmp"
    left.write_bytes(b"\x89PNG")
    assert find_scans([folder]) == []
    os.utime(left, (1e9, 1e9))
    later = time.time() + 2 * 3600
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(atomic.time, "time", lambda: later)
        open_project(folder).close()
    assert not left.exists()
