package shape

import (
	"fmt"
	"strings"

	"github.com/bowstring-engine/bowstring/ingest/internal/problem"
	"github.com/bowstring-engine/bowstring/ingest/internal/table"
	"github.com/bowstring-engine/bowstring/ingest/internal/value"
)

// The lines that decide on the shape of a source lie in its first source.HeadBytes,
// and are at most headLines.
const (
	HeadLines = 150
	// delimiterRows is how many lines are tried with each delimiter, and
	// headerLines how many are looked at for names.
	delimiterRows = 20
	headerLines   = 50
	// maxFields is the most columns that a source may have.
	maxFields = 4096
)

// HeadRow is a line of the head, cut into fields.
type HeadRow struct {
	Line   int
	Fields [][]byte
}

// Sniffer decides on the shape of a source by its first rows: what separates
// fields, which line names the columns, what each column holds, and how times
// and numbers are written. What they leave open, more rows may decide.
type Sniffer struct {
	options *Choices
	Forced  *forced
	// file names the source.
	file     string
	Layout   *Layout
	Findings []Finding
	// Structural is how many findings do not come from finish, and open what
	// it says of its error.
	Structural int
	Open       bool

	// Typed are the columns of a source that is no text.
	Typed []table.Column
	// Lines are the first lines of the source.
	Lines [][]byte
	// all are the lines after the header, and rows those of them that have the
	// usual number of fields; oddLine is the first that has not.
	all, Rows          []HeadRow
	oddLine, oddFields int
	columns            []value.Profile

	// time and clock are the positions of the columns of times, or -1.
	time, clock, symbol int
	orders              value.Orders
	signs               value.Signs
	Steps               steps
	// plainTimes counts the times in the forms that the fast path reads, the
	// first of them has form; otherTimes those in others.
	plainTimes, otherTimes int
	firstTime              value.Sample
	form                   value.TimeForm
	unit                   value.TimeForm
	epochs                 value.Epochs
	compact, anyEpoch      bool
	ofDay                  bool
	// serials counts the times that are days as Excel counts them, monthly those that
	// are months.
	serials, monthly        int
	firstSerial, firstMonth value.Sample
	// midnights, locals and zoned count the times of day that are midnight, others
	// that have no offset, and those that have one; firstLocal is the first.
	midnights, locals, zoned int
	firstLocal               value.Sample
	shortest, clockDigits    int
	// counted says that the times are counted from the midnight of days.
	counted bool
	days    int
	// Whole says that all rows of the source have been looked at.
	Whole bool
}

// InFile names the file in an error of the sniffer.
func InFile(file string, err *problem.InputError) *problem.InputError {
	err.File = file
	return err
}

// NewSniffer returns a sniffer that has seen nothing yet.
func NewSniffer(file string, o *Choices) (*Sniffer, error) {
	f, err := o.forced()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", problem.ErrOptions, err)
	}
	return &Sniffer{options: o, Forced: f, file: file, time: -1, clock: -1, symbol: -1, compact: true, shortest: 6}, nil
}

// Finding is one thing that was detected in a source, or forced.
type Finding struct {
	// What was decided, as "delimiter", and on what.
	What  string `json:"what"`
	Value string `json:"value"`
	// Line and Text are what decided it; 0 where nothing did but the lack of
	// anything else, or an option.
	Line int    `json:"line,omitempty"`
	Text string `json:"text,omitempty"`
	// Option is the field of [Options] that forces another reading. In JSON, which
	// the command writes, it is the flag that sets it.
	Option string `json:"flag,omitempty"`
	// Said marks what an ingest says, too: it changes what numbers or times are.
	Said bool `json:"said,omitempty"`
}

// Found notes a finding.
func (s *Sniffer) Found(what, value string, at value.Sample, option string) {
	const longest = 48
	if len(at.Text) > longest {
		at.Text = strings.ToValidUTF8(at.Text[:longest], "") + "…"
	}
	s.Findings = append(s.Findings, Finding{What: what, Value: value, Line: at.Line, Text: at.Text, Option: option})
}

// Say notes a finding that an ingest says.
func (s *Sniffer) Say(what, value string, at value.Sample, option string) {
	s.Found(what, value, at, option)
	s.Findings[len(s.Findings)-1].Said = true
}

// NameLine is the line to blame for what the names of columns leave open.
func (s *Sniffer) NameLine() int {
	if s.Typed != nil {
		return 0
	}
	return max(s.Layout.header, 1)
}
