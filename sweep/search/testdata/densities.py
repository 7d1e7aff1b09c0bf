"""Densities of optuna's Parzen estimator for given trials, for densities_test.go.

python densities.py > densities_optuna.json     (optuna 5.0.0)
"""
import json
import math

import numpy as np
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers._tpe.parzen_estimator import _ParzenEstimator, _ParzenEstimatorParameters
from optuna.samplers._tpe.sampler import default_weights

SPACE = {
    "x": FloatDistribution(-2, 3),
    "w": FloatDistribution(0.001, 10, log=True),
    "n": IntDistribution(5, 45, step=2),
    "k": IntDistribution(1, 500, log=True),
    "kind": CategoricalDistribution(["sma", "ema", "wma"]),
}


def draw(rng, n):
    return {
        "x": rng.uniform(-2, 3, n), "w": np.exp(rng.uniform(math.log(0.001), math.log(10), n)),
        "n": 5.0 + 2 * rng.integers(0, 21, n), "k": np.floor(np.exp(rng.uniform(0, math.log(500), n))),
        "kind": rng.integers(0, 3, n).astype(float),
    }


def distinct(rng, n):
    # argsort of numpy is not stable, and neighbours of equal trials decide on a deviation:
    # whole numbers are drawn without repeating where that is possible.
    d = draw(rng, n)
    if n <= 21:
        d["n"] = 5.0 + 2 * rng.permutation(21)[:n]
    d["k"] = 1.0 + rng.permutation(500)[:n]
    return d


cases = []
for seed, n in enumerate([0, 1, 2, 3, 10, 21]):
    rng = np.random.default_rng(seed)
    trials, points = distinct(rng, n), draw(rng, 12)
    p = _ParzenEstimator(trials, SPACE, _ParzenEstimatorParameters(1.0, True, False, default_weights, True))
    cases.append((trials, points, p.log_pdf(points)))
# More than 25 trials, so that weights ramp: of the parameters without repeats only.
for seed, n in ((10, 25), (11, 26), (12, 27), (13, 80), (14, 150)):
    rng = np.random.default_rng(seed)
    trials, points = distinct(rng, n), draw(rng, 12)
    space = {k: v for k, v in SPACE.items() if k != "n"}
    p = _ParzenEstimator(trials, space, _ParzenEstimatorParameters(1.0, True, False, default_weights, True))
    cases.append(({k: trials[k] for k in space}, {k: points[k] for k in space}, p.log_pdf(points)))

print(json.dumps({"optuna": optuna.__version__, "cases": [
    {"trials": {k: v.tolist() for k, v in t.items()}, "points": {k: v.tolist() for k, v in x.items()}, "log": lp.tolist()}
    for t, x, lp in cases
]}))
