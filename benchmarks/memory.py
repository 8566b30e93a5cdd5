"""Memory of the benchmarks."""

from __future__ import annotations

from hwocr_desktop.core.memory import most_memory_used


def peak_mb() -> int:
    """Return the most MiB that this process has had at a time; 0 if nobody knows."""
    return (most_memory_used() or 0) >> 20
