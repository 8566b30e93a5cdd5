"""Where the program finds what it ships with and where it keeps what is the user's.

The bundled folders are read-only in an installed program. The user's folders follow
the habits of the system, unless the environment variable ``HWOCR_HOME`` names one
folder that shall hold everything: a USB stick, a shared drive, a test.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from platformdirs import PlatformDirs

APP_NAME = "hwocr_desktop"
HOME_VARIABLE = "HWOCR_HOME"


def _bundle() -> Path:
    """Return the folder that holds ``models`` and ``resources``."""
    # PyInstaller unpacks data files there; from source they lie beside the package.
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen:
        return Path(frozen)
    return Path(__file__).resolve().parents[2]


def _user_folder(name: str, usual: str) -> Path:
    """Return one of the user's folders, creating nothing."""
    home = os.environ.get(HOME_VARIABLE, "").strip()
    if home:
        return Path(home).expanduser().absolute() / name
    return Path(usual)


def _dirs() -> PlatformDirs:
    # Without an author Windows would repeat the name of the program as one.
    return PlatformDirs(APP_NAME, appauthor=False)


def bundled_models() -> Path:
    """Return the folder of the models that come with the program.

    Returns
    -------
    Path
        Absolute; it is part of the installation and must not be written to.
    """
    return _bundle() / "models"


def bundled_resources() -> Path:
    """Return the folder of icons, samples, word lists and schemas.

    Returns
    -------
    Path
        Absolute; it is part of the installation and must not be written to.
    """
    return _bundle() / "resources"


def user_data() -> Path:
    """Return the folder for what the user makes with the program.

    Returns
    -------
    Path
        Absolute; it may not exist yet, whoever writes there creates it.
    """
    return _user_folder("data", _dirs().user_data_dir)


def user_models() -> Path:
    """Return the folder of the models that the user trained or added.

    Returns
    -------
    Path
        Absolute; it may not exist yet.
    """
    return user_data() / "models"


def user_logs() -> Path:
    """Return the folder of log and crash files.

    Returns
    -------
    Path
        Absolute; it may not exist yet.
    """
    return _user_folder("logs", _dirs().user_log_dir)


def user_config() -> Path:
    """Return the folder of the settings.

    Returns
    -------
    Path
        Absolute; it may not exist yet.
    """
    return _user_folder("config", _dirs().user_config_dir)


def user_projects() -> Path:
    """Return the folder where projects go that nobody named a place for.

    Returns
    -------
    Path
        Absolute, in the person's documents; it may not exist yet.
    """
    documents = Path(_dirs().user_documents_dir) / "Handwriting projects"
    return _user_folder("projects", str(documents))
