package export

import (
	"fmt"
	"strings"
)

// partitionKey is what the folders of a [Folder] begin with: a key that package
// ingest, and every reader of partitioned data sets, takes for a column.
const partitionKey = assetColumn + "="

// longestFolder is the longest name that every file system takes.
const longestFolder = 255

// folderNames returns the name of the folder of each asset. Names are the ids,
// but for what some file system does not take: all that is no letter or digit
// of ASCII and none of - _ . ~ is percent-encoded. No two of them are equal on a
// disk that does not tell a from A: where they would be, the letters of the
// later one are encoded, too.
func folderNames(assets []chosenAsset) ([]string, error) {
	names := make([]string, len(assets))
	taken := make(map[string]bool, len(assets))
	for i, a := range assets {
		name := partitionKey + escape(a.id, false)
		if taken[strings.ToLower(name)] {
			name = partitionKey + escape(a.id, true)
		}
		if len(name) > longestFolder {
			return nil, fmt.Errorf("%w: asset %q makes the name of a folder of %d bytes, and file systems take %d; export one file", ErrOptions, a.id, len(name), longestFolder)
		}
		names[i], taken[strings.ToLower(name)] = name, true
	}
	return names, nil
}

// escape percent-encodes an id, with all its letters if letters is set. What
// url.PathUnescape makes of the result is the id.
func escape(id string, letters bool) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(id) {
		c := id[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		plain := letter && !letters || c >= '0' && c <= '9' || strings.IndexByte("-_.~", c) >= 0
		if i == len(id)-1 && c == '.' {
			plain = false // Windows drops a point at the end
		}
		if plain {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}
