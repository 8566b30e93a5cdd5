"""Importing TensorFlow without holding up other threads."""

from __future__ import annotations

import contextlib
import gc
import subprocess
import sys

import pytest

from hwocr_desktop.ml import loading


@pytest.mark.parametrize("enabled", [True, False])
def test_collections_rest_meanwhile_and_go_on_as_before(enabled):
    was_enabled, frozen = gc.isenabled(), gc.get_freeze_count()
    try:
        (gc.enable if enabled else gc.disable)()
        with contextlib.suppress(ZeroDivisionError), loading.without_collections():
            assert not gc.isenabled()
            kept = [[] for _ in range(5000)]
            _ = 1 / 0
        assert gc.isenabled() is enabled
        # What came meanwhile need never be looked at again.
        assert gc.get_freeze_count() >= frozen + len(kept)
    finally:
        gc.unfreeze()
        (gc.enable if was_enabled else gc.disable)()


def test_nothing_is_loaded_where_there_is_no_tensorflow(monkeypatch):
    def no_foreign_call(*_):
        raise AssertionError("nothing was to be loaded")

    monkeypatch.setattr(loading.ctypes, "CDLL", no_foreign_call)
    monkeypatch.setattr(loading.importlib.util, "find_spec", lambda name: None)
    loading.preload()
    monkeypatch.undo()
    monkeypatch.setattr(loading.ctypes, "CDLL", no_foreign_call)
    monkeypatch.setattr(sys, "platform", "win32")
    loading.preload()


@pytest.mark.tf
@pytest.mark.skipif(sys.platform != "linux", reason="libraries are preloaded on Linux")
def test_the_big_libraries_are_there_before_the_import():
    code = (
        "from hwocr_desktop.ml import loading; loading.preload();"
        "import sys; assert 'tensorflow' not in sys.modules;"
        "maps = open('/proc/self/maps').read();"
        "assert 'libtensorflow_cc' in maps, maps"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
