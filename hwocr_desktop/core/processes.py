"""Whether another program still runs."""

from __future__ import annotations

import os
import sys


def is_running(pid: int) -> bool:
    """Whether a process of this computer runs; on Windows always True."""
    if sys.platform == "win32":
        # os.kill would end it there.
        return True
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True
