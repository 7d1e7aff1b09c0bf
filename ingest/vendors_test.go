package ingest

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/bowstring-engine/bowstring/ingest/internal/value"
)

// bar is a bar as a vendor has it: prices in hundredths.
type bar struct {
	at                    time.Time
	open, high, low, shut int
	volume                int
}

// bars are so many bars of a market around 1,200.00 whose next open is the
// last close, a step apart. The first day is 4 February 2023, so that the
// ninth is the first whose day is no month.
func bars(n int, step time.Duration) []bar {
	all := make([]bar, n)
	last := 120_000
	for i := range all {
		open := last
		shut := open + (i*7919)%401 - 200
		all[i] = bar{
			at:   time.Date(2023, 2, 4, 0, 0, 0, 0, time.UTC).Add(time.Duration(i) * step),
			open: open, high: max(open, shut) + 10 + i%7, low: min(open, shut) - 10 - i%5, shut: shut,
			volume: 1_230_000 + 10_000*(i%17),
		}
		last = shut
	}
	return all
}

const day = 24 * time.Hour

// money writes hundredths with a thousands and a decimal sign.
func money(cents int, thousands, decimal string) string {
	whole := strconv.Itoa(cents / 100)
	if len(whole) > 3 {
		whole = whole[:len(whole)-3] + thousands + whole[len(whole)-3:]
	}
	return fmt.Sprintf("%s%s%02d", whole, decimal, cents%100)
}

func plainMoney(cents int) string { return money(cents, "", ".") }

// file writes lines: a header, a line a bar, newest first where wanted.
func fileOf(head string, all []bar, newestFirst bool, line func(b bar) string) string {
	all = slices.Clone(all)
	if newestFirst {
		slices.Reverse(all)
	}
	var s strings.Builder
	s.WriteString(head)
	for _, b := range all {
		s.WriteString(line(b) + "\n")
	}
	return s.String()
}

// join writes a line of a time, the four prices and the volume, plainly.
func join(sep string, b bar, at ...string) string {
	fields := append(slices.Clone(at), plainMoney(b.open), plainMoney(b.high), plainMoney(b.low), plainMoney(b.shut), strconv.Itoa(b.volume))
	return strings.Join(fields, sep)
}

