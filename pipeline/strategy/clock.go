package strategy

import (
	"github.com/expr-lang/expr/ast"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// timeName is a name of the language for something of the time of a bar.
type timeName struct {
	name string
	mask bool
	// ends says that it depends on when a period ends, which only a calendar knows.
	ends bool
	says string
}

var timeNames = []timeName{
	{"hour", false, false, "hour of the opening, 0 to 23"},
	{"minute", false, false, "minute of the opening, 0 to 59"},
	{"weekday", false, false, "1 for Monday to 7 for Sunday"},
	{"day", false, false, "day of the month"},
	{"month", false, false, "1 to 12"},
	{"quarter", false, false, "1 to 4"},
	{"year", false, false, "such as 2024"},
	{"session_bar", false, false, "number of the bar in its session, from 0"},
	{"session_first", true, false, "the first bar of its session"},
	{"bars_to_close", false, true, "bars that the session has after this one"},
	{"session_last", true, true, "the session has no bar after this one"},
	{"month_end", true, true, "the session is the last of its month"},
	{"week_end", true, true, "the session is the last of its week"},
}

// TimeNames returns the names of the language for what is known of the time of a bar,
// each with what it says.
func TimeNames() (names, says []string) {
	for _, n := range timeNames {
		names, says = append(names, n.name), append(says, n.says)
	}
	return names, says
}

func timeNamed(name string) *timeName {
	for i := range timeNames {
		if timeNames[i].name == name {
			return &timeNames[i]
		}
	}
	return nil
}

// asFound is the calendar that knows no sessions.
const asFound = "as-found"

// time is the value of a name of time.
func (w *walk) time(n ast.Node, name *timeName) value {
	if name.ends && w.calendar == asFound {
		return w.fail(at(n), "%s is known from the calendar, never from later bars, and the bundle's is as-found; ingest it with one that has sessions, such as nyse or 24x7", name.name)
	}
	if w.Axis > 0 {
		return w.fail(at(n), "%s is of the bars themselves, and cannot stand inside of tf", name.name)
	}
	id := w.derived(Derived{Name: name.name})
	if name.mask {
		return value{kind: KindMask, formula: w.truthOf(operand{true, id})}
	}
	return value{kind: KindSeries, id: id}
}

// between is between("09:30", "15:55"): the bars that open at or after the one time of
// day and before the other, of the next day where that is not later.
func (w *walk) between(n *ast.CallNode) value {
	const signature = `between("09:30", "15:55")`
	if !w.arity(n, "between", 2, 2, signature) {
		return value{}
	}
	var minutes [2]float64
	for i, arg := range n.Arguments {
		text, ok := arg.(*ast.StringNode)
		if !ok {
			return w.fail(at(arg), "between takes two times of day in quotes: %s", signature)
		}
		if minutes[i], ok = minutesOf(text.Value); !ok {
			return w.fail(at(arg), "%q is no time of day; write it as \"09:30\"", text.Value)
		}
	}
	if minutes[0] == minutes[1] {
		return w.fail(at(n), "between two equal times there is no bar")
	}
	if w.Axis > 0 {
		return w.fail(at(n), "between is of the bars themselves, and cannot stand inside of tf")
	}
	clock := operand{true, w.derived(Derived{Name: "time of day"})}
	bound := func(op kernel.Compare, v float64) *formula {
		return &formula{op: formulaCompare, compare: op, left: clock, right: operand{id: w.Scalars.Constant(v)}}
	}
	f := &formula{op: formulaAnd, a: bound(kernel.GreaterEqual, minutes[0]), b: bound(kernel.Less, minutes[1])}
	if minutes[0] > minutes[1] {
		f.op = formulaOr
	}
	return value{kind: KindMask, formula: f}
}

// minutesOf returns the minutes since midnight of a time such as 09:30, up to 24:00.
func minutesOf(text string) (float64, bool) {
	if len(text) != 5 || text[2] != ':' {
		return 0, false
	}
	digits := [...]byte{text[0], text[1], text[3], text[4]}
	var v [4]int
	for i, d := range digits {
		if d < '0' || d > '9' {
			return 0, false
		}
		v[i] = int(d - '0')
	}
	minutes := 60*(10*v[0]+v[1]) + 10*v[2] + v[3]
	return float64(minutes), v[2] < 6 && minutes <= 24*60
}
