"""Golden values of the paired tests: writes paired.json beside this file.

Needs scikit-learn, scipy and numpy (the versions that were used stand in the file):

    pip install scikit-learn && python make.py
"""

import json
import pathlib

import numpy as np
import scipy
import sklearn
from scipy.stats import binomtest, bootstrap, chi2
from sklearn.metrics import accuracy_score, f1_score

COUNTS = [(0, 0), (1, 0), (0, 1), (3, 3), (5, 1), (1, 9), (12, 4), (10, 21), (40, 22), (130, 90), (480, 520),
          (600, 401), (560, 640), (5000, 5000), (5200, 4800), (2000, 100)]


def mcnemar(only_a, only_b):
    """Exact two-sided binomial up to 1000 discordant pairs, else chi-squared with continuity correction."""
    n = only_a + only_b
    if n == 0:
        return 1.0
    if n <= 1000:
        return float(binomtest(only_a, n, 0.5).pvalue)
    return float(chi2.sf(max(abs(only_a - only_b) - 1, 0) ** 2 / n, 1))


rng = np.random.default_rng(7)
labels = rng.integers(0, 4, 300)
a = np.where(rng.random(300) < 0.85, labels, rng.integers(0, 4, 300))
b = np.where(rng.random(300) < 0.7, labels, rng.integers(0, 4, 300))


def interval(figure):
    def difference(index):
        i = index.astype(int)
        return figure(labels[i], a[i]) - figure(labels[i], b[i])  # on a resample, A and B alike

    found = bootstrap((np.arange(300),), difference, n_resamples=20000, confidence_level=0.95,
                      method="percentile", vectorized=False, rng=np.random.default_rng(1))
    return [float(found.confidence_interval.low), float(found.confidence_interval.high)]


def accuracy(truth, predicted):
    return (truth == predicted).mean()


def macro_f1(truth, predicted):
    """scikit-learn's, without its checks: the bootstrap calls it 40,000 times."""
    hits = np.bincount(truth[truth == predicted], minlength=4)
    both = np.bincount(truth, minlength=4) + np.bincount(predicted, minlength=4)
    return (2 * hits[both > 0] / both[both > 0]).mean()


assert all(np.isclose(macro_f1(labels, x), f1_score(labels, x, average="macro")) for x in (a, b))
assert all(np.isclose(accuracy(labels, x), accuracy_score(labels, x)) for x in (a, b))


def figures(figure):
    return {"a": float(figure(labels, a)), "b": float(figure(labels, b)), "interval": interval(figure)}


golden = {
    "made_with": {"numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__},
    "mcnemar": [{"only_a": x, "only_b": y, "p": mcnemar(x, y)} for x, y in COUNTS],
    "labels": labels.tolist(),
    "a": a.tolist(),
    "b": b.tolist(),
    "accuracy": figures(accuracy),
    "macro_f1": figures(macro_f1),
}
path = pathlib.Path(__file__).with_name("paired.json")
path.write_text(json.dumps(golden) + "\n")
