"""Golden values of the corrected resampled t-test (Nadeau and Bengio, 2003): writes resampled.json beside this file.

Needs scipy and numpy. The statistic is that of scikit-learn's example "Statistical comparison of models using grid
search" (corrected_std and compute_corrected_ttest), here two-sided, with the interval of the mean.
"""

import json
import pathlib

import numpy as np
import scipy
from scipy.stats import t


def corrected_std(differences, n_train, n_test):
    kr = len(differences)
    return np.sqrt(np.var(differences, ddof=1) * (1 / kr + n_test / n_train))


def case(rng, folds, repeats, documents, confidence):
    jobs = folds * repeats
    n_test = documents / folds
    n_train = documents - n_test
    base = rng.normal(0, 0.02, jobs)
    a = np.round(0.9 + base + rng.normal(0, 0.01, jobs), 6)
    b = np.round(0.89 + base + rng.normal(0, 0.01, jobs), 6)
    df = jobs - 1
    reach = t.ppf((1 + confidence) / 2, df)
    sd = corrected_std(a, n_train, n_test)
    difference = corrected_std(a - b, n_train, n_test)
    stat = np.mean(a - b) / difference
    return {
        "folds": folds,
        "repeats": repeats,
        "confidence": confidence,
        "a": a.tolist(),
        "b": b.tolist(),
        "mean": {
            "mean": a.mean(),
            "sd": a.std(ddof=1),
            "interval": [a.mean() - reach * sd, a.mean() + reach * sd],
        },
        "comparison": {
            "difference": (a - b).mean(),
            "interval": [(a - b).mean() - reach * difference, (a - b).mean() + reach * difference],
            "t": stat,
            "df": df,
            "p": 2 * t.sf(abs(stat), df),
        },
    }


rng = np.random.default_rng(5)
cases = [case(rng, *shape) for shape in [(5, 1, 100, 0.95), (10, 10, 2225, 0.95), (2, 1, 64, 0.9), (5, 3, 90, 0.99)]]
out = {"scipy": scipy.__version__, "numpy": np.__version__, "cases": cases}
pathlib.Path(__file__).with_name("resampled.json").write_text(json.dumps(out, indent=1) + "\n")
