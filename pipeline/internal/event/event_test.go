package event

import (
	"math"
	"testing"

	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/internal/simtest"

	"github.com/bowstring-engine/bowstring/pipeline/internal/reference"

	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// drawPath draws prices of one of several temperaments: moves of a per cent,
// ticks of a cent with many ties, long constant stretches, gaps, and bars on
// which a price multiplies.
func drawPath(t *rapid.T, n int) backtest.Bars {
	kind := rapid.SampledFrom([]string{"walk", "walk", "cents", "constant", "gaps", "steep", "holes"}).Draw(t, "path")
	// Tiles of another kind than the one before meet what that left in memory.
	every := rapid.Bool().Draw(t, "every tile")
	seed := rapid.Uint64().Draw(t, "seed")
	b := simtest.RandomBars(n, seed)
	price := 50.0
	for i := range n {
		move := b.Close[i]/b.Open[i] - 1
		switch kind {
		case "walk":
			price *= 1 + move
		case "cents":
			price = math.Max(1, math.Round(price*100+3*move/0.01)/100)
		case "constant":
			if i/40%2 == 0 {
				price *= 1 + move
			}
		case "gaps":
			if price *= 1 + move; i%17 == 0 {
				price *= 1 + 20*move
			}
		case "steep":
			if price *= 1 + move; i%29 == 0 && (every || i/Tile%2 == 1) {
				price *= math.Exp(150 * move)
			}
		}
		price = math.Max(price, 1e-3)
		b.Open[i] = price * (1 + move/3)
		if kind == "cents" {
			b.Open[i] = math.Round(b.Open[i]*100) / 100
		}
		b.Close[i] = price
		b.High[i], b.Low[i] = max(b.Open[i], price)*(1+math.Abs(move)), min(b.Open[i], price)*(1-math.Abs(move))
		if b.Volume[i] = float64(i % 7); kind == "holes" && (every && math.Abs(move) > 0.02 || i/Tile%2 == 1 && (i%19 == 0 || i%Tile == Tile-1)) {
			column := [][]float64{b.Open, b.High, b.Low, b.Close}[i%4]
			column[i] = []float64{math.NaN(), 0, -price, math.Inf(1), price * 1.5, price / 2}[i/4%6]
		}
	}
	return b
}

// drawRules draws settings that decompose.
func drawRules(t *rapid.T) backtest.Config {
	c := simtest.DrawConfig(t)
	c.Direction, c.Sizing = backtest.Long, backtest.Sizing{}
	c.Rearm = backtest.RearmNextBar
	if rapid.Bool().Draw(t, "cheap") {
		c.CommissionPerUnit, c.CommissionFixed = 0, 0
	}
	return c
}

// drawMask draws a mask in which every so many bars are set, or more of them
// around the ends of tiles.
func drawMask(t *rapid.T, name string, n int) kernel.Bits {
	every := rapid.SampledFrom([]int{2, 5, 30, 300}).Draw(t, name+" every")
	seed := rapid.Uint64().Draw(t, name)
	edges := rapid.Bool().Draw(t, name+" at edges") // much happens where a tile ends
	m := kernel.MakeBits(n)
	for i, x := range simtest.RandomBars(n, seed).Close {
		often := uint64(every)
		if at := i % Tile; edges && i > 4 && (at < 4 || at >= Tile-4) {
			often = 2
		}
		if math.Float64bits(x)>>20%often == 0 {
			m.Set(i)
		}
	}
	return m
}

// relative is the error relative to the value, or to the size of what the number is made of.
func relative(got, want, scale float64) float64 {
	if math.IsNaN(got) || math.IsNaN(want) || math.IsInf(got, 0) || math.IsInf(want, 0) {
		if got == want || math.IsNaN(got) && math.IsNaN(want) {
			return 0
		}
		return math.Inf(1)
	}
	return math.Abs(got-want) / max(math.Abs(want), scale)
}

// TestEventAgainstReference holds the event engine to the reference engine on
// random prices, signals and settings: counts equal, everything else to 1e-10
// of its value, where a value near 0 counts as that of its ingredients: 1e-3
// for ratios whose numerator is a sum of gains and losses. An account whose path
// is followed goes order by order: it has to come to the same bits.
func TestEventAgainstReference(t *testing.T) { againstReference(t, drawRules) }

// TestAffineAgainstReference is the same for accounts that are short, change
// sides, or hold cash beside their position.
func TestAffineAgainstReference(t *testing.T) { againstReference(t, drawAffine) }

// drawAffine draws settings of accounts that are affine in the price.
func drawAffine(t *rapid.T) backtest.Config {
	c := simtest.DrawConfig(t)
	c.Rearm = backtest.RearmNextBar
	if !Affine(c) {
		c.Direction = rapid.SampledFrom([]backtest.Direction{backtest.Short, backtest.Both}).Draw(t, "another direction")
	}
	if rapid.Bool().Draw(t, "cheap") {
		c.CommissionPerUnit, c.CommissionFixed = 0, 0
	}
	if c.Sizing.Mode == backtest.SizeUnits && rapid.Bool().Draw(t, "affordable") {
		c.Cash, c.Sizing.Amount = 1e5, rapid.Float64Range(1, 50).Draw(t, "few units")
	}
	return c
}

func againstReference(t *testing.T, draw func(*rapid.T) backtest.Config) {
	needsReference, total := 0, 0
	check := func(t *rapid.T) {
		n := rapid.SampledFrom([]int{1, 2, 63, 64, 65, 1000, 1023, 1024, 1025, 2048, 2500}).Draw(t, "bars")
		bars, cfg := drawPath(t, n), draw(t)
		lo := rapid.SampledFrom([]int{0, 0, n / 2, n - 1, min(n-1, 1023), min(n-1, 1024)}).Draw(t, "lo")
		hi := rapid.SampledFrom([]int{n, n, (lo + n + 1) / 2}).Draw(t, "hi")
		account := metrics.Account{Start: cfg.Cash, Annual: 252, Years: float64(hi-lo) / 252,
			RiskFree: rapid.SampledFrom([]float64{0, 0, 0.02}).Draw(t, "rf")}
		trials := rapid.IntRange(1, 3).Draw(t, "trials")
		signals := make([]reference.Signals, trials)
		for i := range signals {
			signals[i] = reference.Signals{Entry: drawMask(t, "entry", n), Exit: drawMask(t, "exit", n)}
			if Affine(cfg) && rapid.Bool().Draw(t, "short rules") {
				signals[i].ShortEntry, signals[i].ShortExit = drawMask(t, "short entry", n), drawMask(t, "short exit", n)
			}
			if !cfg.RequireVolume && rapid.Bool().Draw(t, "stops") {
				fraction := rapid.SampledFrom([]float64{0, 0, 0.005, 0.02, 0.1, 0.5})
				signals[i].Stops = backtest.Stops{Loss: fraction.Draw(t, "loss"), Profit: fraction.Draw(t, "profit"), Trailing: fraction.Draw(t, "trailing")}
			}
			if rapid.IntRange(0, 9).Draw(t, "no exit") == 0 {
				signals[i].Exit = nil
			}
		}
		event, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		oracle, err := reference.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		tabled := rapid.Bool().Draw(t, "tabled")
		runEvent(event, bars, signals, lo, hi, account, tabled, false)
		followed, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		runEvent(followed, bars, signals, lo, hi, account, tabled, true)
		var calc metrics.Calculator
		for i, s := range signals {
			r := oracle.Run(bars, s, lo, hi)
			want := calc.Compute(metrics.Curve{Equity: r.Equity, Start: cfg.Cash, Annual: account.Annual,
				Years: account.Years, RiskFree: account.RiskFree, Held: r.Held}, &r.Log)
			var got, stepped metrics.Values
			ok, same := event.Finish(&got, i, account), followed.Finish(&stepped, i, account)
			if same != ok {
				t.Fatalf("finished: %v, and %v where the path is followed", ok, same)
			}
			for s := range stepped {
				if ok && math.Float64bits(got[s]) != math.Float64bits(stepped[s]) {
					t.Errorf("%s = %v, and %v where the path is followed", metrics.Stat(s), got[s], stepped[s])
				}
			}
			total++
			if !ok {
				needsReference++
				continue
			}
			if r.Ruined {
				t.Fatal("a ruined account was not noticed")
			}
			compareValues(t, got, want)
			if _, path := followed.Log(i); Affine(cfg) {
				comparePaths(t, path, r.Path)
			}
		}
	}
	rapid.Check(t, check)
	t.Logf("%d of %d left to the reference engine", needsReference, total)
	if needsReference*2 > total {
		t.Errorf("%d of %d trials were left to the reference engine", needsReference, total)
	}
}

// comparePaths holds the points of an account to those of the reference engine.
func comparePaths(t *rapid.T, got, want backtest.Path) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d points, want %d", len(got), len(want))
	}
	for i, p := range got {
		q := want[i]
		scale := max(math.Abs(q.Cash), math.Abs(q.Units*q.Mark), 1e-300)
		if p.Bar != q.Bar || math.Abs(p.Cash-q.Cash) > 1e-10*scale || relative(p.Units, q.Units, 1e-300) > 1e-10 || relative(p.Mark, q.Mark, 1e-300) > 1e-12 {
			t.Fatalf("point %d: %+v, want %+v", i, p, q)
		}
	}
}

