"""Regret of optuna's TPESampler on the surfaces of regret_test.go, 50 seeds each.

python regret.py > regret_optuna.json     (optuna 5.0.0, numpy 2.x; a few minutes)

Settings are optuna's defaults. A trial that `where` refuses is told as pruned and does
not count, so that both are given the same number of trials with a result.
"""
import json
import math

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)
TRIALS, SEEDS = 100, 50


def noise(a, b):
    """A number of [0, 1) that depends on two whole numbers (splitmix64)."""
    m = (1 << 64) - 1
    z = (a * 0x9E3779B97F4A7C15 + b * 0xD1B54A32D192ED03 + 0x632BE59BD9B4E019) & m
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & m
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & m
    return ((z ^ (z >> 31)) >> 11) / (1 << 53)


def smooth(t):
    x, y, z = (t.suggest_float(n, -5, 5) for n in "xyz")
    return -((x - 1.3) ** 2 + (y + 2.1) ** 2 + 0.5 * (z - 0.4) ** 2)


def ridged(t):
    x, y = t.suggest_float("x", -5, 5), t.suggest_float("y", -5, 5)
    return -(((x - y) / 0.3) ** 2 + ((x + y - 2) / 4) ** 2)


def noisy(t):
    a, b = t.suggest_int("a", 2, 60), t.suggest_int("b", 20, 300, step=2)
    return math.exp(-(((a - 24) / 15) ** 2) - ((b - 130) / 70) ** 2) + 0.3 * noise(a, b)


def mixed(t):
    kind = ["sma", "ema", "wma", "hma"].index(t.suggest_categorical("kind", ["sma", "ema", "wma", "hma"]))
    n = t.suggest_int("n", 2, 200, log=True)
    w = t.suggest_float("w", 0.001, 10, log=True)
    return [0.0, 0.6, 1.0, 0.3][kind] - math.log(n / (10 + 15 * kind)) ** 2 - 0.3 * math.log10(w / 0.05) ** 2


def where(t):
    a, b = t.suggest_int("a", 2, 100), t.suggest_int("b", 2, 100)
    c = t.suggest_float("c", 0, 1)
    if not a < b:
        raise optuna.TrialPruned()
    return -(((a - 40) / 20) ** 2 + ((b - 43) / 20) ** 2 + 4 * (c - 0.25) ** 2)


def best(f, seed):
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=seed))
    done = 0
    while done < TRIALS:
        study.optimize(f, n_trials=1)
        done = sum(t.state == optuna.trial.TrialState.COMPLETE for t in study.trials)
    return study.best_value


# What can be reached, of `noisy` by looking at all of it.
top = {"smooth": 0.0, "ridged": 0.0, "mixed": 1.0, "where": 0.0}
top["noisy"] = max(
    math.exp(-(((a - 24) / 15) ** 2) - ((b - 130) / 70) ** 2) + 0.3 * noise(a, b)
    for a in range(2, 61) for b in range(20, 301, 2))

print(json.dumps({
    "optuna": optuna.__version__, "trials": TRIALS, "top": top,
    "regret": {f.__name__: [top[f.__name__] - best(f, s) for s in range(SEEDS)] for f in (smooth, ridged, noisy, mixed, where)},
}))
