package robust

import "fmt"

// Split is one way to divide a history: groups to train on and groups to test on,
// and the bars of either, ascending.
type Split struct {
	// TestGroups are the numbers of the groups that are tested.
	TestGroups []int
	// Train and Test are bars of the calendar, from … to−1 each; purged and embargoed
	// bars are in neither.
	Train, Test []BarRange
}

// BarRange are the bars From … To−1.
type BarRange struct{ From, To int }

// CPCV returns the splits of combinatorial purged cross-validation (López de Prado
// 2018, chapters 7 and 12): the bars are cut into groups that differ by at most one
// bar, and each choice of tests of them is a split, in lexicographic order. purge bars
// are dropped from the train in front of and behind each test, embargo more behind it.
func CPCV(bars, groups, tests, purge, embargo int) ([]Split, error) {
	switch {
	case groups < 2 || tests < 1 || tests >= groups:
		return nil, fmt.Errorf("cpcv: %d of %d groups are tested; want at least one, and one to train on", tests, groups)
	case bars < groups:
		return nil, fmt.Errorf("cpcv: %d groups of %d bars; want at least a bar a group", groups, bars)
	case purge < 0 || embargo < 0:
		return nil, fmt.Errorf("cpcv: purge %d, embargo %d: want 0 or more bars", purge, embargo)
	}
	count := binomial(groups, tests)
	if count > MaxSplits {
		return nil, fmt.Errorf("cpcv: more than %d splits", MaxSplits)
	}
	bounds := make([]int, groups+1)
	for i := range bounds {
		bounds[i] = i * bars / groups
	}
	var splits []Split
	chosen := make([]int, tests)
	for i := range chosen {
		chosen[i] = i
	}
	for {
		s, err := splitOf(bounds, chosen, purge, embargo)
		if err != nil {
			return nil, err
		}
		splits = append(splits, s)
		at := tests - 1
		for ; at >= 0 && chosen[at] == groups-tests+at; at-- {
		}
		if at < 0 {
			return splits, nil
		}
		chosen[at]++
		for i := at + 1; i < tests; i++ {
			chosen[i] = chosen[i-1] + 1
		}
	}
}

// MaxSplits is the largest number of splits of a [CPCV].
const MaxSplits = 1_000_000

func splitOf(bounds, chosen []int, purge, embargo int) (Split, error) {
	bars := bounds[len(bounds)-1]
	s := Split{TestGroups: append([]int(nil), chosen...)}
	train := []TimeRange{{0, int64(bars)}}
	for _, g := range chosen {
		from, to := bounds[g], bounds[g+1]
		if n := len(s.Test); n > 0 && s.Test[n-1].To == from {
			s.Test[n-1].To = to
		} else {
			s.Test = append(s.Test, BarRange{from, to})
		}
	}
	for _, t := range s.Test {
		train = without(train, TimeRange{int64(max(t.From-purge, 0)), int64(min(t.To+purge+embargo, bars))})
	}
	for _, p := range train {
		s.Train = append(s.Train, BarRange{int(p.From), int(p.To)})
	}
	if s.Train == nil {
		return s, fmt.Errorf("cpcv: nothing is left to train on with groups %v tested; purge and embargo fewer bars", chosen)
	}
	return s, nil
}

// CPCVPaths returns, for each of the k·C(N, k)/N paths through all groups that the splits
// of [CPCV] make, which split tests each group: path p has group g from split
// paths[p][g]. A group is taken from the splits that test it in their order.
func CPCVPaths(splits []Split, groups int) [][]int {
	by := make([][]int, groups)
	for i, s := range splits {
		for _, g := range s.TestGroups {
			by[g] = append(by[g], i)
		}
	}
	paths := make([][]int, len(by[0]))
	for p := range paths {
		paths[p] = make([]int, groups)
		for g := range groups {
			paths[p][g] = by[g][p]
		}
	}
	return paths
}

// InOut returns the one split that trains on the first bars and tests on the others:
// share is that of the train, between 0 and 1.
func InOut(bars int, share float64, purge int) (Split, error) {
	at := int(share * float64(bars))
	if !(share > 0 && share < 1) || at-purge < 1 || at >= bars || purge < 0 {
		return Split{}, fmt.Errorf("split: a share of %v of %d bars, with %d purged, leaves nothing on one side", share, bars, purge)
	}
	return Split{TestGroups: []int{1}, Train: []BarRange{{0, at - purge}}, Test: []BarRange{{at, bars}}}, nil
}

func binomial(n, k int) int {
	out := 1
	for i := range min(k, n-k) {
		if out = out * (n - i) / (i + 1); out > MaxSplits {
			return out
		}
	}
	return out
}
