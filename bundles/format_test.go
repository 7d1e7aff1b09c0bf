package bundles

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestFormatPage decodes the examples of docs/format.md, checksums included.
func TestFormatPage(t *testing.T) {
	page, err := os.ReadFile("../docs/format.md")
	if err != nil {
		t.Fatal(err)
	}
	var examples []string
	for _, part := range strings.Split(string(page), "```json\n")[1:] {
		text, _, _ := strings.Cut(part, "```")
		examples = append(examples, text)
	}
	if len(examples) != 3 {
		t.Fatalf("%d examples, want the mark, the marker and the manifest", len(examples))
	}
	for i, decode := range []func([]byte) error{
		func(b []byte) error {
			if string(b) != storeBody {
				return fmt.Errorf("want %q", storeBody)
			}
			return nil
		},
		func(b []byte) error { _, err := decodeMarker(b); return err },
		func(b []byte) error { _, err := decodeManifest(b, formatVersion); return err },
	} {
		body, _, err := unseal([]byte(examples[i]), formatVersion)
		if err == nil {
			err = decode(body)
		}
		if err != nil {
			t.Errorf("example %d: %v", i, err)
		}
	}
	// The names and numbers that the page states.
	for _, s := range []string{
		storeFile, strings.TrimSpace(lockText), markerFile, manifestFile, barsFile, eventsFile, hashesFile, reportFile, rejectsFile, "1,048,576", "134,217,728", "7ff8000000000001",
	} {
		if !strings.Contains(string(page), s) {
			t.Errorf("the page does not mention %q", s)
		}
	}
	if groupRows != 1_048_576 || maxGroupRows != 134_217_728 {
		t.Error("the page states other row group sizes")
	}
}
