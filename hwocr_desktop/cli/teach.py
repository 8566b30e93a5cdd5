"""``hwocr train lines --from PROJECT``: teach a copy of a model the corrections."""

from __future__ import annotations

import argparse
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

from hwocr_desktop.app import learning_runs
from hwocr_desktop.app.folder_projects import project_of_folder
from hwocr_desktop.app.general_lines import usual_folder
from hwocr_desktop.app.held_out import Split
from hwocr_desktop.app.learning import (
    LearnRequest,
    LearnResult,
    Taught,
    discard_model,
    keep_model,
    learn_lines,
)
from hwocr_desktop.app.learning_request import look_for_damage
from hwocr_desktop.app.learning_trial import try_out
from hwocr_desktop.app.model_choice import choose_line_model, choose_word_model
from hwocr_desktop.app.taught_lines import with_checksums
from hwocr_desktop.app.teaching import give_up, minutes_done
from hwocr_desktop.app.teaching_forecast import Forecast
from hwocr_desktop.cli.export import page_ids
from hwocr_desktop.cli.models import card_entry
from hwocr_desktop.cli.side_files import check_log
from hwocr_desktop.cli.teach_checks import check_teaching
from hwocr_desktop.cli.teach_plan import TOO_FEW, UNTRACED, tell_plan
from hwocr_desktop.cli.terminal import Terminal, stoppable
from hwocr_desktop.cli.train_options import minutes_to_teach
from hwocr_desktop.cli.training_log import TrainingLog, told_if_stopped
from hwocr_desktop.core.document.backups import NAME as PROJECT_FILE
from hwocr_desktop.core.document.document import Project
from hwocr_desktop.core.document.project_file import open_project
from hwocr_desktop.core.plurals import counted
from hwocr_desktop.core.progress import CancelToken, Progress, Report, ignore_progress
from hwocr_desktop.core.text.text_metrics import ErrorRate
from hwocr_desktop.ml.registry import ModelCard

DEFAULT_MINUTES = 5.0

_OF: dict[Split, str] = {
    "page": "of which it has learned nothing",
    "line": "not learned from, but from pages that are: on others it will do worse",
    "picture": "pictures of single lines: if they come from pages that it has learned "
    "from, it will do worse on others",
    "known": "which the model had learned from before: the figures are too good, and "
    "whether it got better cannot be judged",
}

T = TypeVar("T", covariant=True)


class Learn(Protocol[T]):
    """Teaches a copy of a model."""

    def __call__(
        self, request: LearnRequest, *, cancel: CancelToken, report: Report
    ) -> T:
        """Return what came of it."""


class TryOut(Protocol):
    """Tries a teaching shortly."""

    def __call__(
        self, request: LearnRequest, *, cancel: CancelToken, report: Report
    ) -> Forecast | None:
        """Return what all of it will need; None if there is too little to tell."""


def add_teaching_options(part: argparse.ArgumentParser) -> None:
    """Add the options for learning from a project's checked lines."""
    add_project_options(
        part,
        "learn from the lines of this project that a person has called right, or of "
        "a folder with scans and their PAGE XML or ALTO, or with pictures of lines; "
        f"takes --minutes (then {DEFAULT_MINUTES:g} by default), --title, --log",
    )
    part.add_argument(
        "--base",
        default="",
        metavar="MODEL",
        help="the model to start from; with --from the default is the project's, "
        "with --data a model's folder will do too",
    )
    part.add_argument(
        "--general",
        type=Path,
        metavar="DIR",
        help="with --from: lines of other hands, mixed in so that the model does not "
        "forget them; the default is the folder of the settings",
    )
    part.add_argument(
        "--checked-only",
        action="store_true",
        help="with --from: do not learn from lines that nobody has checked; else the "
        "model reads some of them while it learns, and learns from those that it is "
        "surest of, if it has a language to read with",
    )


def add_project_options(part: argparse.ArgumentParser, about: str) -> None:
    """Add the options for learning from a project, whatever of it."""
    part.add_argument(
        "--from", dest="project", type=Path, metavar="PROJECT|FOLDER", help=about
    )
    part.add_argument(
        "--pages",
        nargs="+",
        default=[],
        metavar="NAME",
        help="with --from: learn from these pages only, by the name of their files "
        "without ending",
    )
    part.add_argument(
        "--keep",
        choices=("better", "always", "never"),
        help="with --from: when the taught model is installed (default: better)",
    )


def is_plain_folder(path: Path) -> bool:
    """Whether this names no project, damaged or not: a folder, as it should be."""
    return path.name != PROJECT_FILE and not any(path.glob(f"{PROJECT_FILE}*"))


def open_to_learn(folder: Path) -> tuple[Project, Path]:
    """Return a project as it is now, what a crash left included, and its folder.

    A folder with transcribed pages or lines is taken for a project of them.
    """
    if is_plain_folder(folder):
        found = project_of_folder(folder, cancel=CancelToken(), report=ignore_progress)
        return found, folder.resolve()
    with open_project(folder) as file:
        project = file.recover() if file.has_leftover_journal else file.project
        return project, file.folder


def settle(options: argparse.Namespace, result: Taught) -> ModelCard | None:
    """Keep or discard a taught model as asked; return the card of a kept one."""
    keep = options.keep or "better"
    if keep == "always" or (keep == "better" and result.is_better):
        return keep_model(result, options.title or result.card.title)
    discard_model(result)
    return None


