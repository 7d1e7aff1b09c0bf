package export

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/calendar"
	"github.com/bowstring-engine/bowstring/ingest"
	"github.com/bowstring-engine/bowstring/internal/proptest"
)

// TestRealRoundTrip exports real bars, a file of them all and a file an asset,
// and ingests those: the digest is that of the first ingest.
func TestRealRoundTrip(t *testing.T) {
	root := filepath.Join("..", "..", "..", "shared", "data")
	if _, err := os.Stat(root); err != nil {
		t.Skip("no shared/data beside the repository")
	}
	at := func(path string) string { return filepath.Join(root, filepath.FromSlash(path)) }
	for path, o := range map[string]ingest.Options{
		"us8/as_traded":                    {Calendar: calendar.NYSE(), Events: at("us8/events.csv"), Drop: []string{"dividend", "split"}},
		"sp500_5yr/all_stocks_5yr.csv.zst": {Calendar: calendar.NYSE(), Policies: map[ingest.Rule]ingest.Policy{ingest.RuleOHLC: ingest.Keep}},
		"fx/EURUSD_H1_2012_2020.csv.gz":    {Calendar: calendar.FX(), Asset: "EUR/USD", Label: columnar.LabelClose},
	} {
		t.Run(path, func(t *testing.T) {
			if proptest.Race && path != "us8/as_traded" {
				t.Skip("many rows, written as those of us8")
			}
			result, err := ingest.Files(context.Background(), []string{at(path)}, o)
			if err != nil {
				t.Fatal(err)
			}
			defer result.Frame.Release()
			for name, write := range map[string]func(context.Context, string, *columnar.Frame, Options) (*Result, error){"bars.csv": File, "bars": Folder} {
				dir := t.TempDir()
				r, err := write(context.Background(), filepath.Join(dir, name), result.Frame, Options{Events: filepath.Join(dir, "events.csv")})
				if err != nil {
					t.Fatal(err)
				}
				again, err := ingested(filepath.Join(dir, name), &r.Reading)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if got, want := again.Info().Digest, result.Frame.Info().Digest; got != want || r.Reading.Differs != nil {
					t.Errorf("%s: digest %s, want %s; %+v", name, got, want, r.Reading)
				}
				again.Release()
			}
		})
	}
}
