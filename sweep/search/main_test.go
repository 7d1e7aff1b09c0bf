package search

import (
	"os"
	"testing"

	"github.com/bowstring-engine/bowstring/internal/proptest"
)

func TestMain(m *testing.M) {
	proptest.Setup()
	os.Exit(m.Run())
}
