"""``hwocr evaluate``: the contract that scripts rely on."""

import csv
import json

import cv2
import numpy as np
import pytest

from hwocr_desktop.core import paths
from hwocr_desktop.core.document.document import OtherReading, WordAlternatives
from hwocr_desktop.core.errors import UnreadableImage
from hwocr_desktop.core.pixels.thresholding import METHODS, ink_by_threshold
from hwocr_desktop.core.text.lexicon import Lexicon
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.networks.sae import DESIGNS, SaeConfig
from tests.drawn_lines import draw_line
from tests.pages_drawn import draw_page, line_at, write_image, write_truth


@pytest.fixture
def pairs(tmp_path):
    for number in range(2):
        gray = draw_page(2, number)
        truth = ink_by_threshold(gray, "otsu").binary()
        write_image(tmp_path / "images" / f"p{number}.webp", gray)
        write_image(
            tmp_path / "gt" / f"p{number}.png", 255 - 255 * truth.astype(np.uint8)
        )
    return tmp_path


@pytest.fixture
def lines(tmp_path):
    rows = []
    for number, text in enumerate(["abc", "ab ca"]):
        write_image(tmp_path / "set" / f"{number}.png", draw_line("abc", number))
        rows.append(f"{number}.png\t{text}\n")
    (tmp_path / "set" / "labels.tsv").write_text("".join(rows), encoding="utf-8")
    return tmp_path


