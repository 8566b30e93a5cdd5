"""Lines that nobody has checked: what is read of them, and when it is learned."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.core.progress import Cancelled, CancelToken, ignore_progress
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.core.text.language import build_language
from hwocr_desktop.ml.networks.crnn import build_crnn, build_to_learn
from hwocr_desktop.ml.training import line_fit
from hwocr_desktop.ml.training.fine_tune import fine_tune
from hwocr_desktop.ml.training.line_data import LineSample
from hwocr_desktop.ml.training.line_fit import FitSettings, LineFit
from hwocr_desktop.ml.training.line_mix import OWN_AGAIN, UNREAD_SHARE, LineMix
from hwocr_desktop.ml.training.line_run import LOOKS_AT
from hwocr_desktop.ml.training.unread_lines import SURER, surer_lines
from tests.drawn_lines import TINY, draw_line, samples, tiny_model

SPOKEN = build_language("ac ac ac ac ac ac ac ac.\n" * 20)


class Sure:
    """Stands in for a network that reads “ac”, the surer the wider the line is."""

    charset, height, name = Charset("abc"), 64, "sure"

    def log_probs(self, inks):
        seen = []
        for ink in inks:
            sure = 0.4 + 0.5 * ink.shape[1] / 1000
            probs = np.full((8, 4), (1 - sure) / 3)
            for frame, label in ((0, 1), (2, 3)):
                probs[frame, label] = sure
            probs[[1, 3, 4, 5, 6, 7], 0] = 0.999
            probs /= probs.sum(axis=-1, keepdims=True)
            seen.append(np.log(probs).astype(np.float32))
        return seen


def written(name, width):
    gray = np.full((64, width), 200, np.uint8)
    gray[20:40, 10:30] = 20
    return LineSample(name, gray, "zzz", "unread")


def read(lines, cancel=None, report=ignore_progress):
    return surer_lines(Sure(), SPOKEN, lines, cancel or CancelToken(), report)


@given(st.lists(st.integers(50, 900), max_size=12))
def test_the_surer_half_is_taken_with_the_text_that_was_read(widths):
    lines = [written(str(i), width) for i, width in enumerate(widths)]
    taken = read(lines)
    assert len(taken) == round(SURER * len(lines))
    assert {line.text for line in taken} <= {"ac"}
    # The surest first, and nothing left out that is surer than what was taken.
    found = [line.gray.shape[1] for line in taken]
    assert found == sorted(widths, reverse=True)[: len(found)]


def test_empty_paper_and_what_was_not_read_count_for_nothing():
    blank = replace(written("blank", 400), gray=np.full((64, 400), 200, np.uint8))
    endless = written("endless", 64 * 64 + 1)
    lines = [blank, written("a", 300), endless, blank, written("b", 200)]
    assert [line.name for line in read(lines)] == ["a"]
    assert read([]) == read([blank, endless, endless]) == []


def test_reading_counts_the_lines_and_stops_when_asked():
    token, reports = CancelToken(), []

    def note(progress):
        reports.append((progress.done, progress.total))
        if progress.done == 2:
            token.cancel()

    with pytest.raises(Cancelled):
        read([written(str(i), 200) for i in range(9)], token, note)
    assert reports == [(0, 9), (1, 9), (2, 9)]


@given(
    st.integers(1, 9),
    st.integers(0, 9),
    st.integers(0, 30),
    st.floats(0, 3),
    st.integers(0, 2**32 - 1),
)
def test_a_pass_has_all_own_lines_and_some_of_each_of_the_others(
    own, general, unread, replay, seed
):
    groups = [
        [LineSample(f"{name}{i}", draw_line("ab"), name, name) for i in range(count)]
        for name, count in (("own", own), ("general", general), ("unread", unread))
    ]
    mix = LineMix(groups[0], groups[1], replay, 64)
    before = mix.width
    mix.learn_too(groups[2])
    drawn = mix.draw(np.random.default_rng(seed))
    names = Counter(line.name for line in drawn)
    times = OWN_AGAIN if unread else 1
    assert all(names[line.name] == times for line in groups[0])
    assert all(names[line.name] <= 1 for line in [*groups[1], *groups[2]])
    sets = [line.set for line in drawn]
    assert sets.count("own") == own * times
    assert sets.count("general") == min(general, round(replay * own))
    assert sets.count("unread") == min(unread, round(UNREAD_SHARE * own))
    assert mix.width == sum(line.gray.shape[1] for line in drawn)
    mix.learn_too([])
    assert mix.width == before


def fit_of(unread, tmp_path=None, epochs=20, **more):
    network = build_crnn(TINY, 4)
    return network, LineFit(
        network,
        build_to_learn(TINY, 4),
        Charset("abc"),
        samples(6),
        samples(2, seed=3),
        FitSettings(epochs=epochs, columns=600, measure_every=100.0),
        lambda lines: ["" for _ in lines],
        tmp_path and tmp_path / "run.npz",
        unread=unread,
        **more,
    )


@pytest.mark.tf
def test_lines_are_read_at_their_times_with_what_was_learned_by_then(monkeypatch):
    seen, passes = [], []
    extra = [replace(s, set="unread") for s in samples(4, seed=8)]

    def unread(cancel, report):
        seen.append((len(passes), [w.copy() for w in network.get_weights()]))
        return extra[: 2 * len(seen)]

    def watch(lines, *args, **kwargs):
        passes.append(sum(line.set == "unread" for line in lines))
        return usual(lines, *args, **kwargs)

    usual = line_fit.epoch_batches
    monkeypatch.setattr(line_fit, "epoch_batches", watch)
    network, fit = fit_of(unread)
    start = [w.copy() for w in network.get_weights()]
    fit.run(cancel=CancelToken(), report=ignore_progress)
    assert len(seen) == len(LOOKS_AT)
    for (_, weights), before in zip(seen, [start, seen[0][1]], strict=True):
        assert not all(
            np.array_equal(a, b) for a, b in zip(weights, before, strict=True)
        )
    first, second = (begun for begun, _ in seen)
    assert passes[:first] == [0] * first
    assert passes[first:second] == [2] * (second - first)
    assert set(passes[second:]) == {4}
    assert 0 < first < second


@pytest.mark.tf
def test_a_pass_that_takes_all_the_time_is_broken_off_to_read():
    steps = []

    def unread(cancel, report):
        steps.append(fit.state.step)
        return samples(3, seed=8)

    _, fit = fit_of(unread, epochs=1)
    assert not fit.state.has_read
    fit.run(cancel=CancelToken(), report=ignore_progress)
    assert fit.state.has_read
    assert steps[0] > 0
    # What was read was learned from.
    assert fit.state.step > steps[-1]


@pytest.mark.tf
def test_a_run_taken_up_again_reads_anew(tmp_path):
    calls = []

    def unread(cancel, report):
        calls.append(fit.state.epoch)
        return samples(2, seed=8)

    token = CancelToken()

    def stop(progress):
        if calls:
            token.cancel()

    _, fit = fit_of(unread, tmp_path)
    with pytest.raises(Cancelled):
        fit.run(cancel=token, report=stop)
    (first,) = calls
    _, fit = fit_of(unread, tmp_path)
    fit.run(cancel=CancelToken(), report=ignore_progress)
    # Once where it was taken up, for what it had read is not kept; then in its turn.
    assert calls[1] >= first
    assert fit.state.has_read
    # What is over is known to have learned from them when it is taken up once more.
    _, fit = fit_of(unread, tmp_path)
    fit.run(cancel=CancelToken(), report=ignore_progress)
    assert fit.state.has_read
    assert len(calls) == 3


@pytest.mark.tf
def test_a_teaching_reads_with_the_language_it_will_have(tmp_path, monkeypatch):
    card = tiny_model(tmp_path / "tiny")
    asked = []

    def note(recognizer, language, lines, cancel, report):
        asked.append((recognizer.name, language, list(lines)))
        return []

    monkeypatch.setattr("hwocr_desktop.ml.training.fine_tune.surer_lines", note)
    unread, own = samples(3, seed=5), build_language("ab ba. ab ba.\n" * 9)

    def teach(**more):
        return fine_tune(
            card,
            samples(12),
            samples(2, seed=4),
            10.0,
            cancel=CancelToken(),
            report=ignore_progress,
            settings=FitSettings(epochs=3, columns=600),
            **more,
        )

    teach(unread=unread)
    teach(languages=(SPOKEN, own))
    assert asked == []  # nothing to read, or nothing to read it with
    teach(unread=unread, languages=(SPOKEN, own))
    assert asked
    assert all(who == (card.id, own, unread) for who in asked)
