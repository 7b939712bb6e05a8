"""Golden values of calibration, abstention and prediction sets: writes confidence.json beside this file.

    pip install scipy && python make.py
"""

import pathlib
import sys

import numpy as np
import scipy
from scipy.optimize import minimize_scalar
from scipy.stats import beta

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
from write import write  # noqa: E402

rng = np.random.default_rng(11)


def softmax(logits):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def documents(count, classes, strength, scale):
    """Probabilities that are too sure where scale > 1."""
    labels = rng.integers(classes, size=count)
    logits = rng.normal(size=(count, classes))
    logits[np.arange(count), labels] += strength
    return labels, np.round(softmax(scale * logits), 9)


def temperature(labels, proba):
    """Least log loss, with one label in N + 1 drawn at random."""
    n, c = proba.shape
    z = np.log(np.maximum(proba, 1e-300))
    target = np.eye(c)[labels] * (1 - 1 / (n + 1)) + 1 / (n + 1) / c

    def loss(log_t):
        scaled = z / np.exp(log_t)
        return -(target * (scaled - np.logaddexp.reduce(scaled, axis=1, keepdims=True))).sum()

    return float(np.exp(minimize_scalar(loss, bounds=(np.log(0.01), np.log(100)), method="bounded", options={"xatol": 1e-10}).x))


def temperatures():
    for count, classes, strength, scale in [(200, 4, 2.0, 2.5), (150, 2, 1.0, 0.4), (60, 10, 3.0, 1.0), (40, 3, 9.0, 1.0)]:
        labels, proba = documents(count, classes, strength, scale)
        proba = proba / proba.sum(axis=1, keepdims=True)
        t = temperature(labels, proba)
        scaled = softmax(np.log(np.maximum(proba, 1e-300)) / t)
        yield {"labels": labels.tolist(), "probabilities": proba.tolist(), "temperature": t, "scaled": scaled[:5].tolist()}


def bounds():
    for hits, total, level in [(0, 10, 0.95), (10, 10, 0.95), (1, 1, 0.95), (95, 100, 0.95), (297, 298, 0.95), (2100, 2122, 0.9975), (3, 7, 0.5)]:
        low = 0.0 if hits == 0 else float(beta.ppf(1 - level, hits, total - hits + 1))
        yield {"successes": hits, "total": total, "level": level, "bound": low}


def sets():
    for method in ("lac", "aps"):
        for coverage in (0.8, 0.9, 0.95):
            labels, proba = documents(120, 5, 1.5, 1.5)
            order = np.argsort(-proba, axis=1, kind="stable")
            along = np.take_along_axis(proba, order, axis=1)
            scores = np.empty_like(proba)
            np.put_along_axis(scores, order, 1 - along if method == "lac" else np.cumsum(along, axis=1), axis=1)
            fit, new = slice(0, 80), slice(80, 120)
            own = np.sort(scores[np.arange(120), labels][fit])
            threshold = own[int(np.ceil(81 * coverage - 1e-9)) - 1]
            inside = scores[new] <= threshold
            inside[np.arange(40), order[new, 0]] = True
            yield {
                "method": method,
                "coverage": coverage,
                "labels": labels[fit].tolist(),
                "probabilities": proba[fit].tolist(),
                "new": proba[new].tolist(),
                "threshold": float(threshold),
                "sets": [np.flatnonzero(row).tolist() for row in inside],
            }


write(__file__, [np, scipy], {"temperatures": list(temperatures()), "bounds": list(bounds()), "sets": list(sets())})