func compareValues(t *rapid.T, got, want metrics.Values) {
	t.Helper()
	for s := range metrics.Stat(metrics.NumStats) {
		scale := 1e-300
		if !s.Describe().Basis.Additive() {
			continue // for the reference engine
		}
		switch s {
		case metrics.Ruined, metrics.Deficit:
			continue
		case metrics.TotalReturn, metrics.CAGR, metrics.Sharpe, metrics.Sortino, metrics.Calmar, metrics.RecoveryFactor, metrics.Kelly, metrics.SQN:
			scale = 1e-3
		case metrics.MaxDrawdown:
			scale = 1e-5
		case metrics.Expectancy, metrics.Fees:
			scale = 1
		}
		if s.Describe().Kind == metrics.Count {
			if got[s] != want[s] {
				t.Errorf("%s = %v, want %v", s, got[s], want[s])
			}
			continue
		}
		most := 1e-10
		switch s {
		case metrics.Calmar, metrics.RecoveryFactor:
			// A drawdown counts as 1e-5 at least, and so does what is divided by it.
			most *= max(1, 1e-5/want[metrics.MaxDrawdown])
		case metrics.Volatility, metrics.Sharpe, metrics.Sortino, metrics.Omega:
			// The reference engine rounds the returns of a small position as those of
			// the equity, of which a tenth is usual a year.
			if few := 0.1 / want[metrics.Volatility]; few > 1 {
				most, scale = most*few, max(scale, 1e-3)
			}
		}
		if d := relative(got[s], want[s], scale); d > most {
			t.Errorf("%s = %v, want %v: %.1e off", s, got[s], want[s], d)
		}
	}
}

