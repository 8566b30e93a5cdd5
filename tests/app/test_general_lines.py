"""Lines of other hands that are mixed in while a model is taught."""

from __future__ import annotations

import logging

import cv2

from hwocr_desktop.app import general_lines as module
from hwocr_desktop.app.general_lines import general_lines, usual_folder
from hwocr_desktop.core.settings import Settings, save_settings
from tests.drawn_lines import samples


def write(folder, count):
    folder.mkdir(parents=True)
    rows = []
    for i, sample in enumerate(samples(count)):
        cv2.imwrite(str(folder / f"{i}.png"), sample.gray)
        rows.append(f"{i}.png\t{sample.text}\n")
    (folder / "labels.tsv").write_text("".join(rows), encoding="utf-8")
    return folder


def test_all_lines_of_the_folder_or_as_many_as_there_is_room_for(tmp_path, monkeypatch):
    folder = write(tmp_path / "others" / "set", 9).parent
    everything = general_lines(folder)
    assert len(everything) == 9
    monkeypatch.setattr(module, "MOST", 4)
    some = general_lines(folder)
    assert len(some) == 4
    names = [line.name for line in everything]
    places = [names.index(line.name) for line in some]
    assert places == sorted(set(places))
    assert [line.name for line in general_lines(folder)] == [s.name for s in some]


def test_a_folder_that_cannot_be_used_is_said_and_keeps_nobody(tmp_path, caplog):
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "gone"):
        with caplog.at_level(logging.WARNING):
            assert general_lines(folder) == []
        assert str(folder) in caplog.text
        caplog.clear()
    assert general_lines(None) == []
    assert not caplog.text


def test_the_settings_name_the_folder(tmp_path):
    assert usual_folder() is None
    save_settings(Settings(general_lines=str(tmp_path)))
    assert usual_folder() == tmp_path
