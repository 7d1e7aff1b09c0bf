package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bowstring-engine/bowstring/ingest"
)

// vendorBars is 13 May 2022 and the day before, as a German broker writes
// them.
const vendorBars = "Datum;Eröffnung;Hoch;Tief;Schluss;Volumen\n13.05.2022;1.200,50;1.201,00;1.199,00;1.200,00;1,5M\n12.05.2022;1.200,50;1.201,00;1.199,00;1.200,00;2M\n"

func TestInspect(t *testing.T) {
	c := newCommand(t)
	c.write("SAP.csv", vendorBars)
	stdout, _ := c.ok("ingest", "inspect", "SAP.csv")
	for _, want := range []string{"SAP.csv", "semicolon", "dmy", "--date-order", "13.05.2022", "newest first", "Eröffnung", "open", "2022-05-13", "1200.5", "1500000"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q in\n%s", want, stdout)
		}
	}
	stdout, stderr := c.ok("ingest", "inspect", "SAP.csv", "--output", "json")
	var found []ingest.Inspection
	if err := json.Unmarshal([]byte(stdout), &found); err != nil || stderr != "" {
		t.Fatalf("%v, %s", err, stderr)
	}
	if len(found) != 1 || len(found[0].Columns) != 6 || len(found[0].Sample) != 2 || found[0].Sample[0].Line != 2 || *found[0].Sample[0].Values[0].Value != 1200.5 {
		t.Errorf("%+v", found)
	}
	stdout, _ = c.ok("ingest", "inspect", "SAP.csv", "--output", "csv")
	if !strings.HasPrefix(stdout, "found,value,line,text,flag\ndelimiter,semicolon,2,") {
		t.Errorf("as CSV:\n%s", stdout)
	}
	stdout, _ = c.ok("ingest", "inspect", "SAP.csv", "--decimal", "comma", "--header", "1", "--output", "csv")
	if !strings.Contains(stdout, "\ndecimal sign,comma,,,--decimal\n") {
		t.Errorf("forced:\n%s", stdout)
	}
}

// TestReadingFlags: the flags reach the reader, and their mistakes and the
// files that are refused have their exit codes.
func TestReadingFlags(t *testing.T) {
	c := newCommand(t)
	c.write("SAP.csv", vendorBars)
	c.write("open.csv", "date,open,high,low,close,volume\n03/04/2020,2,3,1,2,10\n04/04/2020,2,3,1,2,10\n")
	c.write("none.csv", "20200101 09:30|2|1|3|2|10\n")
	c.ok("ingest", "SAP.csv", "--bundle", "sap", "--zone", "Europe/Berlin")
	c.ok("ingest", "open.csv", "--bundle", "open", "--date-order", "mdy")
	c.ok("ingest", "none.csv", "--bundle", "named", "--header", "none", "--columns", "time,open,low,high,close,volume", "--delimiter", "pipe", "--decimal", "point", "--price-scale", "100")
	stdout, _ := c.ok("ingest", "inspect", "open.csv", "--dialect", "nasdaq", "--output", "json")
	if !strings.Contains(stdout, `"2020-03-04T00:00:00Z"`) {
		t.Errorf("the preset does not decide:\n%s", stdout)
	}
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"open.csv"}, exitBadData, "3 April 2020 (--date-order dmy) or 4 March 2020 (--date-order mdy)"},
		{[]string{"open.csv", "--date-order", "ydm", "--decimal", "dot"}, exitUsage, "dot"},
		{[]string{"open.csv", "--date-order", "ydm", "--decimal", "dot"}, exitUsage, "ydm"},
		{[]string{"open.csv", "--zone", "Mars"}, exitUsage, "Mars"},
		{[]string{"open.csv", "--header", "first"}, exitUsage, "first"},
		{[]string{"open.csv", "--header", "0"}, exitUsage, "number of a line"},
		{[]string{"open.csv", "--dialect", "bloomberg"}, exitUsage, "metatrader"},
		{[]string{"open.csv", "--date-order", "mdy", "--drop", "sektor"}, exitFailure, "sektor"},
	} {
		for _, command := range [][]string{{"ingest", "inspect"}, {"ingest", "--bundle", "x"}} {
			code, _, stderr := c.run(append(command, tt.args...)...)
			if code != tt.code || !strings.Contains(stderr, tt.want) {
				t.Errorf("%v %v: exit code %d, want %d with %q:\n%s", command, tt.args, code, tt.code, tt.want, stderr)
			}
		}
	}
}

// TestInspectTable: a table is described by its types, ingested, and refused
// with the exit code of bad data where it is damaged.
func TestInspectTable(t *testing.T) {
	c := newCommand(t)
	c.write("SAP.csv", vendorBars)
	c.ok("ingest", "SAP.csv", "--bundle", "sap")
	found, err := filepath.Glob(filepath.Join(c.dir, "store", "sap", "versions", "*", "bars.parquet"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%v, %v", found, err)
	}
	stdout, _ := c.ok("ingest", "inspect", found[0])
	for _, want := range []string{"Parquet, 2 rows in 1 row groups", "TIMESTAMP", "DOUBLE", "STRING", "symbol", "2022-05-13", "1200.5"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q in\n%s", want, stdout)
		}
	}
	c.ok("ingest", found[0], "--bundle", "again")
	b, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	c.write("cut.parquet", string(b[:len(b)-20]))
	for _, command := range [][]string{{"ingest", "inspect"}, {"ingest", "--bundle", "x"}} {
		if code, _, stderr := c.run(append(command, "cut.parquet")...); code != exitBadData || !strings.Contains(stderr, "cut off") {
			t.Errorf("%v: exit code %d: %s", command, code, stderr)
		}
	}
}
