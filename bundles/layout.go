package bundles

import "github.com/bowstring-engine/bowstring/internal/parquet"

// groupRows is the number of rows that assets are gathered up to in a row
// group: small enough for readers that work by row group, large enough that
// ten thousand assets have a dozen.
const groupRows = 1 << 20

// section is the content of a row group: whole assets, or a part of one that
// is too long for any.
type section struct {
	// first and end are the positions of the assets.
	first, end int
	// from and to are the rows of the only asset.
	from, to int
	rows     int
}

// layout divides assets of these numbers of rows into row groups: whole
// assets up to target rows; an asset with more rows has its own; one with
// more than limit rows several. An asset's bars lie in one row group wherever
// they fit one, because only then are they contiguous in the file.
func layout(rows []int, target, limit int) []section {
	var out []section
	var open section
	flush := func() {
		if open.rows > 0 {
			open.to = open.rows
			out = append(out, open)
		}
		open = section{}
	}
	for i, n := range rows {
		if n == 0 {
			continue
		}
		if open.rows > 0 && open.rows+n > target {
			flush()
		}
		for from := 0; n > limit && from < n; from += limit {
			out = append(out, section{first: i, end: i + 1, from: from, to: min(from+limit, n), rows: min(limit, n-from)})
		}
		if n > limit {
			continue
		}
		if open.rows == 0 {
			open.first = i
		}
		open.end = i + 1
		open.rows += n
	}
	flush()
	return out
}

// maxGroupRows is the longest asset that is one row group.
const maxGroupRows = parquet.MaxRows

// positions sets the Group and Offset of the assets to where a layout puts
// them. Assets without rows are at the beginning of the file.
func positions(assets []AssetInfo, sections []section) {
	for g, s := range sections {
		if s.from > 0 {
			continue // the asset began in an earlier group
		}
		offset := 0
		for i := s.first; i < s.end; i++ {
			if assets[i].Rows > 0 {
				assets[i].Group, assets[i].Offset = g, offset
				offset += assets[i].Rows
			}
		}
	}
}
