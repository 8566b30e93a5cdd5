"""Settings come back as they were; nothing in their file can stop the program."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hwocr_desktop.core.errors import OutputNotWritable
from hwocr_desktop.core.settings import (
    MAX_RECENT,
    Settings,
    load_settings,
    save_settings,
    settings_path,
    with_recent_project,
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=5,
)
chosen = st.builds(
    Settings,
    theme=st.sampled_from(["auto", "light", "dark"]),
    decoder=st.sampled_from(["greedy", "beam", "word-beam"]),
    language=st.text(max_size=5),
    doubt_threshold=st.floats(0, 1),
    recent_projects=st.lists(st.text(max_size=9), max_size=4).map(tuple),
    autosave_s=st.integers(5, 3600),
    font_size=st.integers(6, 72),
)
same_home = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40
)


def write(text: str | bytes) -> Path:
    path = settings_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_without_a_file_the_defaults_hold():
    assert load_settings() == Settings()
    assert not settings_path().exists()


@same_home
@given(chosen)
def test_what_is_saved_is_loaded(wanted):
    save_settings(wanted)
    assert load_settings() == wanted


def test_a_folder_whose_name_is_no_text_is_remembered():
    wanted = with_recent_project(Settings(), Path("Pfarrb\udcfccher"))
    save_settings(wanted)
    assert load_settings() == wanted


def test_only_what_differs_is_written():
    save_settings(dataclasses.replace(Settings(), theme="dark"))
    assert json.loads(settings_path().read_text()) == {"theme": "dark"}


def test_unknown_keys_survive():
    write('{"theme": "dark", "from_the_future": {"a": [1, 2]}}')
    loaded = load_settings()
    assert loaded.theme == "dark"
    save_settings(dataclasses.replace(loaded, theme="light"))
    assert json.loads(settings_path().read_text()) == {
        "theme": "light",
        "from_the_future": {"a": [1, 2]},
    }


def test_a_setting_that_is_no_more_does_no_harm():
    write('{"theme": "dark", "low_memory": true}')
    assert load_settings().theme == "dark"
    assert not hasattr(load_settings(), "low_memory")


@pytest.mark.parametrize(
    "damage",
    [b"", b"{", b"[1, 2]", b"null", b"\xff\xfe\0", b"[" * 100_000, b'"text"'],
    ids=["empty", "cut off", "list", "null", "not text", "too deep", "string"],
)
def test_a_damaged_file_is_moved_aside(damage):
    path = write(damage)
    assert load_settings() == Settings()
    assert not path.exists()
    assert path.with_name("settings.json.damaged").read_bytes() == damage
    save_settings(Settings(theme="dark"))
    assert load_settings().theme == "dark"


def test_a_folder_in_place_of_the_file_is_not_fatal():
    settings_path().mkdir(parents=True)
    assert load_settings() == Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("theme", "pink"),
        ("theme", ["dark"]),
        ("decoder", 3),
        ("doubt_threshold", 1.5),
        ("doubt_threshold", "0.5"),
        ("doubt_threshold", True),
        ("doubt_threshold", float("nan")),
        ("autosave_s", 0),
        ("warm_up", 1),
        ("recent_projects", "folder"),
        ("recent_projects", [1]),
        ("font_size", None),
    ],
)
def test_an_impossible_value_falls_back_and_the_others_hold(name, value):
    write(json.dumps({name: value, "language": "fr"}))
    assert load_settings() == Settings(language="fr")


@same_home
@given(
    st.dictionaries(
        st.sampled_from([f.name for f in dataclasses.fields(Settings)]), json_values
    )
)
def test_no_content_is_fatal_and_every_value_has_its_type(values):
    write(json.dumps(values))
    loaded = load_settings()
    for field in dataclasses.fields(Settings):
        if field.name != "unknown":
            default = getattr(Settings(), field.name)
            assert isinstance(getattr(loaded, field.name), type(default))
    save_settings(loaded)
    assert load_settings() == loaded or "NaN" in settings_path().read_text()


def test_recent_projects_are_few_and_each_once(tmp_path):
    current = Settings()
    for number in range(MAX_RECENT + 5):
        current = with_recent_project(current, tmp_path / str(number))
    current = with_recent_project(current, tmp_path / "10")
    assert current.recent_projects[0] == str(tmp_path / "10")
    assert len(set(current.recent_projects)) == len(current.recent_projects)
    assert len(current.recent_projects) == MAX_RECENT


def test_settings_that_cannot_be_saved_say_so(hwocr_home):
    (hwocr_home / "config").write_text("a file in place of the folder")
    with pytest.raises(OutputNotWritable):
        save_settings(Settings(theme="dark"))
