package value

import (
	"strings"
	"testing"
)

// TestMonthNames: the months of each language as its speakers write them, in
// full and by three letters or as commonly shortened, written down by hand, are
// the twelve in order.
func TestMonthNames(t *testing.T) {
	for language, text := range map[string]string{
		"English":           "January February March April May June July August September October November December",
		"English, short":    "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
		"German":            "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
		"German, short":     "Jan. Feb. Mrz. Apr. Mai Jun. Jul. Aug. Sept. Okt. Nov. Dez.",
		"French":            "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
		"French, short":     "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
		"Spanish":           "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
		"Spanish, short":    "ENE FEB MAR ABR MAY JUN JUL AGO SEP OCT NOV DIC",
		"Italian":           "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
		"Italian, short":    "gen feb mar apr mag giu lug ago set ott nov dic",
		"Portuguese":        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
		"Portuguese, short": "jan fev mar abr mai jun jul ago set out nov dez",
		"Russian":           "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
		"Russian, short":    "янв фев мар апр май июн июл авг сен окт ноя дек",
	} {
		names := strings.Fields(text)
		if len(names) != 12 {
			t.Fatalf("%s: %d months", language, len(names))
		}
		for m, name := range names {
			if month, length := monthName([]byte(name + "-2023")); month != m+1 || length != len(name) {
				t.Errorf("%s: %s is month %d of %d bytes, want %d of %d", language, name, month, length, m+1, len(name))
			}
		}
	}
	for _, none := range []string{"", "ma", "jui", "Junx", "Marktag", "1", "\xff\xff\xff"} {
		if month, length := monthName([]byte(none)); month != 0 || length != 0 {
			t.Errorf("%q is month %d of %d bytes", none, month, length)
		}
	}
}
