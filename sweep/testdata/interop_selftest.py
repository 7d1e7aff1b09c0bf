"""Tests of the interop scripts themselves: signals and statistics against
hand calculation, vectorbt against a loop over bars, and the comparison against
a result that is wrong on purpose."""

import math
import unittest
from fractions import Fraction

import numpy as np
import pandas as pd

import interop_rules as rules
import interop_vectorbt as interop

DAY = 24 * 3600 * 10**9


def walk(seed, bars, first_day=0):
    """A random walk of valid bars with two decimals."""
    rng = np.random.default_rng(seed)
    close = np.round(100 * np.exp(np.cumsum(rng.normal(0, 0.02, bars))), 2)
    open_ = np.round(close * np.exp(rng.normal(0, 0.01, bars)), 2)
    high, low = np.maximum(open_, close) + 0.25, np.minimum(open_, close) - 0.25
    times = (np.arange(bars) + first_day) * DAY
    return {"time": times, "open": open_, "high": high, "low": low, "close": close}


def loop(bars, entries, exits, fill, bps, cash):
    """Equity, fees and closed round trips of one account, bar by bar."""
    rate, units, free, fees, closed = bps / 10_000, 0.0, float(cash), 0.0, 0
    equity = []
    for t, close in enumerate(bars["close"]):
        price = bars["open"][t] if fill == "next_open" else close
        if entries[t] != exits[t]:
            if entries[t] and units == 0:
                units = free / (price * (1 + rate))
                fees += units * price * rate
                free = 0.0
            elif exits[t] and units > 0:
                fees += units * price * rate
                free, units = units * price * (1 - rate), 0.0
                closed += 1
        equity.append(free + units * close)
    return np.array(equity), fees, closed


class Signals(unittest.TestCase):
    def test_sma_is_the_nearest_number_to_the_exact_mean(self):
        values = walk(1, 300)["close"]
        got = rules.sma(values, 7)
        self.assertTrue(np.isnan(got[:6]).all())
        for t in range(6, 300):
            exact = sum(Fraction(round(v * 100), 100) for v in values[t - 6 : t + 1]) / 7
            self.assertEqual(got[t], float(exact))

    def test_sma_refuses_more_than_six_decimals(self):
        with self.assertRaises(ValueError):
            rules.sma(np.array([1.00000049, 2.0]), 2)

    def test_rsi_by_hand(self):
        # Changes +2 −1 +3 −2 with n = 2: gain 1, loss ½ → 66⅔; then
        # gain (1+3)/2 = 2, loss ¼ → 88 8/9; then gain 1, loss 9/8 → 47 1/17.
        got = rules.rsi(np.array([10.0, 12, 11, 14, 12]), 2)
        np.testing.assert_allclose(got[2:], [200 / 3, 800 / 9, 800 / 17], rtol=1e-14)
        self.assertTrue(np.isnan(got[:2]).all())
        self.assertEqual(rules.rsi(np.full(9, 5.0), 3)[-1], 0)

    def test_extremes_leave_out_their_own_bar(self):
        got = rules.previous_extreme(np.array([1.0, 5, 2, 9, 3]), 2, np.max)
        np.testing.assert_array_equal(got, [np.nan, np.nan, 5, 5, 9])

    def test_cross_needs_both_bars(self):
        a, b = np.array([np.nan, 1, 1, 3, 3]), np.array([2.0, 1, 2, 2, 2])
        np.testing.assert_array_equal(rules.crosses_above(a, b), [False, False, False, True, False])


class Statistics(unittest.TestCase):
    def test_curve_by_hand(self):
        # Start 100; equity 110, 99, 99: returns +10 %, −10 %, 0.
        got = rules.curve_statistics(
            np.array([[110.0], [99.0], [99.0]]), 100, annual=252, years=0.5,
            traded=np.array([200.0]), held=np.array([2]), held_of=3,
        )  # fmt: skip
        want = {
            "total_return": -0.01,
            "cagr": 0.99**2 - 1,
            "volatility": 0.1 * math.sqrt(252),
            "sharpe": 0,
            "sortino": 0,
            "max_drawdown": 0.1,
            "calmar": (0.99**2 - 1) / 0.1,
            "omega": 1,
            "exposure": 2 / 3,
            "turnover": 100 / (308 / 3) / 0.5,
        }
        for name, value in want.items():
            np.testing.assert_allclose(got[name], [value], rtol=1e-13, atol=1e-13, err_msg=name)

    def test_first_peak_is_the_start_cash(self):
        got = rules.curve_statistics(np.array([[90.0], [95.0]]), 100, 252, 1, np.ones(1), np.ones(1), 2)
        np.testing.assert_allclose(got["max_drawdown"], [0.1], rtol=1e-13)

    def test_nothing_traded_is_undefined(self):
        got = rules.curve_statistics(np.full((3, 1), 100.0), 100, 252, 1, np.zeros(1), np.zeros(1), 3)
        for name in ("sharpe", "sortino", "calmar", "omega"):
            self.assertTrue(np.isnan(got[name]).all(), name)
        self.assertEqual(got["total_return"][0], 0)

    def test_trades_by_hand(self):
        # Account 0: +30 on 100, −10 on 50, one open. Account 1: none.
        got = rules.trade_statistics(
            account=np.array([0, 0, 0]), closed=np.array([True, True, False]), pnl=np.array([30.0, -10, 99]),
            entry_value=np.array([100.0, 50, 10]), bars=np.array([4, 2, 7]), accounts=2,
        )  # fmt: skip
        want = {
            "trades": (2, 0), "open_trades": (1, 0), "win_rate": (0.5, np.nan), "profit_factor": (3, np.nan),
            "expectancy": (10, np.nan), "sqn": (math.sqrt(2) * 10 / math.sqrt(800), np.nan),
            "avg_win": (0.3, np.nan), "avg_loss": (-0.2, np.nan), "best_trade": (0.3, np.nan),
            "worst_trade": (-0.2, np.nan), "kelly": (0.5 - 0.5 * 2 / 3, np.nan), "avg_trade_bars": (3, np.nan),
        }  # fmt: skip
        for name, value in want.items():
            np.testing.assert_allclose(got[name], value, rtol=1e-13, err_msg=name)

    def test_observed_bars_a_year_beyond_two_percent(self):
        days = np.arange(1000) * DAY  # 365.25 bars a year
        self.assertAlmostEqual(rules.annual_of(days, DAY, 252), 365.25)
        self.assertEqual(rules.annual_of(days, DAY, 360), 360)
        self.assertEqual(rules.annual_of(days[:60], DAY, 252), 252)


