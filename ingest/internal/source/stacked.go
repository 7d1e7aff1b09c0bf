package source

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
)

// Text in which several assets stand side by side, under two lines of names, is read
// as if they stood one below the other: as yfinance writes frames of tickers and
// fields, in either order, and as Bloomberg's sheets have a block of columns an asset.

// stack is how such text is read.
type stack struct {
	delimiter byte
	// first is the line of the first row, assets what stands side by side.
	first  int
	assets []stackedAsset
	fields []string
}

// stackedAsset is where the columns of an asset are: that of its dates, and one for
// each of the fields, -1 where it has none.
type stackedAsset struct {
	name   string
	date   int
	values []int
}

// stackLines is how many lines decide.
const stackLines = 4

// LineOf returns the line of a file for a line of its text as it is read.
func (s *File) LineOf(line int) int {
	if s.stacked == nil || line < 2 {
		return line
	}
	return s.stacked.first + (line-2)/len(s.stacked.assets)
}

// stacked returns a reader of one asset below the other, where the text has them side
// by side, or the reader itself.
func (s *File) stack(r *bufio.Reader) (*bufio.Reader, error) {
	head, err := r.Peek(HeadBytes)
	if err != nil && !errors.Is(err, io.EOF) {
		return r, err
	}
	var lines [][]byte
	for len(head) > 0 && len(lines) < stackLines {
		line, rest, found := bytes.Cut(head, []byte{'\n'})
		if !found && err == nil {
			break
		}
		lines, head = append(lines, bytes.TrimSuffix(line, []byte{'\r'})), rest
	}
	st := s.stackOf(lines)
	if st == nil {
		return r, nil
	}
	s.stacked = st
	return bufio.NewReaderSize(&stackReader{stack: st, r: r}, HeadBytes), nil
}

// stackOf decides by the first lines.
func (s *File) stackOf(lines [][]byte) *stack {
	if len(lines) < 3 || s.isBar == nil {
		return nil
	}
	st := &stack{delimiter: ','}
	for _, d := range []byte{';', '\t'} {
		if bytes.Count(lines[1], []byte{d}) > bytes.Count(lines[1], []byte{st.delimiter}) {
			st.delimiter = d
		}
	}
	upper, lower := st.cut(lines[0]), st.cut(lines[1])
	if len(upper) != len(lower) || len(lower) < 3 {
		return nil
	}
	if s.fieldsOf(upper[1:]) && !s.fieldsOf(lower[1:]) {
		upper, lower = lower, upper
	}
	if !s.fieldsOf(lower[1:]) {
		return nil
	}
	st.first = 3
	if third := st.cut(lines[2]); len(third) > 0 && s.isBar(third[0]) && blank(third[1:]) {
		st.first = 4 // "Date,,,,"
	}
	return st.place(upper, lower, s.isBar)
}

// fieldsOf reports whether names are those of columns of bars, the blank ones aside.
func (s *File) fieldsOf(names []string) bool {
	some := false
	for _, name := range names {
		if name == "" {
			continue
		}
		if !s.isBar(name) {
			return false
		}
		some = true
	}
	return some
}

func blank(fields []string) bool {
	return !slices.ContainsFunc(fields, func(f string) bool { return f != "" })
}

// place finds the columns of each asset. Its name stands over the first of them, or
// over all; a block may have its own column of dates, else that is the first.
func (st *stack) place(upper, lower []string, isBar func(string) bool) *stack {
	name, date, start := "", 0, 1
	if upper[0] != "" && isTime(lower[0]) {
		start = 0 // a block begins with its dates
	}
	for i := start; i < len(lower); i++ {
		if upper[i] != "" {
			name = upper[i]
		}
		if lower[i] == "" {
			continue
		}
		if isBar(name) || name == "" {
			return nil // a line of one kind of names only
		}
		if isTime(lower[i]) {
			date = i
			continue
		}
		at := slices.IndexFunc(st.assets, func(a stackedAsset) bool { return a.name == name })
		if at < 0 {
			at = len(st.assets)
			st.assets = append(st.assets, stackedAsset{name: name, date: date})
		}
		field := slices.Index(st.fields, lower[i])
		if field < 0 {
			field = len(st.fields)
			st.fields = append(st.fields, lower[i])
		}
		a := &st.assets[at]
		for len(a.values) <= field {
			a.values = append(a.values, -1)
		}
		if a.values[field] >= 0 {
			return nil
		}
		a.values[field] = i
	}
	if len(st.assets) == 0 {
		return nil
	}
	// A line of units below the names has other columns for each of them, and one
	// asset alone is told from a banner by what stands beside its name.
	label := strings.ToLower(upper[0])
	if len(st.assets) == 1 && st.first == 3 && label != "ticker" && label != "symbol" {
		return nil
	}
	for _, a := range st.assets {
		if len(st.assets) > 1 && slices.Index(a.values, -1) >= 0 || len(a.values) != len(st.fields) {
			return nil
		}
	}
	return st
}

// isTime reports whether a name is that of a column of dates.
func isTime(name string) bool {
	return slices.Contains([]string{"date", "dates", "datetime", "time", "timestamp"}, strings.ToLower(name))
}

// cut cuts a line into fields without the blanks around them.
func (st *stack) cut(line []byte) []string {
	var fields []string
	if bytes.IndexByte(line, '"') >= 0 {
		r := csv.NewReader(bytes.NewReader(line))
		r.Comma, r.LazyQuotes = rune(st.delimiter), true
		fields, _ = r.Read() // what is no line of fields is none of names either
	} else {
		fields = strings.Split(string(line), string(st.delimiter))
	}
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	return fields
}

// stackReader writes the assets of each line one below the other.
type stackReader struct {
	*stack
	r    *bufio.Reader
	line int
	left []byte
}

// Read implements [io.Reader].
func (s *stackReader) Read(p []byte) (int, error) {
	for len(s.left) == 0 {
		if err := s.more(); err != nil {
			return 0, err
		}
	}
	n := copy(p, s.left)
	s.left = s.left[n:]
	return n, nil
}

// more reads a line.
func (s *stackReader) more() error {
	var line []byte
	for {
		part, err := s.r.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > 16<<20 {
			return errors.New("a line has more than 16 MiB")
		}
		if err == nil || errors.Is(err, io.EOF) && len(line) > 0 {
			break
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
	s.line++
	if s.line < s.first {
		if s.line == 1 {
			s.left = s.write([]string{"date", "symbol"}, s.fields)
		}
		return nil
	}
	fields := s.cut(bytes.TrimRight(line, "\r\n"))
	var b []byte
	for _, a := range s.assets {
		var values []string
		for k := range s.fields {
			v := ""
			if k < len(a.values) && a.values[k] >= 0 && a.values[k] < len(fields) {
				v = fields[a.values[k]]
			}
			values = append(values, v)
		}
		if a.date >= len(fields) || blank(values) {
			b = append(b, '\n') // no bar of this asset
			continue
		}
		b = append(b, s.write([]string{fields[a.date], a.name}, values)...)
	}
	s.left = b
	return nil
}

// write makes a line of fields.
func (s *stackReader) write(groups ...[]string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Comma = rune(s.delimiter)
	_ = w.Write(slices.Concat(groups...)) // a buffer takes everything
	w.Flush()
	return b.Bytes()
}
