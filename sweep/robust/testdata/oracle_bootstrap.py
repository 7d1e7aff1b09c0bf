"""Check values of spa_test.go and interval_test.go, by arch (8.0.0) and numpy (2.4.6).

Run by hand: python oracle_bootstrap.py. The data and what is drawn come from a linear
congruential generator, which the Go tests have as well, so that both see the same bits.

arch has an option `studentize` for its SPA, which version 8.0.0 does not use: its
p-values are those of plain differences either way. The studentised ones are computed
here from arch's own variances and centring.
"""

import numpy as np
from arch.bootstrap import SPA, StationaryBootstrap, optimal_block_length


class Generator:
    def __init__(self, seed):
        self.state = seed

    def __call__(self):
        self.state = (1103515245 * self.state + 12345) % 2**31
        return self.state / 2**31


def returns(bars, trials):
    g = Generator(7)
    x = np.empty((bars, trials))
    for k in range(trials):
        before = 0.0
        for t in range(bars):
            before = 0.3 * before + (g() + g() + g() - 1.5) * (1 + k % 4)
            x[t, k] = before + 0.05 * (k % 5) - 0.1
    return x


def indices(bars, resamples, length):
    g = Generator(99)
    out = []
    for _ in range(resamples):
        row, at = [], 0
        for t in range(bars):
            jump = g() < 1 / length
            if t == 0 or jump:
                at = int(g() * bars)
            else:
                at = (at + 1) % bars
            row.append(at)
        out.append(np.array(row))
    return out


def fixed(bootstrap, rows):
    """Has a bootstrap of arch draw these rows."""
    rows = iter(rows)
    bootstrap.update_indices = lambda: next(rows)
    return bootstrap


BARS, TRIALS, RESAMPLES, LENGTH = 120, 13, 500, 6
x = returns(BARS, TRIALS)
rows = indices(BARS, RESAMPLES, LENGTH)
bench = returns(BARS, TRIALS + 1)[:, TRIALS]
for name, b in (("cash", np.zeros(BARS)), ("benchmark", bench)):
    spa = SPA(-b, -x, block_size=LENGTH, reps=RESAMPLES)
    fixed(spa.bootstrap, rows)
    spa.compute()
    print(name, "plain", spa.pvalues.to_dict())
    d = x - b[:, None]
    scale = np.sqrt(spa._loss_diff_var)
    mean = d.mean(0)
    valid = spa._check_column_validity()
    centres = (np.maximum(mean, 0), np.where(valid, mean, 0), mean)
    p = []
    for centre in centres:
        best = np.array([((d[row].mean(0) - centre) / scale).max() for row in rows])
        p.append((best > (mean / scale).max()).mean())
    print(name, "studentised", p, "statistic", repr(np.sqrt(BARS) * (mean / scale).max()), "best", int((mean / scale).argmax()))
    print(name, "standard errors", [repr(v) for v in scale[:3]], "invalid", np.flatnonzero(~valid))

blocks = optimal_block_length(x)["stationary"]
print("block lengths", [repr(v) for v in blocks])
walk = np.cumsum(x[:, 1])
print("block length of a walk", repr(optimal_block_length(walk)["stationary"].iloc[0]))


def total(r):
    return np.prod(1 + r / 100) - 1


def sharpe(r):
    return np.sqrt(252) * r.mean() / r.std(ddof=1)


def drawdown(r):
    equity = np.concatenate([[1], np.cumprod(1 + r / 100)])
    return (1 - equity / np.maximum.accumulate(equity)).max()


for f in (total, sharpe, drawdown):
    sb = fixed(StationaryBootstrap(LENGTH, x[:, 3]), rows)
    print(f.__name__, repr(f(x[:, 3])), [repr(v) for v in sb.conf_int(f, RESAMPLES, method="percentile", size=0.9).ravel()])
