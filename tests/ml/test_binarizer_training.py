"""Training the binarizer: its data, its loop, and taking a run up again."""

import dataclasses
import json

import cv2
import numpy as np
import pytest

from hwocr_desktop.core.errors import (
    BadRequest,
    OutputNotWritable,
    TrainingDataMissing,
    UnreadableImage,
)
from hwocr_desktop.core.pixels.image_metrics import measure
from hwocr_desktop.core.progress import Cancelled, CancelToken
from hwocr_desktop.ml import runtime
from hwocr_desktop.ml.binarizer import Binarizer
from hwocr_desktop.ml.networks.sae import DESIGNS, SaeConfig
from hwocr_desktop.ml.training import binarizer_fit
from hwocr_desktop.ml.training.binarizer_data import (
    InkPage,
    WindowSource,
    find_pairs,
    leave_out,
    load_pair,
    split_pairs,
)
from hwocr_desktop.ml.training.binarizer_fit import fit
from hwocr_desktop.ml.training.binarizer_training import (
    TrainBinarizerRequest,
    train_binarizer,
)
from hwocr_desktop.ml.training.checkpoint import Checkpoint, StoppedEarly
from hwocr_desktop.ml.training.step_fit import Measurement

TINY = SaeConfig(filters=(8, 8), window=32, overlap=8)


def drawn_page(seed, height=96, width=120):
    """Return gray and truth of a page of bars on uneven paper."""
    rng = np.random.default_rng(seed)
    truth = np.zeros((height, width), bool)
    for _ in range(12):
        y, x = rng.integers(0, height - 8), rng.integers(0, width - 30)
        truth[y : y + rng.integers(3, 7), x : x + rng.integers(10, 30)] = True
    paper = np.linspace(220, 170, width)[None] + rng.normal(0, 4, (height, width))
    return (paper - 90 * truth).clip(0, 255).astype(np.uint8), truth


def write_pairs(folder, count, seed=0):
    (folder / "images").mkdir(parents=True)
    (folder / "gt").mkdir()
    for i in range(count):
        gray, truth = drawn_page(seed + i)
        cv2.imwrite(str(folder / "images" / f"p{i}.png"), gray)
        cv2.imwrite(str(folder / "gt" / f"p{i}.png"), np.where(truth, 0, 255))
    return folder


@pytest.fixture
def request_for(tmp_path, monkeypatch):
    monkeypatch.setitem(DESIGNS, "tiny", TINY)

    def make(**changes):
        given = {
            "data": tmp_path / "data",
            "out": tmp_path / "model",
            "design": "tiny",
            "steps": 20,
            "batch": 4,
            "window": 32,
            "evaluate_every": 10,
        }
        return TrainBinarizerRequest(**given | changes)

    return make


def test_a_folder_that_is_not_there_is_told_as_such(tmp_path):
    with pytest.raises(TrainingDataMissing, match="does not exist"):
        find_pairs(tmp_path / "gone")


def test_pairs_of_one_set_and_of_several_are_found(tmp_path):
    write_pairs(tmp_path / "one", 3)
    assert [p.name for p in find_pairs(tmp_path / "one")] == ["p0", "p1", "p2"]
    write_pairs(tmp_path / "two", 1)
    (tmp_path / "one" / "images" / "alone.png").write_bytes(b"")
    assert [p.name for p in find_pairs(tmp_path)] == [
        "one/p0",
        "one/p1",
        "one/p2",
        "two/p0",
    ]


def test_a_folder_without_pairs_is_refused_with_advice(tmp_path):
    with pytest.raises(TrainingDataMissing) as raised:
        find_pairs(tmp_path)
    assert "gt/" in raised.value.advice


def test_black_is_ink_in_the_truth(tmp_path):
    page = load_pair(find_pairs(write_pairs(tmp_path / "d", 1))[0])
    gray, truth = drawn_page(0)
    assert np.array_equal(page.gray, gray)
    assert np.array_equal(page.truth, truth)


def test_a_truth_of_another_size_is_refused(tmp_path):
    folder = write_pairs(tmp_path / "d", 1)
    cv2.imwrite(str(folder / "gt" / "p0.png"), np.zeros((5, 5), np.uint8))
    with pytest.raises(TrainingDataMissing, match="differ in size"):
        load_pair(find_pairs(folder)[0])