def say_kept(terminal: Terminal, kept: ModelCard | None) -> None:
    """Tell whether a taught model was kept."""
    if kept is not None:
        terminal.say(f"Kept as “{kept.title}”: {kept.folder}")
    else:
        terminal.say("Not kept. --keep always installs it all the same.")


def teach(options: argparse.Namespace, terminal: Terminal) -> int:
    """Teach a model, tell the verdict, and keep or discard the result."""
    minutes = minutes_to_teach(options, DEFAULT_MINUTES)
    check_teaching(options)
    project, folder = open_to_learn(options.project)
    project = with_checksums(project, folder)
    base = (
        choose_word_model(options.base)
        if options.subject == "words"
        else choose_line_model(options.base or project.line_model)
    )
    request = LearnRequest(
        project,
        folder,
        page_ids(project, options.pages),
        base,
        minutes,
        options.subject,
        general=options.general or usual_folder(),
        unchecked=not options.checked_only,
    )
    result, expected = run_teaching(learn_lines, request, options, terminal)
    if result.left_out.total:
        terminal.note(f"{result.left_out}.")
    if result.mixed_in:
        terminal.note(f"{result.mixed_in} lines of other hands were mixed in.")
    if result.unchecked:
        terminal.note(
            f"It also read {result.unchecked} lines that nobody has checked, and "
            "learned from those that it was surest of."
        )
    kept = settle(options, result)
    if options.json:
        terminal.json(_entry(base, result, kept) | expected)
    else:
        _print(terminal, result, kept)
    return 0


def run_teaching(
    learn: Learn[T],
    request: LearnRequest,
    options: argparse.Namespace,
    terminal: Terminal,
    trial: TryOut | None = None,
) -> tuple[T, dict[str, Any]]:
    """Teach, after telling of what and how long; return the result and that for JSON.

    What was interrupted goes on, unless it is to begin anew.
    """
    check_log(options.log)
    with TrainingLog(terminal, options.log) as log, stoppable() as cancel:
        # A run that goes on elsewhere must not be given up, nor tried beside.
        with learning_runs.alone():
            look_for_damage(request, cancel, log.report)
            minutes = 0.0
            if options.fresh:
                give_up(request)
            elif minutes := minutes_done(request):
                terminal.note(
                    f"Going on with what was interrupted after {minutes:.1f} minutes; "
                    "--fresh begins anew."
                )
            plan = tell_plan(request, terminal)
            rest = replace(request, minutes=max(0.0, request.minutes - minutes))
            forecast = (trial or try_out)(rest, cancel=cancel, report=log.report)
        expected = plan | _say_expected(forecast, terminal, log)
        with told_if_stopped(terminal, lambda: minutes_done(request)):
            return learn(request, cancel=cancel, report=log.report), expected


def _say_expected(
    expected: Forecast | None, terminal: Terminal, log: TrainingLog
) -> dict[str, Any]:
    """Tell how long it will take and what memory it needs; return that for JSON."""
    if expected is None:  # too little to learn from, as the teaching itself will say
        return {}
    log.report(Progress(0, 0, str(expected), expected))
    if expected.is_short_of_time:
        terminal.note(
            f"In that time it sees each line only {expected.passes:.1f} times; with "
            "more --minutes it learns more."
        )
    if expected.is_short_of_memory:
        terminal.note(
            "That is more memory than is free: close other programs, or name fewer "
            "pages with --pages."
        )
    return {"expected": asdict(expected)}


def _print(terminal: Terminal, result: LearnResult, kept: ModelCard | None) -> None:
    for when, rate, interval in (
        ("before", result.before, result.interval_before),
        ("after", result.after, result.interval_after),
    ):
        terminal.say(
            f"{when}: {rate.percent:.1f} % of characters wrong, letter by letter "
            f"(95 % sure: {interval[0]:.1f} to {interval[1]:.1f}), {rate.errors} of "
            f"{rate.total}"
        )
    if result.aided is not None:
        before, after = result.aided
        terminal.say(
            f"with its language, as pages are read: {before.percent:.1f} % before, "
            f"{after.percent:.1f} % after"
        )
    terminal.say(_tested(result))
    say_kept(terminal, kept)


def _tested(result: LearnResult) -> str:
    """Say on how many lines it was measured, and how far they can be believed."""
    lines = counted(len(result.comparisons), "line")
    if result.split != "picture":
        lines += f" on {counted(result.pages, 'page')}"
    said = f"Tested on {lines}, {_OF[result.split]}."
    if result.split != "known" and not result.is_enough_to_tell:
        said += f" {TOO_FEW}"
    return said if result.is_traced else f"{said} {UNTRACED}"


def _entry(base: str, result: LearnResult, kept: ModelCard | None) -> dict[str, Any]:
    return {
        "base": base,
        "before": _rate(result.before, result.interval_before),
        "after": _rate(result.after, result.interval_after),
        "with_language": None
        if result.aided is None
        else [round(rate.percent, 4) for rate in result.aided],
        "is_better": result.is_better,
        "tested": {
            "lines": len(result.comparisons),
            "pages": result.pages,
            "split": result.split,
            "is_enough_to_tell": result.is_enough_to_tell,
            "is_traced": result.is_traced,
        },
        "left_out": asdict(result.left_out),
        "mixed_in": result.mixed_in,
        "model": None if kept is None else card_entry(kept),
    }


def _rate(rate: ErrorRate, interval: tuple[float, float]) -> dict[str, Any]:
    return {
        "cer": round(rate.percent, 4),
        "errors": rate.errors,
        "characters": rate.total,
        "interval": [round(side, 4) for side in interval],
    }
