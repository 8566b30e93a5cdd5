"""``hwocr train binarizer --from PROJECT``: teach a cleaning model what was mended."""

from __future__ import annotations

import argparse
from typing import Any

from hwocr_desktop.app.ink_learning import LearnInkResult, learn_ink
from hwocr_desktop.app.learning import LearnRequest
from hwocr_desktop.app.mended_places import usual_ink_model
from hwocr_desktop.cli.export import page_ids
from hwocr_desktop.cli.models import card_entry
from hwocr_desktop.cli.teach import (
    add_project_options,
    is_plain_folder,
    open_to_learn,
    run_teaching,
    say_kept,
    settle,
)
from hwocr_desktop.cli.teach_checks import check_teaching
from hwocr_desktop.cli.terminal import Terminal
from hwocr_desktop.cli.train_options import minutes_to_teach
from hwocr_desktop.core.document.document import Project
from hwocr_desktop.core.errors import BadRequest
from hwocr_desktop.core.plurals import counted
from hwocr_desktop.ml.registry import ModelCard

DEFAULT_MINUTES = 3.0

_MOST_REASONS = 10
"""So many pairs that cannot be used are told one by one."""


def add_ink_teaching_options(part: argparse.ArgumentParser) -> None:
    """Add the options for learning from a project's mending."""
    add_project_options(
        part,
        "learn from the places of this project that a person mended with the brush, "
        "or from a folder with pairs of scan and ink; "
        f"takes --base, --minutes (then {DEFAULT_MINUTES:g} by default), --title, "
        "--log",
    )


def teach_ink(options: argparse.Namespace, terminal: Terminal) -> int:
    """Teach a cleaning model, tell the verdict, and keep or discard the result."""
    minutes = minutes_to_teach(options, DEFAULT_MINUTES)
    check_teaching(options)
    has_pairs = is_plain_folder(options.project)
    if has_pairs and options.pages:
        raise BadRequest(
            "Pairs of scan and ink have no pages to choose from.",
            "Leave out --pages, or name a project's folder.",
        )
    if has_pairs:
        folder = options.project.resolve()
        project = Project(folder.name)
    else:
        project, folder = open_to_learn(options.project)
    request = LearnRequest(
        project,
        folder,
        page_ids(project, options.pages),
        str(options.base or "") or usual_ink_model(project),
        minutes,
        "pairs" if has_pairs else "ink",
    )
    result, expected = run_teaching(learn_ink, request, options, terminal)
    kept = settle(options, result)
    if options.json:
        terminal.json(_entry(request.model, result, kept) | expected)
    else:
        _print(terminal, result, kept)
    return 0


def _print(terminal: Terminal, result: LearnInkResult, kept: ModelCard | None) -> None:
    _note_lost(terminal, result)
    low, high = result.gain_interval
    sure = f"95 % sure: {low:+.1f} to {high:+.1f}"
    if len(result.regions) == 1:
        sure = "one alone tells little"
    terminal.say(
        f"learned from {counted(result.learned, 'place')}; F-measure on "
        f"{counted(len(result.regions), 'place')} that it has not learned from: "
        f"{result.before:.2f} before, {result.after:.2f} after ({sure})"
    )
    say_kept(terminal, kept)


def _note_lost(terminal: Terminal, result: LearnInkResult) -> None:
    """Tell what could not be learned from: which pairs and why, or how many pages."""
    for reason in result.reasons[:_MOST_REASONS]:
        terminal.note(f"Left out {reason}")
    untold = result.lost_pages - len(result.reasons[:_MOST_REASONS])
    if untold and result.reasons:
        terminal.note(f"{counted(untold, 'pair')} more could not be used.")
    elif untold:
        terminal.note(f"{counted(untold, 'page')} could not be opened.")


def _entry(base: str, result: LearnInkResult, kept: ModelCard | None) -> dict[str, Any]:
    return {
        "base": base,
        "before": round(result.before, 4),
        "after": round(result.after, 4),
        "learned_from": result.learned,
        "regions": [
            {"name": r.name, "before": round(r.before, 4), "after": round(r.after, 4)}
            for r in result.regions
        ],
        "gain_interval": [round(side, 4) for side in result.gain_interval],
        "lost_pages": result.lost_pages,
        "left_out": list(result.reasons),
        "is_better": result.is_better,
        "model": None if kept is None else card_entry(kept),
    }
