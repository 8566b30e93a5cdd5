"""Errors that tell a person what happened and what to do next.

Every error the program raises on purpose is a child of `HwocrError`: a message
(what happened, one sentence) and an advice (what to do, one sentence). The window
shows both; the command line prints both and leaves with the class's exit code.
"""

from __future__ import annotations


class HwocrError(Exception):
    """Base of all errors that the program raises on purpose.

    Parameters
    ----------
    message : str
        What happened, in one plain sentence.
    advice : str
        What the person can do about it, in one plain sentence.
    """

    exit_code = 1

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".strip()


class BadRequest(HwocrError):
    """Something asked for does not make sense (an unknown method, an empty folder)."""

    exit_code = 2


class UnreadableImage(HwocrError):
    """A scan that cannot be opened: damaged, empty, unknown, or too large."""

    exit_code = 3


class FileNotReadable(HwocrError):
    """A file or folder is missing or may not be read."""

    exit_code = 4


class OutputNotWritable(HwocrError):
    """A file cannot be written: read-only folder, full disk, open elsewhere."""

    exit_code = 5


class ProjectGone(OutputNotWritable):
    """The folder of the open project was moved, removed, or its disk taken out."""


class BadModel(HwocrError):
    """A model folder is incomplete, altered, or of the wrong kind."""

    exit_code = 6


class ModelTooNew(BadModel):
    """A model that needs a newer program."""


class ProjectDamaged(HwocrError):
    """A project file that cannot be understood."""

    exit_code = 7


class ProjectTooNew(ProjectDamaged):
    """A project written by a newer program."""


class ProjectInUse(HwocrError):
    """A project that is open in another window."""

    exit_code = 8


class BadDocument(HwocrError):
    """A PAGE XML or text file that cannot be understood."""

    exit_code = 9


class OutOfMemory(HwocrError):
    """The machine's memory does not suffice for what was asked."""

    exit_code = 10


class TrainingDataMissing(HwocrError):
    """Nothing, or not enough, to learn from or to measure on."""

    exit_code = 11
