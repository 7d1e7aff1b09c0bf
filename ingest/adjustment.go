package ingest

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/evidence"
)

// ErrAdjustment is wrapped when splits or dividends do not show what the prices
// beside them are adjusted for, or contradict what is assumed. It names the dates,
// and Options.Adjusted decides.
var ErrAdjustment = errors.New("what the prices are adjusted for is not clear")

// AdjustmentSource is how it is known what prices are adjusted for.
type AdjustmentSource string

// The sources.
const (
	// AdjustmentFound: the prices show it.
	AdjustmentFound AdjustmentSource = "found"
	// AdjustmentSaid: Options.Adjusted says it.
	AdjustmentSaid AdjustmentSource = "said"
	// AdjustmentAssumed: Options.Assumed says it, and the prices do not
	// contradict.
	AdjustmentAssumed AdjustmentSource = "assumed"
	// AdjustmentDefault: there are no splits, and dividends alone do not tell.
	AdjustmentDefault AdjustmentSource = "default"
)

// AdjustmentReport accounts for what prices are adjusted for.
type AdjustmentReport struct {
	Adjusted columnar.Adjustment `json:"adjusted"`
	Source   AdjustmentSource    `json:"source"`
	// Traded, Level, Inverted and Open count the splits that have bars before and
	// behind them: at which the close steps by the ratio, does not step, steps the
	// wrong way round, or does not tell.
	Traded   int `json:"traded"`
	Level    int `json:"level"`
	Inverted int `json:"inverted,omitempty"`
	Open     int `json:"open,omitempty"`
	// Beside and Inside count the dividends at which a column of adjusted closes
	// shows that the close is without them, or has them in it; Untold are the
	// others.
	Beside int `json:"beside,omitempty"`
	Inside int `json:"inside,omitempty"`
	Untold int `json:"untold,omitempty"`
	// Contradictions name the first splits at which the prices are not what
	// Options.Adjusted says.
	Contradictions []string `json:"contradictions,omitempty"`
}

// maxContradictions is how many splits are named.
const maxContradictions = 3

// String returns the account in one line: "splits, found: of 3 splits the close
// steps at 0".
func (r *AdjustmentReport) String() string {
	text := fmt.Sprintf("%s, %s", r.Adjusted, r.Source)
	var parts []string
	if n := r.Traded + r.Level + r.Inverted + r.Open; n > 0 {
		parts = append(parts, "of "+r.splits())
	}
	if r.Beside+r.Inside > 0 {
		parts = append(parts, fmt.Sprintf("of %d dividends %d are in the close, by the adjusted close", r.Beside+r.Inside, r.Inside))
	}
	if r.Source == AdjustmentDefault && r.Untold > 0 {
		parts = append(parts, "dividends alone do not tell")
	}
	if parts != nil {
		text += ": " + strings.Join(parts, "; ")
	}
	return text
}

// splits says what the splits show: "5 splits the close steps at 2, does not at
// 1; 2 do not tell".
func (r *AdjustmentReport) splits() string {
	text := fmt.Sprintf("%d splits the close steps at %d, does not at %d", r.Traded+r.Level+r.Inverted+r.Open, r.Traded, r.Level)
	if r.Inverted > 0 {
		text += fmt.Sprintf(", steps the wrong way round at %d (inverted ratios?)", r.Inverted)
	}
	if r.Open > 0 {
		text += fmt.Sprintf(", and is not clear at %d", r.Open)
	}
	return text
}

// assetEvidence is an asset that is looked at, whose first events, so many, are of columns.
type assetEvidence struct {
	evidence.Asset
	ofColumns int
}

// priceEvidence is what the prices of all assets show.
type priceEvidence struct {
	assets []assetEvidence

	steps  []evidence.Step // those that are not silent
	report AdjustmentReport
	// inside and beside are the first dividends that are in the close, and not.
	inside, beside string
}

// decide finds what the prices are adjusted for, where nobody has said it or
// assumes it. The report is nil where there is nothing to decide by.
func (l *priceEvidence) decide(said, assumed columnar.Adjustment) (have columnar.Adjustment, report *AdjustmentReport, err error) {
	strong := l.splits()
	dividends := l.dividends()
	if len(l.steps) == 0 && dividends == 0 && !l.hasSplits() {
		return cmp.Or(said, assumed), nil, nil
	}
	r := &l.report
	switch {
	case said != "":
		have, r.Source = said, AdjustmentSaid
		for _, s := range l.against(said) {
			r.Contradictions = append(r.Contradictions, s.String())
		}
	case assumed != "":
		have, r.Source = assumed, AdjustmentAssumed
		if against := l.against(assumed); against != nil {
			err = l.unclear(fmt.Sprintf("%s is assumed, and the prices contradict", assumed), against)
		}
	default:
		have, r.Source, err = l.found(strong, dividends)
	}
	r.Adjusted = have
	return have, r, err
}

