"""A file is wholly new or untouched, whatever goes wrong, and old versions are kept."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hwocr_desktop.core import atomic
from hwocr_desktop.core.errors import OutputNotWritable

OLD = b"what was there"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "Pfarrbücher 1850" / "pröject.json"
    path.parent.mkdir()
    path.write_bytes(OLD)
    return path


def names(path: Path) -> set[str]:
    return {p.name for p in path.parent.iterdir()}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(data=st.binary(max_size=300))
def test_what_is_written_is_read_back(target, data):
    atomic.write_bytes(target, data)
    assert target.read_bytes() == data
    assert names(target) == {target.name}


def test_text_is_utf8_with_its_own_line_ends(target):
    atomic.write_text(target, "Dvořák\n½ œ\n")
    assert target.read_bytes() == "Dvořák\n½ œ\n".encode()


def test_a_new_file_is_made(tmp_path):
    atomic.write_bytes(tmp_path / "new", b"x")
    assert (tmp_path / "new").read_bytes() == b"x"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(versions=st.lists(st.binary(max_size=8), max_size=7), backups=st.integers(0, 3))
def test_backups_are_the_versions_before_newest_first(
    tmp_path_factory, versions, backups
):
    path = tmp_path_factory.mktemp("b") / "file"
    for version in versions:
        atomic.write_bytes(path, version, backups=backups)
    older = versions[:-1][::-1][:backups]
    for number, version in enumerate(older, start=1):
        assert path.with_name(f"file.bak{number}").read_bytes() == version
    expected = {f"file.bak{n + 1}" for n in range(len(older))}
    assert names(path) == (expected | {"file"} if versions else set())


def fail_with(number: int):
    def failing(*args, **kwargs):
        raise OSError(number, os.strerror(number))

    return failing


FAULTS = {
    errno.ENOSPC: "no room left",
    errno.EACCES: "may not be written",
    errno.EROFS: "may not be written",
    # The folder is there, whatever the system says.
    errno.ENOENT: "may not be written",
    errno.ENAMETOOLONG: "too long",
    errno.EIO: "could not be saved",
}


@pytest.mark.parametrize("place", ["mkstemp", "fsync", "replace", "copy2"])
@pytest.mark.parametrize(("number", "words"), FAULTS.items())
def test_every_fault_leaves_the_old_file_and_no_litter(
    target, monkeypatch, place, number, words
):
    spots = {
        "mkstemp": (atomic.tempfile, "mkstemp"),
        "fsync": (atomic.os, "fsync"),
        "replace": (atomic.Path, "replace"),
        "copy2": (atomic.shutil, "copy2"),
    }
    with monkeypatch.context() as patch:
        patch.setattr(*spots[place], fail_with(number))
        with pytest.raises(OutputNotWritable, match=words) as caught:
            atomic.write_bytes(target, b"new", backups=2)
    assert target.read_bytes() == OLD
    assert names(target) <= {target.name, target.name + ".bak1"}
    assert target.name in caught.value.message
    assert caught.value.advice


def killed_while_writing(folder):
    """Let a program be killed in the middle of a write; return what it leaves."""
    program = (
        "import os, signal, sys; from pathlib import Path\n"
        "from hwocr_desktop.core import atomic\n"
        "def die(*_): os.kill(os.getpid(), signal.SIGKILL)\n"
        "atomic.os.fsync = die\n"
        "atomic.write_bytes(Path(sys.argv[1]) / 'file', b'new')\n"
    )
    before = set(folder.iterdir())
    subprocess.run([sys.executable, "-c", program, str(folder)], check=False)
    (left,) = set(folder.iterdir()) - before
    return left


@pytest.mark.skipif(os.name == "nt", reason="there it is told by its age only")
def test_what_a_killed_program_left_is_removed(target):
    left = killed_while_writing(target.parent)
    assert left.name.startswith(".hwocr-")
    atomic.remove_stale(target.parent)
    assert names(target) == {target.name}


def test_only_what_is_surely_left_is_removed(target, monkeypatch):
    folder = target.parent
    ours = atomic._write_temporary(target, b"being written")
    other = folder / ours.name.replace(atomic._host(), "00000000")
    old = [
        folder / f".{target.name}.bak1.tmp",  # what is copied has the original's time
        folder / ".hwocr-abcdef12.tmp",
        other,
    ]
    kept = [folder / "notes.tmp", folder / ".notes.tmp", folder / ".hwocr-list"]
    for path in (*old, *kept):
        path.write_bytes(b"")
        os.utime(path, (1e9, 1e9))
    here = names(target)
    atomic.remove_stale(folder)
    assert names(target) == here
    later = time.time() + atomic._STALE_S + 60
    monkeypatch.setattr(atomic.time, "time", lambda: later)
    atomic.remove_stale(folder)
    assert names(target) == {target.name, *(path.name for path in kept)}
    atomic.remove_stale(folder / "gone")


def test_full_read_only_and_missing_have_sentences_of_their_own(target):
    lost = target.parent / "gone" / target.name
    said = {
        atomic.not_writable(path, OSError(number, "")).message
        for path, number in (
            (target, errno.ENOSPC),
            (target, errno.EACCES),
            (lost, errno.ENOENT),
        )
    }
    assert len(said) == 3


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_disk_that_is_really_full_leaves_the_old_file(target, monkeypatch):
    def onto_a_full_disk(handle, mode):
        os.close(handle)
        return Path("/dev/full").open(mode)

    monkeypatch.setattr(atomic.os, "fdopen", onto_a_full_disk)
    with pytest.raises(OutputNotWritable, match="no room left"):
        atomic.write_bytes(target, b"new" * 100_000, backups=1)
    assert target.read_bytes() == OLD
    assert names(target) == {target.name}


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(OutputNotWritable, match="gone"):
        atomic.write_bytes(tmp_path / "gone" / "file", b"")


def test_a_file_in_place_of_the_folder(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputNotWritable, match="is a file, not a folder"):
        atomic.write_bytes(tmp_path / "file" / "below", b"")


def test_a_folder_in_place_of_the_file(tmp_path):
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "inside").write_bytes(OLD)
    with pytest.raises(OutputNotWritable, match="a folder has that name"):
        atomic.write_bytes(tmp_path / "taken", b"")
    assert (tmp_path / "taken" / "inside").read_bytes() == OLD
    assert [p.name for p in tmp_path.iterdir()] == ["taken"]


def test_a_read_only_file_is_respected(target, monkeypatch):
    # Asked through os.access, because root may write whatever the mode says.
    monkeypatch.setattr(atomic.os, "access", lambda *_: False)
    with pytest.raises(OutputNotWritable, match="may not be written"):
        atomic.write_bytes(target, b"new")
    assert target.read_bytes() == OLD


def test_a_link_stays_a_link(target, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(target)
    atomic.write_bytes(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_link_to_itself_leads_nowhere_and_is_replaced(tmp_path):
    link = tmp_path / "link"
    link.symlink_to(link)
    atomic.write_bytes(link, b"new")
    assert not link.is_symlink()
    assert link.read_bytes() == b"new"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_permissions_are_kept_and_new_files_are_ordinary(target, tmp_path):
    target.chmod(0o640)
    atomic.write_bytes(target, b"new")
    assert target.stat().st_mode & 0o777 == 0o640
    (tmp_path / "by hand").write_bytes(b"")
    atomic.write_bytes(tmp_path / "by us", b"")
    modes = [(tmp_path / n).stat().st_mode & 0o777 for n in ("by hand", "by us")]
    assert modes[0] == modes[1]


def test_a_file_that_cannot_be_written_is_refused_before_the_work(
    tmp_path: Path,
) -> None:
    atomic.refuse_unwritable(None)
    atomic.refuse_unwritable(tmp_path / "new.csv")
    there = tmp_path / "old.csv"
    there.write_text("old")
    atomic.refuse_unwritable(there)
    assert there.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["old.csv"]
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputNotWritable, match="a folder has that name"):
        atomic.refuse_unwritable(tmp_path / "folder")
    with pytest.raises(OutputNotWritable, match="does not exist"):
        atomic.refuse_unwritable(tmp_path / "missing" / "new.csv")
    with pytest.raises(OutputNotWritable):
        atomic.refuse_unwritable(there / "new.csv")


WRITERS = {
    "a file": lambda folder: atomic.write_bytes(folder / "x.csv", b"new"),
    "beforehand": lambda folder: atomic.refuse_unwritable(folder / "x.csv"),
    "a folder tried": atomic.try_folder,
    "a folder made": lambda folder: atomic.make_folder(folder / "x"),
}


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
@pytest.mark.skipif(not Path("/proc/version").exists(), reason="no /proc here")
def test_a_folder_that_is_there_is_not_called_missing(write):
    with pytest.raises(OutputNotWritable, match="may not be written to") as said:
        write(Path("/proc"))
    assert "/proc" in said.value.message
    assert "exist" not in said.value.message
    assert "Reconnect" not in said.value.advice


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
@pytest.mark.parametrize("below", ["", "deeper"])
@pytest.mark.skipif(os.name == "nt", reason="Windows calls such a folder missing")
def test_a_file_in_the_place_of_a_folder_is_called_so(write, below, tmp_path):
    (tmp_path / "README.md").write_text("mine")
    with pytest.raises(OutputNotWritable, match=r"(is a|lead to a)") as said:
        write(tmp_path / "README.md" / below)
    assert "README.md" in said.value.message
    assert "exist" not in said.value.message
    assert (tmp_path / "README.md").read_text() == "mine"


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_into_a_folder_that_is_gone_is_told_so(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "gone" / "file")
    with pytest.raises(OutputNotWritable, match="does not exist"):
        atomic.write_bytes(tmp_path / "link", b"new")


FOLDER_FAULTS = {
    errno.ENOSPC: "no room left",
    errno.EEXIST: "a file has that name",
    errno.EACCES: "may not be written",
    errno.EROFS: "may not be written",
    errno.ENOENT: "does not exist",
    errno.ENOTDIR: "does not lead to a folder",
    errno.ENAMETOOLONG: "too long",
    errno.EIO: "could not be made in",
}


@pytest.mark.parametrize(("number", "words"), FOLDER_FAULTS.items())
def test_a_folder_that_cannot_be_made_is_not_called_a_file(
    tmp_path, monkeypatch, number, words
):
    def mkdir(folder, **_):
        raise OSError(number, os.strerror(number), str(tmp_path / "a" / "images"))

    monkeypatch.setattr(atomic.Path, "mkdir", mkdir)
    with pytest.raises(OutputNotWritable, match=words) as caught:
        atomic.make_folder(tmp_path / "a" / "images" / "deep")
    assert "the folder “images”" in caught.value.message.replace("The", "the")
    assert "saved" not in caught.value.message
    assert caught.value.advice


def test_a_folder_is_tried_without_a_trace(tmp_path):
    atomic.try_folder(tmp_path)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(OutputNotWritable, match="does not exist"):
        atomic.try_folder(tmp_path / "missing")


@pytest.mark.parametrize("place", ["mkstemp", "fsync"])
@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "no room left"),
        (errno.EROFS, "may not be written"),
        (errno.EIO, "Nothing can be saved"),
    ],
)
def test_a_folder_that_takes_no_files_is_told(
    tmp_path, monkeypatch, place, number, words
):
    spots = {"mkstemp": (atomic.tempfile, "mkstemp"), "fsync": (atomic.os, "fsync")}
    with monkeypatch.context() as patch:
        patch.setattr(*spots[place], fail_with(number))
        with pytest.raises(OutputNotWritable, match=words) as caught:
            atomic.try_folder(tmp_path)
    assert str(tmp_path) in caught.value.message
    assert list(tmp_path.iterdir()) == []
