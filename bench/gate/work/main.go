// Command work is the side of a commit in the gate for speed: a process that has
// one workload and runs it when it is told to. The driver of a later commit
// (bench/gate) talks to it, so that what is said between them does not change:
//
//	work -list        prints the workloads, one a line: "wall NAME" where a verdict
//	                  needs the wall clock, "cpu NAME" where processor time will do
//	work NAME         makes the workload, prints "ready" and reads commands:
//	  digest          prints the SHA-256 of what the workload computes, in hex
//	  run             runs it and prints how long that took, wall clock and
//	                  processor time of the process, as nanoseconds: "123 456"
//	work -slow 0.15 NAME   is slower by that share of every run, for tests
//
// Garbage of a run before is collected ahead of each. The process ends with its
// input, or with the reason on standard error.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"
)

func main() {
	list := flag.Bool("list", false, "print the workloads")
	slow := flag.Float64("slow", 0, "share of its time by which every run is slower")
	flag.Parse()
	if *list {
		for _, w := range workloads() {
			fmt.Println(w.clock, w.name)
		}
		return
	}
	if err := serve(flag.Arg(0), *slow, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "work:", err)
		os.Exit(1)
	}
}

// serve makes a workload and answers commands until there are none left.
func serve(name string, slow float64, commands io.Reader, answers io.Writer) (err error) {
	w, err := find(name)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "bowstring-gate-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	run, release, err := w.prepare(folder)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer release()
	fmt.Fprintln(answers, "ready")
	lines := bufio.NewScanner(commands)
	for lines.Scan() {
		switch command := strings.TrimSpace(lines.Text()); command {
		case "digest":
			digest := newDigest()
			if err := run(digest); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			fmt.Fprintln(answers, digest)
		case "run":
			wall, cpu, err := timed(w.times, slow, func() error { return run(nil) })
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			fmt.Fprintln(answers, wall.Nanoseconds(), cpu.Nanoseconds())
		default:
			return fmt.Errorf("%q is neither digest nor run", command)
		}
	}
	return lines.Err()
}

// timed runs something so many times in a row, and then spins for a share of the
// time that took.
func timed(times int, slow float64, run func() error) (wall, cpu time.Duration, err error) {
	runtime.GC()
	before, start := processorTime(), time.Now()
	for range times {
		if err := run(); err != nil {
			return 0, 0, err
		}
	}
	for until := time.Duration(float64(time.Since(start)) * (1 + slow)); time.Since(start) < until; {
	}
	return time.Since(start), processorTime() - before, nil
}
