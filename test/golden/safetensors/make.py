"""Files written by the Python package safetensors: run this in this folder's parent environment.

    pip install safetensors numpy && python make.py

The tensors' values are given by index alone, so that the test can say what must be in them.
"""

import json
import pathlib

import numpy as np
import safetensors
from safetensors.numpy import save

here = pathlib.Path(__file__).parent


def ramp(shape, dtype):
    return ((np.arange(int(np.prod(shape))) - 3) / 2).astype(dtype).reshape(shape)


tensors = {
    "rnn.weight_ih_l0": ramp((4, 3), np.float32),
    "rnn.bias_ih_l0": ramp((4,), np.float32),
    "double": ramp((2, 2), np.float64),
    "count": ramp((), np.int64),
    "ids": ramp((5,), np.int32),
    "bytes": np.arange(3, dtype=np.uint8),
    "nothing": ramp((0, 7), np.float32),
    "größe \"x\"\n": ramp((1,), np.float32),
}
(here / "mixed.safetensors").write_bytes(save(tensors, metadata={"format": "pt"}))
halves = np.array([0, -0.0, 1, -2.5, 65504, 2**-14, 2**-24, 1023 * 2**-24, np.inf, -np.inf, np.nan, 1 / 3], dtype=np.float16)
(here / "half.safetensors").write_bytes(save({"half": halves}))
(here / "made-with.json").write_text(
    json.dumps({"script": "make.py", "safetensors": safetensors.__version__, "numpy": np.__version__}) + "\n"
)
