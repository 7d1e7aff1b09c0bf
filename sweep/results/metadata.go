package results

// The keys of a result table's metadata.
const (
	MetaFormat   = "bowstring.format"   // version of the table's layout, "1"
	MetaTool     = "bowstring.tool"     // version of the program
	MetaSpec     = "bowstring.spec"     // the resolved spec, which says what prices were adjusted for
	MetaDigest   = "bowstring.digest"   // content digest of the bundle, as it is stored
	MetaAxis     = "bowstring.axis"     // calendar, frequency and bars a year
	MetaSpace    = "bowstring.space"    // what trials are numbered in, where it is not the grid of the spec
	MetaPartial  = "bowstring.partial"  // "true" where rows are missing
	MetaTop      = "bowstring.top"      // how many trials were kept, where only the best were
	MetaSegments = "bowstring.segments" // where segments are cut, of a table of them
	MetaTrials   = "bowstring.trials"   // the number of trials computed, beside MetaTop
	MetaGo       = "bowstring.go"       // the names of functions and statistics in Go, where there are any
)

// createdBy names the program that writes results of this metadata, as it stands
// in their files.
func createdBy(meta map[string]string) string { return "bowstring " + meta[MetaTool] }
