"""Let a model that was taught take the place of the one it grew from, and go back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hwocr_desktop.app.learning_request import Subject
from hwocr_desktop.app.session import Session
from hwocr_desktop.core.document import edits
from hwocr_desktop.ml.registry import ModelCard


@dataclass(frozen=True, slots=True)
class ModelChange:
    """A model that was kept, and the one that was in use before.

    Attributes
    ----------
    kept, before : ModelCard
    """

    kept: ModelCard
    before: ModelCard

    @property
    def subject(self) -> Subject:
        """What both do."""
        return "ink" if self.kept.task == "binarize" else "lines"


def clean_with(session: Session, old: str, new: str, label: str) -> int:
    """Clean the pages with one model that were cleaned with another; one undo step.

    Parameters
    ----------
    session : Session
    old, new : str
        Ids of models.
    label : str
        What the step is called.

    Returns
    -------
    int
        How many pages that are.
    """
    project = session.project
    pages = [page for page in project.pages if page.cleaning.method == old]
    for page in pages:
        cleaning = replace(page.cleaning, method=new)
        project = edits.set_cleaning(project, page.id, cleaning)
    if pages:
        session.commit(label, project)
    return len(pages)
