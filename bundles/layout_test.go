package bundles

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

func TestLayout(t *testing.T) {
	// By hand, with a target of 10 and a limit of 20 rows.
	for _, c := range []struct {
		rows []int
		want string // first-end[from:to]
	}{
		{nil, ""},
		{[]int{0, 0}, ""},
		{[]int{3, 7, 1}, "0-2[0:10] 2-3[0:1]"},
		{[]int{3, 8, 1}, "0-1[0:3] 1-3[0:9]"},
		{[]int{3, 15, 2}, "0-1[0:3] 1-2[0:15] 2-3[0:2]"},
		{[]int{3, 45, 2}, "0-1[0:3] 1-2[0:20] 1-2[20:40] 1-2[40:45] 2-3[0:2]"},
		{[]int{0, 4, 0, 4, 0}, "1-4[0:8]"},
	} {
		got := ""
		for i, s := range layout(c.rows, 10, 20) {
			if i > 0 {
				got += " "
			}
			got += fmt.Sprintf("%d-%d[%d:%d]", s.first, s.end, s.from, s.to)
		}
		if got != c.want {
			t.Errorf("%v: %s, want %s", c.rows, got, c.want)
		}
	}
}

// TestLayoutCoversEveryRow holds a layout to what it promises: every row once
// and in order, groups within their bounds, no asset in two groups that fits
// one.
func TestLayoutCoversEveryRow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		target := rapid.IntRange(1, 50).Draw(t, "target")
		limit := target + rapid.IntRange(0, 50).Draw(t, "more")
		rows := rapid.SliceOf(rapid.IntRange(0, 150)).Draw(t, "rows")
		assets := make([]AssetInfo, len(rows))
		for i, n := range rows {
			assets[i].Rows = n
		}
		sections := layout(rows, target, limit)
		positions(assets, sections)
		starts := make([]int, len(sections))
		total := 0
		for g, s := range sections {
			starts[g] = total
			total += s.rows
			if s.rows < 1 || s.rows > limit || s.rows > target && s.end-s.first > 1 {
				t.Fatalf("group %+v", s)
			}
		}
		at := 0
		for i, a := range assets {
			if a.Rows == 0 {
				continue
			}
			if starts[a.Group]+a.Offset != at {
				t.Fatalf("asset %d starts at row %d, want %d", i, starts[a.Group]+a.Offset, at)
			}
			if a.Rows <= limit && a.Offset+a.Rows > sections[a.Group].rows {
				t.Fatalf("asset %d lies in two groups", i)
			}
			at += a.Rows
		}
		if at != total {
			t.Fatalf("%d rows in the groups, %d in the assets", total, at)
		}
	})
}

func TestParseAsset(t *testing.T) {
	for line, want := range map[string]string{
		`["A",1,2,3,4,5],`:     "{A 1 2 3 4 5 []}",
		`["a\"]",0,-9,0,0,0]`:  `{a"] 0 -9 0 0 0 []}`,
		`["\u00e9",1,0,0,0,0]`: "{é 1 0 0 0 0 []}",
		`["A",1,-9223372036854775808,9223372036854775807,0,0]`: "{A 1 -9223372036854775808 9223372036854775807 0 0 []}",
	} {
		if a, err := parseAsset([]byte(line), false); err != nil || fmt.Sprint(a) != want {
			t.Errorf("%s: %v %v", line, a, err)
		}
	}
	if a, err := parseAsset([]byte(`["A",9,2,3,4,5,6,7,2,8,0,3],`), true); err != nil || fmt.Sprint(a.pieces()) != "[{4 5 4} {6 7 2} {8 0 3}]" {
		t.Errorf("%v %v", a, err)
	}
	for _, line := range []string{`["A",9,2,3,4,5,6,7]`, `["A",9,2,3,4,5,6,7,0]`, `["A",9,2,3,4,5,6,-7,1]`, `["A",9,2,3,4,5,4294967296,7,1]`} {
		if a, err := parseAsset([]byte(line), true); err == nil {
			t.Errorf("%s is accepted as %v", line, a)
		}
	}
	for _, line := range []string{
		`["A",9,2,3,4,5,6,7,2]`, ``, `[`, `[]`, `["A"]`, `["A",1,2,3,4]`, `["A",1,2,3,4,5,6]`, `["A",1,2,3,4,5`, `[A,1,2,3,4,5]`, `["A,1,2,3,4,5]`,
		`["A",-1,2,3,4,5]`, `["A",1,2,3,-4,5]`, `["A",1,2,3,4,-5]`, `["A",01,2,3,4,5]`, `["A",-0,2,3,4,5]`, `["A",+1,2,3,4,5]`,
		`["A",1.5,2,3,4,5]`, `["A",1,9223372036854775808,3,4,5]`, `["A",1,-9223372036854775809,3,4,5]`, `["A",1,2,3,4294967296,5]`,
		`["A", 1,2,3,4,5]`, `["A",,2,3,4,5]`, `["\x",1,2,3,4,5]`, `["A",99999999999999999999,2,3,4,5]`,
	} {
		if a, err := parseAsset([]byte(line), false); err == nil {
			t.Errorf("%s is accepted as %v", line, a)
		}
	}
}
