"""Methods of doxapy: the same ink, without its crashes."""

import contextlib
import multiprocessing
import os
import threading

import numpy as np
import pytest

from hwocr_desktop.core.errors import BadRequest, HwocrError
from hwocr_desktop.core.pixels import offline_methods
from hwocr_desktop.core.pixels.offline_methods import (
    OFFLINE_METHODS,
    ink_by_offline_method,
)
from hwocr_desktop.core.progress import Cancelled, CancelToken
from tests.pages_drawn import draw_page

doxapy = pytest.importorskip("doxapy")


def by_doxapy(gray, method):
    algorithm = getattr(doxapy.Binarization.Algorithms, method.upper())
    binarization = doxapy.Binarization(algorithm)
    binarization.initialize(gray)
    result = np.empty_like(gray)
    binarization.to_binary(result, {})
    return result == 0


@pytest.mark.parametrize("method", OFFLINE_METHODS)
def test_ink_is_what_doxapy_says_but_at_the_borders(method):
    gray = draw_page(2)
    ink = ink_by_offline_method(gray, method)
    assert set(np.unique(ink.map)) == {0, 255}
    ours, theirs = ink.binary(), by_doxapy(gray, method)
    inner = np.s_[40:-40, 40:-40]
    # Those that look at the whole page see the mirrored border too.
    assert (ours[inner] == theirs[inner]).mean() > 0.98
    assert 0.005 < ours.mean() < 0.6


@pytest.mark.parametrize("method", OFFLINE_METHODS)
@pytest.mark.parametrize("shape", [(9, 11), (8, 300)])
def test_pages_smaller_than_a_window_do_no_harm(method, shape):
    rng = np.random.default_rng(1)
    gray = rng.integers(0, 256, shape, dtype=np.uint8)
    # It may break down, but not with us.
    with contextlib.suppress(HwocrError):
        assert ink_by_offline_method(gray, method).map.shape == shape


@pytest.mark.parametrize("level", [0, 140, 255])
def test_a_plain_page_has_no_ink(level):
    page = np.full((90, 90), level, np.uint8)
    assert not ink_by_offline_method(page, "gatos").map.any()


def test_window_and_k_reach_the_method():
    gray = draw_page(1)
    plain = ink_by_offline_method(gray, "trsingh").map
    for options in ({"window": 15}, {"k": 0.5}):
        other = ink_by_offline_method(gray, "trsingh", **options).map
        assert not np.array_equal(other, plain)


@pytest.mark.parametrize("window", [-1, 2, 183])
def test_a_window_out_of_range(window):
    with pytest.raises(BadRequest, match="out of range"):
        ink_by_offline_method(draw_page(1), "niblack", window=window)


def test_a_crash_takes_one_page_only(monkeypatch):
    monkeypatch.setattr(offline_methods, "_work", _crash)
    with pytest.raises(HwocrError, match="broke down"):
        ink_by_offline_method(draw_page(1), "gatos")


def _crash(connection):
    os._exit(1)


def _hang(connection):
    connection.recv()
    connection.recv_bytes()
    threading.Event().wait()


def test_it_stops_at_any_time(monkeypatch):
    monkeypatch.setattr(offline_methods, "_work", _hang)
    cancel = CancelToken()
    timer = threading.Timer(0.3, cancel.cancel)
    timer.start()
    with pytest.raises(Cancelled):
        ink_by_offline_method(draw_page(1), "gatos", cancel=cancel)
    timer.join()
    assert not multiprocessing.active_children()


def test_without_doxapy_it_says_so(monkeypatch):
    monkeypatch.setattr(offline_methods, "find_spec", lambda name: None)
    with pytest.raises(BadRequest, match="not installed") as raised:
        ink_by_offline_method(draw_page(1), "su")
    assert "pip install doxapy" in raised.value.advice
