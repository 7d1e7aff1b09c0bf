package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// badRows is a file of good rows and bad ones.
func badRows(good, bad int, row string) []byte {
	var b strings.Builder
	b.WriteString(header)
	for i := range good + bad {
		values := "2,3,1,2,10"
		if i >= good {
			values = row
		}
		fmt.Fprintf(&b, "2020-%02d-%02d,%s\n", i/28%12+1, i%28+1, values)
	}
	return []byte(b.String())
}

// TestRejectLimit: a source with more bad rows than are allowed is refused, and the
// message names the rule, the column, lines and the policy. Counts by hand.
func TestRejectLimit(t *testing.T) {
	limit := func(text string) RejectLimit {
		l, err := ParseRejectLimit(text)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	for _, c := range []struct {
		good, bad int
		row       string
		options   Options
		want      []string // of the error, none where there is none
	}{
		{20, 10, "2,3,1,,10", Options{}, nil},
		{20, 11, "2,3,1,,10", Options{}, []string{`X.csv:22: column "close"`, "11 of 31", "nan 11", "line 22: 2020-01-21,2,3,1,,10", "nan=keep"}},
		{20, 11, "2,3,1,,10", Options{AllowPartial: true}, nil},
		{20, 11, "2,3,1,,10", Options{Policies: map[Rule]Policy{RuleNaN: Keep}}, nil},
		{20, 11, ",,,,", Options{}, nil}, // no values: nothing is lost
		{20, 11, "2,1,1,2,10", Options{}, []string{`column "open"`, "ohlc 11", "ohlc=keep"}},
		{20, 11, "2,3,1,-2,10", Options{}, []string{`column "close"`, "price 11", "price=keep"}},
		{20, 11, "2,3,1,x,10", Options{}, []string{`column "close"`, "schema 11", "RejectLimit all"}},
		{300, 11, "x,3,1,2,10", Options{}, []string{"11 of 311"}},
		{20, 3, "2,3,1,,10", Options{RejectLimit: limit("2")}, []string{"3 of 23", "2 rows"}},
		{20, 3, "2,3,1,,10", Options{RejectLimit: limit("3")}, nil},
		{20, 3, "2,3,1,,10", Options{RejectLimit: limit("14%")}, nil},
		{20, 3, "2,3,1,,10", Options{RejectLimit: limit("13%")}, []string{"13 %"}},
		{20, 1, "2,3,1,,10", Options{RejectLimit: limit("0")}, []string{"1 of 21"}},
		{20, 300, "2,3,1,,10", Options{RejectLimit: limit("all")}, nil},
	} {
		var rejects bytes.Buffer
		o := c.options
		o.Rejects = &rejects
		r, err := Files(context.Background(), []string{write(t, "X.csv", badRows(c.good, c.bad, c.row))}, o)
		if c.want == nil {
			if err != nil {
				t.Errorf("%+v: %v", c, err)
				continue
			}
			r.Frame.Release()
			continue
		}
		if !errors.Is(err, ErrRejects) || rejects.Len() > 0 {
			t.Errorf("%+v: %v", c, err)
			continue
		}
		for _, part := range c.want {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%v lacks %s", err, part)
			}
		}
	}
	for _, text := range []string{"x", "-1", "101%", "-1%", "%"} {
		if _, err := ParseRejectLimit(text); err == nil {
			t.Errorf("%q is a limit", text)
		}
	}
	// Doubles that a policy decides are none of them.
	doubles := append(badRows(20, 0, ""), bytes.ReplaceAll(badRows(20, 0, "")[len(header):], []byte(",10\n"), []byte(",11\n"))...)
	for policy, refused := range map[Policy]bool{"": true, RejectRow: true, KeepFirst: false, KeepLast: false} {
		r, err := Files(context.Background(), []string{write(t, "X.csv", doubles)}, Options{Policies: map[Rule]Policy{RuleDuplicate: policy}})
		if refused != errors.Is(err, ErrRejects) {
			t.Errorf("%q: %v", policy, err)
		}
		if err == nil {
			if want := map[Policy]float64{KeepFirst: 10, KeepLast: 11}[policy]; r.Frame.Values(0, 4)[3] != want {
				t.Errorf("%q: volume %v", policy, r.Frame.Values(0, 4)[3])
			}
			r.Frame.Release()
		}
	}
}

// TestLeftOut: what cannot be read in a folder, or in an archive, is listed, and the
// others are the bars that they are without it.
func TestLeftOut(t *testing.T) {
	good := badRows(20, 0, "")
	files := map[string][]byte{
		"A.csv": good, "B.csv": good, "D/C.csv": good, "__MACOSX/A.csv": []byte("\x05\x16"), "empty.csv": nil,
		"0.csv": []byte("a,b\n1,2\n"), "broken.csv.gz": gzipped(t, good)[:40], "damaged.parquet": []byte("PAR1 and no more"),
		"rejected.csv": badRows(20, 30, "2,3,1,,10"),
		"z.zip":        zipped(t, member{"E.csv", good}, member{"README.pdf", []byte("x")}, member{"__MACOSX/._E.csv", []byte("\x05")}, member{"none.csv", nil}),
	}
	dir := folder(t, files)
	for _, workers := range []int{1, 3} {
		var rejects bytes.Buffer
		r, err := Files(context.Background(), []string{dir}, Options{Workers: workers, Rejects: &rejects})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Frame.Release()
		var out []string
		for _, l := range r.Report.LeftOut {
			name, _ := filepath.Rel(dir, l.Path)
			out = append(out, fmt.Sprint(filepath.ToSlash(name), " ", l.Rejects))
			if l.Reason == "" || strings.Contains(l.Reason, dir) {
				t.Errorf("reason %q", l.Reason)
			}
		}
		if got, want := strings.Join(out, "|"), "0.csv false|broken.csv.gz false|damaged.parquet false|rejected.csv true|z.zip!README.pdf false"; got != want {
			t.Errorf("left out %s, want %s", got, want)
		}
		if got := strings.Join(r.Frame.Assets(), " "); got != "A B C z" || r.Report.Accepted != 80 || r.Report.Read != 80 || rejects.String() != "file,line,rule,text\n" {
			t.Errorf("assets %s, %+v, rejects %s", got, r.Report, rejects.String())
		}
		if len(r.Report.Ignored) != 4 {
			t.Errorf("ignored %s", r.Report.Ignored)
		}
	}
	if _, err := Files(context.Background(), []string{dir}, Options{Strict: true}); err == nil {
		t.Error("strict, and nothing is wrong")
	}
	// A file that is named is not left out, and neither are most of a folder.
	if _, err := Files(context.Background(), []string{filepath.Join(dir, "A.csv"), filepath.Join(dir, "0.csv")}, Options{}); !errors.Is(err, ErrShape) {
		t.Error(err)
	}
	most := folder(t, map[string][]byte{"A.csv": good, "x.csv": []byte("a,b\n1,2\n"), "y.csv": []byte("a,b\n1,2\n")})
	if _, err := Files(context.Background(), []string{most}, Options{}); !errors.Is(err, ErrShape) {
		t.Error(err)
	}
}
