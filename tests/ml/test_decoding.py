"""Decoding in processes beside the program."""

import functools
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from hwocr_desktop.core.errors import BadModel
from hwocr_desktop.core.processes import is_running
from hwocr_desktop.core.progress import Cancelled, CancelToken
from hwocr_desktop.core.text.alternatives import weigh_words
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.core.text.language import build_language
from hwocr_desktop.core.text.lexicon import Lexicon
from hwocr_desktop.core.text.look_alikes import settle_look_alikes
from hwocr_desktop.core.text.word_beam import WordBeam
from hwocr_desktop.ml.decoding import (
    DecodingProcesses,
    decoding_with_language,
    no_language,
)

CHARSET = Charset("abc ")


def language():
    return build_language("abc cab abba")


def damaged():
    raise BadModel("The language is damaged.", "Install the model again.")


def slow():
    time.sleep(30)
    return language()


def pids():
    """Stand for a language, to learn in which process it is asked for."""
    raise BadModel(str(os.getpid()))


def frames(count, seed):
    rng = np.random.default_rng(seed)
    logits = rng.normal(0.0, 2.5, (count, CHARSET.size)).astype(np.float32)
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


def read(processes, probs, lexicon=None, cancel=None):
    return processes.result_of(processes.submit(probs, lexicon), probs, cancel)


def test_lines_read_as_they_would_here():
    processes = DecodingProcesses(CHARSET, language)
    here = decoding_with_language(CHARSET, language, None)
    lines = [frames(3 + 2 * i, i) for i in range(9)]
    waiting = [processes.submit(probs, None) for probs in lines]
    read_there = [
        processes.result_of(line, probs, None)
        for line, probs in zip(waiting, lines, strict=True)
    ]
    assert read_there == [here(probs) for probs in lines]
    assert any(line.characters for line in read_there)


def test_the_text_is_the_same_where_words_are_not_weighed():
    weighed, plain = (
        decoding_with_language(CHARSET, language, None, weighs=weighs)
        for weighs in (True, False)
    )
    lines = [frames(14, seed) for seed in range(6)]
    assert any(weighed(probs).alternatives for probs in lines)
    for probs in lines:
        assert plain(probs).alternatives == ()
        texts = [
            [(c.text, c.start, c.end) for c in read(probs).characters]
            for read in (weighed, plain)
        ]
        assert texts[0] == texts[1]


@pytest.mark.parametrize("lexicon", [None, Lexicon(["cab", "abc"])])
def test_words_are_weighed_as_those_of_the_line(lexicon):
    processes = DecodingProcesses(CHARSET, language)
    lines = [frames(14, seed) for seed in range(6)]
    decoded = [read(processes, probs, lexicon) for probs in lines]
    search = WordBeam(CHARSET, language(), lexicon)
    for probs, line in zip(lines, decoded, strict=True):
        unweighed = settle_look_alikes(search.read(probs), probs, CHARSET)
        assert line == weigh_words(
            probs, CHARSET, unweighed, language=language(), lexicon=lexicon
        )
    assert any(line.alternatives for line in decoded)


@pytest.mark.parametrize(
    ("lexicon", "expected"),
    [
        (None, "185O to"),
        (Lexicon(["to"], "rerank"), "185O to"),
        (Lexicon(["O", "t"], "constrain"), "185O t0"),
    ],
)
def test_digits_stand_among_digits_and_letters_among_letters(lexicon, expected):
    charset = Charset(" 0158Oot")
    seen = ["1", "8", "5", {"O": 0.9, "0": 0.02}, " ", "t", {"0": 0.55, "o": 0.4}]
    probs = np.full((2 * len(seen), charset.size), 1e-6, np.float32)
    for place, shares in enumerate(seen):
        shares = {shares: 0.99} if isinstance(shares, str) else shares
        for character, share in shares.items():
            probs[2 * place, charset.encode(character)[0]] = share
        probs[2 * place + 1, 0] = 0.99
    decode = decoding_with_language(charset, no_language, lexicon)
    read = decode(np.log(probs)).characters
    assert "".join(c.text for c in read) == expected


def test_another_list_of_words_is_used_and_the_same_one_keeps_the_process():
    processes = DecodingProcesses(CHARSET, language)
    probs = frames(12, 5)
    for words in (["cab"], ["abc", "bab"]):
        lexicon = Lexicon(words, "constrain")
        here = decoding_with_language(CHARSET, language, lexicon)
        assert read(processes, probs, lexicon) == here(probs)
    kept = processes._executor
    read(processes, probs, Lexicon(["abc", "bab"], "constrain"))
    assert processes._executor is kept
    read(processes, probs, Lexicon(["abc", "bab"], "rerank"))
    assert processes._executor is not kept


def test_a_damaged_language_is_told_each_time():
    processes = DecodingProcesses(CHARSET, damaged)
    for _ in range(2):
        with pytest.raises(BadModel, match="is damaged") as caught:
            read(processes, frames(4, 1))
        assert caught.value.advice == "Install the model again."


def test_lines_are_decoded_elsewhere():
    processes = DecodingProcesses(CHARSET, pids)
    with pytest.raises(BadModel) as caught:
        read(processes, frames(4, 1))
    assert int(str(caught.value)) in processes._executor._processes
    assert int(str(caught.value)) != os.getpid()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_a_process_that_the_system_ends_costs_no_line(caplog):
    processes = DecodingProcesses(CHARSET, language)
    probs = frames(10, 2)
    expected = read(processes, probs)
    line = processes.submit(probs, None)
    for pid in list(processes._executor._processes):
        os.kill(pid, signal.SIGKILL)
    assert processes.result_of(line, probs, None) == expected
    lines = [frames(10, i) for i in range(4)]
    here = decoding_with_language(CHARSET, language, None)
    assert [read(processes, p) for p in lines] == [here(p) for p in lines]


def test_stopping_waits_for_no_line():
    processes = DecodingProcesses(CHARSET, slow)
    cancel = CancelToken()
    probs = frames(4, 1)
    line = processes.submit(probs, None)
    cancel.cancel()
    with pytest.raises(Cancelled):
        processes.result_of(line, probs, cancel)
    for process in processes._executor._processes.values():
        process.kill()


def gone(pids, seconds=10):
    """Return whether processes end within some time."""
    until = time.monotonic() + seconds
    while any(is_running(pid) for pid in pids):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.skipif(sys.platform == "win32", reason="needs to look at a process")
def test_the_processes_end_with_the_object():
    processes = DecodingProcesses(CHARSET, language)
    read(processes, frames(4, 1))
    there = list(processes._executor._processes)
    assert there
    assert all(map(is_running, there))
    del processes
    assert gone(there)


PROGRAM = """
import time
from tests.ml.test_decoding import *

if __name__ == "__main__":
    processes = DecodingProcesses(CHARSET, language)
    read(processes, frames(4, 1))
    print(*processes._executor._processes, flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_the_processes_end_with_the_program_however_it_ends(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(
        [sys.executable, program], env=env, stdout=subprocess.PIPE, text=True
    ) as child:
        there = [int(pid) for pid in child.stdout.readline().split()]
        child.kill()
    assert there
    assert gone(there)


def test_no_language_is_none_and_travels():
    processes = DecodingProcesses(CHARSET, no_language)
    probs = frames(8, 3)
    assert read(processes, probs) == decoding_with_language(
        CHARSET, functools.partial(no_language), None
    )(probs)
