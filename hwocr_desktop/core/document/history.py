"""Undo and redo as a list of projects.

Every step is kept, from the first to the last: projects share whatever did not
change, so that a step costs one line, one page and two tuples, some kilobytes at the
most, and a person who corrects all day stays below a few dozen megabytes. A bound
would one day take away the step somebody needs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from hwocr_desktop.core.document.document import Project


@dataclass(frozen=True, slots=True)
class _Step:
    label: str
    project: Project
    merge_key: str | None


class History:
    """The states a project went through.

    Parameters
    ----------
    project : Project
        The state to start from, which cannot be undone.
    """

    def __init__(self, project: Project) -> None:
        self._steps = [_Step("", project, None)]
        self._at = 0
        self._may_merge = False

    @property
    def project(self) -> Project:
        """The project as it is now."""
        return self._steps[self._at].project

    def commit(
        self, label: str, project: Project, merge_key: str | None = None
    ) -> None:
        """Make a project the present one; what had been undone is gone.

        Parameters
        ----------
        label : str
            What was done, for the menu: "Undo LABEL".
        project : Project
            The new state. A state equal to the present one is no step.
        merge_key : str or None
            Steps that follow each other with the same key become one, such as typing
            in one line or dragging the slider. None never merges.
        """
        if project == self.project:
            return
        step = _Step(label, project, merge_key)
        same = merge_key is not None and merge_key == self._steps[self._at].merge_key
        if self._may_merge and same:
            self._steps[self._at] = step
            if project == self._steps[self._at - 1].project:
                # Typed and taken back: there is nothing left to undo.
                del self._steps[self._at]
                self._at -= 1
                self._may_merge = False
            return
        del self._steps[self._at + 1 :]
        self._steps.append(step)
        self._at += 1
        self._may_merge = True

    def amend(self, merge_key: str, change: Callable[[Project], Project]) -> bool:
        """Bring something into the last step of a key, and so into all steps after it.

        What comes late of a long run belongs to the step it began, not on top of what
        a person did meanwhile: then undo takes back what the person did last.

        Parameters
        ----------
        merge_key : str
        change : callable
            Takes any state since that step, done or undone, and returns it with what
            has come. It leaves alone what a person did.

        Returns
        -------
        bool
            Whether there is such a step; if not, nothing has changed.
        """
        at = self._last(merge_key)
        if at is None:
            return False
        self._steps[at:] = [
            replace(step, project=change(step.project)) for step in self._steps[at:]
        ]
        return True

    def insert(
        self, label: str, change: Callable[[Project], Project], merge_key: str
    ) -> None:
        """Make a step of what a run brings; what had been undone can still be redone.

        Parameters
        ----------
        label, merge_key : str
            See `commit`.
        change : callable
            See `amend`. A change that changes nothing is no step.
        """
        made = change(self.project)
        if made == self.project:
            return
        undone = [
            replace(step, project=change(step.project))
            for step in self._steps[self._at + 1 :]
        ]
        self._steps[self._at + 1 :] = [_Step(label, made, merge_key), *undone]
        self._at += 1
        self._may_merge = False

    def is_taken_back(self, merge_key: str) -> bool:
        """Whether the last step of a key stands among those that were undone."""
        at = self._last(merge_key)
        return at is not None and at > self._at

    def _last(self, merge_key: str) -> int | None:
        backward = range(len(self._steps) - 1, 0, -1)
        return next(
            (i for i in backward if self._steps[i].merge_key == merge_key), None
        )

    def undo(self) -> Project:
        """Go back one step, if there is one, and return the project then."""
        if self.can_undo:
            self._at -= 1
        self._may_merge = False
        return self.project

    def redo(self) -> Project:
        """Go forward one step, if there is one, and return the project then."""
        if self.can_redo:
            self._at += 1
        self._may_merge = False
        return self.project

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return self._at > 0

    @property
    def can_redo(self) -> bool:
        """Whether a step was taken back that can be done again."""
        return self._at + 1 < len(self._steps)

    @property
    def undo_label(self) -> str:
        """What `undo` would take back, or ""."""
        return self._steps[self._at].label if self.can_undo else ""

    @property
    def redo_label(self) -> str:
        """What `redo` would do again, or ""."""
        return self._steps[self._at + 1].label if self.can_redo else ""
