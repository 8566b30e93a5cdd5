"""The model picker: what is on the shelf, in plain words, and a choice to undo."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QLabel

from hwocr_desktop.app.session import Session
from hwocr_desktop.core import paths
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.settings import Settings, save_settings
from hwocr_desktop.ml import registry
from hwocr_desktop.ui.messages import figures, licence_line, plain_tip
from hwocr_desktop.ui.model_card import ModelCardDialog
from hwocr_desktop.ui.model_picker import CHOICE, ModelPicker

pytestmark = pytest.mark.gui

RESEARCH = "CC BY-NC 4.0: research, non-commercial"


def put_model(name, **more):
    """Put a model folder on the user's shelf; its weights are never opened here."""
    folder = paths.user_models() / name
    folder.mkdir(parents=True)
    card = {
        "id": name,
        "task": "recognize-lines",
        "title": f"Model {name}",
        "summary": "Good for letters.",
        "licence": RESEARCH,
        "architecture": {},
        "trained_on": "Letters",
        "charset": "abc",
        "metrics": {"iam_test": {"cer": 14.2, "wer": 40.0}},
    }
    (folder / "model.json").write_text(json.dumps(card | more))
    (folder / "model.weights.h5").write_bytes(b"")
    return folder


@pytest.fixture(autouse=True)
def only_own_models(monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "bundled_models", lambda: tmp_path / "bundled")


@pytest.fixture
def session(qapp, tmp_path):
    made = Session()
    yield made
    assert made.shutdown()


def make(session, qtbot):
    picker = ModelPicker(session)
    qtbot.addWidget(picker)
    return picker


def choices(picker):
    rows = range(picker.combo.count())
    return [picker.combo.itemData(row, CHOICE) for row in rows]


def test_without_a_model_it_says_what_to_do(session, qtbot):
    picker = make(session, qtbot)
    assert picker.model_id == ""
    assert not picker.combo.isEnabled()
    assert picker.combo.placeholderText()
    assert "models" in picker.empty_text
    assert picker.combo.toolTip() == picker.empty_text


def test_lists_line_models_with_figures_and_terms_in_plain_words(session, qtbot):
    put_model("a")
    put_model("ink", task="binarize")
    picker = make(session, qtbot)
    assert [c.model_id for c in choices(picker)] == ["a"]
    words = " ".join(choices(picker)[0].lines)
    assert "Good for letters." in words
    assert "about 14 wrong characters in 100 on iam test" in words
    assert "not for commercial use" in words


def test_a_broken_model_is_grey_and_says_why(session, qtbot):
    put_model("good")
    bad = put_model("bad")
    (bad / "model.json").write_text("{")
    picker = make(session, qtbot)
    row = [c.model_id for c in choices(picker)].index("bad")
    assert not picker.combo.model().item(row).isEnabled()
    assert "cannot be read" in choices(picker)[row].lines[0]
    picker.combo.activated.emit(row)
    assert picker.model_id == "good"


def test_the_choice_belongs_to_the_project_and_can_be_undone(session, qtbot, tmp_path):
    put_model("a")
    put_model("b")
    session.create(tmp_path / "project")
    picker = make(session, qtbot)
    picker.combo.activated.emit(1)
    assert session.project.line_model == "b"
    assert picker.combo.currentText() == "Model b"
    session.undo()
    assert session.project.line_model == ""
    assert picker.combo.currentText() == "Model a"


def test_without_a_project_the_choice_waits_for_one(session, qtbot, tmp_path):
    put_model("a")
    put_model("b")
    picker = make(session, qtbot)
    picker.choose("b")
    assert picker.model_id == "b"
    session.create(tmp_path / "project")
    assert picker.model_id == "b"


def test_the_settings_name_the_model_of_new_projects(session, qtbot):
    put_model("a")
    put_model("b")
    save_settings(Settings(line_model="b"))
    assert make(session, qtbot).model_id == "b"


def test_a_model_the_project_names_but_nobody_has_is_shown_as_missing(
    session, qtbot, tmp_path
):
    put_model("a")
    session.create(tmp_path / "project")
    session.commit("x", edits.set_line_model(session.project, "gone"))
    picker = make(session, qtbot)
    assert picker.model_id == "gone"
    assert picker.card is None
    assert "not installed" in choices(picker)[0].lines[0]
    picker.choose("a")
    assert [c.model_id for c in choices(picker)] == ["a"]


