package shape

import (
	"strings"
	"unicode"

	"github.com/bowstring-engine/bowstring/columnar"
)

// How well a header name fits its meaning. Where two columns claim one
// meaning, the better rank has it and the other stays an extra column; equal
// ranks are refused.
const (
	rankName     = iota // the name itself, or what everybody calls it
	rankTerm            // a term that some use for it
	rankStandIn         // what stands for it where nothing better is there
	rankOne             // one of several of its kind, as in "Volume BTC"
	rankSpelling        // a name that is misspelt by one letter
)

// symbolMeaning is the meaning of a column of asset ids, and skipMeaning that
// of a column that describes the rows and holds nothing of them. Neither can
// be a header name.
const (
	SymbolMeaning = "\x00symbol"
	skipMeaning   = "\x00skip"
)

// vocabulary lists what vendors call the columns, normalized, as in
// "meaning rank: names".
var vocabulary = parseVocabulary([]vocabularyEntry{
	{columnar.Time, rankName, `time date datetime date_time timestamp ts open_time opentime dtyyyymmdd
		日期 时间 交易日期 交易时间 日付 日時 날짜 дата время data fecha datum data_hora hora heure uhrzeit zeit hour`},
	{columnar.Time, rankTerm, `unix unix_time unix_timestamp epoch t start start_time time_open timeopen window_start begin day trade_date
		trading_date trading_day trade_time kline_open_time gmt_time local_time time_utc date_utc datetime_utc
		timestamp_utc timestamp_ms bar_time 时刻 дата_время date_heure datum_zeit giorno`},
	{columnar.Open, rankName, `open o open_price opening opening_price 开盘 开盘价 开盘价_元 开 始値 시가 открытие откр цена_открытия
		abertura eröffnung eröffn eröffnungskurs erster apertura ouverture ouv px_open`},
	{columnar.High, rankName, `high h high_price max 最高 最高价 最高价_元 高 高値 고가 максимум макс максимальная максимальная_цена
		máxima máximo máx maxima maximo hoch höchst hoechst höchstkurs tageshoch plus_haut haut maximal massimo px_high`},
	{columnar.Low, rankName, `low l low_price min 最低 最低价 最低价_元 低 安値 저가 минимум мин минимальная минимальная_цена
		mínima mínimo mín minima minimo tief tiefst tiefstkurs tagestief plus_bas bas minimal px_low`},
	{columnar.Low, rankTerm, `mínimo_do_dia`},
	{columnar.Close, rankName, `close c close_price closing closing_price 收盘 收盘价 收盘价_元 终值 終値 종가 закрытие закр цена_закрытия
		fechamento schluss schlusskurs schlußkurs cierre clôture cloture fermeture chiusura`},
	{columnar.Close, rankStandIn, `last price close_last last_price px_last latest 收 цена посл последняя último ultimo última ultima
		dernier letzter zuletzt settle settlement settlement_price kurs`},
	{columnar.Volume, rankName, `volume vol v 成交量 成交量_手 成交量_股 交易量 出来高 거래량 объем объём stücke stuecke px_volume`},
	{columnar.Volume, rankTerm, `volumen total_volume trade_volume volume_shares`},
	{columnar.Volume, rankStandIn, `tickvol tick_volume tickvolume`},
	{SymbolMeaning, rankName, `symbol ticker name asset instrument`},
	{SymbolMeaning, rankTerm, `code stock_code ts_code secid sym pair security stock act_symbol 代码 股票代码 证券代码 тикер código codigo símbolo simbolo`},
	{columnar.Time, rankTerm, `window_start data_sesji czas godzina datetime_local date_gmt time_stamp`},
	{columnar.Open, rankName, `otwarcie kurs_otwarcia kurs_otw opn opening_rate open_rate`},
	{columnar.High, rankName, `highest highest_price najwyższy najwyzszy kurs_najwyższy kurs_max kurs_maks maks najwyższa day_high high_rate`},
	{columnar.Low, rankName, `lowest lowest_price najniższy najnizszy kurs_najniższy kurs_min najniższa day_low low_rate`},
	{columnar.Close, rankName, `zamknięcie zamkniecie kurs_zamknięcia kurs_zamkniecia kurs_zamk zamk close_rate closing_rate`},
	{columnar.Close, rankStandIn, `nav net_asset_value rate fixing value index_value`},
	{columnar.Volume, rankName, `wolumen wolumin obj qty quantity`},
	{columnar.Volume, rankStandIn, `shares_traded contracts_traded traded_quantity total_traded_quantity ttl_trd_qnty`},
	{SymbolMeaning, rankTerm, `ric nazwa walor isin instrument_id instrument_name contract tradingsymbol trading_symbol`},
	{SymbolMeaning, rankStandIn, `market`},
	{skipMeaning, rankName, `per period timeframe`},
})

// vocabularyEntry gives names one meaning.
type vocabularyEntry struct {
	column string
	rank   int
	names  string
}

// Meaning is what a header name stands for; the zero value is nothing known.
type Meaning struct {
	Column string
	rank   int
}

func parseVocabulary(entries []vocabularyEntry) map[string]Meaning {
	m := make(map[string]Meaning)
	for _, e := range entries {
		for name := range strings.FieldsSeq(e.names) {
			m[name] = Meaning{e.column, e.rank}
		}
	}
	return m
}

// MeaningOf returns what a normalized header name stands for.
func MeaningOf(name string) Meaning {
	if m, ok := vocabulary[name]; ok {
		return m
	}
	return namedVolume(name)
}

// meaningOfHeader returns what a header name stands for as it is written, where
// brackets may say more than words.
func meaningOfHeader(header string) Meaning {
	if strings.Contains(header, "%") {
		return Meaning{}
	}
	name := Normalize(header)
	if m := MeaningOf(name); m.Column != "" {
		return m
	}
	if _, ok := scaledVolume(header); ok {
		return Meaning{Column: columnar.Volume, rank: rankTerm}
	}
	return Meaning{}
}

// misspelt returns the bar column whose name differs from name by one letter
// that is missing, added, changed or swapped with the next; "" where there is
// none. Three letters are too few to tell.
func misspelt(name string) string {
	for _, c := range []string{columnar.Open, columnar.High, columnar.Close, columnar.Volume} {
		if oneEdit(name, c) {
			return c
		}
	}
	return ""
}

// oneEdit reports whether one edit turns a into b.
func oneEdit(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if a == b || len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	if a[i+1:] == b[i+1:] {
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

// Normalize returns a header name in lower case, with "_" for every run of
// characters that are neither letters nor digits.
func Normalize(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r)
	})
	return strings.Join(words, "_")
}

// isPrice reports whether a column is scaled as prices are.
func isPrice(canonical string) bool {
	switch canonical {
	case columnar.Open, columnar.High, columnar.Low, columnar.Close, "adj_close", "adjusted_close":
		return true
	}
	return false
}

// NamesBar reports whether a header name is that of a column of bars, as it stands
// below the name of an asset.
func NamesBar(name string) bool {
	n := Normalize(name)
	switch n {
	case "adj_close", "adjusted_close", "dividends", "stock_splits", "capital_gains", "dates":
		return true
	case columnar.Time:
		return true
	}
	m := MeaningOf(n)
	return m.Column != "" && m.Column != SymbolMeaning && m.Column != skipMeaning && len([]rune(n)) > 1 &&
		(m.rank <= rankTerm || strings.HasPrefix(n, "px_") || n == "last" || n == "last_price")
}
