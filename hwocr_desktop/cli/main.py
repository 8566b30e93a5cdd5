"""The ``hwocr`` command: finds the command asked for and turns errors into codes."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from hwocr_desktop import __version__
from hwocr_desktop.cli import (
    binarize,
    evaluate,
    export,
    gui,
    models,
    prepare,
    read,
    self_test,
    train,
)
from hwocr_desktop.cli.entry import STOPPED
from hwocr_desktop.cli.terminal import Terminal, own_streams, shown_log
from hwocr_desktop.core.errors import HwocrError, OutOfMemory
from hwocr_desktop.core.progress import Cancelled

COMMANDS = {
    "gui": gui,
    "read": read,
    "export": export,
    "binarize": binarize,
    "prepare": prepare,
    "train": train,
    "evaluate": evaluate,
    "models": models,
    "self-test": self_test,
}

PIPE_CLOSED = 141

EXIT_CODES = """\
exit codes:
  0 all done                        6 model broken, missing or too new
  1 something inside the program    7 project damaged or too new
  2 the command makes no sense      8 project open in another window
  3 scan cannot be read             9 PAGE XML, ALTO or text not understood
  4 file missing or forbidden      10 not enough memory
  5 output cannot be written       11 nothing to learn from or to measure on
130 stopped with Ctrl+C
Of several errors the highest code is returned.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments after the program's name; those of the process if None.

    Returns
    -------
    int
        The exit code: 0, that of the error's class, 130 after Ctrl+C.
    """
    arguments = _with_command(list(sys.argv[1:] if argv is None else argv))
    try:
        options = build_parser().parse_args(arguments)
    except SystemExit as stop:  # --help, --version, or a mistake already explained
        return stop.code if isinstance(stop.code, int) else 2
    # Set only where it was given: it may stand before and after the command.
    verbosity = getattr(options, "verbose", 0)
    if not verbosity:
        # TensorFlow reads this once, when it is imported.
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    options.command_line = ["hwocr", *arguments]
    # The window stays for hours, while other commands come and go.
    log = "window.log" if options.run is gui.run else "command.log"
    with own_streams(log, is_verbose=verbosity > 0) as terminal:
        return _run(options, terminal, verbosity)


def _run(options: argparse.Namespace, terminal: Terminal, verbosity: int) -> int:
    """Run the command and turn what may go wrong into a sentence and a code."""
    try:
        with shown_log(terminal, verbosity):
            return int(options.run(options, terminal))
    except (Cancelled, KeyboardInterrupt):
        terminal.note("Stopped.")
        return STOPPED
    except BrokenPipeError:
        return PIPE_CLOSED
    except Exception as error:  # noqa: BLE001 - the last line: nobody sees a traceback
        return _explain(error, terminal, is_verbose=verbosity > 0)


def _explain(error: Exception, terminal: Terminal, *, is_verbose: bool) -> int:
    """Print an error for a person and return its exit code."""
    if is_verbose:
        terminal.note("".join(traceback.format_exception(error)).rstrip())
    if isinstance(error, MemoryError):
        error = OutOfMemory(
            "There is not enough memory for this.",
            "Close other programs, or work with smaller scans.",
        )
    if not isinstance(error, HwocrError):
        error = HwocrError(
            f"Something went wrong inside the program ({type(error).__name__}: "
            f"{error}).",
            "Run the command again with --verbose and send what it prints to the "
            "program's makers.",
        )
    terminal.error(error)
    return error.exit_code


def _with_command(arguments: list[str]) -> list[str]:
    """Open the window if no command is given.

    A double click starts the program without arguments, a scan dropped on its icon
    with a file's name.
    """
    if not arguments:
        return ["gui"]
    first = arguments[0]
    if first not in COMMANDS and not first.startswith("-") and Path(first).exists():
        return ["gui", *arguments]
    return prepare.with_kind(arguments)


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "-v",
        "--verbose",
        action="count",
        default=argparse.SUPPRESS,
        help="tell more; twice for everything",
    )
    parser = argparse.ArgumentParser(
        prog="hwocr",
        description="Cleans, reads and learns from scans of handwriting, offline.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[common],
    )
    parser.add_argument("--version", action="version", version=f"hwocr {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, module in COMMANDS.items():
        module.add_parser(commands, name, common)
    return parser
