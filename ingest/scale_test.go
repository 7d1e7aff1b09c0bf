package ingest

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/bowstring-engine/bowstring/columnar"
)

// TestScaledVolumes: what a name says of thousands and millions is done. The values
// are those of the names, by hand.
func TestScaledVolumes(t *testing.T) {
	for name, want := range map[string]float64{
		"Volume (000s)": 1_230_000, "Volume ('000)": 1_230_000, "Vol. (mn)": 1.23e9, "volume_in_thousands": 1_230_000,
		"Vol (K)": 1_230_000, "Volume (in millions)": 1.23e9, "Volume, mio": 1.23e9, "成交量(万股)": 12_300_000,
		"Объём, тыс. шт.": 1_230_000, "Volumen (Tsd. Stück)": 1_230_000, "VOLUME (M)": 1.23e9, "Volume (shares)": 1230,
		"Volume USD": 1230, "vol_btc": 1230, "Volume (bn)": 1.23e12,
	} {
		text := "date,open,high,low,close,\"" + name + "\"\n2024-01-02,10,12,9,11,1230\n2024-01-03,11,12,10,11,1230\n"
		r, _, err := read(t, text, Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := r.Frame.Values(0, 4)[0]; got != want {
			t.Errorf("%s: the volume is %v, want %v", name, got, want)
		}
		if scaled := want != 1230; said(r, columnar.Volume, "10^") != scaled {
			t.Errorf("%s: an ingest says %+v", name, r.Report.Readings)
		}
	}
	r, err := caseOf(t, Options{}, "ingest-volume-in-thousands/X.csv")
	if err != nil || r.Frame.Values(0, 4)[0] != 6_792_000 {
		t.Errorf("%v; want 6792 thousand", err)
	}
}

// TestVolumesByWholeWords: a column whose name only begins with the word is none.
func TestVolumesByWholeWords(t *testing.T) {
	for _, name := range []string{"vol_pct", "Vol. Avg", "vol_ma20", "volume_chg", "Vol %", "volume_ratio", "VOL_AVG", "Volume Rank"} {
		text := "date,open,high,low,close," + name + ",volume\n2024-01-02,10,12,9,11,0.12,500\n2024-01-03,11,12,10,11,0.13,600\n"
		r, _, err := read(t, text, Options{})
		if err != nil || r.Frame.Values(0, 4)[1] != 600 || len(r.Frame.Columns()) != 6 {
			t.Errorf("%s beside a volume: %v", name, err)
		}
		r, _, err = read(t, strings.Replace(text, ",volume", ",other", 1), Options{})
		if err != nil {
			refusal(t, err, "volume")
		} else if c, ok := r.Frame.ColumnIndex(columnar.Volume); ok && r.Frame.Values(0, c)[0] == 0.12 {
			t.Errorf("%s alone is read as the volume", name)
		}
	}
	// The asset says what its volume is counted in.
	text := "date,symbol,open,high,low,close,Volume PEPE,Volume USDT\n2024-01-02,PEPE/USDT,10,12,9,11,500,5000\n2024-01-03,PEPE/USDT,11,12,10,11,600,6000\n"
	if r, _, err := read(t, text, Options{}); err != nil || r.Frame.Values(0, 4)[0] != 500 {
		t.Errorf("PEPE: %v", err)
	}
	r, err := caseOf(t, Options{}, "ingest-volume-percent/X.csv")
	if err != nil {
		refusal(t, err, "volume")
	} else if c, ok := r.Frame.ColumnIndex(columnar.Volume); ok && r.Frame.Values(0, c)[0] == 0.12 {
		t.Error("the percentage is read as the volume")
	}
}

// priced writes forty bars whose prices are written so; cents are hundredths.
func priced(head, sep, layout string, price func(cents int) string) string {
	return fileOf(head, bars(40, day), false, func(b bar) string {
		return strings.Join([]string{b.at.Format(layout), price(b.open), price(b.high), price(b.low), price(b.shut), strconv.Itoa(b.volume)}, sep)
	})
}

// TestLEANScale: prices of equities and options are whole numbers, times 10,000;
// others, and those with a decimal point, are as written.
func TestLEANScale(t *testing.T) {
	whole := priced("", ",", "20060102 15:04", func(c int) string { return strconv.Itoa(c * 100) })
	decimal := priced("", ",", "20060102 15:04", plainMoney)
	yen := priced("", ",", "20060102 15:04", strconv.Itoa)
	for _, c := range []struct {
		name, path, text string
		want             float64
	}{
		{"equity", "equity/usa/daily/spy.csv", whole, 1200},
		{"equity, folder unknown", "spy.csv", whole, 1200},
		{"forex with decimals", "forex/oanda/daily/eurusd.csv", decimal, 1200},
		{"crypto, folder unknown", "btcusdt.csv", decimal, 1200},
		{"crypto in whole yen", "crypto/bitflyer/daily/btcjpy.csv", yen, 120_000},
		{"a future in whole points", "future/cme/daily/nq.csv", yen, 120_000},
	} {
		path := folder(t, map[string][]byte{c.path: []byte(c.text)}) + "/" + c.path
		r, err := filesOf(t, Options{Dialect: "lean"}, path)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := bar0(r)[0]; got != c.want {
			t.Errorf("%s: the first open is %v, want %v", c.name, got, c.want)
		}
	}
	// A price with a decimal point, far behind whole ones, is none of LEAN's.
	var long strings.Builder
	for _, b := range bars(200, day) {
		fmt.Fprintf(&long, "%s,%d00,%d00,%d00,%d00,%d\n", b.at.Format("20060102 15:04"), b.open, b.high, b.low, b.shut, b.volume)
	}
	long.WriteString("20240105 00:00,1200.5,1300.5,1100.5,1200.5,7\n")
	if r, rejects, err := read(t, long.String(), Options{Dialect: "lean"}); err != nil || r.Frame.NumBars(0) != 200 || !strings.Contains(rejects, ",201,schema,") {
		t.Errorf("%v, %q", err, rejects)
	}
	if r, err := caseOf(t, Options{Dialect: "lean"}, "ingest-lean-dialect-forex-crypto/eurusd.csv"); err != nil || bar0(r)[3] != 1.08374 {
		t.Errorf("eurusd: %v", err)
	}
	if r, err := caseOf(t, Options{Dialect: "lean"}, "ingest-lean-dialect-forex-crypto/btcusdt_trade.zip"); err != nil || bar0(r)[3] != 59763.29 {
		t.Errorf("btcusdt: %v", err)
	}
}

// TestFixedPoint: whole prices in units of 10^-9 are asked about.
func TestFixedPoint(t *testing.T) {
	nano := func(c int) string { return strconv.Itoa(c * 10_000_000) }
	for name, text := range map[string]string{
		"databento": fileOf("ts_event,rtype,publisher_id,instrument_id,open,high,low,close,volume\n", bars(40, day), false, func(b bar) string {
			return fmt.Sprintf("%d,35,2,15144,%s,%s,%s,%s,%d", b.at.UnixNano(), nano(b.open), nano(b.high), nano(b.low), nano(b.shut), b.volume)
		}),
		"no header": priced("", ",", "2006-01-02", nano),
		"cents":     priced("date;open;high;low;close;volume\n", ";", "2006-01-02", func(c int) string { return strconv.Itoa(c * 100_000) }),
	} {
		o := Options{}
		if name == "databento" {
			o.Drop = []string{"rtype", "publisher_id", "instrument_id"}
			o.Columns = map[string]string{"ts_event": "time"}
		}
		_, _, err := read(t, text, o)
		refusal(t, err, "10^-9", "Options.PriceScale")
		o.PriceScale = 1_000_000_000
		r, _, err := read(t, text, o)
		want := 1200.0
		if name == "cents" {
			want = 12
		}
		if err != nil || bar0(r)[0] != want {
			t.Errorf("%s: %v", name, err)
		}
		o.PriceScale = 1
		if r, _, err := read(t, text, o); err != nil || bar0(r)[0] != want*1e9 {
			t.Errorf("%s as it stands: %v", name, err)
		}
	}
	if _, _, err := read(t, priced("date,open,high,low,close,volume\n", ",", "2006-01-02", strconv.Itoa), Options{}); err != nil {
		t.Errorf("whole prices of 120,000: %v", err)
	}
}

// TestPointsBetweenThousands: 13.647 is asked about where commas stand before
// decimals, and nowhere else.
func TestPointsBetweenThousands(t *testing.T) {
	point := func(c int) string { return fmt.Sprintf("%d.%03d", c/1000, c%1000) }
	for name, c := range map[string]struct {
		head, sep, layout string
		asked             bool
	}{
		"German":             {"Datum;Eröffnung;Hoch;Tief;Schluss;Volumen\n", ";", "02.01.2006", true},
		"days with points":   {"date;open;high;low;close;volume\n", ";", "02.01.2006", true},
		"no header":          {"", ";", "02.01.2006", true},
		"Polish":             {"data,otwarcie,max,min,close,volume\n", ",", "2006-01-02", true},
		"English":            {"date,open,high,low,close,volume\n", ",", "2006-01-02", false},
		"ninjatrader's yen":  {"", ";", "20060102", false},
		"Swiss bank's yen":   {"Gmt time,Open,High,Low,Close,Volume\n", ",", "02.01.2006 15:04:05.000", false},
		"semicolons and ISO": {"date;open;high;low;close;volume\n", ";", "2006-01-02", false},
	} {
		text := priced(c.head, c.sep, c.layout, point)
		o := Options{}
		if name == "Polish" {
			o.Columns = map[string]string{"otwarcie": "open"}
		}
		r, _, err := read(t, text, o)
		if c.asked {
			refusal(t, err, "120000", "Options.Decimal")
			o.Decimal = "comma"
			if r, _, err := read(t, text, o); err != nil || bar0(r)[0] != 120_000 {
				t.Errorf("%s with commas: %v", name, err)
			}
			o.Decimal = "point"
			r, _, err = read(t, text, o)
		}
		if err != nil || bar0(r)[0] != 120 {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := caseOf(t, Options{}, "ingest-german-integer-prices/DAX.csv")
	refusal(t, err, "13573", "Options.Decimal")
	if r, err := caseOf(t, Options{Decimal: "comma"}, "ingest-german-integer-prices/DAX.csv"); err != nil || bar0(r) != [5]float64{13573, 13706, 13496, 13647, 493440} {
		t.Errorf("DAX: %v", err)
	}
}

// TestThirtySeconds: prices in 32nds are refused by what they are.
func TestThirtySeconds(t *testing.T) {
	// 1,200 hundredths and more as points and 32nds.
	in32 := func(sign, half string) func(c int) string {
		return func(c int) string { return fmt.Sprintf("%d%s%02d%s", c/1000, sign, c%32, half) }
	}
	for name, price := range map[string]func(c int) string{
		"a dash": in32("-", ""), "a dash and halves": in32("-", "+"), "an apostrophe": in32("'", ""), "eighths": in32("'", "5"), "eighths behind a dash": in32("-", "2"),
	} {
		_, _, err := read(t, priced("date,open,high,low,close,volume\n", ",", "2006-01-02", price), Options{})
		if refusal(t, err, "32nds", "120 and 00"); t.Failed() {
			t.Fatal(name)
		}
	}
	// Swiss thousands are none.
	swiss := priced("date;open;high;low;close;volume\n", ";", "2006-01-02", func(c int) string { return money(c*100, "'", ".") })
	if r, _, err := read(t, swiss, Options{}); err != nil || bar0(r)[0] != 120_000 {
		t.Errorf("Swiss: %v", err)
	}
}
