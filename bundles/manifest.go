package bundles

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/calendar"
	"github.com/bowstring-engine/bowstring/ingest/report"
)

// Manifest describes a version. Nothing in it depends on when or where the
// version was written, except what the ingest says of its sources.
type Manifest struct {
	// Digest identifies the content; see [columnar.Digest].
	Digest string `json:"digest"`
	// Tool is the program that wrote the version.
	Tool string `json:"tool"`

	Calendar    calendar.Calendar   `json:"calendar"`
	FrequencyNS int64               `json:"frequency_ns"`
	Label       columnar.Label      `json:"label"`
	BarsPerYear float64             `json:"bars_per_year"`
	Adjusted    columnar.Adjustment `json:"adjusted"`

	// Columns are the float64 columns in order.
	Columns []ColumnInfo `json:"columns"`
	// Rows is the number of bars of all assets.
	Rows int64 `json:"rows"`
	// Bars and Hashes are the other files of the version.
	Bars BarsInfo `json:"bars"`
	// Parts are the further files with bars, bars-1.parquet and so on; nil for
	// a version that was written as a whole. Row groups are counted through all
	// files.
	Parts  []BarsInfo `json:"parts,omitempty"`
	Hashes HashesInfo `json:"hashes"`
	// Events is the file of corporate actions, nil where there are none.
	Events *EventsInfo `json:"events,omitempty"`

	// Assets stand in byte order of their ids. They take a line each.
	Assets []AssetInfo `json:"-"`

	// account is the encoded [report.Account], which no reader needs to open a
	// version.
	account []byte
}

// ColumnInfo is a column of a version.
type ColumnInfo struct {
	Name string `json:"name"`
	// Decimals is the number of decimals of every value, -1 where the column
	// is not known to be decimal.
	Decimals int `json:"decimals"`
}

// BarsInfo is what a manifest knows of bars.parquet.
type BarsInfo struct {
	Bytes int64 `json:"bytes"`
	// CRC32C is the checksum of the whole file (Castagnoli), in hex.
	CRC32C string `json:"crc32c"`
	// FooterSHA256 is the checksum of the footer with the eight bytes behind
	// it, in hex.
	FooterSHA256 string `json:"footer_sha256"`
	// Codec is "none" or, for a compact version, "zstd".
	Codec string `json:"codec"`
	// RowGroups is the number of row groups.
	RowGroups int `json:"row_groups"`
	// Rows is the number of rows in the file, those that no asset has any more
	// among them; 0 in a version of one file, which has just its own.
	Rows int64 `json:"rows,omitempty"`
}

