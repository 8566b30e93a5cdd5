"""Start the program: ``python -m hwocr_desktop``, and the frozen executable."""

from __future__ import annotations

import multiprocessing
import sys

from hwocr_desktop.cli.entry import main

if __name__ == "__main__":
    # In a frozen program a child process starts this very file again.
    multiprocessing.freeze_support()
    sys.exit(main())
