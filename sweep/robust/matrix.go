package robust

import (
	"errors"
	"fmt"
	"slices"
)

// Matrix holds the returns of trials over the same bars: what the functions of this
// package that compare trials take.
type Matrix struct {
	// Names are what the trials are called in errors and reports; nil means their
	// numbers from 0.
	Names []string
	// Times are the bars' moments in nanoseconds UTC; nil where they are not known.
	Times []int64
	// Columns hold a trial's returns each, a bar after the other. They are borrowed
	// and not changed.
	Columns [][]float64
}

// Bars returns the number of returns of each trial.
func (m *Matrix) Bars() int {
	if len(m.Columns) == 0 {
		return 0
	}
	return len(m.Columns[0])
}

// Trials returns the number of trials.
func (m *Matrix) Trials() int { return len(m.Columns) }

// Name returns what a trial is called.
func (m *Matrix) Name(trial int) string {
	if trial < len(m.Names) {
		return m.Names[trial]
	}
	return fmt.Sprint(trial)
}

// Check returns all that is wrong with a matrix, up to ten trials: no trials, columns of
// unequal lengths, and values that are not numbers, each with its trial and bar.
func (m *Matrix) Check() error {
	if len(m.Columns) == 0 {
		return errors.New("returns: there are no trials")
	}
	var all []error
	if m.Names != nil && len(m.Names) != len(m.Columns) {
		all = append(all, fmt.Errorf("returns: %d names for %d trials", len(m.Names), len(m.Columns)))
	}
	if m.Times != nil && len(m.Times) != m.Bars() {
		all = append(all, fmt.Errorf("returns: %d times for %d bars", len(m.Times), m.Bars()))
	}
	if m.Times != nil && !slices.IsSorted(m.Times) {
		all = append(all, errors.New("returns: the times are not in order"))
	}
	for k, column := range m.Columns {
		if len(all) == 10 {
			break
		}
		if len(column) != m.Bars() {
			all = append(all, fmt.Errorf("returns of trial %s: %d bars, and %d of trial %s; want equally many",
				m.Name(k), len(column), m.Bars(), m.Name(0)))
		}
		if err := finite(column); err != nil {
			all = append(all, fmt.Errorf("returns of trial %s: %w", m.Name(k), err))
		}
	}
	return errors.Join(all...)
}

// Select returns the columns of some trials, which it shares with m.
func (m *Matrix) Select(trials []int) *Matrix {
	s := &Matrix{Times: m.Times}
	for _, k := range trials {
		s.Names = append(s.Names, m.Name(k))
		s.Columns = append(s.Columns, m.Columns[k])
	}
	return s
}
