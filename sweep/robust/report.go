package robust

import (
	"fmt"
	"math"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// Line is a statistic of a [Report].
type Line struct {
	// Section groups lines: what was done to learn it. Name is unique in it.
	Section, Name string
	// Value is NaN where there is none, for the Reason beside it. Low and High are an
	// interval's ends, NaN where there is no interval.
	Value, Low, High float64
	Reason           string
}

// Report is what [Analyse] finds.
type Report struct {
	// Asset is the account, Trial the winner, whose parameters Winner says.
	Asset  string
	Trial  int64
	Winner string
	// Bars were looked at, Annual of them a year; Counted is the number of trials.
	Bars    int
	Annual  float64
	Counted int64
	// Benchmark says that trials had to beat one, rather than cash.
	Benchmark bool
	Lines     []Line
	// Splits and Surface have what the lines leave out: every logit, every neighbour and
	// profile. Surface is nil where there is none.
	Splits  *Overfitting
	Surface *Sensitivities
}

// Find returns the value of a line, and whether it has one.
func (r *Report) Find(section, name string) (Line, bool) {
	for _, l := range r.Lines {
		if l.Section == section && l.Name == name {
			return l, !math.IsNaN(l.Value)
		}
	}
	return Line{Value: math.NaN(), Low: math.NaN(), High: math.NaN()}, false
}

// ReportSchema returns the schema of [Report.Record].
func ReportSchema() *arrow.Schema {
	number := func(name string) arrow.Field {
		return arrow.Field{Name: name, Type: arrow.PrimitiveTypes.Float64, Nullable: true}
	}
	return arrow.NewSchema([]arrow.Field{
		{Name: "section", Type: arrow.BinaryTypes.String}, {Name: "statistic", Type: arrow.BinaryTypes.String},
		number("value"), number("low"), number("high"), {Name: "reason", Type: arrow.BinaryTypes.String, Nullable: true},
	}, nil)
}

// Record returns the report as a table, a row a line; what has no value is null. The caller
// releases it.
func (r *Report) Record() arrow.Record {
	b := array.NewRecordBuilder(memory.DefaultAllocator, ReportSchema())
	defer b.Release()
	for _, l := range r.Lines {
		b.Field(0).(*array.StringBuilder).Append(l.Section)
		b.Field(1).(*array.StringBuilder).Append(l.Name)
		for i, v := range []float64{l.Value, l.Low, l.High} {
			appendNumber(b.Field(2+i).(*array.Float64Builder), v)
		}
		if reason := b.Field(5).(*array.StringBuilder); l.Reason == "" {
			reason.AppendNull()
		} else {
			reason.Append(l.Reason)
		}
	}
	return b.NewRecord()
}

// appendNumber appends a number, null for NaN.
func appendNumber(b *array.Float64Builder, v float64) {
	if math.IsNaN(v) {
		b.AppendNull()
		return
	}
	b.Append(v)
}

// Paragraph says in plain words what the sweep does and does not show.
func (r *Report) Paragraph() string {
	var s strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&s, format+" ", args...) }
	years := float64(r.Bars) / r.Annual
	name := fmt.Sprintf("trial %d", r.Trial)
	if r.Winner != "" {
		name += " (" + r.Winner + ")"
	}
	sharpe, ok := r.Find("winner", "sharpe")
	if !ok {
		say("The best of %d trials is %s, of which nothing can be said: %s.", r.Counted, name, sharpe.Reason)
		return strings.TrimSpace(s.String())
	}
	say("The best of %d trials is %s, with a Sharpe ratio of %.2f over %.1f years.", r.Counted, name, sharpe.Value, years)
	var pro, con []string
	if luck, ok := r.Find("trials", "luck_counted"); ok {
		say("The best of as many trials without any skill, spread as these are, is expected to have %.2f.", luck.Value)
	}
	weigh := func(section, name string, good func(v float64) bool, yes, no string) {
		l, ok := r.Find(section, name)
		switch {
		case !ok:
		case good(l.Value):
			pro = append(pro, fmt.Sprintf(yes, l.Value))
		default:
			con = append(con, fmt.Sprintf(no, l.Value))
		}
	}
	above := func(limit float64) func(float64) bool { return func(v float64) bool { return v > limit } }
	below := func(limit float64) func(float64) bool { return func(v float64) bool { return v < limit } }
	weigh("trials", "dsr_counted", above(0.95), "after allowing for the selection it is above 0 with probability %.3f",
		"after allowing for the selection it is above 0 with probability %.3f only, short of 0.95")
	weigh("trials", "dsr_ledger", above(0.95), "and with all trials of the ledger with probability %.3f",
		"with all trials of the ledger that probability is %.3f")
	weigh("overfitting", "pbo", below(0.2), "the best of one half of the time was in the worse half of the trials in the other half of the time in a share of %.2f of the splits",
		"the best of one half of the time was in the worse half of the trials in the other half of the time in a share of %.2f of the splits (0.5 is what no skill gives)")
	market := "cash"
	if r.Benchmark {
		market = "the benchmark"
	}
	weigh("benchmark", "spa_consistent", below(0.05), "trials that are no better than "+market+" would do as well with probability %.3f",
		"trials that are no better than "+market+" would do as well with probability %.3f")
	weigh("random entries", "p", below(0.05), "as many positions at random times do as well with probability %.3f",
		"as many positions at random times do as well with probability %.3f, so that the timing is not shown to be worth anything")
	weigh("grid", "plateau", above(0.7), "its neighbours in the grid reach %.2f of its objective",
		"its neighbours in the grid reach %.2f of its objective only")
	weigh("costs", "break_even", above(2), "it bears %.1f times its costs", "it bears %.1f times its costs only")
	if len(pro) > 0 {
		say("For it: %s.", strings.Join(pro, "; "))
	}
	if len(con) > 0 {
		say("Against it: %s.", strings.Join(con, "; "))
	}
	switch {
	case len(con) == 0 && len(pro) > 0:
		say("None of these tests speaks against it.")
	case len(pro) == 0:
		say("None of these tests speaks for it: this sweep shows luck.")
	}
	if !r.Benchmark {
		say("Against cash, drift alone passes: a trial that is long in a rising market beats it without skill; name a benchmark to see what is left.")
	}
	say("All of it is about this past: it does not know of trials that were run elsewhere, of data that was chosen because it rose, or of a future that is unlike the past.")
	return strings.TrimSpace(s.String())
}
