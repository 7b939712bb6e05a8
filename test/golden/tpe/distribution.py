"""How well Optuna's TPE does on eight problems: the best value after 25, 50 and 100 trials, for seeds 0 to 99.

    pip install optuna==5.0.0 && python distribution.py

Writes `distribution.json`; about seven minutes. Three problems are done in batches as well: eight trials are asked for
before any of them is told, 96 in all, so that running trials matter. Also 20 points of each problem with their values, so that a test can show
that both languages minimise the same functions.
"""

import json
import pathlib
import sys

import numpy as np
import optuna
from problems import PROBLEMS

SEEDS = range(100)
TRIALS = 100
MARKS = (25, 50, 100)
BATCH, BATCHES = 8, 12
BATCHED = ("sphere5", "hartmann6", "mixed")

optuna.logging.set_verbosity(optuna.logging.WARNING)
here = pathlib.Path(__file__).parent


def run(objective, seed):
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    study.optimize(objective, n_trials=TRIALS)
    values = [trial.value for trial in study.trials]
    return [float(f"{min(values[:mark]):.9g}") for mark in MARKS]


def run_batches(objective, seed):
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    best = float("inf")
    for _ in range(BATCHES):
        told = []
        for _ in range(BATCH):
            trial = study.ask()
            told.append((trial, objective(trial)))
        for trial, value in told:
            study.tell(trial, value)
            best = min(best, value)
    return float(f"{best:.9g}")


def points(objective):
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=123))
    study.optimize(objective, n_trials=20)
    return [{"params": trial.params, "value": trial.value} for trial in study.trials]


problems = {}
for name, objective in PROBLEMS.items():
    problems[name] = {"points": points(objective), "best": [run(objective, seed) for seed in SEEDS]}
    print(name, np.median(problems[name]["best"], axis=0), file=sys.stderr)
for name in BATCHED:
    problems[name]["batched"] = [run_batches(PROBLEMS[name], seed) for seed in SEEDS]
    print(name, "in batches", np.median(problems[name]["batched"]), file=sys.stderr)
result = {
    "made_with": {"script": "distribution.py", "optuna": optuna.__version__, "numpy": np.__version__},
    "trials": TRIALS,
    "marks": MARKS,
    "batch": BATCH,
    "batches": BATCHES,
    "problems": problems,
}
(here / "distribution.json").write_text(json.dumps(result, separators=(",", ":")).replace('"points"', '\n"points"') + "\n")
