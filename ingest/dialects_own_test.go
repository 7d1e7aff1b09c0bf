package ingest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/columnar"
)

// acme writes bars without a header, local times of Chicago with the day first, and
// prices times 1,000.
var acme = Dialect{
	Name: "acme", Columns: map[int]string{6: "volume,time,open,high,low,close"},
	Dates: map[byte]DateOrder{'/': DayFirst}, PriceScale: 1000, Zone: "America/Chicago",
}

// TestOwnDialect: by hand. 01/02/2024 is 1 February, 9:30 in Chicago is 15:30 UTC in
// winter, and 101250 is 101.25.
func TestOwnDialect(t *testing.T) {
	path := filepath.Join(t.TempDir(), "XYZ.csv")
	text := "7,01/02/2024 09:30,101250,102000,100500,101000\n8,01/02/2024 09:31,101000,101500,100250,100500\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Files(context.Background(), []string{path}, Options{Dialect: "ACME", Dialects: []Dialect{acme}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Frame.Release()
	open, _ := r.Frame.ColumnIndex(columnar.Open)
	volume, _ := r.Frame.ColumnIndex(columnar.Volume)
	first := time.Date(2024, time.February, 1, 15, 30, 0, 0, time.UTC).UnixNano()
	if times := r.Frame.Times(0); len(times) != 2 || times[0] != first {
		t.Errorf("times %v, want %d first", times, first)
	}
	if v := r.Frame.Values(0, open); v[0] != 101.25 || v[1] != 101 {
		t.Errorf("opens %v", v)
	}
	if v := r.Frame.Values(0, volume); v[0] != 7 || v[1] != 8 {
		t.Errorf("volumes %v", v)
	}
	if _, err := Files(context.Background(), []string{path}, Options{Dialect: "acme"}); !errors.Is(err, ErrOptions) || strings.Contains(err.Error(), "acme,") {
		t.Errorf("not given: %v", err)
	}
}

func TestOwnDialectRefused(t *testing.T) {
	for want, change := range map[string]func(*Dialect){
		"no name":                   func(d *Dialect) { d.Name = "" },
		"a dialect of that name":    func(d *Dialect) { d.Name = "Yahoo" },
		"6 columns of files that h": func(d *Dialect) { d.Columns = map[int]string{5: d.Columns[6]} },
		"date order":                func(d *Dialect) { d.Dates = map[byte]DateOrder{'/': "week first"} },
		"power of ten":              func(d *Dialect) { d.PriceScale = 20 },
		"zone":                      func(d *Dialect) { d.Zone = "Mars/North" },
	} {
		d := acme
		change(&d)
		o := Options{Dialects: []Dialect{d}}
		if err := o.Validate(); !errors.Is(err, ErrOptions) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	o := Options{Dialects: []Dialect{acme, acme}}
	if err := o.Validate(); err == nil || !strings.Contains(err.Error(), "a dialect of that name") {
		t.Errorf("twice: %v", err)
	}
}
