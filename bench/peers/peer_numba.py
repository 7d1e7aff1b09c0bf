"""The rival to beat: the loop an expert writes in an afternoon.

It is also the reference of this folder: every contender is held to it before
anything is timed. Averages are int64 sums of cents and one division by
n × 100, which is Bowstring's definition for decimal columns, so equal averages
are equal here and there and signals agree on ties. No fastmath.
"""

import os

# Threads that wait by spinning, as OpenMP has it, take the processors from
# whatever else runs: W1 took ten times as long on a machine that was not idle.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import numba
import numpy as np
from numba import njit, prange

from contender import Contender, Results, cores
from workloads import METRICS, Workload


@njit
def annualised(total, squares, n, bars_a_year):
    """The Sharpe ratio from the sum of n returns and of their squares."""
    mean = total / n
    variance = (squares - n * mean * mean) / (n - 1)
    return mean / np.sqrt(variance) * np.sqrt(bars_a_year) if variance > 0 else np.nan


@njit(parallel=True)
def averages(cents, windows):
    """A column of averages for each window; NaN before a window is full."""
    sums = np.zeros(len(cents) + 1, np.int64)
    sums[1:] = np.cumsum(cents)
    columns = np.full((len(windows), len(cents)), np.nan)
    for k in prange(len(windows)):
        n = windows[k]
        for t in range(n - 1, len(cents)):
            columns[k, t] = (sums[t + 1] - sums[t + 1 - n]) / (n * 100.0)
    return columns


@njit
def cross(close, returns, fast, slow, first, cost, bars_a_year, out):
    """One backtest over two columns that are known from bar `first` on. Equal
    averages are not above, and no exit either: a cross leaves equality."""
    equity, units, held, trades = 1.0, 0.0, False, 0
    peak, drawdown, total, squares = 1.0, 0.0, 0.0, 0.0
    above = len(close) > first and fast[first] > slow[first]
    for t in range(first + 1, len(close)):
        was, above = above, fast[t] > slow[t]
        if held:
            r = returns[t]
            equity = units * close[t]
            if fast[t] < slow[t]:
                equity *= 1 - cost
                r = (1 + r) * (1 - cost) - 1
                held = False
                trades += 1
        elif above and not was:
            held = True
            units = equity / (close[t] * (1 + cost))
            r = units * close[t] / equity - 1
            equity = units * close[t]
        else:
            continue
        total += r
        squares += r * r
        if equity > peak:
            peak = equity
        elif equity < peak * (1 - drawdown):
            drawdown = 1 - equity / peak
    out[0], out[1], out[3] = equity - 1, drawdown, trades
    out[2] = annualised(total, squares, len(close), bars_a_year)


@njit(parallel=True)
def grid(close, cents, windows, fast, slow, cost, bars_a_year):
    """All pairs: fast and slow are indices of windows, whose averages are
    computed once. Returns a row of METRICS a pair."""
    columns = averages(cents, windows)
    returns = np.zeros(len(close))
    returns[1:] = close[1:] / close[:-1] - 1
    out = np.empty((len(fast), 4))
    for c in prange(len(fast)):
        first = max(windows[fast[c]], windows[slow[c]]) - 1
        cross(close, returns, columns[fast[c]], columns[slow[c]], first, cost, bars_a_year, out[c])
    return out


@njit
def cross_affine(close, fast, slow, first, cost, bars_a_year, longs, shorts, part, out):
    """One backtest of an account that may be short, or keeps cash: equity is
    cash + units × close. A cross above enters the long side, or leaves the short
    one; where only shorts are traded it enters that."""
    cash, units, entry, trades = 1.0, 0.0, 0.0, 0
    equity, peak, drawdown, total, squares = 1.0, 1.0, 0.0, 0.0, 0.0
    above = len(close) > first and fast[first] > slow[first]
    below = len(close) > first and fast[first] < slow[first]
    for t in range(first + 1, len(close)):
        up, down = fast[t] > slow[t], fast[t] < slow[t]
        crossed_up, crossed_down = up and not above, down and not below
        above, below = up, down
        if not longs:  # the rules of the long side stand for the short one
            enter_long, enter_short = False, crossed_up
            leave_long, leave_short = False, crossed_down
        else:
            enter_long, enter_short = crossed_up, shorts and crossed_down
            leave_long, leave_short = crossed_down, crossed_up
        leave = units > 0 and (leave_long or enter_short) or units < 0 and (leave_short or enter_long)
        enter = (enter_long or enter_short) and (units == 0 or leave)
        if units == 0 and not enter:
            continue
        price = close[t]
        if leave:
            cash += units * price - abs(units) * price * cost
            units = 0.0
            trades += 1
        if enter:
            side = 1.0 if enter_long else -1.0
            size = part * cash / (price * (1 + cost))
            cash = 0.0 if enter_long and part == 1 else cash - side * size * price - size * price * cost
            units = side * size
        value = cash + units * price
        r = value / equity - 1
        equity = value
        total += r
        squares += r * r
        if equity > peak:
            peak = equity
        elif equity < peak * (1 - drawdown):
            drawdown = 1 - equity / peak
    out[0], out[1], out[3] = equity - 1, drawdown, trades
    out[2] = annualised(total, squares, len(close), bars_a_year)


