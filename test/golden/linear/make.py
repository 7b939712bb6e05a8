"""Golden values of the linear model, from scikit-learn:

    python3 test/golden/linear/make.py

- TF-IDF of words and of characters within words, sublinear, on invented texts;
- LinearSVC and LogisticRegression (LIBLINEAR's dual solvers), solved to a small tolerance.
"""

import pathlib
import random
import sys

import numpy as np
import sklearn
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from write import write  # noqa: E402

rng = random.Random(7)
THEMES = [
    "parcel courier late box door tracking delivery lost van street",
    "invoice refund charge card bank paid twice total amount vat",
    "login password reset account email code locked phone name page",
]
COMMON = "the my is was please again today where when why it a and not help".split()


def document(label):
    theme = THEMES[label].split()
    return " ".join(rng.choice(theme if rng.random() < 0.45 else COMMON) for _ in range(rng.randint(3, 14)))


labels = [i % 3 for i in range(60)]
texts = [document(label) for label in labels]
# some noise, so that no loss is zero
for i in range(0, 60, 13):
    labels[i] = (labels[i] + 1) % 3

words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2, token_pattern=r"(?u)\b\w+\b")
characters = TfidfVectorizer(ngram_range=(2, 4), sublinear_tf=True, min_df=3, analyzer="char_wb")
y = np.array(labels)


def rows(vectorizer):
    x = vectorizer.fit_transform(texts)
    names = vectorizer.get_feature_names_out()
    return [{str(names[j]): float(x[i, j]) for j in sorted(x[i].indices)} for i in range(4)], len(names), x


word_rows, word_count, x = rows(words)
character_rows, character_count, _ = rows(characters)
names = [str(n) for n in words.get_feature_names_out()]


def fitted(model, classes):
    model.fit(x, classes)
    return {"coef": model.coef_.tolist(), "intercept": model.intercept_.tolist()}


def problems(make):
    return {
        "three": fitted(make(1.0, None), y),
        "two": fitted(make(1.0, None), (y == 0).astype(int)),
        "strong": fitted(make(0.05, None), y),
        "weighted": fitted(make(1.0, {0: 3.0, 1: 1.0, 2: 0.5}), y),
    }


class OneVsRest:
    """One class against the rest. The weight of a document is that of its own class; LinearSVC's class_weight, in
    contrast, weighs the rest alike."""

    def __init__(self, make, c, weights):
        self.make = make
        self.c = c
        self.weights = weights

    def fit(self, x, labels):
        classes = [1] if set(labels) == {0, 1} else sorted(set(labels))
        sample = [(self.weights or {}).get(label, 1.0) for label in labels]
        parts = [self.make(self.c).fit(x, (labels == k).astype(int), sample_weight=sample) for k in classes]
        self.coef_ = np.concatenate([p.coef_ for p in parts])
        self.intercept_ = np.concatenate([p.intercept_ for p in parts])


def svm(c, weights):
    return OneVsRest(lambda c: LinearSVC(C=c, tol=1e-10, max_iter=1000000, dual=True), c, weights)


def logistic(c, weights):
    return OneVsRest(
        lambda c: LogisticRegression(C=c, solver="liblinear", dual=True, tol=1e-10, max_iter=1000000), c, weights
    )


write(
    __file__,
    [sklearn],
    {
        "texts": texts,
        "labels": labels,
        "words": {"features": word_count, "rows": word_rows},
        "characters": {"features": character_count, "rows": character_rows},
        "names": names,
        "squared_hinge": problems(svm),
        "logistic": problems(logistic),
    },
)
