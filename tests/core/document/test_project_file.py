from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hwocr_desktop.core.document import edits, serial
from hwocr_desktop.core.document.project_file import create_project, open_project
from hwocr_desktop.core.errors import BadRequest, FileNotReadable

quick = settings(
    max_examples=25, deadline=None, suppress_health_check=list(HealthCheck)
)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "Lettres à Hooker"


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_new_project_is_there_when_opened_again(folder):
    with create_project(folder, "Letters") as made:
        assert made.project.title == "Letters"
        assert not made.is_read_only
    with open_project(folder) as opened:
        assert opened.project == made.project
        assert opened.notices == ()
        assert not opened.has_leftover_journal


def test_saved_is_what_comes_back_and_the_three_versions_before_stay(folder, small):
    with create_project(folder) as file:
        for number in range(6):
            file.save(replace(small, title=f"version {number}"))
    with open_project(folder) as opened:
        assert opened.project == replace(small, title="version 5")
    kept = [
        serial.decode_project((folder / f"project.json.bak{n}").read_bytes())
        for n in (1, 2, 3)
    ]
    assert [stored.project.title[-1] for stored in kept] == ["4", "3", "2"]
    assert names(folder) == ["lock", "project.json"] + [
        f"project.json.bak{n}" for n in (1, 2, 3)
    ]


def test_saving_the_same_again_costs_no_backup(folder, small):
    with create_project(folder) as file:
        file.save(small)
        before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
        file.save(replace(small))
        after = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert before == after


def test_unsaved_changes_wait_after_a_crash_and_come_back(folder, small):
    file = create_project(folder)
    file.save(small)
    one = edits.correct_line(small, "p1", "l1", "Ke")
    two = edits.correct_line(one, "p1", "l1", "Kew")
    file.append(small, one, "Type")
    file.append(one, two, "Type")
    file.close()

    with open_project(folder) as opened:
        assert opened.has_leftover_journal
        assert opened.project == small
        assert opened.recover() == two
        assert opened.project == two
        assert not opened.has_leftover_journal
        assert not opened.is_saved
        # Recovered is not saved yet: the next change comes on top of the old ones.
        three = edits.accept_line(two, "p1", "l1")
        opened.append(two, three, "Accept")
    with open_project(folder) as again:
        assert again.recover() == three
        again.save(three)
        assert again.is_saved
    with open_project(folder) as last:
        assert not last.has_leftover_journal
        assert last.project == three
    assert "journal.jsonl" not in names(folder)


@quick
@given(data=st.data())
def test_any_changes_come_back(data, projects, edit, tmp_path_factory):
    """Property: whatever is appended, undone and redone, recovery gives the last."""
    folder = tmp_path_factory.mktemp("p") / "project"
    project = data.draw(projects)
    with create_project(folder) as file:
        file.save(project)
        states = [project]
        for _ in range(data.draw(st.integers(1, 5))):
            if len(states) > 1 and data.draw(st.booleans()):
                new = states[-2]
            else:
                new = edit(data.draw, states[-1])
            file.append(states[-1], new, "edit")
            states.append(new)
            if data.draw(st.integers(0, 4)) == 0:
                file.save(new)
    with open_project(folder) as opened:
        assert opened.recover() == states[-1]


def test_a_key_stroke_writes_a_few_hundred_bytes(folder, small, line_box):
    project = small
    for row in range(60):
        project = edits.add_line(project, "p1", line_box(10, 20 * row, 900, 20))
    with create_project(folder) as file:
        file.save(project)
        journal = folder / "journal.jsonl"
        new = edits.correct_line(project, "p1", "l9", "Kew, Jan.y 4th")
        file.append(project, new, "Type")
        size = journal.stat().st_size
        assert size < 500
        newer = edits.correct_line(new, "p1", "l9", "Kew, Jan.y 4th 1863")
        file.append(new, newer, "Type")
        assert journal.stat().st_size - size < 300


def test_every_change_is_forced_to_the_disk(folder, small, monkeypatch):
    synced = []
    from os import fsync

    with create_project(folder) as file:
        file.save(small)
        monkeypatch.setattr("os.fsync", lambda fd: synced.append(fd) or fsync(fd))
        first = edits.set_title(small, "a")
        file.append(small, first, "t")
        assert synced
        synced.clear()
        file.append(first, edits.set_title(small, "b"), "t")
        assert len(synced) == 1