@pytest.fixture
def pages(tmp_path):
    gray = draw_page(2)
    write_image(tmp_path / "a.png", gray)
    truth = [line_at(0, "one"), line_at(1, "two")]
    write_truth(tmp_path / "a.xml", truth, gray, "a.png")
    write_image(tmp_path / "b.png", draw_page(1))
    (tmp_path / "b.txt").write_text("three\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("method", ["otsu", "sauvola", "wolf", "nick"])
def test_binarizer(method, hwocr, pairs):
    done = hwocr("evaluate", "binarizer", "--data", pairs, "--model", method, "--json")
    assert done.code == 0
    told = done.json
    assert set(told) == {
        "model",
        "images",
        "mean",
        "per_image",
        "megapixels_per_second",
    }
    assert told["model"] == method
    assert told["images"] == 2
    keys = ["f_measure", "pseudo_f_measure", "psnr", "drd"]
    assert list(told["mean"]) == keys
    assert [entry["name"] for entry in told["per_image"]] == ["p0", "p1"]
    for key in keys:
        mean = sum(entry[key] for entry in told["per_image"]) / 2
        assert told["mean"][key] == pytest.approx(mean, abs=1e-3)
    for name in ("f_measure", "pseudo_f_measure"):
        assert 50 < told["mean"][name] <= 100
    assert told["megapixels_per_second"] > 0


@pytest.mark.tf
@pytest.mark.parametrize("decoder", ["greedy", "beam"])
def test_lines(decoder, hwocr, lines, tiny):
    arguments = ["--data", lines, "--model", tiny, "--decoder", decoder]
    done = hwocr("evaluate", "lines", *arguments, "--json")
    assert done.code == 0
    told = done.json
    assert {
        "model",
        "lines",
        "characters",
        "cer",
        "wer",
        "lines_per_second",
        "per_line",
    } <= set(told)
    assert (told["model"], told["lines"], told["characters"]) == (tiny, 2, 8)
    assert [entry["truth"] for entry in told["per_line"]] == ["abc", "ab ca"]
    for entry in told["per_line"]:
        assert set(entry) == {"name", "truth", "read", "errors", "characters"}
        assert set(entry["read"]) <= set("abc")
    errors = sum(entry["errors"] for entry in told["per_line"])
    assert told["cer"] == pytest.approx(100 * errors / 8)
    assert told["lines_per_second"] > 0


def test_percentages_go_from_0_to_100(hwocr, lines, planned):
    planned("abc", "abc", "ab ca")  # the first warms it up
    arguments = ["--data", lines, "--model", "any", "--json"]
    told = hwocr("evaluate", "lines", *arguments).json
    assert (told["cer"], told["wer"]) == (0, 0)
    planned("")
    told = hwocr("evaluate", "lines", *arguments).json
    assert (told["cer"], told["wer"]) == (100, 100)


def test_pages(hwocr, pages, planned):
    planned("one", "twX", "three")
    arguments = ["--data", pages, "--model", "any", "--clean", "otsu"]
    done = hwocr("evaluate", "pages", *arguments, "--json")
    assert done.code == 0
    told = done.json
    assert {"pages", "cer", "wer", "seconds_per_page", "per_page"} <= set(told)
    assert told["pages"] == 2
    assert [entry["truth"] for entry in told["per_page"]] == ["one two", "three"]
    assert [entry["read"] for entry in told["per_page"]] == ["one twX", "three"]
    assert [entry["errors"] for entry in told["per_page"]] == [1, 0]
    assert told["cer"] == pytest.approx(100 / 12, abs=1e-3)
    assert told["wer"] == pytest.approx(100 / 3, abs=1e-3)
    seconds = sum(entry["seconds"] for entry in told["per_page"])
    assert told["seconds_per_page"] == pytest.approx(seconds / 2, abs=1e-3)


def test_figures_have_intervals_and_errors_are_counted(hwocr, lines, planned):
    planned("abc", "abc", "ab cX")  # the first warms it up
    told = hwocr("evaluate", "lines", "--data", lines, "--model", "any", "--json").json
    for part in (told, told["sets"]["set"]):
        for rate in ("cer", "wer"):
            low, high = part[f"{rate}_interval"]
            assert 0 <= low <= part[rate] <= high <= 100
        # Sure to 90 %, right in 7 of 8.
        assert part["calibration_error"] == pytest.approx(2.5)
        assert part["calibration_error_before"] == pytest.approx(2.5)
    assert told["confusions"] == [{"truth": "a", "read": "X", "count": 1}]
    kinds = [told[name] for name in ("substitutions", "insertions", "deletions")]
    assert kinds == [1, 0, 0]


def test_suggestions_and_other_readings_are_measured(hwocr, planned, tmp_path):
    rows = []
    for number in range(2):
        write_image(tmp_path / f"{number}.png", draw_line("abc", number))
        rows.append(f"{number}.png\tthey have many received Ballyvaughan\n")
    (tmp_path / "labels.tsv").write_text("".join(rows), encoding="utf-8")
    words = tmp_path / "names.txt"
    words.write_text("Ballyvaughan\n", encoding="utf-8")
    texts = (
        "they have many rexeived Ballyvaughen",
        "tney have many received Ballyvaughan",
    )
    arguments = ["evaluate", "lines", "--data", tmp_path, "--model", "any"]
    arguments += ["--lexicon", words]
    reader = planned(texts[0], *texts)  # the first warms it up
    reader.confidence = 0.3
    other = (OtherReading("received", 0.2), OtherReading("relieved", 0.1))
    reader.alternatives = (WordAlternatives(15, 23, 0.7, other),)
    told = hwocr(*arguments, "--json").json
    # "received" and "they" by the speller, "Ballyvaughan" by the list.
    assert told["suggestions"] == {"given": 3, "right": 3, "on_wrong": 3}
    assert told["alternatives"] == {"misread": 3, "right": 1}
    reader.lines_read = 0
    out = hwocr(*arguments).out
    assert (
        "suggestions for marked words: 3, right: 3 (100 %), for misread words: 3" in out
    )
    assert "misread words: 3, the true one among the other readings: 1 (33 %)" in out
    # Only this way of reading looks for other readings.
    arguments[-2:] = ["--decoder", "greedy", "beam", "word-beam"]
    several = hwocr(*arguments, "--json").json["decoders"]
    misread = [one["alternatives"] for one in several]
    assert misread[:2] == [None, None]
    assert misread[2]["misread"] > 0
    arguments[-4:] = ["--lexicon", words]
    # The window marks words that are right with less than a half: no longer "tney".
    reader.lines_read, reader.confidence = 0, 0.9
    told = hwocr(*arguments, "--json").json
    assert told["suggestions"] == {"given": 2, "right": 2, "on_wrong": 2}
    reader.lines_read, reader.confidence = 0, 0.95
    told = hwocr(*arguments, "--json").json
    assert told["suggestions"] == {"given": 0, "right": 0, "on_wrong": 0}


def test_pages_have_intervals(hwocr, pages, planned):
    planned("one", "twX", "three")
    arguments = ["--data", pages, "--model", "any", "--clean", "otsu", "--json"]
    told = hwocr("evaluate", "pages", *arguments).json
    # Of two pages one has 1 error in 7 characters, the other none in 5.
    assert told["cer_interval"] == [0, pytest.approx(100 / 7, abs=1e-3)]
    assert told["wer_interval"] == [0, 50]


def test_words_are_measured_as_lines_are(hwocr, lines, planned):
    told = []
    for kind in ("lines", "words"):
        planned("abc", "abc", "ab cX")
        arguments = ["--data", lines, "--model", "any", "--json"]
        told.append(hwocr("evaluate", kind, *arguments).json)
        del told[-1]["lines_per_second"]
    assert told[0] == told[1]


def test_several_decoders_give_a_list(hwocr, lines, planned):
    planned("abc", "abc", "ab ca", "abc", "abc", "ab cX")
    arguments = ["--data", lines, "--model", "any", "--decoder", "greedy", "beam"]
    told = hwocr("evaluate", "lines", *arguments, "--json").json
    assert list(told) == ["decoders"]
    assert [one["decoder"] for one in told["decoders"]] == ["greedy", "beam"]
    assert [one["cer"] for one in told["decoders"]] == [0, 12.5]
    rows = hwocr("evaluate", "lines", *arguments).out.splitlines()[2:6]
    assert [row.split()[:2] for row in rows] == [
        [name, decoder] for name in ("set", "all") for decoder in ("greedy", "beam")
    ]


def test_with_a_list_and_without(hwocr, lines, planned, tmp_path):
    words = tmp_path / "words.txt"
    words.write_text("abc\n", encoding="utf-8")
    reader = planned("abc")
    arguments = ["evaluate", "lines", "--data", lines, "--model", "any"]
    arguments += ["--lexicon", words, "--json"]
    told = hwocr(*arguments).json
    assert (told["decoder"], told["lexicon"]) == ("word-beam", "words.txt")
    assert set(reader.ways) == {("word-beam", Lexicon(["abc"]))}
    reader.ways.clear()
    several = hwocr(*arguments, "--decoder", "greedy", "word-beam").json["decoders"]
    ways = [(one["decoder"], one.get("lexicon")) for one in several]
    assert ways == [
        ("greedy", None),
        ("word-beam", None),
        ("word-beam", "words.txt"),
    ]
    assert reader.ways[::2] == reader.ways[1::2]  # the first of two warms it up
    assert reader.ways[::2] == [
        ("greedy", None),
        ("word-beam", None),
        ("word-beam", Lexicon(["abc"])),
    ]
    assert hwocr(*arguments, "--decoder", "beam").code == 2


@pytest.mark.parametrize(
    ("options", "way"),
    [
        ([], ("greedy", None)),
        (["--decoder", "beam"], ("beam", None)),
        (["--decoder", "word-beam"], ("word-beam", None)),
        (["--lexicon"], ("word-beam", Lexicon(["one"]))),
        (
            ["--lexicon-use", "constrain", "--lexicon"],
            ("word-beam", Lexicon(["one"], "constrain")),
        ),
    ],
)
def test_pages_are_read_as_asked(options, way, hwocr, pages, planned, tmp_path):
    words = tmp_path / "words.list"
    words.write_text("one\n", encoding="utf-8")
    reader = planned("one", "two", "three")
    arguments = ["--data", pages, "--model", "any", "--clean", "otsu", *options]
    arguments += [words] * ("--lexicon" in options)
    done = hwocr("evaluate", "pages", *arguments, "--json")
    assert done.code == 0
    assert done.json["decoder"] == way[0]
    assert set(reader.ways) == {way}


def test_figures_of_lines_as_csv(hwocr, lines, planned, tmp_path):
    planned("abc", "abc", "ab cX")
    table = tmp_path / "figures.csv"
    arguments = ["--data", lines, "--model", "any", "--csv", table, "--json"]
    told = hwocr("evaluate", "lines", *arguments).json
    with table.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["kind"], row["set"]) for row in rows] == [
        ("line", "set"),
        ("line", "set"),
        ("set", "set"),
        ("all", ""),
        ("confusion", ""),
    ]
    assert (rows[1]["truth"], rows[1]["read"], rows[1]["errors"]) == (
        "ab ca",
        "ab cX",
        "1",
    )
    assert float(rows[3]["cer"]) == told["cer"]
    assert [float(rows[3][f"cer_{end}"]) for end in ("low", "high")] == told[
        "cer_interval"
    ]
    assert (rows[4]["truth"], rows[4]["read"], rows[4]["count"]) == ("a", "X", "1")


