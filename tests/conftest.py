"""What every test needs: no display, no user folders, a quiet TensorFlow."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest

# Before anything imports TensorFlow: it reads these once.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")


# Before anything imports Qt: without a display it would abort the whole process.
_PLATFORM = os.environ.get("QT_QPA_PLATFORM")
os.environ["QT_QPA_PLATFORM"] = "offscreen"

# A busy machine is not a defect of the program.
hypothesis.settings.register_profile("hwocr", deadline=None)
hypothesis.settings.load_profile("hwocr")

REPOSITORY = Path(__file__).resolve().parents[1]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--headed``, which shows the windows of the tests."""
    parser.addoption(
        "--headed",
        action="store_true",
        default=False,
        help="show windows instead of drawing them off screen",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Give the display back to whoever asks to see the windows."""
    if config.getoption("--headed", default=False):
        _restore_platform()


def _restore_platform() -> None:
    if _PLATFORM is None:
        os.environ.pop("QT_QPA_PLATFORM", None)
    else:
        os.environ["QT_QPA_PLATFORM"] = _PLATFORM


@pytest.fixture(autouse=True)
def hwocr_home(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Keep each test away from the user's own settings, models and logs."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HWOCR_HOME", str(home))
    return home


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real scans, which are not part of the repository."""
    named = os.environ.get("HWOCR_DATA", "").strip()
    folder = Path(named) if named else REPOSITORY.parent / "shared" / "data"
    if not (folder / "pages").is_dir():
        pytest.skip(f"needs the real scans, which are not at {folder} (set HWOCR_DATA)")
    return folder
