"""Run commands in this process, with a tiny model installed where one is needed."""

import json
import shutil

import pytest

from hwocr_desktop.cli import train
from hwocr_desktop.cli.main import main
from hwocr_desktop.cli.terminal import Terminal
from hwocr_desktop.core import paths
from tests.drawn_lines import tiny_model
from tests.pages_drawn import PlannedReader, draw_page, write_image


@pytest.fixture(autouse=True)
def not_modest(monkeypatch):
    """Commands run in the process of the tests, whose priority is to stay as it is."""
    monkeypatch.setattr(train, "be_modest", lambda: None)


class Run:
    """The outcome of a command."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture
def hwocr(capsys):
    """Return a function that runs a command and gives code and output."""

    def run(*arguments):
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Run(code, said.out, said.err)

    return run


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory):
    """Write a line model with untrained weights, once."""
    folder = tmp_path_factory.mktemp("models") / "tiny-lines"
    tiny_model(folder)
    return folder


@pytest.fixture
def tiny(tiny_folder, hwocr_home):
    """Install the tiny line model for one test and return its id.

    The pipeline keeps it open from test to test: the weights are the same.
    """
    shutil.copytree(tiny_folder, paths.user_models() / tiny_folder.name)
    return tiny_folder.name


@pytest.fixture
def stopped_after_one(monkeypatch):
    """Press Ctrl+C as soon as a command tells that one thing is done."""

    def report(terminal, progress):
        if progress.done == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(Terminal, "report", report)


@pytest.fixture
def planned(monkeypatch):
    """Return a function that lets a stand-in read the given texts in turn."""

    def plan(*texts):
        return PlannedReader.install(monkeypatch, *texts)

    return plan


@pytest.fixture
def page(tmp_path):
    """Write a page of two lines."""
    return write_image(tmp_path / "scans" / "page ö.png", draw_page(2))