// hasSplits reports whether there are any, such without effect among them.
func (l *priceEvidence) hasSplits() bool {
	return slices.ContainsFunc(l.assets, func(a assetEvidence) bool {
		return slices.ContainsFunc(a.Events, func(e columnar.Event) bool { return e.Type == columnar.EventSplit })
	})
}

// splits looks at all splits, and returns how many of the readings are strong.
func (l *priceEvidence) splits() (strong int) {
	for _, a := range l.assets {
		for _, s := range evidence.Look(a.Asset) {
			switch s.Reading {
			case evidence.Silent:
				continue
			case evidence.Traded:
				l.report.Traded++
			case evidence.Level:
				l.report.Level++
			case evidence.Inverted:
				l.report.Inverted++
			default:
				l.report.Open++
			}
			if s.Strong {
				strong++
			}
			l.steps = append(l.steps, s)
		}
	}
	return strong
}

// dividends looks at all dividends, and returns how many there are.
func (l *priceEvidence) dividends() (n int) {
	for _, a := range l.assets {
		var dividends []columnar.Event
		for k, e := range a.Events {
			if e.Type != columnar.EventDividend {
				continue
			}
			if k >= a.ofColumns && l.report.Level > l.report.Traded {
				e.Value /= laterSplits(a.Times, a.Events, e.Time) // as it was paid, beside prices that are adjusted
			}
			dividends = append(dividends, e)
		}
		inside, beside := a.Dividends(dividends)
		l.report.Inside += len(inside)
		l.report.Beside += len(beside)
		l.report.Untold += len(dividends) - len(inside) - len(beside)
		if l.inside == "" && len(inside) > 0 {
			l.inside = fmt.Sprintf("%s: %s", a.ID, inside[0])
		}
		if l.beside == "" && len(beside) > 0 {
			l.beside = fmt.Sprintf("%s: %s", a.ID, beside[0])
		}
		n += len(dividends)
	}
	return n
}

// against returns the first splits that contradict an adjustment.
func (l *priceEvidence) against(have columnar.Adjustment) (out []evidence.Step) {
	for _, s := range l.steps {
		if s.Contradicts(have) && len(out) < maxContradictions {
			out = append(out, s)
		}
	}
	return out
}

// found decides by what the prices show. All splits have to show the same: by
// themselves, or two that a move of the market could have made.
func (l *priceEvidence) found(strong, dividends int) (columnar.Adjustment, AdjustmentSource, error) {
	r := &l.report
	agreed := r.Open == 0 && r.Inverted == 0 && (r.Traded == 0 || r.Level == 0) && (strong > 0 || len(l.steps) > 1)
	// One dividend in ten may be wrong in the columns.
	inside := r.Inside > 0 && r.Beside*9 <= r.Inside
	beside := r.Beside > 0 && r.Inside*9 <= r.Beside
	switch {
	case len(l.steps) > 0 && !agreed:
		return "", "", l.unclear("of "+r.splits(), l.examples())
	case r.Traded > 0:
		return columnar.AdjustedNone, AdjustmentFound, nil
	case inside:
		return columnar.AdjustedAll, AdjustmentFound, nil
	case r.Inside > 0 && !beside:
		return "", "", fmt.Errorf("%w: by the adjusted close %d dividends are in the close (%s), and %d are not (%s)", ErrAdjustment, r.Inside, l.inside, r.Beside, l.beside)
	case r.Level > 0 && dividends > 0 && !beside:
		return "", "", l.unclear("they are for splits, and whether for dividends, too, only an adjusted close would show", l.steps)
	case r.Level > 0:
		return columnar.AdjustedSplits, AdjustmentFound, nil
	case beside:
		return columnar.AdjustedNone, AdjustmentFound, nil
	}
	return columnar.AdjustedNone, AdjustmentDefault, nil
}

// examples returns splits that show why nothing is clear: the first of each
// reading.
func (l *priceEvidence) examples() (out []evidence.Step) {
	for _, s := range l.steps {
		if !slices.ContainsFunc(out, func(o evidence.Step) bool { return o.Reading == s.Reading }) {
			out = append(out, s)
		}
	}
	for _, s := range l.steps {
		if len(out) < 2 && s != out[0] {
			out = append(out, s)
		}
	}
	return out
}

// unclear is the error that names two splits.
func (l *priceEvidence) unclear(why string, examples []evidence.Step) error {
	var texts []string
	for _, s := range examples[:min(2, len(examples))] {
		texts = append(texts, s.String())
	}
	return fmt.Errorf("%w: %s: %s", ErrAdjustment, why, strings.Join(texts, "; "))
}
