"""What the networks of model cards hold: known, and bounded, before they are built.

A card may come from anywhere. Numbers in it that are far too large would take all of a
computer's memory before anybody could say that the weights do not fit.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import Any

from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.ml.model_cards import ModelCard, Task
from hwocr_desktop.ml.networks import crnn, layout
from hwocr_desktop.ml.networks.sae import SaeConfig

Shapes = dict[str, tuple[int, ...]]
"""Shapes of weights by their names in the weights file, as Keras gives them."""

_Layers = Iterator[tuple[str, Shapes]]
"""Kinds of layers in the order of the network, each with its weights."""

MOST_NUMBERS = 2**28
"""Numbers in the weights of a network: as many as the largest model file has room for
(`model_archive.MOST_BYTES`)."""

_MOST_AT_ONCE = 2**28
"""Numbers that a layer may answer for what a network sees at once, so that it fits into
memory; a gigabyte, several times what the largest of our models needs."""

_WIDEST_LINES = 8 * 8192
"""Columns of a batch of long lines."""

_LARGEST_PAGE = 4_000_000
"""Pixels that a layout network sees at once."""

_WHOLE: dict[str, tuple[int, int]] = {
    "height": (8, 512),
    "stem": (1, 1024),
    "units": (1, 4096),
    "step": (1, 16),
    "kernel": (1, 31),
    "convolutions": (0, 16),
    "space_to_depth": (1, 32),
    "stem_kernel": (1, 31),
    "up_kernel": (0, 31),
    "exit_filters": (0, 1024),
    "local_contrast": (0, 1024),
    "window": (0, 4096),
    "overlap": (0, 2048),
    "orientations": (1, 8),
}
"""Bounds of the whole numbers in a card; our largest model has a tenth of them."""

_CHOICES = ("contrast_features", "page_contrast")

_MOST_STAGES, _MOST_CONVOLUTIONS, _MOST_FILTERS = 8, 16, 4096


def weight_shapes(found: ModelCard) -> Shapes:
    """Return what the weights file of a model must hold.

    Parameters
    ----------
    found : ModelCard
        Its description may say anything.

    Raises
    ------
    ValueError
        If it describes no network of this program for the model's task, or one that is
        far too large.
    """
    config = found.architecture
    name, known, look = _NETWORKS[found.task]
    if config.get("name", name) != name or set(config) - known - {"name"}:
        raise ValueError(f"it is no description of the network “{name}”")
    for values in (config, found.input):
        _check_numbers(values)
    shapes: Shapes = {}
    counts: Counter[str] = Counter()
    for kind, weights in look(found):
        number = counts[kind]
        counts[kind] += 1
        layer = f"{kind}_{number}" if number else kind
        for weight, shape in weights.items():
            if min(shape) < 1:
                raise ValueError(f"{layer} would be empty")
            shapes[f"layers/{layer}/{weight}"] = shape
    if sum(map(math.prod, shapes.values())) > MOST_NUMBERS:
        raise ValueError("it has far too many weights")
    return shapes


def _check_numbers(values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if name in _WHOLE:
            low, high = _WHOLE[name]
            if type(value) is not int or not low <= value <= high:
                raise ValueError(f"{name} is no whole number from {low} to {high}")
        elif name in _CHOICES and not isinstance(value, bool):
            raise ValueError(f"{name} is neither yes nor no")
    dropout = values.get("dropout", 0.0)
    if not (isinstance(dropout, int | float) and 0 <= dropout < 1):
        raise ValueError("dropout is no number from 0 to less than 1")


def _filters(values: Any, most: int = _MOST_CONVOLUTIONS, least: int = 1) -> list[int]:
    """Return whole numbers of a list, if they are that and not too many or large."""
    if not isinstance(values, list | tuple) or len(values) > most:
        raise ValueError("it has far too many layers")
    if any(type(v) is not int or not least <= v <= _MOST_FILTERS for v in values):
        raise ValueError("a layer is far too large, or nothing")
    return list(values)


def _check_at_once(numbers: float) -> None:
    if numbers > _MOST_AT_ONCE:
        raise ValueError("it would need far too much memory")


def _line_layers(found: ModelCard) -> _Layers:
    config, outputs = found.architecture, Charset(found.charset).size
    stages, step = config["stages"], config.get("step", 1)
    if not isinstance(stages, list | tuple) or not 0 < len(stages) <= _MOST_STAGES:
        raise ValueError("it has far too many stages, or none")
    stages = [_filters(stage) for stage in stages]
    given = config.get("blocks") or []
    if not isinstance(given, list | tuple) or len(given) not in (0, len(stages)):
        raise ValueError("blocks is no list with a whole number for each stage")
    blocks = _filters(crnn.blocks_of(config), _MOST_STAGES, 0)
    before, rows, columns = config["stem"], config["height"] // 2, _WIDEST_LINES // 2
    _check_at_once(before * rows * columns)
    yield from _convolution(5, 1, before)
    for number, (stage, more) in enumerate(zip(stages, blocks, strict=True)):
        if more > _MOST_CONVOLUTIONS:
            raise ValueError("it has far too many layers")
        for place, filters in enumerate(stage):
            yield from _convolution(3, before, filters)
            for _ in range(2 * more if place == 0 else 0):
                yield from _convolution(3, filters, filters)
            before = filters
        _check_at_once(max(stage, default=0) * rows * columns)
        rows, columns = rows // 2, columns if number else columns // 2
        if not rows:
            raise ValueError("lines are not high enough for its stages")
    _check_at_once(outputs * columns)
    units = config["units"]
    yield "conv1d", {"vars/0": (3, before, outputs), "vars/1": (outputs,)}
    for inputs in (step * before, 2 * units):
        one = {"0": (inputs, 4 * units), "1": (units, 4 * units), "2": (4 * units,)}
        yield (
            "bidirectional_lstm",
            {
                f"{way}/cell/vars/{number}": shape
                for way in ("ahead", "back")
                for number, shape in one.items()
            },
        )
    answers = step * outputs
    yield "dense", {"vars/0": (2 * units, answers), "vars/1": (answers,)}


def _page_layers(found: ModelCard) -> _Layers:
    config = found.architecture
    filters = _filters(config["filters"])
    if not filters or not 1 <= config["pitch"] <= 500:
        raise ValueError("it has no layers, or an impossible distance of lines")
    _check_at_once(filters[0] * _LARGEST_PAGE)
    before = 1
    for count in filters:
        yield from _convolution(3, before, count)
        yield from _convolution(3, count, count)
        before = count
    for count in filters[-2::-1]:
        yield from _convolution(1, before, count)
        yield from _convolution(3, count, count)
        before = count
    yield "conv2d", {"vars/0": (1, 1, before, 1), "vars/1": (1,)}


def _ink_layers(found: ModelCard) -> _Layers:
    _filters(found.architecture.get("filters", ()))
    config = SaeConfig.from_dict(found.architecture)
    filters, kernel = config.filters, config.kernel
    step, window = config.space_to_depth, found.input.get("window", config.window)
    _check_at_once(window**2 * max(filters[0] / step**2, config.exit_filters))
    yield from _ink_stem(config)
    before = filters[0]
    levels = [(count, 0) for count in filters[1:]]
    levels += [(count, 1) for count in filters[-2::-1]]
    yield from _convolution(kernel, before, before, config.convolutions)
    for count, is_back in levels:
        if not is_back:
            yield from _convolution(kernel, before, count)
        elif config.up_kernel:
            yield from _transposed(config.up_kernel, before, count)
        else:
            yield from _convolution(1, before, count)
        yield from _convolution(kernel, count, count, config.convolutions)
        before = count
    if not config.exit_filters:
        shape = (step, step, 1, before)
        yield "conv2d_transpose", {"vars/0": shape, "vars/1": (1,)}
        return
    last = config.exit_filters
    yield from _transposed(max(step, config.up_kernel), before, last)
    yield "conv2d", {"vars/0": (kernel, kernel, last, 1), "vars/1": (1,)}


def _ink_stem(config: SaeConfig) -> _Layers:
    count, kernel = config.filters[0], config.stem_kernel
    if not config.contrast_features:
        channels = 1 + bool(config.local_contrast) + config.page_contrast
        yield from _convolution(kernel, channels, count)
        return
    scales = 1 + config.page_contrast
    yield "conv2d", {"vars/0": (kernel, kernel, 1, count)}
    yield "conv2d", {"vars/0": (1, 1, 1, count // (scales + 1) * scales)}
    yield _normalization(count)


def _convolution(kernel: int, inputs: int, outputs: int, times: int = 1) -> _Layers:
    for _ in range(times):
        yield "conv2d", {"vars/0": (kernel, kernel, inputs, outputs)}
        yield _normalization(outputs)


def _transposed(kernel: int, inputs: int, outputs: int) -> _Layers:
    yield "conv2d_transpose", {"vars/0": (kernel, kernel, outputs, inputs)}
    yield _normalization(outputs)


def _normalization(count: int) -> tuple[str, Shapes]:
    return "batch_normalization", {f"vars/{i}": (count,) for i in range(4)}


_NETWORKS: dict[Task, tuple[str, set[str], Callable[[ModelCard], _Layers]]] = {
    "recognize-lines": ("crnn", set(crnn.DEFAULT), _line_layers),
    "find-lines": ("layout", set(layout.DEFAULT), _page_layers),
    "binarize": ("sae", {item.name for item in fields(SaeConfig)}, _ink_layers),
}
"""The network of each task: its name, what describes it, and its layers."""
