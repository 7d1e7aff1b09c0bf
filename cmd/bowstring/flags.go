package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// setParams applies name=value pairs to a spec.
func setParams(spec *spec.Spec, given []string) error {
	var pairs []string
	for _, part := range given {
		// The commas of --set lo=5,10 have taken it apart.
		if !strings.Contains(part, "=") && len(pairs) > 0 {
			pairs[len(pairs)-1] += "," + part
			continue
		}
		pairs = append(pairs, part)
	}
	for _, pair := range pairs {
		name, value, ok := strings.Cut(pair, "=")
		if !ok {
			return usagef("--set %q: want name=value, as in fast=21, fast=5,10 or fast=5..50/5", pair)
		}
		if err := spec.Set(strings.TrimPrefix(strings.TrimSpace(name), "$"), strings.TrimSpace(value)); err != nil {
			return usagef("--set %s: %w", pair, err)
		}
	}
	return nil
}

// byteSize is a flag for an amount of memory: a number with an optional unit.
type byteSize int64

// Set implements pflag.Value.
func (b *byteSize) Set(text string) error {
	units := []struct {
		name string
		size float64
	}{{"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30}, {"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9}, {"b", 1}}
	number, unit := strings.ToLower(strings.TrimSpace(text)), 1.0
	for _, u := range units {
		if rest, ok := strings.CutSuffix(number, u.name); ok {
			number, unit = strings.TrimSpace(rest), u.size
			break
		}
	}
	v, err := strconv.ParseFloat(number, 64)
	if err != nil || math.IsNaN(v) || math.Abs(v*unit) >= 1<<62 {
		return fmt.Errorf("%q: want a number of bytes, as in 64MiB", text)
	}
	*b = byteSize(v * unit)
	return nil
}

// String implements pflag.Value.
func (b *byteSize) String() string { return strconv.FormatInt(int64(*b), 10) }

// Type implements pflag.Value.
func (b *byteSize) Type() string { return "bytes" }

// size is an amount of memory for people.
func size(bytes int64) string {
	for _, u := range []struct {
		name string
		size int64
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if bytes >= u.size {
			return fmt.Sprintf("%.1f %s", float64(bytes)/float64(u.size), u.name)
		}
	}
	return fmt.Sprintf("%d B", bytes)
}

// joinInts is a list of numbers as text.
func joinInts(v []int) string {
	texts := make([]string, len(v))
	for i, n := range v {
		texts[i] = strconv.Itoa(n)
	}
	return strings.Join(texts, ", ")
}
