package spec

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bowstring-engine/bowstring/internal/suggest"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// versionValue is the version of the format.
func versionValue() value {
	check := func(s *Spec) error {
		if s.Version != Version {
			return fmt.Errorf("%d: this program knows version %d", s.Version, Version)
		}
		return nil
	}
	return value{
		decode: func(d *decoder, path string, n *node) {
			if v, ok := d.number(path, n); ok {
				if v != Version {
					d.fail(path, n.at, "%s: this program knows version %d", n.text, Version)
				}
				d.spec.Version = Version
			}
		},
		check:  check,
		write:  func(s *Spec) *node { return plain(strconv.Itoa(s.Version)) },
		schema: func() schema { return schema{"const": Version} },
	}
}

// universeValue is a list of assets, each as its text stands in the file.
func universeValue() value {
	return value{
		decode: func(d *decoder, path string, n *node) {
			if !d.want(path, n, listNode, "a list of assets") {
				return
			}
			if len(n.items) == 0 {
				d.fail(path, n.at, "no assets; leave the key out for every asset")
			}
			seen := make(map[string]bool, len(n.items))
			for _, item := range n.items {
				if !d.want(path, item, scalarNode, "an asset") {
					continue
				}
				if err := checkAsset(item.text, seen); err != nil {
					d.fail(path, item.at, "%v", err)
					continue
				}
				d.spec.Universe = append(d.spec.Universe, item.text)
			}
		},
		check: func(s *Spec) error {
			seen := make(map[string]bool, len(s.Universe))
			for _, asset := range s.Universe {
				if err := checkAsset(asset, seen); err != nil {
					return err
				}
			}
			return nil
		},
		write: func(s *Spec) *node { return nameList(s.Universe) },
		schema: func() schema {
			return schema{"type": "array", "minItems": 1, "uniqueItems": true, "items": scalarSchema()}
		},
	}
}

// checkAsset says what is wrong with an asset's name, and notes it as seen.
func checkAsset(asset string, seen map[string]bool) error {
	switch {
	case !printable(asset):
		return fmt.Errorf("%q is not an asset's name", asset)
	case asset == "*":
		return fmt.Errorf("%q stands for the pooled row; leave the key out for every asset", asset)
	case seen[asset]:
		return fmt.Errorf("%s is there twice", asset)
	}
	seen[asset] = true
	return nil
}

// nameList returns names as a list on one line, nil where there are none.
func nameList(names []string) *node {
	if len(names) == 0 {
		return nil
	}
	items := make([]*node, len(names))
	for i, name := range names {
		items[i] = scalar(name)
	}
	return flowList(items...)
}

// fromValue is the first moment of the period.
func fromValue() value {
	return value{
		decode: func(d *decoder, path string, n *node) {
			if d.want(path, n, scalarNode, "a date") {
				from, _, err := parseTime(n.text)
				d.spec.Period.From = d.timely(path, n, from, err)
			}
		},
		check:  func(s *Spec) error { return s.Period.check() },
		write:  func(s *Spec) *node { return timeNode(s.Period.From, formatTime) },
		schema: dateSchema,
	}
}

// toValue is the last moment of the period.
func toValue() value {
	return value{
		decode: func(d *decoder, path string, n *node) {
			if d.want(path, n, scalarNode, "a date") {
				to, err := parseEnd(n.text)
				d.spec.Period.To = d.timely(path, n, to, err)
			}
		},
		write:  func(s *Spec) *node { return timeNode(s.Period.To, formatEnd) },
		schema: dateSchema,
	}
}

func timeNode(t time.Time, format func(time.Time) string) *node {
	if t.IsZero() {
		return nil
	}
	return plain(format(t))
}

// timely returns t, or reports why n is no time.
func (d *decoder) timely(path string, n *node, t time.Time, err error) time.Time {
	if err != nil {
		d.fail(path, n.at, "%q: %v", n.text, err)
	}
	return t
}

