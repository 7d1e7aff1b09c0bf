package shape

import (
	"slices"
	"strings"

	"github.com/bowstring-engine/bowstring/ingest/internal/value"
)

// commaNames are names of columns in languages whose decimal sign is a comma.
const commaNames = `datum eröffnung eröffnungskurs eröffn erster hoch höchst höchstkurs tageshoch tief tiefst tiefstkurs tagestief
	schluss schlusskurs schlußkurs letzter zuletzt volumen kurs stücke uhrzeit zeit
	ouverture ouv plus_haut plus_bas clôture cloture dernier heure
	fecha apertura máximo mínimo maximo minimo cierre último ultimo hora
	data abertura máxima mínima fechamento última data_hora
	massimo minimo chiusura giorno
	дата время открытие откр макс максимум мин минимум закрытие закр цена объем объём посл
	otwarcie najwyższy najwyzszy najniższy najnizszy zamknięcie zamkniecie wolumen
	openingskoers hoogste laagste slotkoers`

// continental reports whether a source is of where a comma stands before the decimals
// and a point between thousands: by names of its columns, by its days, as 31.12.2023,
// or by semicolons beside either.
func (s *Sniffer) continental() bool {
	names := strings.Fields(commaNames)
	for _, f := range s.Layout.Fields {
		if slices.Contains(names, Normalize(f.Name)) {
			return true
		}
	}
	for i := range s.columns {
		if p := &s.columns[i]; !p.All(p.Moments) || len(s.Rows) == 0 {
			continue
		}
		d, _, ok := value.ScanWritten(value.TrimSpace(s.Rows[0].Fields[i]))
		if ok && d.DottedDay() {
			return s.Layout.Delimiter != ',' || s.Typed != nil
		}
	}
	return false
}
