"""TensorFlow and Keras: configured and imported once, and nowhere else.

Everything that depends on the backend stands here and in `kernels`, so that training
runs unchanged on TensorFlow, JAX or PyTorch (environment variable ``KERAS_BACKEND``).
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from hwocr_desktop.ml.loading import preload, without_collections

log = logging.getLogger(__name__)

_lock = threading.Lock()
_loaded: dict[str, Any] = {}


def keras() -> Any:
    """Import Keras (several seconds the first time) and return the module.

    On TensorFlow, graphics memory is taken as needed rather than all at once.
    """
    with _lock:
        if "keras" not in _loaded:
            os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
            os.environ.setdefault("KERAS_BACKEND", "tensorflow")
            with without_collections():
                _import()
        return _loaded["keras"]


def _import() -> None:
    if os.environ["KERAS_BACKEND"] == "tensorflow":
        preload()
        import tensorflow

        for device in tensorflow.config.list_physical_devices("GPU"):
            tensorflow.config.experimental.set_memory_growth(device, True)
        _loaded["tensorflow"] = tensorflow
    import keras

    _loaded["keras"] = keras


def is_loaded() -> bool:
    """Whether the networks' library has been imported already."""
    return "keras" in _loaded


def compiled(
    model: Any, *shapes: tuple[tuple[int | None, ...], str]
) -> Callable[..., Any]:
    """Trace a model once for inputs of the given shapes and return the function.

    Parameters
    ----------
    model : keras.Model
        Called with ``training=False``.
    *shapes : ((int or None, ...), str)
        Shape and dtype of each input; None where the size varies. One trace serves
        all sizes.

    Returns
    -------
    callable
        Takes one numpy array for each input, returns one numpy array.
    """
    library = keras()
    if library.backend.backend() != "tensorflow":
        ops = library.ops
        return lambda *arrays: ops.convert_to_numpy(
            model(arrays[0] if len(arrays) == 1 else list(arrays), training=False)
        )
    tf = _loaded["tensorflow"]
    signature = [tf.TensorSpec(shape, dtype) for shape, dtype in shapes]

    @tf.function(input_signature=signature)  # type: ignore[untyped-decorator]
    def call(*tensors: Any) -> Any:
        return model(tensors[0] if len(tensors) == 1 else list(tensors), training=False)

    return lambda *arrays: call(*[tf.constant(a) for a in arrays]).numpy()


def trace_once(model: Any, *shapes: tuple[tuple[int | None, ...], str]) -> None:
    """See that a model which learns is traced once for batches of any size.

    Keras would trace it anew, seconds each time, until it has met every size that
    varies; a teaching of a few minutes has no seconds to lose.

    Parameters
    ----------
    model : keras.Model
        Compiled; call ``train_on_batch(inputs, truth)`` with it, inputs being a list.
    *shapes : ((int or None, ...), str)
        Shape and dtype of each input, then of the truth. None where the size varies.
    """
    tf = tensorflow()
    if tf is None:
        return
    signature = [tf.TensorSpec(shape, dtype) for shape, dtype in shapes]

    @tf.function(input_signature=signature, autograph=False)  # type: ignore[untyped-decorator]
    def step(*arrays: Any) -> Any:
        return model.train_step((list(arrays[:-1]), arrays[-1], None))

    def learn(batches: Iterator[tuple[list[Any], Any, Any]]) -> Any:
        inputs, truth, _ = next(batches)
        return step(*(tf.convert_to_tensor(a) for a in (*inputs, truth)))

    model.train_function = learn


def to_learn(build: Callable[[], Any]) -> Any:
    """Build a network that will be taught, for the numbers this processor is quick in.

    Its weights are float32 in any case, so they go over to the same network built
    for reading; what it computes with is bfloat16 where that is clearly quicker
    (ADR 19).

    Parameters
    ----------
    build : callable
        Returns the network.

    Returns
    -------
    keras.Model
    """
    policies = keras().config
    before = policies.dtype_policy()
    policies.set_dtype_policy("mixed_bfloat16" if is_half_quicker() else "float32")
    try:
        return build()
    finally:
        policies.set_dtype_policy(before)


@cache
def is_half_quicker() -> bool:
    """Whether convolutions in bfloat16 take less than 70 % of those in float32.

    Measured, some tenths of a second: processors with matrix units are three times as
    quick in it, those without are slower, and no library says which one this is.
    """
    tf = tensorflow_on_processor()
    if tf is None:
        return False

    def seconds(dtype: Any) -> float:
        image, kernel = tf.ones((4, 64, 64, 64), dtype), tf.ones((3, 3, 64, 64), dtype)
        took = []
        for _ in range(4):
            start = time.perf_counter()
            tf.nn.conv2d(image, kernel, 1, "SAME").numpy()
            took.append(time.perf_counter() - start)
        return min(took)

    return seconds(tf.bfloat16) < 0.7 * seconds(tf.float32)


def tensorflow() -> Any | None:
    """Return TensorFlow's module, or None where another backend is used."""
    keras()
    return _loaded.get("tensorflow")


def tensorflow_on_processor() -> Any | None:
    """Return TensorFlow where it runs on a processor; Keras calls cuDNN on a GPU."""
    tf = tensorflow()
    if tf is None:
        return None
    return None if tf.config.list_physical_devices("GPU") else tf


@dataclass(frozen=True, slots=True)
class DeviceReport:
    """What the networks run on.

    Attributes
    ----------
    device : str
        The GPU's name, or "processor".
    cores : int
        Processor cores this program may use.
    library : str
        Name and version of the networks' library.
    is_gpu : bool
        Whether a GPU is used.
    """

    device: str
    cores: int
    library: str
    is_gpu: bool


def device_report() -> DeviceReport:
    """Say what the networks run on; imports the networks' library."""
    library = keras()
    cores = (
        len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else (os.cpu_count() or 1)
    )
    version = f"Keras {library.__version__} on {library.backend.backend()}"
    tf = _loaded.get("tensorflow")
    if tf is None:
        return DeviceReport("processor", cores, version, False)
    version = f"TensorFlow {tf.__version__}, Keras {library.__version__}"
    gpus = tf.config.list_physical_devices("GPU")
    if not gpus:
        return DeviceReport("processor", cores, version, False)
    details = tf.config.experimental.get_device_details(gpus[0])
    return DeviceReport(details.get("device_name", gpus[0].name), cores, version, True)
