"""What the user has chosen for the program as a whole, kept as a small JSON file.

Only what differs from the defaults is written, so that a better default reaches
everybody who never chose. What a newer program has written is kept untouched. A file
that cannot be understood is moved aside, never fatal.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args, get_type_hints

from hwocr_desktop.core.atomic import not_writable, write_text
from hwocr_desktop.core.paths import user_config

log = logging.getLogger(__name__)

Theme = Literal["auto", "light", "dark"]
Decoder = Literal["greedy", "beam", "word-beam"]
DECODERS: tuple[Decoder, ...] = ("greedy", "beam", "word-beam")

MAX_RECENT = 12
_FILE_NAME = "settings.json"


LEARN_EVERY = 25
"""Lines that are checked before the model is taught again in the background."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The user's choices; the defaults are those of a fresh installation.

    Attributes
    ----------
    theme : str
        "auto" follows the system.
    language : str
        Language of the program's own words, such as "de"; "" follows the system.
    decoder : str
        How text is made from what the network sees: "greedy" (fast), "beam", or
        "word-beam", which weighs the model's language too.
    line_model : str
        Id of the model that reads lines in new projects; "" takes the best there is.
    layout_model : str
        What finds lines in new projects: the id of a model, or "classical" for ridges
        of the ink alone; "" takes the model that came with the program.
    cleaning : str
        How new pages become ink: "otsu", "global", "sauvola", "wolf", "nick", or the
        id of a model.
    doubt_threshold : float
        Words are marked that are right with less probability, 0..1.
    recent_projects : tuple of str
        Folders, the latest first.
    last_folder : str
        Where the last scan was opened from.
    autosave_s : int
        Seconds after a change until the project is saved, 5..3600.
    warm_up : bool
        Load the networks right after the window is shown.
    learn_along : bool
        Teach the model in the background, whenever some more lines were checked.
    general_lines : str
        Folder with transcribed lines of other hands, of which some are mixed in when a
        model is taught; "" for none.
    show_line_numbers : bool
        Show the numbers of lines on the page.
    font_size : int
        Size of transcribed text in points, 6..72.
    window_state : str
        Where the windows stand, as the window wrote it (Base64).
    unknown : mapping
        What the file holds besides, written by another version; kept as it is.
    """

    theme: Theme = "auto"
    language: str = ""
    decoder: Decoder = "word-beam"
    line_model: str = ""
    layout_model: str = ""
    cleaning: str = "sae-fast"
    doubt_threshold: float = 0.5
    recent_projects: tuple[str, ...] = ()
    last_folder: str = ""
    autosave_s: int = 30
    warm_up: bool = True
    learn_along: bool = False
    general_lines: str = ""
    show_line_numbers: bool = True
    font_size: int = 13
    window_state: str = ""
    unknown: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


_RANGES: dict[str, tuple[float, float]] = {
    "doubt_threshold": (0.0, 1.0),
    "autosave_s": (5, 3600),
    "font_size": (6, 72),
}


def load_settings() -> Settings:
    """Read the settings.

    Returns
    -------
    Settings
        Defaults for whatever is absent, of the wrong type or out of range. A damaged
        file is moved aside (``settings.json.damaged``); one that may not be read is
        left alone. Neither is an error: the program must start.
    """
    path = settings_path()
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        log.warning("settings %s cannot be read: %s", path, error)
        return Settings()
    except (ValueError, RecursionError) as error:
        log.warning("settings %s are damaged: %s", path, error)
        _move_aside(path)
        return Settings()
    if not isinstance(values, dict):
        log.warning("settings %s hold no table", path)
        _move_aside(path)
        return Settings()
    return _from_values(values)


def save_settings(settings: Settings) -> None:
    """Write the settings; only what differs from the defaults.

    Raises
    ------
    OutputNotWritable
        If the folder cannot be made or the file cannot be written.
    """
    path = settings_path()
    defaults = Settings()
    values = dict(settings.unknown)
    for item in fields(Settings):
        value = getattr(settings, item.name)
        if item.name != "unknown" and value != getattr(defaults, item.name):
            values[item.name] = value
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise not_writable(path, error) from error
    # Escaped, because a folder's name may hold bytes that are no text at all.
    text = json.dumps(values, indent=2, ensure_ascii=True, sort_keys=True)
    write_text(path, text + "\n")


def with_recent_project(settings: Settings, folder: Path) -> Settings:
    """Put a project at the head of the recent ones.

    Returns
    -------
    Settings
        With at most `MAX_RECENT` projects, each listed once.
    """
    latest = str(folder)
    others = [known for known in settings.recent_projects if known != latest]
    return replace(settings, recent_projects=(latest, *others)[:MAX_RECENT])


def settings_path() -> Path:
    """Return where the settings are kept; the file may not exist."""
    return user_config() / _FILE_NAME


def _from_values(values: dict[str, Any]) -> Settings:
    hints = get_type_hints(Settings)
    known = {item.name for item in fields(Settings)} - {"unknown"}
    chosen: dict[str, Any] = {}
    for name in sorted(known & values.keys()):
        value = _checked(name, values[name], hints[name])
        if value is None:
            log.warning("setting %s has an impossible value", name)
        else:
            chosen[name] = value
    unknown = {name: value for name, value in values.items() if name not in known}
    return Settings(**chosen, unknown=MappingProxyType(unknown))


def _checked(name: str, value: Any, hint: Any) -> Any:
    """Return the value in the type of the setting, or None if it does not fit."""
    choices = get_args(hint)
    if hint == tuple[str, ...]:
        if isinstance(value, list) and all(isinstance(v, str) for v in value):
            return tuple(value)
        return None
    if choices:
        return value if isinstance(value, str) and value in choices else None
    if hint in (bool, str):
        return value if isinstance(value, hint) else None
    # Numbers: JSON's true is a Python int, and no number.
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    low, high = _RANGES[name]
    if not is_number or not low <= value <= high:
        return None
    return hint(value)


def _move_aside(path: Path) -> None:
    """Keep a damaged file for whoever wants to look, out of the way."""
    try:
        path.replace(path.with_name(path.name + ".damaged"))
    except OSError as error:
        log.warning("settings %s cannot be moved aside: %s", path, error)
