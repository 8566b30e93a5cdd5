"""Models as files in the window: chosen, saved, added, and every failure said."""

import pytest
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMainWindow

from hwocr_desktop.app.session import Session
from hwocr_desktop.core import paths
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.model_file import export_model
from hwocr_desktop.ui import file_choice
from hwocr_desktop.ui.dialogs import Dialogs
from hwocr_desktop.ui.model_card import ModelCardDialog
from hwocr_desktop.ui.model_picker import ModelPicker
from hwocr_desktop.ui.preferences import Preferences
from tests.ml.test_model_file import make, remove

pytestmark = pytest.mark.gui


@pytest.fixture(autouse=True)
def only_own_models(monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "bundled_models", lambda: tmp_path / "bundled")


@pytest.fixture
def session(qapp):
    made = Session()
    yield made
    assert made.shutdown()


@pytest.fixture
def window(session, qtbot):
    made = QMainWindow()
    qtbot.addWidget(made)
    made.picker = ModelPicker(session, made)
    made.preferences = Preferences(session.files, made)
    made.dialogs = Dialogs(session, made.preferences, made.picker, made)
    return made


@pytest.fixture
def told(window):
    notices = []
    window.dialogs.noticed.connect(notices.append)
    return notices


@pytest.fixture
def answer(monkeypatch):
    """Answer the dialogs for files with a path, and remember what they proposed."""
    asked = []

    def new(parent, title, proposal, kind, on_chosen):
        asked.append((title, proposal))
        on_chosen(answer.path)

    def old(parent, title, start, kind, on_chosen):
        asked.append((title, kind))
        on_chosen(answer.path)

    monkeypatch.setattr(file_choice, "choose_new_file", new)
    monkeypatch.setattr(file_choice, "choose_file", old)
    answer.asked = asked
    return answer


def test_the_model_that_reads_is_proposed_and_another_can_be_saved(
    window, told, answer, qtbot, tmp_path
):
    make("a", title="A")
    make("b", title="B", task="binarize")
    window.picker.refresh()
    answer.path = tmp_path / "gift.hwocr-model"
    window.dialogs.save_model()
    (dialog,) = window.findChildren(QInputDialog)
    assert dialog.comboBoxItems() == ["B (b)", "A (a)"]
    assert dialog.textValue() == "A (a)"
    dialog.setTextValue("B (b)")
    dialog.accept()
    qtbot.waitUntil(lambda: bool(told))
    ((title, proposal),) = answer.asked
    assert "“B”" in title
    assert proposal.name == "b.hwocr-model"
    assert told[0].text == "The model “B” was written to “gift.hwocr-model”."
    assert "Apache-2.0" in told[0].advice
    assert answer.path.stat().st_size > 0
    assert window.preferences.settings.last_folder == str(tmp_path)


def test_without_a_model_there_is_none_to_save(window, told):
    window.dialogs.save_model()
    assert told[0].text == "There is no model to save."
    assert window.findChildren(QInputDialog) == []


def test_the_card_offers_to_save_its_model(window, told, answer, qtbot, tmp_path):
    make("a")
    window.picker.refresh()
    answer.path = tmp_path / "gift"
    window.picker.show_details()
    (dialog,) = window.findChildren(ModelCardDialog)
    assert not dialog.save.isDefault()
    dialog.save.click()
    qtbot.waitUntil(lambda: bool(told))
    assert answer.path.exists()
    dialog.reject()


def gift(tmp_path, **changes):
    path = tmp_path / "gift.hwocr-model"
    card = make(**changes)
    export_model(card, path)
    remove(card.folder)
    return path


def test_an_added_model_is_in_the_list_at_once(window, told, answer, qtbot, tmp_path):
    answer.path = gift(tmp_path, title="A gift")
    assert window.picker.card is None
    with qtbot.waitSignal(window.dialogs.model_kept) as caught:
        window.dialogs.models.choose_and_add()
    assert window.picker.card == registry.card("one") == caught.args[0]
    assert told[0].text == "The model “A gift” was added."
    assert told[0].advice.startswith("Choose it in the toolbar")
    assert told[0].advice.endswith("Licence: Apache-2.0.")
    assert "*.hwocr-model" in answer.asked[0][1]


def test_an_added_model_changes_no_project(window, told, answer, qtbot, tmp_path):
    answer.path = gift(tmp_path, title="A gift")
    make("chosen")
    window.picker.refresh()
    window.picker.choose("chosen")
    with qtbot.waitSignal(window.dialogs.model_kept):
        window.dialogs.models.choose_and_add()
    assert window.picker.model_id == "chosen"


def test_another_id_is_said(window, told, answer, qtbot, tmp_path):
    answer.path = gift(tmp_path, title="A gift", task="binarize")
    make(title="Other")
    with qtbot.waitSignal(window.dialogs.model_kept):
        window.dialogs.models.choose_and_add()
    assert "was added as “one-2”: another one is called “one”" in told[0].text
    assert "where pages are cleaned" in told[0].advice


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"%PDF", "is not a model file"), (b"PK\x03\x04", "damaged or incomplete")],
)
def test_what_is_wrong_with_a_file_is_said(
    window, told, answer, qtbot, tmp_path, data, said
):
    answer.path = tmp_path / "letter"
    answer.path.write_bytes(data)
    window.dialogs.models.choose_and_add()
    qtbot.waitUntil(lambda: bool(told))
    assert said in told[0].text
    assert told[0].advice
    assert told[0].kind == "error"


def test_a_place_that_cannot_be_written_is_said(window, told, answer, qtbot, tmp_path):
    answer.path = tmp_path / "none" / "gift"
    window.dialogs.models.save(make())
    qtbot.waitUntil(lambda: bool(told))
    assert "does not exist" in told[0].text


def test_the_dialog_for_a_new_file_puts_the_ending_behind_a_name(window, tmp_path):
    chosen = []
    proposal = tmp_path / "a.hwocr-model"
    file_choice.choose_new_file(window, "Save", proposal, "Models", chosen.append)
    (dialog,) = window.findChildren(QFileDialog)
    assert dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave
    assert dialog.nameFilters() == ["Models (*.hwocr-model)"]
    assert not dialog.testOption(QFileDialog.Option.DontConfirmOverwrite)
    dialog.selectFile("b")
    dialog.accept()
    assert [path.name for path in chosen] == ["b.hwocr-model"]
