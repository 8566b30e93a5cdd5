"""Everything that can happen to a project folder: nothing is lost, and each is said."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from hwocr_desktop.core.document import edits, serial
from hwocr_desktop.core.document.document import Project
from hwocr_desktop.core.document.project_file import create_project, open_project
from hwocr_desktop.core.errors import (
    HwocrError,
    OutputNotWritable,
    ProjectDamaged,
    ProjectInUse,
    ProjectTooNew,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "Nachlaß Müller"


@pytest.fixture
def saved(folder: Path) -> Path:
    """A project saved four times: version 3, with 2, 1 and the empty one behind it."""
    with create_project(folder) as file:
        for number in (1, 2, 3):
            file.save(version(number))
    return folder


def version(number: int) -> Project:
    return edits.add_page(Project(title=f"version {number}"), "1.png", 100, 100)


def is_plain(error: HwocrError) -> bool:
    """One sentence what happened, one what to do, no jargon."""
    words = ("Traceback", "Error", "json", "None", "errno")
    message = error.message.replace("project.json", "")
    return (
        message.endswith(".")
        and error.advice.endswith(".")
        and not any(word in message for word in words)
    )


def everything(folder: Path) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes() for path in folder.iterdir() if path.name != "lock"
    }


# --- a damaged project file ------------------------------------------------------


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: data[1:],
        lambda data: b"\x00" * len(data),
        lambda data: "Dear Sir,".encode("utf-16"),
        lambda data: b"[]",
        lambda data: data.replace(b'"width":100', b'"width":"wide"'),
    ],
    ids=["empty", "half", "beheaded", "zeros", "text", "list", "wrong kind"],
)
def test_a_damaged_project_names_its_newest_good_backup(saved, spoil):
    path = saved / "project.json"
    path.write_bytes(spoil(path.read_bytes()))
    before = everything(saved)
    with pytest.raises(ProjectDamaged) as caught:
        open_project(saved)
    assert is_plain(caught.value)
    assert "project.json.bak1" in caught.value.advice
    assert everything(saved) == before

    with open_project(saved, from_backup=True) as opened:
        assert opened.project == version(2)
        assert "project.json.bak1" in opened.notices[0]
        opened.save(version(9))
    (kept,) = saved.glob("project-*.json")
    assert kept.read_bytes() == before["project.json"]
    with open_project(saved) as again:
        assert again.project == version(9)


def test_damaged_backups_are_passed_over(saved):
    for name in ("project.json", "project.json.bak1"):
        (saved / name).write_bytes(b"{")
    with pytest.raises(ProjectDamaged) as caught:
        open_project(saved)
    assert "project.json.bak2" in caught.value.advice
    with open_project(saved, from_backup=True) as opened:
        assert opened.project == version(1)


def test_without_a_good_backup_nothing_is_touched(saved):
    for path in saved.glob("project.json*"):
        path.write_bytes(b"{")
    before = everything(saved)
    for from_backup in (False, True):
        with pytest.raises(ProjectDamaged) as caught:
            open_project(saved, from_backup=from_backup)
        assert is_plain(caught.value)
        assert "your own backups" in caught.value.advice
    assert everything(saved) == before


def test_a_project_file_that_was_deleted_is_found_in_its_backup(saved):
    (saved / "project.json").unlink()
    with pytest.raises(ProjectDamaged, match="missing") as caught:
        open_project(saved)
    assert "project.json.bak1" in caught.value.advice
    with open_project(saved, from_backup=True) as opened:
        assert opened.project == version(2)


def test_a_project_of_a_newer_program_is_left_alone(saved):
    path = saved / "project.json"
    content = json.loads(path.read_bytes())
    content["schema"] = serial.SCHEMA + 1
    path.write_text(json.dumps(content))
    before = everything(saved)
    with pytest.raises(ProjectTooNew) as caught:
        open_project(saved)
    assert is_plain(caught.value)
    assert "newest version" in caught.value.advice
    assert everything(saved) == before


def test_after_a_failed_opening_the_project_is_not_locked(saved):
    good = (saved / "project.json").read_bytes()
    (saved / "project.json").write_bytes(b"")
    with pytest.raises(ProjectDamaged):
        open_project(saved)
    (saved / "project.json").write_bytes(good)
    open_project(saved).close()


# --- a damaged journal -----------------------------------------------------------


@pytest.fixture
def unsaved(saved: Path) -> Path:
    """Three changes of the title in the journal."""
    with open_project(saved) as file:
        project = file.project
        for title in "abc":
            new = edits.set_title(project, title)
            file.append(project, new, "Title")
            project = new
    return saved


def recovered(folder: Path) -> tuple[str, tuple[str, ...]]:
    with open_project(folder) as opened:
        return opened.recover().title, opened.notices


def test_every_torn_last_row_recovers_up_to_it(unsaved):
    journal = unsaved / "journal.jsonl"
    whole = journal.read_bytes()
    ends = [i + 1 for i, byte in enumerate(whole) if byte == ord("\n")]
    expected = {0: "version 3", 1: "a", 2: "b", 3: "c"}
    for cut in range(ends[0], len(whole) + 1, 7):
        journal.write_bytes(whole[:cut])
        changes = sum(end <= cut for end in ends) - 1
        assert recovered(unsaved) == (expected[changes], ())


def test_after_a_torn_row_the_next_change_is_kept_whole(unsaved):
    journal = unsaved / "journal.jsonl"
    journal.write_bytes(journal.read_bytes()[:-10])
    with open_project(unsaved) as opened:
        project = opened.recover()
        opened.append(project, edits.set_title(project, "d"), "Title")
    assert recovered(unsaved) == ("d", ())


def test_damage_in_the_middle_keeps_what_follows_for_experts(unsaved):
    journal = unsaved / "journal.jsonl"
    rows = journal.read_bytes().splitlines(keepends=True)
    rows[2] = rows[2].replace(b'"b"', b'"x"')
    journal.write_bytes(b"".join(rows))
    title, notices = recovered(unsaved)
    assert title == "a"
    (aside,) = unsaved.glob("journal-*.jsonl")
    assert aside.read_bytes() == b"".join(rows)
    assert aside.name in notices[0]


def test_a_change_that_does_not_fit_ends_the_recovery(unsaved, monkeypatch):
    from hwocr_desktop.core.document import patch

    apply = patch.apply

    def refuse_b(project, change):
        if change == {"title": "b"}:
            raise patch.BadPatch("b")
        return apply(project, change)

    monkeypatch.setattr(patch, "apply", refuse_b)
    title, notices = recovered(unsaved)
    assert title == "a"
    assert "could not be read" in notices[0]


@pytest.mark.parametrize(
    "content", [b"\n", b"{}\n", b"\x00" * 100, b"half a row", b'{"crc":"00000000"\n']
)
def test_a_journal_that_is_none_is_put_aside(saved, content):
    (saved / "journal.jsonl").write_bytes(content)
    with open_project(saved) as opened:
        assert opened.project == version(3)
        assert not opened.has_leftover_journal
        (notice,) = opened.notices
    (aside,) = saved.glob("journal-*.jsonl")
    assert aside.read_bytes() == content
    assert aside.name in notice


def test_an_empty_journal_is_nothing(saved):
    (saved / "journal.jsonl").write_bytes(b"")
    with open_project(saved) as opened:
        assert opened.notices == ()
        opened.append(opened.project, version(8), "x")
    assert recovered(saved)[0] == "version 8"


def test_the_journal_of_another_state_is_put_aside(unsaved):
    journal = (unsaved / "journal.jsonl").read_bytes()
    other = serial.encode_project(version(7))
    (unsaved / "project.json").write_bytes(other)
    with open_project(unsaved) as opened:
        assert opened.project == version(7)
        assert not opened.has_leftover_journal
        assert "do not fit" in opened.notices[0]
    (aside,) = unsaved.glob("journal-*.jsonl")
    assert aside.read_bytes() == journal


def test_put_aside_twice_in_a_second_keeps_both(saved):
    for content in (b"one\n", b"two\n"):
        (saved / "journal.jsonl").write_bytes(content)
        open_project(saved).close()
    kept = {path.read_bytes() for path in saved.glob("journal-*.jsonl")}
    assert kept == {b"one\n", b"two\n"}


# --- a full disk -----------------------------------------------------------------


def full(*args, **kwargs):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("place", ["fsync", "replace", "write"])
def test_a_full_disk_leaves_file_and_journal_as_they_were(unsaved, monkeypatch, place):
    with open_project(unsaved) as opened:
        project = opened.recover()
        before = (
            everything(unsaved)["project.json"],
            everything(unsaved)["journal.jsonl"],
        )
        with monkeypatch.context() as patch:
            if place == "write":
                patch.setattr("tempfile.mkstemp", full)
            else:
                patch.setattr(os, place, full)
            with pytest.raises(OutputNotWritable) as caught:
                opened.save(edits.set_title(project, "d"))
        assert is_plain(caught.value)
        assert "no room" in caught.value.message
        now = everything(unsaved)
        assert (now["project.json"], now["journal.jsonl"]) == before
        assert not [name for name in now if name.endswith(".tmp")]
    assert recovered(unsaved)[0] == "c"


@pytest.mark.parametrize("place", ["fsync", "write"])
def test_a_full_disk_while_typing_keeps_what_was_typed_before(
    unsaved, monkeypatch, place
):
    with open_project(unsaved) as opened:
        project = opened.recover()
        first = edits.set_title(project, "d")
        opened.append(project, first, "Title")
        with monkeypatch.context() as patch:
            patch.setattr(os, place, full)
            with pytest.raises(OutputNotWritable) as caught:
                opened.append(first, edits.set_title(project, "e"), "Title")
        assert is_plain(caught.value)
    # The system may have written the row before it refused to force it to the disk.
    assert recovered(unsaved)[0] in {"fsync": "de", "write": "d"}[place]


def test_a_full_disk_still_opens_projects(saved, monkeypatch):
    monkeypatch.setattr(os, "write", full)
    with open_project(saved) as opened:
        assert opened.project == version(3)


def test_a_full_disk_while_restoring_a_backup_changes_nothing(saved, monkeypatch):
    (saved / "project.json").write_bytes(b"damaged")
    before = everything(saved)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OutputNotWritable):
            open_project(saved, from_backup=True)
    assert everything(saved) == before


# --- a protected folder ----------------------------------------------------------


@pytest.fixture(params=["folder", "file", "lock"])
def protected(request, unsaved: Path, monkeypatch) -> Path:
    """A project with unsaved changes that may only be read, in three ways."""
    access, open_ = os.access, os.open

    def may(path, mode, **kwargs):
        bad = unsaved if request.param == "folder" else unsaved / "project.json"
        is_bad = Path(path) == bad and mode & os.W_OK and request.param != "lock"
        return not is_bad and access(path, mode, **kwargs)

    def refuse(path, flags, *args, **kwargs):
        if request.param == "lock" and str(path).startswith(str(unsaved)):
            raise PermissionError(errno.EROFS, "Read-only file system", str(path))
        return open_(path, flags, *args, **kwargs)

    monkeypatch.setattr(os, "access", may)
    monkeypatch.setattr(os, "open", refuse)
    return unsaved


def test_a_protected_project_opens_for_reading(protected, tmp_path):
    before = everything(protected)
    with open_project(protected) as opened:
        assert opened.is_read_only
        assert "save a copy" in opened.notices[-1]
        project = opened.recover()
        assert project.title == "c"
        new = edits.set_title(project, "d")
        opened.append(project, new, "Title")
        with pytest.raises(OutputNotWritable) as caught:
            opened.save(new)
        assert is_plain(caught.value)
        assert "Save a copy" in caught.value.advice
        assert everything(protected) == before
        with opened.save_copy(tmp_path / "copy", new) as copy:
            assert copy.project.title == "d"
            assert not copy.is_read_only


def test_a_damaged_protected_project_shows_its_backup(protected):
    (protected / "project.json").write_bytes(b"damaged")
    before = everything(protected)
    with open_project(protected, from_backup=True) as opened:
        assert opened.project == version(2)
        assert opened.is_read_only
    assert everything(protected) == before


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_a_folder_without_the_right_to_write_opens_for_reading(saved):
    saved.chmod(0o555)
    try:
        with open_project(saved) as opened:
            assert opened.is_read_only
            with pytest.raises(OutputNotWritable):
                opened.save(version(9))
    finally:
        saved.chmod(0o755)


# --- two windows, and a program that dies ----------------------------------------

WORK = """
import os, sys, time
from pathlib import Path
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.project_file import open_project
file = open_project(Path(sys.argv[1]))
project = file.project
for title in ("one", "two"):
    new = edits.set_title(project, title)
    file.append(project, new, "Title")
    project = new
print("ready", flush=True)
time.sleep(60)
"""


def test_another_window_is_refused_and_a_killed_one_loses_nothing(saved):
    process = subprocess.Popen(
        [sys.executable, "-c", WORK, str(saved)], stdout=subprocess.PIPE
    )
    try:
        assert process.stdout.readline().strip() == b"ready"
        before = everything(saved)
        with pytest.raises(ProjectInUse) as caught:
            open_project(saved)
        assert is_plain(caught.value)
        assert everything(saved) == before
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    with open_project(saved) as opened:
        assert opened.has_leftover_journal
        assert opened.recover().title == "two"


def test_a_window_whose_project_was_taken_over_writes_no_more(saved):
    with open_project(saved) as first:
        (saved / "lock").unlink()
        with open_project(saved) as second:
            second.save(version(5))
            before = everything(saved)
            with pytest.raises(ProjectInUse):
                first.append(first.project, version(6), "x")
            with pytest.raises(ProjectInUse):
                first.save(replace(version(6)))
            assert everything(saved) == before
