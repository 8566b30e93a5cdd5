"""Importing TensorFlow without holding up the threads that are already at work."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib.util
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path

log = logging.getLogger(__name__)

_at_rest = 0

# What TensorFlow's own modules are linked against, in the order they need each other.
_LIBRARIES = (
    "libtensorflow_framework.so.2",
    "libtensorflow_cc.so.2",
    "python/lib_pywrap_tensorflow_common.so",
    "python/profiler/internal/_pywrap_profiler_plugin.so",
    "lite/python/libpywrap_tflite_common.so",
)


@contextlib.contextmanager
def without_collections() -> Iterator[None]:
    """Keep Python from looking through all objects while hundreds of thousands come.

    Each such look holds Python's lock, and so the window, for longer than the one
    before. What the libraries have made by the end stays for good and need never be
    looked at again, which makes later looks short, too. Whoever collects by itself
    asks `collections_rest` first.
    """
    global _at_rest
    was_enabled = gc.isenabled()
    gc.disable()
    _at_rest += 1
    try:
        yield
    finally:
        gc.freeze()
        _at_rest -= 1
        if was_enabled:
            gc.enable()


def collections_rest() -> bool:
    """Whether some thread is within `without_collections`."""
    return _at_rest > 0


def preload() -> None:
    """Let the system load TensorFlow's big libraries while Python goes on.

    An import holds Python's lock while the system reads hundreds of megabytes, and
    the window stands still. A foreign call does not hold it; the import then finds
    the libraries loaded.
    """
    if not sys.platform.startswith("linux"):
        return
    spec = importlib.util.find_spec("tensorflow")
    if spec is None or spec.origin is None or "tensorflow" in sys.modules:
        return
    dlopen = ctypes.CDLL(None).dlopen
    dlopen.restype = ctypes.c_void_p
    dlopen.argtypes = (ctypes.c_char_p, ctypes.c_int)
    for name in _LIBRARIES:
        path = Path(spec.origin).parent / name
        if path.is_file() and not dlopen(os.fsencode(path), os.RTLD_NOW):
            log.info("%s was not loaded ahead", name)
