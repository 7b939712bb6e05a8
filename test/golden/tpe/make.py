"""What Optuna's TPE computes without random numbers: densities, splits, search spaces; and SciPy's truncated normal.

    pip install optuna==5.0.0 scipy && python make.py

Writes `parzen.json`, `splits.json`, `spaces.json` and `truncated-normal.json`. Distributions are written as
[type, low, high, log, step] or ["categorical", number of choices]; infinities and NaN as text.
"""

import json
import math
import pathlib
import random

import numpy as np
import optuna
import scipy
import scipy.stats
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers._tpe.parzen_estimator import _ParzenEstimator, _ParzenEstimatorParameters
from optuna.samplers._tpe.sampler import _split_trials, default_gamma, default_gamma_multiobjective, default_weights
from optuna.search_space import intersection_search_space
from optuna.search_space.group_decomposed import _GroupDecomposedSearchSpace
from optuna.trial import TrialState, create_trial

optuna.logging.set_verbosity(optuna.logging.ERROR)
here = pathlib.Path(__file__).parent
draw = random.Random(20)

# Which of equal observations counts as the left one depends on the processor in NumPy's sort; we fix the older one.
argsort = np.argsort
np.argsort = lambda a, *args, **kwargs: argsort(a, *args, **{"kind": "stable", **kwargs})


def plain(value):
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    return value


def write(name, content):
    made_with = {"script": "make.py", "optuna": optuna.__version__, "numpy": np.__version__, "scipy": scipy.__version__}
    text = json.dumps({"made_with": made_with, **content}, separators=(",", ":"), allow_nan=False)
    (here / name).write_text(text.replace('],"', '],\n"') + "\n")


def describe(d):
    if isinstance(d, CategoricalDistribution):
        return ["categorical", len(d.choices)]
    return ["float" if isinstance(d, FloatDistribution) else "int", d.low, d.high, d.log, d.step]


def short(x):
    return float(f"{x:.5g}")


# ---- densities


def random_distribution(kind):
    if kind == "float":
        low = short(draw.uniform(-10, 10))
        return FloatDistribution(low, low + short(10 ** draw.uniform(-2, 3)))
    if kind == "log float":
        low = short(10 ** draw.uniform(-6, 1))
        return FloatDistribution(low, short(low * 10 ** draw.uniform(0.3, 6)), log=True)
    if kind == "stepped float":
        step = draw.choice([0.05, 0.1, 0.25, 0.5, 2])
        low = draw.choice([0, -1, 0.5])
        return FloatDistribution(low, round(low + step * draw.randint(1, 40), 2), step=step)
    if kind == "int":
        low = draw.randint(-20, 20)
        return IntDistribution(low, low + draw.randint(1, 100))
    if kind == "log int":
        low = draw.choice([1, 1, 2, 16])
        return IntDistribution(low, low * draw.randint(2, 500), log=True)
    if kind == "stepped int":
        low, step = draw.randint(-20, 20), draw.randint(2, 16)
        return IntDistribution(low, low + step * draw.randint(1, 20), step=step)
    return CategoricalDistribution([str(i) for i in range(draw.randint(2, 9))])


def random_value(d, concentrated):
    if isinstance(d, CategoricalDistribution):
        return draw.randrange(len(d.choices))
    u = draw.betavariate(2, 8) if concentrated else draw.random()
    if d.log:
        value = math.exp(math.log(d.low) + u * (math.log(d.high) - math.log(d.low)))
    else:
        value = d.low + u * (d.high - d.low)
    if d.step is not None:
        value = d.low + round((value - d.low) / d.step) * d.step
    if isinstance(d, IntDistribution):
        return int(min(max(round(value), d.low), d.high))
    return float(f"{min(max(value, d.low), d.high):.6g}")


def inside(d, value):
    return value if isinstance(d, CategoricalDistribution) else type(value)(min(max(value, d.low), d.high))


def density(kinds, n, points=5, equal=False):
    space = {f"p{i}": random_distribution(kind) for i, kind in enumerate(kinds)}
    concentrated = draw.random() < 0.5
    observed = {name: [random_value(d, concentrated) for _ in range(n)] for name, d in space.items()}
    at = {name: [inside(d, random_value(d, False)) for _ in range(points)] for name, d in space.items()}
    for name, d in space.items():
        if not isinstance(d, CategoricalDistribution):
            at[name][0], at[name][-1] = d.low, d.high
    parameters = _ParzenEstimatorParameters(1.0, True, False, default_weights, True)
    estimator = _ParzenEstimator(
        {name: np.asarray(column, dtype=float) for name, column in observed.items()},
        space,
        parameters,
        np.ones(n) if equal else None,
    )
    log_pdf = estimator.log_pdf({name: np.asarray(column, dtype=float) for name, column in at.items()})
    return {
        "space": [describe(d) for d in space.values()],
        "equal": equal,
        "observed": list(observed.values()),
        "points": list(at.values()),
        "log_density": log_pdf.tolist(),
    }


