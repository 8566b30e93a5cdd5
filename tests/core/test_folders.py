from __future__ import annotations

import os
from pathlib import Path

import pytest

from hwocr_desktop.core.folders import files_below, first_file, folders_below


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A folder with folders, and one beside it that is not below it."""
    top = tmp_path / "top"
    (top / "a" / "deep").mkdir(parents=True)
    (top / "b").mkdir()
    (tmp_path / "beside" / "inner").mkdir(parents=True)
    return top


def link(path: Path, target: Path) -> None:
    try:
        path.symlink_to(target, target_is_directory=True)
    except OSError:
        pytest.skip("this system makes no links for ordinary users")


def names(top: Path) -> list[str]:
    return [path.relative_to(top).as_posix() for path in folders_below(top)]


def test_without_links_these_are_the_folders_there_are(top):
    there = [Path(name) for name, _, _ in os.walk(top)]
    assert folders_below(top) == sorted(there)
    assert names(top) == [".", "a", "a/deep", "b"]
    assert folders_below(top / "nowhere") == []


def test_a_linked_folder_is_searched_to_its_depth(top):
    link(top / "z", top.parent / "beside")
    assert names(top) == [".", "a", "a/deep", "b", "z", "z/inner"]


def test_circles_end(top):
    link(top / "a" / "up", top)
    link(top / "b" / "self", top / "b")
    link(top.parent / "beside" / "back", top)
    link(top / "z", top.parent / "beside")
    assert names(top) == [".", "a", "a/deep", "b", "z", "z/inner"]


def test_a_folder_is_called_by_its_own_name_before_that_of_a_link(top):
    # The link comes first by name, and is not taken.
    link(top / "0", top / "b")
    link(top / "1", top / "gone")
    assert names(top) == [".", "a", "a/deep", "b"]


def test_files_are_found_once_and_broken_links_not_at_all(top):
    (top / "b" / "1.txt").write_text("a")
    (top.parent / "beside" / "inner" / "2.txt").write_text("b")
    link(top / "0", top / "b")
    link(top / "z", top.parent / "beside")
    link(top / "b" / "gone.txt", top / "nothing")
    found = [path.relative_to(top).as_posix() for path in files_below(top)]
    assert found == ["b/1.txt", "z/inner/2.txt"]


def test_the_first_file_is_found_past_folders_and_names_that_cannot_be(top):
    (top / "b" / "file").touch()
    paths = [top / "a", top / ("x" * 300), top / "missing", top / "b" / "file"]
    assert first_file(paths) == paths[-1]
    assert first_file(paths[:-1]) is None
