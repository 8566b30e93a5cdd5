"""The dialog that chooses the words to read with, on a real project."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.project_file import open_project
from hwocr_desktop.ui.word_list_dialog import WordListDialog

pytestmark = pytest.mark.gui


@pytest.fixture
def names(tmp_path):
    path = tmp_path / "crew & guests.txt"
    path.write_text("Anna Bell\nZoë\n", encoding="utf-8")
    return path


@pytest.fixture
def open_dialog(session, qtbot):
    def make():
        dialog = WordListDialog(session, None)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return make


@pytest.fixture
def dialog(open_dialog):
    return open_dialog()


def settle(qtbot, session, dialog):
    qtbot.waitUntil(
        lambda: not session.batch.is_busy and not dialog.progress.isVisible(),
        timeout=20_000,
    )


def take(qtbot, session, dialog, path):
    dialog.take(path)
    assert dialog.progress.isVisible()
    settle(qtbot, session, dialog)


def test_without_a_list_there_is_nothing_to_choose_but_a_file(dialog):
    assert dialog.name.text() == "No list"
    assert dialog.choose.isEnabled()
    for widget in (dialog.drop, dialog.prefer, dialog.only):
        assert not widget.isEnabled()


def test_a_file_becomes_the_list_of_the_project(dialog, session, names, qtbot):
    with qtbot.waitSignal(session.project_changed, timeout=20_000) as change:
        dialog.take(names)
    settle(qtbot, session, dialog)
    assert change.args[0].label == "Word list"
    name = session.project.word_list
    assert (session.folder / name).read_text("utf-8") == "Anna Bell\nZoë\n"
    assert session.project.word_list_use == "rerank"
    assert dialog.name.text() == "“crew & guests”"
    assert dialog.state.text() == "2 words and names"
    assert dialog.prefer.isChecked()
    assert dialog.drop.isEnabled()
    # Once more the same is no step.
    before = session.project
    take(qtbot, session, dialog, names)
    assert session.project is before
    assert dialog.state.text() == "2 words and names"


def test_the_ways_of_use_are_reached_with_keys_and_undone(
    dialog, session, names, qtbot
):
    take(qtbot, session, dialog, names)
    name = session.project.word_list
    qtbot.keyClick(dialog.only, Qt.Key.Key_Space)
    assert session.project.word_list_use == "constrain"
    dialog.only.setFocus()
    qtbot.keyClick(dialog.only, Qt.Key.Key_Up)
    assert session.project.word_list_use == "rerank"
    qtbot.keyClick(dialog.only, Qt.Key.Key_Space)
    qtbot.keyClick(dialog.drop, Qt.Key.Key_Space)
    assert (session.project.word_list, dialog.name.text()) == ("", "No list")
    session.undo()
    assert session.project.word_list == name
    assert session.project.word_list_use == "constrain"
    assert dialog.only.isChecked()
    settle(qtbot, session, dialog)
    assert dialog.state.text() == "2 words and names"
    session.undo()
    assert dialog.prefer.isChecked()
    session.redo()
    session.redo()
    assert session.project.word_list == ""
    assert not dialog.only.isEnabled()


def test_every_part_is_reached_with_the_keyboard(dialog, session, names, qtbot):
    take(qtbot, session, dialog, names)
    policies = {
        widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        for widget in (dialog.choose, dialog.drop, dialog.prefer, dialog.only)
    }
    assert policies == {Qt.FocusPolicy.TabFocus}
    for button in (dialog.prefer, dialog.only):
        assert button.accessibleDescription()
    texts = [w.text() for w in (dialog.choose, dialog.drop, dialog.prefer, dialog.only)]
    marked = [text[text.index("&") + 1].lower() for text in texts]
    assert len(set(marked)) == len(marked)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x89PNG\0", "is not a text file"),
        (b"Anna\n\xff", "UTF-8; see line 2"),
        (b"\n", "is empty"),
        (None, "cannot be read"),
    ],
)
def test_what_is_no_list_is_told_and_the_old_one_stays(
    data, said, dialog, session, names, qtbot
):
    take(qtbot, session, dialog, names)
    before = session.project
    other = names.with_name("other.txt")
    if data is not None:
        other.write_bytes(data)
    take(qtbot, session, dialog, other)
    assert dialog.problem.isVisible()
    assert said in dialog.problem.text()
    assert session.project is before
    assert dialog.name.text() == "“crew & guests”"
    assert dialog.state.text() == "2 words and names"
    # The next good file takes the sentence away.
    take(qtbot, session, dialog, names)
    assert not dialog.problem.isVisible()


def test_lines_left_out_of_a_list_are_told(dialog, session, names, qtbot):
    names.write_text("Smith\n-\nJones\n", encoding="utf-8")
    take(qtbot, session, dialog, names)
    assert dialog.state.text() == (
        "2 words and names\nOne of 3 lines is left out: line 2 “-” holds no letters"
    )
    assert not dialog.problem.isVisible()
    assert dialog.height() >= dialog.layout().totalHeightForWidth(dialog.width())
    odd = ["1862", "a" * 201, "b\x07", "12", "13"]
    names.write_text("\n".join([*odd, *["Ann"] * 4995]), encoding="utf-8")
    take(qtbot, session, dialog, names)
    assert dialog.state.text() == (
        f"One word or name\n5 of {dialog.locale().toString(5000)} lines are left out: "
        "line 1 “1862” holds no letters; line 2 has more than 200 characters; "
        "line 3 holds characters that cannot be shown; …"
    )
    # Nothing is left out of the copy.
    dialog.drop.click()
    session.undo()
    settle(qtbot, session, dialog)
    assert dialog.state.text() == "One word or name"


def test_a_project_opened_again_shows_its_list(
    dialog, session, names, open_dialog, qtbot
):
    take(qtbot, session, dialog, names)
    dialog.only.click()
    again = open_dialog()
    settle(qtbot, session, again)
    assert again.name.text() == "“crew & guests”"
    assert again.state.text() == "2 words and names"
    assert again.only.isChecked()
    session.save()
    qtbot.waitUntil(lambda: not session.files.is_busy, timeout=20_000)
    folder, project = session.folder, session.project
    session.create(folder.with_name("another"))
    qtbot.waitUntil(lambda: not session.files.is_busy, timeout=20_000)
    with open_project(folder) as file:
        assert file.project == project
    assert again.name.text() == "No list"


def test_a_list_that_is_gone_is_told_and_can_be_left(
    session, open_dialog, names, qtbot
):
    session.commit(
        "Word list", edits.set_word_list(session.project, "crew-0123abcd.txt", "rerank")
    )
    dialog = open_dialog()
    settle(qtbot, session, dialog)
    assert "“crew” cannot be found" in dialog.problem.text()
    height = dialog.layout().totalHeightForWidth(dialog.width())
    assert dialog.height() >= height
    dialog.drop.click()
    assert session.project.word_list == ""
    assert not dialog.problem.isVisible()
    assert dialog.choose.hasFocus() or not dialog.isActiveWindow()


def test_closing_stops_what_is_being_read(session, dialog, names, qtbot):
    jobs = []
    session.batch.job_added.connect(jobs.append)
    dialog.take(names)
    dialog.reject()
    assert [job.token.is_cancelled for job in jobs] == [True]
    qtbot.waitUntil(lambda: not session.batch.is_busy, timeout=20_000)
    assert session.project.word_list == ""


def test_the_button_asks_for_a_file(dialog, session, names, qtbot):
    dialog.choose.click()
    (asked,) = dialog.findChildren(QFileDialog)
    assert asked.fileMode() == QFileDialog.FileMode.ExistingFile
    asked.filesSelected.emit([str(names)])
    settle(qtbot, session, dialog)
    assert session.project.word_list.startswith("crew & guests-")
    asked.close()
