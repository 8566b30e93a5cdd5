"""The Qt binding itself: some versions corrupt the interpreter or our layouts."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, requires, version

import pytest
from packaging.requirements import Requirement
from packaging.version import Version
from PySide6.QtCore import QObject, Signal

CALLS = 200
# Other code may hold or drop a few references between two counts.
SLACK = 50


class _Bell(QObject):
    rung = Signal(object)


@pytest.mark.skipif(
    sys.version_info >= (3, 12), reason="None and True are not counted from 3.12 on"
)
@pytest.mark.parametrize("shared", [None, True], ids=repr)
def test_calls_into_qt_do_not_use_up_shared_objects(shared: object) -> None:
    # PySide6 6.12.0 on Python 3.11 drops one reference per call; the interpreter
    # aborts when none is left, after a few hundred signals.
    bell = _Bell()
    heard: list[object] = []
    bell.rung.connect(heard.append)
    before = sys.getrefcount(shared)
    for number in range(CALLS):
        bell.rung.emit(number)
        bell.setObjectName("bell")
        bell.blockSignals(False)
    assert len(heard) == CALLS
    assert sys.getrefcount(shared) >= before - SLACK


def test_the_installed_binding_is_one_that_we_allow() -> None:
    wanted = [Requirement(line) for line in requires("hwocr-desktop") or []]
    (binding,) = [r for r in wanted if r.name == "PySide6-Essentials"]
    assert Version(version("PySide6-Essentials")) in binding.specifier
    for bad in ("6.11.0", "6.11.1", "6.12.0"):
        assert Version(bad) not in binding.specifier


@pytest.mark.parametrize("package", ["opencv-python", "opencv-contrib-python"])
def test_no_opencv_brings_its_own_qt(package: str) -> None:
    # It would load its own platform plug-ins and break the window on Linux.
    with pytest.raises(PackageNotFoundError):
        version(package)
