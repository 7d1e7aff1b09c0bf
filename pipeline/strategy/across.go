package strategy

import "github.com/bowstring-engine/bowstring/pipeline/internal/kernel"

// section is one of the functions of the language that hold the values of all assets
// against each other, at each time at which some of them have a bar.
type section struct {
	name   string
	across kernel.Across
	mask   bool // it is of a mask
	says   string
}

var sections = []section{
	{"xs_rank", kernel.AcrossRank, false, "place among all assets, 1 the highest"},
	{"xs_pct_rank", kernel.AcrossPctRank, false, "place among all assets, from 0 for the lowest to 1"},
	{"xs_zscore", kernel.AcrossZScore, false, "standard deviations, ddof 0, above the mean of all assets"},
	{"xs_mean", kernel.AcrossMean, false, "mean of all assets"},
	{"xs_count", kernel.AcrossCount, true, "how many assets are true"},
}

// SectionNames returns the names of the functions across assets, each with what it says.
func SectionNames() (names, says []string) {
	for _, s := range sections {
		names, says = append(names, s.name), append(says, s.says)
	}
	return names, says
}

func sectionNamed(name string) *section {
	for i := range sections {
		if sections[i].name == name {
			return &sections[i]
		}
	}
	return nil
}

func (s *section) signature() string {
	if s.mask {
		return s.name + "(mask, members)"
	}
	return s.name + "(series, members)"
}
