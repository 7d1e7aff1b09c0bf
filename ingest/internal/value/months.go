package value

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// monthNames are the months in the languages of header names that write them
// in words, as they stand in dates.
var monthNames = [12]string{
	"january januar janvier enero gennaio janeiro январь января",
	"february februar février fevrier febrero febbraio fevereiro февраль февраля",
	"march märz maerz mrz mars marzo março marco март марта",
	"april avril abril aprile апрель апреля",
	"may mai mayo maggio maio май мая",
	"june juni juin junio giugno junho июнь июня",
	"july juli juillet julio luglio julho июль июля",
	"august août aout agosto август августа",
	"september septembre septiembre setiembre settembre setembro сентябрь сентября",
	"october oktober octobre octubre ottobre outubro октябрь октября",
	"november novembre noviembre novembro ноябрь ноября",
	"december dezember décembre decembre diciembre dicembre dezembro декабрь декабря", //nolint:misspell // French without its accent
}

// shortestMonth is how many letters of a month's name there have to be: two
// would take "ma" and "ju" for several.
const shortestMonth = 3

// months are the names, and their first letters from shortestMonth on, in
// lower case. What starts the names of several, as "jui" does in French, is 0.
var months = parseMonths(monthNames)

func parseMonths(names [12]string) map[string]int {
	all := make(map[string]int)
	for m, names := range names {
		for name := range strings.FieldsSeq(names) {
			letters := []rune(name)
			for n := shortestMonth; n <= len(letters); n++ {
				start := string(letters[:n])
				if other, found := all[start]; found && other != m+1 {
					all[start] = 0
				} else {
					all[start] = m + 1
				}
			}
		}
	}
	return all
}

// monthName returns the month whose name, or the first letters of it, starts
// text, and the length of that, with a point behind what was shortened; 0 where
// there is none.
func monthName(text []byte) (month, length int) {
	for length < len(text) && length < MaxMoment {
		r, n := utf8.DecodeRune(text[length:])
		if !unicode.IsLetter(r) {
			break
		}
		length += n
	}
	if month = months[strings.ToLower(string(text[:length]))]; month == 0 {
		return 0, 0
	}
	if length < len(text) && text[length] == '.' {
		length++
	}
	return month, length
}
