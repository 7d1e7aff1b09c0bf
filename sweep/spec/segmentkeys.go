package spec

import (
	"slices"
	"strconv"
	"time"
)

// segmentsValue is year, quarter, month, {blocks: 16} or a list of dates.
func segmentsValue() value {
	words := []string{string(SegmentsYear), string(SegmentsQuarter), string(SegmentsMonth)}
	return value{
		decode: func(d *decoder, path string, n *node) {
			s := &d.spec.Segments
			switch n.kind {
			case scalarNode:
				if !slices.Contains(words, n.text) {
					d.fail(path, n.at, "%q: want %s", n.text, wantSegments)
					return
				}
				s.By = SegmentsBy(n.text)
			case listNode:
				s.By, s.Dates = SegmentsDates, d.dates(path, n)
			case mappingNode:
				pairs := d.pairs(path, n, []string{"blocks"})
				blocks, ok := pairs["blocks"]
				if !ok {
					d.fail(path, n.at, "want %s", wantSegments)
					return
				}
				s.By = SegmentsBlocks
				s.Blocks = d.wholeNumber(join(path, "blocks"), blocks, 1, MaxSegments)
			default:
				d.want(path, n, scalarNode, wantSegments)
			}
		},
		check: func(s *Spec) error { return s.Segments.check() },
		write: func(s *Spec) *node {
			switch s.Segments.By {
			case "":
				return nil
			case SegmentsBlocks:
				return flowMapping("blocks", plain(strconv.Itoa(s.Segments.Blocks)))
			case SegmentsDates:
				return dateList(s.Segments.Dates)
			}
			return plain(string(s.Segments.By))
		},
		schema: func() schema {
			return schema{"oneOf": []schema{
				{"enum": words}, datesSchema(),
				objectSchema(map[string]schema{"blocks": {"type": "integer", "minimum": 1, "maximum": MaxSegments}}, "blocks"),
			}}
		},
	}
}

// dates reads a list of dates.
func (d *decoder) dates(path string, n *node) []time.Time {
	var dates []time.Time
	if !d.want(path, n, listNode, "a list of dates") {
		return nil
	}
	for _, item := range n.items {
		if !d.want(path, item, scalarNode, "a date") {
			continue
		}
		t, _, err := parseTime(item.text)
		if dates = append(dates, d.timely(path, item, t, err)); err != nil {
			return nil
		}
	}
	if err := checkDates(dates); err != nil {
		d.fail(path, n.at, "%v", err)
	}
	return dates
}

// wholeNumber reads a whole number from low to high.
func (d *decoder) wholeNumber(path string, n *node, low, high int) int {
	v, err := strconv.Atoi(n.text)
	if n.kind != scalarNode || n.quoted || err != nil || v < low || v > high {
		d.fail(path, n.at, "%q: want a whole number from %d to %d", n.text, low, high)
		return low
	}
	return v
}

// dateList returns moments as a list on one line.
func dateList(dates []time.Time) *node {
	items := make([]*node, len(dates))
	for i, t := range dates {
		// A colon inside a list needs quotes.
		if items[i] = plain(formatTime(t)); len(items[i].text) > len(time.DateOnly) {
			items[i] = scalar(formatTime(t))
		}
	}
	return flowList(items...)
}

func datesSchema() schema {
	return schema{"type": "array", "minItems": 1, "uniqueItems": true, "items": dateSchema()}
}
