package ingest

import (
	"fmt"
	"slices"

	"github.com/bowstring-engine/bowstring/ingest/report"
)

// The quality rules. They look at the accepted bars of an asset side by side,
// where [Rules] look at rows one by one. docs/quality.md has them as a table
// with their thresholds.
const (
	// RuleGap: bars that the calendar expects between two bars are missing.
	RuleGap Rule = "gap"
	// RuleOffGrid: no bar of the calendar and frequency has this timestamp.
	RuleOffGrid Rule = "off-grid"
	// RuleFuture: the timestamp lies after the clock of the ingest.
	RuleFuture Rule = "future"
	// RuleStale: the close stays the same over many bars.
	RuleStale Rule = "stale"
	// RuleFlat: open, high, low and close are one price over several bars.
	RuleFlat Rule = "flat"
	// RuleZeroVolume: the volume is 0.
	RuleZeroVolume Rule = "zero-volume"
	// RuleNegativeVolume: the volume is negative; only where rule price keeps
	// such rows.
	RuleNegativeVolume Rule = "negative-volume"
	// RuleJump: the close moves by many times what is usual for the asset.
	RuleJump Rule = "jump"
	// RuleSplitLike: prices change by the ratio of a split, stay there, and
	// there is no split.
	RuleSplitLike Rule = "split-like"
	// RuleSplitStep: prices contradict a split: it is not in prices as traded, or
	// it is in prices that are adjusted for it, or the wrong way round.
	RuleSplitStep Rule = "split-step"
	// RuleScale: a price is about 100 times, or a hundredth of, those around it.
	RuleScale Rule = "scale"
	// RuleTickerReuse: another price level after a long time without bars.
	RuleTickerReuse Rule = "ticker-reuse"
	// RuleAbsurd: a value is a million times the median of those of its column
	// around it, as the sentinels of programs are, such as 2^63.
	RuleAbsurd Rule = "absurd"
	// RuleSwapped: most rows break rule ohlc and would not if two columns
	// changed places. A finding of a whole file, "*" where it is in long form.
	RuleSwapped Rule = "swapped"
)

// qualityRule is what is known of a quality rule.
type qualityRule struct {
	rule     Rule
	severity report.Severity
	// rows says that a finding means single rows, which can be rejected.
	rows bool
}

// qualityCode is the position of a rule in qualityRules.
type qualityCode uint8

const (
	qualityGap qualityCode = iota
	qualityOffGrid
	qualityFuture
	qualityStale
	qualityFlat
	qualityZeroVolume
	qualityNegativeVolume
	qualityJump
	qualitySplitLike
	qualitySplitStep
	qualityScale
	qualityTickerReuse
	qualityAbsurd
	qualitySwapped
	numQualityRules
)

var qualityRules = [numQualityRules]qualityRule{
	qualityGap:            {RuleGap, report.SeverityWarning, false},
	qualityOffGrid:        {RuleOffGrid, report.SeverityWarning, true},
	qualityFuture:         {RuleFuture, report.SeverityError, true},
	qualityStale:          {RuleStale, report.SeverityWarning, false},
	qualityFlat:           {RuleFlat, report.SeverityInfo, true},
	qualityZeroVolume:     {RuleZeroVolume, report.SeverityInfo, true},
	qualityNegativeVolume: {RuleNegativeVolume, report.SeverityError, true},
	qualityJump:           {RuleJump, report.SeverityWarning, false},
	qualitySplitLike:      {RuleSplitLike, report.SeverityWarning, false},
	qualitySplitStep:      {RuleSplitStep, report.SeverityWarning, false},
	qualityScale:          {RuleScale, report.SeverityError, true},
	qualityTickerReuse:    {RuleTickerReuse, report.SeverityWarning, false},
	qualityAbsurd:         {RuleAbsurd, report.SeverityError, true},
	qualitySwapped:        {RuleSwapped, report.SeverityError, false},
}

// QualityRules returns the quality rules in the order of their findings.
func QualityRules() []Rule {
	rules := make([]Rule, numQualityRules)
	for i, r := range qualityRules {
		rules[i] = r.rule
	}
	return rules
}

// qualityCodeOf returns the code of a quality rule.
func qualityCodeOf(r Rule) (qualityCode, bool) {
	i := slices.IndexFunc(qualityRules[:], func(q qualityRule) bool { return q.rule == r })
	return qualityCode(max(i, 0)), i >= 0
}

// policyError says what is wrong with the policy of a quality rule.
func (q qualityRule) policyError(p Policy) error {
	switch {
	case p == "", p == ReportOnly, p == Fail, p == RejectRow && q.rows:
		return nil
	case p == RejectRow:
		return fmt.Errorf("rule %q: no single row is to blame, so none can be rejected; want report or fail", q.rule)
	case q.rows:
		return fmt.Errorf("rule %q: policy %q: want report, reject-row or fail", q.rule, p)
	}
	return fmt.Errorf("rule %q: policy %q: want report or fail", q.rule, p)
}

// qualityPolicy returns the policy of each quality rule.
func (o *Options) qualityPolicy() (policies [numQualityRules]Policy) {
	for i, q := range qualityRules {
		policies[i] = o.Policies[q.rule]
		if policies[i] == "" {
			policies[i] = ReportOnly
		}
	}
	return policies
}

// rejectsByQuality reports whether a quality rule rejects rows.
func (o *Options) rejectsByQuality() bool {
	policies := o.qualityPolicy()
	return slices.Contains(policies[:], RejectRow)
}
