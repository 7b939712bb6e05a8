"""What samplers do without chance: points of Sobol's sequence, the order of grids, who is bred from.

Writes samplers.json beside this file; the versions that were used stand in it:

    pip install optuna scipy && python make.py
"""

import math
import pathlib
import random
import sys
import warnings

import numpy
import optuna
import scipy
from optuna.samplers.nsgaii._elite_population_selection_strategy import NSGAIIElitePopulationSelectionStrategy
from optuna.study._multi_objective import _fast_non_domination_rank
from scipy.stats import qmc

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
from write import write

warnings.simplefilter("ignore")
optuna.logging.disable_default_handler()


def sobol():
    out = []
    points = qmc.Sobol(64, scramble=False).random(4096)
    for index in [0, 1, 2, 3, 6, 77, 1000, 4095]:
        # whole multiples of 2^-12
        out.append([index, [int(x * 4096) for x in points[index]]])
    return out


def grids():
    out = []
    for seed, space in [
        (0, {"b": [1, 2, 3], "a": ["x", "y"]}),
        (7, {"x": [0.1, 0.2, 0.3, 0.4], "n": [1, 10, 100], "c": [True, False]}),
        (4294967295, {"k": list(range(37))}),
    ]:
        study = optuna.create_study(sampler=optuna.samplers.GridSampler(space, seed=seed))
        size = math.prod(len(v) for v in space.values())
        points = []
        study.optimize(lambda t: points.append([t.suggest_categorical(k, v) for k, v in space.items()]) or 0, n_trials=size)
        out.append({"seed": seed, "space": space, "points": points, "attrs": study.trials[1].system_attrs})
    return out


def elites():
    rng = random.Random(5)
    out = []
    for i in range(40):
        m, n, size = [1, 2, 2, 3][i % 4], rng.randrange(2, 26), rng.randrange(2, 13)
        constrained = i % 5 == 0
        directions = [rng.choice(["minimize", "maximize"]) for _ in range(m)]
        digits = rng.choice([0, 1, 6])
        study = optuna.create_study(directions=directions)
        population = []
        for number in range(n):
            values = [rng.choice([math.inf, -math.inf]) if rng.random() < 0.06 else round(rng.gauss(0, 2), digits) for _ in range(m)]
            constraints = {"c": round(rng.gauss(0, 1), 1), "d": round(rng.gauss(-1, 1), 1)} if constrained else None
            trial = optuna.trial.create_trial(values=values, constraints=constraints)
            trial.number = number
            population.append(trial)
        rank = _fast_non_domination_rank(
            numpy.array([[v if d == "minimize" else -v for v, d in zip(t.values, directions)] for t in population]),
            penalty=numpy.array([sum(max(0, v) for v in t.constraints.values()) for t in population]) if constrained else None,
        )
        chosen = NSGAIIElitePopulationSelectionStrategy(population_size=size)(study, list(population))
        out.append({
            "directions": directions, "size": size, "values": [t.values for t in population],
            **({"constraints": [t.constraints for t in population]} if constrained else {}),
            "ranks": rank.tolist(), "elite": [t.number for t in chosen],
        })
    return out


write(__file__, (optuna, numpy, scipy), {"sobol": sobol(), "grids": grids(), "elites": elites()})
