"""A project whose folder is moved, removed or put back while it is open."""

from __future__ import annotations

import errno
import os
import shutil
from dataclasses import replace

import pytest

from hwocr_desktop.core.document.lock import ProjectLock
from hwocr_desktop.core.document.presence import has_kept, look_up, require_folder
from hwocr_desktop.core.document.project_file import create_project, open_project
from hwocr_desktop.core.errors import HwocrError, OutputNotWritable, ProjectGone


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "Lettres à Hooker"


@pytest.fixture
def file(folder):
    made = create_project(folder, "zero")
    made.begin_journal()
    title(made, "one")
    yield made
    made.close()


def title(file, text):
    file.append(file.project, replace(file.project, title=text), "Title")


def crashed(folder, tmp_path):
    """Return the title that the next start finds, as if the program were killed now."""
    other = tmp_path / "crashed"
    shutil.rmtree(other, ignore_errors=True)
    shutil.copytree(folder, other)
    with open_project(other) as opened:
        return opened.recover().title


def move(folder):
    folder.rename(folder.with_name("moved"))


def put_away(folder):
    """Leave an empty folder, as where a disk was mounted."""
    move(folder)
    folder.mkdir()


def replace_by_file(folder):
    move(folder)
    folder.write_bytes(b"")


@pytest.mark.parametrize("lose", [shutil.rmtree, move, put_away, replace_by_file])
def test_nothing_is_called_kept_once_the_folder_is_gone(file, folder, lose):
    lose(folder)
    before = sorted(path.name for path in folder.parent.rglob("*"))
    for work in (
        lambda: title(file, "two"),
        lambda: file.append(file.project, file.project, "Keep"),
        lambda: file.save(replace(file.project, title="two")),
        file.begin_journal,
    ):
        with pytest.raises(ProjectGone) as caught:
            work()
        assert str(folder) in caught.value.message
        assert "save a copy elsewhere" in caught.value.advice
    assert file.project.title == "one"
    # Nothing was written where the folder had been.
    assert sorted(path.name for path in folder.parent.rglob("*")) == before


@pytest.mark.parametrize("lose", [move, put_away])
@pytest.mark.parametrize("way", ["append", "save"])
def test_a_folder_that_comes_back_gets_everything(file, folder, tmp_path, lose, way):
    lose(folder)
    for text in ("two", "three"):
        with pytest.raises(ProjectGone):
            title(file, text)
    if folder.exists():
        folder.rmdir()
    (tmp_path / "moved").rename(folder)
    latest = replace(file.project, title="four")
    if way == "append":
        file.append(replace(latest, title="three"), latest, "Title")
    else:
        file.save(latest)
    assert not file.has_gap
    with open_project(shutil.copytree(folder, tmp_path / "saved")) as saved:
        assert saved.project.title == "four"
    title(file, "five")
    assert crashed(folder, tmp_path) == "five"
    with pytest.raises(HwocrError):
        ProjectLock(folder)


@pytest.mark.parametrize("is_noticed", [True, False])
def test_a_copy_put_in_its_place_gets_what_it_lacks(file, folder, tmp_path, is_noticed):
    older = shutil.copytree(folder, tmp_path / "older")
    title(file, "two")
    file.save(file.project)
    file.begin_journal()
    title(file, "three")
    shutil.rmtree(folder)
    if is_noticed:
        with pytest.raises(ProjectGone):
            title(file, "four")
    older.rename(folder)
    title(file, "five")
    assert crashed(folder, tmp_path) == "five"
    # What stood in the copy is kept beside it.
    assert len(list(folder.glob("journal-*.jsonl"))) == 1
    assert len(list(folder.glob("project-*.json"))) == 1
    title(file, "six")
    assert crashed(folder, tmp_path) == "six"
    with pytest.raises(HwocrError):
        ProjectLock(folder)


@pytest.mark.parametrize("harm", ["removed", "cut", "replaced"])
@pytest.mark.parametrize("is_open", [True, False])
def test_a_journal_that_is_lost_is_noticed(file, folder, tmp_path, harm, is_open):
    path = folder / "journal.jsonl"
    if not is_open:
        file._journal.close()
    if harm == "cut":
        os.truncate(path, path.stat().st_size - 3)
    else:
        path.unlink()
    if harm == "replaced":
        path.write_bytes(b'{"not":"ours"}\n' * 100)
    assert file.has_gap
    title(file, "two")
    assert not file.has_gap
    assert crashed(folder, tmp_path) == "two"
    asides = [p.read_bytes() for p in folder.glob("journal-*.jsonl")]
    assert (b'{"not":"ours"}\n' * 100 in asides) == (harm == "replaced")


def test_closing_leaves_the_journal_of_whoever_came_after(file, folder):
    file.save(file.project)
    file.begin_journal()
    shutil.rmtree(folder)
    with create_project(folder, "new") as other:
        other.begin_journal()
        file.close()
        assert (folder / "journal.jsonl").exists()
        title(other, "newer")
        assert not other.has_gap


def test_a_copy_elsewhere_has_everything(file, folder, tmp_path):
    shutil.rmtree(folder)
    latest = replace(file.project, title="two")
    with file.save_copy(tmp_path / "copy", latest) as copy:
        assert copy.project.title == "two"
    with file.save_copy(folder, latest) as again:
        file.close()
        title(again, "three")
        assert not again.has_gap


@pytest.mark.parametrize("code", [errno.EACCES, errno.EIO, errno.EROFS])
def test_a_lock_that_is_refused_is_said_plainly(file, folder, monkeypatch, code):
    (folder / "lock").unlink()
    open_ = os.open

    def refuse(path, *args, **kwargs):
        if str(path) == str(folder / "lock"):
            raise OSError(code, os.strerror(code))
        return open_(path, *args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", refuse)
        with pytest.raises(OutputNotWritable) as caught:
            title(file, "two")
        assert not isinstance(caught.value, ProjectGone)
        assert os.strerror(code) in caught.value.message
    title(file, "two")
    assert file.project.title == "two"


def test_a_folder_that_goes_at_the_last_moment_is_gone_too(file, folder, monkeypatch):
    (folder / "lock").unlink()
    open_ = os.open

    def vanish(path, *args, **kwargs):
        if str(path) == str(folder / "lock"):
            shutil.rmtree(folder)
        return open_(path, *args, **kwargs)

    monkeypatch.setattr(os, "open", vanish)
    with pytest.raises(ProjectGone):
        title(file, "two")


def test_a_folder_of_another_identity_is_ours_if_it_holds_our_files(tmp_path):
    known = look_up(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(ProjectGone):
        require_folder(other, known, ["project.json"])
    (other / "project.json").write_bytes(b"")
    require_folder(other, known, ["lock", "project.json"])
    require_folder(tmp_path, known, [])
    assert look_up(tmp_path / "none") is None


def test_a_file_that_cannot_be_read_counts_as_there(tmp_path):
    assert not has_kept(tmp_path / "none", b"x", 0)
    assert has_kept(tmp_path, b"x", 0)
    path = tmp_path / "a"
    path.write_bytes(b"one x\ntwo\n")
    assert has_kept(path, b"x", 10)
    assert not has_kept(path, b"x", 11)
    assert not has_kept(path, b"two", 10)
