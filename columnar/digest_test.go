package columnar_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/calendar"
)

// digestByHand writes out what the digest of twoAssets hashes, with its own
// little-endian encoding.
func digestByHand(t *testing.T) string {
	t.Helper()
	words := func(v ...uint64) string {
		var b []byte
		for _, w := range v {
			for shift := 0; shift < 64; shift += 8 {
				b = append(b, byte(w>>shift))
			}
		}
		sum := sha256.Sum256(b)
		return string(sum[:])
	}
	times := func(days ...int) string {
		var v []uint64
		for _, d := range days {
			v = append(v, uint64(on(d)))
		}
		return words(v...)
	}
	floats := func(values ...float64) string {
		var v []uint64
		for _, x := range values {
			v = append(v, math.Float64bits(x))
		}
		return words(v...)
	}
	text := "bowstring frame 1\ncalendar as-found\nfrequency 86400000000000\nlabel open\nadjusted none\n" +
		"column \"open\" decimals 2\ncolumn \"close\" decimals 2\n" +
		"asset \"AA\" rows 3\n" + times(3, 4, 5) + floats(1, 2, 3) + floats(1.5, 2.5, 3.5) +
		"asset \"BB\" rows 5\n" + times(1, 2, 3, 4, 5) + floats(10, 11, 12, 13, 14) +
		words(math.Float64bits(10.5), math.Float64bits(11.5), math.Float64bits(12.5), math.Float64bits(13.5), 0x7ff8000000000001)
	sum := sha256.Sum256([]byte(text))
	return "sha256:" + hex.EncodeToString(sum[:])
}

