package ingest

// Reading is a decision about sources that changes what their numbers or times are,
// and that nobody should have to look for.
type Reading struct {
	Finding
	// Source is the first of Sources sources of which it was decided.
	Source  string `json:"source"`
	Sources int    `json:"sources"`
}

// readings puts together what has to be said of the sources: what is the same of
// several, once.
func readings(in *inputs) (all []Reading) {
	type decision struct{ what, value, option string }
	known := make(map[decision]int)
	for _, s := range in.sources {
		for _, f := range s.findings {
			if !f.Said {
				continue
			}
			d := decision{f.What, f.Value, f.Option}
			at, ok := known[d]
			if !ok {
				at = len(all)
				known[d] = at
				all = append(all, Reading{Finding: f, Source: s.Name()})
			}
			all[at].Sources++
		}
	}
	return all
}
