"""The user's choices while the program runs: one copy, kept on disk, announced."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from hwocr_desktop.app.jobs import JobRunner
from hwocr_desktop.core.errors import HwocrError
from hwocr_desktop.core.progress import CancelToken, Report
from hwocr_desktop.core.settings import (
    Settings,
    load_settings,
    save_settings,
    with_recent_project,
)

log = logging.getLogger(__name__)


class Preferences(QObject):
    """Holds the settings, writes them in the background, says when they change.

    Parameters
    ----------
    files : JobRunner
        Does the writing, so that a slow drive does not hold up the window.
    parent : QObject, optional
    """

    changed = Signal(object)

    def __init__(self, files: JobRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._files = files
        self._settings = load_settings()

    @property
    def settings(self) -> Settings:
        """The choices as they are now."""
        return self._settings

    def replace(self, settings: Settings) -> None:
        """Take other settings, keep them and tell everybody."""
        if settings == self._settings:
            return
        self._settings = settings
        self._files.submit(self.tr("Settings"), _write, settings)
        self.changed.emit(settings)

    def update(self, **choices: Any) -> None:
        """Change some settings by name."""
        self.replace(replace(self._settings, **choices))

    @Slot(float)
    def set_doubt_threshold(self, threshold: float) -> None:
        """Mark words that are right with less probability than this from now on."""
        self.update(doubt_threshold=threshold)

    def add_recent(self, folder: Path) -> None:
        """Put a project at the head of the recent ones."""
        self.replace(with_recent_project(self._settings, folder))

    def drop_recent(self, folder: str) -> None:
        """Take a project off the recent ones."""
        left = tuple(f for f in self._settings.recent_projects if f != folder)
        self.update(recent_projects=left)

    def remember_window(self, state: str) -> None:
        """Keep where the windows stand, at the end, when no worker runs any more."""
        self._settings = replace(self._settings, window_state=state)
        _keep(self._settings)


def _write(settings: Settings, *, cancel: CancelToken, report: Report) -> None:
    _keep(settings)


def _keep(settings: Settings) -> None:
    try:
        save_settings(settings)
    except HwocrError as error:
        # Nothing a person made is lost, and the program works without.
        log.warning("settings not kept: %s", error)