func TestDigestByHand(t *testing.T) {
	if got, want := buildTwo(t).Info().Digest, digestByHand(t); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestDigestIgnoresWhatIsEqual(t *testing.T) {
	want := buildTwo(t).Info().Digest
	turned := twoAssets()
	slices.Reverse(turned)
	otherNaN := twoAssets()
	otherNaN[0].Values[1][4] = math.Float64frombits(0xfff8dead00000000)
	for name, assets := range map[string][]columnar.Bars{"order of assets": turned, "kind of NaN": otherNaN} {
		if got := build(t, prices, assets).Info().Digest; got != want {
			t.Errorf("%s changes the digest", name)
		}
	}
	zero := func(x float64) string {
		return build(t, []columnar.Column{{Name: "x"}}, []columnar.Bars{{ID: "A", Times: []int64{1}, Values: [][]float64{{x}}}}).Info().Digest
	}
	if zero(0) != zero(math.Copysign(0, -1)) {
		t.Error("the sign of 0 changes the digest")
	}
}

func TestDigestSeesWhatDiffers(t *testing.T) {
	seen := map[string]string{buildTwo(t).Info().Digest: "the original"}
	differs := func(name string, columns []columnar.Column, info columnar.Info, change func(a []columnar.Bars)) {
		assets := twoAssets()
		change(assets)
		f, err := columnar.Build(columns, assets, info)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Release()
		if other, ok := seen[f.Info().Digest]; ok {
			t.Errorf("%s: the digest of %s", name, other)
		}
		seen[f.Info().Digest] = name
	}
	keep := func([]columnar.Bars) {}
	renamed := []columnar.Column{{Name: "Open", Scale: 100}, prices[1]}
	plain := []columnar.Column{{Name: columnar.Open}, prices[1]}
	swapped := []columnar.Column{prices[1], prices[0]}
	differs("last bit", prices, columnar.Info{}, func(a []columnar.Bars) { a[1].Values[0][2] = math.Nextafter(3, 4) })
	differs("id", prices, columnar.Info{}, func(a []columnar.Bars) { a[0].ID = "BC" })
	differs("time", prices, columnar.Info{}, func(a []columnar.Bars) { a[0].Times[4]++ })
	differs("swapped values", prices, columnar.Info{}, func(a []columnar.Bars) { slices.Reverse(a[0].Values) })
	differs("column name", renamed, columnar.Info{}, keep)
	differs("decimals", plain, columnar.Info{}, keep)
	differs("column order", swapped, columnar.Info{}, keep)
	differs("adjustment", prices, columnar.Info{Adjusted: columnar.AdjustedAll}, keep)
	differs("label", prices, columnar.Info{Axis: columnar.Axis{Label: columnar.LabelClose}}, keep)
	differs("calendar", prices, columnar.Info{Axis: columnar.Axis{Calendar: calendar.NYSE()}}, keep)
	differs("frequency", prices, columnar.Info{Axis: columnar.Axis{Frequency: time.Hour, Calendar: calendar.AsFound(), Label: columnar.LabelOpen}}, keep)
}

// A Slice keeps the digest of the whole, and Digest hashes what it shows.
func TestDigestOfASlice(t *testing.T) {
	f := buildTwo(t)
	cut := f.Slice(at(3), at(5))
	defer cut.Release()
	if cut.Info().Digest != f.Info().Digest {
		t.Error("a Slice has another recorded digest")
	}
	assets := twoAssets()
	for i, bars := range [][2]int{{2, 4}, {0, 2}} {
		a := &assets[i]
		a.Times = a.Times[bars[0]:bars[1]]
		for c := range a.Values {
			a.Values[c] = a.Values[c][bars[0]:bars[1]]
		}
	}
	if got, want := columnar.Digest(cut), build(t, prices, assets).Info().Digest; got != want {
		t.Errorf("got %s, want that of the same bars alone, %s", got, want)
	}
}

// Hashing goes through a buffer of 1,024 words: sizes around it against one
// call over all bytes.
func TestDigestOfLongColumns(t *testing.T) {
	for _, n := range []int{0, 1, 1023, 1024, 1025, 2048, 3000} {
		times, values := make([]int64, n), make([]float64, n)
		var timeBytes, valueBytes []byte
		for i := range n {
			times[i], values[i] = int64(i+1), math.Sqrt(float64(i+1))
			timeBytes = binary.LittleEndian.AppendUint64(timeBytes, uint64(times[i]))
			valueBytes = binary.LittleEndian.AppendUint64(valueBytes, math.Float64bits(values[i]))
		}
		f := build(t, []columnar.Column{{Name: "x"}}, []columnar.Bars{{ID: "A", Times: times, Values: [][]float64{values}}})
		got := columnar.ColumnDigests(f)[0]
		if got[0] != sha256.Sum256(timeBytes) || got[1] != sha256.Sum256(valueBytes) {
			t.Errorf("%d bars: another digest than over all bytes at once", n)
		}
		if columnar.DigestOf(f, columnar.ColumnDigests(f)) != columnar.Digest(f) {
			t.Errorf("%d bars: DigestOf is not Digest", n)
		}
	}
}

// Flipping any bit of any value or timestamp changes the digest.
func TestDigestSeesEveryBit(t *testing.T) {
	want := buildTwo(t).Info().Digest
	rapid.Check(t, func(t *rapid.T) {
		assets := twoAssets()
		a := assets[rapid.IntRange(0, 1).Draw(t, "asset")]
		bar := rapid.IntRange(0, len(a.Times)-1).Draw(t, "bar")
		bit := rapid.IntRange(0, 63).Draw(t, "bit")
		v := a.Values[rapid.IntRange(0, 1).Draw(t, "column")]
		before := v[bar]
		v[bar] = math.Float64frombits(math.Float64bits(before) ^ 1<<bit)
		if math.IsNaN(before) && math.IsNaN(v[bar]) {
			t.Skip("one NaN is as another")
		}
		f, err := columnar.Build(prices, assets, columnar.Info{})
		if err != nil {
			t.Fatal(err)
		}
		defer f.Release()
		if f.Info().Digest == want {
			t.Fatalf("%s bar %d: bit %d of %v does not count", a.ID, bar, bit, before)
		}
	})
}

func BenchmarkDigest(b *testing.B) {
	const rows = 1_000_000
	f := build(b, []columnar.Column{{Name: "x"}}, []columnar.Bars{{ID: "A", Times: every(1, rows+1)[1:], Values: [][]float64{make([]float64, rows)}}})
	b.SetBytes(rows * 16)
	for range b.N {
		_ = columnar.Digest(f)
	}
}
