"""What ``hwocr train ... --from`` looks at before anything is opened or tried."""

from __future__ import annotations

import argparse

from hwocr_desktop.app import learning_runs
from hwocr_desktop.core.errors import BadRequest
from hwocr_desktop.ml import registry

_TAKEN = {
    "base",
    "checked_only",
    "fresh",
    "general",
    "json",
    "keep",
    "log",
    "minutes",
    "pages",
    "project",
    "title",
}
"""What can be said of a teaching, by the names of the parsed options."""

_OF_TEACHING = ("checked_only", "general", "keep", "pages")
"""What can be said of a teaching only."""

_NOT_SAID = {"command_line", "run", "subject", "verbose"}
"""What stands among the options and was not said of the training."""


def check_teaching(options: argparse.Namespace) -> None:
    """Refuse what could not be done, before time is spent on it.

    Raises
    ------
    BadRequest
        If an option is given that means nothing with --from.
    ProjectInUse
        If another teaching goes on.
    OutputNotWritable
        If there is no room to note that this one does.
    """
    unused = [
        f"--{'run' if name == 'work' else name.replace('_', '-')}"
        for name, value in sorted(vars(options).items())
        if name not in _TAKEN | _NOT_SAID and _is_given(value)
    ]
    if unused:
        raise BadRequest(
            f"With --from, nothing can be done with {' and '.join(unused)}.",
            "Leave that out. A taught model is put among the installed ones, under "
            "the name that --title gives it; what it is measured on is taken from "
            "what --from names.",
        )
    general = getattr(options, "general", None)
    if general is not None and not general.is_dir():
        raise BadRequest(
            f"There is no folder {general} with lines of other hands.",
            "Check the name that --general gives, or leave it out.",
        )
    with learning_runs.alone():
        pass


def check_training(options: argparse.Namespace) -> None:
    """Refuse what can be said of a teaching only, and a place that is taken.

    Raises
    ------
    BadRequest
        If an option of teachings is given without --from.
    OutputNotWritable
        If something other than a model is where the model shall be.
    """
    unused = [
        f"--{name.replace('_', '-')}"
        for name in _OF_TEACHING
        if getattr(options, name, None)
    ]
    if unused:
        raise BadRequest(
            f"Without --from, nothing can be done with {' and '.join(unused)}.",
            "Leave that out, or name with --from the project to learn from.",
        )
    if options.out is not None:
        registry.check_place(options.out)


def _is_given(value: object) -> bool:
    """Whether an option is there: a number may be zero."""
    return value is not None and value is not False and value not in ("", [])