def test_the_split_is_fixed_disjoint_and_by_set(tmp_path):
    for name, count in (("a", 10), ("b", 4), ("c", 2)):
        write_pairs(tmp_path / name, count)
    pairs = find_pairs(tmp_path)
    kept, held = split_pairs(pairs, 0.12, np.random.default_rng(1))
    assert (kept, held) == split_pairs(pairs, 0.12, np.random.default_rng(1))
    assert sorted(p.name for p in kept + held) == [p.name for p in pairs]
    assert [p.name[0] for p in held] == ["a", "b"]
    assert held != split_pairs(pairs, 0.12, np.random.default_rng(2))[1]


def test_even_two_pages_leave_one_to_measure_on(tmp_path):
    pairs = find_pairs(write_pairs(tmp_path / "d", 2))
    kept, held = split_pairs(pairs, 0.12, np.random.default_rng(0))
    assert (len(kept), len(held)) == (1, 1)
    with pytest.raises(TrainingDataMissing):
        split_pairs(pairs[:1], 0.12, np.random.default_rng(0))


def test_sets_and_pages_can_be_left_out(tmp_path):
    for name in ("one", "two"):
        write_pairs(tmp_path / name, 3)
    pairs = find_pairs(tmp_path)
    names = [p.name for p in leave_out(pairs, ("one", "two/p1"))]
    assert names == ["two/p0", "two/p2"]
    assert leave_out(pairs, ()) == pairs
    with pytest.raises(TrainingDataMissing, match="three"):
        leave_out(pairs, ("three",))
    with pytest.raises(TrainingDataMissing, match="No page is left"):
        leave_out(pairs, ("one", "two"))


def test_a_set_left_out_is_neither_learned_from_nor_measured_on(
    request_for, tmp_path, monkeypatch
):
    write_pairs(tmp_path / "data" / "one", 4)
    write_pairs(tmp_path / "data" / "two", 4)
    seen = []

    def note(pair):
        seen.append(pair.name)
        return load_pair(pair)

    monkeypatch.setattr("hwocr_desktop.ml.training.binarizer_training.load_pair", note)
    request = request_for(without=("two",), steps=2, evaluate_every=2)
    train_binarizer(request, cancel=CancelToken())
    assert sorted(seen) == [f"one/p{i}" for i in range(4)]


def test_what_is_measured_on_can_be_named(request_for, tmp_path):
    write_pairs(tmp_path / "data" / "one", 3)
    write_pairs(tmp_path / "data" / "two", 3)
    reports = []
    train_binarizer(
        request_for(hold_out=("one/p1", "two"), steps=2, evaluate_every=2),
        cancel=CancelToken(),
        report=reports.append,
    )
    (measured,) = [r.partial for r in reports if isinstance(r.partial, Measurement)]
    assert set(measured.pages) == {"one/p1", "two/p0", "two/p1", "two/p2"}
    with pytest.raises(TrainingDataMissing, match="No page is left"):
        train_binarizer(request_for(hold_out=("one", "two")), cancel=CancelToken())


@pytest.mark.tf
def test_a_damaged_pair_costs_the_others_nothing(request_for, tmp_path, caplog):
    data = write_pairs(tmp_path / "data" / "one", 4)
    for number in (0, 3):
        (data / "images" / f"p{number}.png").write_bytes(b"no picture")
    request = request_for(hold_out=("one/p2", "one/p3"), steps=2, evaluate_every=2)
    card = train_binarizer(request, cancel=CancelToken())
    assert "1 held-out training pages" in card.metrics
    told = [r.getMessage() for r in caplog.records if r.levelname == "WARNING"]
    for number in (0, 3):
        assert sum(f"one/p{number}: " in line for line in told) == 1
    (data / "gt" / "p1.png").write_bytes(b"no picture")
    with pytest.raises(UnreadableImage, match=r"p1\.png"):
        train_binarizer(request, cancel=CancelToken())


