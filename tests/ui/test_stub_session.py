"""The stub that the widgets are tested with promises nothing the session lacks."""

from __future__ import annotations

import inspect

import pytest
from PySide6.QtCore import Signal

from hwocr_desktop.app.session import Session

pytestmark = pytest.mark.gui

# What only the stub has, to do at once what the session does in the background.
ONLY_STUB = {"show_scan", "show_ink"}
# Plain attributes of the stub that are properties of the session.
ATTRIBUTES = {"history", "folder", "scan", "ink"}


def test_every_name_of_the_stub_is_one_of_the_session(make_session):
    stub = type(make_session(pages=0))
    names = {name for name in vars(stub) if not name.startswith("_")} - ONLY_STUB
    assert {"project_changed", "commit", "undo", "select_page"} <= names
    for name in names | ATTRIBUTES:
        assert hasattr(Session, name), name


def test_calls_take_the_same_arguments(make_session):
    stub = type(make_session(pages=0))
    for name, ours in vars(stub).items():
        if name.startswith("_") or name in ONLY_STUB or isinstance(ours, Signal):
            continue
        theirs = inspect.getattr_static(Session, name)
        if inspect.isfunction(ours):
            assert list(inspect.signature(ours).parameters) == list(
                inspect.signature(theirs).parameters
            ), name