KINDS = ["float", "log float", "stepped float", "int", "log int", "stepped int", "categorical"]
SIZES = [0, 1, 2, 3, 4, 7, 10, 19, 24, 25, 26, 27, 40, 60, 98, 99, 150, 300]
cases = [density([kind], n) for kind in KINDS for n in SIZES]
while len(cases) < 200:
    kinds = draw.choices(KINDS, k=draw.randint(2, 4))
    cases.append(density(kinds, draw.choice([0, 1, 2, 5, 11, 24, 25, 26, 30, 45, 70]), equal=draw.random() < 0.25))
write("parzen.json", {"cases": cases})


# ---- splits


class View:
    """The part of a study that the split looks at."""

    def __init__(self, directions):
        self.directions = [getattr(optuna.study.StudyDirection, d.upper()) for d in directions]

    @property
    def direction(self):
        return self.directions[0]


def random_values(objectives, style):
    def one():
        if style == "grid":
            return float(draw.randint(-3, 3))
        if style == "inf" and draw.random() < 0.35:
            return draw.choice([math.inf, -math.inf])
        return round(draw.gauss(0, 3), 3)

    return [one() for _ in range(objectives)]


def random_trial(number, objectives, style, mix):
    state = draw.choices(["COMPLETE", "PRUNED", "RUNNING"], mix)[0]
    attrs = {}
    if draw.random() < (0.5 if style == "constraints" else 0.1):
        attrs = {"constraints": [round(draw.uniform(-2, 1), 1) for _ in range(draw.randint(1, 2))]}
        if draw.random() < 0.5:
            attrs = {f"constraints:c{i}": c for i, c in enumerate(attrs["constraints"])}
    reports = {}
    if state == "PRUNED" and draw.random() < 0.85:
        steps = draw.sample(range(8), draw.randint(1, 2))
        special = [math.nan, math.inf, -math.inf]
        reports = {s: draw.choice(special) if draw.random() < 0.3 else float(draw.randint(-3, 3)) for s in steps}
    trial = create_trial(
        state=getattr(TrialState, state),
        values=random_values(objectives, style) if state == "COMPLETE" else None,
        intermediate_values=reports,
        system_attrs=attrs,
    )
    trial.number = number
    return trial


def trial_row(trial):
    row = [
        trial.state.name[0],
        [plain(v) for v in trial.values] if trial.values is not None else None,
        [[s, plain(v)] for s, v in trial.intermediate_values.items()],
        trial.system_attrs,
    ]
    while row and not row[-1]:
        row.pop()
    return row


def split(objectives, style):
    directions = draw.choices(["minimize", "maximize"], k=objectives)
    mix = [1, 0, 0.1] if objectives > 1 else draw.choice([[1, 0, 0], [1, 1, 0.2], [1, 3, 0.5], [0.1, 1, 0.2]])
    trials = [random_trial(n, objectives, style, mix) for n in range(draw.choice([1, 2, 5, 10, 11, 15, 16, 24, 40]))]
    finished = sum(t.state != TrialState.RUNNING for t in trials)
    gamma = default_gamma if objectives == 1 else default_gamma_multiobjective
    n_below = gamma(finished) if draw.random() < 0.3 else draw.randint(0, finished)
    below, above = _split_trials(View(directions), trials, n_below)
    assert len(below) + len(above) == len(trials)
    return {
        "directions": "".join(d[:2] for d in directions),
        "trials": [trial_row(t) for t in trials],
        "n_below": n_below,
        "below": [t.number for t in below],
    }


STYLES = ["plain", "grid", "inf", "constraints"]
splits = [split(1, STYLES[i % 4]) for i in range(100)]
splits += [split(2, STYLES[i % 4]) for i in range(50)]
splits += [split(3, ["plain", "inf", "constraints", "grid"][i % 4]) for i in range(30)]
splits += [split(4, ["plain", "inf", "constraints"][i % 3]) for i in range(20)]
counts = [[n, default_gamma(n), default_gamma_multiobjective(n)] for n in [0, 1, 9, 10, 11, 20, 21, 30, 70, 100, 249, 250, 251, 1000]]
levels = [-math.inf, -1.0, 1.0, math.inf]
grid = [create_trial(values=[a, b]) for a in levels for b in levels]
for n, trial in enumerate(grid):
    trial.number = n
