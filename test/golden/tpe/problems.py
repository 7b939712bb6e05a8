"""The eight problems of the distribution test, in Python. `test/support/tpe-problems.ts` holds the same in TypeScript."""

import math

HARTMANN_WEIGHTS = [1.0, 1.2, 3.0, 3.2]
HARTMANN_WIDTHS = [
    [10, 3, 17, 3.5, 1.7, 8],
    [0.05, 10, 17, 0.1, 8, 14],
    [3, 3.5, 1.7, 10, 17, 8],
    [17, 8, 0.05, 10, 0.1, 14],
]
HARTMANN_CENTRES = [
    [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
    [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
    [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650],
    [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
]


def box(low, high, dimensions):
    """Draws x0, x1, ... from one interval."""
    return lambda trial: [trial.suggest_float(f"x{i}", low, high) for i in range(dimensions)]


def sphere(x):
    return sum(v * v for v in x)


def branin(trial):
    x = trial.suggest_float("x0", -5, 10)
    y = trial.suggest_float("x1", 0, 15)
    curve = y - 5.1 / (4 * math.pi**2) * x**2 + 5 / math.pi * x - 6
    return curve**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10


def hartmann(x):
    return -sum(
        weight * math.exp(-sum(a * (v - p) ** 2 for a, p, v in zip(widths, centres, x)))
        for weight, widths, centres in zip(HARTMANN_WEIGHTS, HARTMANN_WIDTHS, HARTMANN_CENTRES)
    )


def rosenbrock(x):
    return sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in zip(x, x[1:]))


def ackley(x):
    n = len(x)
    root = math.sqrt(sum(v * v for v in x) / n)
    waves = sum(math.cos(2 * math.pi * v) for v in x) / n
    return -20 * math.exp(-0.2 * root) - math.exp(waves) + 20 + math.e


def styblinski_tang(x):
    return sum(v**4 - 16 * v**2 + 5 * v for v in x) / 2


def mixed(trial):
    kind = trial.suggest_categorical("kind", ["rnn", "gru", "lstm", "linear"])
    units = trial.suggest_int("units", 4, 1024, log=True)
    layers = trial.suggest_int("layers", 1, 6)
    dropout = trial.suggest_float("dropout", 0, 0.9, step=0.05)
    lr = trial.suggest_float("lr", 1e-5, 1, log=True)
    return (
        {"rnn": 0.3, "gru": 0.05, "lstm": 0.0, "linear": 0.5}[kind]
        + (math.log(units / 96) / 3) ** 2
        + ((layers - 2) / 5) ** 2
        + (dropout - 0.35) ** 2
        + (math.log(lr / 3e-3) / 5) ** 2
    )


def conditional(trial):
    if trial.suggest_categorical("model", ["linear", "deep"]) == "linear":
        c = trial.suggest_float("c", 1e-4, 1e4, log=True)
        return 0.4 + (math.log(c / 3) / 6) ** 2
    depth = trial.suggest_int("depth", 1, 12)
    rate = trial.suggest_float("rate", -1, 1)
    return ((depth - 7) / 6) ** 2 + (rate - 0.3) ** 2 + 0.1 * (1 - math.cos(9 * (rate - 0.3)))


def over(function, space):
    return lambda trial: function(space(trial))


PROBLEMS = {
    "sphere5": over(sphere, box(-5, 5, 5)),
    "branin": branin,
    "hartmann6": over(hartmann, box(0, 1, 6)),
    "rosenbrock4": over(rosenbrock, box(-2.048, 2.048, 4)),
    "ackley8": over(ackley, box(-5, 5, 8)),
    "styblinski-tang5": over(styblinski_tang, box(-5, 5, 5)),
    "mixed": mixed,
    "conditional": conditional,
}
