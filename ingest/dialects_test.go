package ingest

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/ingest/internal/shape"

	"github.com/bowstring-engine/bowstring/ingest/internal/value"

	"pgregory.net/rapid"
)

// writer writes bars in a dialect of its own.
type writer struct {
	r         *rand.Rand
	delimiter string
	decimal   string
	thousands string
	quote     bool
	date      string // layout of package time
	clock     string // layout of the time of day, "" for days
	apart     bool
	order     []int // of the columns time, open, high, low, close, volume, extra
	names     []string
	currency  string
	ending    string
	newest    bool
	long      bool
	utf16     bool
}

// drawWriter draws a dialect.
func drawWriter(seed uint64) *writer {
	r := rand.New(rand.NewPCG(seed, 7))
	pick := func(options ...string) string { return options[r.IntN(len(options))] }
	w := &writer{
		r: r, delimiter: pick(",", ";", "\t", "|"), decimal: pick(".", ".", ","), quote: r.IntN(3) == 0,
		date:     pick("2006-01-02", "20060102", "2006/01/02", "02.01.2006", "02/01/2006", "01/02/2006", "1-2-2006", "02-Jan-2006", "Jan 02, 2006", "2006.01.02"),
		clock:    pick("", "", "15:04", "15:04:05", "03:04 PM", "150405"),
		currency: pick("", "", "$", "€"), ending: pick("\n", "\n", "\r\n", "\r"),
		newest: r.IntN(3) == 0, long: r.IntN(3) == 0, utf16: r.IntN(8) == 0, order: r.Perm(7),
	}
	w.thousands = pick("", "", map[string]string{".": ",", ",": "."}[w.decimal], " ", "'")
	w.apart = w.clock != "" && r.IntN(2) == 0
	w.names = [][]string{
		{"Date", "Open", "High", "Low", "Close", "Volume", "Extra"},
		{"<DTYYYYMMDD>", "<OPEN>", "<HIGH>", "<LOW>", "<CLOSE>", "<VOL>", "<OPENINT>"},
		{"Datum", "Eröffnung", "Hoch", "Tief", "Schluss", "Volumen", "Umsatz"},
		{"日期", "开盘", "最高", "最低", "收盘", "成交量", "成交额"},
		{"Дата", "Открытие", "Максимум", "Минимум", "Закрытие", "Объём", "Сумма"},
		{"date", "opne", "hihg", "low", "cloze", "volumee", "x"},
	}[r.IntN(6)]
	return w
}

// field writes a value, quoted where it has to be.
func (w *writer) field(text string) string {
	if w.quote || strings.ContainsAny(text, w.delimiter) {
		return `"` + text + `"`
	}
	return text
}

// row writes fields in the order of the dialect.
func (w *writer) row(values [7]string, clock, symbol string) string {
	var fields []string
	for _, k := range w.order {
		fields = append(fields, w.field(values[k]))
		if k == 0 && w.apart {
			fields = append(fields, w.field(clock))
		}
	}
	if w.long {
		fields = append(fields, w.field(symbol))
	}
	return strings.Join(fields, w.delimiter) + w.ending
}

// write writes bars of one or two assets, each of which has all of them.
func (w *writer) write(all []bar, assets int) []byte {
	text := w.row([7]string(w.names), "Time", "Ticker")
	if w.r.IntN(4) == 0 {
		text = "Prices of the week" + w.ending + text
	}
	all = slices.Clone(all)
	if w.newest {
		slices.Reverse(all)
	}
	m := func(cents int) string { return w.currency + money(cents, w.thousands, w.decimal) }
	for _, b := range all {
		at := b.at.Format(w.date)
		if w.clock != "" && !w.apart {
			at += " " + b.at.Format(w.clock)
		}
		for a := range assets {
			text += w.row([7]string{at, m(b.open), m(b.high), m(b.low), m(b.shut), strconv.Itoa(b.volume + a), money(b.volume, w.thousands, w.decimal)},
				b.at.Format(w.clock), fmt.Sprintf("S%d", a))
		}
	}
	if w.utf16 {
		return []byte(toUTF16(text, w.r.IntN(2) == 0, w.r.IntN(2) == 0))
	}
	return []byte(text)
}

