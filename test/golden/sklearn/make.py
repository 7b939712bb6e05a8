"""Golden values of the evaluation: writes evaluation.json beside this file.

Needs scikit-learn, scipy and numpy (the versions that were used stand in the file):

    pip install scikit-learn && python make.py
"""

import json
import pathlib

import numpy as np
import scipy
import sklearn
from scipy.stats import binomtest, bootstrap, norm
from sklearn.metrics import (
    accuracy_score,
    brier_score_loss,
    confusion_matrix,
    f1_score,
    log_loss,
    matthews_corrcoef,
    precision_recall_fscore_support,
)

rng = np.random.default_rng(2024)


def softmax(logits):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def case(name, labels, proba, dtype=np.float64):
    labels = np.asarray(labels)
    proba = np.asarray(proba, dtype=dtype)
    classes = proba.shape[1]
    ids = list(range(classes))
    predicted = proba.argmax(axis=1)
    p, r, f, support = precision_recall_fscore_support(labels, predicted, labels=ids, zero_division=0)
    macro = precision_recall_fscore_support(labels, predicted, average="macro", zero_division=0)
    weighted = precision_recall_fscore_support(labels, predicted, average="weighted", zero_division=0)
    # the float32 case is scored in float64 with float32's clipping, so that it tests the formula, not rounding
    eps = np.finfo(dtype).eps
    wide = proba.astype(np.float64)
    if dtype == np.float64:
        loss = log_loss(labels, proba, labels=ids)
    else:
        loss = float(-np.log(np.clip(wide[np.arange(len(labels)), labels], eps, 1 - eps)).mean())
        assert abs(loss - log_loss(labels, proba, labels=ids)) < 1e-5
    brier = float(((wide - np.eye(classes)[labels]) ** 2).sum(axis=1).mean())
    if classes > 2:
        assert abs(brier - brier_score_loss(labels, wide, labels=ids, scale_by_half=False)) < 1e-6
    return {
        "name": name,
        "dtype": np.dtype(dtype).name,
        "labels": labels.tolist(),
        "probabilities": proba.astype(np.float64).tolist(),
        "expected": {
            "accuracy": accuracy_score(labels, predicted),
            "macro_precision": macro[0],
            "macro_recall": macro[1],
            "macro_f1": macro[2],
            "weighted_precision": weighted[0],
            "weighted_recall": weighted[1],
            "weighted_f1": weighted[2],
            "mcc": matthews_corrcoef(labels, predicted),
            "log_loss": loss,
            "brier_score": brier,
            "expected_calibration_error": calibration_error(labels, wide, predicted),
        },
        "per_class": [
            {"precision": a, "recall": b, "f1": c, "support": d}
            for a, b, c, d in zip(p.tolist(), r.tolist(), f.tolist(), support.tolist())
        ],
        "confusion_matrix": confusion_matrix(labels, predicted, labels=ids).tolist(),
    }


def calibration_error(labels, proba, predicted, bins=15):
    """Bins of equal mass; scikit-learn has none. Documents of equal confidence count as their mean."""
    confidence, group = np.unique(proba.max(axis=1), return_inverse=True)
    mass = np.bincount(group)
    gap = mass * confidence - np.bincount(group, weights=predicted == labels)
    total = lambda parts: np.concatenate([[0.0], np.cumsum(parts)])
    edges = np.linspace(0, len(labels), bins + 1)
    return float(np.abs(np.diff(np.interp(edges, total(mass), total(gap)))).sum() / len(labels))


def noisy(count, classes, strength, priors=None):
    labels = rng.choice(classes, size=count, p=priors)
    logits = rng.normal(size=(count, classes))
    logits[np.arange(count), labels] += strength
    return labels, softmax(logits)


def cases():
    yield case("four classes", *noisy(60, 4, 2.0))
    yield case("two classes", *noisy(40, 2, 1.0))
    yield case("float32", *noisy(50, 5, 3.0), dtype=np.float32)
    yield case("imbalanced", *noisy(80, 3, 0.5, [0.9, 0.08, 0.02]))
    labels, proba = noisy(30, 3, 1.0)
    proba[:, 2] *= 1e-3
    yield case("a class never predicted", labels, proba / proba.sum(axis=1, keepdims=True))
    labels, proba = noisy(30, 4, 1.0, [0.5, 0.5, 0, 0])
    proba[:, 3] *= 1e-9
    yield case("classes absent from the truth, one from the predictions too", labels, proba / proba.sum(axis=1, keepdims=True))
    yield case("one class only, always right", [1] * 5, [[0.2, 0.5, 0.3]] * 5)
    yield case("always wrong", [0, 1, 2, 0], [[0.1, 0.6, 0.3], [0.5, 0.1, 0.4], [0.7, 0.2, 0.1], [0.2, 0.2, 0.6]])
    yield case("certain, right and wrong: clipped", [0, 1, 1], [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    yield case("certain in float32: clipped", [0, 1, 1], [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]], dtype=np.float32)
    yield case("ties go to the first class", [0, 1, 2], [[0.4, 0.4, 0.2], [0.4, 0.4, 0.2], [0.2, 0.4, 0.4]])
    yield case("one document", [1], [[0.3, 0.7]])


def wilson():
    for successes, total, level in [(0, 10, 0.95), (10, 10, 0.95), (1, 1, 0.95), (95, 100, 0.95), (3, 7, 0.9), (217, 223, 0.99)]:
        low, high = binomtest(successes, total).proportion_ci(level, method="wilson")
        yield {"successes": successes, "total": total, "confidence": level, "interval": [float(low), float(high)]}


def resampled():
    """Percentile intervals of scipy.stats.bootstrap, to be met within the noise of the resampling."""
    labels, proba = noisy(150, 4, 1.5)
    predicted = proba.argmax(axis=1)
    losses = -np.log(proba[np.arange(len(labels)), labels])
    options = {"paired": True, "vectorized": False, "n_resamples": 5000, "method": "percentile", "rng": 1}
    statistics = {
        "accuracy": lambda y, p, _: accuracy_score(y, p),
        "macro_f1": lambda y, p, _: f1_score(y, p, average="macro", zero_division=0),
        "mcc": lambda y, p, _: matthews_corrcoef(y, p),
        "log_loss": lambda _, __, loss: loss.mean(),
    }
    expected = {}
    for name, statistic in statistics.items():
        interval = bootstrap((labels, predicted, losses), statistic, **options).confidence_interval
        expected[name] = [float(interval.low), float(interval.high)]
    return {"labels": labels.tolist(), "probabilities": proba.tolist(), "confidence": 0.95, "expected": expected}


fixture = {
    "made_with": {"script": "make.py", "scikit-learn": sklearn.__version__, "scipy": scipy.__version__, "numpy": np.__version__},
    "cases": list(cases()),
    "wilson": list(wilson()),
    "normal_quantiles": [[p, float(norm.ppf(p))] for p in (0.5, 0.6, 0.9, 0.95, 0.975, 0.995, 0.9995)],
    "bootstrap": resampled(),
}


def plain(value):
    return round(value, 12) if isinstance(value, float) else value.item()


path = pathlib.Path(__file__).with_name("evaluation.json")
path.write_text(json.dumps(fixture, default=plain) + "\n")
