"""``hwocr gui``: open the window."""

from __future__ import annotations

import argparse
import ctypes
import os
import sys
from pathlib import Path
from typing import Any

from hwocr_desktop.app.batch_files import check_there
from hwocr_desktop.cli.terminal import Terminal
from hwocr_desktop.core.errors import BadRequest


def add_parser(commands: Any, name: str, common: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        name,
        parents=[common],
        help="open the window (the same as no command)",
        description="Open the window, with a project, with scans, or empty. Where "
        "there is no display to open it on, the exit code is 2.",
    )
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="PROJECT|FILE",
        help="a project folder, or scans and folders of scans to add",
    )
    parser.add_argument(
        "--sample", action="store_true", help="open the sample pages to try things"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """Open the window and return when it is closed."""
    for path in options.paths:
        check_there(path)
    if not _has_display():
        raise BadRequest(
            "There is no display to open a window on.",
            "Start the program from a desktop; the other commands, see “hwocr "
            "--help”, work without one.",
        )
    try:
        # Only here: all other commands run where no display libraries are.
        from hwocr_desktop.ui import start
    except ImportError as error:
        raise BadRequest(
            f"The window cannot be opened: {error}.",
            "On Linux, install the libraries libegl1, libxkbcommon0 and "
            "libxcb-cursor0; the other commands work without them.",
        ) from error
    return int(start.run(tuple(options.paths), sample=options.sample))


def _has_display() -> bool:
    """Whether there is a screen; without one Qt would end the whole process."""
    if not sys.platform.startswith("linux"):
        return True
    if any(os.environ.get(name) for name in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM")):
        return True
    return bool(os.environ.get("DISPLAY")) and _display_answers()


def _display_answers() -> bool:
    """Whether the X server that the environment names lets us in.

    True as well where nothing can be said, for Qt then tells what it lacks.
    """
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = (ctypes.c_char_p, ctypes.c_void_p)
    for use in (xcb.xcb_connection_has_error, xcb.xcb_disconnect):
        use.argtypes = (ctypes.c_void_p,)
    connection = xcb.xcb_connect(None, None)
    has_failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not has_failed
