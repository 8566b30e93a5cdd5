"""The program as a process of its own: clean streams, no Qt where none is needed."""

import json
import subprocess
import sys

import pytest

from tests.drawn_lines import draw_line
from tests.pages_drawn import write_image

START = [sys.executable, "-m", "hwocr_desktop"]


@pytest.mark.tf
@pytest.mark.slow
def test_standard_output_is_one_object(tmp_path, tiny):
    write_image(tmp_path / "set" / "0.png", draw_line("abc"))
    (tmp_path / "set" / "labels.tsv").write_text("0.png\tabc\n", encoding="utf-8")
    arguments = [
        "evaluate",
        "lines",
        "--data",
        str(tmp_path),
        "--model",
        tiny,
        "--json",
    ]
    done = subprocess.run(
        [*START, *arguments], capture_output=True, timeout=180, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["lines"] == 1
    assert b"\r" not in done.stderr


IMPORTS = """
import sys
from hwocr_desktop.cli.main import main
code = main(["models", "--json"])
heavy = {"tensorflow", "keras", "PySide6"} & set(sys.modules)
sys.exit(f"loaded {heavy}" if heavy else code)
"""


def test_listing_models_loads_neither_networks_nor_windows():
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS], capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert set(json.loads(done.stdout)) == {"models", "broken"}
