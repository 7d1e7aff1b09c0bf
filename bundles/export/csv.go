package export

import (
	"io"
	"strings"

	"github.com/bowstring-engine/bowstring/columnar"
)

// assetColumn is the first column of bars in long form.
const assetColumn = "asset"

// csvEncoder writes bars as CSV.
type csvEncoder struct {
	w    io.Writer
	long bool
	form moment
	// prefix is the field of the asset with its comma, of the asset it names.
	prefix  []byte
	asset   string
	numbers []number
	buf     []byte
}

// csvBuffer is how much text is written at once.
const csvBuffer = 256 << 10

func newCSV(w io.Writer, s *selection, long bool) *csvEncoder {
	e := &csvEncoder{w: w, long: long, form: s.form, numbers: make([]number, len(s.columns)), buf: make([]byte, 0, csvBuffer+csvBuffer/4)}
	if long {
		e.buf = append(e.buf, assetColumn+","...)
	}
	e.buf = append(e.buf, columnar.Time...)
	for _, c := range s.columns {
		e.buf = appendField(append(e.buf, ','), s.frame.Columns()[c].Name)
	}
	e.buf = append(e.buf, '\n')
	return e
}

// write implements encoder.
func (e *csvEncoder) write(b *bars) error {
	if e.long && (e.asset != b.asset || e.prefix == nil) {
		e.asset, e.prefix = b.asset, append(appendField(e.prefix[:0], b.asset), ',')
	}
	for i, c := range b.columns {
		e.numbers[i] = number{scale: float64(c.Scale), decimals: c.Decimals()}
	}
	for row, t := range b.times {
		e.buf = append(e.buf, e.prefix...)
		e.buf = e.form.append(e.buf, t)
		for i, v := range b.values {
			e.buf = e.numbers[i].append(append(e.buf, ','), v[row])
		}
		e.buf = append(e.buf, '\n')
		if len(e.buf) >= csvBuffer {
			if err := e.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e *csvEncoder) flush() error {
	_, err := e.w.Write(e.buf)
	e.buf = e.buf[:0]
	return err
}

// close implements encoder.
func (e *csvEncoder) close() error { return e.flush() }

// release implements encoder.
func (e *csvEncoder) release() {}

// appendField appends a text as RFC 4180 has it. Blanks at its ends and signs
// that other readers take for a delimiter are quoted, too.
func appendField(dst []byte, text string) []byte {
	if text != "" && text == strings.TrimSpace(text) && !strings.ContainsAny(text, "\",;\t|\r\n") {
		return append(dst, text...)
	}
	dst = append(dst, '"')
	dst = append(dst, strings.ReplaceAll(text, `"`, `""`)...)
	return append(dst, '"')
}
