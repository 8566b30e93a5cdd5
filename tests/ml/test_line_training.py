"""Training of line networks: data, batches, the loop, fine-tuning."""

import itertools
import json
import logging
import re
from dataclasses import replace
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwocr_desktop.core.errors import BadRequest, TrainingDataMissing
from hwocr_desktop.core.pixels.crops import stretch_ink
from hwocr_desktop.core.progress import Cancelled, CancelToken, ignore_progress
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.core.text.text_metrics import cer
from hwocr_desktop.ml import runtime
from hwocr_desktop.ml.line_batch import fits, pack
from hwocr_desktop.ml.networks.growth import grow_network
from hwocr_desktop.ml.recognizer import Recognizer
from hwocr_desktop.ml.registry import read_card
from hwocr_desktop.ml.training import line_fit
from hwocr_desktop.ml.training.augment import distort, hide_pieces
from hwocr_desktop.ml.training.batches import ahead, epoch_batches
from hwocr_desktop.ml.training.checkpoint import StoppedEarly
from hwocr_desktop.ml.training.fine_tune import fine_tune, save_tuned
from hwocr_desktop.ml.training.line_checks import known_texts
from hwocr_desktop.ml.training.line_data import load_lines
from hwocr_desktop.ml.training.line_fit import FitPoint, FitSettings, LineFit
from hwocr_desktop.ml.training.line_run import rates_in_words
from hwocr_desktop.ml.training.line_training import TrainLinesRequest, train_lines
from tests.drawn_lines import (
    TINY,
    draw_line,
    samples,
    tiny_model,
    tiny_network,
    write_lines,
)


def test_labeled_folders_and_pairs_are_read_alike(tmp_path):
    write_lines(tmp_path / "a" / "set", 3)
    pairs = tmp_path / "b"
    pairs.mkdir()
    for i, sample in enumerate(samples(3)):
        cv2.imwrite(str(pairs / f"{i}.png"), sample.gray)
        (pairs / f"{i}.gt.txt").write_text(sample.text + "\n", encoding="utf-8")
    one, other = load_lines([tmp_path / "a"]), load_lines([pairs])
    assert [s.text for s in one] == [s.text for s in other]
    assert all(np.array_equal(x.gray, y.gray) for x, y in zip(one, other, strict=True))
    assert {s.set for s in one} == {"set"}


def add_line(folder, text):
    """Add a row, and a picture that has room for some letters."""
    cv2.imwrite(str(folder / "added.png"), draw_line("abcc", 99))
    with (folder / "labels.tsv").open("a", encoding="utf-8") as file:
        file.write(f"added.png\t{text}\n")


def test_a_damaged_line_is_left_out_and_said(tmp_path, caplog):
    write_lines(tmp_path / "set", 3)
    (tmp_path / "set" / "1.png").write_bytes(b"")
    with caplog.at_level(logging.WARNING):
        assert len(load_lines([tmp_path])) == 2
    assert "1.png" in caplog.text


def test_a_folder_without_lines(tmp_path):
    with pytest.raises(TrainingDataMissing, match="no transcribed lines"):
        load_lines([tmp_path])


def test_real_pages_give_their_lines(shared_data):
    found = load_lines([shared_data / "pages" / "val" / "stanford_memorials_en_1905"])
    assert len(found) == 51
    assert all(s.gray.shape[0] == 64 and s.text for s in found)


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.integers(8, 300), st.floats(0, 1))
def test_distorting_keeps_height_and_kind(seed, width, strength):
    rng = np.random.default_rng(seed)
    ink = rng.integers(0, 256, (64, width), np.uint8)
    out = distort(ink, rng, ink, strength)
    assert out.dtype == np.uint8
    assert out.shape[0] == 64
    assert 0.75 * width - 1 <= out.shape[1] <= 1.25 * width + 8
    again = distort(ink, np.random.default_rng(seed), ink, 0.0)
    assert np.array_equal(again, ink)