@njit(parallel=True)
def grid_affine(close, cents, windows, fast, slow, cost, bars_a_year, longs, shorts, part):
    """grid for such accounts."""
    columns = averages(cents, windows)
    out = np.empty((len(fast), 4))
    for c in prange(len(fast)):
        first = max(windows[fast[c]], windows[slow[c]]) - 1
        cross_affine(close, columns[fast[c]], columns[slow[c]], first, cost, bars_a_year, longs, shorts, part, out[c])
    return out


@njit
def fused(close, high, low, cents, fast, slow, cost, stop_loss, take_profit, bars_a_year):
    """One backtest in one pass, without a column of anything: sums of cents
    roll, and fast average > slow average where fast sum × slow > slow sum ×
    fast. A stop or target of 0 is none. Returns METRICS."""
    fast_sum = cents[slow - fast:slow].sum()
    slow_sum = cents[:slow].sum()
    equity, units, held, trades = 1.0, 0.0, False, 0
    peak, drawdown, total, squares = 1.0, 0.0, 0.0, 0.0
    above = fast_sum * slow > slow_sum * fast
    stop = target = 0.0
    for t in range(slow, len(close)):
        fast_sum += cents[t] - cents[t - fast]
        slow_sum += cents[t] - cents[t - slow]
        lead = fast_sum * slow - slow_sum * fast
        was, above = above, lead > 0
        before = equity
        if held:
            # A signal on the bar of a stop is ignored: the trade is over.
            price = close[t]
            if stop_loss > 0 and low[t] <= stop:
                price, held = stop, False
            elif take_profit > 0 and high[t] >= target:
                price, held = target, False
            elif lead < 0:
                held = False
            equity = units * price
            if not held:
                equity *= 1 - cost
                trades += 1
        elif above and not was:
            held = True
            stop, target = close[t] * (1 - stop_loss), close[t] * (1 + take_profit)
            units = equity / (close[t] * (1 + cost))
            equity = units * close[t]
        else:
            continue
        r = equity / before - 1
        total += r
        squares += r * r
        if equity > peak:
            peak = equity
        elif equity < peak * (1 - drawdown):
            drawdown = 1 - equity / peak
    return equity - 1, drawdown, annualised(total, squares, len(close), bars_a_year), float(trades)


def run(w: Workload) -> Results:
    rows = []
    windows = sorted(set(sum(w.pairs, ())))
    fast, slow = (np.array([windows.index(pair[i]) for pair in w.pairs]) for i in (0, 1))
    for bars in w.assets:
        if len(w.pairs) == 1:
            rows.append([fused(bars.close, bars.high, bars.low, bars.cents, *w.pairs[0], w.cost, w.stop_loss,
                               w.take_profit, w.bars_a_year)])
        elif w.affine:
            rows.append(grid_affine(bars.close, bars.cents, np.array(windows), fast, slow, w.cost, w.bars_a_year,
                                    w.direction != "short", w.direction != "long", w.percent / 100))
        else:
            rows.append(grid(bars.close, bars.cents, np.array(windows), fast, slow, w.cost, w.bars_a_year))
    return {name: np.array(rows)[:, :, i] for i, name in enumerate(METRICS)}


def contenders(w: Workload) -> list[Contender]:
    def on(threads: int) -> Contender:
        def run_on():
            numba.set_num_threads(threads)
            return run(w)
        name = "numba, fused loop" if len(w.pairs) == 1 else "numba `prange` loop"
        return Contender("numba", f"{name}, {threads} thread{'s' * (threads > 1)}", numba.__version__, w, run_on)
    # The fused loop is sequential.
    return [on(n) for n in ([1] if len(w.pairs) == 1 else sorted({cores(), 1}, reverse=True))]


def signals(bars, pairs) -> tuple[np.ndarray, np.ndarray]:
    """Entries and exits, a column a pair, for packages that are given them."""
    windows = sorted(set(sum(pairs, ())))
    columns = averages(bars.cents, np.array(windows))
    entries = np.zeros((len(pairs), len(bars)), bool)
    exits = np.zeros_like(entries)
    for i, (fast, slow) in enumerate(pairs):
        a, b = columns[windows.index(fast)], columns[windows.index(slow)]
        entries[i, 1:] = (a[1:] > b[1:]) & (a[:-1] <= b[:-1])
        exits[i, 1:] = (a[1:] < b[1:]) & (a[:-1] >= b[:-1])
    return entries, exits
