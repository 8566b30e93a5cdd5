"""``hwocr prepare transcripts``, with a network that sees what a test tells it."""

import cv2
import numpy as np
import pytest

from hwocr_desktop.app import open_models, transcript_lines
from hwocr_desktop.core.pixels.crops import crop_to_read
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.ml.networks.crnn import FRAME_WIDTH
from hwocr_desktop.ml.training.line_data import load_lines
from tests.pages_drawn import draw_page, line_at, lines_of, write_image

ROWS = ["the ship came", "into harbor", "last night after", "rain of May"]


class SeeingReader:
    """Stands in for a recognizer: is sure of given texts, line after line.

    The lines of drawn pages are equally wide, so that they come in their order.
    """

    height = 64
    charset = Charset(" abcdefghilmnoprstyLM")

    def __init__(self, *texts):
        self.texts = list(texts)

    def log_probs(self, inks):
        return [self._seen(self.texts.pop(0), ink.shape[1]) for ink in inks]

    def _seen(self, text, width):
        labels = self.charset.encode(text)
        frames = width // FRAME_WIDTH
        best = np.zeros(frames, int)
        best[2 * np.arange(len(labels)) + 4] = labels
        probs = np.full((frames, self.charset.size), 1e-3)
        probs[np.arange(frames), best] = 1 - 1e-3 * (self.charset.size - 1)
        return np.log(probs).astype(np.float32)


@pytest.fixture
def seen(monkeypatch):
    """Return a function that says what is seen in the lines of all pages in turn."""

    def plan(*texts):
        reader = SeeingReader(*texts)
        monkeypatch.setattr(open_models._OpenModels, "recognizer", lambda *_: reader)
        monkeypatch.setattr(transcript_lines, "find_lines", lines_of)

    return plan


@pytest.fixture
def scans(tmp_path):
    return tmp_path / "scans"


def write_page(scans, name, text, lines=4):
    """Write a page and its transcript; return the page's pixels."""
    write_image(scans / f"{name}.png", draw_page(lines))
    (scans / f"{name}.txt").write_text(text, "utf-8")
    return draw_page(lines)


def run(hwocr, scans, out, *options):
    arguments = ["--model", "any", "-o", out, *options]
    return hwocr("prepare", "transcripts", scans, *arguments)


def written(out):
    table = (out / "labels.tsv").read_text("utf-8")
    return dict(line.split("\t") for line in table.splitlines())


def test_lines_are_cut_as_in_use_and_have_their_rows(hwocr, seen, scans, tmp_path):
    pixels = write_page(scans, "p", "\n\n".join(ROWS))
    seen(*ROWS)
    out = tmp_path / "out"
    done = run(hwocr, scans, out, "--json")
    assert done.code == 0
    told = done.json
    assert (told["rows"], told["found"], told["kept"]) == (4, 4, 4)
    assert (told["left_out"], told["unplaced"]) == ({}, 0)
    assert told["pages"][0]["kept"] == 4
    assert written(out) == {f"p-{n + 1:02}.png": row for n, row in enumerate(ROWS)}
    cut = cv2.imread(str(out / "p-03.png"), cv2.IMREAD_GRAYSCALE)
    assert np.array_equal(cut, crop_to_read(pixels, line_at(2).shape))
    assert [sample.text for sample in load_lines([out])] == ROWS


def test_what_does_not_fit_is_left_out_and_counted(hwocr, seen, scans, tmp_path):
    # A word too many, a stray line, brackets, a row that nobody found.
    text = "the ship came\ninto harbor rain\nlast [night] after\nrain of May\nLondon"
    write_page(scans, "p", text, lines=5)
    seen("the ship came", "into harbor", "yyy", "last night after", "rain of May")
    out = tmp_path / "out"
    done = run(hwocr, scans, out)
    assert done.code == 0
    assert written(out) == {"p-01.png": "the ship came", "p-05.png": "rain of May"}
    assert (
        "1 page, 5 lines found for 5 of the transcripts, 2 kept, 1 left out without a "
        "text in the transcript, 1 left out whose words do not all fit, 1 left out "
        "with brackets in their text, 1 of the transcripts not found"
    ) in done.err


# The transcript has a word that a line end parts as a whole, where it begins.
@pytest.mark.parametrize(
    ("row", "seen_there", "why"),
    [
        ("last afternoon", "last aft", transcript_lines.OTHER_ENDS),
        ("last afternoon", "last afterno", transcript_lines.OTHER_ENDS),
        ("London harbor", "ndon harbor", transcript_lines.OTHER_ENDS),
        ("came to harbor", "noon came to harbor", transcript_lines.NO_FIT),
        ("afternoon came", "to afternoon came", transcript_lines.OTHER_ENDS),
        ("came last afternoon", "came last afternoon ra", transcript_lines.OTHER_ENDS),
    ],
)
def test_a_text_that_begins_or_ends_elsewhere(
    hwocr, seen, scans, tmp_path, row, seen_there, why
):
    write_page(scans, "p", f"{row}\nrain of May", lines=2)
    seen(seen_there, "rain of May")
    told = run(hwocr, scans, tmp_path / "out", "--json").json
    assert told["left_out"] == {why: 1}
    assert written(tmp_path / "out") == {"p-02.png": "rain of May"}


