"""The search for work that a crash left, and the loading of networks ahead."""

import pytest

from hwocr_desktop.app import warmup
from hwocr_desktop.app.unfinished import find_unfinished
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.project_file import create_project, open_project
from hwocr_desktop.core.errors import BadModel
from hwocr_desktop.core.progress import CancelToken, ignore_progress
from hwocr_desktop.core.text.suggestions import is_speller_ready, speller_words
from hwocr_desktop.ml.runtime import DeviceReport


def look(*folders):
    return find_unfinished(folders, cancel=CancelToken(), report=ignore_progress)


@pytest.fixture
def crashed(tmp_path):
    """Return the folder of a project with a journal that was never saved."""
    file = create_project(tmp_path / "crashed", "Briefe")
    file.append(file.project, edits.set_title(file.project, "Other"), "Rename")
    file.close()
    return file.folder


def test_a_left_over_journal_is_found(crashed, tmp_path):
    create_project(tmp_path / "whole").close()
    assert look(tmp_path / "gone", tmp_path / "whole", crashed) == crashed


def test_looking_changes_nothing(crashed):
    before = {p.name: p.read_bytes() for p in crashed.iterdir() if p.name != "lock"}
    look(crashed)
    after = {p.name: p.read_bytes() for p in crashed.iterdir() if p.name != "lock"}
    assert after == before
    with open_project(crashed) as file:
        assert file.has_leftover_journal


def test_a_project_open_in_another_window_is_not_unfinished(crashed):
    with open_project(crashed):
        assert look(crashed) is None


def test_a_damaged_project_is_passed_over(crashed):
    (crashed / "project.json").write_text("{")
    assert look(crashed) is None


REPORT = DeviceReport("processor", 2, "TensorFlow 2", False)


def test_warming_up_opens_the_model_and_reports(monkeypatch):
    opened = []

    class Recognizer:
        height = 48

        def read(self, crops, *, decoder):
            opened.append(([crop.shape[0] for crop in crops], decoder))

    def open_recognizer(model_id):
        opened.append(model_id)
        return Recognizer()

    monkeypatch.setattr(warmup, "device_report", lambda: REPORT)
    monkeypatch.setattr(warmup, "open_recognizer", open_recognizer)
    found = warmup.warm_up(
        "lines", "greedy", cancel=CancelToken(), report=ignore_progress
    )
    assert found == REPORT
    # One blank line is read, so that the first real one does not wait for the graph.
    assert opened == ["lines", ([48], "greedy")]


def test_the_speller_is_at_hand_after_warming_up(monkeypatch):
    speller_words.cache_clear()
    monkeypatch.setattr(warmup, "device_report", lambda: REPORT)
    assert not is_speller_ready("en")
    warmup.warm_up("", "greedy", cancel=CancelToken(), report=ignore_progress)
    assert is_speller_ready("en")


def test_a_broken_model_does_not_spoil_the_warming_up(monkeypatch):
    def broken(model_id):
        raise BadModel("broken")

    monkeypatch.setattr(warmup, "device_report", lambda: REPORT)
    monkeypatch.setattr(warmup, "open_recognizer", broken)
    found = warmup.warm_up(
        "lines", "greedy", cancel=CancelToken(), report=ignore_progress
    )
    assert found == REPORT
