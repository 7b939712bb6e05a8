"""Importances of parameters by PED-ANOVA, Optuna's default.

Writes importance.json beside this file; the versions that were used stand in it:

    pip install optuna && python make.py
"""

import json
import math
import pathlib
import random
import sys
import warnings

import numpy
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution, distribution_to_json
from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances
from optuna.trial import TrialState, create_trial

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
from write import write

warnings.simplefilter("ignore")
optuna.logging.disable_default_handler()

SPACE = {
    "x": FloatDistribution(-5, 5),
    "lr": FloatDistribution(1e-5, 1, log=True),
    "rate": FloatDistribution(0, 0.7, step=0.1),
    "fine": FloatDistribution(0, 10, step=0.01),
    "n": IntDistribution(1, 8),
    "even": IntDistribution(0, 200, step=2),
    "units": IntDistribution(16, 512, log=True),
    "few": IntDistribution(4, 64, log=True),
    "kind": CategoricalDistribution(["lstm", "gru", "rnn"]),
    "flag": CategoricalDistribution([True, False]),
    "fixed": FloatDistribution(3, 3),
    "one": CategoricalDistribution(["only"]),
}


def draw(rng, d):
    if isinstance(d, CategoricalDistribution):
        return rng.choice(d.choices)
    if d.log:
        v = math.exp(rng.uniform(math.log(d.low), math.log(d.high)))
        return min(max(round(v), d.low), d.high) if isinstance(d, IntDistribution) else min(max(float(f"{v:.5g}"), d.low), d.high)
    if d.step is not None:
        value = d.low + d.step * rng.randrange(round((d.high - d.low) / d.step) + 1)
        return value if isinstance(d, IntDistribution) else round(value, 9)
    return round(rng.uniform(d.low, d.high), 4)


def loss(p):
    out = p.get("x", 0) ** 2 + 3 * abs(math.log10(p.get("lr", 1e-3)) + 3) + p.get("n", 0) * 0.7
    out += {"lstm": 0, "gru": 1, "rnn": 4}[p.get("kind", "gru")] + abs(p.get("units", 100) - 128) / 100
    return out + p.get("rate", 0) * 3 + abs(p.get("even", 0) - 50) / 40 + (2 if p.get("flag") else 0)


def study_of(rng, i, names, n, directions, conditional=False, moving=False, infinite=0.0, ties=False):
    study = optuna.create_study(directions=directions)
    for k in range(n):
        dists = {name: SPACE[name] for name in names}
        if conditional:
            dists = {name: d for name, d in dists.items() if name == names[0] or rng.random() < 0.6}
        if moving and k % 3 == 0:
            dists["x"] = FloatDistribution(-1, 2)
        if moving and k == 5:
            dists["x"] = FloatDistribution(-9, 9)
        params = {name: draw(rng, d) for name, d in dists.items()}
        values = []
        for m, direction in enumerate(directions):
            value = loss(params) + rng.gauss(0, 0.5) if m == 0 else params.get("n", 0) * (1 if m == 1 else -1) + rng.gauss(0, 1)
            value = round(value) if ties else round(value, 3)
            value = rng.choice([math.inf, -math.inf]) if rng.random() < infinite else value
            values.append(value if direction == "minimize" else -value)
        state = TrialState.COMPLETE
        if rng.random() < 0.08:
            state = rng.choice([TrialState.FAIL] + ([TrialState.PRUNED] if len(directions) == 1 else []))
        constraints = {"c": rng.gauss(0, 1)} if i == 11 else None
        study.add_trial(create_trial(state=state, values=None if state == TrialState.FAIL else values, params=params, distributions=dists, constraints=constraints))
    return study


PLANS = [
    (["x", "lr", "n"], 60, ["minimize"], {}, {}),
    (["x", "lr", "rate", "fine", "n", "even", "units", "few", "kind", "flag"], 100, ["minimize"], {}, {}),
    (["x", "lr", "kind", "flag"], 80, ["maximize"], {"infinite": 0.1}, {}),
    (["x", "fixed", "one", "units"], 40, ["minimize"], {}, {}),
    (["kind", "x", "lr", "n", "flag"], 90, ["minimize"], {"conditional": True}, {}),
    (["x", "even"], 60, ["minimize"], {"moving": True}, {}),
    (["x", "n", "few"], 50, ["maximize"], {"ties": True}, {}),
    (["x", "n"], 2, ["minimize"], {}, {}),
    (["x", "n"], 3, ["minimize"], {}, {}),
    (["x", "n"], 1, ["minimize"], {}, {}),
    (["x", "lr", "n", "kind"], 60, ["minimize", "minimize"], {}, {}),
    (["x", "lr", "n", "kind"], 60, ["maximize", "minimize"], {"infinite": 0.05}, {}),
    (["x", "n", "units"], 40, ["minimize", "maximize", "minimize"], {}, {}),
    (["fixed", "one"], 20, ["minimize"], {}, {}),
    (["x", "lr", "units", "kind"], 70, ["minimize"], {}, {"target_quantile": 0.25}),
    (["x", "lr", "units", "kind"], 70, ["minimize"], {}, {"region_quantile": 0.5}),
    (["x", "lr", "units", "kind"], 70, ["minimize"], {}, {"evaluate_on_local": False}),
    (["x", "lr", "units", "kind"], 70, ["minimize"], {}, {"params": ["kind", "x"]}),
    (["x", "lr", "units", "kind"], 70, ["minimize"], {}, {"normalize": False}),
    (["lr", "rate", "fine", "few"], 300, ["minimize"], {}, {}),
]


def main():
    rng = random.Random(4)
    cases = []
    for i, (names, n, directions, how, options) in enumerate(PLANS):
        study = study_of(rng, i, names, n, directions, **how)
        known, trials = [], []
        for t in study.trials:
            params = []
            for name, d in t.distributions.items():
                key = [name, json.loads(distribution_to_json(d))]
                if key not in known:
                    known.append(key)
                params.append([known.index(key), d.to_internal_repr(t.params[name])])
            trials.append([t.state.name, t.values, params, *([t.constraints] if t.constraints else [])])
        evaluator = PedAnovaImportanceEvaluator(**{k: v for k, v in options.items() if k not in ("params", "normalize")})
        importances = get_param_importances(study, evaluator=evaluator, params=options.get("params"), normalize=options.get("normalize", True))
        cases.append({"directions": directions, "options": options, "params": known, "trials": trials, "importances": importances})
    write(__file__, (optuna, numpy), {"cases": cases})


main()
