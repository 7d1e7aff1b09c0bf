package export

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/bowstring-engine/bowstring/internal/proptest"
)

// TestMain allows no goroutine to be left behind.
func TestMain(m *testing.M) {
	proptest.Setup()
	goleak.VerifyTestMain(m)
}