// checkDialect writes bars in the dialect of a seed and reads them again. A
// dialect that leaves a reading open may be refused, and is read right when an
// option decides.
func checkDialect(t rapid.TB, dir string, seed uint64) {
	t.Helper()
	w := drawWriter(seed)
	step := []time.Duration{day, 7 * time.Hour, time.Hour}[w.r.IntN(3)]
	if w.clock == "" {
		step = day
	}
	all := bars(2+w.r.IntN(60), step)
	assets := 1
	if w.long {
		assets = 1 + w.r.IntN(2)
	}
	text := w.write(all, assets)
	path := filepath.Join(dir, "S0.csv")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	o := Options{Workers: 1 + w.r.IntN(3), blockBytes: []int{0, 1, 300}[w.r.IntN(3)]}
	r, err := Files(context.Background(), []string{path}, o)
	if err != nil && strings.Contains(err.Error(), "Options.DateOrder") {
		o.DateOrder = map[byte]value.DateOrder{'0': value.DayFirst, '1': value.MonthFirst}[strings.ReplaceAll(w.date, "01/02", "1")[0]]
		r, err = Files(context.Background(), []string{path}, o)
	}
	if err != nil {
		t.Fatalf("%v\n%.400s", err, text)
	}
	defer r.Frame.Release()
	if r.Report.Rejected != 0 || r.Frame.NumAssets() != assets {
		t.Fatalf("%d rejected, assets %q\n%.400s", r.Report.Rejected, r.Frame.Assets(), text)
	}
	extra := shape.Normalize(w.names[6])
	for a := range assets {
		if n := r.Frame.NumBars(a); n != len(all) {
			t.Fatalf("%d bars of %d\n%.400s", n, len(all), text)
		}
		for i, b := range all {
			want := []float64{float64(b.open) / 100, float64(b.high) / 100, float64(b.low) / 100, float64(b.shut) / 100, float64(b.volume + a), float64(b.volume) / 100}
			if got := r.Frame.Times(a)[i]; got != b.at.UnixNano() {
				t.Fatalf("bar %d: %v, want %v\n%.400s", i, time.Unix(0, got).UTC(), b.at, text)
			}
			for k, v := range want {
				if got := r.Frame.Values(a, k)[i]; math.Float64bits(got) != math.Float64bits(v) {
					t.Fatalf("bar %d: column %d is %v, want %v; %s\n%.400s", i, k, got, v, extra, text)
				}
			}
		}
	}
}

func TestRandomDialects(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) { checkDialect(t, dir, rapid.Uint64().Draw(t, "seed")) })
}

// FuzzDialect: bars that are written in any dialect are read as they were.
func FuzzDialect(f *testing.F) {
	for seed := range uint64(50) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) { checkDialect(t, t.TempDir(), seed) })
}

// FuzzSniff: whatever a file begins with, the sniffer says the same twice,
// takes what it was given for the lines that it names, and does not panic.
func FuzzSniff(f *testing.F) {
	for _, v := range vendorFiles() {
		f.Add([]byte(v.write(bars(12, v.step))), uint8(0))
	}
	f.Add([]byte("sep=;\n\n;;;;\n1/2/3;1,2;1.2;-;inf;%\n"), uint8(7))
	f.Fuzz(func(t *testing.T, head []byte, force uint8) {
		o := Options{
			Delimiter: []string{"", "", "semicolon", "blanks"}[force&3], Decimal: []string{"", "comma"}[force>>2&1],
			DateOrder: []value.DateOrder{"", value.DayFirst, value.Epoch, value.YearFirst}[force>>3&3], Header: []int{0, shape.NoHeader, 1, 2}[force>>5&3],
		}
		if force>>7 == 1 {
			o.Names = []string{"time", "open", "high", "low", "close", "volume"}
		}
		l, n, err := readShape("X", "X", head, true, &o)
		again, m, err2 := readShape("X", "X", bytes.Clone(head), true, &o)
		if fmt.Sprint(err) != fmt.Sprint(err2) || n != m {
			t.Fatalf("%v, %d, and then %v, %d", err, n, err2, m)
		}
		if err != nil {
			return
		}
		if fmt.Sprint(l.Fields, l.Columns, l.Delimiter, l.Locale, l.Backwards, l.First) != fmt.Sprint(again.Fields, again.Columns, again.Delimiter, again.Locale, again.Backwards, again.First) {
			t.Fatalf("%+v and then %+v", l, again)
		}
		if lines := bytes.Count(head[:n], []byte{'\n'}); n < len(head) && lines != l.First-1 {
			t.Fatalf("rows start in line %d, after %d lines", l.First, lines)
		}
	})
}

// readShape reads the first bytes of a source, which are UTF-8 without a byte
// order mark. It returns the layout and the bytes before the first row.
// complete says that head is the whole source.
func readShape(file, asset string, head []byte, complete bool, o *Options) (*shape.Layout, int, error) {
	s, n, err := shape.Sniff(file, asset, head, complete, o.choices())
	if err != nil {
		return nil, 0, err
	}
	if err := s.Finish(); err != nil {
		return nil, 0, shape.InFile(file, err)
	}
	return s.Layout, n, nil
}
