package export

import (
	"encoding/json"
	"io"
	"math"

	"github.com/bowstring-engine/bowstring/columnar"
)

// jsonEncoder writes bars as a JSON array of objects, one a line. No value is
// null; infinities are the strings "Infinity" and "-Infinity".
type jsonEncoder struct {
	w    io.Writer
	form moment
	// asset is the beginning of an object of the asset that it names, which is
	// known where named is set; bars in a folder of their asset have no asset.
	asset   string
	named   bool
	begin   []byte
	long    bool
	keys    [][]byte // one a column, with its comma, quotes and colon
	numbers []number
	buf     []byte
	some    bool
}

func newJSON(w io.Writer, s *selection, long bool) (*jsonEncoder, error) {
	e := &jsonEncoder{w: w, form: s.form, long: long, numbers: make([]number, len(s.columns)), buf: append(make([]byte, 0, csvBuffer+csvBuffer/4), '[')}
	for _, c := range s.columns {
		key, err := json.Marshal(s.frame.Columns()[c].Name)
		if err != nil {
			return nil, err
		}
		e.keys = append(e.keys, append(append([]byte{','}, key...), ':'))
	}
	return e, nil
}

// write implements encoder.
func (e *jsonEncoder) write(b *bars) error {
	if err := e.name(b.asset); err != nil {
		return err
	}
	for i, c := range b.columns {
		e.numbers[i] = number{scale: float64(c.Scale), decimals: c.Decimals()}
	}
	for row, t := range b.times {
		if e.some {
			e.buf = append(e.buf, ',')
		}
		e.some = true
		e.buf = append(e.form.append(append(e.buf, e.begin...), t), '"')
		for i, v := range b.values {
			e.buf = e.value(append(e.buf, e.keys[i]...), i, v[row])
		}
		e.buf = append(e.buf, '}')
		if len(e.buf) >= csvBuffer {
			if err := e.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// name begins the objects of an asset.
func (e *jsonEncoder) name(asset string) error {
	if e.named && e.asset == asset {
		return nil
	}
	e.asset, e.named = asset, true
	e.begin = append(e.begin[:0], "\n{"...)
	if e.long {
		text, err := json.Marshal(asset)
		if err != nil {
			return err
		}
		e.begin = append(append(append(e.begin, `"`+assetColumn+`":`...), text...), ',')
	}
	e.begin = append(e.begin, `"`+columnar.Time+`":"`...)
	return nil
}

// value appends a number as JSON has it.
func (e *jsonEncoder) value(dst []byte, column int, v float64) []byte {
	switch {
	case v != v:
		return append(dst, "null"...)
	case math.IsInf(v, 1):
		return append(dst, `"Infinity"`...)
	case math.IsInf(v, -1):
		return append(dst, `"-Infinity"`...)
	}
	return e.numbers[column].append(dst, v)
}

func (e *jsonEncoder) flush() error {
	_, err := e.w.Write(e.buf)
	e.buf = e.buf[:0]
	return err
}

// close implements encoder.
func (e *jsonEncoder) close() error {
	e.buf = append(e.buf, "\n]\n"...)
	return e.flush()
}

// release implements encoder.
func (e *jsonEncoder) release() {}
