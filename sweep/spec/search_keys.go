package spec

import (
	"strconv"

	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// searchKeys are the keys of a search: one for each algorithm, whose value is the
// number of trials, and what they have in common.
func searchKeys() []key {
	var keys []key
	for _, r := range Algorithms() {
		keys = append(keys, key{name: string(r.Algorithm), doc: "The number of trials of " + r.Title + ".", value: algorithmValue(r.Algorithm)})
	}
	return append(keys,
		key{name: "seed", doc: "Decides on all that is random. Default 0.", value: wholeValue(
			func(q *Search, v int64) { q.Seed = v }, func(q *Search) int64 { return q.Seed }, 0, MaxSeed)},
		key{name: "generation", doc: "How many trials are asked at a time, before their results are known. Default: 1 for tpe, which learns most so, else 1024.", value: wholeValue(
			func(q *Search, v int64) { q.Generation = int(v) }, func(q *Search) int64 { return int64(q.Generation) }, 1, MaxSearch)},
		key{name: "objectives", doc: "Several objectives, in place of one: a list of {metric, goal} or of names, which are maximized. A column `pareto` says which trials no other one dominates.",
			value: objectivesValue()},
	)
}

func algorithmValue(a Algorithm) value {
	return value{
		decode: func(d *decoder, path string, n *node) {
			q := &d.spec.Search
			if q.On() {
				d.fail(path, n.at, "there is %s already; a search has one algorithm", q.Algorithm)
				return
			}
			q.Algorithm = a
			if v, ok := d.whole(path, n, 1, MaxSearch); ok {
				q.Trials = int(v)
			}
		},
		write: func(s *Spec) *node {
			if s.Search.Algorithm != a {
				return nil
			}
			return plain(strconv.Itoa(s.Search.Trials))
		},
		schema: func() schema { return schema{"type": "integer", "minimum": 1, "maximum": MaxSearch} },
	}
}

func wholeValue(set func(*Search, int64), get func(*Search) int64, low, high int64) value {
	return value{
		decode: func(d *decoder, path string, n *node) {
			if v, ok := d.whole(path, n, low, high); ok {
				set(&d.spec.Search, v)
			}
		},
		write: func(s *Spec) *node {
			if !s.Search.On() {
				return nil
			}
			return plain(strconv.FormatInt(get(&s.Search), 10))
		},
		schema: func() schema { return schema{"type": "integer", "minimum": low, "maximum": high} },
	}
}

// objectivesValue is a list of statistics or expressions, or of {metric, goal}.
func objectivesValue() value {
	return value{
		decode: func(d *decoder, path string, n *node) {
			if !d.want(path, n, listNode, "a list such as [sharpe, {metric: max_drawdown, goal: minimize}]") {
				return
			}
			for _, item := range n.items {
				if o, ok := d.objective(path, item); ok {
					d.spec.Search.Objectives = append(d.spec.Search.Objectives, o)
				}
			}
		},
		write: func(s *Spec) *node {
			if len(s.Search.Objectives) == 0 {
				return nil
			}
			var items []*node
			for _, o := range s.Search.Objectives {
				items = append(items, flowMapping("metric", scalar(o.Metric), "goal", plain(string(o.Goal))))
			}
			return flowList(items...)
		},
		schema: func() schema {
			metric := metricValue().schema
			return schema{"type": "array", "minItems": 2, "maxItems": maxObjectives, "items": schema{"oneOf": []schema{
				metric(), objectSchema(map[string]schema{"metric": metric(), "goal": {"enum": []Goal{Maximize, Minimize}}}, "metric"),
			}}}
		},
	}
}

// objective reads one of several objectives.
func (d *decoder) objective(path string, n *node) (o Objective, ok bool) {
	before := len(d.errs)
	metric := n
	if n.kind == mappingNode {
		pairs := d.pairs(path, n, []string{"metric", "goal"})
		if metric = pairs["metric"]; metric == nil {
			d.fail(path, n.at, "want a metric, as in {metric: max_drawdown, goal: minimize}")
			return o, false
		}
		if goal := pairs["goal"]; goal != nil && d.want(path, goal, scalarNode, "maximize or minimize") && d.oneOf(path, goal, []string{string(Maximize), string(Minimize)}) {
			o.Goal = Goal(goal.text)
		}
	}
	if d.want(path, metric, scalarNode, "a statistic, or an expression over statistics") {
		d.checkText(path, metric)
		if !identifier.MatchString(metric.text) || d.oneOf(path, metric, metrics.Names()) {
			o.Metric = metric.text
		}
	}
	return o, len(d.errs) == before
}