// HashesInfo is what a manifest knows of hashes.bin: for each asset the
// SHA-256 of its timestamps and of each column, 32 bytes each.
type HashesInfo struct {
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// AssetInfo is an asset of a version and where its bars are.
type AssetInfo struct {
	ID string
	// Rows is the number of bars; First and Last are their first and last
	// timestamp in nanoseconds UTC, 0 where there are no bars.
	Rows        int
	First, Last int64
	// Group is the row group that the bars start in, Offset the row in it.
	Group, Offset int
	// More are the bars behind those that start there, where they are in several
	// pieces.
	More []Piece
}

// Piece is a run of an asset's bars: Rows of them from row Offset of row group
// Group on, and in the groups behind it where they do not fit.
type Piece struct{ Group, Offset, Rows int }

// pieces returns where an asset's bars are, in order.
func (a AssetInfo) pieces() []Piece {
	if a.Rows == 0 {
		return nil
	}
	first := Piece{a.Group, a.Offset, a.Rows}
	for _, p := range a.More {
		first.Rows -= p.Rows
	}
	return append([]Piece{first}, a.More...)
}

// files returns what the manifest knows of each file with bars.
func (m *Manifest) files() []BarsInfo {
	if m.Parts == nil {
		one := m.Bars
		one.Rows = m.Rows
		return []BarsInfo{one}
	}
	return append([]BarsInfo{m.Bars}, m.Parts...)
}

// Axis returns the time axis of the version.
func (m *Manifest) Axis() columnar.Axis {
	return columnar.Axis{
		Frequency:   time.Duration(m.FrequencyNS),
		Calendar:    m.Calendar,
		Label:       m.Label,
		BarsPerYear: m.BarsPerYear,
	}
}

// Account returns what the ingest that wrote the version said of itself.
func (m *Manifest) Account() (report.Account, error) {
	var a report.Account
	if err := json.Unmarshal(m.account, &a); err != nil {
		return a, fmt.Errorf("account of the ingest: %w", err)
	}
	return a, nil
}

// Range returns the first and the last timestamp of all assets, 0 and 0
// where there are no bars.
func (m *Manifest) Range() (first, last int64) {
	some := false
	for _, a := range m.Assets {
		if a.Rows == 0 {
			continue
		}
		if !some {
			first, last, some = a.First, a.Last, true
		}
		first, last = min(first, a.First), max(last, a.Last)
	}
	return first, last
}

// columns returns the columns as a Frame has them.
func (m *Manifest) columns() []columnar.Column {
	c := make([]columnar.Column, len(m.Columns))
	for i, info := range m.Columns {
		c[i] = columnar.Column{Name: info.Name, Scale: columnar.ScaleOf(info.Decimals)}
	}
	return c
}

// The lines of a manifest.
const (
	manifestLine = `"manifest":`
	fieldsLine   = `"asset_fields":["id","rows","first_ns","last_ns","row_group","offset"],` + "\n"
	piecesLine   = `"asset_fields":["id","rows","first_ns","last_ns","row_group","offset","more_row_group","more_offset","more_rows"],` + "\n"
	assetsLine   = `"assets":[` + "\n"
	accountLine  = "],\n" + `"ingest":`
	lastLine     = "\n}\n"
)

func (m *Manifest) encode() ([]byte, error) {
	head, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	version, fields := formatVersion, fieldsLine
	if m.Parts != nil {
		version, fields = partsVersion, piecesLine
	}
	b := slices.Concat([]byte(manifestLine), head, []byte(",\n"+fields+assetsLine))
	for i, a := range m.Assets {
		id, err := json.Marshal(a.ID)
		if err != nil {
			return nil, err
		}
		b = append(append(b, '['), id...)
		b = fmt.Appendf(b, ",%d,%d,%d,%d,%d", a.Rows, a.First, a.Last, a.Group, a.Offset)
		for _, p := range a.More {
			b = fmt.Appendf(b, ",%d,%d,%d", p.Group, p.Offset, p.Rows)
		}
		b = append(b, ']')
		if i < len(m.Assets)-1 {
			b = append(b, ',')
		}
		b = append(b, '\n')
	}
	return seal(version, slices.Concat(b, []byte(accountLine), m.account, []byte(lastLine))), nil
}

// readManifest returns the manifest of a version.
func readManifest(v versionDir) (*Manifest, error) {
	body, version, err := readSealed(v.manifest(), partsVersion)
	if err != nil {
		return nil, err
	}
	m, err := decodeManifest(body, version)
	return m, damaged(v.manifest(), err)
}

// decodeManifest goes by the lines of the file, because a general JSON parser
// takes longer for ten thousand assets than everything else at opening.
func decodeManifest(body []byte, version int) (*Manifest, error) {
	rest, ok := bytes.CutPrefix(body, []byte(manifestLine))
	head, rest, found := bytes.Cut(rest, []byte(",\n"))
	if !ok || !found {
		return nil, fmt.Errorf("is no manifest")
	}
	m := new(Manifest)
	if err := json.Unmarshal(head, m); err != nil {
		return nil, err
	}
	fields := fieldsLine
	if version == partsVersion {
		fields = piecesLine
	}
	if version == partsVersion != (len(m.Parts) > 0) {
		return nil, fmt.Errorf("has %d parts in format version %d", len(m.Parts), version)
	}
	if rest, ok = bytes.CutPrefix(rest, []byte(fields+assetsLine)); !ok {
		return nil, fmt.Errorf("has no assets")
	}
	m.Assets = make([]AssetInfo, 0, bytes.Count(rest, []byte("\n")))
	for len(rest) > 0 && rest[0] == '[' {
		line, next, _ := bytes.Cut(rest, []byte("\n"))
		a, err := parseAsset(line, version == partsVersion)
		if err != nil {
			return nil, fmt.Errorf("asset %d: %w", len(m.Assets), err)
		}
		m.Assets = append(m.Assets, a)
		rest = next
	}
	rest, ok = bytes.CutPrefix(rest, []byte(accountLine))
	m.account, found = bytes.CutSuffix(rest, []byte(lastLine))
	if !ok || !found {
		return nil, fmt.Errorf("ends early")
	}
	return m, m.check()
}
