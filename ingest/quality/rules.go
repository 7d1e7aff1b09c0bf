package quality

import (
	"slices"

	"github.com/bowstring-engine/bowstring/ingest/report"
)

// The names of the rules.
const (
	Gap            report.Rule = "gap"
	OffGrid        report.Rule = "off-grid"
	Session        report.Rule = "session"
	Future         report.Rule = "future"
	Stale          report.Rule = "stale"
	Flat           report.Rule = "flat"
	ZeroVolume     report.Rule = "zero-volume"
	NegativeVolume report.Rule = "negative-volume"
	Jump           report.Rule = "jump"
	SplitLike      report.Rule = "split-like"
	SplitStep      report.Rule = "split-step"
	Scale          report.Rule = "scale"
	TickerReuse    report.Rule = "ticker-reuse"
	Absurd         report.Rule = "absurd"
	Swapped        report.Rule = "swapped"
)

// Rule is what is known of a rule.
type Rule struct {
	Name     report.Rule
	Severity report.Severity
	// Doc says which bars break the rule, in Markdown, and Threshold which of the
	// [Options] it goes by, or what else bounds it; "" for none.
	Doc, Threshold string
	// LooksAt is what the rule is about: times, bars, values, moves (from a bar to
	// the next), splits or files.
	LooksAt string
	// Rows says that a finding means single bars, so that an ingest can reject
	// their rows.
	Rows bool

	// check counts what breaks the rule; nil where an ingest does, from its files.
	check func(b *bars, t *tally)
	// detail says what is wrong with a place, or is nil.
	detail func(b *bars, p place) string
}

// table has a row a rule, in the order of findings.
var table = []Rule{
	{Gap, report.SeverityWarning, "bars that the calendar expects between two bars are missing", "`GapBars`: 1", "times", false, checkGap, gapDetail},
	{OffGrid, report.SeverityWarning, "no bar of the calendar and frequency has this timestamp", "", "times", true, checkOffGrid, nil},
	{Session, report.SeverityError, "of daily bars a second one of its session, of weekly and monthly ones of its week or month, by the exchange's date; an append that would make one is refused, unless the policy of this rule is given", "", "times", true, checkSession, sessionDetail},
	{Future, report.SeverityError, "after the clock of the ingest, for daily bars a day after it", "`Now`", "times", true, checkFuture, nil},
	{Stale, report.SeverityWarning, "the same close in a row", "`StaleBars`: 10; 60 below a day", "bars", false, checkStale, staleDetail},
	{Flat, report.SeverityInfo, "open = high = low = close in a row", "`FlatBars`: 3; 30 below a day", "bars", true, checkFlat, flatDetail},
	{ZeroVolume, report.SeverityInfo, "volume 0", "", "bars", true, checkZeroVolume, nil},
	{NegativeVolume, report.SeverityError, "volume below 0, where `price=keep` lets it in", "", "bars", true, checkNegativeVolume, volumeDetail},
	{Jump, report.SeverityWarning, "log return of closes far from its median", "`JumpDeviations`: 10", "moves", false, checkJump, jumpDetail},
	{SplitLike, report.SeverityWarning, "a jump that opens within 3 % of a split's ratio (3:2 and larger, or reverse) and stays, without a split event", "", "moves", false, checkSplitLike, splitLikeDetail},
	{SplitStep, report.SeverityWarning, "a split that the prices contradict: no step in prices as traded, a step in adjusted ones, or one [the wrong way round](ingest.md#what-prices-are-adjusted-for)", "", "splits", false, checkSplitStep, stepDetail},
	{Scale, report.SeverityError, "a price 70 to 140 times another of its bar, or a close so far from the one before that comes back within 250 bars; or a hundredth", "", "moves", true, checkScale, scaleDetail},
	{TickerReuse, report.SeverityWarning, "a close 10 % higher or lower after a long time without bars", "`ReuseGap`: 180 days", "moves", false, checkReuse, reuseDetail},
	{Absurd, report.SeverityError, "a value of any column a million times the median of the 100 bars before it and the 100 behind it: a sentinel such as 2⁶³, or a bad tick", "10 values that are not 0", "values", true, checkAbsurd, absurdDetail},
	{Swapped, report.SeverityError, "half of a file's rows break `ohlc`, and 95 % of those would not if two columns changed places", "20 rows", "files", false, nil, nil},
}

// Rules returns the rules in the order of their findings.
func Rules() []Rule { return slices.Clone(table) }

// Names returns their names.
func Names() []report.Rule {
	names := make([]report.Rule, len(table))
	for i, r := range table {
		names[i] = r.Name
	}
	return names
}

// At returns the rule at a position of [Rules].
func At(i int) Rule { return table[i] }

// Find returns the rule of a name, and its position in [Rules]; -1 for none.
func Find(name report.Rule) (Rule, int) {
	i := slices.IndexFunc(table, func(r Rule) bool { return r.Name == name })
	if i < 0 {
		return Rule{}, i
	}
	return table[i], i
}
