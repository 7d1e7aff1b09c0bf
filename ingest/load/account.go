package load

import (
	"github.com/bowstring-engine/bowstring/bundles"
	"github.com/bowstring-engine/bowstring/ingest"
)

// accountOf is the report as a bundle records it.
func accountOf(r *ingest.Report) bundles.Account {
	account := bundles.Account{
		Read: r.Read, Accepted: r.Accepted, Rejected: r.Rejected, Unkept: r.Unkept, RejectedByRule: rejectedByRule(r.Rules),
		Quality: qualityOf(r.Quality), Options: r.Options,
	}
	for i := range r.Sources {
		account.Sources = append(account.Sources, sourceOf(&r.Sources[i]))
	}
	if e := r.Events; e != nil {
		account.Events = &bundles.EventsAccount{Source: sourceOf(&e.Source), RejectedByRule: rejectedByRule(e.Rules)}
	}
	return account
}

// sourceOf is a source as a bundle records it.
func sourceOf(s *ingest.Source) bundles.Source {
	path := s.Path
	if s.Member != "" {
		path += "!" + s.Member
	}
	return bundles.Source{Path: path, Bytes: s.Bytes, SHA256: s.SHA256, Read: s.Read, Accepted: s.Accepted, Rejected: s.Rejected}
}

// rejectedByRule is the rules that rejected rows, as a bundle records them.
func rejectedByRule(rules []ingest.RuleCount) (counts []bundles.RuleCount) {
	for _, c := range rules {
		if c.Rejected > 0 {
			counts = append(counts, bundles.RuleCount{Rule: string(c.Rule), Count: c.Rejected})
		}
	}
	return counts
}

// qualityOf is what an ingest found, as a bundle records it.
func qualityOf(found []ingest.AssetQuality) (out []bundles.AssetQuality) {
	for _, asset := range found {
		q := bundles.AssetQuality{Asset: asset.Asset}
		for _, f := range asset.Findings {
			finding := bundles.QualityFinding{
				Rule: string(f.Rule), Severity: string(f.Severity), Count: f.Count, First: f.First, Last: f.Last,
			}
			for _, e := range f.Examples {
				finding.Examples = append(finding.Examples, bundles.QualityExample{Time: e.Time, Detail: e.Detail})
			}
			q.Findings = append(q.Findings, finding)
		}
		out = append(out, q)
	}
	return out
}
