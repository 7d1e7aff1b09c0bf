package ingest

import (
	"math/bits"

	"github.com/bowstring-engine/bowstring/ingest/internal/shape"

	"github.com/bowstring-engine/bowstring/ingest/internal/value"
	"github.com/bowstring-engine/bowstring/internal/decimal"
)

// Plain CSV is read a word at a time: text without quotes or blanks around
// it, unsigned decimal numbers, one form of time. The steps in which a loop
// over bytes would end at another place in each row are the expensive ones,
// since a processor guesses wrong there. Whatever a step does not know is left
// to the general code, so nothing here decides what is accepted.

// scan reads a line in which every field has the usual form, without looking
// for its end first. Whatever else it meets is left to read.
func (p *parser) scan(l *shape.Layout, text []byte, i int) (end int, ok bool) {
	p.known = false
	row := p.row
	for k := range l.Fields {
		if k > 0 {
			if text[i] != ',' {
				return i, false
			}
			i++
		}
		f := &l.Fields[k]
		switch f.Kind {
		case shape.FieldValue:
			// Most numbers end within eight bytes, point included, or are eight
			// digits. They are read here, since a call for each would cost as
			// much again, and by the same steps however long they are.
			if len(text)-i >= 8 {
				x := value.Word(text, i) ^ value.ASCIIZeros
				other := value.Others(x)
				at := bits.TrailingZeros64(other) // 64 of eight digits
				stop := text[i+at>>3]
				if stop == '.' {
					after := other & (other - 1)
					if after != 0 && uint16(after) == 0 {
						stop := bits.TrailingZeros64(after)
						whole := (other ^ (other - 1)) >> 8
						digits := (x&whole | x>>8&^whole) << ((72 - stop&^7) & 63)
						row[f.Column] = float64(value.EightDigits(digits)) / decimal.Pow10[((stop-at)>>3-1)&7]
						i += stop >> 3
						continue
					}
				} else if at > 7 && stop-'0' > 9 {
					row[f.Column] = float64(value.EightDigits(x << ((64 - at&^7) & 63)))
					i += at >> 3
					continue
				}
			}
			if row[f.Column], i, ok = value.ScanNumber(text, i); !ok {
				return i, false
			}
		case shape.FieldTime:
			if p.time, i, ok = p.stamp.Scan(l.Form, text, i); !ok {
				return i, false
			}
		case shape.FieldSymbol:
			if i, ok = p.scanSymbol(text, i); !ok {
				return i, false
			}
		default:
			i = scanText(text, i)
		}
	}
	if text[i] == '\r' {
		i++
	}
	if text[i] != '\n' {
		return i, false
	}
	return i + 1, true
}

// scanText returns the end of an unquoted field, or of what comes before a
// quote.
func scanText(text []byte, i int) int {
	for text[i] != ',' && text[i] != '\n' && text[i] != '\r' && text[i] != '"' {
		i++
	}
	return i
}

// scanSymbol reads the symbol, and knows its number when it is the one that
// was expected. One with blanks around it is left to read.
func (p *parser) scanSymbol(text []byte, i int) (end int, ok bool) {
	if n := p.symbols.expected(text, i); n > 0 {
		p.known = true
		return i + n, true
	}
	end = scanText(text, i)
	p.symbol = text[i:end]
	return end, len(value.TrimSpace(p.symbol)) == len(p.symbol)
}
