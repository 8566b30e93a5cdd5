"""What finds the lines of files that are read."""

from __future__ import annotations

import argparse

from hwocr_desktop.app.model_choice import (
    choose_layout,
    usable_layout,
)
from hwocr_desktop.cli.terminal import Terminal
from hwocr_desktop.core.document.backups import NAME, load_file


def finder_of(options: argparse.Namespace, terminal: Terminal) -> str:
    """Return what finds lines: what was named, or else what the project chose.

    A project is one whose folder is among the paths to be read.

    Raises
    ------
    BadModel
        If a model was named that is not installed.
    ProjectDamaged, ProjectTooNew, FileNotReadable
        If a project cannot be opened.
    """
    if options.find_with:
        return choose_layout(options.find_with)
    folders = [path for path in options.paths if (path / NAME).is_file()]
    chosen = {load_file(folder).stored.project.layout_model for folder in folders}
    # Projects that do not agree say nothing of the pages that are read together.
    wanted = chosen.pop() if len(chosen) == 1 else ""
    layout, damaged = usable_layout(wanted)
    if damaged:
        terminal.note(
            f"The model “{damaged}” is damaged; lines are found with “{layout}”. "
            "Install it again from where you got it."
        )
    if wanted not in ("", layout, damaged):
        terminal.note(
            f"“{wanted}”, which the project finds lines with, is not installed here; "
            f"lines are found with “{layout}”. --find-with names another."
        )
    return layout