class Simulation(unittest.TestCase):
    def test_vectorbt_is_a_loop_over_bars(self):
        bars = walk(2, 500)
        rng = np.random.default_rng(3)
        entries, exits = rng.random((500, 12)) < 0.06, rng.random((500, 12)) < 0.06
        for fill in ("close", "next_open"):
            equity, orders, trades = interop.simulate(bars, entries, exits, fill, 10, 1000)
            summary = interop.frame_of_trades(orders, trades, 12, np.arange(500), 500)
            for i in range(12):
                want, fees, closed = loop(bars, entries[:, i], exits[:, i], fill, 10, 1000)
                np.testing.assert_allclose(equity[:, i], want, rtol=1e-12)
                np.testing.assert_allclose(summary["fees"][i], fees, rtol=1e-12)
                mine = summary["trades"]["account"] == i
                self.assertEqual(summary["trades"]["closed"][mine].sum(), closed)

    def test_next_open_moves_signals_by_a_bar_and_drops_the_last(self):
        bars = walk(4, 400)
        at_close, _ = interop.signals(bars, "sma_cross", [(3, 9)], "close")
        at_open, _ = interop.signals(bars, "sma_cross", [(3, 9)], "next_open")
        self.assertFalse(at_open[0].any())
        np.testing.assert_array_equal(at_open[1:], at_close[:-1])


class Comparison(unittest.TestCase):
    def setUp(self):
        self.universe = {"A": walk(5, 400), "B": walk(6, 250, first_day=100)}
        trials = pd.DataFrame({"fast": [3.0, 5.0], "slow": [9.0, 20.0]}, index=[0, 3])
        self.want = interop.expected(self.universe, "sma_cross", trials, "close", 10, 1000, 365)

    def test_rows(self):
        self.assertEqual(sorted(self.want.index), [(t, a) for t in (0, 3) for a in ("*", "A", "B")])

    def test_pool_of_ragged_assets(self):
        # B starts 100 days later and ends 50 days earlier than A.
        entries, exits = interop.signals(self.universe["A"], "sma_cross", [(3, 9)], "close")
        a, _, _ = loop(self.universe["A"], entries[:, 0], exits[:, 0], "close", 10, 1000)
        entries, exits = interop.signals(self.universe["B"], "sma_cross", [(3, 9)], "close")
        b, _, _ = loop(self.universe["B"], entries[:, 0], exits[:, 0], "close", 10, 1000)
        total = a + np.r_[np.full(100, 1000.0), b, np.full(50, b[-1])]
        peak = np.maximum(np.maximum.accumulate(total), 2000)
        row = self.want.loc[(0, "*")]
        np.testing.assert_allclose(row["total_return"], total[-1] / 2000 - 1, rtol=1e-12)
        np.testing.assert_allclose(row["max_drawdown"], (1 - total / peak).max(), rtol=1e-12)
        self.assertEqual(row["trades"], self.want.loc[(0, "A"), "trades"] + self.want.loc[(0, "B"), "trades"])

    def test_equal_passes(self):
        summary, bad = interop.compare(self.want, self.want.copy(), 1e-9)
        self.assertEqual((summary["rows"], bad), (6, []))

    def test_each_kind_of_difference_is_found(self):
        def spoil(name, value):
            got = self.want.copy()
            got.loc[(3, "B"), name] = value(got.loc[(3, "B"), name])
            return got

        wrong = {
            "relative": spoil("total_return", lambda v: v * (1 + 3e-9)),
            "undefined": spoil("sharpe", lambda v: np.nan),
            "infinite": spoil("sharpe", lambda v: np.inf),
            "count": spoil("trades", lambda v: v + 1),
            "row lost": self.want.drop((3, "B")),
        }
        for name, got in wrong.items():
            _, bad = interop.compare(self.want, got, 1e-9)
            self.assertEqual(len(bad), 1, name)
            self.assertEqual(bad[0]["row"], "trial 3 B", name)


def run():
    suite = unittest.defaultTestLoader.loadTestsFromName(__name__)
    return 0 if unittest.TextTestRunner(verbosity=1).run(suite).wasSuccessful() else 1
