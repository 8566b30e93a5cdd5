from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from hwocr_desktop.core.document.document import Page
from hwocr_desktop.core.document.project_file import resolve_source, store_source
from hwocr_desktop.core.errors import FileNotReadable


def scan(path: Path, content: bytes = b"scan") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def page(source: str, content: bytes | None = None) -> Page:
    checksum = "" if content is None else hashlib.sha256(content).hexdigest()
    return Page("p1", source, 10, 10, sha256=checksum)


@pytest.mark.parametrize(
    ("place", "stored"),
    [
        ("project/1.png", "1.png"),
        ("project/scans/1.png", "scans/1.png"),
        ("1.png", "../1.png"),
        ("Brief 1863, ö/1.png", "../Brief 1863, ö/1.png"),
        ("projects/1.png", "../projects/1.png"),
    ],
)
def test_scans_near_the_project_are_named_from_it(tmp_path, place, stored):
    path = scan(tmp_path / "home" / place)
    folder = tmp_path / "home" / "project"
    assert store_source(folder, path) == stored
    folder.mkdir(exist_ok=True)
    assert resolve_source(folder, page(stored)) == path


def test_scans_elsewhere_are_named_absolutely(tmp_path):
    folder = tmp_path / "home" / "project"
    path = scan(tmp_path / "1.png")
    stored = store_source(folder, path)
    assert stored == path.as_posix()
    assert resolve_source(folder, page(stored)) == path


def test_a_folder_at_the_root_of_a_disk_is_not_beside_everything():
    root = Path(Path.cwd().anchor)
    scan_path = root / "media" / "stick" / "1.png"
    assert store_source(root / "project", scan_path) == scan_path.as_posix()


def test_relative_paths_are_taken_from_where_the_program_runs(tmp_path, monkeypatch):
    scan(tmp_path / "home" / "1.png")
    monkeypatch.chdir(tmp_path / "home")
    assert store_source(Path("project"), Path("1.png")) == "../1.png"


def test_project_and_scans_moved_together_still_fit(tmp_path):
    path = scan(tmp_path / "old" / "scans" / "1.png")
    stored = store_source(tmp_path / "old" / "project", path)
    (tmp_path / "old" / "project").mkdir()
    (tmp_path / "old").rename(tmp_path / "new")
    found = resolve_source(tmp_path / "new" / "project", page(stored))
    assert found == tmp_path / "new" / "scans" / "1.png"


@pytest.mark.parametrize(
    "place",
    ["project/1.png", "1.png", "project/found/1.png", "other/1.png", "box/7/1.png"],
)
def test_a_moved_scan_is_found_beside_the_project(tmp_path, place):
    home = tmp_path / "home"
    (home / "project").mkdir(parents=True)
    path = scan(home / place)
    assert resolve_source(home / "project", page("/gone/box/7/1.png")) == path


def test_of_many_files_of_one_name_only_the_same_scan_will_do(tmp_path):
    home = tmp_path / "home"
    (home / "project").mkdir(parents=True)
    scan(home / "1.png", b"another page")
    right = scan(home / "other" / "1.png", b"the page")
    assert resolve_source(home / "project", page("/gone/1.png", b"the page")) == right
    right.unlink()
    with pytest.raises(FileNotReadable):
        resolve_source(home / "project", page("/gone/1.png", b"the page"))


def test_a_path_of_another_system_is_found_by_its_name(tmp_path):
    home = tmp_path / "home"
    (home / "project").mkdir(parents=True)
    path = scan(home / "1.png")
    assert resolve_source(home / "project", page("C:/Scans/1.png")) == path


def test_a_missing_scan_is_named_with_advice(tmp_path):
    with pytest.raises(FileNotReadable) as caught:
        resolve_source(tmp_path, page("../scans/17.png"))
    assert "17.png" in caught.value.message
    assert "project folder" in caught.value.advice


@pytest.mark.parametrize("source", ["", ".", "..", "a\0b.png", "x" * 5000])
def test_odd_names_are_missing_scans_and_not_crashes(tmp_path, source):
    with pytest.raises(FileNotReadable):
        resolve_source(tmp_path, page(source))