@pytest.mark.qt_log_ignore("plugin does not support", extend=True)
def test_the_open_list_is_drawn(session, qtbot):
    put_model("a")
    picker = make(session, qtbot)
    view = picker.combo.view()
    index = picker.combo.model().index(0, 0)
    assert view.sizeHintForIndex(index).height() > 3 * picker.fontMetrics().height()
    picker.show()
    picker.combo.showPopup()
    image = view.viewport().grab().toImage()
    picker.combo.hidePopup()
    colors = {image.pixelColor(x, y).name() for x in range(0, 300, 2) for y in (16, 17)}
    assert len(colors) > 2, "neither ground nor letters"


def test_the_card_shows_everything_it_says(session, qtbot):
    put_model("a", bad_at="Columns of numbers.", parent="older")
    dialog = ModelCardDialog(registry.card("a"))
    qtbot.addWidget(dialog)
    words = " ".join(x.text() for x in dialog.findChildren(type(dialog._words("", ""))))
    for text in ("Model a", "Columns of numbers.", "older", RESEARCH, "14"):
        assert text in words


def test_a_card_that_says_much_is_cut_off_nowhere(session, qtbot):
    sets = {f"letters of the year {year}": {"cer": 9.0} for year in range(1800, 1880)}
    put_model("a", metrics=sets)
    dialog = ModelCardDialog(registry.card("a"))
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.height() <= dialog.screen().availableGeometry().height()
    for label in dialog.findChildren(QLabel):
        if label.wordWrap():
            assert label.height() >= label.heightForWidth(label.width())


@pytest.mark.parametrize(
    ("metrics", "said"),
    [
        ({"iam": {"cer": 0.26}}, ["about 3 wrong characters in 1000 on iam"]),
        ({"iam": {"cer": 0.1}}, ["about one wrong character in 1000 on iam"]),
        ({"iam": {"cer": 0.96}}, ["about one wrong character in 100 on iam"]),
        ({"iam": {"cer": 1.0}}, ["about one wrong character in 100 on iam"]),
        ({"iam": {"cer": 7.04}}, ["about 7 wrong characters in 100 on iam"]),
        (
            {"held out": {"CER all": 20.4, "CER iam": 12.0}},
            [
                "about 20 wrong characters in 100 on held out",
                "about 12 wrong characters in 100 on iam",
            ],
        ),
        (
            {"kept back": {"CER before": 9.0, "CER after": 5.5, "lines": 12}},
            ["about 5.5 wrong characters in 100 on kept back"],
        ),
        ({"cer": 9.0}, ["about 9 wrong characters in 100"]),
        (
            {
                "held out, while training": {"CER all": 20.0},
                "IAM, validation": {"cer": 11.0},
                "IAM, test": {"cer": 13.0},
            },
            [
                "about 13 wrong characters in 100 on IAM, test",
                "about 11 wrong characters in 100 on IAM, validation",
            ],
        ),
        (
            {"dibco": {"f_measure": 91.24}},
            ["91.2 of 100 points for finding the ink on dibco"],
        ),
        ({"iam": {"note": "x", "seconds": 3, "ok": True}}, []),
        ({"iam": {"cer": float("inf"), "f_measure": float("nan")}}, []),
        ({"iam": {"cer": 10**400}, "x": [1], "cer": "9"}, []),
    ],
)
def test_figures_are_said_in_plain_words(metrics, said):
    put_model("a", metrics=metrics)
    assert figures(registry.card("a")) == said


def test_a_free_licence_is_named():
    put_model("a", licence="Apache-2.0")
    assert licence_line(registry.card("a")) == "Licence: Apache-2.0"


def test_what_looks_like_html_is_shown_as_it_is(session, qtbot):
    evil = '<img src="//elsewhere/x.png"> A & B <b>best</b>'
    put_model("a", title=evil, summary=evil)
    picker = make(session, qtbot)
    tips = [picker.combo.toolTip(), picker.combo.model().item(0).toolTip()]
    for tip in (*tips, plain_tip(evil)):
        # As tooltips decide it.
        document = QTextDocument()
        if GuiQt.mightBeRichText(tip):
            document.setHtml(tip)
        else:
            document.setPlainText(tip)
        assert evil in document.toPlainText().replace("\n", " ")
    assert GuiQt.mightBeRichText(evil)
    assert plain_tip("Letters, 5 < 6\nof 1800") == "Letters, 5 < 6\nof 1800"
    dialog = ModelCardDialog(registry.card("a"))
    qtbot.addWidget(dialog)
    labels = [x for x in dialog.findChildren(QLabel) if evil in x.text()]
    assert len(labels) == 2
    assert {x.textFormat() for x in labels} == {Qt.TextFormat.PlainText}
