"""Other programs on this computer: whether one runs, and yielding to them."""

from __future__ import annotations

import contextlib
import os
import sys

MODEST_NICE = 10
_BELOW_NORMAL = 0x4000  # Windows: BELOW_NORMAL_PRIORITY_CLASS


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


def be_modest() -> None:
    """Let this process yield the processor to the others, if the system allows it."""
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), _BELOW_NORMAL)
        return
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, max(os.nice(0), MODEST_NICE))
