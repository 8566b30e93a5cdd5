"""``hwocr train language``, and reading with it and with a list of words."""

import pytest

from hwocr_desktop.core import paths
from hwocr_desktop.core.text.language import load_language
from hwocr_desktop.ml import registry
from tests.pages_drawn import draw_page, write_image


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("abc cab abc\nabba")
    return path


def test_a_language_goes_into_a_file(hwocr, text, tmp_path):
    out = tmp_path / "out.npz"
    options = ("--order", 3, "--words", 0.25, "--json")
    done = hwocr("train", "language", "--text", text, "--out", out, *options)
    assert done.code == 0
    assert done.json["words"] == 3
    assert done.json["bytes"] == out.stat().st_size
    language = load_language(out)
    assert language.ngram.order == 3
    assert language.weights.words == 0.25
    assert "weights" in hwocr("train", "language", "--text", text, "--out", out).out


def test_a_language_is_counted_in_books_too(hwocr, text, tmp_path):
    out, books = tmp_path / "out.npz", tmp_path / "books"
    books.mkdir()
    (books / "one.txt").write_text("of old of old once upon")
    options = ("--background", books, "--out", out)
    assert hwocr("train", "language", "--text", text, *options).code == 0
    words = load_language(out).words
    assert set(words.single) == {"abc", "cab", "abba", "of", "old", "once", "upon"}
    assert set(words.pairs) == {
        ("abc", "cab"),
        ("cab", "abc"),
        ("abc", "abba"),
        ("of", "old"),
    }
    none = hwocr("train", "language", "--text", text, "--background", tmp_path / "no")
    assert none.code == 2


@pytest.mark.tf
def test_a_model_gets_a_language_and_reads_with_it_and_with_a_list(
    hwocr, text, tiny, tmp_path
):
    books = tmp_path / "books.txt"
    books.write_text("cab cab")
    options = ("--background", books, "--model", tiny)
    assert hwocr("train", "language", "--text", text, *options).code == 0
    card = registry.card(tiny)
    assert card.language
    counted, chosen = card.sources.values()
    assert counted == f"{text.parent.name}/text.txt, {text.parent.name}/books.txt"
    assert chosen.endswith("; as given")
    page = tmp_path / "page.png"
    write_image(page, draw_page(2))
    names = tmp_path / "names.txt"
    names.write_text("cab\n")
    read = ("read", page, "--model", tiny, "--clean", "otsu", "--json")
    done = hwocr(*read, "--decoder", "word-beam")
    assert done.code == 0
    # An untrained network reads what is no word of the list, but reads something.
    assert set(done.json["pages"][0]["text"].split()) - {"cab", "Cab", "CAB"}
    done = hwocr(*read, "--lexicon", names, "--lexicon-use", "constrain")
    assert done.code == 0
    bound = done.json["pages"][0]["text"].split()
    assert bound
    assert set(bound) <= {"cab", "Cab", "CAB"}
    damaged = paths.user_models() / tiny / "language.npz"
    damaged.write_bytes(b"nothing")
    assert hwocr("models").code == 0


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--order", 9, "--out", "x.npz"), 2),
        (("--words", -1, "--out", "x.npz"), 2),
        (("--characters", "nan", "--out", "x.npz"), 2),
        (("--length", "inf", "--out", "x.npz"), 2),
        ((), 2),
        (("--out", "x.npz", "--held-out", "."), 2),
        (("--out", "none/x.npz"), 5),
        (("--model", "none"), 6),
    ],
)
def test_what_makes_no_sense_is_said(options, code, hwocr, text, hwocr_home):
    done = hwocr("train", "language", "--text", text, *options)
    assert done.code == code
    assert done.err


@pytest.mark.tf
def test_a_refused_language_leaves_the_one_in_use(hwocr, text, tiny, tmp_path):
    add = ("train", "language", "--model", tiny, "--text")
    assert hwocr(*add, text).code == 0
    folder = paths.user_models() / tiny
    before = (folder / "language.npz").read_bytes()
    for wrong, code in (
        (("--characters", "nan"), 2),
        (("--held-out", tmp_path / "none"), 4),
    ):
        assert hwocr(*add, text, *wrong).code == code
    empty = tmp_path / "empty.txt"
    empty.write_text(" ")
    assert hwocr(*add, empty).code == 11
    assert (folder / "language.npz").read_bytes() == before
    assert [p.name for p in folder.glob("language*")] == ["language.npz"]


def test_how_a_list_is_used_needs_a_list(hwocr, planned, tmp_path):
    planned("abc")
    page = tmp_path / "page.png"
    write_image(page, draw_page(1))
    done = hwocr("read", page, "--model", "any", "--lexicon-use", "constrain")
    assert done.code == 2
    assert "--lexicon" in done.err


def test_a_bad_list_is_named_with_its_line(hwocr, planned, tmp_path):
    planned("abc")
    page = tmp_path / "page.png"
    write_image(page, draw_page(1))
    names = tmp_path / "names.txt"
    names.write_bytes(b"Anna\n\xff\n")
    done = hwocr("read", page, "--lexicon", names)
    assert done.code == 9
    assert "line 2" in done.err
    assert "names.txt" in done.err
    done = hwocr("read", page, "--lexicon", page)
    assert (done.code, "is not a text file" in done.err) == (9, True)
    done = hwocr("read", page, "--lexicon", tmp_path)
    assert (done.code, "is a folder, not a text file" in done.err) == (4, True)
    names.write_text("Anna")
    done = hwocr("read", page, "--lexicon", names, "--decoder", "greedy")
    assert done.code == 2
