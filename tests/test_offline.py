"""The promise that nothing leaves the machine.

Twice: no module names a way to the network, and with every way out of Python blocked
and recorded nothing tries.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import hwocr_desktop

FORBIDDEN = (
    "aiohttp",
    "ftplib",
    "http",
    "httpx",
    "imaplib",
    "poplib",
    "requests",
    "smtplib",
    "socket",
    "socketserver",
    "ssl",
    "telnetlib",
    "urllib.request",
    "urllib3",
    "xmlrpc",
    "PySide6.QtNetwork",
    "PySide6.QtWebEngineCore",
    "PySide6.QtWebEngineWidgets",
    "PySide6.QtWebSockets",
)


def _sources() -> Iterator[tuple[str, str]]:
    folder = Path(hwocr_desktop.__file__).parent
    for path in sorted(folder.rglob("*.py")):
        yield path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8")


def _imports(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def ways_out(source: str) -> list[str]:
    """Return the names of network modules that a module's source imports."""
    return [
        name
        for name in _imports(source)
        if any(name == bad or name.startswith(f"{bad}.") for bad in FORBIDDEN)
    ]


def downloading_spellers(source: str) -> list[int]:
    """Return the lines that make a Speller without giving it its words.

    For most languages autocorrect fetches its word list from the internet unless the
    caller passes one.
    """
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).split(".")[-1] == "Speller"
        and "nlp_data" not in {keyword.arg for keyword in node.keywords}
    ]


def test_no_module_names_a_way_to_the_network() -> None:
    assert {path: found for path, text in _sources() if (found := ways_out(text))} == {}


def test_no_speller_fetches_its_words() -> None:
    assert {p: found for p, t in _sources() if (found := downloading_spellers(t))} == {}


@pytest.mark.parametrize(
    "source",
    [
        "import socket",
        "from urllib import request",
        "from urllib.request import urlopen",
        "def f():\n    import http.client",
        "from PySide6.QtNetwork import QNetworkAccessManager",
        "from PySide6 import QtNetwork",
    ],
)
def test_a_planted_way_out_is_noticed(source: str) -> None:
    assert ways_out(source) != []


def test_a_planted_speller_is_noticed() -> None:
    assert downloading_spellers("import autocorrect\nautocorrect.Speller('pl')") == [2]
    assert downloading_spellers("Speller('pl', nlp_data=words)") == []


@pytest.fixture
def attempts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Refuse every connection and look-up from Python, and list what was tried."""
    tried: list[str] = []

    def refuse(what: str) -> Callable[..., None]:
        def call(*arguments: object, **_: object) -> None:
            tried.append(f"{what}{arguments}")
            raise OSError("the network is off in this test")

        return call

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse(name))
    for name in ("getaddrinfo", "gethostbyname", "create_connection"):
        monkeypatch.setattr(socket, name, refuse(name))
    return tried


def test_the_block_refuses_and_records(attempts: list[str]) -> None:
    with pytest.raises(OSError, match="network is off"):
        socket.create_connection(("192.0.2.1", 80))
    with pytest.raises(OSError, match="network is off"):
        urllib.request.urlopen("http://192.0.2.1/")
    assert len(attempts) >= 2


def _module_names() -> list[str]:
    found = pkgutil.walk_packages(hwocr_desktop.__path__, "hwocr_desktop.")
    return [info.name for info in found if not info.name.endswith("__main__")]


def test_importing_every_module_stays_offline(attempts: list[str]) -> None:
    for name in _module_names():
        importlib.import_module(name)
    assert attempts == []


# In a fresh interpreter, where no module is loaded yet and where the interpreter's own
# audit reports what code of any kind does through Python's sockets.
AUDIT = """
import importlib, sys
tried = []
EVENTS = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname",
          "socket.sendto", "socket.sendmsg", "urllib.Request", "ftplib.connect")
sys.addaudithook(lambda event, args: event in EVENTS and tried.append((event, args)))
for name in sys.argv[1:]:
    importlib.import_module(name)
print(tried)
"""


def test_a_fresh_start_stays_offline() -> None:
    done = subprocess.run(
        [sys.executable, "-c", AUDIT, *_module_names()],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
