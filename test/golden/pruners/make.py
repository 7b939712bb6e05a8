"""What Optuna's pruners decide on random learning curves.

Writes pruners.json beside this file; the versions that were used stand in it:

    pip install optuna scipy && python make.py

Each study runs 20 curves with 1 or 3 workers in turn, each of which makes one report when it is its turn. A trial that
is pruned ends as PRUNED, unless it is stubborn and goes on. A trial whose last report is NaN, or that is marked so,
ends as FAIL; the value of the others is their last report (Wilcoxon: the mean of their reports).
"""

import math
import pathlib
import random
import sys
import warnings

import numpy
import optuna
import scipy.stats

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
from write import write

warnings.simplefilter("ignore")
optuna.logging.disable_default_handler()
optuna.logging.set_verbosity(optuna.logging.ERROR)
P = optuna.pruners
SPECIAL = [math.nan, math.nan, math.inf, -math.inf]


def curve(rng, kind):
    """Reports of a trial as [step, value] in the order in which they are made."""
    length = rng.choice([1, 2, 5, 9, 13, 17]) if rng.random() < 0.2 else 14
    level, noise = rng.uniform(0, 1), rng.choice([0, 0.02, 0.2])
    spoiled = rng.choice([0, 0, 0, 0.05, 0.3, 1]) if rng.random() < 0.3 else 0
    steps, step = [], rng.choice([0, 0, 0, 1, 3])
    for _ in range(length):
        steps.append(step * kind["stride"])
        step += 1 if rng.random() < 0.8 else rng.choice([2, 3, 5])
    if rng.random() < kind.get("shuffled", 0.05):
        rng.shuffle(steps)
    values = []
    for step in steps:
        value = level + math.exp(-step / (5 * kind["stride"])) + rng.gauss(0, noise)
        values.append(rng.choice(SPECIAL) if rng.random() < spoiled else round(value, 2))
    return {
        "reports": [[s, v] for s, v in zip(steps, values)],
        "stubborn": rng.random() < 0.15,
        "fails": rng.random() < 0.05,
    }


def cases(rng, n):
    """Reports of a trial on cases 0 to n - 1, in random order; easy to tie."""
    skill = rng.gauss(0, 0.4)
    order = list(range(n))
    rng.shuffle(order)
    if rng.random() < 0.15:
        order = order[: rng.randrange(1, n)]
    digits = rng.choice([0, 1, 1, 3])
    spoiled = 0.3 / n if rng.random() < 0.15 else 0
    reports = [[s, round(s % 3 + skill + rng.gauss(0, 0.6), digits)] for s in order]
    for report in reports:
        if rng.random() < spoiled:
            report[1] = rng.choice(SPECIAL)
    constraint = {"constraint": round(rng.gauss(-0.4, 0.4), 1)} if n == 8 else {}
    return {"reports": reports, "stubborn": rng.random() < 0.3, "fails": rng.random() < 0.05, **constraint}


def studies(seed):
    rng = random.Random(seed)
    out = []
    for i in range(10):
        kind = {"stride": [1, 1, 1, 40][i % 4]}
        out.append([curve(rng, kind) for _ in range(20)])
    return out


def case_studies(seed):
    rng = random.Random(seed)
    return [[cases(rng, [5, 8, 8, 12, 13, 14, 20, 30, 50, 56][i]) for _ in range(20)] for i in range(10)]