@given(st.integers(0, 10**6), st.integers(1, 900), st.sampled_from([32, 64]))
def test_pieces_are_hidden_from_top_to_bottom_and_the_rest_stays(seed, width, height):
    ink = np.random.default_rng(seed).integers(1, 256, (height, width), np.uint8)
    out = hide_pieces(ink, np.random.default_rng(seed))
    is_hidden = (out == 0).all(axis=0)
    assert is_hidden.any()
    assert np.array_equal(out[:, ~is_hidden], ink[:, ~is_hidden])
    most = (1 + width // height) * (height * 3 // 8 - 1)
    assert is_hidden.sum() <= most


def test_about_a_tenth_of_a_line_is_hidden():
    ink = np.full((64, 900), 255, np.uint8)
    rng = np.random.default_rng(0)
    shares = [float((hide_pieces(ink, rng) == 0).mean()) for _ in range(400)]
    assert 0.09 < np.mean(shares) < 0.13


def test_pieces_of_as_many_lines_are_hidden_as_asked():
    group = samples(200, longest=9)
    charset = Charset("abc")

    def lines(hidden):
        rng = np.random.default_rng(2)
        options = {"columns": 900, "augment": 0.0, "hidden": hidden}
        batches = epoch_batches(group, charset, rng, **options)
        return [line for batch in batches for line in batch.lines]

    def changed(hidden):
        pairs = zip(lines(0.0), lines(hidden), strict=True)
        return sum(not np.array_equal(one, other) for one, other in pairs)

    # Now and then a piece is taken out where nothing stands.
    assert changed(1.0) > 180
    assert 60 < changed(0.4) < 100


@given(st.lists(st.integers(1, 500), min_size=1, max_size=6))
def test_packing_keeps_every_pixel_and_the_true_lengths(widths):
    inks = [np.full((64, w), 51, np.uint8) for w in widths]
    batch = pack(inks, [[1] * i for i in range(len(widths))])
    assert batch.lines.shape[2] % 4 == 0
    assert np.allclose(batch.lines.sum(axis=(1, 2, 3)), [w * 64 * 0.2 for w in widths])
    assert (batch.frames * 4 >= widths).all()
    assert (batch.frames <= batch.lines.shape[2] // 4).all()
    assert (batch.labels != 0).sum(axis=1).tolist() == list(range(len(widths)))


def test_labels_need_a_frame_each_and_one_between_twins():
    assert fits([1, 2], 4)
    assert not fits([1, 1, 1, 1], 8)
    assert not fits([], 100)


def test_a_pass_holds_every_line_once():
    group = samples(23)
    charset = Charset("abc")
    rng = np.random.default_rng(0)
    batches = epoch_batches(group, charset, rng, columns=600, augment=0.0)
    seen = [
        charset.decode([c for c in row if c])
        for batch in ahead(batches)
        for row in batch.labels.tolist()
    ]
    assert sorted(seen) == sorted(s.text for s in group)


def test_an_error_while_making_batches_reaches_the_caller():
    def broken():
        yield pack([stretch_ink(draw_line("a"))])
        raise MemoryError

    with pytest.raises(MemoryError):
        list(ahead(broken()))


def make_fit(train, held_out, settings, checkpoint=None, network=None):
    from hwocr_desktop.ml.recognizer import Recognizer

    network = network or tiny_network()
    charset = Charset("abc")
    recognizer = Recognizer(network, charset, "tiny")

    def read(group):
        return [r.text for r in recognizer.read([s.gray for s in group])]

    learner = runtime.to_learn(tiny_network)
    return LineFit(
        network, learner, charset, train, held_out, settings, read, checkpoint
    )


@pytest.mark.tf
@pytest.mark.slow
def test_a_network_learns_drawn_letters():
    settings = FitSettings(
        epochs=30, learning_rate=5e-3, columns=400, augment=0.0, ema=0.9
    )
    train, held_out = samples(60, longest=2), samples(20, seed=9, longest=2)
    fit = make_fit(train, held_out, settings)
    points = []
    fit.run(
        cancel=CancelToken(),
        report=lambda p: points.append(p.partial) if p.partial else None,
    )
    assert isinstance(points[0], FitPoint)
    assert points[-1].loss < 0.35 * points[0].loss
    # The best that can be said without looking is one letter for all: two in three
    # are wrong then, and every second letter of a line is missing besides.
    assert fit.state.best < 50.0


@pytest.mark.tf
def test_an_interrupted_run_goes_on_where_it_was(tmp_path):
    checkpoint = tmp_path / "run" / "checkpoint.npz"
    settings = FitSettings(epochs=2, columns=600, augment=0.0)
    group = samples(16)
    token = CancelToken()

    def stop_after_some(progress):
        if progress.done == 2:
            token.cancel()

    fit = make_fit(group, group[:3], settings, checkpoint)
    with pytest.raises(Cancelled):
        fit.run(cancel=token, report=stop_after_some)
    steps = fit.state.step
    assert steps == 2
    resumed = make_fit(group, group[:3], settings, checkpoint)
    assert resumed.state.step == steps
    for mine, theirs in zip(resumed.mean, fit.mean, strict=True):
        assert np.array_equal(mine, theirs)
    state = resumed.run(cancel=CancelToken(), report=ignore_progress)
    assert state.epoch == 2
    assert [p["epoch"] for p in state.history] == [1, 2]
    told = (checkpoint.parent / "log.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line) for line in told] == state.history


@pytest.mark.tf
def test_a_network_of_another_height_is_trained_and_read_with(tmp_path):
    write_lines(tmp_path / "train", 6)
    write_lines(tmp_path / "held", 3, seed=5)
    request = TrainLinesRequest(
        (tmp_path / "train",),
        (tmp_path / "held",),
        tmp_path / "words",
        tmp_path / "run",
        "Words",
        "CC0",
        "drawn lines",
        settings=FitSettings(epochs=1, columns=2000),
        architecture=TINY | {"height": 32, "step": 1},
    )
    card = train_lines(request, cancel=CancelToken(), report=ignore_progress)
    from hwocr_desktop.ml.recognizer import Recognizer

    recognizer = Recognizer.open(card)
    assert recognizer.height == 32
    assert len(recognizer.read([draw_line("abc"), draw_line("ab", 1, 90)])) == 2


@pytest.mark.tf
def test_training_begins_from_another_model(tmp_path, caplog):
    write_lines(tmp_path / "train", 6)
    write_lines(tmp_path / "held", 3, seed=5)
    add_line(tmp_path / "held", "aq")
    add_line(tmp_path / "train", "cz")
    base = tiny_model(tmp_path / "tiny")
    request = TrainLinesRequest(
        (tmp_path / "train",),
        (tmp_path / "held",),
        tmp_path / "model",
        tmp_path / "run",
        "Grown",
        "CC0",
        "drawn lines",
        # A rate at which nothing is learned: what is kept is the base's.
        settings=FitSettings(epochs=1, columns=2000, augment=0.0, learning_rate=1e-9),
        base=base,
    )
    with caplog.at_level(logging.WARNING):
        card = train_lines(request, cancel=CancelToken(), report=ignore_progress)
    assert card.charset == "abcz"
    # It is told what it learns beside what the base knows, and from where.
    assert "1 character is new to the model: z; learned from 1 line" in caplog.text
    assert f"z ({tmp_path / 'train' / 'labels.tsv'}, line 7)" in caplog.text
    assert "1 of 4 lines hold characters that the model does not know" in caplog.text
    assert card.architecture == base.architecture
    assert card.trained_on == "drawn lines; begun from “Tiny”: nothing"
    from hwocr_desktop.ml.recognizer import Recognizer

    kernels = [
        Recognizer.open(c).network.get_layer("shortcut").get_weights()[0]
        for c in (base, card)
    ]
    assert np.allclose(kernels[0], kernels[1][..., :4], atol=1e-6)


@pytest.mark.tf
def test_training_writes_a_model_with_its_figures(tmp_path):
    write_lines(tmp_path / "train", 12)
    write_lines(tmp_path / "held", 4, seed=5)
    request = TrainLinesRequest(
        data=(tmp_path / "train",),
        held_out=(tmp_path / "held",),
        out=tmp_path / "models" / "mine",
        run=tmp_path / "run",
        title="Mine",
        licence="Apache-2.0",
        trained_on="drawn letters",
        settings=FitSettings(epochs=1, columns=600),
        architecture=TINY,
    )
    told = []
    card = train_lines(request, cancel=CancelToken(), report=told.append)
    said = "\n".join(progress.text for progress in told)
    assert read_card(request.out) == card
    assert card.charset == "abc"
    # Of one set alone nothing more is said than of all.
    assert "CER" not in said
    assert re.search(r"^\d+\.\d wrong characters in 100$", said, re.M)
    assert set(card.metrics["held out, while training"]) == {"CER held", "CER all"}


def test_how_good_it_is_on_each_set_is_told_in_words():
    rates = {"a": 60.0, "b": 35.0, "all": 40.0}
    told = rates_in_words(rates)
    assert told == "40.0 wrong characters in 100 (a 60.0, b 35.0)"


@pytest.mark.tf
def test_a_text_too_long_for_its_line_is_said_and_not_learned(tmp_path, caplog):
    write_lines(tmp_path / "train", 8)
    add_line(tmp_path / "train", "ab" * 89 + "xy")
    write_lines(tmp_path / "held", 2, seed=5)
    request = TrainLinesRequest(
        data=(tmp_path / "train",),
        held_out=(tmp_path / "held",),
        out=tmp_path / "mine",
        run=tmp_path / "run",
        title="Mine",
        licence="Apache-2.0",
        trained_on="drawn letters",
        settings=FitSettings(epochs=1, columns=600),
        architecture=TINY,
    )
    with caplog.at_level(logging.INFO):
        card = train_lines(request, cancel=CancelToken(), report=ignore_progress)
    assert "labels.tsv, line 9: The text has 180 characters" in caplog.text
    assert "learning from 8 lines" in caplog.text
    # Letters that are in no line to learn from are no part of what is learned.
    assert card.charset == "abc"


@pytest.mark.tf
def test_a_taught_model_knows_new_letters_and_leaves_its_parent_alone(tmp_path):
    card = tiny_model(tmp_path / "tiny")
    before = card.weights.read_bytes()
    train = samples(14, letters="abd")
    tuned = fine_tune(
        card,
        train,
        samples(5, seed=4, letters="abd"),
        minutes=10.0,
        cancel=CancelToken(),
        report=ignore_progress,
        settings=FitSettings(epochs=1, columns=600),
    )
    assert tuned.charset.characters == "abcd"
    assert len(tuned.comparisons) == 5
    low, high = tuned.interval_after
    assert low <= tuned.after.percent <= high
    new = save_tuned(tmp_path / "taught", card, tuned, "Taught", "14 lines")
    assert new.parent == "tiny"
    assert read_card(tmp_path / "taught").charset == "abcd"
    assert card.weights.read_bytes() == before


@pytest.mark.tf
@pytest.mark.parametrize("step", [1, 2])
def test_growing_keeps_what_the_network_says_of_old_letters(tmp_path, step):
    card = tiny_model(tmp_path / "tiny", step)
    base = Recognizer.open(card)
    grown = Charset("abcxyz")
    network = grow_network(base.network, card.architecture, grown)
    crop = stretch_ink(draw_line("abc"))
    old = base.log_probs([crop])[0]
    new = Recognizer(network, grown, "x").log_probs([crop])[0][:, :4]
    new = new - np.log(np.exp(new).sum(axis=1, keepdims=True))
    assert np.allclose(old, new, atol=1e-4)


def taught(card, *, general=(), **settings):
    """Return a model taught on a few lines, and the points it reported."""
    from hwocr_desktop.ml import runtime

    runtime.keras().utils.set_random_seed(3)
    points = []
    tuned = fine_tune(
        card,
        samples(12, letters="ab"),
        samples(4, seed=4, letters="ab"),
        minutes=settings.pop("minutes", 10.0),
        general=general,
        cancel=CancelToken(),
        report=lambda progress: points.append(progress.partial),
        settings=FitSettings(columns=600, **settings),
    )
    return tuned.network.get_weights(), [p for p in points if p is not None]


@pytest.mark.tf
def test_what_is_taken_of_the_base_lies_between_old_and_new(tmp_path):
    card = tiny_model(tmp_path / "tiny")
    old = Recognizer.open(card).network.get_weights()
    new, half, all_old = (
        taught(card, epochs=2, of_base=share)[0] for share in (0.0, 0.5, 1.0)
    )
    assert not all(np.allclose(a, b) for a, b in zip(old, new, strict=True))
    for a, b, between, kept in zip(old, new, half, all_old, strict=True):
        assert np.allclose(between, (a + b) / 2, atol=1e-5)
        assert np.allclose(kept, a, atol=1e-6)


@pytest.mark.tf
def test_what_is_measured_while_it_learns_is_what_it_would_end_with(tmp_path):
    card = tiny_model(tmp_path / "tiny")
    _, points = taught(card, epochs=2, of_base=1.0)
    assert len(points) > 1
    assert {str(point.cer) for point in points} == {str(points[0].cer)}
    _, points = taught(card, epochs=8, learning_rate=0.02)
    assert points[-1].cer != points[0].cer


@pytest.mark.tf
def test_a_run_can_end_halfway_to_its_base(tmp_path):
    write_lines(tmp_path / "train", 6)
    write_lines(tmp_path / "held", 3, seed=5)
    base = tiny_model(tmp_path / "base")

    def trained(share, base=base):
        request = TrainLinesRequest(
            (tmp_path / "train",),
            (tmp_path / "held",),
            tmp_path / f"model{share}",
            # The second run goes on from the first, which is over.
            tmp_path / "run",
            *("Lines", "CC0", "drawn lines"),
            settings=FitSettings(epochs=2, columns=600, of_base=share),
            base=base,
        )
        card = train_lines(request, cancel=CancelToken(), report=ignore_progress)
        read = Recognizer.open(card)
        return card, read.network.get_weights()

    old = Recognizer.open(base).network.get_weights()
    _, new = trained(1e-6)
    half, between = trained(0.5)
    assert not all(np.allclose(a, b) for a, b in zip(old, new, strict=True))
    for a, b, c in zip(old, new, between, strict=True):
        assert np.allclose(c, (a + b) / 2, atol=1e-5)
    held = load_lines([tmp_path / "held"])
    read = Recognizer.open(half).read([s.gray for s in held])
    rate = cer([(r.text, s.text) for r, s in zip(read, held, strict=True)]).percent
    assert half.metrics["held out, while training"]["CER all"] == round(rate, 2)
    with pytest.raises(BadRequest, match="no model"):
        trained(0.5, None)


@pytest.mark.tf
def test_lines_of_others_are_mixed_in_as_often_as_asked(tmp_path, monkeypatch):
    card = tiny_model(tmp_path / "tiny")
    own = {s.text for s in samples(12, letters="ab")}
    others = [replace(s, text="ccc") for s in samples(9, seed=7, letters="c")]
    unknown = [replace(s, text="zz") for s in samples(3, seed=8, letters="c")]
    passes = []

    def watch(lines, *args, **kwargs):
        passes.append([s.text for s in lines])
        return epoch_batches(lines, *args, **kwargs)

    monkeypatch.setattr(line_fit, "epoch_batches", watch)
    taught(card, epochs=2, general=[*others, *unknown], replay=0.5)
    taught(card, epochs=1, general=others, replay=5.0)
    taught(card, epochs=1, general=others)
    taught(card, epochs=1, replay=1.0)
    mixed_in = [[text for text in texts if text not in own] for texts in passes]
    # Of what the alphabet does not know nothing is mixed in: it is not to be learned.
    assert mixed_in == [["ccc"] * 6, ["ccc"] * 6, ["ccc"] * 9, [], []]


@pytest.mark.tf
def test_many_short_passes_are_measured_some_twenty_times(tmp_path, monkeypatch):
    card = tiny_model(tmp_path / "tiny")
    ticks = itertools.count(0.0, 0.6)
    clock = SimpleNamespace(monotonic=lambda: next(ticks))
    monkeypatch.setattr(line_fit, "time", clock)
    _, (first, *points) = taught(card, epochs=10_000, minutes=1.0)
    # As it was.
    assert (first.step, first.minutes) == (0, 0.0)
    assert 10 <= len(points) <= 21
    assert points[-1].epoch > len(points)
    gaps = np.diff([0.0, *(point.minutes for point in points[:-1])])
    assert (gaps > 0.0499).all()
    # The last one is of the weights that are kept.
    assert points[-1].minutes >= 1.0


@pytest.mark.tf
def test_lines_on_both_sides_are_told(tmp_path, caplog):
    long = "My dear Sister, the river stands as high as the mill"
    for name, texts in (
        ("train", ["ab", long, "another line altogether, of some length"]),
        ("held", ["ab", "my dear sister -- the river stands as high as the mill."]),
    ):
        folder = tmp_path / name
        folder.mkdir()
        for i in range(len(texts)):
            cv2.imwrite(str(folder / f"{i}.png"), draw_line("abcabcabc" * 6, i))
        rows = [f"{i}.png\t{text}\n" for i, text in enumerate(texts)]
        (folder / "labels.tsv").write_text("".join(rows), encoding="utf-8")
    request = TrainLinesRequest(
        (tmp_path / "train",),
        (tmp_path / "held",),
        tmp_path / "model",
        tmp_path / "run",
        title="t",
        licence="l",
        trained_on="d",
        settings=FitSettings(epochs=1, columns=600),
        architecture=TINY,
    )
    with caplog.at_level(logging.WARNING):
        train_lines(request, cancel=CancelToken(), report=ignore_progress)
    assert "1 of 2 held-out lines have a text that is learned from" in caplog.text
    # The short one is shared by chance.
    assert known_texts(["ab", long], ["ab", "Another text that stands nowhere"]) == []


@pytest.mark.tf
def test_a_run_that_gets_no_better_stops_and_says_so():
    told = []
    fit = make_fit(
        samples(4),
        samples(2, seed=5),
        # A rate at which nothing is learned.
        FitSettings(epochs=9, columns=2000, patience=2, learning_rate=1e-12),
    )
    state = fit.run(cancel=CancelToken(), report=told.append)
    assert state.epoch == 3
    stopped = told[-1].partial
    assert stopped == StoppedEarly(state.step, state.history[0]["step"])
    assert "Stopped at step" in told[-1].text
