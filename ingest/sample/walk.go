package sample

import (
	"errors"
	"fmt"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/calendar"
)

// maxAssets is the number of ids of the form A00000.
const maxAssets = 100_000

// session is the length of a trading day of the New York Stock Exchange, and
// opening its beginning in UTC, summer time left aside.
const (
	session = 390 * time.Minute
	opening = 14*time.Hour + 30*time.Minute
)

// Options say what [Walk] generates. The zero value is one asset with 1,000
// daily bars without weekends off.
type Options struct {
	// Assets is the number of assets, named A00000, A00001, …; 0 means 1.
	Assets int
	// Bars is the number of bars an asset; 0 means 1,000.
	Bars int
	// Ragged lets asset i start i × Bars / (2 × Assets) bars later, so that
	// the last one has a little more than half of them. All end together.
	Ragged bool
	// Frequency is the length of a bar; 0 means a day.
	Frequency time.Duration
	// Calendar is [calendar.AlwaysOpen] for bars without gaps, the default,
	// or [calendar.NYSE] for its sessions, with 390 minutes each.
	Calendar calendar.Calendar
	// Start is the time of the first bar, or the day of the first session;
	// the zero time means 2000-01-03.
	Start time.Time
	// Seed chooses the prices. Asset i has the same prices for a seed however
	// many assets there are.
	Seed uint64
}

// resolve returns the options with their defaults.
func (o Options) resolve() Options {
	if o.Assets == 0 {
		o.Assets = 1
	}
	if o.Bars == 0 {
		o.Bars = 1000
	}
	if o.Frequency == 0 {
		o.Frequency = 24 * time.Hour
	}
	if o.Calendar.IsZero() {
		o.Calendar = calendar.AlwaysOpen()
	}
	if o.Start.IsZero() {
		o.Start = time.Date(2000, 1, 3, 0, 0, 0, 0, time.UTC)
	}
	return o
}

// Validate reports everything that is wrong with the options.
func (o Options) Validate() error {
	o = o.resolve()
	var errs []error
	if o.Assets < 0 || o.Assets > maxAssets {
		errs = append(errs, fmt.Errorf("assets %d: want 1 to %d", o.Assets, maxAssets))
	}
	if o.Bars < 0 {
		errs = append(errs, fmt.Errorf("bars %d: want 1 or more", o.Bars))
	}
	if o.Frequency < 0 {
		errs = append(errs, fmt.Errorf("frequency %v: want more than 0", o.Frequency))
	}
	switch {
	case o.Calendar.Equal(calendar.AlwaysOpen()):
	case o.Calendar.Equal(calendar.NYSE()):
		if o.Frequency > session && o.Frequency != 24*time.Hour {
			errs = append(errs, fmt.Errorf("frequency %v: want a day or at most %v with calendar nyse", o.Frequency, session))
		}
		if o.Start.Year() < calendar.NYSEFirstYear {
			errs = append(errs, fmt.Errorf("start %s: want %d or later with calendar nyse", o.Start.Format(time.DateOnly), calendar.NYSEFirstYear))
		}
	default:
		errs = append(errs, fmt.Errorf("calendar %q: want 24x7 or nyse", o.Calendar))
	}
	if len(errs) == 0 && !o.fits() {
		errs = append(errs, fmt.Errorf("bars %d of %v from %s: want an end before 2262", o.Bars, o.Frequency, o.Start.Format(time.DateOnly)))
	}
	return errors.Join(errs...)
}

// fits reports whether the last timestamp is one of int64 nanoseconds.
func (o Options) fits() bool {
	seconds := o.Frequency.Seconds() * float64(o.Bars)
	if o.Calendar.Equal(calendar.NYSE()) {
		// 252 sessions take a year; a little more for holidays that cluster.
		seconds = float64(o.Bars/o.barsPerSession()+10) * 365.25 / 250 * 24 * 3600
	}
	end := time.Date(2262, 1, 1, 0, 0, 0, 0, time.UTC)
	return o.Start.Year() >= 1678 && float64(o.Start.Unix())+seconds < float64(end.Unix())
}

// barsPerSession counts the last, shorter bar of a session too.
func (o Options) barsPerSession() int {
	if o.Frequency > session {
		return 1
	}
	return int((session + o.Frequency - 1) / o.Frequency)
}

// Walk returns generated bars with the columns of [Columns]: 20 million rows
// take a few seconds. Errors are those of Validate. The caller releases the
// Frame.
func Walk(o Options) (*columnar.Frame, error) {
	if err := o.Validate(); err != nil {
		return nil, fmt.Errorf("sample: %w", err)
	}
	o = o.resolve()
	times := o.times()
	columns := Columns()
	assets := make([]columnar.Bars, o.Assets)
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range assets {
		g.Go(func() error {
			skip := 0
			if o.Ragged {
				skip = i * o.Bars / (2 * o.Assets)
			}
			assets[i] = bars(fmt.Sprintf("A%05d", i), times[skip:], len(columns))
			newPath(o.Seed, uint64(i), o.Frequency).fill(assets[i].Values)
			return nil
		})
	}
	_ = g.Wait() // no task returns an error
	return columnar.Build(columns, assets, columnar.Info{
		// Of two neighbouring bars, so that one bar has a frequency too.
		Axis: columnar.NewAxis(o.Calendar, columnar.LabelOpen, []int64{0, int64(o.Frequency)}),
	})
}

// times returns the timestamps of the asset with the most bars.
func (o Options) times() []int64 {
	times := make([]int64, o.Bars)
	if o.Calendar.Equal(calendar.AlwaysOpen()) {
		first := o.Start.UnixNano()
		for i := range times {
			times[i] = first + int64(i)*int64(o.Frequency)
		}
		return times
	}
	offset := time.Duration(0)
	if o.Frequency <= session {
		offset = opening
	}
	at := 0
	for s := range calendar.NYSE().Sessions(o.Start.UTC().Truncate(24*time.Hour), time.Time{}) {
		first := s.Day.Add(offset).UnixNano()
		for k := 0; k < o.barsPerSession() && at < len(times); k++ {
			times[at] = first + int64(k)*int64(o.Frequency)
			at++
		}
		if at == len(times) {
			break
		}
	}
	return times
}
