"""What the system says of memory, in the words of each system."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hwocr_desktop.core import memory
from hwocr_desktop.core.memory import (
    free_in_meminfo,
    free_in_vm_stat,
    free_memory,
    most_memory_used,
)

MEMINFO = """MemTotal:       24683520 kB
MemFree:         1200000 kB
MemAvailable:    2097152 kB
"""
VM_STAT = """Mach Virtual Memory Statistics: (page size of 16384 bytes)
Pages free:                               10000.
Pages active:                            500000.
Pages inactive:                           20000.
Pages speculative:                         3000.
Pages throttled:                              0.
Pages purgeable:                            400.
"""


def test_linux_and_mac_say_what_is_free():
    assert free_in_meminfo(MEMINFO) == 2 * 1024**3
    assert free_in_vm_stat(VM_STAT) == 16384 * 33400
    assert free_in_meminfo("MemFree: 12 kB") is None
    assert free_in_vm_stat("no such program") is None


@pytest.mark.skipif(sys.platform != "linux", reason="it is Linux's way")
def test_a_container_may_leave_less(tmp_path, monkeypatch):
    (tmp_path / "meminfo").write_text(MEMINFO)
    monkeypatch.setattr(memory, "_MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(memory, "_GROUPS", tmp_path)
    assert free_memory() == 2 * 1024**3
    for most, left in (("max", 2 * 1024**3), ("5000", 1000), ("3000", 0)):
        (tmp_path / "memory.max").write_text(f"{most}\n")
        (tmp_path / "memory.current").write_text("4000\n")
        assert free_memory() == left


def test_a_system_that_does_not_say_is_no_error(monkeypatch):
    monkeypatch.setattr(memory, "_MEMINFO", Path("/no/such/file"))

    def refuse(*_, **__):
        raise subprocess.SubprocessError

    monkeypatch.setattr(subprocess, "run", refuse)
    if sys.platform != "win32":
        assert free_memory() is None


def test_this_process_has_used_what_it_took():
    taken = np.ones(40_000_000, np.uint8)
    most = most_memory_used()
    assert most is not None
    assert most > taken.nbytes
    free = free_memory()
    assert free is None or free > 1_000_000
