package results

// What tests of whole sweeps look into.
var (
	WriteFileOn = writeFile
	JournalPath = journalPath
)

// JournalGroups returns how many row groups the journal of a result file has; 0
// where it is none.
func JournalGroups(path string) int {
	_, groups, _, err := readJournal(journalPath(path))
	if err != nil {
		return 0
	}
	return len(groups)
}

// NumRowGroups returns the number of row groups of a file.
func (r *File) NumRowGroups() int { return r.file.NumRowGroups() }
