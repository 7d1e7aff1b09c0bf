package source

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Vendors write one asset in many files: a month each, a year each, or numbered. What
// their names have in common is the asset then, as long as the files show it: those of
// several assets have the same days.

// dateInName finds a year from 1900 to 2099 with what may follow it, alone or to
// another, between signs.
var dateInName = regexp.MustCompile(`(^|[-_ .(])(?:19|20)\d\d(?:[-_.]?(?:0[1-9]|1[0-2])(?:[-_.]?(?:0[1-9]|[12]\d|3[01]))?|[-_.]?[QqHh][1-4])?(?:(?:[-_ .]|[-_ ]to[-_ ])(?:19|20)\d\d(?:[-_.]?(?:0[1-9]|1[0-2])(?:[-_.]?(?:0[1-9]|[12]\d|3[01]))?)?)?([-_ .)]|$)`)

// numberInName finds a number at the end, behind a sign or in brackets.
var numberInName = regexp.MustCompile(`^(.*?)(?:[-_ .]+(\d{1,4})|[-_ ]*\((\d{1,4})\)|[-_ .]+part[-_ ]?(\d{1,4}))$`)

// datedStem returns what is left of a name without its date.
func datedStem(name string) (stem string, ok bool) {
	at := dateInName.FindStringIndex(name)
	if at == nil {
		return "", false
	}
	left, right := strings.TrimRight(name[:at[0]], "-_ .("), strings.TrimLeft(name[at[1]:], "-_ .)")
	switch {
	case left != "" && right != "":
		stem = left + name[at[0]:at[0]+1] + right
	default:
		stem = left + right
	}
	return stem, hasLetter(stem)
}

// numberedStem returns a name without the number at its end.
func numberedStem(name string) (stem string, n int, ok bool) {
	m := numberInName.FindStringSubmatch(name)
	if m == nil || !hasLetter(m[1]) {
		return "", 0, false
	}
	n, err := strconv.Atoi(m[2] + m[3] + m[4])
	return m[1], n, err == nil
}

func hasLetter(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r > 0x7f }) >= 0
}

// joinParts gives files whose names have a stem in common, and go on with a date or
// with numbers from 0 or 1 on, that stem as their asset. known reports whether there
// are bars of an asset already, of which one file can be the next part.
func (in *Files) joinParts(known func(asset string) bool) {
	dated, numbered := make(map[string][]*File), make(map[string][]*File)
	numbers, whole := make(map[string][]int), make(map[string]*File)
	for _, f := range in.All {
		if !f.named {
			continue
		}
		if stem, ok := datedStem(f.Asset); ok {
			dated[stem] = append(dated[stem], f)
		} else if stem, n, ok := numberedStem(f.Asset); ok {
			numbered[stem], numbers[stem] = append(numbered[stem], f), append(numbers[stem], n)
		} else {
			whole[f.Asset] = f
		}
	}
	join := func(stem string, parts []*File) {
		if f := whole[stem]; f != nil {
			f.Part = true
		}
		for _, f := range parts {
			f.Asset, f.Part = stem, true
		}
	}
	for stem, parts := range dated {
		if len(parts) > 1 || whole[stem] != nil || known(stem) {
			join(stem, parts)
		}
	}
	for stem, parts := range numbered {
		if (len(parts) > 1 || whole[stem] != nil) && inARow(numbers[stem]) {
			join(stem, parts)
		}
	}
}

// inARow reports whether numbers are all from 0, or from 1, to the last.
func inARow(numbers []int) bool {
	slices.Sort(numbers)
	return numbers[0] <= 1 && numbers[len(numbers)-1]-numbers[0] == len(numbers)-1
}
