"""The signals of the example strategies and the statistics of
docs/semantics.md, written once more in numpy from their definitions, so that
the interop tests compare two calculations and not one with itself."""

import numpy as np
from numba import njit

MICRO = 1_000_000  # prices are whole multiples of one millionth
YEAR_NS = int(365.25 * 24 * 3600 * 10**9)


# Indicators: float64 in, float64 out, NaN during warm-up.


def sma(values, n):
    """Mean of the last n values: whole millionths are summed exactly, then
    divided once, so that equal means are equal numbers."""
    scaled = np.rint(values * MICRO)
    if np.max(np.abs(values * MICRO - scaled) / MICRO, initial=0) > 1e-9 * np.max(values, initial=1):
        raise ValueError("sma: prices have more than six decimals")
    sums = np.concatenate([[0], np.cumsum(scaled.astype(np.int64))])
    out = np.full(len(values), np.nan)
    if n <= len(values):
        out[n - 1 :] = (sums[n:] - sums[:-n]) / (n * MICRO)
    return out


@njit
def rsi(values, n):
    """Wilder's relative strength index as TA-Lib defines it: seeded on the
    mean of the first n rises and falls, first value at index n, 0 when flat."""
    out = np.full(len(values), np.nan)
    gain = loss = 0.0
    for t in range(1, len(values)):
        change = values[t] - values[t - 1]
        rise, fall = max(change, 0.0), max(-change, 0.0)
        if t <= n:
            gain += rise / n
            loss += fall / n
        else:
            gain = (gain * (n - 1) + rise) / n
            loss = (loss * (n - 1) + fall) / n
        if t >= n:
            out[t] = 100 * gain / (gain + loss) if gain + loss > 1e-14 else 0.0
    return out


def previous_extreme(values, n, pick):
    """pick (np.max, np.min) over the n bars before each bar."""
    out = np.full(len(values), np.nan)
    if n < len(values):
        windows = np.lib.stride_tricks.sliding_window_view(values, n)
        out[n:] = pick(windows[:-1], axis=1)
    return out


def crosses_above(a, b):
    """a > b on this bar and a <= b on the one before; NaN fires nothing."""
    out = np.zeros(len(a), dtype=bool)
    out[1:] = (a[1:] > b[1:]) & (a[:-1] <= b[:-1])
    return out


# Strategies: bars and one set of parameters to entries and exits.


def sma_cross(bars, fast, slow):
    a, b = sma(bars["close"], int(fast)), sma(bars["close"], int(slow))
    return crosses_above(a, b), crosses_above(b, a)


def rsi_reversion(bars, n, low, high):
    strength = rsi(bars["close"], int(n))
    return strength < low, strength > high


def donchian(bars, entry, exit):
    upper = previous_extreme(bars["high"], int(entry), np.max)
    lower = previous_extreme(bars["low"], int(exit), np.min)
    return bars["close"] > upper, bars["close"] < lower


STRATEGIES = {
    "sma_cross": (sma_cross, ("fast", "slow")),
    "rsi_reversion": (rsi_reversion, ("n", "low", "high")),
    "donchian": (donchian, ("entry", "exit")),
}


# Statistics: a column of every matrix is one account.


def years_of(times, step):
    return (int(times[-1]) - int(times[0]) + step) / YEAR_NS


def annual_of(times, step, nominal):
    """Bars a year: nominal, unless a history of 90 days and more shows a
    number that differs by more than 2 %."""
    observed = len(times) / years_of(times, step)
    long_enough = int(times[-1]) - int(times[0]) >= 90 * 24 * 3600 * 10**9
    return observed if long_enough and abs(observed - nominal) > 0.02 * nominal else nominal


def curve_statistics(equity, start, annual, years, traded, held, held_of):
    """Statistics of equity (bars × accounts) whose start cash is start; traded
    is the value bought and sold, held of held_of the bars with a position."""
    before = np.vstack([np.full(equity.shape[1], float(start)), equity[:-1]])
    returns = equity / before - 1
    mean, deviation = returns.mean(axis=0), returns.std(axis=0, ddof=1)
    peak = np.maximum(np.maximum.accumulate(equity, axis=0), start)
    total = equity[-1] / start - 1
    drawdown = (1 - equity / peak).max(axis=0)
    growth = (1 + total) ** (1 / years) - 1
    active = traded > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        downside = np.sqrt((np.minimum(returns, 0) ** 2).mean(axis=0))
        omega = np.maximum(returns, 0).sum(axis=0) / np.maximum(-returns, 0).sum(axis=0)
        return {
            "total_return": total,
            "cagr": growth,
            "volatility": deviation * np.sqrt(annual),
            "sharpe": np.where(active & (deviation > 0), mean / deviation * np.sqrt(annual), np.nan),
            "sortino": np.where(active, mean * np.sqrt(annual) / downside, np.nan),
            "max_drawdown": drawdown,
            "calmar": np.where(active, growth / drawdown, np.nan),
            "omega": np.where(active, omega, np.nan),
            "exposure": held / held_of,
            "turnover": traded / 2 / equity.mean(axis=0) / years,
        }


def trade_statistics(account, closed, pnl, entry_value, bars, accounts):
    """Statistics of trades; every argument has an element a trade, account is
    its column, closed whether it was closed before the end."""

    def total(values, where=slice(None)):
        return np.bincount(account[where], np.asarray(values, float)[where], minlength=accounts)

    def extreme(values, pick, unit):
        out = np.full(accounts, unit)
        pick.at(out, account[closed], values[closed])
        return np.where(n > 0, out, np.nan)

    result = pnl / entry_value
    win, lose = closed & (pnl > 0), closed & (pnl <= 0)
    n, wins = total(closed), total(win)
    with np.errstate(divide="ignore", invalid="ignore"):
        expectancy = total(pnl, closed) / n
        squares = total((pnl - expectancy[account]) ** 2, closed)
        average_win = total(result, win) / wins
        average_loss = total(result, lose) / (n - wins)
        share = wins / n
        # Without losing trades nothing is taken off; the mean win of no
        # winning trades is undefined, and so is what it divides.
        odds = -average_loss / average_win
        return {
            "trades": n,
            "open_trades": total(~closed),
            "win_rate": share,
            "profit_factor": total(pnl, win) / np.abs(total(pnl, lose)),
            "expectancy": expectancy,
            "sqn": np.where(squares > 0, np.sqrt(n) * expectancy / np.sqrt(squares / (n - 1)), np.nan),
            "avg_win": average_win,
            "avg_loss": average_loss,
            "best_trade": extreme(result, np.maximum, -np.inf),
            "worst_trade": extreme(result, np.minimum, np.inf),
            "kelly": np.where(n == 0, np.nan, np.where(wins == n, 1.0, share - (1 - share) * odds)),
            "avg_trade_bars": total(bars, closed) / n,
        }
