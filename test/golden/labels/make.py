"""Golden values of confident learning: writes labels.json beside this file. The formulas of Northcutt, Jiang and Chuang 2021
(section 3 and "prune by noise rate") in numpy, written from the paper: cleanlab could not be installed here.

    pip install numpy && python make.py
"""

import pathlib
import sys

import numpy as np

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
from write import write  # noqa: E402

rng = np.random.default_rng(5)


def documents(count, classes, strength, flipped):
    truth = rng.integers(classes, size=count)
    logits = rng.normal(size=(count, classes))
    logits[np.arange(count), truth] += strength
    e = np.exp(logits)
    proba = np.round(e / e.sum(axis=1, keepdims=True), 9)
    labels = truth.copy()
    wrong = rng.choice(count, size=flipped, replace=False)
    labels[wrong] = (labels[wrong] + rng.integers(1, classes, size=flipped)) % classes
    return labels, proba


def confident_learning(labels, proba):
    n, c = proba.shape
    thresholds = np.array([proba[labels == k, k].mean() for k in range(c)])
    above = np.where(proba >= thresholds - 1e-6, proba, -1.0)
    counted = above.max(axis=1) >= 0
    guess = above.argmax(axis=1)
    joint = np.zeros((c, c), dtype=int)
    np.add.at(joint, (labels[counted], guess[counted]), 1)
    np.fill_diagonal(joint, np.maximum(joint.diagonal(), 1))
    sizes = np.bincount(labels, minlength=c)
    expected = joint / joint.sum(axis=1, keepdims=True) * sizes[:, None]
    suspect = np.zeros(n, dtype=bool)
    for i in range(c):
        own = np.flatnonzero(labels == i)
        for j in range(c):
            count = int(np.floor(expected[i, j] + 0.5))
            if i != j and count > 0:
                margin = proba[own, j] - proba[own, i]
                suspect[own[np.argsort(-margin, kind="stable")[:count]]] = True
    suspect &= proba.argmax(axis=1) != labels
    given = proba[np.arange(n), labels]
    others = proba.copy()
    others[np.arange(n), labels] = -1
    margin = (given - others.max(axis=1) + 1) / 2
    return {
        "thresholds": thresholds.tolist(),
        "joint": joint.ravel().tolist(),
        "suspects": np.flatnonzero(suspect).tolist(),
        "self_confidence": np.argsort(given, kind="stable").tolist(),
        "normalized_margin": np.argsort(margin, kind="stable").tolist(),
    }


cases = []
for count, classes, strength, flipped in [(120, 3, 3.0, 6), (200, 5, 4.0, 10), (60, 2, 1.0, 0)]:
    labels, proba = documents(count, classes, strength, flipped)
    cases.append({"classes": classes, "labels": labels.tolist(), "probabilities": proba.ravel().tolist(), **confident_learning(labels, proba)})

write(__file__, [np], {"cases": cases})