def run(curves, pruner, name, direction, workers, mean):
    """The decisions after each report, a text of 0 and 1 a trial, and how many rungs each reached."""
    study = optuna.create_study(study_name=name, direction=direction, pruner=pruner, sampler=optuna.samplers.RandomSampler(seed=0))
    decisions, rungs, slots, todo = [""] * len(curves), [0] * len(curves), [None] * workers, list(curves)
    while todo or any(slots):
        for w in range(workers):
            if slots[w] is None:
                if not todo:
                    continue
                slots[w] = (study.ask(), todo.pop(0), [0])
                if "constraint" in slots[w][1]:
                    slots[w][0].set_constraint("c", slots[w][1]["constraint"])
            trial, plan, at = slots[w]
            step, value = plan["reports"][at[0]]
            at[0] += 1
            trial.report(value, step)
            prune = trial.should_prune()
            decisions[trial.number] += "01"[bool(prune)]
            ended = at[0] == len(plan["reports"])
            if prune and not plan["stubborn"]:
                study.tell(trial, state=optuna.trial.TrialState.PRUNED)
            elif ended and (plan["fails"] or (math.isnan(value) and not mean)):
                study.tell(trial, state=optuna.trial.TrialState.FAIL)
            elif ended:
                all_values = [v for _, v in plan["reports"]]
                final = sum(all_values) / len(all_values) if mean else value
                study.tell(trial, state=optuna.trial.TrialState.FAIL) if math.isnan(final) else study.tell(trial, final)
            else:
                continue
            attrs = study.trials[trial.number].system_attrs
            rungs[trial.number] = sum(k.startswith("completed_rung_") for k in attrs)
            slots[w] = None
    return {"decisions": decisions, "rungs": rungs}


PLANS = {
    "median": (P.MedianPruner, [{}, {"n_startup_trials": 0}, {"n_startup_trials": 2, "n_warmup_steps": 3, "interval_steps": 3}, {"n_startup_trials": 1, "n_min_trials": 4, "interval_steps": 2}]),
    "percentile": (P.PercentilePruner, [{"percentile": 25.0}, {"percentile": 0.0, "n_startup_trials": 1}, {"percentile": 100.0, "n_startup_trials": 0}, {"percentile": 66.6, "n_startup_trials": 2, "n_warmup_steps": 1, "interval_steps": 4}, {"percentile": 33.3, "n_startup_trials": 3, "n_min_trials": 3}]),
    "successive_halving": (P.SuccessiveHalvingPruner, [{}, {"min_resource": 2, "reduction_factor": 2}, {"min_resource": 1, "reduction_factor": 3, "min_early_stopping_rate": 1}, {"min_resource": 1, "reduction_factor": 2, "bootstrap_count": 3}, {"reduction_factor": 2, "min_early_stopping_rate": 2}]),
    "hyperband": (P.HyperbandPruner, [{}, {"min_resource": 1, "max_resource": 16, "reduction_factor": 2}, {"min_resource": 2, "max_resource": 14, "reduction_factor": 3}, {"min_resource": 1, "max_resource": 243, "reduction_factor": 3, "bootstrap_count": 2}, {"min_resource": 3, "reduction_factor": 2}]),
    "threshold": (P.ThresholdPruner, [{"lower": 0.2, "upper": 1.5}, {"upper": 0.9, "n_warmup_steps": 5}, {"lower": 0.5, "interval_steps": 3}, {"lower": 0.3, "upper": 1.2, "n_warmup_steps": 2, "interval_steps": 4}]),
    "wilcoxon": (P.WilcoxonPruner, [{}, {"p_threshold": 0.3}, {"p_threshold": 0.05, "n_startup_steps": 0}, {"p_threshold": 0.2, "n_startup_steps": 6}, {"p_threshold": 1.0}]),
    "patient": (P.PatientPruner, [{"wrapped": None, "patience": 2}, {"wrapped": {"type": "median", "n_startup_trials": 1}, "patience": 1, "min_delta": 0.05}, {"wrapped": {"type": "successive_halving", "min_resource": 1, "reduction_factor": 2}, "patience": 0}, {"wrapped": None, "patience": 3, "min_delta": 0.1}]),
    "none": (P.NopPruner, [{}]),
}


def make(type, options):
    if type != "patient":
        return PLANS[type][0](**options)
    options = dict(options)
    inner = options.pop("wrapped")
    inner = inner and make(inner["type"], {k: v for k, v in inner.items() if k != "type"})
    return P.PatientPruner(inner, **options)


def bad_after_good(pruner, steps, values, good=(), direction="minimize"):
    """The steps at which a trial that never gives up would be pruned, after complete trials with the reports of `good`."""
    study = optuna.create_study(direction=direction, pruner=pruner)
    for reports in good:
        trial = study.ask()
        for step, value in reports:
            trial.report(value, step)
        study.tell(trial, reports[-1][1])
    trial, pruned = study.ask(), []
    for step, value in zip(steps, values):
        trial.report(value, step)
        if trial.should_prune():
            pruned.append(step)
    return pruned


