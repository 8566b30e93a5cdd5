"""How far learning in the background has come with each project. No Qt.

Whoever checks twenty lines a day is to be learned from as well, so the count outlasts
the end of the program. It is about this computer's models, so it is kept beside them
and not in the project.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path

from hwocr_desktop.core import paths
from hwocr_desktop.core.atomic import make_folder, write_text
from hwocr_desktop.core.errors import OutputNotWritable

log = logging.getLogger(__name__)

_MOST_KEPT = 100


def known_lines(project: Path) -> int:
    """Return how many lines a project had when it was last learned from.

    Parameters
    ----------
    project : Path
        The project's folder.

    Returns
    -------
    int
        Lines that were checked; -1 if that is not known.
    """
    return _read().get(str(project.resolve()), -1)


def remember(project: Path, lines: int) -> None:
    """Keep how many checked lines of a project are known; -1 forgets it.

    If that cannot be written it is not kept: learning begins later then, and nothing
    else depends on it.
    """
    kept, name = _read(), str(project.resolve())
    # The latest project goes to the end; the oldest ones are forgotten.
    kept.pop(name, None)
    kept[name] = lines
    latest = dict(list(kept.items())[-_MOST_KEPT:])
    try:
        make_folder(_file().parent)
        write_text(_file(), json.dumps(latest, indent=1, ensure_ascii=False))
    except OutputNotWritable:
        log.warning("how far was learned could not be kept", exc_info=True)


def _file() -> Path:
    return paths.user_data() / "learned-along.json"


def _read() -> dict[str, int]:
    try:
        kept = json.loads(_file().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        log.warning("%s cannot be read", _file(), exc_info=True)
        return {}
    if not isinstance(kept, dict):
        return {}
    return {k: v for k, v in kept.items() if type(v) is int and v >= 0}