// runEvent takes the engine through all tiles of the window.
func runEvent(e *Simulator, bars backtest.Bars, signals []reference.Signals, lo, hi int, a metrics.Account, tabled, follow bool) {
	e.Start(bars, lo, hi, metrics.RiskFreeBar(a.RiskFree, a.Annual), len(signals), tabled)
	for i, s := range signals {
		e.Guard(i, s.Stops)
		if follow {
			e.Follow(i, nil)
		}
	}
	for from := e.First() / Tile * Tile; from < hi; from += Tile {
		e.Load(from, from+Tile)
		for i, s := range signals {
			if !e.affine {
				e.Step(i, words(s.Entry, from), words(s.Exit, from))
				continue
			}
			e.StepSides(i, &Masks{words(s.Entry, from), words(s.Exit, from), words(s.ShortEntry, from), words(s.ShortExit, from)})
		}
	}
}

// words returns the part of a mask that belongs to a tile.
func words(m kernel.Bits, from int) kernel.Bits {
	if m == nil {
		return nil
	}
	return m[from/64 : min(from/64+Tile/64, len(m))]
}

// TestEventAfterACollapse: differences of sums of prices lose their digits
// behind a price that is many times as high.
func TestEventAfterACollapse(t *testing.T) {
	bars := simtest.RandomBars(Tile, 7)
	bars.Close[0] = 1e14
	signals := reference.Signals{Entry: kernel.MakeBits(Tile), Exit: kernel.MakeBits(Tile)}
	signals.Entry.Set(10)
	signals.Exit.Set(1000)
	cfg := backtest.Config{Cash: 1000}
	account := metrics.Account{Start: cfg.Cash, Annual: 252, Years: 4}
	event, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	oracle, err := reference.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	runEvent(event, bars, []reference.Signals{signals}, 0, Tile, account, true, false)
	r := oracle.Run(bars, signals, 0, Tile)
	var calc metrics.Calculator
	want := calc.Compute(metrics.Curve{Equity: r.Equity, Start: cfg.Cash, Annual: 252, Years: 4, Held: r.Held}, &r.Log)
	var got metrics.Values
	ok := event.Finish(&got, 0, account)
	if d := relative(got[metrics.Turnover], want[metrics.Turnover], 0); ok && d > 1e-11 {
		t.Errorf("turnover %v, want %v: %.1e off", got[metrics.Turnover], want[metrics.Turnover], d)
	}
}