def test_a_training_begins_from_its_base(request_for, tmp_path):
    write_pairs(tmp_path / "data", 6)
    base = train_binarizer(request_for(out=tmp_path / "base"), cancel=CancelToken())
    grown = request_for(
        base=base.folder, design="paper", steps=1, learning_rate=0.0, out=tmp_path / "b"
    )
    assert grown.config == TINY  # the base's, whatever design is named
    card = train_binarizer(grown, cancel=CancelToken())
    first, second = (Binarizer.open(c) for c in (base, card))
    gray = drawn_page(3)[0]
    a, b = (m.network.get_weights()[0] for m in (first, second))
    assert np.allclose(a, b, atol=1e-6)
    assert card.metrics["training"]["steps"] == 1
    assert first.ink_map(gray).map.shape == gray.shape


def test_a_set_can_be_seen_more_often():
    pages = [
        InkPage(name, np.full((64, 64), tone, np.uint8), np.zeros((64, 64), bool))
        for name, tone in (("dark/1", 60), ("light/1", 220))
    ]

    def share_of_dark(more):
        source = WindowSource(pages, 16, more)
        rng = np.random.default_rng(0)
        return np.mean([source._index(rng) == 0 for _ in range(2000)])

    assert share_of_dark({}) == pytest.approx(0.5, abs=0.05)
    assert share_of_dark({"dark": 4}) == pytest.approx(0.8, abs=0.05)


def test_shrunken_windows_keep_thin_strokes():
    truth = np.zeros((400, 400), bool)
    truth[:, ::40] = True  # strokes of one pixel
    gray = np.where(truth, 0, 255).astype(np.uint8)
    source = WindowSource([InkPage("p", gray, truth)], 64)
    turn = np.array([[2.0, 0, 100], [0, 2.0, 100]])
    (half, _), halved = source._level(0, turn)
    assert half.shape == (200, 200)
    # The same places of the page, in pixels half as many.
    assert np.allclose((halved @ [3, 5, 1]) * 2 + 0.5, turn @ [3, 5, 1])
    whole, same = source._level(0, turn * 0.6)
    assert whole[0].shape == (400, 400)
    assert np.array_equal(same, turn * 0.6)


def test_windows_as_scanned_are_parts_of_the_page_pixel_for_pixel():
    """Each is one of the eight pictures that turning and mirroring make of a part."""
    rng = np.random.default_rng(0)
    gray = rng.permutation(60 * 80).reshape(60, 80)  # every pixel tells its place
    page = InkPage("p", (gray % 256).astype(np.uint8), gray % 7 == 0)
    source = WindowSource([page], 16, as_scanned=1.0)
    border = 16
    planes = [
        np.pad(plane, border, mode="reflect") for plane in (page.gray, page.truth)
    ]
    seen = set()
    for _ in range(60):
        window, ink, _ = source.draw(rng)
        found = [
            (turns, mirrored)
            for turns in range(4)
            for mirrored in (False, True)
            if _lies_in(planes, window, ink, turns, mirrored)
        ]
        assert found
        if len(found) == 1:  # else it lies in the mirrored border
            seen.add(found[0])
    assert len(seen) == 8


def _lies_in(planes, window, ink, turns, mirrored):
    window, ink = (np.rot90(p, turns) for p in (window, ink))
    if mirrored:
        window, ink = window[:, ::-1], ink[:, ::-1]
    gray, truth = (
        np.lib.stride_tricks.sliding_window_view(p, window.shape) for p in planes
    )
    same = (gray == window).all((2, 3)) & (truth == ink).all((2, 3))
    return bool(same.any())


def test_windows_of_small_writing_are_as_large_as_in_use():
    gray = np.full((150, 200), 220, np.uint8)
    for top in range(10, 130, 14):
        gray[top : top + 9, 8:190:6] = gray[top : top + 9, 9:190:6] = 60
    page = InkPage("p", gray, gray < 140)
    source = WindowSource([page], 64, as_scanned=1.0)
    rng = np.random.default_rng(0)
    wide = []
    for _ in range(20):
        window, ink, writing = source.draw(rng)
        assert np.array_equal(ink, window < 140)
        assert 100 < writing < 240
        # The strokes are two by nine pixels of the scan, here four by eighteen.
        runs = np.diff(np.flatnonzero(np.diff(ink.astype(int), axis=1).ravel()))
        wide += [run for run in runs if run <= 20]
    assert set(wide) >= {4, 8}
    assert 2 not in wide
    large = WindowSource([dataclasses.replace(page, whole=np.full_like(gray, 220))], 64)
    assert large._full[0][0].shape == gray.shape


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_a_share_of_windows_is_a_share(tmp_path, share):
    with pytest.raises(BadRequest, match="make no sense"):
        TrainBinarizerRequest(tmp_path, tmp_path / "m", as_scanned=share)


