"""What ``hwocr train ... --from`` looks at before anything is opened or tried."""

from __future__ import annotations

from hwocr_desktop.app import learning_runs


def check_teaching() -> None:
    """Refuse what could not be done, before time is spent on it.

    Raises
    ------
    ProjectInUse
        If another teaching goes on.
    OutputNotWritable
        If there is no room to note that this one does.
    """
    with learning_runs.alone():
        pass
