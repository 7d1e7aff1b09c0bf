package value

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestParseTime: the wanted times are written in RFC 3339 and read by package
// time.
func TestParseTime(t *testing.T) {
	for text, want := range map[string]string{
		"2020-02-29":                          "2020-02-29T00:00:00Z",
		"1969-12-31":                          "1969-12-31T00:00:00Z",
		"1678-01-01":                          "1678-01-01T00:00:00Z",
		"2261-12-31T23:59:59.999999999":       "2261-12-31T23:59:59.999999999Z",
		"2020-01-02 03:04":                    "2020-01-02T03:04:00Z",
		"2020-01-02T03:04Z":                   "2020-01-02T03:04:00Z",
		"2020-01-02T03:04:05":                 "2020-01-02T03:04:05Z",
		"2020-01-02 03:04:05.5":               "2020-01-02T03:04:05.5Z",
		"2020-01-02T03:04:05.123456789Z":      "2020-01-02T03:04:05.123456789Z",
		"2023-04-14 00:00:00+09:00":           "2023-04-13T15:00:00Z",
		"2023-04-14T00:00-05:30":              "2023-04-14T05:30:00Z",
		"2023-04-14T00:00:00.000000001-23:59": "2023-04-14T23:59:00.000000001Z",
		" 2020-01-02\t":                       "2020-01-02T00:00:00Z",
		"157836800":                           "1975-01-01T19:33:20Z",
		"1577836800":                          "2020-01-01T00:00:00Z",
		"-157836800":                          "1964-12-31T04:26:40Z",
		"157836800000":                        "1975-01-01T19:33:20Z",
		"1577836800123":                       "2020-01-01T00:00:00.123Z",
		"1735689600000001":                    "2025-01-01T00:00:00.000001Z",
		"157836800000001":                     "1975-01-01T19:33:20.000001Z",
		"1577836800000000001":                 "2020-01-01T00:00:00.000000001Z",
		"9223372036":                          "2262-04-11T23:47:16Z",
	} {
		at, err := time.Parse(time.RFC3339Nano, want)
		if err != nil {
			t.Fatal(err)
		}
		if ns, _, ok := ParseTime([]byte(text)); !ok || ns != at.UnixNano() {
			t.Errorf("%q: %v %v, want %s", text, ok, time.Unix(0, ns).UTC(), want)
		}
	}
}

func TestParseTimeRefuses(t *testing.T) {
	for _, text := range []string{
		"", " ", "0", "20130208", "2013020", "01234567890", "0157836800", "12345678901", "12345678901234", "12345678901234567",
		"9223372037", "9999999999", "9223372036855", "9223372036854775808", "12345678901234567890", "1577836800.0", "1.5778368e9", "+1577836800",
		"08/02/2013", "2013/02/08", "08-02-2013", "13-02-08", "2013-2-8", "Feb 8, 2013", "2013-02-29", "2013-00-01", "2013-01-00", "2013-01-32", "2013-13-01", "2013-04-31",
		"1677-12-31", "2262-01-01", "2020-01-01T", "2020-01-01 ", "2020-01-01T24:00", "2020-01-01T00:60", "2020-01-01T00:00:60", "2020-01-01T0:00", "2020-01-01T00",
		"2020-01-01T00:00:00.", "2020-01-01T00:00:00.1234567890", "2020-01-01T00:00:00,5", "2020-01-01T00:00z", "2020-01-01t00:00", "2020-01-01Z", "2020-01-01+01:00",
		"2020-01-01T00:00+0100", "2020-01-01T00:00+24:00", "2020-01-01T00:00+01:60", "2020-01-01T00:00 UTC", "2020-01-01T01-AM", "2020:01:01", "202０-01-01",
	} {
		ns, form, ok := ParseTime([]byte(text))
		if text == "2020-01-01 " { // the blank is trimmed
			ok = !ok
		}
		if ok {
			t.Errorf("%q is taken for %v in %s", text, time.Unix(0, ns).UTC(), form)
		}
	}
}

// TestDates holds every day from 1678 to 2261 against package time.
func TestDates(t *testing.T) {
	at := time.Date(firstYear, 1, 1, 0, 0, 0, 0, time.UTC)
	days := int(at.Unix() / 86400)
	for ; at.Year() <= lastYear; at = at.AddDate(0, 0, 1) {
		if got, ok := scanDate([]byte(at.Format("2006-01-02")+"\n"), 0); !ok || got != days {
			t.Fatalf("%s: %v %d, want %d", at.Format(time.DateOnly), ok, got, days)
		}
		days++
	}
	// Any three numbers are a date exactly when package time says so.
	rapid.Check(t, func(t *rapid.T) {
		text := fmt.Sprintf("%04d-%02d-%02d", rapid.IntRange(1600, 2300).Draw(t, "year"), rapid.IntRange(0, 13).Draw(t, "month"), rapid.IntRange(0, 32).Draw(t, "day"))
		at, err := time.Parse(time.DateOnly, text)
		want := err == nil && at.Year() >= firstYear && at.Year() <= lastYear
		if _, ok := scanDate([]byte(text+"\n"), 0); ok != want {
			t.Fatalf("%s: %v", text, ok)
		}
	})
}