def test_windows_are_drawn_the_same_from_the_same_seed_only():
    pages = [InkPage("p", *drawn_page(i)) for i in range(3)]
    source = WindowSource(pages, 48)
    first, again, other = (
        source.batch(5, np.random.default_rng(seed)) for seed in (7, 7, 8)
    )
    assert first.gray.shape == first.ink.shape == (5, 48, 48, 1)
    assert first.writing.shape == (5, 1)
    for one, same in zip(first, again, strict=True):
        assert np.array_equal(one, same)
    assert not np.array_equal(first.gray, other.gray)


def test_windows_keep_scan_and_truth_together():
    """However a window is turned and aged, its ink stays the darker part."""
    pages = [InkPage("p", *drawn_page(i, 300, 300)) for i in range(2)]
    gray, writing, ink = WindowSource(pages, 64).batch(200, np.random.default_rng(0))
    assert 0 < writing.min() < writing.max() < 1
    assert set(np.unique(ink)) == {0.0, 1.0}
    assert gray.min() >= 0
    assert gray.max() <= 1
    darker = []
    for window, truth in zip(gray, ink, strict=True):
        if 0.02 < truth.mean() < 0.6:
            # The bed beyond the sheet may be darker still, and is not ink: looked at
            # is the paper beside the ink.
            beside = cv2.dilate(truth[..., 0], np.ones((9, 9))) > 0
            paper = window[beside[..., None] & (truth == 0)]
            darker.append(np.median(window[truth == 1]) < np.median(paper))
    assert len(darker) > 60
    assert np.mean(darker) > 0.95


def f_on_held_out(card, request):
    """Measure a saved model on the pages it was not to learn from."""
    rng = np.random.default_rng(request.seed)
    _, held = split_pairs(find_pairs(request.data), request.held_out, rng)
    (page,) = map(load_pair, held)
    return measure(
        Binarizer.open(card).ink_map(page.gray).binary(), page.truth
    ).f_measure


