"""The selectional auto-encoder: grey window in, probability of ink out.

A residual convolutional auto-encoder: each level of the encoder halves the
resolution, each level of the decoder doubles it and adds what the encoder saw there.
The network decides for every pixel of its window at once.

References
----------
J. Calvo-Zaragoza, A.-J. Gallego, "A selectional auto-encoder approach for document
image binarization", Pattern Recognition 86, 2019, DOI 10.1016/j.patcog.2018.08.011.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from hwocr_desktop.core.errors import BadModel
from hwocr_desktop.ml import runtime
from hwocr_desktop.ml.networks.normalization import normalization


@dataclass(frozen=True, slots=True)
class SaeConfig:
    """The shape of a selectional auto-encoder.

    Attributes
    ----------
    filters : tuple of int
        Filters of each level, the first at the highest resolution.
    kernel : int
        Side of the ordinary convolutions.
    convolutions : int
        Convolutions of each level after the one that halves the resolution, and
        in the decoder after the sum with the encoder.
    space_to_depth : int
        The factor by which the first convolution lowers the resolution and the last
        one raises it. At 2 or more it takes the place of the space-to-depth
        rearrangement: a strided convolution is that rearrangement with weights.
    stem_kernel, up_kernel : int
        Sides of the first convolution, and of the transposed ones of the decoder;
        an ``up_kernel`` of 0 repeats pixels after a 1x1 convolution, which is cheaper.
    exit_filters : int
        Filters of a last convolution at full resolution; 0 for none.
    local_contrast : int
        Side in pixels of the cells over which a second input channel, the deviation
        from the local mean in local standard deviations, is computed; 0 for none.
    contrast_features : bool
        Whether that deviation is taken after the first convolution instead, for half
        of its filters: nearly the same, and at a fraction of the pixels.
    page_contrast : bool
        Whether the network is also told how strongly the strongest strokes of the
        whole page stand out, and sees what is darker than its surroundings in parts
        of that: ink from the other side of the sheet then looks as pale as it is.
    dropout : float
        Share of activations dropped in training after each level, 0..1.
    window, overlap : int
        Side in pixels of the windows in which a page is read, and how much
        neighboring ones share.
    """

    filters: tuple[int, ...] = (16, 32, 48, 64)
    kernel: int = 3
    convolutions: int = 1
    space_to_depth: int = 2
    stem_kernel: int = 4
    up_kernel: int = 0
    exit_filters: int = 0
    local_contrast: int = 0
    contrast_features: bool = False
    page_contrast: bool = False
    dropout: float = 0.0
    window: int = 256
    overlap: int = 32

    @property
    def multiple(self) -> int:
        """Number of which every window's side must be a multiple, in pixels."""
        halvings = self.space_to_depth << (len(self.filters) - 1)
        return max(halvings, self.local_contrast)

    def to_dict(self) -> dict[str, Any]:
        """Return what `from_dict` reads, for a model card."""
        return {"name": "sae", **asdict(self), "filters": list(self.filters)}

    def card_input(self, orientations: int = 1) -> dict[str, Any]:
        """Return what a model card says of how such a network is fed."""
        return {
            "polarity": "black=0",
            "range": [0, 1],
            "window": self.window,
            "overlap": self.overlap,
            "orientations": orientations,
        }

    @classmethod
    def from_dict(cls, architecture: Mapping[str, Any]) -> SaeConfig:
        """Read and check the ``architecture`` of a model card.

        Raises
        ------
        BadModel
            If it names another network, an unknown setting, or an impossible one.
        """
        known = {field.name for field in fields(cls)}
        values = {key: architecture[key] for key in architecture if key != "name"}
        if architecture.get("name", "sae") != "sae" or set(values) - known:
            raise _impossible("it describes a network this program does not know")
        if "filters" in values:
            values["filters"] = tuple(int(count) for count in values["filters"])
        config = cls(**values)
        config._check()
        return config

    def _check(self) -> None:
        sizes = (self.kernel, self.stem_kernel, self.space_to_depth, *self.filters)
        if not self.filters or min(sizes) < 1 or self.convolutions < 0:
            raise _impossible("its sizes must be positive")
        cell, step = self.local_contrast, self.space_to_depth
        if cell and cell & (cell - 1):
            raise _impossible("its contrast cell must be a power of two")
        if (self.contrast_features or self.page_contrast) and not cell:
            raise _impossible("it needs a contrast cell")
        if self.contrast_features and (cell < step or cell % step):
            raise _impossible("its contrast cell must be a multiple of its first step")
        if self.window < 1 or self.window % self.multiple:
            raise _impossible(f"its window must be a multiple of {self.multiple}")
        if not 0 <= self.overlap <= self.window // 2:
            raise _impossible("its windows must overlap by at most half")