view = View(["minimize", "minimize"])
inf_grid = [[t.number for t in _split_trials(view, grid, n_below)[0]] for n_below in range(17)]
write("splits.json", {"cases": splits, "counts": counts, "inf_grid": inf_grid})


# ---- search spaces

CATALOGUE = {
    "a": [FloatDistribution(0, 1), FloatDistribution(0, 2), FloatDistribution(0, 1, step=0.5)],
    "b": [IntDistribution(1, 8), IntDistribution(1, 8, log=True)],
    "B": [IntDistribution(1, 9)],
    "c": [CategoricalDistribution(["x", "y", "z"])],
    "d": [CategoricalDistribution(["x"])],
    "\U0001f600": [FloatDistribution(1e-5, 1, log=True)],
    "\uff21": [FloatDistribution(1e-5, 1, log=True)],
}


def space_case():
    chance, change = draw.choice([0.5, 0.9, 0.97]), draw.choice([0, 0.1, 0.5])
    trials = []
    for number in range(draw.randint(0, 12)):
        state = draw.choices(["COMPLETE", "PRUNED", "RUNNING", "FAIL", "WAITING"], [5, 2, 1, 1, 1])[0]
        picked = {
            name: draw.choice(kinds) if draw.random() < change else kinds[0]
            for name, kinds in CATALOGUE.items()
            if draw.random() < chance
        }
        params = {name: d.choices[0] if isinstance(d, CategoricalDistribution) else d.low for name, d in picked.items()}
        trial = create_trial(
            state=getattr(TrialState, state),
            value=1.0 if state == "COMPLETE" else None,
            params=params,
            distributions=picked,
        )
        trial.number = number
        trials.append(trial)

    class Study:
        _study_id = 0

        def _get_trials(self, deepcopy, states=None, use_cache=False):
            return [t for t in trials if states is None or t.state in states]

    def table(space):
        return {name: CATALOGUE[name].index(d) for name, d in space.items()}

    return {
        "trials": [[t.state.name, table(t.distributions)] for t in trials],
        "intersection": list(table(intersection_search_space(trials, include_pruned=True)).items()),
        "groups": [
            sorted(table(group).items()) for group in _GroupDecomposedSearchSpace(True).calculate(Study()).search_spaces
        ],
    }


def planned():
    """The attributes that a running trial of Optuna has, with text beyond ASCII and more than one chunk."""
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=0))
    space = {f"parameter number {i:03} ä": FloatDistribution(1e-7, 1e3, log=True) for i in range(40)}
    space["kind"] = CategoricalDistribution(["größe", None, True, 2, 1.5])
    space["units"] = IntDistribution(1, 64, log=True)
    for n in range(12):
        trial = study.ask(space)
        study.tell(trial, float(n))
    trial = study.ask()
    trial.suggest_int("units", 1, 64, log=True)
    stored = study.trials[-1]
    values = {name: space[name].to_internal_repr(v) for name, v in trial.relative_params.items()}
    return {"system_attrs": stored.system_attrs, "internal": values, "choices": ["größe", None, True, 2, 1.5]}


catalogue = {name: [describe(d) for d in kinds] for name, kinds in CATALOGUE.items()}
write("spaces.json", {"catalogue": catalogue, "cases": [space_case() for _ in range(60)], "planned": planned()})


# ---- truncated normal, from SciPy

BOUNDS = [
    (-math.inf, math.inf), (-math.inf, 0), (0, math.inf), (-1, 1), (-0.1, 0.2), (-100, 100), (-100, -99), (99, 100),
    (-100, -20), (20, 100), (-math.inf, -50), (50, math.inf), (-3, -2.999), (2.999, 3), (-1e-3, 2e-3), (-8, -6), (6, 8),
    (-30, 0.5), (-0.5, 30), (-5, 40), (-2.5, -1), (1, 2.5), (5, 5.0001), (-0.3, 0), (0, 0.3),
]  # fmt: skip
QUANTILES = [0, 1e-9, 1e-4, 0.01, 0.3, 0.5, 0.9, 0.999, 1 - 1e-9, 1]


def truncated(a, b):
    ppf = scipy.stats.truncnorm.ppf(QUANTILES, a, b)
    xs = [x for x in ppf if math.isfinite(x)]
    return {
        "a": plain(float(a)),
        "b": plain(float(b)),
        "ppf": [plain(float(x)) for x in ppf],
        "x": xs,
        "logpdf": [plain(float(v)) for v in scipy.stats.truncnorm.logpdf(xs, a, b)],
    }


write("truncated-normal.json", {"quantiles": QUANTILES, "cases": [truncated(a, b) for a, b in BOUNDS]})
