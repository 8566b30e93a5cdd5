"""Folders of line pictures: every layout gives the same lines; IAM's tokens."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.ml.training.line_data import load_lines, sift_lines
from hwocr_desktop.ml.training.line_layouts import join_tokens
from tests.drawn_lines import draw_line

IDS = ("a01-000u-00", "a01-000u-01", "b02-013-00")
TEXTS = ("A MOVE to stop", "Mr. Gaitskell (from", "nominating.")

HEAD = "#--- lines.txt ---#\n# a01-000u-00 ok 154 19 408 746 1661 89 A|MOVE\n#\n"


def write_iam(root, place, nested=True, words=False):
    """Write a small IAM, its list in ``root``/ascii or beside the pictures."""
    kind = "words" if words else "lines"
    rows = []
    for number, (name, text) in enumerate(zip(IDS, TEXTS, strict=True)):
        if words:
            name, text = f"{name}-00", text.split()[0]
        box = "408 746 1661 89" if words else "19 408 746 1661 89"
        tag = "VB " if words else ""
        status = "err" if number == 2 else "ok"
        rows.append(f"{name} {status} 154 {box} {tag}{text.replace(' ', '|')}\n")
        form = name.rsplit("-", 2 if words else 1)[0]
        folder = root / kind / form.split("-")[0] / form if nested else place
        folder.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(folder / f"{name}.png"), draw_line("abc", number))
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{kind}.txt").write_text(HEAD + "".join(rows), encoding="utf-8")


@pytest.mark.parametrize("words", [False, True], ids=["lines", "words"])
@pytest.mark.parametrize("layout", ["ascii", "root", "flat"])
def test_iam_as_it_is_distributed(tmp_path, layout, words):
    place = tmp_path / "ascii" if layout == "ascii" else tmp_path
    write_iam(tmp_path, place, nested=layout != "flat", words=words)
    found, left_out = sift_lines([tmp_path])
    assert left_out == []
    wanted = [t.split()[0] for t in TEXTS] if words else list(TEXTS)
    # The third row says that it is badly cut.
    assert [s.text for s in found] == wanted[:2]
    first = draw_line("abc", 0)
    assert np.array_equal(found[0].gray, first)
    assert found[0].row == HEAD.count("\n") + 1


def test_of_iam_with_both_lists_the_lines_are_read(tmp_path):
    write_iam(tmp_path, tmp_path)
    write_iam(tmp_path, tmp_path, words=True)
    assert [s.text for s in load_lines([tmp_path])] == list(TEXTS[:2])


def test_of_iam_with_pictures_of_words_alone_the_words_are_read(tmp_path):
    write_iam(tmp_path, tmp_path)
    for picture in (tmp_path / "lines").rglob("*.png"):
        picture.unlink()
    write_iam(tmp_path, tmp_path, words=True)
    assert [s.text for s in load_lines([tmp_path])] == ["A", "Mr."]


def test_a_transcript_named_lines_is_no_list(tmp_path):
    (tmp_path / "lines.txt").write_text("A move to stop\nMr. Gaitskell\n", "utf-8")
    cv2.imwrite(str(tmp_path / "a.png"), draw_line("abc"))
    (tmp_path / "a.gt.txt").write_text("abc", "utf-8")
    assert [s.text for s in load_lines([tmp_path])] == ["abc"]


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        ("life|Peers|is|to|be|made|.", "life Peers is to be made."),
        ('said|"|yes|,|"|and|(|no|)|went', 'said "yes," and (no) went'),
        ("It|'s|the|lords|'|house", "It's the lords 'house"),
        ("wait|...|for|-|me|;|then|?|!", "wait... for - me; then?!"),
    ],
)
def test_tokens_are_joined_as_they_are_written(tokens, text):
    assert join_tokens(tokens.split("|")) == text


@given(st.lists(st.text("abcXYZ0129&", min_size=1), min_size=1))
def test_joined_words_can_be_parted_again(words):
    assert join_tokens(words).split(" ") == words