def test_a_row_that_two_found_lines_share(hwocr, seen, scans, tmp_path):
    rows = "the ship came into harbor\nlast night\nafter\nrain of May"
    write_page(scans, "p", rows)
    seen("the ship came", "into harbor", "last night after", "rain of May")
    out = tmp_path / "out"
    told = run(hwocr, scans, out, "--json").json
    assert told["left_out"] == {transcript_lines.SHARED: 3}
    assert written(out) == {"p-04.png": "rain of May"}


def test_letters_that_the_model_lacks(hwocr, seen, scans, tmp_path):
    write_page(scans, "p", "the ship came\ninto härbor", lines=2)
    seen("the ship came", "into harbor")
    done = run(hwocr, scans, tmp_path / "out")
    assert "1 left out with characters that the model does not know" in done.err
    assert len(written(tmp_path / "out")) == 1


@pytest.mark.parametrize(("least", "kept"), [(0, 2), (1, 1)])
def test_least_says_how_well_words_must_fit(hwocr, seen, scans, tmp_path, least, kept):
    write_page(scans, "p", "the ship came\ninto harbor", lines=2)
    seen("the ship came", "into hamor")
    run(hwocr, scans, tmp_path / "out", "--least", least)
    assert len(written(tmp_path / "out")) == kept


def test_folders_below_and_files_of_several_pages(hwocr, seen, scans, tmp_path):
    write_page(scans / "box 1", "p", "the ship came\ninto harbor", lines=2)
    pages = [draw_page(2), draw_page(2, 1)]
    assert cv2.imwritemulti(str(scans / "q.tif"), pages)
    (scans / "q-002.txt").write_text("last night after\nrain of May", "utf-8")
    seen("last night after", "rain of May", "the ship came", "into harbor")
    out = tmp_path / "out"
    done = run(hwocr, scans, out)
    assert done.code == 4
    assert "“q.tif” has no transcript “q.txt”" in done.err.replace(f"{scans}/", "")
    assert list(written(out)) == ["q-002-01.png", "q-002-02.png"]
    assert list(written(out / "box-1")) == ["p-01.png", "p-02.png"]


BAD = {
    "none": (None, 4, "has no transcript “p.txt” beside it"),
    "empty": (b" \n\n[]", 9, "The transcript “p.txt” is empty"),
    "encoding": ("härbor".encode("latin-1"), 9, "“p.txt” is not a text in UTF-8"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_transcript_is_named_and_the_rest_goes_on(
    hwocr, seen, scans, tmp_path, kind
):
    data, code, said = BAD[kind]
    write_page(scans, "p", "")
    (scans / "p.txt").unlink()
    if data is not None:
        (scans / "p.txt").write_bytes(data)
    write_page(scans, "q", "\n".join(ROWS))
    seen(*ROWS)
    done = run(hwocr, scans, tmp_path / "out", "--json")
    assert done.code == code
    assert said in done.err
    assert "p.png" in done.err
    assert "1 page failed" in done.err
    assert len(written(tmp_path / "out")) == 4
    failed, good = done.json["pages"]
    assert failed["state"] == "failed"
    assert good["kept"] == 4


def test_a_damaged_scan_is_named_and_the_rest_goes_on(hwocr, seen, scans, tmp_path):
    write_page(scans, "p", "a")
    (scans / "p.png").write_bytes(b"no picture")
    write_page(scans, "q", "\n".join(ROWS))
    seen(*ROWS)
    done = run(hwocr, scans, tmp_path / "out")
    assert done.code == 3
    assert "p.png" in done.err
    assert len(written(tmp_path / "out")) == 4


def test_a_page_without_lines(hwocr, seen, scans, tmp_path):
    write_image(scans / "p.png", np.full((400, 600), 220, np.uint8))
    (scans / "p.txt").write_text("a", "utf-8")
    seen()
    done = run(hwocr, scans, tmp_path / "out")
    assert done.code == 11
    assert "0 kept, 1 of the transcripts not found" in done.err


def test_requests_that_make_no_sense(hwocr, seen, scans, tmp_path):
    write_page(scans, "p", "a")
    seen()
    out = tmp_path / "out"
    inside = run(hwocr, scans, scans / "out")
    assert inside.code == 2
    assert "taken from" in inside.err
    assert run(hwocr, scans, out, "--least", 2).code == 2
    assert run(hwocr, tmp_path / "missing", out).code == 4
    (tmp_path / "bare").mkdir()
    bare = run(hwocr, tmp_path / "bare", out)
    assert bare.code == 2
    assert "no scans" in bare.err
    assert not out.exists()
    out.mkdir()
    (out / "a").write_text("a")
    full = run(hwocr, scans, out)
    assert full.code == 2
    assert "not empty" in full.err


def test_an_unknown_model_leaves_no_folder(hwocr, scans, tmp_path):
    write_page(scans, "p", "a")
    done = run(hwocr, scans, tmp_path / "out")
    assert done.code == 6
    assert "any" in done.err
    assert not (tmp_path / "out").exists()


@pytest.mark.tf
def test_with_a_real_network(hwocr, tiny, scans, tmp_path):
    write_page(scans, "p", "abc\ncab")
    out = tmp_path / "out"
    done = hwocr("prepare", "transcripts", scans, "--model", tiny, "-o", out, "--json")
    assert done.code in (0, 11)
    told = done.json
    assert told["found"] > 0
    assert told["kept"] + sum(told["left_out"].values()) == told["found"]
