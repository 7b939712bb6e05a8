"""Checks ONNX models and runs them: JSON on standard input, JSON on standard output.

[{"onnx": base64, "inputs": {name: {"type": "int64", "dims": [..], "data": [..]}}}] -> [[..probabilities..]]
"""

import base64
import json
import sys

import numpy
import onnx
import onnxruntime

results = []
for model in json.load(sys.stdin):
    content = base64.b64decode(model["onnx"])
    onnx.checker.check_model(onnx.load_from_string(content), full_check=True)
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    inputs = {
        name: numpy.array(given["data"], dtype=given["type"]).reshape(given["dims"])
        for name, given in model["inputs"].items()
    }
    (probabilities,) = session.run(["probabilities"], inputs)
    results.append([float(p) for p in probabilities.ravel()])
json.dump(results, sys.stdout)