def test_figures_of_pages_as_csv(hwocr, pages, planned, tmp_path):
    planned("one", "twX", "three")
    table = tmp_path / "figures.csv"
    arguments = ["--data", pages, "--model", "any", "--clean", "otsu", "--csv", table]
    assert hwocr("evaluate", "pages", *arguments).code == 0
    with table.open(encoding="utf-8", newline="") as stream:
        kinds = [row["kind"] for row in csv.DictReader(stream)]
    assert kinds == ["page", "page", "set", "all", "confusion"]


def test_the_worst_lines_on_a_sheet(hwocr, lines, planned, tmp_path):
    planned("abc", "abc", "ab cX")
    sheet = tmp_path / "worst.png"
    arguments = ["--data", lines, "--model", "any", "--sheet", sheet]
    assert hwocr("evaluate", "lines", *arguments).code == 0
    planned("abc", "XXX", "XXXXX")
    both = tmp_path / "both.png"
    arguments[-1:] = [both]
    assert (
        hwocr("evaluate", "lines", *arguments, "--decoder", "greedy", "beam").code == 0
    )
    heights = [
        cv2.imread(str(tmp_path / name)).shape[0]
        for name in ("worst.png", "both.png", "both-2.png")
    ]
    # One line is wrong, then both.
    assert heights[0] < heights[1] == heights[2]