func toUTF16(text string, big, mark bool) string {
	units := utf16.Encode([]rune(text))
	if mark {
		units = append([]uint16{0xfeff}, units...)
	}
	var out []byte
	for _, u := range units {
		if big {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return string(out)
}

// vendorFile is a file as a vendor writes it.
type vendorFile struct {
	name    string
	step    time.Duration
	options Options
	write   func(all []bar) string
	// shift is added to the times of the bars: files in local time.
	shift time.Duration
	asset string // X where it is ""
	bars  int    // 40 where it is 0
}

func vendorFiles() []vendorFile {
	const iso = "2006-01-02"
	plain := func(head, layout, sep string) func([]bar) string {
		return func(all []bar) string {
			return fileOf(head, all, false, func(b bar) string { return join(sep, b, strings.Split(b.at.Format(layout), "@")...) })
		}
	}
	quoted := func(fields ...string) string { return `"` + strings.Join(fields, `","`) + `"` }
	epoch := func(unit time.Duration, more string) func([]bar) string {
		return func(all []bar) string {
			return fileOf("", all, false, func(b bar) string {
				return join(",", b, strconv.FormatInt(b.at.UnixNano()/int64(unit), 10)) + more
			})
		}
	}
	investing := func(head, layout, thousands, decimal string) func([]bar) string {
		return func(all []bar) string {
			return fileOf(head, all, true, func(b bar) string {
				m := func(cents int) string { return money(cents, thousands, decimal) }
				return quoted(b.at.Format(layout), m(b.shut), m(b.open), m(b.high), m(b.low), money(b.volume/10_000, "", decimal)+"M", "-0"+decimal+"50%")
			})
		}
	}
	return []vendorFile{
		{name: "yahoo", step: day, write: func(all []bar) string {
			return fileOf("Date,Open,High,Low,Close*,Adj Close**,Volume\n", all, false, func(b bar) string {
				return strings.Join([]string{b.at.Format(iso), plainMoney(b.open), plainMoney(b.high), plainMoney(b.low), plainMoney(b.shut), plainMoney(b.shut / 2), strconv.Itoa(b.volume)}, ",")
			})
		}},
		{name: "yfinance, three lines of headings", step: day, write: func(all []bar) string {
			return fileOf("Price,Close,High,Low,Open,Volume\nTicker,X,X,X,X,X\nDate,,,,,\n", all, false, func(b bar) string {
				return strings.Join([]string{b.at.Format(iso), plainMoney(b.shut), plainMoney(b.high), plainMoney(b.low), plainMoney(b.open), strconv.Itoa(b.volume)}, ",")
			})
		}},
		{name: "stooq, one asset", step: day, write: plain("Date,Open,High,Low,Close,Volume\n", iso, ",")},
		{name: "stooq, bulk", step: 5 * time.Minute, asset: "X.US", write: func(all []bar) string {
			return fileOf("<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\n", all, false, func(b bar) string {
				return "X.US,5," + join(",", b, b.at.Format("20060102"), b.at.Format("150405")) + ",0"
			})
		}},
		{name: "stooq, days", step: day, asset: "X.US", write: func(all []bar) string {
			return fileOf("<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\n", all, false, func(b bar) string {
				return "X.US,D," + join(",", b, b.at.Format("20060102"), "000000") + ",0"
			})
		}},
		{name: "stooq, by the preset", step: day, options: Options{Dialect: "stooq"}, write: func(all []bar) string {
			return fileOf("", all, false, func(b bar) string { return join(",", b, b.at.Format("20060102")) + ",0" })
		}},
		{name: "metastock", step: day, asset: "X", write: func(all []bar) string {
			return fileOf("<TICKER>,<DTYYYYMMDD>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>\n", all, false, func(b bar) string {
				return "X," + join(",", b, b.at.Format("20060102"))
			})
		}},
		{name: "eoddata, no header and a symbol", step: day, asset: "ABC", write: func(all []bar) string {
			return fileOf("", all, false, func(b bar) string { return "ABC," + join(",", b, b.at.Format("02-Jan-2006")) })
		}},
		{name: "investing, English", step: day, write: investing("\ufeff\"Date\",\"Price\",\"Open\",\"High\",\"Low\",\"Vol.\",\"Change %\"\n", "Jan 02, 2006", ",", ".")},
		{name: "investing, American dates", step: day, write: investing("\"Date\",\"Price\",\"Open\",\"High\",\"Low\",\"Vol.\",\"Change %\"\n", "01/02/2006", ",", ".")},
		{name: "investing, German", step: day, write: investing("\"Datum\",\"Zuletzt\",\"Eröffn.\",\"Hoch\",\"Tief\",\"Vol.\",\"+/- %\"\n", "02.01.2006", ".", ",")},
		{name: "investing, Portuguese", step: day, write: investing("\"Data\",\"Último\",\"Abertura\",\"Máxima\",\"Mínima\",\"Vol.\",\"Var%\"\n", "02.01.2006", ".", ",")},
		{name: "investing, Spanish", step: day, write: investing("\"Fecha\",\"Último\",\"Apertura\",\"Máximo\",\"Mínimo\",\"Vol.\",\"% var.\"\n", "02.01.2006", ".", ",")},
		{name: "investing, French", step: day, write: investing("\"Date\",\"Dernier\",\"Ouv.\",\"Plus Haut\",\"Plus Bas\",\"Vol.\",\"Variation %\"\n", "02/01/2006", "\u202f", ",")},
		{name: "investing, Italian", step: day, write: investing("\"Data\",\"Ultimo\",\"Apertura\",\"Massimo\",\"Minimo\",\"Vol.\",\"Var. %\"\n", "02.01.2006", ".", ",")},
		{name: "investing, Russian", step: day, write: investing("\"Дата\",\"Цена\",\"Откр.\",\"Макс.\",\"Мин.\",\"Объём\",\"Изм. %\"\n", "02.01.2006", ".", ",")},
		{name: "investing, Chinese", step: day, write: investing("\"日期\",\"收盘\",\"开盘\",\"高\",\"低\",\"交易量\",\"涨跌幅\"\n", "2006年1月2日", ",", ".")},
		{name: "akshare", step: day, asset: "600519", write: func(all []bar) string {
			return fileOf("日期,股票代码,开盘,收盘,最高,最低,成交量,成交额,振幅\n", all, false, func(b bar) string {
				return strings.Join([]string{b.at.Format(iso), "600519", plainMoney(b.open), plainMoney(b.shut), plainMoney(b.high), plainMoney(b.low), strconv.Itoa(b.volume), "1.5e9", "2.1"}, ",")
			})
		}},
		{name: "japanese", step: day, write: plain("日付,始値,高値,安値,終値,出来高\n", "2006/1/2", ",")},
		{name: "nasdaq", step: day, write: func(all []bar) string {
			return fileOf("Date, Close/Last, Volume, Open, High, Low\n", all, true, func(b bar) string {
				m := func(cents int) string { return " $" + plainMoney(cents) }
				return strings.Join([]string{b.at.Format("01/02/2006"), m(b.shut), " " + strconv.Itoa(b.volume), m(b.open), m(b.high), m(b.low)}, ",")
			})
		}},
		{name: "nasdaq, by the preset where days decide nothing", step: 28 * day, options: Options{Dialect: "nasdaq"}, write: func(all []bar) string {
			return fileOf("Date,Close/Last,Volume,Open,High,Low\n", all[:1], true, func(b bar) string {
				return strings.Join([]string{b.at.Format("01/02/2006"), plainMoney(b.shut), strconv.Itoa(b.volume), plainMoney(b.open), plainMoney(b.high), plainMoney(b.low)}, ",")
			})
		}},
		{name: "binance, milliseconds", step: time.Minute, write: epoch(time.Millisecond, ",1675468859999,599298.29174060,1660,4.36611000,405183.17952120,0")},
		{name: "binance, microseconds", step: time.Minute, write: epoch(time.Microsecond, ",1675468859999999,599298.29174060,1660,4.36611000,405183.17952120,0")},
		{name: "binance, by the preset", step: time.Minute, options: Options{Dialect: "binance"}, write: epoch(time.Millisecond, ",1675468859999,599298.29174060,1660,4.36611000,405183.17952120,0")},
		{name: "binance, with a header", step: time.Minute, write: func(all []bar) string {
			return "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore\n" +
				epoch(time.Millisecond, ",1675468859999,599298.29174060,1660,4.36611000,405183.17952120,0")(all)
		}},
		{name: "kraken", step: time.Minute, write: epoch(time.Second, ",7")},
		{name: "kraken, by the preset, with an average price", step: time.Minute, options: Options{Dialect: "kraken"}, write: func(all []bar) string {
			return fileOf("", all, false, func(b bar) string {
				return strings.Join([]string{strconv.FormatInt(b.at.Unix(), 10), plainMoney(b.open), plainMoney(b.high), plainMoney(b.low), plainMoney(b.shut),
					plainMoney((b.high + b.low) / 2), strconv.Itoa(b.volume), "7"}, ",")
			})
		}},
		{name: "an average price before the volume", step: time.Minute, write: func(all []bar) string {
			return fileOf("", all, false, func(b bar) string {
				return strings.Join([]string{strconv.FormatInt(b.at.Unix(), 10), plainMoney(b.open), plainMoney(b.high), plainMoney(b.low), plainMoney(b.shut),
					plainMoney((b.high + b.low) / 2), strconv.Itoa(b.volume)}, ",")
			})
		}},
		{name: "pandas, seconds as floats", step: time.Minute, write: func(all []bar) string {
			return fileOf(",timestamp,open,high,low,close,volume\n", all, false, func(b bar) string {
				return fmt.Sprintf("%d,", int(b.at.Sub(all[0].at)/time.Minute)) + join(",", b, strconv.FormatInt(b.at.Unix(), 10)+".0")
			})
		}},
		{name: "pandas, the index is the time", step: time.Hour, write: plain(",open,high,low,close,volume\n", "2006-01-02 15:04:05", ",")},
		{name: "R, the header lacks the row names", step: day, write: func(all []bar) string {
			n := 0
			return fileOf("date,open,high,low,close,volume\n", all, false, func(b bar) string {
				n++
				return strconv.Itoa(n) + "," + join(",", b, b.at.Format(iso))
			})
		}},
		{name: "metatrader 4", step: time.Hour, write: plain("", "2006.01.02@15:04", ",")},
		{name: "metatrader 5", step: time.Hour, write: func(all []bar) string {
			return fileOf("<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\n", all, false, func(b bar) string {
				return strings.Join([]string{b.at.Format("2006.01.02\t15:04:05"), plainMoney(b.open), plainMoney(b.high), plainMoney(b.low), plainMoney(b.shut), "9", strconv.Itoa(b.volume), "2"}, "\t")
			})
		}},
		{name: "metatrader 5 in UTF-16", step: time.Hour, write: func(all []bar) string {
			text := plain("<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<VOL>\n", "2006.01.02@15:04:05", "\t")(all)
			return toUTF16(strings.ReplaceAll(text, "\n", "\r\n"), false, true)
		}},
		{name: "UTF-16 BE without a mark", step: day, write: func(all []bar) string {
			return toUTF16(plain("date;open;high;low;close;volume\n", iso, ";")(all), true, false)
		}},
		{name: "ninjatrader", step: time.Minute, write: plain("", "20060102 150405", ";")},
		{name: "ninjatrader, days", step: day, write: plain("", "20060102", ";")},
		{name: "lean", step: day, options: Options{Dialect: "lean"}, write: func(all []bar) string {
			return fileOf("", all, false, func(b bar) string {
				return fmt.Sprintf("%s,%d,%d,%d,%d,%d", b.at.Format("20060102 15:04"), b.open*100, b.high*100, b.low*100, b.shut*100, b.volume)
			})
		}},
		{name: "cryptodatadownload", step: time.Hour, asset: "BTCUSD", write: func(all []bar) string {
			return fileOf("https://www.CryptoDataDownload.com\nDate,Symbol,Open,High,Low,Close,Volume USD,Volume BTC\n", all, true, func(b bar) string {
				return strings.Join([]string{b.at.Format("2006-01-02 03-PM"), "BTCUSD", plainMoney(b.open), plainMoney(b.high), plainMoney(b.low), plainMoney(b.shut), "5.5", strconv.Itoa(b.volume)}, ",")
			})
		}},
		{name: "cryptodatadownload, of late", step: time.Hour, asset: "ETH/USDT", write: func(all []bar) string {
			return fileOf("https://www.CryptoDataDownload.com\nunix,date,symbol,open,high,low,close,Volume ETH,Volume USDT,tradecount\n", all, true, func(b bar) string {
				return strings.Join([]string{strconv.FormatInt(b.at.UnixMilli(), 10), b.at.Format("2006-01-02 15:04:05"), "ETH/USDT", plainMoney(b.open), plainMoney(b.high), plainMoney(b.low), plainMoney(b.shut), strconv.Itoa(b.volume), "7", "3"}, ",")
			})
		}},
		{name: "finam", step: time.Hour, asset: "SBER", options: Options{Dialect: "finam"}, shift: -3 * time.Hour, write: func(all []bar) string {
			return fileOf("<TICKER>;<PER>;<DATE>;<TIME>;<OPEN>;<HIGH>;<LOW>;<CLOSE>;<VOL>\n", all, false, func(b bar) string {
				return "SBER;60;" + join(";", b, b.at.Format("20060102"), b.at.Format("150405"))
			})
		}},
		{name: "finam, two-digit years", step: time.Hour, asset: "SBER", options: Options{Dialect: "finam", Zone: "UTC"}, write: func(all []bar) string {
			return fileOf("<TICKER>;<PER>;<DATE>;<TIME>;<OPEN>;<HIGH>;<LOW>;<CLOSE>;<VOL>\n", all[:9], false, func(b bar) string {
				return "SBER;60;" + join(";", b, b.at.Format("02/01/06"), b.at.Format("15:04"))
			})
		}},
		{name: "dukascopy", step: 6 * time.Hour, write: plain("Gmt time,Open,High,Low,Close,Volume\n", "02.01.2006 15:04:05.000", ",")},
		{name: "dukascopy, local time", step: 6 * time.Hour, shift: -time.Hour, write: func(all []bar) string {
			return fileOf("Local time,Open,High,Low,Close,Volume\n", all, false, func(b bar) string {
				return join(",", b, b.at.Format("02.01.2006 15:04:05.000")+" GMT+0100")
			})
		}},
		{name: "ariva", step: day, write: func(all []bar) string {
			return fileOf("Datum;Erster;Hoch;Tief;Schlusskurs;Stuecke;Volumen\n", all, true, func(b bar) string {
				m := func(cents int) string { return money(cents, ".", ",") }
				return strings.Join([]string{b.at.Format(iso), m(b.open), m(b.high), m(b.low), m(b.shut), strconv.Itoa(b.volume), "99"}, ";")
			})
		}},
		{name: "excel, sep= and the euro behind", step: day, options: Options{DateOrder: value.DayFirst}, write: func(all []bar) string {
			return fileOf("sep=;\nDatum;Eröffnung;Hoch;Tief;Schluss;Volumen\n", all, false, func(b bar) string {
				m := func(cents int) string { return money(cents, " ", ",") + " €" }
				return strings.Join([]string{b.at.Format("02.01.06"), m(b.open), m(b.high), m(b.low), m(b.shut), money(b.volume*100, "", ",")}, ";")
			})
		}},
		{name: "swiss", step: day, write: func(all []bar) string {
			return fileOf("Datum\tEröffnung\tHoch\tTief\tSchluss\tVolumen\n", all, false, func(b bar) string {
				m := func(cents int) string { return money(cents, "’", ".") }
				return strings.Join([]string{b.at.Format("2.1.2006"), m(b.open), m(b.high), m(b.low), m(b.shut), strconv.Itoa(b.volume)}, "\t")
			})
		}},
		{name: "pipes", step: day, write: plain("Trade_Date|o|h|l|c|v\n", "2-Jan-06", "|")},
		{name: "columns of blanks", step: time.Hour, write: plain("   date   time  open high   low close  volume\n", "  2006-01-02@  15:04", "  ")},
		{name: "old Mac", step: day, write: func(all []bar) string {
			return strings.ReplaceAll(plain(header, iso, ",")(all), "\n", "\r")
		}},
		{name: "AM and PM", step: 7 * time.Hour, write: plain("Date,Time,Open,High,Low,Close,Volume\n", "1/2/2006@3:04 PM", ",")},
		{name: "hours that lost their zeros", step: time.Hour, write: func(all []bar) string {
			return fileOf("date;time;open;high;low;close;volume\n", all, false, func(b bar) string {
				return join(";", b, b.at.Format("20060102"), strconv.Itoa(b.at.Hour()*100))
			})
		}},
		{name: "seconds that lost their zeros", step: time.Second, write: func(all []bar) string {
			return fileOf("date;time;open;high;low;close;volume\n", all, false, func(b bar) string {
				clock, _ := strconv.Atoi(b.at.Format("150405"))
				return join(";", b, b.at.Format("20060102"), strconv.Itoa(clock))
			})
		}, bars: 4000},
		{name: "hours", step: time.Hour, write: func(all []bar) string {
			return fileOf("date;hour;open;high;low;close;volume\n", all, false, func(b bar) string {
				return join(";", b, b.at.Format("20060102"), strconv.Itoa(b.at.Hour()))
			})
		}},
		{name: "runs of fourteen digits", step: time.Hour, write: plain("", "20060102150405", ",")},
		{name: "runs of twelve digits", step: time.Hour, options: Options{DateOrder: value.YearFirst}, write: plain(header, "200601021504", ",")},
		{name: "day first without signs", step: day, write: plain(header, "02012006", ",")},
		{name: "New York", step: time.Hour, shift: 5 * time.Hour, options: Options{Zone: "America/New_York"}, write: plain(header, "2006-01-02 15:04", ",")},
		{name: "header of another language, named", step: day, options: Options{Names: []string{"time", "open", "high", "low", "close", "", "volume"}}, write: func(all []bar) string {
			return fileOf("päivä,avaus,ylin,alin,päätös,x,vaihto\n", all, false, func(b bar) string {
				return strings.Join([]string{b.at.Format(iso), plainMoney(b.open), plainMoney(b.high), plainMoney(b.low), plainMoney(b.shut), "text", strconv.Itoa(b.volume)}, ",")
			})
		}},
		{name: "no header, open close high low", step: time.Minute, write: func(all []bar) string {
			return fileOf("", all, false, func(b bar) string {
				return strings.Join([]string{b.at.Format("2006-01-02 15:04"), plainMoney(b.open), plainMoney(b.shut), plainMoney(b.high), plainMoney(b.low), strconv.Itoa(b.volume)}, ",")
			})
		}},
		{name: "no header, close open high low, newest first", step: time.Minute, write: func(all []bar) string {
			return fileOf("", all, true, func(b bar) string {
				return strings.Join([]string{b.at.Format("2006-01-02 15:04"), plainMoney(b.shut), plainMoney(b.open), plainMoney(b.high), plainMoney(b.low), strconv.Itoa(b.volume)}, ",")
			})
		}},
	}
}

// TestVendors: the same bars, as each vendor writes them, are read as they
// were before they were written.
func TestVendors(t *testing.T) {
	for _, v := range vendorFiles() {
		t.Run(v.name, func(t *testing.T) {
			n := max(v.bars, 40)
			all := bars(n, v.step)
			text := v.write(all)
			r, rejects, err := read(t, text, v.options)
			if err != nil {
				t.Fatalf("%v\n%.300s", err, text)
			}
			asset := v.asset
			if asset == "" {
				asset = "X"
			}
			f := r.Frame
			if f.NumAssets() != 1 || f.Asset(0) != asset {
				t.Fatalf("assets %q, want %q\n%.300s", f.Assets(), asset, text)
			}
			if got := f.NumBars(0); got < n && got < strings.Count(text, "\n")-2 || got == 0 {
				t.Errorf("%d bars, rejects %s", got, rejects)
			}
			for i, ns := range f.Times(0) {
				b := all[i]
				if want := b.at.Add(v.shift); ns != want.UnixNano() {
					t.Fatalf("bar %d: %v, want %v\n%.300s", i, time.Unix(0, ns).UTC(), want, text)
				}
				for k, want := range []float64{float64(b.open) / 100, float64(b.high) / 100, float64(b.low) / 100, float64(b.shut) / 100, float64(b.volume)} {
					if got := f.Values(0, k)[i]; got != want {
						t.Fatalf("bar %d: %s is %v, want %v\n%.300s", i, f.Columns()[k].Name, got, want, text)
					}
				}
			}
		})
	}
}

// TestUnitsBetweenFiles: the unit of epochs is that of each file.
func TestUnitsBetweenFiles(t *testing.T) {
	all := bars(40, time.Minute)
	lines := func(all []bar, unit time.Duration) []byte {
		return []byte(fileOf("", all, false, func(b bar) string { return join(",", b, strconv.FormatInt(b.at.UnixNano()/int64(unit), 10)) }))
	}
	for name, files := range map[string]map[string][]byte{
		"folder": {"A=1/symbol=BTC/1.csv": lines(all[:20], time.Millisecond), "A=2/symbol=BTC/2.csv": lines(all[20:], time.Microsecond)},
	} {
		r, err := Files(context.Background(), []string{folder(t, files)}, Options{})
		if err != nil {
			t.Fatal(name, err)
		}
		defer r.Frame.Release()
		if r.Frame.NumAssets() != 1 || r.Frame.Asset(0) != "BTC" || r.Frame.NumBars(0) != 40 || r.Frame.Times(0)[39] != all[39].at.UnixNano() {
			t.Errorf("%q, %d bars", r.Frame.Assets(), r.Frame.NumBars(0))
		}
	}
}
