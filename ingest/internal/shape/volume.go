package shape

import (
	"slices"
	"strings"

	"github.com/bowstring-engine/bowstring/columnar"
)

// A volume is named by whole words: "Volume", and what it is counted in or how often
// it was divided. What else begins with the word, as "Vol. Avg" and vol_pct, is
// another column.

// volumeUnits are what volumes are counted in, beside the currency or coin that the
// name of the asset begins or ends with.
const volumeUnits = `shares lots contracts units base quote coins coin stück stücke
	usd usdt usdc busd tusd dai eur gbp jpy chf cad aud nzd cny cnh hkd sgd krw inr brl mxn zar try rub pln sek nok dkk
	czk huf thb idr myr php twd ils aed sar uah xau xag btc xbt eth bnb sol xrp ltc bch ada doge dot trx link uni avax
	matic etc eos xlm xmr dash zec neo atom`

// namedVolume returns the meaning of "Volume BTC" and the like.
func namedVolume(name string) Meaning {
	if unit := volumeUnit(name); unit != "" && slices.Contains(strings.Fields(volumeUnits), unit) {
		return Meaning{Column: columnar.Volume, rank: rankOne}
	}
	return Meaning{}
}

// volumeUnit returns what stands behind the word for volume in a normalized name.
func volumeUnit(name string) string {
	for _, prefix := range []string{"volume_", "vol_", "volume_in_", "vol_in_"} {
		if unit, ok := strings.CutPrefix(name, prefix); ok && !strings.Contains(unit, "_") {
			return unit
		}
	}
	return ""
}

// scaleWords are how names of columns say that their values have been divided, by
// the power of ten.
var scaleWords = map[string]int{
	"000": 3, "000s": 3, "1000": 3, "1000s": 3, "1k": 3, "thousand": 3, "thousands": 3, "tsd": 3, "tausend": 3,
	"milliers": 3, "тыс": 3, "tys": 3, "mila": 3, "千": 3, "千股": 3,
	"万": 4, "万股": 4, "万元": 4, "lakh": 5, "lakhs": 5,
	"000000": 6, "000000s": 6, "mn": 6, "mm": 6, "mln": 6, "mio": 6, "million": 6, "millions": 6, "millionen": 6, "млн": 6, "百万": 6,
	"crore": 7, "crores": 7, "亿": 8, "亿元": 8,
	"bn": 9, "bln": 9, "mrd": 9, "billion": 9, "billions": 9, "milliarden": 9, "млрд": 9,
}

// scaleLetters are those that say it between brackets only.
var scaleLetters = map[string]int{"k": 3, "m": 6, "b": 9}

// scaledVolume returns the power of ten that a name as "Volume (000s)", "Vol. in mn"
// or "成交量(万股)" says.
func scaledVolume(header string) (power int, ok bool) {
	words := strings.Split(Normalize(strings.NewReplacer("'", "", "’", "").Replace(header)), "_")
	last := len(words) - 1
	power, ok = scaleWords[words[last]]
	if !ok && strings.ContainsAny(header, "([{") {
		power, ok = scaleLetters[words[last]]
	}
	if !ok && last > 0 && slices.Contains([]string{"shares", "stück", "units", "lots", "шт", "contracts"}, words[last]) {
		words, last = words[:last], last-1 // "(in thousand shares)"
		power, ok = scaleWords[words[last]]
	}
	if !ok || last == 0 {
		return 0, false
	}
	for last > 0 && slices.Contains([]string{"in", "of", "x", "en", "в"}, words[last-1]) {
		last--
	}
	m, known := vocabulary[strings.Join(words[:last], "_")]
	return power, known && m.Column == columnar.Volume
}