def test_people_are_told_what_is_read_as_what(hwocr, lines, planned):
    planned("abc", "abc", "abXca")
    said = hwocr("evaluate", "lines", "--data", lines, "--model", "any").out
    assert "characters replaced: 1, left out: 0, put in: 0" in said
    assert ["space", "X", "1"] in [row.split() for row in said.splitlines()]
    assert "not calibrated" in said
    assert "lines a second" in said


@pytest.mark.tf
def test_a_model_is_calibrated(hwocr, tmp_path, tiny):
    rows = []
    for number in range(24):
        write_image(tmp_path / "set" / f"{number}.png", draw_line("abcab", number))
        rows.append(f"{number}.png\tabcab\n")
    (tmp_path / "set" / "labels.tsv").write_text("".join(rows), encoding="utf-8")
    arguments = ["evaluate", "lines", "--data", tmp_path, "--model", tiny, "--json"]
    before = hwocr(*arguments, "--calibrate").json
    fitted = before["calibration"]
    assert set(fitted) == {"low", "high", "shift", "error_before", "error_after"}
    assert fitted["error_after"] < fitted["error_before"]
    assert fitted["error_before"] == before["calibration_error"]
    after = hwocr(*arguments).json
    assert after["calibration_error_before"] == before["calibration_error"]
    assert after["calibration_error"] < before["calibration_error"]
    assert after["per_line"] == before["per_line"]
    registry.update_metrics(registry.card(tiny), {"x": 1})  # keeps it
    assert set(registry.calibrations(registry.card(tiny))) == {"greedy"}


def test_a_model_is_calibrated_with_one_decoder(hwocr, lines):
    arguments = ["--data", lines, "--model", "any", "--calibrate"]
    done = hwocr("evaluate", "lines", *arguments, "--decoder", "greedy", "beam")
    assert done.code == 2
    assert "one decoder" in done.err


@pytest.mark.parametrize(("option", "name"), [("--csv", "a.csv"), ("--sheet", "a.png")])
def test_files_of_lines_that_have_nowhere_to_go(option, name, hwocr, lines):
    arguments = ["--data", lines, "--model", "any", option, lines / "no" / name]
    done = hwocr("evaluate", "lines", *arguments)
    assert done.code == 5
    assert done.out == ""


