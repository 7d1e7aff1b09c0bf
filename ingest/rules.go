package ingest

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/bowstring-engine/bowstring/ingest/quality"
	"github.com/bowstring-engine/bowstring/ingest/report"
)

// Rule names a check that every row passes or breaks.
type Rule = report.Rule

// The rules. A row that breaks several is counted for the first, in the
// order given here.
const (
	// RuleSchema: the number of fields differs from the header's, quotes are
	// out of place, a number cannot be read or is not finite, the symbol is
	// blank or not UTF-8, or a dividend or split cannot be.
	RuleSchema Rule = "schema"
	// RuleTime: the time is blank, cannot be read, or has another form than
	// the times before it (mixed epoch units).
	RuleTime Rule = "time"
	// RuleNaN: open, high, low, close or volume is blank, NaN, NA, N/A, none
	// or null. Other columns may be: they are NaN then.
	RuleNaN Rule = "nan"
	// RulePrice: a price is not positive, or the volume is negative.
	RulePrice Rule = "price"
	// RuleOHLC: the high is below another price, or the low above one, by more than
	// [OHLCTolerance] of it.
	RuleOHLC Rule = "ohlc"
	// RuleDuplicate: another row of the same asset and time, with other values, is
	// the bar. Rows with the same values are one, and none of them is rejected.
	RuleDuplicate Rule = "duplicate"
	// RuleOrder: the time has no place. The row stands among those of other times,
	// in rows that are in order but for few, and its own lies outside of all others
	// by far more than they are apart. Any other row out of order is put in its place.
	RuleOrder Rule = "order"
)

// Rules returns all rules in the order in which they are applied.
func Rules() []Rule {
	return []Rule{RuleSchema, RuleTime, RuleNaN, RulePrice, RuleOHLC, RuleDuplicate, RuleOrder}
}

// Policy says what happens to a row that breaks a rule.
type Policy string

// The policies; "" is RejectRow, and ReportOnly for the quality rules.
const (
	// RejectRow leaves the row out, counts it and writes it to the rejects.
	RejectRow Policy = "reject-row"
	// Keep takes the row as it is and goes on with the next rule. A Frame has
	// no place for a row without values, or with a time out of order, so only
	// nan (kept as NaN), price and ohlc can be kept, and order, whose rows are then
	// put where their time says.
	Keep Policy = "keep"
	// KeepLast and KeepFirst say, for rule duplicate, which row of a time is the
	// bar: the one that stands last in the sources, which is the default, or first.
	KeepLast  Policy = "last"
	KeepFirst Policy = "first"
	// Fail ends the ingest with an error that wraps ErrRow, for a quality rule
	// [ErrQuality].
	Fail Policy = "fail"
	// ReportOnly accounts for what breaks a rule and changes nothing. It is for
	// the quality rules, whose default it is.
	ReportOnly Policy = "report"
)

// ParsePolicy returns the policy of that name; "" is the default of a rule.
func ParsePolicy(name string) (Policy, error) {
	switch p := Policy(strings.ToLower(name)); p {
	case "", RejectRow, Keep, Fail, ReportOnly, KeepFirst, KeepLast:
		return p, nil
	}
	return "", fmt.Errorf("policy %q: want reject-row, keep, fail or report, or first or last for rule duplicate", name)
}

// keepable reports whether a row that breaks the rule fits into a Frame.
func keepable(r Rule) bool {
	return r == RuleNaN || r == RulePrice || r == RuleOHLC || r == RuleOrder
}

// code is the position of a rule in Rules: small, and ordered by precedence.
type code uint8

const (
	codeSchema code = iota
	codeTime
	codeNaN
	codePrice
	codeOHLC
	codeDuplicate
	codeOrder
	numRules
	// The quality rules follow, in their order.
	codeQuality = numRules + 1
)

// rule returns the rule of a code; those from codeQuality on are quality rules.
func (c code) rule() Rule {
	if c >= codeQuality {
		return quality.At(int(c - codeQuality)).Name
	}
	return Rules()[c]
}