_EXACT = {"dtype": "float32"}
"""For what is a small difference of large numbers, whatever the precision elsewhere."""

DESIGNS: dict[str, SaeConfig] = {
    # Works at a quarter of the resolution, where few pixels with many filters make
    # the best use of a processor.
    "fast": SaeConfig(
        filters=(48, 64, 96, 96),
        space_to_depth=4,
        stem_kernel=8,
        local_contrast=16,
        contrast_features=True,
        page_contrast=True,
        window=1024,
        overlap=64,
    ),
    # Works at half the resolution.
    "half": SaeConfig(filters=(24, 48, 64, 96, 96), local_contrast=16, window=256),
    # Two convolutions at each level, a sixth level that sees the whole window, and a
    # last look at full resolution; made for quality.
    "best": SaeConfig(
        filters=(32, 64, 96, 128, 128, 128),
        convolutions=2,
        exit_filters=16,
        local_contrast=16,
        page_contrast=True,
        window=512,
        overlap=64,
    ),
    # Three plain layers of 3x3 in windows of 128.
    "small-3x3": SaeConfig(
        filters=(64, 64, 64),
        convolutions=0,
        stem_kernel=3,
        up_kernel=3,
        exit_filters=64,
        window=128,
    ),
    # The network of the paper: five layers of 5x5 with 64 filters, windows of 256.
    "paper": SaeConfig(
        filters=(64, 64, 64, 64, 64),
        kernel=5,
        convolutions=0,
        stem_kernel=5,
        up_kernel=5,
        exit_filters=64,
        window=256,
    ),
}


def build_sae(config: SaeConfig) -> Any:
    """Build the network that `config` describes, with fresh weights.

    Parameters
    ----------
    config : SaeConfig
        Its shape.

    Returns
    -------
    keras.Model
        From (N, S, S, 1) float32 gray, 0 = black .. 1 = white, to (N, S, S, 1) float32
        probability of ink; S is any multiple of ``config.multiple``. With
        ``config.page_contrast`` it takes (N, 1) float32 besides, each window's page's
        `writing_contrast`, 0..1.
    """
    keras = runtime.keras()
    gray = keras.Input((None, None, 1), name="gray")
    inputs, writing = [gray], None
    if config.page_contrast:
        writing = keras.Input((1,), name="writing")
        inputs.append(writing)
    x = _convolutions(_stem(gray, writing, config), config.filters[0], config)
    skips = [x]
    for filters in config.filters[1:]:
        x = _convolution(x, filters, config.kernel, 2)
        x = _convolutions(x, filters, config)
        skips.append(x)
    for filters, skip in zip(config.filters[-2::-1], skips[-2::-1], strict=True):
        x = _doubled(x, filters, config.up_kernel)
        x = keras.layers.Add()([x, skip])
        x = keras.layers.ReLU()(x) if config.convolutions == 0 else x
        x = _convolutions(x, filters, config)
    return keras.Model(
        inputs if config.page_contrast else gray, _ink(x, config), name="sae"
    )