def test_the_journal_can_be_read_by_a_person(folder, small):
    with create_project(folder) as file:
        file.append(file.project, small, "Add pages")
    head, row = (folder / "journal.jsonl").read_text("utf-8").splitlines()
    assert json.loads(head)["entry"]["schema"] == serial.SCHEMA
    assert json.loads(row)["entry"]["label"] == "Add pages"
    assert "Kew Gardens" in row


def test_discarded_changes_are_kept_under_another_name(folder, small):
    with create_project(folder) as file:
        file.append(file.project, small, "Add pages")
    with open_project(folder) as opened:
        aside = opened.discard_journal()
        assert "Kew Gardens" in aside.read_text("utf-8")
        assert not opened.has_leftover_journal
        assert opened.discard_journal() is None
    with open_project(folder) as again:
        assert not again.has_leftover_journal


@pytest.mark.parametrize("how", ["append", "save"])
def test_going_on_without_a_decision_loses_nothing(folder, small, how):
    with create_project(folder) as file:
        file.append(file.project, small, "Add pages")
    with open_project(folder) as opened:
        other = replace(opened.project, title="other")
        if how == "append":
            opened.append(opened.project, other, "Title")
        else:
            opened.save(other)
    (aside,) = folder.glob("journal-*.jsonl")
    assert "Kew Gardens" in aside.read_text("utf-8")
    with open_project(folder) as again:
        assert again.recover() == other


def test_a_crash_between_saving_and_emptying_the_journal_repeats_nothing(folder, small):
    with create_project(folder) as file:
        file.append(file.project, small, "Add pages")
        journal = (folder / "journal.jsonl").read_bytes()
        file.save(small)
    (folder / "journal.jsonl").write_bytes(journal)
    with open_project(folder) as opened:
        assert not opened.has_leftover_journal
        assert opened.project == small
        assert opened.notices == ()
    assert "journal.jsonl" not in names(folder)


def test_a_journal_that_cannot_be_emptied_goes_on(folder, small, monkeypatch):
    from pathlib import Path

    def refuse(self, missing_ok=False):
        raise PermissionError(13, "held open", str(self))

    with create_project(folder) as file:
        file.append(file.project, small, "Add pages")
        with monkeypatch.context() as patch:
            patch.setattr(Path, "unlink", refuse)
            file.save(small)
        new = edits.set_title(small, "after")
        file.append(small, new, "Title")
    with open_project(folder) as opened:
        assert opened.project == small
        assert opened.recover() == new


def test_a_journal_of_the_backup_comes_back_with_the_backup(folder, small):
    """Somebody copies the backup over the project file and finds the changes again."""
    with create_project(folder) as file:
        file.save(small)
        first = edits.set_title(small, "first")
        file.append(small, first, "Title")
        journal = (folder / "journal.jsonl").read_bytes()
        file.save(first)
    (folder / "project.json.bak1").replace(folder / "project.json")
    (folder / "journal.jsonl").write_bytes(journal)
    with open_project(folder) as opened:
        assert opened.project == small
        assert opened.recover() == first


def test_after_a_failed_append_the_next_one_carries_both(folder, small, monkeypatch):
    import os

    from hwocr_desktop.core.errors import OutputNotWritable

    one = edits.set_title(small, "one")
    two = edits.correct_line(one, "p1", "l1", "two")
    with create_project(folder) as file:
        file.save(small)
        file.append(small, edits.set_title(small, "zero"), "Title")

        def half(fd, data):
            return write(fd, bytes(data)[:20]) and full()

        def full():
            raise OSError(28, "No space left on device")

        write = os.write
        with monkeypatch.context() as patch:
            patch.setattr(os, "write", half)
            with pytest.raises(OutputNotWritable):
                file.append(small, one, "Title")
        file.append(one, two, "Type")
    with open_project(folder) as opened:
        assert opened.recover() == two
        assert opened.notices == ()


def test_a_copy_finds_the_same_scans(tmp_path, small):
    scans = tmp_path / "scans"
    scans.mkdir()
    (scans / "1.png").write_bytes(b"scan")
    with create_project(tmp_path / "project") as file:
        file.save(small)
        elsewhere = tmp_path / "usb" / "deep" / "copy"
        with file.save_copy(elsewhere, small) as copy:
            sources = [page.source for page in copy.project.pages]
            assert sources == [f"{scans.as_posix()}/{n}.png" for n in (1, 2)]
            assert copy.project.pages[0].lines == small.pages[0].lines
        with file.save_copy(tmp_path / "beside", small) as copy:
            assert copy.project == small
        with pytest.raises(BadRequest):
            file.save_copy(tmp_path / "beside", small)
    with open_project(elsewhere) as opened:
        assert len(opened.project.pages) == 2