def tables():
    intervals = []
    for warmup, interval, spacing in [(0, 1, 1), (2, 1, 1), (1, 2, 1), (0, 3, 4), (3, 4, 3), (0, 10, 3), (5, 7, 2)]:
        steps = list(range(0, 28, spacing))
        pruner = P.MedianPruner(n_startup_trials=1, n_warmup_steps=warmup, interval_steps=interval)
        intervals.append([warmup, interval, spacing, bad_after_good(pruner, steps, [1] * len(steps), [[(s, 0) for s in range(28)]])])
    patient = []
    for patience, delta, direction, values in [
        (0, 0, "minimize", [0, 1]), (0, 0, "maximize", [1, 0]), (1, 0, "minimize", [0, 1, 2]), (1, 0, "maximize", [2, 1, 0]),
        (0, 1.0, "minimize", [0, 1]), (1, 1.0, "minimize", [0, 1, 2, 3]), (2, 0.5, "maximize", [3, 1, 2, 2.6, 1, 1, 4, 1]),
        (0, 0, "minimize", [math.nan, 1, math.nan, 2, 0]),
    ]:
        steps = list(range(len(values)))
        patient.append([patience, delta, direction, values, bad_after_good(P.PatientPruner(None, patience, delta), steps, values, direction=direction)])
    traces = []
    best = [[(s, v) for s, v in enumerate([1, 2, 1, 3, 2, 1, 2, 3])]]
    for values in [[2, 3, 3, 4, 4, 2, 3, 4], [1, 2, 2, 3, 1, 2, 3, 4]]:
        traces.append([[v for _, v in best[0]], values, bad_after_good(P.WilcoxonPruner(), range(8), values, best)])
    return {"median_intervals": intervals, "patient": patient, "wilcoxon": traces}


def main():
    sets = {"curves": studies(1), "cases": case_studies(2)}
    runs = []
    for type, (_, variants) in PLANS.items():
        which = "cases" if type == "wilcoxon" else "curves"
        for i, curves in enumerate(sets[which]):
            options = variants[i % len(variants)]
            plan = {"type": type, "options": options, "set": which, "index": i, "name": f"study-{i}",
                    "direction": ["minimize", "maximize"][(i // len(variants) + i) % 2], "workers": [1, 3][(i // 2) % 2]}
            runs.append({**plan, **run(curves, make(type, options), plan["name"], plan["direction"], plan["workers"], which == "cases")})
    budgets = []
    for low, high, factor in [(1, 16, 2), (1, 81, 3), (1, 243, 3), (1, 243, 9), (2, 100, 4), (3, 3, 2), (7, 1000, 3), (1, 64, 4), (1, 125, 5)]:
        pruner = P.HyperbandPruner(min_resource=low, max_resource=high, reduction_factor=factor)
        study = optuna.create_study(study_name="hb ü", pruner=pruner)
        pruner._try_initialization(study)
        trial = lambda n: optuna.trial.FrozenTrial(n, optuna.trial.TrialState.RUNNING, None, None, None, {}, {}, {}, {}, {}, n)
        budgets.append({"min": low, "max": high, "factor": factor, "budgets": pruner._trial_allocation_budgets, "brackets": [pruner._get_bracket_id(study, trial(n)) for n in range(40)]})
    rng = random.Random(3)
    signed_rank = []
    for n in [1, 2, 3, 5, 8, 12, 13, 14, 20, 49, 50, 51, 70]:
        for digits, shift in [(6, 0.3), (1, 0.2), (0, -0.1), (0, 5)]:
            d = [round(rng.gauss(shift, 1), digits) for _ in range(n)]
            signed_rank.append({"d": d, "p": float(scipy.stats.wilcoxon(d, alternative="greater", zero_method="zsplit").pvalue)})
    values = {"sets": sets, "runs": runs, "brackets": budgets, "signed_rank": signed_rank, "tables": tables()}
    write(__file__, (optuna, numpy, scipy), values)


main()
