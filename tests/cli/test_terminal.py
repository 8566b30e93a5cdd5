"""Results on one stream, remarks and the bar on the other."""

import io

import pytest

from hwocr_desktop.cli import terminal as module
from hwocr_desktop.cli.terminal import CLEAR_LINE, Terminal
from hwocr_desktop.core.progress import Progress


class Screen(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def screen(monkeypatch):
    monkeypatch.setattr(module, "DRAW_INTERVAL_S", 0.0)
    return Screen()


def test_there_is_no_bar_in_a_file():
    err = io.StringIO()
    terminal = Terminal(io.StringIO(), err)
    for done in range(5):
        terminal.report(Progress(done, 4, "reading"))
    assert err.getvalue() == ""


def test_the_bar_is_one_line_that_grows(screen):
    terminal = Terminal(io.StringIO(), screen)
    for done in range(5):
        terminal.report(Progress(done, 4, "reading"))
    drawn = screen.getvalue().split(CLEAR_LINE)[1:]
    assert "\n" not in screen.getvalue()
    assert [line.count("#") for line in drawn] == [0, 5, 10, 15, 20]
    assert "100 % 4/4 reading" in drawn[-1]


@pytest.mark.parametrize(("done", "total"), [(9, 4), (0, 0), (3, 0)])
def test_counts_that_make_no_sense_do_no_harm(done, total, screen):
    terminal = Terminal(io.StringIO(), screen)
    terminal.report(Progress(done, total, "opening"))
    assert "opening" in screen.getvalue()


def test_the_bar_stays_within_the_screen(screen, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    Terminal(io.StringIO(), screen).report(Progress(1, 2, "x" * 500))
    assert len(screen.getvalue().removeprefix(CLEAR_LINE)) == 39


def test_the_bar_is_not_drawn_more_often_than_eyes_see(monkeypatch):
    monkeypatch.setattr(module, "DRAW_INTERVAL_S", 3600.0)
    screen = Screen()
    terminal = Terminal(io.StringIO(), screen)
    for done in range(1000):
        terminal.report(Progress(done, 1000, ""))
    assert screen.getvalue().count(CLEAR_LINE) == 1


@pytest.mark.parametrize("method", ["say", "note"])
def test_text_takes_the_line_from_the_bar(method, screen):
    terminal = Terminal(screen, screen)
    terminal.report(Progress(1, 2, "reading"))
    getattr(terminal, method)("text")
    assert screen.getvalue().endswith(CLEAR_LINE + "text\n")
    terminal.clear_bar()
    assert screen.getvalue().endswith(CLEAR_LINE + "text\n")


def test_json_is_one_object_in_plain_letters():
    out = io.StringIO()
    Terminal(out, io.StringIO()).json({"\u017f": 1})
    assert out.getvalue() == '{\n  "\u017f": 1\n}\n'


def test_numbers_that_json_does_not_know_are_refused():
    with pytest.raises(ValueError, match="not JSON compliant"):
        Terminal(io.StringIO(), io.StringIO()).json({"a": float("nan")})


def test_letters_that_the_system_does_not_know_are_printed():
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="cp1252")
    Terminal(out, io.StringIO()).say("\u017ftraße \udcff")
    assert raw.getvalue().decode("utf-8") == "\u017ftraße \\udcff\n"


def test_columns_of_a_table_are_aligned():
    out = io.StringIO()
    Terminal(out, io.StringIO()).table(
        ("set", "CER"), [("a", "1.00"), ("bcd", "12.50")]
    )
    assert out.getvalue().splitlines() == [
        "set    CER",
        "---  -----",
        "a     1.00",
        "bcd  12.50",
    ]
