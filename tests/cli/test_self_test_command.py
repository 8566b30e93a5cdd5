"""``hwocr self-test``."""

import pytest

from hwocr_desktop.app import self_test
from hwocr_desktop.cli import self_test as command
from hwocr_desktop.core.errors import HwocrError


@pytest.fixture(autouse=True)
def _no_window(monkeypatch):
    """The window is tried where windows are tested."""
    monkeypatch.setattr(command, "_try_window", lambda trial: "not here")


@pytest.mark.tf
def test_everything_works(hwocr):
    done = hwocr("self-test", "--json")
    told = done.json
    assert [step for step in told["steps"] if step["state"] == "failed"] == []
    assert told["ok"]
    assert done.code == 0
    names = [step["name"] for step in told["steps"]]
    assert names == [name for name, _ in self_test.STEPS] + ["Open and close a window"]
    assert all(step["seconds"] >= 0 for step in told["steps"])


@pytest.mark.parametrize(
    "error", [HwocrError("It broke.", "Mend it."), ZeroDivisionError("broke")]
)
def test_a_defect_shows(error, hwocr, monkeypatch):
    def broken(*_, **__):
        raise error

    def nothing(task):
        raise self_test.NotInstalled("none here")

    monkeypatch.setattr(self_test.page_xml, "save_page", broken)
    monkeypatch.setattr(self_test, "_installed", nothing)
    done = hwocr("self-test")
    assert done.code == 1
    (line,) = [row for row in done.out.splitlines() if " failed " in row]
    assert line.startswith("Export and read back")
    assert "broke" in line
    assert done.out.endswith("Something does not work.\n")


def test_one_step_takes_the_next_ones_along_only_if_they_need_it(tmp_path, monkeypatch):
    def unreadable(path):
        raise HwocrError("The page cannot be read.")

    monkeypatch.setattr(self_test, "load_scan", unreadable)
    results = {r.name: r.state for r in self_test.run_steps(tmp_path)}
    assert results["Make and load a page"] == "failed"
    assert results["Clean it (Otsu)"] == "failed"
    assert results["Check the models"] == "ok"
