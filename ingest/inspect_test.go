package ingest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/ingest/internal/shape"

	"github.com/bowstring-engine/bowstring/ingest/internal/value"
)

// TestInspect: what is found, by which line, and what forces another reading,
// by hand.
func TestInspect(t *testing.T) {
	text := "\ufeffA banner\nDatum;;Eröffnung;Hihg;Tief;Schluss;Volumen;Note\n" +
		"13.05.2022;0;1,5;2,5;1,25;2;1.000;true\n" +
		"12.05.2022;1;1,5;1,25;2,5;2;1.000;false\n" +
		"11.05.2022;2;1,5;2,5;1,25;2;-;true\n" +
		"10.05.2022;3;1,5;2,5;1,25;2;1.000;-\n"
	path := write(t, "X.csv", []byte(text))
	found, err := Inspect(context.Background(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 1 || found[0].Source != path {
		t.Fatalf("%+v", found)
	}
	var got []string
	for _, f := range found[0].Findings {
		got = append(got, fmt.Sprintf("%s=%s|%d|%s|%s", f.What, f.Value, f.Line, f.Text, f.Option))
	}
	want := []string{
		"encoding=UTF-8 with a byte order mark|0||",
		"delimiter=semicolon|3|13.05.2022;0;1,5;2,5;1,25;2;1.000;true|Delimiter",
		"header=line 2|2|Datum;;Eröffnung;Hihg;Tief;Schluss;Volumen;Note|Header",
		"column 2=not read: it has no name and counts the rows|0||Names",
		`high=column "Hihg", which looks misspelt|0||Columns`,
		"date order=dmy|3|13.05.2022|DateOrder",
		"decimal sign=comma|3|1,5|Decimal",
		"order=newest first, in 3 of 3 steps; read from the end|0||",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	got = nil
	for _, c := range found[0].Columns {
		got = append(got, fmt.Sprintf("%d %s>%s %s", c.Position, c.Header, c.Reading, c.First))
	}
	if s := strings.Join(got, "|"); s != "1 Datum>time 13.05.2022|2 > 0|3 Eröffnung>open 1,5|4 Hihg>high 2,5|5 Tief>low 1,25|6 Schluss>close 2|7 Volumen>volume 1.000|8 Note>note true" {
		t.Errorf("columns %s", s)
	}
	got = nil
	for _, r := range found[0].Sample {
		values := ""
		for _, v := range r.Values {
			if v.Value == nil {
				values += " " + v.Column + "=?"
			} else {
				values += fmt.Sprintf(" %s=%v", v.Column, *v.Value)
			}
		}
		got = append(got, fmt.Sprintf("%d%s%s %s%s", r.Line, r.Rule, r.Asset, r.Time.Format("2006-01-02"), values))
	}
	if s := strings.Join(got, "|"); s != "3X 2022-05-13 open=1.5 high=2.5 low=1.25 close=2 volume=1000 note=1|4ohlc 0001-01-01|5nan 0001-01-01|6X 2022-05-10 open=1.5 high=2.5 low=1.25 close=2 volume=1000 note=?" {
		t.Errorf("sample %s", s)
	}
}

// TestInspectRefuses: what Files refuses, Inspect refuses for the same reason.
func TestInspectRefuses(t *testing.T) {
	path := write(t, "X.csv", []byte(header+"03/04/2020,2,3,1,2,10\n"))
	_, err := Inspect(context.Background(), path, Options{})
	_, want := Files(context.Background(), []string{path}, Options{})
	if err == nil || want == nil || err.Error() != want.Error() || !errors.Is(err, ErrShape) {
		t.Errorf("got %v, want %v", err, want)
	}
	if _, err := Inspect(context.Background(), path, Options{DateOrder: "ydm"}); !errors.Is(err, ErrOptions) {
		t.Errorf("got %v", err)
	}
	if _, err := Inspect(context.Background(), path, Options{DateOrder: value.DayFirst, Drop: []string{"clsoe"}}); !errors.Is(err, ErrOptions) || !strings.Contains(err.Error(), "clsoe") {
		t.Errorf("got %v", err)
	}
}

// TestForcedReadings: every reading that is found can be forced.
func TestForcedReadings(t *testing.T) {
	const rows = "03/04/2020;1,205;1,305;1,105;1,205;10\n04/04/2020;1,205;1,305;1,105;1,205;10\n"
	for _, c := range []struct {
		name    string
		text    string
		options Options
		time    string
		high    float64
	}{
		{"day first, decimal comma", "date;open;high;low;close;volume\n" + rows, Options{DateOrder: value.DayFirst, Decimal: "comma"}, "2020-04-03T00:00:00Z", 1.305},
		{"month first, decimal point", "date;open;high;low;close;volume\n" + rows, Options{DateOrder: value.MonthFirst, Decimal: "point"}, "2020-03-04T00:00:00Z", 1305},
		{"no header", rows, Options{DateOrder: value.DayFirst, Decimal: "comma", Header: shape.NoHeader, Names: []string{"date", "open", "high", "low", "close", "volume"}}, "2020-04-03T00:00:00Z", 1.305},
		{"another header", "date;open;high;low;close;volume\ndate;open;low;high;close;volume\n" + rows, Options{DateOrder: value.DayFirst, Decimal: "comma", Header: 2, Policies: map[Rule]Policy{RuleOHLC: Keep}}, "2020-04-03T00:00:00Z", 1.105},
		{"other names", "date;open;low;high;close;volume\n" + rows, Options{DateOrder: value.DayFirst, Decimal: "comma", Names: []string{"time", "open", "high", "low", "close", "volume"}}, "2020-04-03T00:00:00Z", 1.305},
		{"price scale", "date;open;high;low;close;volume\n" + rows, Options{DateOrder: value.DayFirst, Decimal: "point", PriceScale: 1000}, "2020-04-03T00:00:00Z", 1.305},
		{"another delimiter", header + "2020-01-01;1,2.5,3.5,1.5,2.5,1\n2020-01-01,2.5,3.5,1.5,2.5,1\n", Options{Delimiter: "comma"}, "2020-01-01T00:00:00Z", 3.5},
		{"epoch", header + "2033010209,2,3,1,2,10\n2033010210,2,3,1,2,10\n", Options{DateOrder: value.Epoch}, "2034-06-04T05:03:29Z", 3},
		{"hours", header + "2033010209,2,3,1,2,10\n2033010210,2,3,1,2,10\n", Options{DateOrder: value.YearFirst}, "2033-01-02T09:00:00Z", 3},
		{"zone", header + "2020-07-01 09:30,2,3,1,2,10\n", Options{Zone: "America/New_York"}, "2020-07-01T13:30:00Z", 3},
		{"LEAN", "19980102 00:00,136300,162500,135000,162500,6315000\n19980105 00:00,165000,165600,151900,160000,5677300\n", Options{Dialect: "LEAN"}, "1998-01-02T00:00:00Z", 16.25},
		{"not LEAN", "19980102 00:00,136300,162500,135000,162500,6315000\n19980105 00:00,165000,165600,151900,160000,5677300\n",
			Options{PriceScale: 1, Names: []string{"time", "open", "high", "low", "close", "volume"}}, "1998-01-02T00:00:00Z", 162500},
	} {
		r, rejects, err := read(t, c.text, c.options)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if at := timeText(r.Frame.Times(0)[0]); at != c.time || r.Frame.Values(0, 1)[0] != c.high {
			t.Errorf("%s: high %v at %s, want %v at %s; rejects %s", c.name, r.Frame.Values(0, 1)[0], at, c.high, c.time, rejects)
		}
	}
	// LEAN's are refused where nothing says what they are.
	if _, _, err := read(t, "19980102 00:00,136300,162500,135000,162500,6315000\n19980105 00:00,165000,165600,151900,160000,5677300\n19980106 00:00,159400,201000,147500,189400,16064600\n", Options{}); !errors.Is(err, ErrShape) || !strings.Contains(err.Error(), "Options.PriceScale") {
		t.Errorf("got %v", err)
	}
}

func timeText(ns int64) string { return time.Unix(0, ns).UTC().Format(time.RFC3339) }

// TestReadingOptions: what is wrong with the options that force readings is
// reported at once, and those that are set are recorded.
func TestReadingOptions(t *testing.T) {
	o := Options{Delimiter: ":", Decimal: "dot", DateOrder: "ydm", Zone: "Mars", Header: -2, Names: []string{"a", "", "", "a"}, PriceScale: 300}
	err := o.Validate()
	for _, want := range []string{`delimiter ":"`, `decimal "dot"`, `date order "ydm"`, `zone "Mars"`, "header -2", `"a" is given twice`, "price scale 300"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v lacks %q", err, want)
		}
	}
	o = Options{Dialect: "bloomberg"}
	if err := o.Validate(); !errors.Is(err, ErrOptions) || !strings.Contains(err.Error(), "binance, cryptodatadownload, finam") {
		t.Errorf("got %v", err)
	}
	for _, name := range shape.Dialects() {
		o := Options{Dialect: name}
		if err := o.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	o = Options{Dialect: "lean", Delimiter: "tab", Decimal: "comma", DateOrder: value.DayFirst, Zone: "UTC", Header: shape.NoHeader, Names: []string{"a", "", "b"}, PriceScale: 100}
	s := o.settings()
	for key, want := range map[string]string{"dialect": "lean", "delimiter": "tab", "decimal": "comma", "date_order": "dmy", "zone": "UTC", "header": "none", "names": "a,,b", "price_scale": "100"} {
		if s[key] != want {
			t.Errorf("%s is recorded as %q, want %q", key, s[key], want)
		}
	}
}
