"""``hwocr evaluate``: the contract that scripts rely on."""

import csv

import cv2
import numpy as np
import pytest

from hwocr_desktop.core import paths
from hwocr_desktop.core.pixels.thresholding import METHODS, ink_by_threshold
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
    assert card.metrics["my letters"] == {
        "cer": round(told["cer"], 2),
        "wer": round(told["wer"], 2),
        "lines": 2,
    }
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
