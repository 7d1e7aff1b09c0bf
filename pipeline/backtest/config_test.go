package backtest

import (
	"strings"
	"testing"
)

func TestConfigValidateListsEverything(t *testing.T) {
	err := Config{Fill: "open", Direction: "up", Cash: -1, CommissionBps: -2, Sizing: Sizing{SizePercent, 200}}.Validate()
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"fill", "direction", "cash", "commission.bps", "sizing.percent"} {
		if !strings.Contains("\n"+err.Error(), "\n"+want+":") {
			t.Errorf("%q does not name %s", err, want)
		}
	}
	if err := (Config{}).Validate(); err != nil {
		t.Errorf("the zero value: %v", err)
	}
}
