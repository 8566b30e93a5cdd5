"""A training that cannot be saved goes on, and whoever watches it is told."""

import pytest

from hwocr_desktop.app.session import Session
from hwocr_desktop.core.progress import Progress
from hwocr_desktop.ml.training.checkpoint import NotKept
from hwocr_desktop.ui.training_dialog import TrainingDialog

pytestmark = pytest.mark.gui

WHY = NotKept("There is no room left on the disk.")


@pytest.fixture
def dialog(qtbot):
    session = Session()
    made = TrainingDialog(session)
    qtbot.addWidget(made)
    yield made
    assert session.shutdown()


def test_it_is_said_in_the_window_of_the_training(dialog):
    dialog.show()
    told = []
    dialog.noticed.connect(told.append)
    dialog.run._on_progressed(WHY.progress())
    assert dialog.message.text() == WHY.text
    assert dialog.message.isVisible()
    assert told == []
    dialog.run._on_progressed(Progress(1, 2, "pass 1"))
    assert dialog.message.text() == WHY.text


def test_it_is_noticed_where_that_window_is_closed(dialog):
    told = []
    dialog.noticed.connect(told.append)
    dialog.run._on_progressed(WHY.progress())
    (notice,) = told
    assert (notice.text, notice.kind) == (WHY.text, "warning")
    assert notice.action == "show-training"