// TestEventStopOnADueBar: on the first bar of a tile a stop comes before the
// exit that is due at its close, and takes the bar's signals with it.
func TestEventStopOnADueBar(t *testing.T) {
	const n = Tile + 50
	bars := simtest.MakeBars(n)
	for i := range n {
		price := 100 + float64(i)/100
		bars.Open[i], bars.High[i], bars.Low[i], bars.Close[i] = price, price, price, price
	}
	bars.Low[Tile] = 50
	signals := reference.Signals{Entry: kernel.MakeBits(n), Exit: kernel.MakeBits(n), Stops: backtest.Stops{Loss: 0.1}}
	signals.Entry.Set(1000)
	signals.Exit.Set(Tile - 1)
	signals.Entry.Set(Tile)
	cfg := backtest.Config{Fill: backtest.FillNextClose}
	account := metrics.Account{Start: backtest.DefaultCash, Annual: 252, Years: 4}
	event, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	runEvent(event, bars, []reference.Signals{signals}, 0, n, account, false, false)
	var v metrics.Values
	ok := event.Finish(&v, 0, account)
	// Bought at the close of bar 1,001, 110.01, and stopped at 90 % of it.
	if want := -0.1; !ok || math.Abs(v[metrics.TotalReturn]-want) > 1e-12 {
		t.Errorf("return %v, want %v", v[metrics.TotalReturn], want)
	}
	if v[metrics.StopExits] != 1 || v[metrics.Trades] != 1 || v[metrics.OpenTrades] != 0 {
		t.Errorf("%v stops, %v trades, %v open", v[metrics.StopExits], v[metrics.Trades], v[metrics.OpenTrades])
	}
}

// TestATieIsNoWin: what is sold for the price that it was bought for brings
// nothing, and costs nothing where there are no costs, whatever the cash is rounded
// to. With costs of 1 per mille a purchase at 99.9 and a sale at 100.1 pay 0.0999
// and 0.1001, which is what the price moved.
func TestATieIsNoWin(t *testing.T) {
	for _, c := range []struct{ bps, in, out float64 }{{0, 0.7, 0.7}, {0, 33.1, 33.1}, {10, 99.9, 100.1}} {
		for cash := 100.0; cash < 101; cash += 0.01 {
			cfg := backtest.Config{Fill: backtest.FillClose, Cash: cash, CommissionBps: c.bps}
			closes := []float64{c.in, c.in, c.out, c.out}
			bars := backtest.Bars{Open: closes, High: closes, Low: closes, Close: closes, Volume: closes}
			signals := reference.Signals{Entry: kernel.MakeBits(4), Exit: kernel.MakeBits(4)}
			signals.Entry.Set(0)
			signals.Exit.Set(2)
			oracle, err := reference.New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			event, err := New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			r := oracle.Run(bars, signals, 0, 4)
			trade := r.Trades[0]
			if !(math.Abs(trade.PnL) <= 1e-13) || c.bps == 0 && (trade.PnL != 0 || trade.Fees != 0) {
				t.Errorf("%v with %v: pnl %v, fees %v", c, cash, trade.PnL, trade.Fees)
			}
			account := metrics.Account{Start: cash, Annual: 252, Years: 1}
			runEvent(event, bars, []reference.Signals{signals}, 0, 4, account, true, false)
			var got metrics.Values
			event.Finish(&got, 0, account) // whether the rest is to be trusted or not
			won := 0.0
			if trade.PnL > 0 {
				won = 1
			}
			if got[metrics.WinRate] != won || got[metrics.Trades] != 1 || c.bps == 0 && (won != 0 || got[metrics.Fees] != 0) {
				t.Errorf("%v with %v: a win rate of %v, where the reference engine has %v, and fees of %v", c, cash, got[metrics.WinRate], won, got[metrics.Fees])
			}
		}
	}
}
