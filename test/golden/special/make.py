"""Values of special functions to 40 digits, and the polynomials of `src/core/math-special.ts`.

    pip install mpmath && python make.py             writes special.json
    python make.py --coefficients                    prints the polynomials
"""

import json
import pathlib
import sys

import mpmath
from mpmath import chebyfit, erf, erfc, exp, expm1, log, log1p, mp, mpf, sqrt

mp.dps = 60


def scaled_erfc(t):
    """x exp(x²) erfc(x) at t = 1/x."""
    if t == 0:
        return 1 / sqrt(mp.pi)
    x = 1 / t
    if x > 1e6:
        return (1 - t**2 / 2 + 3 * t**4 / 4) / sqrt(mp.pi)
    return x * exp(x * x) * erfc(x)


def erf_over_x(z):
    """erf(x)/x at z = x²."""
    return 2 / sqrt(mp.pi) if z == 0 else erf(sqrt(z)) / sqrt(z)


def log_ndtr(x):
    return log1p(-erfc(mpf(x) / sqrt(2)) / 2) if x > 0 else log(erfc(-mpf(x) / sqrt(2)) / 2)


def polynomial(f, a, b, count):
    """Coefficients, the highest power first, in u = (2t - a - b)/(b - a), which is in [-1, 1]."""
    a, b = mpf(a), mpf(b)
    coefficients, error = chebyfit(lambda u: f((a + b + u * (b - a)) / 2), [-1, 1], count, error=True)
    return [repr(float(c)) for c in coefficients], error


if "--coefficients" in sys.argv:
    print("erf(x)/x, x² in [0, 1]:", *polynomial(erf_over_x, 0, 1, 12))
    for a, b, count in [(0, 0.125, 13), (0.125, 0.25, 12), (0.25, 0.5, 15), (0.5, 1, 17)]:
        print(f"x exp(x²) erfc(x), 1/x in [{a}, {b}]:", *polynomial(scaled_erfc, a, b, count))
    sys.exit()

grid = sorted({s * m * 10.0**e for s in (-1, 1) for m in (1, 2.2, 4.7, 7.1) for e in range(-8, 2)} | {0.0})
wide = [x for x in grid if abs(x) <= 26] + [0.999, 1.001, 1.999, 2.001, 3.999, 4.001, 7.999, 8.001, 26.5]
tails = [-1e4, -1234.5, -100, -38.5, -37.5, -25, -20.1, -19.9, -12, -6, -2.5, -1.42, -1.41, -1, -0.5, -0.01, 0, 0.01, 0.7, 1.3, 1.42, 3, 6, 8, 12, 20, 37]


def table(f, points):
    return [[x, float(f(mpf(x)))] for x in points]


values = {
    "made_with": {"script": "make.py", "mpmath": mpmath.__version__},
    "erf": table(erf, wide),
    "erfc": table(erfc, wide),
    "log_ndtr": table(log_ndtr, tails),
    "expm1": table(expm1, [x for x in grid if x < 700]),
    "log1p": table(log1p, [x for x in grid if x > -1] + [-0.999, -0.9999999]),
}
text = json.dumps(values, separators=(",", ":")).replace('],"', '],\n"')
(pathlib.Path(__file__).parent / "special.json").write_text(text + "\n")
