"""Find the project that a crash left with changes that are not saved. No Qt."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from hwocr_desktop.core.document import journal
from hwocr_desktop.core.document.backups import load_file
from hwocr_desktop.core.document.lock import lock_project
from hwocr_desktop.core.document.recovery import ForeignJournal, find_leftover
from hwocr_desktop.core.errors import HwocrError, ProjectInUse
from hwocr_desktop.core.progress import CancelToken, Report

log = logging.getLogger(__name__)

_LOOK_AT = 3
"""So many of the last projects are looked at; older ones tell when they are opened."""


def find_unfinished(
    folders: Sequence[Path], *, cancel: CancelToken, report: Report
) -> Path | None:
    """Return the first project folder whose journal holds unsaved changes, or None.

    A project that is open in another window is not unfinished. Nothing is changed.
    """
    for folder in folders[:_LOOK_AT]:
        cancel.check()
        if _is_unfinished(folder):
            return folder
    return None


def _is_unfinished(folder: Path) -> bool:
    try:
        if (folder / journal.NAME).stat().st_size == 0:
            return False
        lock = lock_project(folder)
        if lock is None:
            return False
        try:
            leftover = find_leftover(folder / journal.NAME, load_file(folder))
        finally:
            lock.release()
    except ProjectInUse:
        return False
    except (OSError, HwocrError, ForeignJournal) as error:
        log.info("%s is not looked at: %s", folder, error)
        return False
    return leftover is not None and leftover.is_waiting