// ruleSet is a bit set of codes.
type ruleSet uint8

func (s ruleSet) has(c code) bool { return s>>c&1 != 0 }

// OHLCTolerance is how far, of itself, a price may lie outside of the high or the
// low: prices that were multiplied, as adjusted ones are, are off by a last bit or
// two. Rows that need it are counted.
const OHLCTolerance = 1e-9

// above reports whether a price is above another by more than the tolerance.
func above(x, y float64) bool { return x > y && x-y > OHLCTolerance*math.Abs(x) }

// judge returns the rules among nan, price and ohlc that a bar breaks.
// Comparisons with NaN are false, so an unknown price breaks only nan.
func judge(open, high, low, shut, volume float64) (broken ruleSet) {
	if open != open || high != high || low != low || shut != shut || volume != volume {
		broken |= 1 << codeNaN
	}
	if open <= 0 || high <= 0 || low <= 0 || shut <= 0 || volume < 0 {
		broken |= 1 << codePrice
	}
	if above(open, high) || above(shut, high) || above(low, high) || above(low, open) || above(low, shut) {
		broken |= 1 << codeOHLC
	}
	return broken
}

// judgeOf is judge for a source that may have no volume.
func judgeOf(noVolume bool, open, high, low, shut, volume float64) ruleSet {
	if noVolume {
		volume = 0
	}
	return judge(open, high, low, shut, volume)
}

// first returns the rule of the set that comes first; the set is not empty.
func (s ruleSet) first() code {
	for c := range numRules {
		if s.has(c) {
			return c
		}
	}
	panic("ingest: first rule of an empty set")
}

// withPolicy returns the rules that have the given policy.
func withPolicy(policies map[Rule]Policy, want Policy) (set ruleSet) {
	for c, r := range Rules() {
		p := policies[r]
		if p == "" {
			p = RejectRow
		}
		if p == want {
			set |= 1 << c
		}
	}
	return set
}

// policyErrors reports unknown rules and policies, and rules that cannot be
// kept, in a stable order.
func policyErrors(policies map[Rule]Policy) (errs []error) {
	names := make([]Rule, 0, len(policies))
	for r := range policies {
		names = append(names, r)
	}
	slices.Sort(names)
	for _, r := range names {
		if q, i := quality.Find(r); i >= 0 {
			if err := qualityPolicyError(q, policies[r]); err != nil {
				errs = append(errs, err)
			}
			continue
		}
		if !slices.Contains(Rules(), r) {
			errs = append(errs, fmt.Errorf("rule %q: unknown; want one of %s", r, joinRules(append(Rules(), quality.Names()...))))
			continue
		}
		switch p := policies[r]; p {
		case "", RejectRow, Fail:
		case KeepFirst, KeepLast:
			if r != RuleDuplicate {
				errs = append(errs, fmt.Errorf("rule %q: policy %q is for rule duplicate", r, p))
			}
		case Keep:
			if !keepable(r) {
				errs = append(errs, fmt.Errorf("rule %q: cannot be kept; only nan, price, ohlc and order can", r))
			}
		default:
			errs = append(errs, fmt.Errorf("rule %q: unknown policy %q; want reject-row, keep or fail", r, p))
		}
	}
	return errs
}

func joinRules(rules []Rule) string {
	var names []string
	for _, r := range rules {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}

// qualityPolicyError says what is wrong with the policy of a quality rule.
func qualityPolicyError(q quality.Rule, p Policy) error {
	switch {
	case p == "", p == ReportOnly, p == Fail, p == RejectRow && q.Rows:
		return nil
	case p == RejectRow:
		return fmt.Errorf("rule %q: no single row is to blame, so none can be rejected; want report or fail", q.Name)
	case q.Rows:
		return fmt.Errorf("rule %q: policy %q: want report, reject-row or fail", q.Name, p)
	}
	return fmt.Errorf("rule %q: policy %q: want report or fail", q.Name, p)
}

// maxCodes is more than there are codes.
const maxCodes = 64

// codeCounts counts rows by what rejected them.
type codeCounts [maxCodes]int64