@pytest.mark.tf
@pytest.mark.slow
def test_a_trained_model_finds_ink_and_says_so_on_its_card(tmp_path, request_for):
    write_pairs(tmp_path / "data", 8)
    reports = []
    request = request_for(
        steps=120, evaluate_every=60, batch=8, learning_rate=1e-2, title="Tiny one"
    )
    card = train_binarizer(request, cancel=CancelToken(), report=reports.append)
    measured = [r.partial for r in reports if isinstance(r.partial, Measurement)]
    assert [m.step for m in measured] == [60, 120]
    assert max(m.f_measure for m in measured) > 60
    figures = card.metrics["1 held-out training pages"]
    # The calibration may only have gained.
    assert figures["f_measure"] >= max(m.f_measure for m in measured) - 0.01
    assert figures["f_measure"] == pytest.approx(f_on_held_out(card, request), abs=0.01)
    assert card.title == "Tiny one"
    assert card.folder == request.out
    gray, truth = drawn_page(99)
    found = Binarizer.open(card).ink_map(gray).binary()
    assert (found == truth).mean() > 0.85
    lines = (request.work_folder / "log.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines] == [60, 120]


@pytest.mark.tf
@pytest.mark.slow
def test_a_run_that_was_cancelled_ends_where_it_would_have_ended(request_for, tmp_path):
    pages = [InkPage(f"p{i}", *drawn_page(i)) for i in range(3)]
    short = {"steps": 12, "evaluate_every": 6}
    straight = fit(
        request_for(work=tmp_path / "a", **short),
        pages,
        pages[:1],
        cancel=CancelToken(),
        report=lambda progress: None,
    )
    cancel = CancelToken()

    def cancel_later(progress):
        if progress.done == 9:
            cancel.cancel()

    request = request_for(work=tmp_path / "b", resume=True, **short)
    with pytest.raises(Cancelled):
        fit(request, pages, pages[:1], cancel=cancel, report=cancel_later)
    # Where it was stopped, not where it was measured last.
    assert Checkpoint.load(request.checkpoint).step == 9
    resumed = fit(
        request, pages, pages[:1], cancel=CancelToken(), report=lambda progress: None
    )
    assert resumed.step == straight.step == 12
    for ours, theirs in zip(resumed.averaged, straight.averaged, strict=True):
        assert np.allclose(ours, theirs, atol=2e-3)
    assert resumed.seconds > 0


@pytest.mark.tf
def test_training_stops_early_without_gain(request_for, tmp_path, monkeypatch):
    from hwocr_desktop.ml.training import binarizer_fit

    monkeypatch.setattr(binarizer_fit, "f_measure", lambda binary, truth: 50.0)
    pages = [InkPage("p", *drawn_page(0))]
    request = request_for(steps=50, evaluate_every=2, patience=3)
    told = []
    done = fit(request, pages, pages, cancel=CancelToken(), report=told.append)
    # The first measurement is a gain over nothing, the next three are not.
    assert done.step == 8
    assert done.best_step == 2
    assert told[-1].partial == StoppedEarly(8, 2)
    assert "Stopped at step 8" in told[-1].text
    fit(
        request_for(steps=2, evaluate_every=2, out=tmp_path / "other"),
        pages,
        pages,
        cancel=CancelToken(),
        report=told.append,
    )
    assert not isinstance(told[-1].partial, StoppedEarly)


@pytest.mark.tf
def test_a_checkpoint_of_another_training_is_refused(request_for, tmp_path):
    path = tmp_path / "w" / "checkpoint.npz"
    path.parent.mkdir()
    Checkpoint(weights=[np.zeros(3)]).save(path)
    pages = [InkPage("p", *drawn_page(0))]
    with pytest.raises(BadRequest, match="another training"):
        fit(
            request_for(work=path.parent, resume=True),
            pages,
            pages,
            cancel=CancelToken(),
            report=lambda progress: None,
        )


def test_a_damaged_checkpoint_is_refused(tmp_path):
    path = tmp_path / "checkpoint.npz"
    path.write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(BadRequest, match="damaged"):
        Checkpoint.load(path)


def test_a_checkpoint_survives_the_disk(tmp_path):
    rng = np.random.default_rng(0)
    arrays = [rng.random((3, 4)).astype(np.float32), np.array(7)]
    kept = Checkpoint(5, 1.5, 80.0, 4, 1, arrays, arrays[:1], arrays, arrays[1:])
    kept.save(tmp_path / "c.npz")
    again = Checkpoint.load(tmp_path / "c.npz")
    for name in ("step", "seconds", "best_f", "best_step", "stale"):
        assert getattr(again, name) == getattr(kept, name)
    for name in ("weights", "averaged", "best", "optimizer"):
        for ours, theirs in zip(getattr(again, name), getattr(kept, name), strict=True):
            assert np.array_equal(ours, theirs)


@pytest.mark.tf
def test_a_work_folder_that_cannot_be_made_is_said(request_for, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    pages = [InkPage("p", *drawn_page(0))]
    with pytest.raises(OutputNotWritable):
        fit(
            request_for(work=blocked / "run"),
            pages,
            pages,
            cancel=CancelToken(),
            report=lambda progress: None,
        )


@pytest.mark.parametrize(
    "wrong", [{"steps": 0}, {"held_out": 1.0}, {"minutes": -1.0}, {"batch": 0}]
)
def test_numbers_that_make_no_sense_are_refused(request_for, wrong):
    with pytest.raises(BadRequest):
        request_for(**wrong)


@pytest.mark.parametrize("wrong", [{"design": "huge"}, {"window": 30}])
def test_unknown_designs_and_unfit_windows_are_refused(request_for, wrong):
    with pytest.raises(BadRequest):
        dataclasses.replace(request_for(), **wrong).config  # noqa: B018


def test_a_few_places_are_learned_by_other_steps_than_many_pages(request_for):
    """Measured in ADR 21: of a few places Muon forgets what they do not show."""
    optimizers = runtime.keras().optimizers
    many, few = (
        binarizer_fit._trainable(request_for(is_short=is_short)).optimizer
        for is_short in (False, True)
    )
    assert isinstance(many, optimizers.Muon)
    assert isinstance(few, optimizers.AdamW)
    assert not isinstance(few, optimizers.Muon)
