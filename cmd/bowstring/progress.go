package main

import (
	"context"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

// logEvery is the time between two progress lines in a log.
const logEvery = 5 * time.Second

// progress shows how far a long job has come, until the returned function is
// called, which may be called again: a bar where standard error is a
// terminal, and elsewhere a log line every few seconds. at returns the work
// done and the whole, counted in unit, which may be "bytes"; it is called from
// another goroutine.
func (a *app) progress(ctx context.Context, what, unit string, at func() (done, total int64)) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		if _, ok := terminal(a.stderr); ok {
			a.bar(ctx, what, unit, at)
		} else {
			a.lines(ctx, what, unit, at)
		}
	}()
	return func() {
		cancel()
		wg.Wait()
	}
}

// barAfter is how long a job runs before it gets a bar.
const barAfter = 300 * time.Millisecond

func (a *app) bar(ctx context.Context, what, unit string, at func() (done, total int64)) {
	select {
	case <-time.After(barAfter):
	case <-ctx.Done():
		return
	}
	// With a count the bar is drawn before the first per cent, too: of a large
	// grid that takes minutes.
	options := []progressbar.Option{
		progressbar.OptionSetDescription(what), progressbar.OptionSetWriter(a.stderr), progressbar.OptionFullWidth(),
		progressbar.OptionShowCount(),
	}
	if unit == "bytes" {
		options = append(options, progressbar.OptionShowBytes(true))
	} else {
		options = append(options, progressbar.OptionShowIts(), progressbar.OptionSetItsString(unit))
	}
	bar := progressbar.NewOptions64(1, options...)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if done, total := at(); total > 0 {
				bar.ChangeMax64(total)
				// A bar that cannot be drawn must not stop the work. At its
				// maximum it would end the line.
				_ = bar.Set64(min(done, total-1))
			}
		case <-ctx.Done():
			_ = bar.Clear()
			return
		}
	}
}

func (a *app) lines(ctx context.Context, what, unit string, at func() (done, total int64)) {
	tick := time.NewTicker(logEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			done, total := at()
			a.log.Info(what, "done", done, "total", total, "unit", unit)
		case <-ctx.Done():
			return
		}
	}
}
