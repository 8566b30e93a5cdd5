"""How much memory is free on this computer, and how much this program has used."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

_MEMINFO = Path("/proc/meminfo")
_GROUPS = Path("/sys/fs/cgroup")
_COUNTERS = ("peak", "now", "a", "b", "c", "d", "e", "f")


def free_memory() -> int | None:
    """Return the bytes that programs can still take without others being pushed out.

    What the system keeps of files it has read counts as free, for it gives that up.

    Returns
    -------
    int or None
        None where the system does not say.
    """
    try:
        if sys.platform == "win32":
            return _free_on_windows()
        if sys.platform == "darwin":
            done = subprocess.run(
                ["/usr/bin/vm_stat"],
                capture_output=True,
                text=True,
                check=True,
                timeout=5,
            )
            return free_in_vm_stat(done.stdout)
        free = free_in_meminfo(_MEMINFO.read_text(encoding="ascii"))
        limit = _left_in_group(_GROUPS)
    except (OSError, ValueError, AttributeError, subprocess.SubprocessError):
        return None
    return free if free is None or limit is None else min(free, limit)


def free_in_meminfo(text: str) -> int | None:
    """Return the bytes that Linux calls available in ``/proc/meminfo``."""
    found = re.search(r"^MemAvailable:\s*(\d+) kB", text, re.MULTILINE)
    return int(found[1]) * 1024 if found else None


def free_in_vm_stat(text: str) -> int | None:
    """Return the bytes that macOS's vm_stat calls free, or that soon can be."""
    size = re.search(r"page size of (\d+) bytes", text)
    kinds = ("free", "inactive", "speculative", "purgeable")
    pages = [re.search(rf"^Pages {kind}:\s*(\d+)\.", text, re.M) for kind in kinds]
    if size is None or pages[0] is None:
        return None
    return int(size[1]) * sum(int(found[1]) for found in pages if found)


def _left_in_group(folder: Path) -> int | None:
    """Return the bytes left under a limit that a container sets, if it sets one."""
    try:
        most = (folder / "memory.max").read_text(encoding="ascii").strip()
        used = (folder / "memory.current").read_text(encoding="ascii").strip()
    except OSError:
        return None
    return max(0, int(most) - int(used)) if most.isdigit() else None


def _free_on_windows() -> int | None:
    import ctypes

    class Status(ctypes.Structure):
        """MEMORYSTATUSEX."""

        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *(
                (name, ctypes.c_ulonglong)
                for name in ("whole", "free", "a", "b", "c", "d", "e")
            ),
        )

    status = Status()
    status.length = ctypes.sizeof(status)
    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined, unused-ignore]
    is_told = kernel.GlobalMemoryStatusEx(ctypes.byref(status))
    return int(status.free) if is_told else None


def most_memory_used() -> int | None:
    """Return the most bytes that this process has had in memory at a time.

    Returns
    -------
    int or None
        None where the system does not say.
    """
    if sys.platform == "win32":
        return _most_on_windows()
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(most if sys.platform == "darwin" else most * 1024)


def _most_on_windows() -> int | None:
    import ctypes

    class Counters(ctypes.Structure):
        """PROCESS_MEMORY_COUNTERS."""

        _fields_ = (
            ("size", ctypes.c_ulong),
            ("faults", ctypes.c_ulong),
            *((name, ctypes.c_size_t) for name in _COUNTERS),
        )

    counters = Counters()
    counters.size = ctypes.sizeof(counters)
    windows = ctypes.windll  # type: ignore[attr-defined, unused-ignore]
    windows.kernel32.GetCurrentProcess.restype = ctypes.c_void_p
    process = ctypes.c_void_p(windows.kernel32.GetCurrentProcess())
    is_told = windows.psapi.GetProcessMemoryInfo(
        process, ctypes.byref(counters), counters.size
    )
    return int(counters.peak) if is_told else None
