"""Bundled folders exist; the user's folders obey HWOCR_HOME and make nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from hwocr_desktop.core import paths

USER_FOLDERS = (
    paths.user_data,
    paths.user_models,
    paths.user_logs,
    paths.user_config,
)


def test_bundled_folders_lie_beside_the_package():
    root = Path(__file__).resolve().parents[2]
    assert paths.bundled_models() == root / "models"
    assert paths.bundled_resources() == root / "resources"


def test_a_frozen_program_finds_its_folders_in_the_bundle(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert paths.bundled_models() == tmp_path / "models"
    assert paths.bundled_resources() == tmp_path / "resources"


@pytest.mark.parametrize("folder", USER_FOLDERS)
def test_hwocr_home_holds_everything_of_the_user(folder, monkeypatch, tmp_path):
    home = tmp_path / "Küche & Söhne"
    monkeypatch.setenv("HWOCR_HOME", str(home))
    assert folder().is_relative_to(home)
    assert not home.exists(), "asking for a folder must not create it"


def test_the_folders_of_the_user_are_different_ones():
    assert len({folder() for folder in USER_FOLDERS}) == len(USER_FOLDERS)
    assert paths.user_models().parent == paths.user_data()


@pytest.mark.parametrize("value", [None, "", "  "])
@pytest.mark.parametrize("folder", USER_FOLDERS)
def test_without_hwocr_home_the_habits_of_the_system_hold(folder, value, monkeypatch):
    if value is None:
        monkeypatch.delenv("HWOCR_HOME")
    else:
        monkeypatch.setenv("HWOCR_HOME", value)
    assert folder().is_absolute()
    assert paths.APP_NAME in folder().parts


def test_a_relative_home_is_made_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HWOCR_HOME", "stick")
    assert paths.user_data() == tmp_path / "stick" / "data"
