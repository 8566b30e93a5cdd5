"""A fixture for tests of windows and sessions, which are not about the networks."""

import pytest

from hwocr_desktop.app import page_work
from hwocr_desktop.core.document.document import Cleaning


@pytest.fixture(autouse=True)
def quick_ink(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clean new pages by a threshold, so that no test waits for TensorFlow."""
    monkeypatch.setattr(page_work, "choose_cleaning", lambda: Cleaning().method)
