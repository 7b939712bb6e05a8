"""scikit-learn's side of the protocol of bench/support/protocol.ts: TF-IDF of one and two words, and LinearSVC."""
import json

import sklearn
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import GridSearchCV
from sklearn.svm import LinearSVC

from serve import serve

# as in src/models/linear/fit.ts
COSTS = [0.1, 0.3, 1, 3]
FOLDS = 5


def prepare(spec, _data):
    with open(spec["data"], encoding="utf-8") as file:
        data = json.load(file)
    train, test = data["train"], data["test"]

    def fit():
        vectorizer = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2))
        x = vectorizer.fit_transform(train["texts"])
        model = LinearSVC(C=1, random_state=0)
        if spec["work"] == "choose":
            model = GridSearchCV(model, {"C": COSTS}, cv=FOLDS)
        return vectorizer, model.fit(x, train["labels"])

    vectorizer, model = fit()
    predict = lambda texts: model.predict(vectorizer.transform(texts))
    right = sum(a == b for a, b in zip(predict(test["texts"]), test["labels"]))
    step = (lambda: predict(data["short"])) if spec["work"] == "predict" else fit
    return {"LinearSVC": (step, [right / len(test["labels"])])}, None


serve(f"scikit-learn {sklearn.__version__}", prepare)
