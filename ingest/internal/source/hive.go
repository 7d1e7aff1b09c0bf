package source

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/bowstring-engine/bowstring/ingest/internal/value"
)

// partition returns what a folder of a partitioned data set says of the files
// below it: "ticker=GC%3DF" is the key ticker with the value GC=F.
func partition(folder string) (key, value string, ok bool) {
	key, value, ok = strings.Cut(folder, "=")
	if !ok || key == "" || value == "" {
		return "", "", false
	}
	// What is not encoded is taken as it stands.
	if decoded, err := url.PathUnescape(value); err == nil {
		value = decoded
	}
	return key, value, true
}

// below is what folders of partitions say of the files in them.
type below struct {
	asset            string
	day              *int // since 1970
	year, month, dom int
}

// partition returns what is said below a further folder: a key that means the symbol
// names the asset, one that means the time gives the date, as year, month and day
// together do.
func (b below) partition(folder string, how Choice) below {
	key, text, ok := partition(folder)
	if !ok {
		return b
	}
	if how.IsSymbol(key) {
		b.asset = text
		return b
	}
	if how.IsTime != nil && how.IsTime(key) || strings.EqualFold(key, "dt") || strings.EqualFold(key, "ds") {
		if day, ok := wholeDay(text); ok {
			b.day = &day
			return b
		}
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return b
	}
	switch strings.ToLower(key) {
	case "year", "yyyy":
		b.year = n
	case "month", "mm":
		b.month = n
	case "day", "dd":
		b.dom = n
	}
	return b
}

// date returns the day of all rows, or nil.
func (b below) date() *int {
	if b.day != nil || b.year == 0 || b.month == 0 || b.dom == 0 {
		return b.day
	}
	day, ok := wholeDay(fmt.Sprintf("%04d-%02d-%02d", b.year, b.month, b.dom))
	if !ok {
		return nil
	}
	return &day
}

// wholeDay reads yyyy-mm-dd, with a midnight behind it, or yyyymmdd.
func wholeDay(text string) (day int, ok bool) {
	if len(text) == len("20060102") && value.LeadingDigits([]byte(text)) == len(text) {
		return value.RunDays([]byte(text), value.YearFirst)
	}
	ns, form, ok := value.ParseTime([]byte(text))
	return int(ns / value.Day), ok && form == value.FormISO && ns%value.Day == 0
}
