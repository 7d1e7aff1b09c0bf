// Command gate measures whether the working tree is slower than a recorded commit:
//
//	go run ./bench/gate                  beside the commit in bench/gate/REF
//	go run ./bench/gate -ref main        beside another
//
// It builds bench/gate/work of both, and has processes of either side run each
// workload in turns. Results are compared first. A pair of processes, which lives
// for five rounds of old, new, new, old, is one observation: the median ratio of
// its rounds. Pairs are added until the standard error of the median ratio over
// all of them is 2 % or less; eight are the least. That is asked of processor
// time, and of the wall clock as well for what several workers share. Slower is a
// median ratio above 1.10 with p < 0.01 in Wilcoxon's signed-rank test (one-sided,
// exact), of either time that is precise, twice: what is slower is measured
// afresh. That, other results, and no verdict in time end the program with exit
// code 1.
//
// Start with measure.go, which decides; process.go talks to the processes and
// build.go makes them.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"
)

func main() {
	start := time.Now()
	ref := flag.String("ref", "", "commit to measure beside (default: the one that bench/gate/REF records)")
	limit := flag.Duration("limit", 4*time.Minute, "time for all of it")
	only := flag.String("only", ".", "regexp of the workloads")
	flag.Parse()
	ok, err := gate(*ref, *only, start.Add(*limit))
	if err != nil {
		fmt.Fprintln(os.Stderr, "gate:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

// gate builds both sides and measures them until the deadline. It prints what is
// found.
func gate(ref, only string, deadline time.Time) (ok bool, err error) {
	pattern, err := regexp.Compile(only)
	if err != nil {
		return false, err
	}
	root, err := moduleRoot()
	if err != nil {
		return false, err
	}
	if ref == "" {
		text, err := os.ReadFile(filepath.Join(root, "bench", "gate", "REF"))
		if err != nil {
			return false, err
		}
		var reason string
		if ref, reason, err = recorded(string(text)); err != nil {
			return false, err
		}
		fmt.Printf("recorded: %s\n", reason)
	}
	commit, err := resolve(root, ref)
	if err != nil {
		return false, err
	}
	folder, err := os.MkdirTemp("", "bowstring-gate-*")
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	before, after, err := build(root, commit, folder)
	if err != nil {
		return false, err
	}
	all, err := workloads(before, after, pattern)
	if err != nil {
		return false, err
	}
	fmt.Printf("the working tree beside %.12s: %d workloads, %.0f s left\n", commit, len(all), time.Until(deadline).Seconds())
	ok, err = measure(all, func() bool { return time.Now().Before(deadline) })
	for _, w := range all {
		fmt.Println(w.line())
	}
	return ok, err
}

// workloads pairs those of two binaries that the pattern matches. One that only
// the new has is not measured; the old must have none that the new has not.
func workloads(before, after string, pattern *regexp.Regexp) (all []*workload, err error) {
	had, _, err := listed(before)
	if err != nil {
		return nil, err
	}
	has, needWall, err := listed(after)
	if err != nil {
		return nil, err
	}
	for _, name := range had {
		if !slices.Contains(has, name) {
			return nil, fmt.Errorf("workload %q: the working tree has it no more; move bench/gate/REF to the commit that ends it, and say why", name)
		}
		if pattern.MatchString(name) {
			all = append(all, &workload{name: name, needsWall: needWall[name], old: starter(before, name), new: starter(after, name)})
		}
	}
	if len(all) == 0 {
		return nil, errors.New("no workload matches")
	}
	return all, nil
}