def test_people_get_a_table(hwocr, pages, planned, tmp_path):
    planned("one", "two", "three")
    arguments = ["--data", pages, "--model", "any", "--clean", "otsu"]
    done = hwocr("evaluate", "pages", *arguments)
    assert done.code == 0
    assert "CER %" in done.out
    assert "seconds a page" in done.out


def test_people_get_a_table_of_cleaning(hwocr, pairs):
    done = hwocr("evaluate", "binarizer", "--data", pairs, "--model", "otsu")
    rows = done.out.splitlines()
    assert rows[2].startswith("p0")
    assert rows[4].startswith("mean")
    assert "megapixels a second" in rows[5]


def test_several_methods_give_a_list(hwocr, pairs):
    arguments = ["evaluate", "binarizer", "--data", pairs, "--json", "--model"]
    told = hwocr(*arguments, "otsu", "nick").json
    assert list(told) == ["models"]
    for entry, method in zip(told["models"], ["otsu", "nick"], strict=True):
        alone = hwocr(*arguments, method).json
        assert entry["mean"] == alone["mean"]
        assert list(entry) == list(alone)
    everything = hwocr(*arguments, "all").json["models"]
    assert [entry["model"] for entry in everything][: len(METHODS)] == list(METHODS)


def test_several_methods_stand_below_each_other(hwocr, pairs):
    arguments = ["--data", pairs, "--model", "otsu", "sauvola"]
    rows = hwocr("evaluate", "binarizer", *arguments).out.splitlines()[2:]
    assert [row.split()[:2] for row in rows] == [
        [name, method] for name in ("p0", "p1", "mean") for method in arguments[3:]
    ]


def test_figures_as_csv(hwocr, pairs, tmp_path):
    table = tmp_path / "figures.csv"
    arguments = ["--data", pairs, "--model", "otsu", "wolf", "--csv", table, "--json"]
    told = hwocr("evaluate", "binarizer", *arguments).json["models"]
    with table.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["model"], row["kind"], row["name"]) for row in rows] == [
        (model, kind, name)
        for model in ("otsu", "wolf")
        for kind, name in (("page", "p0"), ("page", "p1"), ("mean", ""))
    ]
    assert float(rows[1]["drd"]) == told[0]["per_image"][1]["drd"]
    assert float(rows[5]["f_measure"]) == told[1]["mean"]["f_measure"]


def test_a_contact_sheet(hwocr, pairs, tmp_path):
    sheet = tmp_path / "sheet.png"
    arguments = ["--data", pairs, "--model", "otsu", "nick", "--contact-sheet", sheet]
    assert hwocr("evaluate", "binarizer", *arguments).code == 0
    picture = cv2.imread(str(sheet))
    # Scan, truth, and twice a result and its errors: wider than high.
    assert picture.shape[1] > picture.shape[0] > 300


def test_a_table_that_has_nowhere_to_go_is_told_before_any_work(hwocr, pairs):
    arguments = ["--data", pairs, "--model", "otsu", "--csv", pairs / "no" / "a.csv"]
    done = hwocr("evaluate", "binarizer", *arguments)
    assert done.code == 5
    assert done.out == ""


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda levels: 255 - levels, "more ink than paper"),
        (lambda levels: np.full_like(levels, 255), "no ink at all"),
        (lambda levels: np.full_like(levels, 120), "not black and white"),
        (lambda levels: levels // 2 + 60, "not black and white"),
    ],
)
def test_a_truth_that_hardly_is_one_is_told_once_and_counts(hwocr, pairs, make, said):
    path = pairs / "gt" / "p1.png"
    write_image(path, make(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)))
    arguments = ["--data", pairs, "--model", "otsu", "nick", "--json"]
    done = hwocr("evaluate", "binarizer", *arguments)
    assert done.code == 0
    assert done.err.count("The truth of p1") == 1
    assert said in done.err
    assert "p0" not in done.err
    assert [len(entry["per_image"]) for entry in done.json["models"]] == [2, 2]


def test_a_misspelled_model_among_others_is_told_before_any_work(hwocr, pairs):
    arguments = ["--data", pairs, "--model", "otsu", "sauvolla"]
    done = hwocr("evaluate", "binarizer", *arguments)
    assert done.code == 6
    assert "sauvolla" in done.err
    assert done.out == ""


