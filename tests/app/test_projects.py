"""Where a project goes that nobody named."""

from datetime import date
from pathlib import Path

from hwocr_desktop.app.projects import default_folder
from hwocr_desktop.core import paths

DAY = date(2026, 5, 4)


def test_a_project_is_named_after_what_is_added_first(tmp_path):
    folder = tmp_path / "Dr. Hooker"
    folder.mkdir()
    base = paths.user_projects()
    assert default_folder([folder], DAY) == base / "Dr. Hooker 2026-05-04"
    assert default_folder([Path("brief ö.jpg")], DAY) == base / "brief ö 2026-05-04"
    assert default_folder([], DAY) == base / "Untitled 2026-05-04"


def test_a_name_that_is_taken_gets_a_number():
    first = default_folder([], DAY)
    first.mkdir(parents=True)
    assert default_folder([], DAY).name == "Untitled 2026-05-04 (2)"


def test_characters_that_no_file_system_likes_are_left_out():
    assert default_folder([Path('a:b?"c.png')], DAY).name == "a b  c 2026-05-04"
