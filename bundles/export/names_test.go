package export

import (
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// fataler is a test, or one example of a property.
type fataler interface {
	Fatalf(format string, args ...any)
}

// checkNames holds names to what is asked of them.
func checkNames(t fataler, ids, names []string) {
	taken := make(map[string]string)
	for i, name := range names {
		if other, ok := taken[strings.ToLower(name)]; ok {
			t.Fatalf("%q and %q are both %s", other, ids[i], name)
		}
		taken[strings.ToLower(name)] = ids[i]
		value, ok := strings.CutPrefix(name, "asset=")
		if back, err := url.PathUnescape(value); !ok || err != nil || back != ids[i] {
			t.Fatalf("%q is %s, which is %q: %v", ids[i], name, back, err)
		}
		if strings.ContainsAny(name, `/\:*?"<>|`+"\x00") || strings.HasSuffix(name, ".") || strings.HasSuffix(name, " ") {
			t.Fatalf("%s is no name everywhere", name)
		}
	}
}

// TestFolderNames has names by hand: for what file systems do not take, and for
// disks that do not tell a from A.
func TestFolderNames(t *testing.T) {
	ids := []string{"AAPL", "BRK/B", "GC=F", "^GSPC", "CON", "A.", "..", " x", `a\b`, "Ä", "50%", "Aapl", "aapl", "AA%50L", "a:b*?\"<>|"}
	want := []string{
		"asset=AAPL", "asset=BRK%2FB", "asset=GC%3DF", "asset=%5EGSPC", "asset=CON", "asset=A%2E", "asset=.%2E", "asset=%20x", "asset=a%5Cb",
		"asset=%C3%84", "asset=50%25", "asset=%41%61%70%6C", "asset=%61%61%70%6C", "asset=AA%2550L", "asset=a%3Ab%2A%3F%22%3C%3E%7C",
	}
	assets := make([]chosenAsset, len(ids))
	for i, id := range ids {
		assets[i].id = id
	}
	got, err := folderNames(assets)
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%q: %s, want %s", ids[i], got[i], want[i])
		}
	}
}

// No two ids have one name on a disk without upper case, and each name is
// decoded to its id.
func TestFolderNamesReversible(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfNDistinct(rapid.StringMatching(`[aAbB%6/.\x{e9}]{1,4}`), 1, 30, rapid.ID[string]).Draw(t, "ids")
		assets := make([]chosenAsset, len(ids))
		for i, id := range ids {
			assets[i].id = id
		}
		names, err := folderNames(assets)
		if err != nil {
			t.Fatal(err)
		}
		checkNames(t, ids, names)
	})
}