// sizingValue is all_in, {percent: 10} or {units: 100}.
func sizingValue() value {
	rows := backtest.SizingRows()
	var modes, forms []string
	var schemas []schema
	for _, r := range rows {
		mode := string(r.Mode)
		if r.Max == 0 {
			forms, schemas = append(forms, mode), append(schemas, schema{"const": mode})
			continue
		}
		amount := schema{"type": []string{"number", "string"}, "exclusiveMinimum": 0}
		if !math.IsInf(r.Max, 1) {
			amount["maximum"] = r.Max
		}
		modes = append(modes, mode)
		forms = append(forms, fmt.Sprintf("{%s: %s}", mode, formatNumber(r.Example)))
		schemas = append(schemas, objectSchema(map[string]schema{mode: amount}, mode))
	}
	want := strings.Join(forms[:len(forms)-1], ", ") + " or " + forms[len(forms)-1]
	return value{
		decode: func(d *decoder, path string, n *node) {
			bare := func(r backtest.SizingRow) bool { return r.Max == 0 && string(r.Mode) == n.text }
			if n.kind == scalarNode && slices.ContainsFunc(rows, bare) {
				d.spec.Simulation.Sizing = backtest.Sizing{Mode: backtest.SizingMode(n.text)}
				return
			}
			if !d.want(path, n, mappingNode, want) {
				return
			}
			pairs := d.pairs(path, n, modes)
			if len(n.entries) != 1 {
				d.fail(path, n.at, "want one of %s", want)
				return
			}
			for mode, amount := range pairs {
				if isExpression(amount, true) {
					at := path + "." + mode
					d.src.note(at, n.entries[0])
					d.spec.set(at, amount.text)
					d.spec.Simulation.Sizing = backtest.Sizing{Mode: backtest.SizingMode(mode), Amount: 1}
					return
				}
				v, _ := d.number(path+"."+mode, amount)
				d.spec.Simulation.Sizing = backtest.Sizing{Mode: backtest.SizingMode(mode), Amount: v}
			}
		},
		check: func(s *Spec) error {
			sizing := s.Simulation.Sizing
			at := slices.IndexFunc(rows, func(r backtest.SizingRow) bool { return r.Mode == sizing.Mode })
			switch {
			case at < 0:
				return fmt.Errorf("%q: want %s", sizing.Mode, want)
			case rows[at].Max == 0 && sizing.Amount != 0:
				return fmt.Errorf("%s takes no amount, but it has %v", sizing.Mode, sizing.Amount)
			case rows[at].Max == 0 || sizing.Amount > 0 && sizing.Amount <= min(rows[at].Max, math.MaxFloat64):
				return nil
			case math.IsInf(rows[at].Max, 1):
				if err := (bounds{open: true}).check(sizing.Amount); err != nil {
					return fmt.Errorf("%s: %w", sizing.Mode, err)
				}
				return nil
			}
			return fmt.Errorf("%s: %v: want a number above 0 and at most %v", sizing.Mode, sizing.Amount, rows[at].Max)
		},
		write: func(s *Spec) *node {
			if sizing := s.Simulation.Sizing; sizing.Mode != backtest.SizeAllIn {
				if text := s.setting("simulation.sizing." + string(sizing.Mode)); text != "" {
					return flowMapping(string(sizing.Mode), scalar(text))
				}
				return flowMapping(string(sizing.Mode), plain(formatNumber(sizing.Amount)))
			}
			return plain(string(backtest.SizeAllIn))
		},
		schema: func() schema { return schema{"oneOf": schemas} },
	}
}

// metricValue is the name of a statistic, or an expression over statistics, which
// [Spec.Compile] checks.
func metricValue() value {
	return value{
		decode: func(d *decoder, path string, n *node) {
			if !d.want(path, n, scalarNode, "a statistic, or an expression over statistics") {
				return
			}
			d.checkText(path, n)
			if !identifier.MatchString(n.text) || d.oneOf(path, n, metrics.Names()) {
				d.spec.Objective.Metric = n.text
			}
		},
		check: func(s *Spec) error {
			if s.Objective.IsExpression() {
				return checkExpr(s.Objective.Metric)
			}
			if _, ok := metrics.ParseStat(s.Objective.Metric); !ok {
				return fmt.Errorf("%q is not a statistic%s", s.Objective.Metric, suggest.Meant(s.Objective.Metric, metrics.Names()))
			}
			return nil
		},
		write: func(s *Spec) *node { return scalar(s.Objective.Metric) },
		schema: func() schema {
			return schema{"oneOf": []schema{{"enum": metrics.Names()}, {"type": "string", "pattern": "[^A-Za-z0-9_]"}}}
		},
	}
}

// statisticsValue is core, all or a list of statistics.
func statisticsValue() value {
	sets := []string{"core", "all"}
	return value{
		decode: func(d *decoder, path string, n *node) {
			if n.kind == scalarNode {
				if d.oneOf(path, n, sets) {
					d.spec.Output.Statistics = map[string][]metrics.Stat{"core": metrics.Core(), "all": metrics.All()}[n.text]
				}
				return
			}
			if !d.want(path, n, listNode, "core, all or a list of statistics") {
				return
			}
			if len(n.items) == 0 {
				d.fail(path, n.at, "no statistics; want core, all or a list")
			}
			for _, item := range n.items {
				if !d.want(path, item, scalarNode, "a statistic") || !d.oneOf(path, item, metrics.Names()) {
					continue
				}
				stat, _ := metrics.ParseStat(item.text)
				if slices.Contains(d.spec.Output.Statistics, stat) {
					d.fail(path, item.at, "%s is there twice", stat)
				}
				d.spec.Output.Statistics = append(d.spec.Output.Statistics, stat)
			}
		},
		check: func(s *Spec) error {
			seen := make(map[metrics.Stat]bool)
			for _, stat := range s.Output.Statistics {
				if stat >= metrics.NumStats {
					return fmt.Errorf("statistic %d does not exist", uint8(stat))
				}
				if seen[stat] {
					return fmt.Errorf("%s is there twice", stat)
				}
				seen[stat] = true
			}
			return nil
		},
		write: func(s *Spec) *node {
			switch stats := s.Output.Statistics; {
			case slices.Equal(stats, metrics.Core()):
				return plain("core")
			case slices.Equal(stats, metrics.All()):
				return plain("all")
			default:
				names := make([]string, len(stats))
				for i, stat := range stats {
					names[i] = stat.String()
				}
				return nameList(names)
			}
		},
		schema: func() schema {
			list := schema{"type": "array", "minItems": 1, "uniqueItems": true, "items": schema{"enum": metrics.Names()}}
			return schema{"oneOf": []schema{{"enum": sets}, list}}
		},
	}
}