def test_a_copy_has_the_list_of_words(tmp_path, small):
    listed = edits.set_word_list(small, "crew-1a2b3c4d.txt", "constrain")
    with create_project(tmp_path / "project") as file:
        # One that is gone keeps nobody from making a copy.
        with file.save_copy(tmp_path / "without", listed) as copy:
            assert copy.project == listed
            assert not (copy.folder / "crew-1a2b3c4d.txt").exists()
        (file.folder / "crew-1a2b3c4d.txt").write_bytes(b"Anna\n")
        with file.save_copy(tmp_path / "with", listed) as copy:
            assert (copy.folder / "crew-1a2b3c4d.txt").read_bytes() == b"Anna\n"
        # What is a project already gets nothing of it.
        (tmp_path / "without" / "crew-1a2b3c4d.txt").unlink(missing_ok=True)
        with pytest.raises(BadRequest):
            file.save_copy(tmp_path / "without", listed)
        assert not (tmp_path / "without" / "crew-1a2b3c4d.txt").exists()


def test_a_project_is_not_made_over_another(folder):
    create_project(folder).close()
    with pytest.raises(BadRequest, match="already"):
        create_project(folder)
    (folder / "project.json").rename(folder / "project.json.bak1")
    with pytest.raises(BadRequest, match="already"):
        create_project(folder)


def test_the_file_itself_opens_the_project(folder):
    create_project(folder, "Letters").close()
    with open_project(folder / "project.json") as opened:
        assert opened.project.title == "Letters"
        assert opened.folder == folder


def test_a_folder_without_a_project_says_so_and_stays_as_it_was(tmp_path):
    with pytest.raises(FileNotReadable) as caught:
        open_project(tmp_path)
    assert caught.value.advice
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(FileNotReadable):
        open_project(tmp_path / "nowhere")


def test_a_version_that_another_program_wrote_is_kept(folder, small):
    with create_project(folder) as file:
        (folder / "project.json").write_bytes(serial.encode_project(small))
        file.save(replace(small, title="mine"))
        (aside,) = folder.glob("project-*.json")
        assert serial.decode_project(aside.read_bytes()).project == small
        assert aside.name in file.notices[0]
    with open_project(folder) as opened:
        assert opened.project.title == "mine"


def test_the_version_before_a_migration_is_kept(folder, small, monkeypatch):
    with create_project(folder) as file:
        file.save(small)
    old = (folder / "project.json").read_bytes()
    was, now = serial.SCHEMA, serial.SCHEMA + 1
    monkeypatch.setattr(serial, "SCHEMA", now)
    monkeypatch.setattr("hwocr_desktop.core.document.project_file.SCHEMA", now)
    monkeypatch.setitem(serial.MIGRATIONS, was, lambda content: content)
    with open_project(folder) as opened:
        assert opened.project == small
        opened.save(small)
        opened.save(replace(small, title="newer"))
    (aside,) = folder.glob(f"project-schema{was}-*.json")
    assert aside.read_bytes() == old
    assert json.loads((folder / "project.json").read_bytes())["schema"] == now


def test_a_journal_from_before_the_brush_is_still_taken_up(folder, small, monkeypatch):
    """A crash, and then a new version of the program: nothing may be lost."""
    with monkeypatch.context() as before:
        before.setattr(serial, "SCHEMA", 1)
        before.setattr("hwocr_desktop.core.document.journal.SCHEMA", 1)
        with create_project(folder) as file:
            file.save(small)
            typed = edits.correct_line(small, "p1", "l1", "Kew")
            file.append(small, typed, "Type")
    with open_project(folder) as opened:
        assert opened.has_leftover_journal
        assert opened.recover() == typed


def test_a_closed_project_keeps_its_hands_off(folder, small):
    file = create_project(folder)
    file.close()
    file.close()
    with pytest.raises(ValueError, match="closed"):
        file.save(small)
    with pytest.raises(ValueError, match="closed"):
        file.append(file.project, small, "x")