@pytest.mark.tf
def test_figures_are_written_into_the_card(hwocr, lines, tiny):
    arguments = ["--data", lines, "--model", tiny, "--write-card", "my letters"]
    told = hwocr("evaluate", "lines", *arguments, "--json").json
    card = registry.read_card(paths.user_models() / tiny)
    figures = card.metrics["my letters"]
    for name in ("cer", "wer"):
        assert figures[name] == round(told[name], 2)
        low, high = (round(edge, 1) for edge in told[f"{name}_interval"])
        assert figures[f"{name}, 95 % interval"] == f"{low} to {high}"
    assert figures["lines"] == 2
    error = told["calibration_error"]
    assert figures.get("error of confidences") == (error and round(error, 2))
    registry.check_weights(card)
    assert "my letters" in (card.folder / "README.md").read_text("utf-8")
    listed = hwocr("models", "--json").json["models"]
    (mine,) = [entry for entry in listed if entry["id"] == tiny]
    assert mine["metrics"] == card.metrics


def test_a_method_has_no_card(hwocr, pairs):
    arguments = ["--data", pairs, "--model", "otsu", "--write-card", "x"]
    done = hwocr("evaluate", "binarizer", *arguments)
    assert done.code == 2
    assert "has no card" in done.err


@pytest.mark.tf
@pytest.mark.parametrize("kind", ["binarizer", "lines", "pages"])
def test_without_a_figure_there_is_no_object(kind, hwocr, tmp_path, tiny):
    done = hwocr("evaluate", kind, "--data", tmp_path, "--model", tiny, "--json")
    assert done.code == 11
    assert done.out == ""


@pytest.mark.tf
def test_a_learning_curve(hwocr, pairs, tmp_path_factory, monkeypatch):
    monkeypatch.setitem(DESIGNS, "tiny", SaeConfig((8, 8), window=32, overlap=8))
    test, out = tmp_path_factory.mktemp("test"), tmp_path_factory.mktemp("out")
    gray = draw_page(1, 7)
    write_image(test / "a.png", gray)
    ink = ink_by_threshold(gray, "otsu").binary()
    write_image(test / "a_gt.png", 255 - 255 * ink.astype(np.uint8))
    arguments = ["--data", pairs, "--test", test, "-o", out]
    arguments += ["--pages", 1, 2, "--model", "otsu", "--design", "tiny"]
    arguments += ["--steps", 2, "--batch", 2, "--window", 32]
    told = hwocr("evaluate", "learning-curve", *arguments, "--json").json
    assert [point["pages"] for point in told["points"]] == [1, 2]
    assert told["methods"]["otsu"]["f_measure"] == 100
    done = hwocr("evaluate", "learning-curve", *arguments)
    assert done.code == 0
    assert [row.split()[0] for row in done.out.splitlines()[2:]] == [
        "otsu",
        "tiny,",
        "tiny,",
    ]
    assert (out / "curve.png").exists()


def test_a_damaged_pair_does_not_cost_the_figures_of_the_others(hwocr, pairs, tmp_path):
    count = len(list((pairs / "gt").iterdir()))
    (damaged,) = sorted((pairs / "images").iterdir())[:1]
    damaged.write_bytes(damaged.read_bytes()[:60])
    table = tmp_path / "e.csv"
    given = ["--data", pairs, "--model", "otsu", "nick", "--csv", table, "--json"]
    done = hwocr("evaluate", "binarizer", *given)
    assert done.code == UnreadableImage.exit_code
    assert done.err.count("is left out") == 1
    assert damaged.stem in done.err
    told = json.loads(done.out)["models"]
    assert [entry["images"] for entry in told] == [count - 1, count - 1]
    assert damaged.stem not in table.read_text("utf-8")


def test_only_damaged_pairs_are_an_error(hwocr, pairs):
    for truth in (pairs / "gt").iterdir():
        truth.write_bytes(b"")
    done = hwocr("evaluate", "binarizer", "--data", pairs, "--model", "otsu")
    assert done.code == UnreadableImage.exit_code
    assert done.out == ""
