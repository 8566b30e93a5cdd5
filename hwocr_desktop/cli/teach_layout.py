"""``hwocr train layout --from PROJECT``: teach a model where lines are."""

from __future__ import annotations

import argparse
from typing import Any

from hwocr_desktop.app.layout_teaching import learn_finding, usual_layout_model
from hwocr_desktop.app.layout_trial import try_out_finding
from hwocr_desktop.app.layout_verdict import LearnLayoutResult
from hwocr_desktop.app.learning_request import LearnRequest
from hwocr_desktop.app.settled_lines import ABOUT_PAGES
from hwocr_desktop.cli.export import page_ids
from hwocr_desktop.cli.models import card_entry
from hwocr_desktop.cli.teach import (
    add_project_options,
    open_to_learn,
    run_teaching,
    say_kept,
    settle,
)
from hwocr_desktop.cli.teach_checks import check_teaching
from hwocr_desktop.cli.terminal import Terminal
from hwocr_desktop.cli.train_options import minutes_to_teach
from hwocr_desktop.core.pixels.layout_metrics import BaselineScores
from hwocr_desktop.core.plurals import counted
from hwocr_desktop.ml.registry import ModelCard

DEFAULT_MINUTES = 3.0


def add_layout_teaching_options(part: argparse.ArgumentParser) -> None:
    """Add the options for learning from the lines that a person set right."""
    add_project_options(
        part,
        "learn from this project, or a folder of scans with their PAGE XML or ALTO: "
        f"from {ABOUT_PAGES}; print, regions to ignore and lines without a text count "
        f"neither way; takes --base, --minutes (then {DEFAULT_MINUTES:g} by default), "
        "--title, --log",
    )


def teach_layout(options: argparse.Namespace, terminal: Terminal) -> int:
    """Teach a model to find lines, tell the verdict, keep or discard the result."""
    minutes = minutes_to_teach(options, DEFAULT_MINUTES)
    check_teaching(options)
    project, folder = open_to_learn(options.project)
    request = LearnRequest(
        project,
        folder,
        page_ids(project, options.pages),
        options.base or usual_layout_model(project.layout_model),
        minutes,
        "layout",
    )
    result, expected = run_teaching(
        learn_finding, request, options, terminal, try_out_finding
    )
    kept = settle(options, result)
    if options.json:
        terminal.json(_entry(request.model, result, kept) | expected)
    else:
        _print(terminal, result, kept)
    return 0


def _print(
    terminal: Terminal, result: LearnLayoutResult, kept: ModelCard | None
) -> None:
    if result.lost_pages:
        terminal.note(f"{counted(result.lost_pages, 'page')} could not be used.")
    terminal.say(
        f"learned from {counted(result.learned, 'page')}; measured on "
        f"{counted(result.lines, 'line')} of {counted(len(result.pages), 'page')} that "
        "it has not learned from:"
    )
    for when, scores in (("before", result.before), ("after", result.after)):
        terminal.say(
            f"{when}: F {100 * scores.f:.2f} (of what was found "
            f"{100 * scores.precision:.1f} % is right, of the lines "
            f"{100 * scores.recall:.1f} % are found)"
        )
    low, high = result.gain_interval
    sure = f"95 % sure: {low:+.1f} to {high:+.1f}"
    if len(result.pages) == 1:
        sure = "one page alone tells little"
    terminal.say(
        f"gained: {result.gain:+.2f} ({sure}); {result.least_gain:.1f} would be clear"
    )
    say_kept(terminal, kept)
    if kept is not None:
        terminal.say(
            f"“hwocr read --find-with {kept.id}” finds lines with it; in the window it "
            "is under “Find lines with” in the menu Page."
        )


def _entry(
    base: str, result: LearnLayoutResult, kept: ModelCard | None
) -> dict[str, Any]:
    return {
        "base": base,
        "before": _figures(result.before),
        "after": _figures(result.after),
        "gain": round(result.gain, 4),
        "gain_interval": [round(side, 4) for side in result.gain_interval],
        "least_gain": round(result.least_gain, 4),
        "learned_from": result.learned,
        "pages": [
            {
                "page": page.name,
                "lines": page.lines,
                "before": _figures(page.before),
                "after": _figures(page.after),
            }
            for page in result.pages
        ],
        "lost_pages": result.lost_pages,
        "is_better": result.is_better,
        "model": None if kept is None else card_entry(kept),
    }


def _figures(scores: BaselineScores) -> dict[str, float]:
    return {
        "f": round(100.0 * scores.f, 4),
        "precision": round(100.0 * scores.precision, 4),
        "recall": round(100.0 * scores.recall, 4),
    }