def _stem(gray: Any, writing: Any, config: SaeConfig) -> Any:
    """Apply the first convolution, which lowers the resolution."""
    layers = runtime.keras().layers
    filters, kernel = config.filters[0], config.stem_kernel
    step, cell = config.space_to_depth, config.local_contrast
    if not config.contrast_features:
        x = _with_local_contrast(gray, writing, cell) if cell else gray
        return _convolution(x, filters, kernel, step)
    x = layers.Conv2D(filters, kernel, step, "same", use_bias=False, **_EXACT)(gray)
    mean, scale = _local_level(gray, cell)
    grow = layers.UpSampling2D(cell // step, interpolation="bilinear", **_EXACT)
    scales = [grow(scale) * 0.25]
    if writing is not None:
        scales.append(_per_writing(writing))
    # A convolution of the deviation is the deviation of the convolution where the
    # mean hardly changes under the kernel. Scaled down, since a deviation counts in
    # tens and a gray in parts of one.
    share = filters // (len(scales) + 1)
    level = layers.Conv2D(share * len(scales), 1, use_bias=False, **_EXACT)(grow(mean))
    parts = [
        (x[..., i * share : (i + 1) * share] - level[..., i * share : (i + 1) * share])
        * scales[i]
        for i in range(len(scales))
    ]
    x = layers.Concatenate()([*parts, x[..., len(scales) * share :]])
    return layers.ReLU()(_normalized(x))


def _per_writing(writing: Any) -> Any:
    """Return what brings gray differences to parts of the page's strongest strokes."""
    ops = runtime.keras().ops
    # Less than a tenth of white to black is no writing, and a page may be blank.
    return 1.0 / ops.maximum(ops.reshape(writing, (-1, 1, 1, 1)), 0.1)


def _ink(x: Any, config: SaeConfig) -> Any:
    """Return to full resolution and end in a probability."""
    layers = runtime.keras().layers
    step = config.space_to_depth
    # In float32 whatever the precision elsewhere: a sigmoid near 1 needs it.
    end = {"activation": "sigmoid", "dtype": "float32"}
    if not config.exit_filters:
        return layers.Conv2DTranspose(1, step, step, "same", **end)(x)
    kernel = max(step, config.up_kernel)
    x = layers.Conv2DTranspose(
        config.exit_filters, kernel, step, "same", use_bias=False
    )(x)
    x = layers.ReLU()(_normalized(x))
    return layers.Conv2D(1, config.kernel, padding="same", **end)(x)


def _normalized(x: Any) -> Any:
    # Quicker than Keras's 0.99 to forget the first batches: training is short.
    return normalization(0.97)(x)


def _convolution(x: Any, filters: int, kernel: int, stride: int = 1) -> Any:
    layers = runtime.keras().layers
    x = layers.Conv2D(filters, kernel, stride, "same", use_bias=False)(x)
    return layers.ReLU()(_normalized(x))


def _convolutions(x: Any, filters: int, config: SaeConfig) -> Any:
    for _ in range(config.convolutions):
        x = _convolution(x, filters, config.kernel)
    if config.dropout:
        x = runtime.keras().layers.Dropout(config.dropout)(x)
    return x


def _doubled(x: Any, filters: int, kernel: int) -> Any:
    """Double the resolution; normalized, not yet rectified: a sum follows."""
    layers = runtime.keras().layers
    if kernel:
        x = layers.Conv2DTranspose(filters, kernel, 2, "same", use_bias=False)(x)
        return _normalized(x)
    x = layers.Conv2D(filters, 1, use_bias=False)(x)
    return layers.UpSampling2D(2)(_normalized(x))


def _with_local_contrast(gray: Any, writing: Any, cell: int) -> Any:
    """Add the deviation from the local mean, in local standard deviations.

    Mean and deviation are interpolated between the cells. With `writing`, it is added
    in parts of the page's strongest strokes, too.
    """
    layers = runtime.keras().layers
    mean, scale = _local_level(gray, cell)
    grow = layers.UpSampling2D(cell, interpolation="bilinear", **_EXACT)
    deviation = gray - grow(mean)
    channels = [gray, 0.25 * (deviation * grow(scale))]
    if writing is not None:
        channels.append(deviation * _per_writing(writing))
    return layers.Concatenate()(channels)


def _local_level(gray: Any, cell: int) -> tuple[Any, Any]:
    """Return local mean and 1 / standard deviation, one value a cell.

    Means are taken over 3x3 cells, which costs next to nothing beside a convolution
    and knows nothing of the page beyond the window.
    """
    keras = runtime.keras()
    layers, ops = keras.layers, keras.ops
    both = layers.Concatenate(**_EXACT)([gray, ops.square(gray)])
    means = layers.AveragePooling2D(cell, **_EXACT)(both)
    means = layers.AveragePooling2D(3, 1, "same", **_EXACT)(means)
    mean, square = means[..., :1], means[..., 1:]
    # 0.02 is the noise of plain paper: without it, empty paper would be all contrast.
    return mean, ops.rsqrt(ops.relu(square - ops.square(mean)) + 0.02**2)


def _impossible(reason: str) -> BadModel:
    return BadModel(
        f"The description of the model cannot be used: {reason}.",
        "Install the model again, or choose another one.",
    )
