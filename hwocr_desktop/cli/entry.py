"""Where the program begins: what is imported here must take no time."""

from __future__ import annotations

import sys

STOPPED = 130
"""As shells count: 128 and the number of the signal."""


def main() -> int:
    """Run the command of this process; Ctrl+C while it is still loading ends it too."""
    try:
        from hwocr_desktop.cli.main import main as run

        return run()
    except KeyboardInterrupt:
        if sys.stderr is not None:
            sys.stderr.write("Stopped.\n")
        return STOPPED
